"""The only importer of typing_extensions, and the reading of annotations.

What an annotation means for SQL is decided in ``sql/sqltypes/resolution.py`` and in the ORM.  Newer typing names come
from ``typing`` where it has them and from typing_extensions otherwise, when they are first asked for.
"""

from __future__ import annotations

import contextlib
import sys
import typing
from typing import Any
from typing import ForwardRef
from typing import Union

if typing.TYPE_CHECKING:
    from typing import Callable
    from typing import Dict
    from typing import Iterator
    from typing import Mapping
    from typing import Optional
    from typing import Tuple

    from typing_extensions import Annotated as Annotated
    from typing_extensions import Concatenate as Concatenate
    from typing_extensions import Final as Final
    from typing_extensions import Literal as Literal
    from typing_extensions import NotRequired as NotRequired
    from typing_extensions import ParamSpec as ParamSpec
    from typing_extensions import Protocol as Protocol
    from typing_extensions import Self as Self
    from typing_extensions import TypeAlias as TypeAlias
    from typing_extensions import TypeAliasType as TypeAliasType
    from typing_extensions import TypedDict as TypedDict
    from typing_extensions import TypeGuard as TypeGuard
    from typing_extensions import TypeVar as DefaultTypeVar
    from typing_extensions import TypeVarTuple as TypeVarTuple
    from typing_extensions import Unpack as Unpack
    from typing_extensions import dataclass_transform as dataclass_transform
    from typing_extensions import final as final
    from typing_extensions import overload as overload
    from typing_extensions import runtime_checkable as runtime_checkable

__all__ = [
    "Annotated",
    "Concatenate",
    "DefaultTypeVar",
    "Final",
    "Literal",
    "NoArg",
    "NoneFwd",
    "NotRequired",
    "ParamSpec",
    "Protocol",
    "Self",
    "TypeAlias",
    "TypeAliasType",
    "TypeGuard",
    "TypeVarTuple",
    "TypedDict",
    "Unpack",
    "Unsubscripted",
    "dataclass_transform",
    "expand_unions",
    "final",
    "flatten_newtype",
    "fwd_ref_text",
    "get_annotations",
    "get_args",
    "get_origin",
    "includes_none",
    "is_annotated",
    "is_fwd_ref",
    "is_generic",
    "is_literal",
    "is_newtype",
    "is_optional",
    "is_pep695",
    "is_union",
    "make_union",
    "overload",
    "pep695_value",
    "replaced_annotations",
    "resolve_annotation",
    "resolve_name_in",
    "runtime_checkable",
    "strip_optional",
]

_BORROWED = frozenset(
    "Annotated Concatenate Final Literal NotRequired ParamSpec Protocol Self TypeAlias TypeAliasType TypeGuard "
    "TypedDict TypeVarTuple Unpack dataclass_transform final overload runtime_checkable".split()
)


def __getattr__(name: str) -> Any:
    if name == "DefaultTypeVar":
        found = typing.TypeVar if sys.version_info >= (3, 13) else _extension("TypeVar")
    elif name in _BORROWED:
        found = getattr(typing, name, None)
        if found is None:
            found = _extension(name)
    else:
        raise AttributeError("module %r has no attribute %r" % (__name__, name))
    globals()[name] = found
    return found


def _extension(name: str) -> Any:
    import typing_extensions

    return getattr(typing_extensions, name)


class Unsubscripted:
    """In a class statement ``X[...]`` is the plain class; type arguments are there for type checkers only."""

    __slots__ = ("_class",)

    def __init__(self, class_: Any) -> None:
        self._class = class_

    def __getitem__(self, _arguments: Any) -> Any:
        return self._class


class _NoArg:
    """The one value that says: this argument was not given."""

    _only: Optional[_NoArg] = None

    def __new__(cls) -> _NoArg:
        if cls._only is None:
            cls._only = super().__new__(cls)
        return cls._only

    def __repr__(self) -> str:
        return "NO_ARG"

    def __bool__(self) -> bool:
        return False

    def __reduce__(self) -> Any:
        return _NoArg, ()


class NoArg:
    """Holds ``NO_ARG``, the value of arguments that were not given."""

    NO_ARG = _NoArg()


#: None as a forward reference in an annotation
NoneFwd = ForwardRef("None")
_NONE_TYPE = type(None)


def get_origin(annotation: Any) -> Any:
    """Return what a generic annotation is made of: ``list`` for ``List[int]``, None for a plain class."""
    if hasattr(annotation, "__metadata__"):
        return __getattr__("Annotated")
    origin = getattr(annotation, "__origin__", None)
    if origin is not None:
        return origin
    if _UNION_TYPE is not None and isinstance(annotation, _UNION_TYPE):
        return Union
    return None


