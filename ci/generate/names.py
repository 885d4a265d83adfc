"""The public names of the distributions, read from the syntax trees: where each is defined, its bases and its members.

Nothing is imported, so that the answer is the same on every Python. `reference.py` makes pages of it.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple, Optional, Set, Tuple, Union

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "arch"))

from sources import dotted, modules, parse

Function = (ast.FunctionDef, ast.AsyncFunctionDef)
Node = Union[ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign]


class Name(NamedTuple):
    """A public name at the place where it is defined."""

    module: Module
    name: str
    node: Node

    @property
    def is_class(self) -> bool:
        return isinstance(self.node, ast.ClassDef)


class Member(NamedTuple):
    """A method, property or attribute, and the class whose body has it."""

    owner: Name
    name: str
    node: Node


class Module:
    """One file: what it defines, what it imports from where, and what it calls public."""

    def __init__(self, path: Path, package: Path) -> None:
        self.path, self.package = path, package
        self.name = dotted(path, package)
        self.is_package = path.name == "__init__.py"
        self.tree = parse(path)
        self.lines = path.read_text(encoding="utf-8").splitlines()
        self.defined: Dict[str, Node] = {}
        self.imported: Dict[str, Tuple[str, str]] = {}
        self.below = {id(node): text for node, text in _strings_below(self.tree)}
        for node in statements(self.tree.body):
            self._read(node)
        self.for_checkers = {
            id(inner)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
            for statement in node.body
            for inner in ast.walk(statement)
        }
        self.is_private = any(part.startswith("_") for part in self.name.split("."))
        self.public = self._public()

    def _read(self, node: ast.AST) -> None:
        if isinstance(node, (ast.ClassDef, *Function)):
            if not is_overload(node):
                self.defined[node.name] = node
        elif isinstance(node, ast.ImportFrom):
            origin = self._absolute(node)
            for alias in node.names:
                self.imported[alias.asname or alias.name] = (origin, alias.name)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name):
                    self.defined.setdefault(target.id, node)

    def _absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parts = self.name.split(".") + ([""] if self.is_package else [])
        return ".".join(parts[: -node.level] + ([node.module] if node.module else []))

    def _public(self) -> List[str]:
        listed = self.defined.get("__all__")
        if listed is not None and listed.value is not None:  # type: ignore[union-attr]
            try:
                return sorted(ast.literal_eval(listed.value))  # type: ignore[union-attr]
            except ValueError:
                pass
        found = {name for name, (_, original) in self.imported.items() if name == original}
        return sorted(name for name in found if not name.startswith("_")) if self.is_package else []

    def doc(self, node: ast.AST) -> str:
        """The docstring; for an assignment the string below it, the comment beside it or the one above it."""
        if isinstance(node, (ast.Module, ast.ClassDef, *Function)):
            return ast.get_docstring(node) or ""
        if id(node) in self.below:
            return self.below[id(node)]
        return self._comment(node.lineno - 1, node.col_offset)  # type: ignore[attr-defined]

    def comment_of_block(self, node: ast.AST) -> str:
        """The comment above several assignments of a module that have no empty line in between."""
        line = node.lineno - 1  # type: ignore[attr-defined]
        while line and re.match(r"\w+(: [^=]+)? = ", self.lines[line - 1]):
            line -= 1
        return self._comment(line, 0)

    def _comment(self, line: int, column: int) -> str:
        found: List[str] = []
        code, mark, beside = self.lines[line].partition("  #")
        if mark and "type: ignore" not in beside and "noqa" not in beside:
            return beside.lstrip(": ")
        while line and self.lines[line - 1].startswith(" " * column + "#") and "# --" not in self.lines[line - 1]:
            line -= 1
            found.insert(0, self.lines[line].strip().lstrip("#:").strip())
        return " ".join(found)


def _strings_below(tree: ast.Module) -> Iterator[Tuple[ast.AST, str]]:
    """Assignments of modules and classes, with the string that stands below them."""
    for scope in ast.walk(tree):
        if isinstance(scope, (ast.Module, ast.ClassDef)):
            for node, after in zip(scope.body, scope.body[1:]):
                is_text = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
                if is_text and isinstance(node, (ast.Assign, ast.AnnAssign)):
                    yield node, inspect.cleandoc(str(after.value.value))  # type: ignore[attr-defined]


def statements(body: List[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements of a body and of the `if`s in it: what is declared for type checkers, or for one Python only."""
    for node in body:
        if isinstance(node, (ast.If, ast.Try)):
            yield from statements(node.body)
            yield from statements(node.orelse)
            for handler in getattr(node, "handlers", ()):
                yield from statements(handler.body)
        else:
            yield node


