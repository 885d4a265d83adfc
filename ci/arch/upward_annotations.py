"""Imports for annotations only obey the layers too, except inside one subpackage; the exceptions may only get fewer.

An import under TYPE_CHECKING may point upward inside one subpackage (`sql.elements.base` to `sql.elements.columns`).
Any other upward one is counted, and the count is kept in `upward_annotations.count`.
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path
from typing import Iterator

from sources import distributions, dotted, finish, modules, parse, shown

COUNT = Path(__file__).with_name("upward_annotations.count")


def layers() -> dict[str, int]:
    """Package or module name -> rank, 0 at the top, read from the import contracts."""
    ranks: dict[str, int] = {}
    text = Path(__file__).with_name("importlinter.toml").read_text(encoding="utf-8")
    for block in text.split("[[tool.importlinter.contracts]]")[1:]:
        container = re.search(r'containers = \["([\w.]+)"\]', block)
        rows = re.search(r"layers = \[(.*?)\]", block, re.S)
        if container and rows:
            for rank, layer in enumerate(re.findall(r'"([^"]+)"', rows.group(1))):
                for name in layer.split("|"):
                    ranks["%s.%s" % (container.group(1), name.strip())] = rank
    return ranks


def checked_imports(tree: ast.Module) -> Iterator[ast.ImportFrom]:
    for node in tree.body:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            yield from (child for child in ast.walk(node) if isinstance(child, ast.ImportFrom))


def target(node: ast.ImportFrom, module: str, is_package: bool) -> str:
    if not node.level:
        return node.module or ""
    parts = module.split(".")
    base = parts[: len(parts) - node.level + (1 if is_package else 0)]
    return ".".join(base + ([node.module] if node.module else []))


def upward(importer: str, imported: str, ranks: dict[str, int]) -> bool:
    """Whether an import crosses a contract upward."""
    for depth in range(2, 4):
        here = ".".join(importer.split(".")[:depth])
        there = ".".join(imported.split(".")[:depth])
        if here != there:
            beside = here.rpartition(".")[0] == there.rpartition(".")[0]
            return beside and here in ranks and there in ranks and ranks[there] < ranks[here]
    return False


def main(arguments: list[str]) -> int:
    ranks = layers()
    found = []
    for _, package, _ in distributions():
        for path in modules(package):
            module = dotted(path, package)
            for node in checked_imports(parse(path)):
                goal = target(node, module, path.name == "__init__.py")
                names = [goal] + ["%s.%s" % (goal, alias.name) for alias in node.names]
                if any(upward(module, name, ranks) for name in names):
                    found.append("%s:%d: annotation imports upward from %s" % (shown(path), node.lineno, goal))
    if "--write" in arguments:
        COUNT.write_text("%d\n" % len(found), encoding="utf-8")
    allowed = int(COUNT.read_text(encoding="utf-8")) if COUNT.exists() else 0
    if len(found) > allowed:
        return finish("upward annotations", found + ["%d are allowed" % allowed], "")
    if len(found) < allowed:
        return finish("upward annotations", ["only %d left: write that into %s" % (len(found), shown(COUNT))], "")
    return finish("upward annotations", [], "%d, as before" % len(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
