"""Which Python objects become which elements, and how others are refused."""

from __future__ import annotations

import pytest

from sqltoolkit_core import Integer, column, delete, exc, func, insert, select, table, text, update
from sqltoolkit_core.sql import roles
from sqltoolkit_core.sql.base import EntityMark
from sqltoolkit_core.sql.coercions import coerces, completes, expect, expect_as_key
from sqltoolkit_core.sql.elements import BindParameter, LabelReference, Null, TextualLabelReference, True_

x = column("x", Integer)
t = table("t", column("x", Integer))


class Wrapped:
    def __init__(self, element):
        self.element = element

    def __clause_element__(self):
        return self.element


def test_what_plays_the_role_stays():
    assert expect(roles.WhereHavingRole, x) is x
    assert expect(roles.FromClauseRole, t) is t


def test_plain_objects():
    assert expect(roles.ExpressionElementRole, 5).value == 5
    assert isinstance(expect(roles.ExpressionElementRole, None), Null)
    assert isinstance(expect(roles.WhereHavingRole, True), True_)
    bind = expect(roles.BinaryElementRole, 5, expr=x, operator=None)
    assert isinstance(bind, BindParameter) and bind._orig_key == "x"
    assert isinstance(expect(roles.OrderByRole, "a"), TextualLabelReference)
    assert isinstance(expect(roles.OrderByRole, x.label("a")), LabelReference)
    assert expect(roles.LimitOffsetRole, 5).value == 5 and expect(roles.LimitOffsetRole, None) is None
    assert expect(roles.DDLConstraintColumnRole, "a") == "a" and str(expect(roles.DDLExpressionRole, "a > 5")) == "a > 5"
    assert expect_as_key(roles.DMLColumnRole, "a") == "a" and expect_as_key(roles.DMLColumnRole, x) == "x"


def test_clause_element_protocol():
    assert expect(roles.WhereHavingRole, Wrapped(x)) is x
    assert expect(roles.WhereHavingRole, Wrapped(Wrapped(x))) is x
    assert str(select(Wrapped(x)).where(Wrapped(x == 5))) == "SELECT x \nWHERE x = :x_1"
    endless = Wrapped(None)
    endless.element = Wrapped(endless)
    with pytest.raises(exc.ArgumentError, match="never returns"):
        expect(roles.WhereHavingRole, endless)


def test_selects_become_scalar_subqueries():
    assert str(x == select(t.c.x)) == "x = (SELECT t.x \nFROM t)"
    assert str(x.in_(select(t.c.x))) == "x IN (SELECT t.x \nFROM t)"


@pytest.mark.parametrize(
    "role, obj",
    [
        (roles.WhereHavingRole, "x = 5"), (roles.WhereHavingRole, t), (roles.FromClauseRole, x), (roles.FromClauseRole, 5),
        (roles.InElementRole, "abc"), (roles.InElementRole, 5), (roles.LimitOffsetRole, "a"), (roles.StatementRole, "select 1"),
        (roles.JoinTargetRole, x), (roles.ColumnArgumentRole, "x"), (roles.LiteralValueRole, x), (roles.IsCTERole, t),
    ],
)  # fmt: skip
def test_refused(role, obj):
    with pytest.raises(exc.ArgumentError, match="expected .*found"):
        expect(role, obj, argname="here")


def test_argument_is_named():
    with pytest.raises(exc.ArgumentError, match="argument 'here'"):
        expect(roles.FromClauseRole, 5, argname="here")


def test_sink_takes_the_mark_of_the_first_element():
    class Statement:
        entity_mark = None

    statement = Statement()
    mark = EntityMark("toy", object())
    expect(roles.WhereHavingRole, x, sink=statement)
    assert statement.entity_mark is None
    expect(roles.WhereHavingRole, x.with_entity_mark(mark), sink=statement)
    expect(roles.WhereHavingRole, x.with_entity_mark(EntityMark("other", object())), sink=statement)
    assert statement.entity_mark is mark


def test_registered_resolver_and_completion():
    class MyRole(roles.SQLRole):
        role_name = "mine"

    class Point:
        pass

    @coerces(MyRole)
    def point(obj, *, role, argname=None, **hints):
        return ("point", hints) if isinstance(obj, Point) else NotImplemented

    assert expect(MyRole, Point(), a=1) == ("point", {"a": 1})
    with pytest.raises(exc.ArgumentError, match="expected mine"):
        expect(MyRole, 5)

    @completes(MyRole)
    def finish(element, **hints):
        return ("done", element)

    assert expect(MyRole, Point()) == ("done", ("point", {}))


def test_classes_of_a_metaclass_come_to_its_resolver_first():
    class MyRole(roles.SQLRole):
        role_name = "mine"

    class Meta(type):
        pass

    class Known(Meta("Base", (), {})):
        element = "known"

    class Other(Meta("Base", (), {})):
        @classmethod
        def __clause_element__(cls):
            return MyRole()

    @coerces(MyRole, Meta)
    def known(cls, *, role, argname=None, **hints):
        return cls.__dict__.get("element", NotImplemented)

    assert expect(MyRole, Known) == "known"
    assert isinstance(expect(MyRole, Other), MyRole)


def test_functions_stand_for_what_they_return():
    assert str(select(x).where(lambda: x == 5)) == "SELECT x \nWHERE x = :x_1"
    with pytest.raises(exc.ArgumentError, match="arguments"):
        select(x).where(lambda a: x == a)


def test_text_stands_in_many_places():
    assert str(select(text("a")).where(text("b")).order_by(text("c"))) == "SELECT a \nWHERE b ORDER BY c"


def test_a_collection_of_columns_is_no_table_and_no_value():
    for refused in (lambda: insert(t.c), lambda: update(t.c), lambda: delete(t.c), lambda: x == t.c):
        with pytest.raises(exc.ArgumentError):
            refused()


def test_constants_to_order_and_group_by():
    statement = select(x).group_by(False, x).order_by(True, None, x)
    assert str(statement) == "SELECT x GROUP BY false, x ORDER BY true, NULL, x"
    assert str(func.f().over(order_by=True)) == "f() OVER (ORDER BY true)"
