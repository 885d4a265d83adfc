"""The trees of docs/architecture.md name every source file, and no file that is not there.

A tree stands between `<!-- tree: package -->` and `<!-- /tree -->`. An item is a folder, a dash, and the files in it,
separated by a dot in the middle of the line; what follows the word *planned* is not looked for. The block of section 5
names the files of `ci/` and the folders of `docs/`; that of section 7 repeats the layers.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Iterator

from sources import ROOT, distributions, finish, modules

PAGE = ROOT / "docs" / "architecture.md"
TREE = re.compile(r"<!-- tree: (\w+) -->\n(.*?)<!-- /tree -->", re.DOTALL)
ITEM = re.compile(r"^- `([\w/.]+)/` — (.*)$", re.DOTALL)
LEADING_NAME = re.compile(r"`(\w+)`")
PLANNED = re.compile(r"\*[Pp]lanned")


def items(tree: str) -> Iterator[tuple[str, str]]:
    """(folder, what is said of its files) for each item of a tree."""
    for item in re.split(r"\n(?=- )", tree.strip()):
        match = ITEM.match(item)
        if match is None:
            raise ValueError("not an item of a tree, which is '- `folder/` — `file` what it is': %r" % item)
        folder = match.group(1)
        yield "" if folder == "." else folder, " ".join(match.group(2).split())


def named(tree: str) -> Iterator[str]:
    """The paths that a tree names, without suffix, relative to the package."""
    for folder, text in items(tree):
        for segment in PLANNED.split(text)[0].split(" · "):
            match = LEADING_NAME.match(segment.strip())
            if match is not None:
                yield "%s/%s" % (folder, match.group(1)) if folder else match.group(1)


def existing(package: Path) -> Iterator[str]:
    """The modules of a package, in the form in which trees name them."""
    for path in modules(package):
        if path.name not in ("__init__.py", "__main__.py"):
            yield path.relative_to(package).with_suffix("").as_posix()


def check_tree(package: Path, tree: str) -> Iterator[str]:
    said, there = list(named(tree)), set(existing(package))
    for name in sorted(set(said)):
        if name not in there:
            yield "%s: the tree names %s.py, which does not exist" % (package.name, name)
        if said.count(name) > 1:
            yield "%s: the tree names %s.py %d times" % (package.name, name, said.count(name))
    for name in sorted(there - set(said)):
        yield "%s: %s.py is not in the tree; say in a few words what it holds" % (package.name, name)


def check_folders(text: str) -> Iterator[str]:
    """Section 5: the scripts of `ci/` and the folders and pages of `docs/`."""
    block = text[text.index("## 5.") : text.index("## 6.")].split("```")[1]
    words = set(re.findall(r"[\w<>.-]+(?:\.\w+|/)", block))
    folder, found = ROOT / "ci", set()
    for path in sorted([*folder.glob("*.py"), *folder.glob("arch/*"), *folder.glob("generate/*.py")]):
        if path.is_file() and path.suffix in (".py", ".toml") and path.name != "sources.py":
            found.add(path.name)
    for path in sorted((ROOT / "docs").iterdir()):
        found.add(path.name + "/" if path.is_dir() else path.name)
    for name in sorted(found - words):
        yield "section 5 does not name %s" % name
    known = found | {path.name for place in (ROOT, ROOT / "integration-tests") for path in place.iterdir()}
    for name in sorted(word for word in words - known if word.endswith((".py", ".toml", ".md"))):
        yield "section 5 names %s, which does not exist" % name


def check_contracts(text: str) -> Iterator[str]:
    """Section 7: the contracts of importlinter.toml, line by line."""
    shown = text[text.index("```toml\n") + len("```toml\n") :].split("```")[0]
    kept = (ROOT / "ci" / "arch" / "importlinter.toml").read_text(encoding="utf-8")
    if _code(shown) != _code(kept):
        yield "section 7 does not show the contracts of ci/arch/importlinter.toml"


def _code(toml: str) -> list[str]:
    return [line.strip() for line in toml.splitlines() if line.strip() and not line.startswith("#")]


def main() -> int:
    text = PAGE.read_text(encoding="utf-8")
    trees = dict(TREE.findall(text))
    problems = []
    for _, package, _ in distributions():
        if package.name not in trees:
            problems.append("docs/architecture.md has no tree of %s" % package.name)
            continue
        problems += check_tree(package, trees[package.name])
    problems += check_folders(text)
    problems += check_contracts(text)
    return finish("tree", problems, "docs/architecture.md names what is there")


if __name__ == "__main__":
    sys.exit(main())