def decorators(node: ast.AST) -> List[str]:
    return [ast.unparse(decorator) for decorator in getattr(node, "decorator_list", ())]


def is_overload(node: ast.AST) -> bool:
    return any(text.split(".")[-1] == "overload" for text in decorators(node))


def is_property(node: ast.AST) -> bool:
    return any("property" in text or "memoized" in text for text in decorators(node))


class Names:
    """Every module of some packages, with look-ups across them."""

    def __init__(self, packages: List[Path]) -> None:
        self.modules: Dict[str, Module] = {}
        for package in packages:
            for path in modules(package):
                if path.name != "__main__.py":
                    module = Module(path, package)
                    self.modules[module.name] = module
        self._orders: Dict[Tuple[str, str], List[Name]] = {}
        self.homes = self._find_homes()

    def find(self, module: str, name: str, seen: Optional[Set[Tuple[str, str]]] = None) -> Optional[Name]:
        """Where `name`, as seen in `module`, is defined; None for what comes from elsewhere."""
        seen = seen or set()
        place = self.modules.get(module)
        if place is None or (module, name) in seen:
            return None
        if name in place.defined:
            return Name(place, name, place.defined[name])
        if name in place.imported:
            return self.find(*place.imported[name], seen=seen | {(module, name)})
        return None

    def _find_homes(self) -> Dict[str, List[Name]]:
        """Public names, each with the places that define it, the least private first."""
        found: Dict[str, List[Name]] = {}
        for module in self.modules.values():
            for name in module.public:
                home = self.find(module.name, name)
                if home is not None and not module.is_private:
                    places = found.setdefault(name, [])
                    if not any(home.module is other.module for other in places):
                        places.append(home)
        return found

    def is_public(self, name: Name) -> bool:
        return any(home.module is name.module for home in self.homes.get(name.name, ()))

    def home(self, name: str) -> Optional[Name]:
        """The one place that defines a public name; None if there are several."""
        places = self.homes.get(name, [])
        return places[0] if len(places) == 1 else None

    def base(self, cls: Name, expression: ast.expr) -> Optional[Name]:
        while isinstance(expression, ast.Subscript):
            expression = expression.value
        if isinstance(expression, ast.Name):
            found = self.find(cls.module.name, expression.id)
        elif isinstance(expression, ast.Attribute) and isinstance(expression.value, ast.Name):
            origin = cls.module.imported.get(expression.value.id)
            found = self.find(".".join(origin), expression.attr) if origin else None
        else:
            found = None
        return found if found is not None and found.is_class else None

    def order(self, cls: Name) -> List[Name]:
        """The class and those it inherits from, nearest first, as far as they are ours."""
        key = (cls.module.name, cls.name)
        if key not in self._orders:
            self._orders[key] = [cls]  # for classes that name themselves
            found = [self.base(cls, expression) for expression in cls.node.bases]  # type: ignore[union-attr]
            bases = [base for base in found if base is not None]
            self._orders[key] = [cls] + _merge([self.order(base) for base in bases] + [bases])
        return self._orders[key]

    def members(self, cls: Name) -> List[Member]:
        """What the body of a class has under public names, in order."""
        found: Dict[str, Member] = {}
        for node in statements(cls.node.body):  # type: ignore[union-attr]
            if isinstance(node, Function):
                setter = any(text.endswith((".setter", ".deleter", ".expression")) for text in decorators(node))
                if not is_overload(node) and not setter:
                    found[node.name] = Member(cls, node.name, node)
            elif isinstance(node, (ast.Assign, ast.AnnAssign)):
                target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
                told = isinstance(node, ast.AnnAssign) or cls.module.doc(node) or self.is_enum(cls)
                if isinstance(target, ast.Name) and told:
                    found.setdefault(target.id, Member(cls, target.id, node))
        return [member for member in found.values() if not member.name.startswith("_")]

    def is_enum(self, cls: Name) -> bool:
        bases = {ast.unparse(base).rpartition(".")[2] for base in cls.node.bases}  # type: ignore[union-attr]
        return bool(bases & {"Enum", "IntEnum", "Flag", "IntFlag", "FastIntFlag"})

    def doc(self, name: Name) -> str:
        """The docstring; of an alias or a member of an enumeration, what is said of the other name."""
        text, value = name.module.doc(name.node), getattr(name.node, "value", None)
        if text or value is None:
            return text
        if isinstance(value, ast.Attribute) and isinstance(value.value, ast.Name):
            owner = self.find(name.module.name, value.value.id)
            member = self.member(owner, value.attr) if owner is not None and owner.is_class else None
            return (member and owner.module.doc(member.node)) or "A member of `%s`." % value.value.id  # type: ignore[union-attr]
        if isinstance(value, ast.Name):
            return "The same as `%s`." % value.id
        return name.module.comment_of_block(name.node)

    def member(self, cls: Name, name: str) -> Optional[Member]:
        """A member of a class, its own or inherited."""
        for owner in self.order(cls):
            for member in self.members(owner):
                if member.name == name:
                    return member
        return None

    def initializer(self, cls: Name) -> Optional[Node]:
        for owner in self.order(cls):
            for node in statements(owner.node.body):  # type: ignore[union-attr]
                if isinstance(node, Function) and node.name in ("__init__", "__new__") and not is_overload(node):
                    return node
        return None

    def undocumented(self) -> Iterator[str]:
        """Public names without a docstring, where none is inherited either.

        The `visit_` methods of a compiler or visitor need none: their class says what they are for. Nor do stubs
        for type checkers, which repeat what is defined elsewhere.
        """
        for module in self.modules.values():
            for name in module.public:
                node = module.defined.get(name)
                if module.is_private or name.startswith("_") or node is None or id(node) in module.for_checkers:
                    continue
                if not self.doc(Name(module, name, node)):
                    yield "%s.%s" % (module.name, name)
                if isinstance(node, ast.ClassDef):
                    yield from self._undocumented_members(Name(module, name, node))

    def _undocumented_members(self, cls: Name) -> Iterator[str]:
        for member in self.members(cls):
            is_stub = id(member.node) in cls.module.for_checkers
            if isinstance(member.node, Function) and not member.name.startswith("visit_") and not is_stub:
                if not self.member_doc(cls, member.name):
                    yield "%s.%s.%s" % (cls.module.name, cls.name, member.name)

    def member_doc(self, cls: Name, name: str) -> str:
        """The docstring of a member, or else the one of what it overrides."""
        for owner in self.order(cls):
            for member in self.members(owner):
                if member.name == name and owner.module.doc(member.node):
                    return owner.module.doc(member.node)
        return ""


def _merge(lists: List[List[Name]]) -> List[Name]:
    """C3 linearisation; where type-only bases make it impossible, the first list goes first."""
    lists, merged = [list(names) for names in lists if names], []
    while lists:
        tails = {(name.module.name, name.name) for names in lists for name in names[1:]}
        heads = [names[0] for names in lists]
        chosen = next((head for head in heads if (head.module.name, head.name) not in tails), heads[0])
        merged.append(chosen)
        key = (chosen.module.name, chosen.name)
        lists = [[name for name in names if (name.module.name, name.name) != key] for names in lists]
        lists = [names for names in lists if names]
    return merged
