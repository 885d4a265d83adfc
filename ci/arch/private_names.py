"""A distribution uses no underscore name that another distribution defines.

`dialects/sqlite` counts as outside the core, so that it stays a model for every dialect package. A name counts as
defined where it is assigned, declared, an argument, or the name of a function or class.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import Iterator

from sources import distributions, finish, modules, parse, shown

# Documented names that begin with an underscore: rows and named tuples.
DOCUMENTED = {"_mapping", "_fields", "_asdict", "_tuple", "_t", "_replace", "_make", "_getframe"}


def units() -> Iterator[tuple[str, list[Path]]]:
    """Groups of files that may share private names, without the core itself."""
    for name, package, _ in distributions():
        if name == "sqltoolkit-core":
            for dialect in sorted((package / "dialects").glob("*/")):
                if dialect.is_dir():
                    yield "dialects/" + dialect.name, modules(dialect)
        else:
            yield name, modules(package)


def private(name: str) -> bool:
    return name.startswith("_") and not (name.startswith("__") and name.endswith("__")) and name != "_"


def defined(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, (ast.Store, ast.Del)):
            yield node.attr
        elif isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
            yield node.id
        elif isinstance(node, ast.alias) and node.asname:
            yield node.asname
        elif isinstance(node, ast.Assign) and any(getattr(t, "id", "") == "__slots__" for t in node.targets):
            yield from (item.value for item in ast.walk(node.value)
                        if isinstance(item, ast.Constant) and isinstance(item.value, str))


def used(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load) and private(node.attr):
            yield node.lineno, node.attr
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if private(alias.name):
                    yield node.lineno, alias.name


def main() -> int:
    problems = []
    for unit, files in units():
        trees = {path: parse(path) for path in files}
        own = {path.stem for path in files} | {name for tree in trees.values() for name in defined(tree)}
        for path, tree in trees.items():
            problems += [
                "%s:%d: %s is private to another distribution" % (shown(path), line, name)
                for line, name in used(tree)
                if name not in own and name not in DOCUMENTED
            ]
    return finish("private names", problems, "none is used across distributions")


if __name__ == "__main__":
    sys.exit(main())