def get_args(annotation: Any) -> Tuple[Any, ...]:
    """Return the arguments of a generic annotation; those of Annotated include its metadata."""
    if hasattr(annotation, "__metadata__"):
        return (annotation.__origin__,) + tuple(annotation.__metadata__)
    args = getattr(annotation, "__args__", None)
    if not args or not isinstance(args, tuple):
        return ()
    return args


def _union_type() -> Any:
    import types

    return getattr(types, "UnionType", None)


_UNION_TYPE = _union_type()


def is_union(annotation: Any) -> bool:
    """Say whether the annotation is ``Union[...]`` or ``a | b``."""
    return get_origin(annotation) is Union


def is_optional(annotation: Any) -> bool:
    """Say whether the annotation is a union one member of which is None."""
    return is_union(annotation) and any(_is_none(arg) for arg in get_args(annotation))


def _is_none(annotation: Any) -> bool:
    if annotation is None or annotation is _NONE_TYPE:
        return True
    return is_fwd_ref(annotation) and fwd_ref_text(annotation) == "None"


def is_fwd_ref(annotation: Any, check_generic: bool = False, check_for_plain_string: bool = False) -> bool:
    """Say whether the annotation is a name not yet resolved; with ``check_generic``, also inside generics."""
    if isinstance(annotation, ForwardRef):
        return True
    if check_for_plain_string and isinstance(annotation, str):
        return True
    if check_generic and is_generic(annotation):
        return any(is_fwd_ref(arg, True, check_for_plain_string) for arg in get_args(annotation))
    return False


def fwd_ref_text(annotation: Any) -> str:
    """Return the text of a name not yet resolved."""
    return annotation if isinstance(annotation, str) else str(annotation.__forward_arg__)


def is_generic(annotation: Any) -> bool:
    """Say whether the annotation has arguments and an origin."""
    return hasattr(annotation, "__args__") and (hasattr(annotation, "__origin__") or is_union(annotation))


def is_annotated(annotation: Any) -> bool:
    """Say whether the annotation is ``Annotated[...]``."""
    return hasattr(annotation, "__metadata__") and hasattr(annotation, "__origin__")


def is_literal(annotation: Any) -> bool:
    """Say whether the annotation is ``Literal[...]``, of typing or of typing_extensions."""
    origin = getattr(annotation, "__origin__", None)
    if origin is None:
        # typing_extensions on Python 3.7 keeps no origin
        return bool(getattr(annotation, "__values__", None)) and "Literal" in type(annotation).__name__
    return getattr(origin, "_name", None) == "Literal" or str(origin).endswith(".Literal")


def is_newtype(annotation: Any) -> bool:
    """Say whether the annotation is what ``NewType()`` made."""
    return hasattr(annotation, "__supertype__")


def flatten_newtype(annotation: Any) -> Any:
    """Return the type below a ``NewType``, however many stand above it."""
    while is_newtype(annotation):
        annotation = annotation.__supertype__
    return annotation


def is_pep695(annotation: Any) -> bool:
    """Say whether the annotation is a ``type X = ...`` alias, or one with arguments."""
    kind = type(annotation)
    if kind.__name__ == "TypeAliasType" and kind.__module__ in ("typing", "typing_extensions"):
        return True
    # Annotated[X, ...] also has what it annotates as its origin
    origin = None if is_annotated(annotation) else getattr(annotation, "__origin__", None)
    return origin is not None and type(origin).__name__ == "TypeAliasType"


def pep695_value(annotation: Any) -> Any:
    """Return what a ``type X = ...`` alias stands for."""
    origin = getattr(annotation, "__origin__", None)
    if origin is not None and type(origin).__name__ == "TypeAliasType":
        return origin.__value__[get_args(annotation)]
    return annotation.__value__


def includes_none(annotation: Any) -> bool:
    """Say whether the annotation admits None, looking through aliases, NewTypes, unions and Annotated."""
    if is_fwd_ref(annotation):
        return _is_none(annotation)
    if is_union(annotation):
        return any(includes_none(arg) for arg in get_args(annotation))
    if is_pep695(annotation):
        return includes_none(pep695_value(annotation))
    if is_newtype(annotation):
        return includes_none(annotation.__supertype__)
    if is_annotated(annotation):
        return includes_none(annotation.__origin__)
    if is_literal(annotation):
        return any(arg is None for arg in get_args(annotation))
    return annotation is None or annotation is _NONE_TYPE or annotation is Any


def make_union(*members: Any) -> Any:
    """Return the union of ``members``."""
    return Union[tuple(members)]


def expand_unions(annotation: Any) -> Tuple[Any, ...]:
    """Return the members of a union, the annotation alone where it is none."""
    return get_args(annotation) if is_union(annotation) else (annotation,)


