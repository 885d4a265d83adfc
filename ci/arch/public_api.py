"""What is public: `__all__` of each module, the imports across distributions, and the lists in ci/api.

Three checks: a module's `__all__` names what it defines without an underscore, and nothing that is missing; a name
imported from another distribution is in `__all__` of the module it comes from; `ci/api/<distribution>.txt` holds every
public name with its signature, so that a change of the public surface is a line of a review (`--write` renews it).
"""

from __future__ import annotations

import ast
import importlib
import inspect
import sys
from pathlib import Path
from typing import Iterator

from sources import ROOT, distributions, dotted, finish, modules, parse, shown

LISTS = ROOT / "ci" / "api"


def declared(tree: ast.Module) -> list[str] | None:
    """The names in `__all__`, or None where a module computes it or has none."""
    for node in tree.body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        if any(isinstance(t, ast.Name) and t.id == "__all__" for t in targets):
            try:
                return list(ast.literal_eval(node.value))
            except ValueError:
                return None
    return None


def contents(tree: ast.Module) -> Iterator[str]:
    """Public functions and classes that a module defines at its top level."""
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            yield node.name


def check_all(path: Path, tree: ast.Module) -> Iterator[str]:
    names = declared(tree)
    if names is None:
        if any(contents(tree)) and not path.name.startswith("_"):
            yield "%s: has public names and no literal __all__" % shown(path)
        return
    if path.name != "__init__.py":
        for name in contents(tree):
            if name not in names:
                yield "%s: %s is neither in __all__ nor private" % (shown(path), name)
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield "%s: %s stands twice in __all__" % (shown(path), name)


def check_imports(path: Path, tree: ast.Module, own: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or node.level or not (node.module or "").startswith("sqltoolkit_"):
            continue
        if node.module.split(".")[0] == own:
            yield "%s:%d: inside a distribution imports are relative" % (shown(path), node.lineno)
            continue
        module = importlib.import_module(node.module)
        public = getattr(module, "__all__", None)
        for alias in node.names:
            is_module = (node.module + "." + alias.name) in sys.modules or _is_module(node.module, alias.name)
            if not is_module and (public is None or alias.name not in public):
                yield "%s:%d: %s.%s is not public" % (shown(path), node.lineno, node.module, alias.name)


def _is_module(package: str, name: str) -> bool:
    from importlib.util import find_spec

    try:
        return find_spec("%s.%s" % (package, name)) is not None
    except ModuleNotFoundError:
        return False


def signature(thing: object) -> str:
    """Parameter names, kinds and whether they have a default, where they are written in our sources.

    What Python itself provides (signatures of enumerations, exceptions, C functions) differs between its versions.
    """
    if inspect.isclass(thing):
        made_by = [getattr(thing, name) for name in ("__init__", "__new__") if inspect.isfunction(getattr(thing, name))]
        made_by = [function for function in made_by if function.__module__.startswith("sqltoolkit")]
        return _signature(made_by[0], skip_first=True) if made_by else ""
    if inspect.isfunction(thing) and thing.__module__.startswith("sqltoolkit"):
        return _signature(thing)
    return ""


def _signature(function: object, skip_first: bool = False) -> str:
    found = inspect.signature(function)  # type: ignore[arg-type]
    plain = [
        parameter.replace(annotation=inspect.Parameter.empty,
                          default=inspect.Parameter.empty if parameter.default is inspect.Parameter.empty else ...)
        for parameter in found.parameters.values()
    ]
    return str(inspect.Signature(plain[1:] if skip_first else plain)).replace("Ellipsis", "...")


def surface(package: Path) -> Iterator[str]:
    for path in modules(package):
        name = dotted(path, package)
        if path.name == "__main__.py" or any(part.startswith("_") for part in name.split(".")[1:]):
            continue
        try:
            module = importlib.import_module(name)
        except ImportError as error:
            if error.name and not error.name.startswith("sqltoolkit"):
                continue  # an optional driver or test tool that is not installed here
            raise
        for public in sorted(getattr(module, "__all__", ())):
            if not hasattr(module, public):  # a submodule that nothing has imported yet
                importlib.import_module("%s.%s" % (name, public))
            thing = getattr(module, public)
            yield "%s.%s%s" % (name, public, signature(thing))
            if inspect.isclass(thing) and thing.__module__ == name:
                yield from members(name, public, thing)


def members(module: str, name: str, cls: type) -> Iterator[str]:
    for member, value in sorted(vars(cls).items()):
        if member.startswith("_"):
            continue
        function = value.__func__ if isinstance(value, (classmethod, staticmethod)) else value
        shown_signature = signature(function)
        yield "%s.%s.%s%s" % (module, name, member, shown_signature)


def main(arguments: list[str]) -> int:
    problems = []
    for distribution, package, _ in distributions():
        for path in modules(package):
            tree = parse(path)
            problems += check_all(path, tree)
            problems += check_imports(path, tree, package.name)
        text = "".join(line + "\n" for line in surface(package))
        listed = LISTS / (distribution + ".txt")
        if "--write" in arguments:
            listed.write_text(text, encoding="utf-8")
        before = listed.read_text(encoding="utf-8").splitlines() if listed.exists() else []
        after = text.splitlines()
        problems += [
            "%s: %s is new; run `nox -s api`" % (distribution, line) for line in after if line not in set(before)
        ]
        problems += [
            "%s: %s is gone; run `nox -s api`" % (distribution, line) for line in before if line not in set(after)
        ]
    return finish("public api", problems, "as listed in ci/api")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
