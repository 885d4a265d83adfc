"""Random statements, executed on SQLite by this library and by SQLAlchemy over the same data: results agree.

Compared are rows, keys, row counts, inserted primary keys, what RETURNING brings, what the tables hold afterwards, and
the classes of errors.  Skipped where the package ``sqlalchemy`` is not installed.  The environment variable
``SQLTOOLKIT_EXAMPLES`` multiplies the number of statements that each test runs.
"""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import importlib.util
import os
import uuid
import warnings

import pytest

pytest.importorskip("hypothesis")
sqlalchemy = pytest.importorskip("sqlalchemy", reason="compares with SQLAlchemy, which is not installed")

from hypothesis import HealthCheck  # noqa: E402
from hypothesis import given  # noqa: E402
from hypothesis import settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

import sqltoolkit_core  # noqa: E402
import sqltoolkit_core.pool  # noqa: E402

if sqlalchemy.__dict__.get("__name__", "").startswith("sqltoolkit"):
    pytest.skip("the name sqlalchemy is an alias of this library", allow_module_level=True)

# the descriptions of expressions are those of the test of texts
_SPEC = importlib.util.spec_from_file_location(
    "differential_text", os.path.join(os.path.dirname(__file__), "test_text.py")
)
described = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(described)
build = described.build

EXAMPLES = max(1, int(90 * float(os.environ.get("SQLTOOLKIT_EXAMPLES", "1"))))
SETTINGS = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


class Color(enum.Enum):
    """Values of an Enum column."""

    red = 1
    green = 2


class Library:
    """Tables and a database of one of the libraries."""

    def __init__(self, lib):
        self.lib = lib
        self.engine = lib.create_engine("sqlite://", poolclass=lib.pool.StaticPool)
        m = lib.MetaData()
        self.tables = [
            lib.Table(
                name,
                m,
                lib.Column("id", lib.Integer, primary_key=True),
                lib.Column("x", lib.Integer, lib.CheckConstraint("x != 5")),
                lib.Column("name", lib.String(20)),
                lib.Column("flag", lib.Boolean),
            )
            for name in ("alpha", "beta")
        ]
        self.typed = lib.Table(
            "typed",
            m,
            lib.Column("id", lib.Integer, primary_key=True),
            lib.Column("day", lib.Date),
            lib.Column("moment", lib.DateTime),
            lib.Column("clock", lib.Time),
            lib.Column("price", lib.Numeric(8, 2)),
            lib.Column("ratio", lib.Float),
            lib.Column("flag", lib.Boolean),
            lib.Column("data", lib.LargeBinary),
            lib.Column("color", lib.Enum(Color)),
            lib.Column("document", lib.JSON),
            lib.Column("token", lib.Uuid),
            lib.Column("span", lib.Interval),
            lib.Column("pickled", lib.PickleType),
        )
        self.pair = lib.Table(
            "pair",
            m,
            lib.Column("a", lib.Integer, primary_key=True),
            lib.Column("b", lib.String, primary_key=True, default="made"),
            lib.Column("n", lib.Integer, default=7, onupdate=8),
            lib.Column("s", lib.String, server_default="there", nullable=False),
        )
        m.create_all(self.engine)

    def attempt(self, work, rows=()):
        """Run ``work(library, connection)`` over given rows, undo it all, and return what came of it."""
        with warnings.catch_warnings(), self.engine.connect() as connection:
            warnings.simplefilter("ignore")
            for table, values in zip(self.tables, rows):
                if values:
                    connection.execute(table.insert(), values)
            try:
                return work(self, connection)
            except Exception as err:
                names = [cls.__name__ for cls in type(err).__mro__ if cls.__name__.endswith(("Error", "Found"))]
                # which error in Python is behind a StatementError is no matter of agreement
                driver = getattr(err, "orig", None)
                return "error", names, names[:1] != ["StatementError"] and type(driver).__name__
            finally:
                connection.rollback()


LIBRARIES = [Library(sqlalchemy), Library(sqltoolkit_core)]

