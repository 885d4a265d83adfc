"""Annotations: read on every Python, taken apart, resolved."""

from __future__ import annotations

import sys
import typing
from typing import Any
from typing import Dict
from typing import ForwardRef
from typing import List
from typing import Optional
from typing import Union

import pytest

from sqltoolkit_core.util import typing as util_typing

Mine = typing.NewType("Mine", int)


@pytest.mark.parametrize(
    "annotation, expected",
    [
        (int, (int, False)),
        (Optional[int], (int, True)),
        (Union[int, str], (Union[int, str], False)),
        (Union[int, None, str], (Union[int, str], True)),
        ("int", ("int", False)),
        ("int | None", ("int", True)),
        ("Optional[int]", ("int", True)),
        ("typing.Optional[List[int]]", ("List[int]", True)),
        ("Union[int, None]", ("int", True)),
        ("int | str | None", ("Union[int, str]", True)),
        (ForwardRef("Optional[X]"), (ForwardRef("X"), True)),
    ],
)
def test_strip_optional(annotation, expected) -> None:
    assert util_typing.strip_optional(annotation) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("int", int),
        ("int | None", Optional[int]),
        ("list[int]", (list, (int,))),
        ("dict[str, int] | None", None),
        ("Optional[Mine]", Optional[Mine]),
    ],
)
def test_newer_spellings_are_understood_everywhere(text, expected) -> None:
    found = util_typing.resolve_annotation(text, __name__)
    if isinstance(expected, tuple):
        assert (util_typing.get_origin(found), util_typing.get_args(found)) == expected
    elif expected is None:
        inner, optional = util_typing.strip_optional(found)
        assert optional and util_typing.get_origin(inner) is dict
    else:
        assert found == expected


def test_resolving() -> None:
    with pytest.raises(NameError, match="Nowhere"):
        util_typing.resolve_annotation("Nowhere", __name__)
    with pytest.raises(NameError, match="no_such_module"):
        util_typing.resolve_annotation("int", "no_such_module")
    assert util_typing.resolve_annotation("Local", __name__, {"Local": str}) is str
    nested = List["Mine"]
    found = util_typing.resolve_annotation(nested, __name__, include_generic=True)
    assert util_typing.get_args(found) == (Mine,)
    assert util_typing.resolve_name_in("typing.List", __name__) is List
    assert util_typing.resolve_name_in("len", __name__) is len
    with pytest.raises(NameError):
        util_typing.resolve_name_in("typing.Nothing", __name__)


def test_kinds() -> None:
    literal = util_typing.Literal["a", None]
    annotated = util_typing.Annotated[Optional[int], "note"]
    assert util_typing.is_literal(literal) and not util_typing.is_literal(int)
    assert util_typing.is_newtype(Mine) and util_typing.flatten_newtype(Mine) is int
    assert util_typing.is_union(Optional[int]) and util_typing.is_optional(Optional[int])
    assert util_typing.is_generic(Dict[str, int]) and not util_typing.is_generic(int)
    assert util_typing.is_fwd_ref(List["X"], check_generic=True)  # noqa: F821
    for includes in (literal, annotated, Optional[int], None, Any):
        assert util_typing.includes_none(includes), includes
    for excludes in (int, Mine, Union[int, str]):
        assert not util_typing.includes_none(excludes), excludes


@pytest.mark.skipif(sys.version_info < (3, 12), reason="type statements")
def test_type_statement() -> None:
    scope: dict = {}
    exec("type Alias = int | None\ntype Pair[T] = tuple[T, T]", scope)
    assert util_typing.is_pep695(scope["Alias"]) and util_typing.includes_none(scope["Alias"])
    assert util_typing.is_pep695(scope["Pair"][int])


def test_borrowed_names() -> None:
    for name in ("Self", "Unpack", "TypeVarTuple", "Literal", "Protocol", "dataclass_transform"):
        assert getattr(util_typing, name) is getattr(util_typing, name)
    with pytest.raises(AttributeError):
        util_typing.NoSuchName


class Annotated:
    a: int
    b: "Nowhere"  # noqa: F821


class Inheriting(Annotated):
    pass


def test_own_annotations() -> None:
    assert list(util_typing.get_annotations(Annotated)) == ["a", "b"]
    assert dict(util_typing.get_annotations(Inheriting)) == {}


def test_annotations_of_functions() -> None:
    def annotated(a: int) -> str:
        return ""

    assert list(util_typing.get_annotations(annotated)) == ["a", "return"]
    assert dict(util_typing.get_annotations(lambda: None)) == {}


@pytest.mark.parametrize("cls", [Annotated, Inheriting])
def test_annotations_come_back(cls: typing.Any) -> None:
    before = dict(util_typing.get_annotations(cls))
    with pytest.raises(KeyError):
        with util_typing.replaced_annotations(cls, {"c": int}):
            assert dict(util_typing.get_annotations(cls)) == {"c": int} == cls.__annotations__
            raise KeyError
    assert dict(util_typing.get_annotations(cls)) == before


@pytest.mark.skipif(sys.version_info < (3, 14), reason="annotations are evaluated when they are asked for since Python 3.14")
def test_annotations_that_wait_go_on_waiting() -> None:
    scope: typing.Dict[str, typing.Any] = {"__name__": __name__}
    exec("class Waiting:\n    later: Later\n    known: int", scope)
    Waiting = scope["Waiting"]
    found = util_typing.get_annotations(Waiting)
    assert util_typing.is_fwd_ref(found["later"]) and util_typing.fwd_ref_text(found["later"]) == "Later"
    with util_typing.replaced_annotations(Waiting, {}):
        pass
    scope["Later"] = str
    assert dict(util_typing.get_annotations(Waiting)) == {"later": str, "known": int} == Waiting.__annotations__


@pytest.mark.skipif(sys.version_info < (3, 10), reason="unions by | are there since Python 3.10")
def test_unions_by_an_operator() -> None:
    union = eval("int | None")
    assert util_typing.is_union(union) and util_typing.is_generic(union) and util_typing.get_args(union) == (int, type(None))
    assert util_typing.strip_optional(union) == (int, True) and util_typing.get_origin(union) is typing.Union
    assert util_typing.resolve_annotation(union, __name__, include_generic=True) is union


def test_not_given() -> None:
    assert not util_typing.NoArg.NO_ARG
    assert repr(util_typing.NoArg.NO_ARG) == "NO_ARG"
