"""Keys tell statements apart exactly when their SQL may differ, and never hold bound values."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sqltoolkit_core import (
    Column, Integer, MetaData, String, Table, and_, bindparam, case, cast, column, exc, func, literal_column, or_, select,
    table, text, true, tuple_,
)  # fmt: skip
from sqltoolkit_core.sql.cache_key import NO_CACHE, CacheKey, HasCacheKey, KeyKind, generate
from sqltoolkit_core.schema import DDL, CreateTable, DDLElement
from sqltoolkit_core.sql.elements import (
    BinaryExpression, BindParameter, BooleanClauseList, ColumnClause, ColumnElement, TextClause,
)  # fmt: skip

x, y = column("x", Integer), column("y", String)
t = table("t", column("x", Integer), column("y", String))


def key(element):
    found = element._generate_cache_key()
    assert found is not None
    return found.key


SAME = [
    lambda v: x == v, lambda v: x.in_([v] * (v % 5 + 1)), lambda v: and_(x == v, y == str(v)), lambda v: x + v,
    lambda v: select(t.c.x).where(t.c.y == str(v)).limit(v), lambda v: case((x == v, v), else_=v),
    lambda v: func.coalesce(x, v), lambda v: text("a = :b").bindparams(b=v), lambda v: bindparam("q", v),
    lambda v: select(t.alias().c.x).where(t.c.x == v), lambda v: tuple_(x, y).in_([(v, "a")]),
    lambda v: x.label(None) + v, lambda v: select(t).subquery().select().where(literal_column("q") > v),
]  # fmt: skip


@pytest.mark.parametrize("make", SAME)
def test_values_are_no_part_of_the_key(make):
    a, b = make(3), make(7)
    assert key(a) == key(b) and hash(key(a)) == hash(key(b))
    values = [bind.effective_value for bind in a._generate_cache_key().bindparams]
    assert values and 7 not in values


DIFFERENT = [
    lambda: x == 5, lambda: x != 5, lambda: y == "a", lambda: x == "a", lambda: x == None, lambda: x.is_(True),
    lambda: or_(x == 1, and_(x == 2, x == 3), x == 4), lambda: or_(x == 1, and_(x == 2, x == 3, x == 4)),
    lambda: or_(x == 1, x == 2, x == 3, x == 4), lambda: x.in_([1]), lambda: x.not_in([1]), lambda: y.like("a"),
    lambda: y.like("a", escape="/"), lambda: y.like("a", escape="#"), lambda: x.desc(), lambda: x.asc(), lambda: -x,
    lambda: x.label("a"), lambda: x.label("b"), lambda: x.label(None), lambda: cast(x, String), lambda: cast(x, String(5)),
    lambda: bindparam("a", 5), lambda: bindparam("b", 5), lambda: bindparam("a", 5, unique=True), lambda: bindparam("a"),
    lambda: bindparam("a", 5, literal_execute=True), lambda: bindparam("a", callable_=lambda: 5), lambda: func.a(x),
    lambda: func.b(x), lambda: func.a(x, x), lambda: select(t.c.x), lambda: select(t.c.y), lambda: select(t.c.x).distinct(),
    lambda: select(t.c.x).where(t.c.x == 1), lambda: select(t.c.x).having(t.c.x == 1), lambda: select(t.c.x).limit(1),
    lambda: select(t.c.x).offset(1), lambda: text("a"), lambda: text("b"), lambda: true(), lambda: x.op("@")(1),
    lambda: x.op("@", precedence=5)(1), lambda: x.bool_op("@")(1), lambda: column("x"), lambda: literal_column("x"),
    lambda: table("u", column("x", Integer)).c.x, lambda: t.c.x, lambda: case((x == 1, y)), lambda: case((x == 1, y), else_=x),
    lambda: case((x == 1, y), (x == 2, y)), lambda: func.count(x).over(), lambda: func.count(x).over(order_by=x),
    lambda: func.count(x).over(partition_by=x), lambda: func.count(x).over(rows=(1, 2)), lambda: func.count(x).over(rows=(-1, 2)),
    lambda: func.count(x).filter(x == 1), lambda: y.regexp_match("a"), lambda: y.regexp_match("a", flags="i"),
    lambda: x.between(1, 2), lambda: x.between(1, 2, symmetric=True), lambda: y.collate("a"), lambda: y.collate("b"),
]  # fmt: skip


def test_what_renders_differently_has_another_key():
    keys = [key(make()) for make in DIFFERENT]
    for index, one in enumerate(keys):
        for other_index in range(index):
            assert one != keys[other_index], (str(DIFFERENT[index]()), str(DIFFERENT[other_index]()))


def test_one_parameter_twice_is_not_two_parameters():
    shared = bindparam(None, 5, type_=Integer)
    assert key(and_(x == shared, x > shared)) != key(and_(x == bindparam(None, 5, type_=Integer), x > bindparam(None, 5, type_=Integer)))


def test_one_alias_twice_is_not_two_aliases():
    one, other = t.alias(), t.alias()
    assert key(select(one.c.x, one.c.y)) != key(select(one.c.x, other.c.y))
    assert key(select(one.c.x, one.c.y)) == key(select(other.c.x, other.c.y))


def test_tables_of_the_same_shape_differ():
    def make():
        return Table("t", MetaData(), Column("x", Integer))

    a, b = make(), make()
    assert key(select(a.c.x)) == key(select(a.c.x)) and key(select(a.c.x)) != key(select(b.c.x))


def test_true_and_one_are_different_settings():
    class Flagged(ColumnElement):
        cache_key_fields = (("flag", KeyKind.PLAIN),)

        def __init__(self, flag):
            self.flag = flag

    keys = [key(Flagged(flag)) for flag in (1, True, 1.0, "1", -1, -2, (1,), (True,))]
    assert len({repr(k) for k in keys}) == len(keys)
    assert all(a != b for i, a in enumerate(keys) for b in keys[:i])


def test_end_of_a_nested_element_is_told():
    class Node(ColumnElement):
        cache_key_fields = (("child", KeyKind.CLAUSE), ("b", KeyKind.PLAIN))

        def __init__(self, **kw):
            self.__dict__.update(kw)

    assert key(Node(child=Node(), b=1)) != key(Node(child=Node(b=1)))


def test_undeclared_class_keeps_the_statement_out_with_a_warning():
    class Mine(ColumnElement):
        pass

    with pytest.warns(exc.SAWarning, match="inherit_cache") as seen:
        assert select(Mine())._generate_cache_key() is None
    assert seen[0].filename == __file__
    assert generate(and_(Mine() == 5, x == 5)) is None


@pytest.mark.parametrize("base", [ColumnClause, BinaryExpression, BindParameter, TextClause, BooleanClauseList])
def test_subclasses_with_state_of_their_own_are_kept_out(base):
    # also where the parent class has a way of its own to say what it is
    undeclared = type("Undeclared", (base,), {})
    made = object.__new__(undeclared)
    made.__dict__.update(x.__dict__)
    with pytest.warns(exc.SAWarning, match="Undeclared declares neither"):
        assert select(made)._generate_cache_key() is None
    declared = type("Declared", (base,), {"cache_key_fields": (("name", KeyKind.NAME), ("suffix", KeyKind.PLAIN))})
    one, other = object.__new__(declared), object.__new__(declared)
    one.__dict__.update(x.__dict__, suffix="a")
    other.__dict__.update(x.__dict__, suffix="b")
    assert key(select(one)) != key(select(other))


def test_inherit_cache_false_keeps_it_out_silently(recwarn):
    class Mine(ColumnElement):
        inherit_cache = False

    assert select(Mine())._generate_cache_key() is None and not len(recwarn)


def test_unhashable_setting_keeps_it_out():
    class Mine(ColumnElement):
        cache_key_fields = (("value", KeyKind.PLAIN),)
        value = None

    element = Mine()
    element.__dict__["value"] = bytearray(b"x")
    assert generate(element) is None


def test_older_declarations_are_understood():
    from sqltoolkit_core.sql.visitors import InternalTraversal

    class Mine(ColumnElement):
        _traverse_internals = [("inner", InternalTraversal.dp_clauseelement), ("n", InternalTraversal.dp_plain_obj)]

        def __init__(self, inner, n):
            self.inner, self.n = inner, n

    assert key(Mine(x == 5, 1)) == key(Mine(x == 6, 1)) != key(Mine(x == 5, 2))
    assert list(Mine(x, 1).get_children()) == [x]


def test_key_is_kept_on_the_statement_and_dropped_by_copies():
    statement = select(t.c.x)
    found = statement._generate_cache_key()
    assert statement._generate_cache_key() is found
    assert statement.where(t.c.x == 5)._generate_cache_key().key != found.key


def test_cache_key_object():
    found = (x == 5)._generate_cache_key()
    assert isinstance(found, tuple) and isinstance(found, CacheKey) and found == (x == 6)._generate_cache_key()
    with pytest.raises(TypeError, match="not hashable"):
        hash(found)
    assert repr(NO_CACHE) == "NO_CACHE"
    other = (x == 7)._generate_cache_key()
    rebound = other.rebind(x > found.bindparams[0], found)
    assert rebound.compile().params == {"x_1": 7}
    cache = {}
    assert found.to_offline_string(cache, x == 5, {}) == other.to_offline_string(cache, x == 7, {}).replace("7", "5")


def test_annotations_are_part_of_the_key():
    assert key(x._annotate({"a": 1})) != key(x) != key(x._annotate({"a": 2}))
    assert key(x._annotate({"a": 1})) == key(column("x", Integer)._annotate({"a": 1}))


def test_own_participants():
    class Option(HasCacheKey):
        cache_key_fields = (("names", KeyKind.PLAIN),)

        def __init__(self, *names):
            self.names = names

    assert generate(Option("a", "b")).key == generate(Option("a", "b")).key != generate(Option("ab")).key


names = st.sampled_from(["x", "y"])
atoms = st.builds(lambda n, v: (n, v), names, st.integers(0, 3))
trees = st.recursive(
    atoms, lambda inner: st.tuples(st.sampled_from(["and", "or", "not"]), st.lists(inner, min_size=2, max_size=3)), max_leaves=8
)


def build(tree):
    if isinstance(tree[1], int):
        return column(tree[0], Integer) == tree[1]
    parts = [build(part) for part in tree[1]]
    if tree[0] == "not":
        return ~and_(*parts)
    return and_(*parts) if tree[0] == "and" else or_(*parts)


@settings(max_examples=150, deadline=None)
@given(trees, trees)
def test_equal_keys_mean_equal_sql(one, other):
    a, b = build(one), build(other)
    assert (key(a) == key(b)) == (str(a) == str(b))


def test_ddl_is_never_cached_and_nothing_is_missing(recwarn):
    class Mine(DDLElement):
        pass

    for element in (DDL("x"), CreateTable(Table("t", MetaData())), Mine()):
        assert element._generate_cache_key() is None
    assert not len(recwarn)