numbers = st.one_of(st.none(), st.integers(-4, 4))
words = st.one_of(st.none(), st.sampled_from(["a", "b%", "it's", "/x_", "", "B"]))
table_rows = st.lists(st.tuples(numbers, words, st.one_of(st.none(), st.booleans())), max_size=5).map(
    lambda rows: [{"id": i, "x": x, "name": name, "flag": flag} for i, (x, name, flag) in enumerate(rows, 1)]
)
data = st.tuples(table_rows, table_rows)


def agree(work, rows=()):
    expected, found = (library.attempt(work, rows) for library in LIBRARIES)
    if isinstance(expected, tuple) and expected[:1] == ("error",):
        # a class of this library may say more than the one that is expected
        assert found[0] == "error" and expected[1][0] in found[1] and found[2] == expected[2]
    else:
        assert found == expected


def fetched(result):
    """Everything that a result tells, in a form that compares."""
    keys = list(result.keys())
    return "rows", keys, [tuple(row) for row in result.all()]


FETCHES = {
    "all": fetched,
    "first": lambda result: [None if row is None else dict(row._mapping) for row in [result.first()]],
    "one": lambda result: tuple(result.one()),
    "one_or_none": lambda result: [None if row is None else tuple(row) for row in [result.one_or_none()]],
    "scalars": lambda result: result.scalars().all(),
    "scalar": lambda result: result.scalar(),
    "scalar_one": lambda result: result.scalar_one(),
    "mappings": lambda result: [dict(row) for row in result.mappings()],
    "unique": lambda result: [tuple(row) for row in result.unique().all()],
    "unique scalars": lambda result: result.scalars().unique().all(),
    "partitions": lambda result: [[tuple(row) for row in part] for part in result.partitions(2)],
    "fetchmany": lambda result: [[tuple(row) for row in result.fetchmany(2)], [tuple(row) for row in result.fetchall()]],
    "columns": lambda result: [tuple(row) for row in result.columns(0)],
    "freeze": lambda result: [tuple(row) for row in result.freeze()()],
    "tuples": lambda result: [row[0] for row in result.tuples()],
    "closed": lambda result: (result.close(), result.all()),
    "twice": lambda result: (len(result.all()), result.all(), result.first()),
}


@SETTINGS
@given(data, described.conditions)
def test_conditions(rows, node):
    def work(library, connection):
        alpha = library.tables[0]
        query = library.lib.select(alpha.c.id).where(build(library, node)).order_by(alpha.c.id)
        return sorted(map(tuple, connection.execute(query)))

    agree(work, rows)


@SETTINGS
@given(
    data,
    st.lists(described.number_expressions, min_size=1, max_size=3),
    st.lists(described.conditions, max_size=2),
    st.sampled_from(["plain", "subquery", "cte", "union", "except", "join", "outer", "group", "distinct", "window", "case", "scalar", "lateral in"]),
    st.sampled_from(sorted(FETCHES)),
    st.one_of(st.none(), st.integers(0, 3)),
)
def test_selects(rows, expressions, where, shape, fetch, limit):
    def work(library, connection):
        lib, (alpha, beta) = library.lib, library.tables
        columns = [build(library, node) for node in expressions]
        made = lib.select(alpha.c.id.label("key"), *columns).where(*[build(library, node) for node in where])
        if shape in ("join", "outer"):
            made = made.select_from(alpha.join(beta, alpha.c.x == beta.c.x, isouter=shape == "outer"))
        elif shape == "group":
            made = lib.select(alpha.c.x, lib.func.count().label("n"), lib.func.sum(alpha.c.id)).group_by(alpha.c.x)
            made = made.having(lib.func.count() > 1) if limit else made
        elif shape == "distinct":
            made = lib.select(alpha.c.x, alpha.c.flag).distinct()
        elif shape == "window":
            made = made.add_columns(
                lib.func.row_number().over(partition_by=alpha.c.flag, order_by=alpha.c.id),
                lib.func.sum(alpha.c.x).over(order_by=alpha.c.id, rows=(None, 0)),
            )
        elif shape == "case":
            made = made.add_columns(lib.case((alpha.c.x > 0, "positive"), (alpha.c.flag, "flag"), else_=alpha.c.name))
        elif shape == "scalar":
            counted = lib.select(lib.func.count(beta.c.id)).where(beta.c.x == alpha.c.x).scalar_subquery()
            made = made.add_columns(counted, lib.exists().where(beta.c.x == alpha.c.x))
        elif shape == "lateral in":
            made = made.where(alpha.c.x.in_(lib.select(beta.c.x)))
        if shape not in ("group", "distinct"):
            made = made.order_by(alpha.c.id, *[column for column in columns[:1]], beta.c.id)
        else:
            made = made.order_by(*made.selected_columns)
        if shape in ("union", "except"):
            combine = lib.union_all if shape == "union" else lib.except_
            made = combine(made.order_by(None), lib.select(*[beta.c.x] * (len(columns) + 1)))
            made = made.order_by(*range(1, 1)).limit(50)
            return sorted(map(repr, connection.execute(made).all()))
        if limit is not None:
            made = made.limit(limit)
        if shape == "subquery":
            made = lib.select(made.subquery())
        elif shape == "cte":
            common = made.cte("c")
            made = lib.select(common, common.c.key + 1)
        return FETCHES[fetch](connection.execute(made))

    agree(work, rows)


