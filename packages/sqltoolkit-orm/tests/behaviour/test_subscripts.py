"""Generic classes take type arguments when a program runs, too, and stay what they are."""

from __future__ import annotations

import pytest
import sqltoolkit_core as sa

import sqltoolkit_orm as orm
from sqltoolkit_orm.interfaces import MapperProperty
from sqltoolkit_orm.interfaces import PropComparator
from sqltoolkit_orm.state import InstanceState

SUBSCRIPTED = [
    InstanceState,
    MapperProperty,
    PropComparator,
    orm.Bundle,
    orm.ColumnProperty,
    orm.CompositeProperty,
    orm.InstrumentedAttribute,
    orm.Mapped,
    orm.MappedColumn,
    orm.MappedSQLExpression,
    orm.Mapper,
    orm.Query,
    orm.QueryableAttribute,
    orm.Relationship,
    orm.RelationshipProperty,
    orm.Synonym,
    orm.SynonymProperty,
    orm.WriteOnlyMapped,
    orm.DynamicMapped,
    orm.declared_attr,
    orm.scoped_session,
    orm.sessionmaker,
]


@pytest.mark.parametrize("generic", SUBSCRIPTED, ids=lambda generic: generic.__name__)
def test_classes_take_type_arguments(generic):
    with_argument = generic[int]
    assert generic in (with_argument, getattr(with_argument, "__origin__", None))


def test_what_is_made_of_a_subscripted_class_works():
    engine = sa.create_engine("sqlite://")
    sessions = orm.scoped_session[orm.Session](orm.sessionmaker[orm.Session](engine))
    assert sessions.scalar(sa.text("SELECT 7")) == 7
    sessions.remove()