def strip_optional(annotation: Any) -> Tuple[Any, bool]:
    """Return the annotation without None, and whether None was in it.

    ``Optional[int]`` gives ``(int, True)``; a text such as ``"int | None"`` is taken apart as text.
    """
    if is_fwd_ref(annotation, check_for_plain_string=True):
        text, had_none = _strip_optional_text(fwd_ref_text(annotation))
        if not had_none:
            return annotation, False
        return (text if isinstance(annotation, str) else ForwardRef(text)), True
    if is_union(annotation):
        args = get_args(annotation)
        rest = tuple(arg for arg in args if not _is_none(arg))
        if len(rest) == len(args):
            return annotation, False
        if not rest:
            return _NONE_TYPE, True
        return (rest[0] if len(rest) == 1 else Union[rest]), True
    return annotation, False


def _strip_optional_text(text: str) -> Tuple[str, bool]:
    import ast

    try:
        node = ast.parse(text.strip(), mode="eval").body
    except SyntaxError:
        return text, False
    members = _union_members(node)
    if members is None:
        return text, False
    rest = [one for one in members if not _is_none_node(one)]
    had_none = len(rest) < len(members) or _is_optional_node(node)
    if not had_none or not rest:
        return text, had_none
    source = [_source(one, text.strip()) for one in rest]
    return (source[0] if len(source) == 1 else "Union[%s]" % ", ".join(source)), True


def _is_none_node(node: Any) -> bool:
    return getattr(node, "value", node) is None and type(node).__name__ in ("Constant", "NameConstant")


def _name_of(node: Any) -> str:
    return str(getattr(node, "attr", None) or getattr(node, "id", ""))


def _is_optional_node(node: Any) -> bool:
    return type(node).__name__ == "Subscript" and _name_of(node.value) == "Optional"


def _union_members(node: Any) -> Any:
    kind = type(node).__name__
    if kind == "BinOp" and type(node.op).__name__ == "BitOr":
        left = _union_members(node.left)
        right = _union_members(node.right)
        return (left or [node.left]) + (right or [node.right])
    if kind == "Subscript" and _name_of(node.value) in ("Optional", "Union"):
        inner = node.slice
        if type(inner).__name__ == "Index":
            inner = inner.value
        return list(inner.elts) if type(inner).__name__ == "Tuple" else [inner]
    return None


def _source(node: Any, text: str) -> str:
    import ast

    if hasattr(ast, "get_source_segment"):
        found = ast.get_source_segment(text, node)
        if found is not None:
            return found
    # Python 3.7 knows only where a node begins: take as much as still is one expression
    start = _first_column(node)
    for end in range(len(text), start, -1):
        piece = text[start:end]
        try:
            parsed = ast.parse(piece.strip(), mode="eval").body
        except SyntaxError:
            continue
        if ast.dump(parsed) == ast.dump(node):
            return piece.strip()
    return text


def _first_column(node: Any) -> int:
    import ast

    columns = [one.col_offset for one in ast.walk(node) if hasattr(one, "col_offset")]
    return int(min(columns))


def get_annotations(obj: Any) -> Mapping[str, Any]:
    """Return the annotations of a function, or those written in the body of a class itself.

    Names that are not known (yet) are references.
    """
    if sys.version_info >= (3, 14):
        import annotationlib

        return annotationlib.get_annotations(obj, format=annotationlib.Format.FORWARDREF)
    if isinstance(obj, type):
        found = obj.__dict__.get("__annotations__")
    else:
        found = getattr(obj, "__annotations__", None)
    return found if found is not None else {}


@contextlib.contextmanager
def replaced_annotations(cls: Any, annotations: Mapping[str, Any]) -> Iterator[None]:
    """A block in which ``cls`` has other annotations; afterwards it has its own, evaluated no sooner than before."""
    set_ = type.__setattr__
    # since Python 3.14 a class may have a function that makes its annotations when they are first asked for
    make = getattr(cls, "__annotate__", None) if sys.version_info >= (3, 14) else None
    own = None if make is not None else cls.__dict__.get("__annotations__")
    set_(cls, "__annotations__", dict(annotations))
    try:
        yield
    finally:
        if make is not None:
            set_(cls, "__annotate__", make)
        else:
            set_(cls, "__annotations__", {} if own is None else own)