values_of_row = st.fixed_dictionaries(
    {}, optional={"x": st.one_of(numbers, st.just(5)), "name": words, "flag": st.one_of(st.none(), st.booleans(), st.just(3))}
) if "optional" in st.fixed_dictionaries.__code__.co_varnames else st.just({})  # fmt: skip


@SETTINGS
@given(
    data,
    st.sampled_from(["insert", "values", "many", "many returning", "update", "delete", "from_select", "update from"]),
    st.lists(values_of_row, min_size=1, max_size=3),
    st.lists(described.conditions, max_size=2),
    st.booleans(),
    st.one_of(st.none(), st.integers(1, 8)),
)
def test_changes(rows, kind, given_rows, where, returning, key):
    def work(library, connection):
        lib, (alpha, beta) = library.lib, library.tables
        values = dict(given_rows[0])
        if key is not None:
            values["id"] = key
        told = []
        criteria = [build(library, node) for node in where]
        if kind == "insert":
            result = connection.execute(alpha.insert(), values)
            told += [tuple(result.inserted_primary_key), result.lastrowid]
        elif kind == "values":
            made = alpha.insert().values([dict(given_rows[0]) for _ in range(2)])
            result = connection.execute(made.returning(alpha) if returning else made)
        elif kind == "many":
            result = connection.execute(alpha.insert(), [dict(given_rows[0], x=i) for i in range(3)])
        elif kind == "many returning":
            made = alpha.insert().returning(alpha.c.id, alpha.c.x, sort_by_parameter_order=returning)
            result = connection.execute(made, [dict(given_rows[0], x=i) for i in range(3)])
        elif kind == "update":
            made = alpha.update().where(*criteria).values(**given_rows[0])
            result = connection.execute(made.returning(alpha.c.id, alpha.c.name) if returning else made)
        elif kind == "update from":
            made = alpha.update().where(alpha.c.x == beta.c.x).values(name=beta.c.name)
            result = connection.execute(made)
        elif kind == "delete":
            made = alpha.delete().where(*criteria)
            result = connection.execute(made.returning(alpha) if returning else made)
        else:
            made = alpha.insert().from_select(["x", "name"], lib.select(beta.c.x, beta.c.name).where(*criteria))
            result = connection.execute(made)
        told.append(result.rowcount if not result.returns_rows else sorted(map(repr, result.all())))
        told.append([tuple(row) for row in connection.execute(lib.select(alpha).order_by(alpha.c.id))])
        return told

    agree(work, rows)


