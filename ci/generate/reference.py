"""Write docs/reference/ and docs/where.md from the sources; `--check` fails if they are not what would be written.

A page holds one package or top-level module: each public class and function with its signature and its docstring, the
members of classes, and links to those they inherit. `--check` also lists public names that have no docstring.
"""

from __future__ import annotations

import ast
import os
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Callable, Dict, Iterator, List, Optional, Set, Tuple

from names import Function, Member, Module, Name, Names, decorators, is_property
from prose import markdown, summary

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "arch"))

from sources import ROOT, distributions

REFERENCE = ROOT / "docs" / "reference"
WHERE = ROOT / "docs" / "where.md"
MARK = "<!-- written by ci/generate/reference.py; change the docstrings instead -->\n"
WIDTH = 96
LONG_VALUE = 60


def anchor(heading: str) -> str:
    """The fragment by which code hosts address a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


# -- which page holds what -------------------------------------------------------------------------------------------


class Page:
    """One file of the reference: the modules in it, and where it is written."""

    def __init__(self, distribution: str, title: str) -> None:
        self.distribution, self.title = distribution, title
        self.path = REFERENCE / distribution / (title.partition(".")[2] or title)
        self.path = self.path.with_name(self.path.name + ".md")
        self.modules: List[Module] = []

    def entries(self, module: Module) -> List[Name]:
        """The public names defined in a module, classes last, each in the order of the source."""
        found = [Name(module, name, module.defined[name]) for name in module.public if name in module.defined]
        found = [name for name in found if not name.name.startswith("_")]
        return sorted(found, key=lambda name: (_rank(name), name.node.lineno))


def _rank(name: Name) -> int:
    return 2 if name.is_class else 1 if isinstance(name.node, Function) else 0


def _page_title(module: str, containers: Set[str]) -> str:
    """The package that a module is in; itself, where that package contains packages and is thus too much for a page."""
    parent = module.rpartition(".")[0]
    return module if module in containers or parent in containers or not parent else parent


class Reference:
    """All pages, and links between them."""

    def __init__(self) -> None:
        packages = list(distributions())
        self.names = Names([package for _, package, _ in packages])
        self.pages: Dict[str, Page] = {}
        self.page_of: Dict[str, Page] = {}
        by_package = {package: distribution for distribution, package, _ in packages}
        containers = {name.rpartition(".")[0] for name, module in self.names.modules.items() if module.is_package}
        for module in self.names.modules.values():
            if not module.is_private:
                title = _page_title(module.name, containers)
                page = self.pages.setdefault(title, Page(by_package[module.package], title))
                page.modules.append(module)
                self.page_of[module.name] = page
        # anchors ignore case: the types of the database stand apart from the general ones of the same letters
        self.same_letters = self._twice(lambda name: name.name.lower() if name.is_class else "")
        self.repeated = self._twice(lambda name: name.name)

    def _twice(self, text_of: Callable[[Name], str]) -> Set[Tuple[str, str]]:
        """(page, text) for texts that several names of a page have."""
        found = Counter(
            (page.title, text_of(name))
            for page in self.pages.values()
            for module in page.modules
            for name in page.entries(module)
        )
        return {place for place, count in found.items() if count > 1}

    def heading(self, name: Name, member: str = "") -> str:
        """The text of a heading, unique in its page: with the module where the page has the name twice."""
        text = name.name
        page = self.page_of.get(name.module.name)
        if page is not None and (page.title, text) in self.repeated:
            text = "%s.%s" % (name.module.name.rpartition(".")[2], text)
        if member:
            return "`%s.%s`" % (text, member)
        if name.is_class:
            is_type = page is not None and text.isupper() and (page.title, text.lower()) in self.same_letters
            return ("type `%s`" if is_type else "class `%s`") % text
        return "`%s%s`" % (text, "()" if isinstance(name.node, Function) else "")

    def url(self, start: Page, name: Name, member: str = "") -> Optional[str]:
        """A link from a page to a name or member; None where it is on no page."""
        page = self.page_of.get(name.module.name)
        if page is None or name.name.startswith("_") or not self.names.is_public(name):
            return None
        place = "" if page is start else _relative(page.path, start.path)
        return "%s#%s" % (place, anchor(self.heading(name, member)))

    def linker(self, start: Page, name: Optional[Name] = None, member: str = "") -> Callable[[str], Optional[str]]:
        """The function that says where a code span in the docstring of `name` (or its `member`) leads."""

        def link(code: str) -> Optional[str]:
            if re.match(r"^docs/[\w/-]+\.md$", code) and (ROOT / code).exists():
                return _relative(ROOT / code, start.path)
            text = code[:-2] if code.endswith("()") else code
            if not re.match(r"^[A-Za-z]\w*(\.[A-Za-z]\w*)*$", text):
                return None
            first, _, rest = text.rpartition(".")
            if first:
                owner = self.names.home(first.rpartition(".")[2])
                return self._member_url(start, owner, rest) if owner else None
            if name is not None and name.is_class:
                if text in (name.name, member):
                    return None
                found = self._member_url(start, name, text)
                if found:
                    return found
            home = self.names.home(text)
            if home is None or (name is not None and (home.module, home.name) == (name.module, name.name)):
                return None
            worth = home.is_class if text[0].isupper() else code.endswith("()") and not home.is_class
            return self.url(start, home) if worth else None

        return link

    def _member_url(self, start: Page, owner: Name, text: str) -> Optional[str]:
        member = self.names.member(owner, text) if owner.is_class else None
        if member is None or not self.has_heading(member):
            return None
        return self.url(start, member.owner, text)

    def has_heading(self, member: Member) -> bool:
        return isinstance(member.node, Function) and not member.name.startswith("visit_")

    # -- pages -----------------------------------------------------------------------------------------------------

    def text(self, page: Page) -> str:
        """A page as Markdown; empty if nothing public is on it."""
        body: List[str] = []
        for module in page.modules:
            body += self.module(page, module)
        if not body:
            return ""
        parts = [MARK, "# `%s`\n" % page.title, "[Reference](index.md)\n"]
        parts += self.contents(page)
        return "\n".join(parts + body).rstrip() + "\n"

    def contents(self, page: Page) -> Iterator[str]:
        """Each module of a page with links to its names."""
        if len(page.modules) == 1 and len(page.entries(page.modules[0])) < 2:
            return
        for module in page.modules:
            entries = page.entries(module)
            if entries:
                links = ["[`%s`](#%s)" % (name.name, anchor(self.heading(name))) for name in entries]
                yield "- [%s](#%s): %s" % (module.name, anchor(module.name), " · ".join(links))
        yield ""

    def module(self, page: Page, module: Module) -> Iterator[str]:
        entries, others = page.entries(module), list(self.elsewhere(page, module))
        own_page = module.name == page.title
        if not entries and not others and not (own_page and module.doc(module.tree)):
            return
        if not own_page:
            yield "## %s\n" % module.name
        source = _relative(module.path, page.path)
        yield "Source: [%s](%s)\n" % (source[source.index("src/") + 4 :], source)
        yield markdown(module.doc(module.tree), self.linker(page)) + "\n"
        if others:
            yield from others
        for name in entries:
            yield from self.entry(page, name)

    def elsewhere(self, page: Page, module: Module) -> Iterator[str]:
        """Names that a module passes on from another page, as a table."""
        rows = []
        for text in module.public:
            home = self.names.find(module.name, text) if text not in module.defined else None
            if home is None or self.page_of.get(home.module.name) is page:
                continue
            target = self.url(page, home)
            shown = "[`%s`](%s)" % (text, target) if target else "`%s`" % text
            rows.append("| %s | %s |" % (shown, summary(self.names.doc(home), self.linker(page, home))))
        if rows:
            yield "\n".join(["Also to be imported from here:\n", "| name | what it is |", "|---|---|"] + rows) + "\n"

    def entry(self, page: Page, name: Name) -> Iterator[str]:
        yield "### %s\n" % self.heading(name)
        if isinstance(name.node, ast.ClassDef):
            yield from self.cls(page, name)
        elif isinstance(name.node, Function):
            yield _block(signature(name.name, name.node)) + "\n"
            yield markdown(name.module.doc(name.node), self.linker(page, name)) + "\n"
        else:
            text = self.names.doc(name)
            value = ast.unparse(name.node.value) if name.node.value is not None else ""
            if 0 < len(value) <= LONG_VALUE:
                yield _block("%s = %s" % (name.name, value)) + "\n"
            if text:
                yield markdown(text, self.linker(page, name)) + "\n"

    def cls(self, page: Page, name: Name) -> Iterator[str]:
        initializer = self.names.initializer(name)
        shown = signature(name.name, initializer, method=True) if initializer else name.name
        yield _block("class " + shown) + "\n"
        bases = [self.shown_base(page, name, base) for base in name.node.bases]  # type: ignore[union-attr]
        bases = [base for base in bases if base]
        if bases:
            yield "Bases: %s\n" % ", ".join(bases)
        yield markdown(name.module.doc(name.node), self.linker(page, name)) + "\n"
        members = self.own_members(name)
        yield from self.attributes(page, name, [m for m in members if not isinstance(m.node, Function)])
        visits = [m.name for m in members if m.name.startswith("visit_")]
        if visits:
            yield "Visits: %s\n" % ", ".join("`%s`" % visit for visit in visits)
        yield from self.inherited(page, name, {member.name for member in members})
        for member in members:
            if self.has_heading(member):
                yield "#### %s\n" % self.heading(name, member.name)
                yield _block(signature(member.name, member.node, method=True)) + "\n"
                text = self.names.member_doc(name, member.name)
                yield markdown(text, self.linker(page, name, member.name)) + "\n"

    def own_members(self, name: Name) -> List[Member]:
        """Members of the class and of the private classes it is made of."""
        found: Dict[str, Member] = {}
        for owner in self.names.order(name):
            if (owner.module, owner.name) == (name.module, name.name) or not self.names.is_public(owner):
                for member in self.names.members(owner):
                    found.setdefault(member.name, member)
        return list(found.values())

    def shown_base(self, page: Page, name: Name, base: ast.expr) -> str:
        found = self.names.base(name, base)
        target = self.url(page, found) if found else None
        text = found.name if found else re.sub(r"\[.*", "", ast.unparse(base))
        if text.startswith("_"):
            return ""
        return "[`%s`](%s)" % (text, target) if target else "`%s`" % text

    def attributes(self, page: Page, name: Name, members: List[Member]) -> Iterator[str]:
        """Class-level data, which has no docstring of its own but a comment."""
        if not members:
            return
        rows = ["| attribute | type | meaning |", "|---|---|---|"]
        for member in members:
            kind = getattr(member.node, "annotation", None)
            text = member.owner.module.doc(member.node)
            rows.append("| `%s` | %s | %s |" % (
                member.name, "`%s`" % ast.unparse(kind).replace("|", "\\|") if kind is not None else "",
                markdown(text, self.linker(page, name)).replace("|", "\\|").replace("\n", " "),
            ))
        yield "\n".join(rows) + "\n"

    def inherited(self, page: Page, name: Name, own: Set[str]) -> Iterator[str]:
        """One line for each public class inherited from: its members that are not overridden.

        A class without members of its own names the classes only; there are many such types and functions.
        """
        lines, brief = [], not any(self.has_heading(member) for member in self.own_members(name))
        for owner in self.names.order(name)[1:]:
            found = [m for m in self.own_members(owner) if m.name not in own and self.has_heading(m)]
            own |= {member.name for member in found}
            target = self.url(page, owner)
            if found and target and brief:
                lines.append("[`%s`](%s)" % (owner.name, target))
            elif found and target:
                found.sort(key=lambda member: member.name)
                links = ["[`%s`](%s)" % (m.name, self.url(page, owner, m.name)) for m in found]
                lines.append("- from [`%s`](%s): %s" % (owner.name, target, ", ".join(links)))
        if lines and brief:
            yield "Members: those of %s\n" % ", ".join(lines)
        elif lines:
            yield "Inherited members of `%s`:\n\n%s\n" % (name.name, "\n".join(lines))

    # -- indexes ---------------------------------------------------------------------------------------------------

    def index(self, distribution: str, pages: List[Page]) -> str:
        """The pages of a distribution: first those that only pass names on, then those that define them."""
        index = Page(distribution, "index")
        parts = [MARK, "# Reference of %s\n" % distribution]
        parts.append("A page for each package and top-level module; [every public name](../../where.md) in one list.\n")
        facades = [page for page in pages if not any(page.entries(module) for module in page.modules)]
        parts += ["## Where to import from\n", *self._index_rows(index, facades)]
        rest = [page for page in pages if page not in facades]
        areas: Dict[str, List[Page]] = {}
        for page in rest:
            areas.setdefault((page.title + ".").split(".")[1], []).append(page)
        alone = [pages[0] for pages in areas.values() if len(pages) == 1]
        for area, found in areas.items():
            if len(found) > 1:
                parts += ["## Defined in `%s`\n" % area, *self._index_rows(index, found)]
        parts += ["## Defined beside them\n" if len(alone) < len(rest) else "## Where names are defined\n"]
        parts += self._index_rows(index, alone)
        return "\n".join(parts).rstrip() + "\n"

    def _index_rows(self, index: Page, pages: List[Page]) -> Iterator[str]:
        yield "| page | what is there |\n|---|---|"
        for page in pages:
            text = summary(page.modules[0].doc(page.modules[0].tree), self.linker(index))
            yield "| [`%s`](%s) | %s |" % (page.title, page.path.name, text)
        yield ""

    def where(self) -> str:
        """Every public name: the shortest module to import it from, and the file that defines it."""
        parts = [MARK, "# Where a public name lives\n"]
        parts += [
            "Each public name, linked to its entry in the reference; the shortest module that it can be imported from;",
            "the file that defines it.\n",
        ]
        for distribution, package, _ in distributions():
            parts += ["## %s\n" % distribution, "| name | import from | defined in |", "|---|---|---|"]
            parts += sorted(self.where_rows(package), key=str.lower) + [""]
        return "\n".join(parts)

    def where_rows(self, package: Path) -> Iterator[str]:
        places: Dict[Tuple[str, str], List[str]] = {}
        for module in self.names.modules.values():
            if module.package != package or module.is_private:
                continue
            for text in module.public:
                home = self.names.find(module.name, text)
                if home is not None and home.module.package == package and not text.startswith("_"):
                    places.setdefault((home.module.name, text), []).append(module.name)
        for (origin, text), found in places.items():
            home = self.names.find(origin, text)
            page = self.page_of.get(origin)
            shown = "`%s`" % text
            if home is not None and page is not None and self.names.is_public(home):
                shown = "[%s](%s#%s)" % (shown, _relative(page.path, WHERE), anchor(self.heading(home)))
            path = self.names.modules[origin].path
            file = "[%s](%s)" % (path.relative_to(package.parent).as_posix(), _relative(path, WHERE))
            yield "| %s | `%s` | %s |" % (shown, min(found, key=lambda name: (name.count("."), len(name), name)), file)

    def files(self) -> Iterator[Tuple[Path, str]]:
        for distribution, _, _ in distributions():
            written = []
            for page in sorted(self.pages.values(), key=lambda page: page.title):
                text = self.text(page) if page.distribution == distribution else ""
                if text:
                    written.append(page)
                    yield page.path, text
            yield REFERENCE / distribution / "index.md", self.index(distribution, written)
        yield WHERE, self.where()


# -- signatures ------------------------------------------------------------------------------------------------------


def signature(name: str, node: ast.AST, method: bool = False) -> str:
    """The signature with annotations, without `self`; on several lines if one would be too long."""
    marks = decorators(node)
    is_static = "staticmethod" in marks
    parts = list(_parameters(node.args, skip_first=method and not is_static))  # type: ignore[attr-defined]
    returns = " -> %s" % ast.unparse(node.returns) if node.returns is not None and "__" not in node.name else ""  # type: ignore[attr-defined]
    if is_property(node):
        return name + (": %s" % ast.unparse(node.returns) if node.returns is not None else "")  # type: ignore[attr-defined]
    kind = "async " if isinstance(node, ast.AsyncFunctionDef) else ""
    kind += "classmethod " if "classmethod" in marks else "staticmethod " if is_static else ""
    line = "%s%s(%s)%s" % (kind, name, ", ".join(parts), returns)
    if len(line) <= WIDTH:
        return line
    return "%s%s(\n%s)%s" % (kind, name, "".join("    %s,\n" % part for part in parts), returns)


def _parameters(arguments: ast.arguments, skip_first: bool) -> Iterator[str]:
    plain = [*arguments.posonlyargs, *arguments.args]
    defaults: List[Optional[ast.expr]] = [None] * (len(plain) - len(arguments.defaults)) + list(arguments.defaults)
    for number, (argument, default) in enumerate(zip(plain, defaults)):
        if number or not skip_first:
            yield _parameter(argument, default)
    if arguments.vararg is not None:
        yield "*" + _parameter(arguments.vararg, None)
    elif arguments.kwonlyargs:
        yield "*"
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults):
        yield _parameter(argument, default)
    if arguments.kwarg is not None:
        yield "**" + _parameter(arguments.kwarg, None)


def _parameter(argument: ast.arg, default: Optional[ast.expr]) -> str:
    text = argument.arg
    if argument.annotation is not None:
        text += ": " + ast.unparse(argument.annotation)
    if default is not None:
        text += (" = " if argument.annotation is not None else "=") + ast.unparse(default)
    return text


def _block(code: str) -> str:
    return "```py\n%s\n```" % code


def _relative(path: Path, start: Path) -> str:
    return Path(os.path.relpath(path, start.parent)).as_posix()


def main(arguments: List[str]) -> int:
    check, wrong, wanted = "--check" in arguments, [], set()
    reference = Reference()
    for path, text in reference.files():
        wanted.add(path)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            wrong.append(path)
            if not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
        headings = [anchor(text) for text in re.findall(r"^#+ (.+)$", text, re.MULTILINE)]
        for repeated in sorted({slug for slug in headings if headings.count(slug) > 1}):
            raise SystemExit("%s has two headings that are addressed as #%s" % (path.name, repeated))
    stale = [path for path in REFERENCE.rglob("*.md") if path not in wanted]
    if not check:
        for path in stale:
            path.unlink()
        print("reference: %d of %d pages written" % (len(wrong), len(wanted)))
        return 0
    for path in wrong + stale:
        print("%s is not what the sources say; run python ci/generate/reference.py" % path.relative_to(ROOT))
    silent = list(reference.names.undocumented())
    for name in silent:
        print("%s has no docstring" % name)
    print("reference: %d pages, %d stale, %d names without docstring" % (len(wanted), len(wrong + stale), len(silent)))
    return 1 if wrong or stale or silent else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
