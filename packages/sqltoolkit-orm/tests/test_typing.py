"""Names shared by the annotations of the package: they are there at run time, too."""

from __future__ import annotations

import typing

from sqltoolkit_orm import typing as orm_typing


def test_names():
    for name in orm_typing.__all__:
        assert hasattr(orm_typing, name), name


def test_they_work_as_annotations():
    def function(value, key, target):
        return None

    function.__annotations__ = {
        "value": orm_typing.T, "key": orm_typing.OptionalKey, "target": orm_typing.RelationshipArgument, "return": orm_typing.InstanceDict
    }  # fmt: skip
    hints = typing.get_type_hints(function)
    assert hints["key"] == typing.Union[orm_typing.InstanceKey, None] and hints["value"] is orm_typing.T

    class Face(orm_typing.Protocol):
        pass

    assert isinstance(Face(), Face)


def test_variance():
    assert orm_typing.T_co.__covariant__ and orm_typing.T_con.__contravariant__
    assert not orm_typing.T.__covariant__ and orm_typing.O.__bound__ is object