@SETTINGS
@given(
    st.lists(st.tuples(st.integers(1, 4), st.sampled_from(["a", "b", None])), min_size=1, max_size=4),
    st.sampled_from(["one", "each", "many", "values", "upsert", "ignore"]),
    st.booleans(),
)
def test_defaults_and_keys(pairs, kind, update):
    def work(library, connection):
        lib, pair = library.lib, library.pair
        rows = [{"a": a} if b is None else {"a": a, "b": b} for a, b in pairs]
        told = []
        if kind == "one":
            result = connection.execute(pair.insert(), rows[0])
            told += [tuple(result.inserted_primary_key), result.last_inserted_params(), result.prefetch_cols() == [pair.c.n]]
            told += [[column.name for column in result.postfetch_cols()]]
        elif kind == "each":
            for row in rows:
                told.append(tuple(connection.execute(pair.insert().values(**row)).inserted_primary_key))
        elif kind == "many":
            result = connection.execute(pair.insert(), [dict(row, b=row.get("b", "c")) for row in rows])
            told.append(result.rowcount)
        elif kind == "values":
            told += map(tuple, connection.execute(pair.insert().values(rows[:1] * 1).returning(pair)))
        else:
            module = __import__(lib.__name__ + ".dialects.sqlite", fromlist=["insert"])
            for row in rows:
                made = module.insert(pair).values(**row)
                if kind == "upsert":
                    made = made.on_conflict_do_update(index_elements=["a", "b"], set_={"n": made.excluded.n + 1, "s": "again"})
                else:
                    made = made.on_conflict_do_nothing()
                told.append([tuple(found) for found in connection.execute(made.returning(pair.c.a, pair.c.n, pair.c.s))])
        if update:
            result = connection.execute(pair.update().where(pair.c.a > 1).values(s=pair.c.s + "!"))
            told += [result.rowcount, result.last_updated_params()]
        told += [tuple(row) for row in connection.execute(lib.select(pair).order_by(pair.c.a, pair.c.b))]
        return told

    agree(work)


TYPED = {
    "day": st.dates(),
    "moment": st.datetimes(),
    "clock": st.times(),
    "price": st.decimals(-1000, 1000, places=2),
    "ratio": st.floats(allow_nan=False, width=32),
    "flag": st.booleans(),
    "data": st.binary(max_size=5),
    "color": st.sampled_from([Color.red, Color.green, "red"]),
    "document": st.recursive(
        st.one_of(st.none(), st.integers(-5, 5), st.text(max_size=3)),
        lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(st.sampled_from("abc"), inner, max_size=2)),
        max_leaves=4,
    ),
    "token": st.uuids(),
    "span": st.timedeltas(dt.timedelta(0), dt.timedelta(9999)),
    "pickled": st.one_of(st.integers(), st.lists(st.integers(), max_size=2)),
}
WRONG = ["nothing of this kind", 17, 2.5, b"x", decimal.Decimal("1.5"), dt.date(2020, 1, 1), uuid.UUID(int=5), [1], True]


@SETTINGS
@given(st.fixed_dictionaries({name: st.one_of(st.none(), values) for name, values in TYPED.items()}), st.sampled_from(sorted(TYPED)))
def test_types(row, name):
    def work(library, connection):
        lib, typed = library.lib, library.typed
        connection.execute(typed.insert(), row)
        found = connection.execute(lib.select(typed)).one()
        stored = connection.exec_driver_sql("SELECT %s, typeof(%s) FROM typed" % (name, name)).one()
        equal = connection.execute(lib.select(typed.c.id).where(typed.c[name] == row[name])).scalars().all()
        listed = connection.execute(lib.select(typed.c.id).where(typed.c[name].in_([row[name]]))).scalars().all()
        least = connection.execute(lib.select(lib.func.min(typed.c[name]), lib.func.coalesce(typed.c[name], None))).one()
        return tuple(found), tuple(stored), equal, listed, tuple(least), [type(value).__name__ for value in found]

    agree(work)


