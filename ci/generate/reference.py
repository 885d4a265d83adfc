"""Write docs/reference/ and docs/where.md from the sources; `--check` fails if they are not what would be written.

Reference pages are read from the syntax trees, not by importing: they are the same on every Python. A page holds one
package or top-level module: its public classes and functions with signature and the docstring's first paragraph.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import Iterator

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "arch"))

from sources import ROOT, distributions, dotted, modules, parse

REFERENCE = ROOT / "docs" / "reference"
WHERE = ROOT / "docs" / "where.md"
MARK = "<!-- written by ci/generate/reference.py; change the docstrings instead -->\n"


def public(tree: ast.Module) -> list[str]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(getattr(t, "id", "") == "__all__" for t in node.targets):
            try:
                return list(ast.literal_eval(node.value))
            except ValueError:
                return []
    return []


def first_paragraph(node: ast.AST) -> str:
    text = ast.get_docstring(node) or ""  # type: ignore[arg-type]
    return " ".join(text.split("\n\n")[0].split()).replace("``", "`")


def parameters(node: ast.FunctionDef | ast.AsyncFunctionDef, method: bool) -> str:
    arguments = node.args
    if method and arguments.args and not any(getattr(d, "id", "") == "staticmethod" for d in node.decorator_list):
        arguments = ast.arguments(
            **{**{f: getattr(arguments, f) for f in arguments._fields}, "args": arguments.args[1:]}
        )
    for argument in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]:
        argument.annotation = None
    for star in (arguments.vararg, arguments.kwarg):
        if star is not None:
            star.annotation = None
    return "(%s)" % ast.unparse(arguments)


def entry(name: str, node: ast.AST, method: bool = False) -> str:
    is_property = any(
        "property" in ast.unparse(d) or "memoized" in ast.unparse(d) for d in getattr(node, "decorator_list", ())
    )
    signature = ""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and not is_property:
        signature = parameters(node, method)
    text = first_paragraph(node)
    return "`%s%s`%s" % (name, signature, ": " + text if text else "")


def class_section(node: ast.ClassDef) -> Iterator[str]:
    bases = ", ".join(ast.unparse(base) for base in node.bases)
    yield "### class `%s%s`\n" % (node.name, "(%s)" % bases if bases else "")
    text = first_paragraph(node)
    if text:
        yield text + "\n"
    members = [
        child
        for child in node.body
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef))
        and (not child.name.startswith("_") or child.name == "__init__")
        and not any("overload" in ast.unparse(d) or ".setter" in ast.unparse(d) for d in child.decorator_list)
    ]
    for member in members:
        yield "- " + entry(member.name, member, method=True)
    if members:
        yield ""


def page(files: list[Path], package: Path, title: str) -> str:
    parts = [MARK, "# `%s`\n" % title]
    for path in files:
        tree = parse(path)
        names = set(public(tree))
        nodes = [node for node in tree.body if getattr(node, "name", None) in names and not _overload(node)]
        if not nodes:
            continue
        parts.append("## `%s`\n" % dotted(path, package))
        parts.append(first_paragraph(tree) + "\n")
        functions = [node for node in nodes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
        parts += ["- " + entry(node.name, node) for node in functions]
        if functions:
            parts.append("")
        for node in nodes:
            if isinstance(node, ast.ClassDef):
                parts += class_section(node)
    return "\n".join(parts).rstrip() + "\n"


def _overload(node: ast.AST) -> bool:
    return any("overload" in ast.unparse(d) for d in getattr(node, "decorator_list", ()))


def groups(package: Path) -> dict[str, list[Path]]:
    """Page name -> files: one page per subpackage of at most two levels, and one per module beside them."""
    found: dict[str, list[Path]] = {}
    for path in modules(package):
        parts = path.relative_to(package).with_suffix("").parts
        if any(part.startswith("_") and part != "__init__" for part in parts):
            continue
        if parts[-1] == "__init__":
            parts = parts[:-1]
        found.setdefault(".".join(parts[:2]) or package.name, []).append(path)
    return found


def pages() -> Iterator[tuple[Path, str]]:
    where: dict[str, list[str]] = {}
    for distribution, package, _ in distributions():
        index = [MARK, "# Reference of %s\n" % distribution]
        for name, files in sorted(groups(package).items()):
            text = page(files, package, package.name if name == package.name else "%s.%s" % (package.name, name))
            if text.count("\n") < 5:
                continue
            yield REFERENCE / distribution / (name + ".md"), text
            index.append("- [%s](%s.md): %s" % (name, name, first_paragraph(parse(files[0]))))
        yield REFERENCE / distribution / "index.md", "\n".join(index) + "\n"
        where[distribution] = list(homes(package))
    lines = [MARK, "# Where a public name lives\n"]
    for distribution, rows in where.items():
        lines += ["## %s\n" % distribution, "| name | file |", "|---|---|"] + rows + [""]
    yield WHERE, "\n".join(lines)


def homes(package: Path) -> Iterator[str]:
    top = set(public(parse(package / "__init__.py")))
    found = {}
    for path in modules(package):
        for node in parse(path).body:
            name = getattr(node, "name", None)
            if name in top and name not in found:
                found[name] = path.relative_to(package.parent)
    for name in sorted(found, key=str.lower):
        yield "| `%s` | `%s` |" % (name, found[name])


def main(arguments: list[str]) -> int:
    check, wrong, wanted = "--check" in arguments, [], set()
    for path, text in pages():
        wanted.add(path)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            wrong.append(path)
            if not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    stale = [path for path in REFERENCE.rglob("*.md") if path not in wanted]
    if not check:
        for path in stale:
            path.unlink()
        print("reference: %d of %d pages written" % (len(wrong), len(wanted)))
        return 0
    for path in wrong + stale:
        print("%s is not what the sources say; run python ci/generate/reference.py" % path.relative_to(ROOT))
    return 1 if wrong or stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
