"""The dictionaries of reflection: what a table that has nothing of a kind gives."""

from __future__ import annotations

import pytest

from sqltoolkit_core import create_engine
from sqltoolkit_core import inspect
from sqltoolkit_core.engine import interfaces
from sqltoolkit_core.engine.interfaces import ObjectKind
from sqltoolkit_core.engine.interfaces import ObjectScope
from sqltoolkit_core.engine.interfaces import ReflectionDefaults

KINDS = ["columns", "pk_constraint", "foreign_keys", "indexes", "unique_constraints", "check_constraints", "table_options", "table_comment"]


class TestDefaults:
    @pytest.mark.parametrize("name", KINDS)
    def test_each_caller_gets_its_own(self, name):
        one, other = getattr(ReflectionDefaults, name)(), getattr(ReflectionDefaults, name)()
        assert one == other and one is not other

    def test_values(self):
        assert ReflectionDefaults.pk_constraint() == {"name": None, "constrained_columns": []}
        assert ReflectionDefaults.table_comment() == {"text": None}
        assert ReflectionDefaults.table_options() == {} and ReflectionDefaults.columns() == []

    @pytest.mark.parametrize("name", ["foreign_keys", "indexes", "unique_constraints", "check_constraints", "pk_constraint"])
    def test_a_bare_table_has_the_same(self, name):
        engine = create_engine("sqlite://")
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE bare (x INTEGER)")
            found = getattr(inspect(connection), "get_" + name)("bare")
        assert found == getattr(ReflectionDefaults, name)()


class TestFlags:
    def test_kinds(self):
        assert ObjectKind.ANY == ObjectKind.TABLE | ObjectKind.VIEW | ObjectKind.MATERIALIZED_VIEW
        assert ObjectKind.TABLE not in ObjectKind.ANY_VIEW and ObjectKind.VIEW in ObjectKind.ANY_VIEW

    def test_scopes(self):
        assert ObjectScope.ANY == ObjectScope.DEFAULT | ObjectScope.TEMPORARY
        assert ObjectScope.TEMPORARY not in ObjectScope.DEFAULT


@pytest.mark.parametrize("name", [name for name in interfaces.reflected.__all__ if name.startswith("Reflected")])
def test_descriptions_are_dictionaries(name):
    made = getattr(interfaces.reflected, name)(name="x")
    assert made == {"name": "x"} and isinstance(made, dict)