@pytest.mark.parametrize("name", sorted(TYPED))
@pytest.mark.parametrize("value", WRONG, ids=repr)
def test_values_of_other_types(name, value):
    def work(library, connection):
        lib, typed = library.lib, library.typed
        connection.execute(typed.insert(), {name: value})
        stored = connection.exec_driver_sql("SELECT %s, typeof(%s) FROM typed" % (name, name)).one()
        return tuple(stored), tuple(connection.execute(lib.select(typed.c[name])).one())

    agree(work)


@SETTINGS
@given(
    st.sampled_from(sorted(TYPED)),
    st.sampled_from(["+", "-", "*", "/", "%", "==", "<", "||"]),
    st.sampled_from(sorted(TYPED)),
    st.fixed_dictionaries({name: st.one_of(st.none(), values) for name, values in TYPED.items()}),
)
def test_operators_between_types(left, operator, right, row):
    def work(library, connection):
        lib, typed = library.lib, library.typed
        connection.execute(typed.insert(), row)
        a, b = typed.c[left], typed.c[right]
        if operator in described._MATH:
            made = described._MATH[operator](a, b)
        elif operator == "||":
            made = a.concat(b)
        else:
            made = described._COMPARE[operator](a, b)
        kind = type(made.type).__name__
        return kind, connection.execute(lib.select(made)).scalar()

    agree(work)


@pytest.mark.parametrize("sql", ["SELEC 1", "SELECT * FROM nowhere", "SELECT 1; SELECT 2", "SELECT ?", ""])
def test_errors_of_the_driver(sql):
    agree(lambda library, connection: connection.exec_driver_sql(sql).all())


ERRORS = {
    "no column": lambda lib, t, c: c.execute(lib.select(t.c.nothing)),
    "unconsumed": lambda lib, t, c: c.execute(t.insert().values(nothing=1)),
    "missing value": lambda lib, t, c: c.execute(lib.select(t).where(t.c.x == lib.bindparam("v"))),
    "no statement": lambda lib, t, c: c.execute("select 1"),
    "ambiguous": lambda lib, t, c: c.execute(lib.select(t.c.id, t.alias().c.id)).one()._mapping["nothing"],
    "no row": lambda lib, t, c: c.execute(lib.select(t.c.id)).one(),
    "many": lambda lib, t, c: c.execute(lib.union_all(lib.select(lib.literal(1)), lib.select(lib.literal(2)))).one(),
    "no rows at all": lambda lib, t, c: c.execute(t.delete()).all(),
    "key of update": lambda lib, t, c: c.execute(t.update().values(x=1)).inserted_primary_key,
    "null key": lambda lib, t, c: c.execute(lib.text("INSERT INTO pair (b) VALUES (NULL)")),
    "twice": lambda lib, t, c: [c.execute(t.insert(), {"id": 1}) for _ in range(2)],
    "check": lambda lib, t, c: c.execute(t.insert(), {"x": 5}),
    "begin": lambda lib, t, c: c.begin(),
    "list": lambda lib, t, c: c.execute(lib.select(t).where(t.c.x.in_(3))),
    "bool": lambda lib, t, c: bool(t.c.x < 3),
    "closed": lambda lib, t, c: (c.close(), c.execute(lib.select(t))),
    "many with key": lambda lib, t, c: c.execute(t.insert(), [{"x": 1}, {"y": 2}]),
    "uneven": lambda lib, t, c: c.execute(t.insert(), [{"x": 1, "name": "a"}, {"x": 2}]),
    "option": lambda lib, t, c: c.execution_options(isolation_level="NO SUCH"),
    "scalar of none": lambda lib, t, c: c.execute(lib.select(t.c.id)).scalar_one(),
    "join": lambda lib, t, c: c.execute(lib.select(t.join(t.alias()))),
    "compound": lambda lib, t, c: c.execute(lib.union(lib.select(t.c.id), lib.select(t.c.id, t.c.x))),
    "not executable": lambda lib, t, c: c.execute(t),
}


@pytest.mark.parametrize("name", sorted(ERRORS))
def test_classes_of_errors(name):
    agree(lambda library, connection: repr(ERRORS[name](library.lib, library.tables[0], connection))[:0])