def resolve_annotation(
    annotation: Any,
    module: str,
    locals_: Optional[Mapping[str, Any]] = None,
    *,
    in_class: Optional[str] = None,
    str_cleanup: Optional[Callable[[str, str], str]] = None,
    include_generic: bool = False,
    _within: Tuple[Any, ...] = (),
) -> Any:
    """Return the object that an annotation written as text means in the module named ``module``.

    ``X | Y`` and ``list[X]`` are understood on every Python.  ``str_cleanup(text, module)`` may change the text first.
    With ``include_generic``, texts inside of generic annotations are resolved too; one that means a type it stands in,
    as in ``Json = Dict[str, "Json"]``, stays a text.  ``NameError`` for unknown names.
    """
    given = annotation
    if is_fwd_ref(annotation) and not getattr(annotation, "__forward_is_class__", False):
        annotation = fwd_ref_text(annotation)
    if isinstance(annotation, str):
        if str_cleanup is not None:
            annotation = str_cleanup(annotation, module)
        annotation = _evaluate(annotation, module, locals_, in_class)
    if include_generic and is_generic(annotation) and not is_literal(annotation):
        if any(annotation is outer or annotation == outer for outer in _within):
            return given
        return _with_resolved_args(annotation, module, locals_, in_class, str_cleanup, _within + (annotation,))
    return annotation


def _with_resolved_args(
    annotation: Any, module: str, locals_: Any, in_class: Any, str_cleanup: Any, within: Tuple[Any, ...]
) -> Any:
    args = get_args(annotation)
    resolved = tuple(
        arg
        if index and is_annotated(annotation)
        else resolve_annotation(
            arg,
            module,
            locals_,
            in_class=in_class,
            str_cleanup=str_cleanup,
            include_generic=True,
            _within=within,
        )
        for index, arg in enumerate(args)
    )
    if all(one is two for one, two in zip(args, resolved)):
        return annotation
    if is_annotated(annotation):
        return __getattr__("Annotated")[resolved]
    if is_union(annotation):
        return Union[resolved]
    if hasattr(annotation, "copy_with"):
        return annotation.copy_with(resolved)
    return annotation.__origin__[resolved]


def _evaluate(text: str, module: str, locals_: Any, in_class: Optional[str]) -> Any:
    try:
        scope: Dict[str, Any] = dict(sys.modules[module].__dict__)
    except KeyError:
        raise NameError(
            "the annotation %r belongs to the module %r, which is not loaded" % (text, module)
        ) from None
    if in_class is not None:
        scope.setdefault(in_class, ForwardRef(in_class))
    try:
        return eval(text, scope, locals_ if locals_ is None else dict(locals_))
    except TypeError:
        # "int | None" before 3.10, "list[int]" before 3.9: said in the way of the older Python
        if sys.version_info >= (3, 10):
            raise
        return eval(_older_spelling(text), scope, locals_ if locals_ is None else dict(locals_))
    except NameError as err:
        raise NameError(
            "the annotation %r in the module %r cannot be resolved: %s" % (text, module, err)
        ) from err


def _older_spelling(text: str) -> Any:
    import ast

    tree = ast.parse(text.strip(), mode="eval")

    class Older(ast.NodeTransformer):
        def visit_BinOp(self, node: Any) -> Any:
            self.generic_visit(node)
            if not isinstance(node.op, ast.BitOr):
                return node
            members = ast.Tuple(elts=[node.left, node.right], ctx=ast.Load())
            return _subscript(_typing_name("Union"), members)

        def visit_Subscript(self, node: Any) -> Any:
            self.generic_visit(node)
            name = getattr(node.value, "id", "")
            older = _GENERIC_BUILTINS.get(name) if sys.version_info < (3, 9) else None
            if older is not None:
                node.value = _typing_name(older)
            return node

    changed = ast.fix_missing_locations(Older().visit(tree))
    return compile(changed, "<annotation>", "eval")


_GENERIC_BUILTINS = {
    "list": "List",
    "dict": "Dict",
    "set": "Set",
    "frozenset": "FrozenSet",
    "tuple": "Tuple",
    "type": "Type",
}


def _typing_name(name: str) -> Any:
    import ast

    module = ast.parse("__import__('typing')", mode="eval").body
    return ast.Attribute(value=module, attr=name, ctx=ast.Load())


def _subscript(value: Any, inner: Any) -> Any:
    import ast

    piece = inner if sys.version_info >= (3, 9) else ast.Index(value=inner)
    return ast.Subscript(value=value, slice=piece, ctx=ast.Load())


def resolve_name_in(name: str, module: str, locals_: Optional[Mapping[str, Any]] = None) -> Any:
    """Return what the dotted ``name`` means in ``module``; ``NameError`` where it means nothing."""
    first, _, rest = name.partition(".")
    scope = sys.modules[module].__dict__
    if locals_ is not None and first in locals_:
        found = locals_[first]
    elif first in scope:
        found = scope[first]
    else:
        builtins = scope.get("__builtins__", {})
        table = builtins if isinstance(builtins, dict) else builtins.__dict__
        if first not in table:
            raise NameError("the name %r is not known in the module %r" % (first, module))
        found = table[first]
    for part in rest.split(".") if rest else ():
        try:
            found = getattr(found, part)
        except AttributeError as err:
            raise NameError("the name %r is not known in the module %r" % (name, module)) from err
    return found
