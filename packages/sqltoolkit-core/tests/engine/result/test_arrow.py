"""Results as Arrow tables and batches."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import sys
import uuid

import pytest

from sqltoolkit_core import JSON
from sqltoolkit_core import Boolean
from sqltoolkit_core import Column
from sqltoolkit_core import Date
from sqltoolkit_core import DateTime
from sqltoolkit_core import Enum
from sqltoolkit_core import Float
from sqltoolkit_core import Integer
from sqltoolkit_core import Interval
from sqltoolkit_core import LargeBinary
from sqltoolkit_core import MetaData
from sqltoolkit_core import Numeric
from sqltoolkit_core import String
from sqltoolkit_core import Table
from sqltoolkit_core import Time
from sqltoolkit_core import Uuid
from sqltoolkit_core import create_engine
from sqltoolkit_core import exc
from sqltoolkit_core import select
from sqltoolkit_core import text
from sqltoolkit_core.engine.result import arrow
from sqltoolkit_core.pool import StaticPool


class Color(enum.Enum):
    """Values of an Enum column."""

    red = 1


TABLE = Table(
    "t", MetaData(), Column("id", Integer, primary_key=True), Column("ratio", Float), Column("price", Numeric(8, 2)),
    Column("exact", Numeric), Column("name", String), Column("data", LargeBinary), Column("flag", Boolean),
    Column("day", Date), Column("clock", Time), Column("moment", DateTime), Column("token", Uuid), Column("color", Enum(Color)),
    Column("document", JSON), Column("span", Interval),
)  # fmt: skip
ROW = {
    "id": 1, "ratio": 0.5, "price": decimal.Decimal("1.25"), "exact": decimal.Decimal("2.5"), "name": "a", "data": b"\0x",
    "flag": True, "day": dt.date(2020, 1, 2), "clock": dt.time(1, 2, 3), "moment": dt.datetime(2020, 1, 2, 3),
    "token": uuid.UUID(int=5), "color": Color.red, "document": {"a": [1]}, "span": dt.timedelta(seconds=5),
}  # fmt: skip


@pytest.fixture
def connection():
    engine = create_engine("sqlite://", poolclass=StaticPool)
    with engine.connect() as connection:
        TABLE.create(connection)
        connection.execute(TABLE.insert(), [ROW, {**dict.fromkeys(ROW), "id": 2}])
        yield connection


@pytest.fixture
def pa():
    return pytest.importorskip("pyarrow")


def test_types_follow_sql_types(connection, pa):
    table = connection.execute(select(TABLE).order_by(TABLE.c.id)).to_arrow()
    assert [str(kind) for kind in table.schema.types] == [
        "int64", "double", "decimal128(8, 2)", "string", "string", "binary", "bool", "date32[day]", "time64[us]",
        "timestamp[us]", "string", "string", "string", "duration[us]",
    ]  # fmt: skip
    first, second = table.to_pylist()
    texts = {"token": str(ROW["token"]), "color": "red", "document": '{"a": [1]}', "exact": "2.5000000000"}
    assert first == {**ROW, **texts}
    # JSON has a null of its own, which is what None is stored as
    assert second == {**dict.fromkeys(ROW), "id": 2, "document": None}


def test_batches(connection, pa):
    connection.execute(TABLE.insert(), [{"id": i, "name": "n%d" % i} for i in range(3, 8)])
    query = select(TABLE.c.id, TABLE.c.name).order_by(TABLE.c.id)
    result = connection.execute(query)
    batches = list(result.to_arrow_batches(3))
    assert [batch.num_rows for batch in batches] == [3, 3, 1]
    assert pa.Table.from_batches(batches) == connection.execute(query).to_arrow(batch_size=2)
    assert connection.execute(query.where(TABLE.c.id > 99)).to_arrow().schema == batches[0].schema
    with pytest.raises(exc.ArgumentError):
        connection.execute(query).to_arrow_batches(0)


def test_columns_and_schema(connection, pa):
    query = select(TABLE.c.id, TABLE.c.name, TABLE.c.price).order_by(TABLE.c.id)
    picked = connection.execute(query).columns("price", "id").to_arrow()
    assert picked.column_names == ["price", "id"] and str(picked.schema.types[0]) == "decimal128(8, 2)"
    schema = pa.schema([("a", pa.int8()), ("b", pa.large_string()), ("c", pa.string())])
    table = connection.execute(query).to_arrow(schema)
    assert table.schema == schema and table.to_pylist()[0] == {"a": 1, "b": "a", "c": "1.25"}
    with pytest.raises(exc.ArgumentError, match="2 fields"):
        connection.execute(query).to_arrow(pa.schema([("a", pa.int8()), ("b", pa.string())]))
    result = connection.execute(query)
    with pytest.raises(exc.InvalidRequestError, match="'b'"):
        result.to_arrow(pa.schema([("a", pa.int8()), ("b", pa.int8()), ("c", pa.string())]))
    assert result.closed


def test_unknown_types_are_those_of_the_values(connection, pa):
    table = connection.execute(text("SELECT NULL AS x, 'a' AS y UNION ALL SELECT 5, 'b'")).to_arrow(batch_size=1)
    assert table.to_pydict() == {"x": [None, 5], "y": ["a", "b"]}
    frozen = connection.execute(select(TABLE.c.id, TABLE.c.day).order_by(TABLE.c.id)).freeze()()
    assert frozen.to_arrow().to_pydict() == {"id": [1, 2], "day": [ROW["day"], None]}


def test_unique_is_refused(connection, pa):
    with pytest.raises(exc.InvalidRequestError, match="DISTINCT"):
        connection.execute(select(TABLE.c.id)).unique().to_arrow()


def test_without_pyarrow(connection, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ImportError, match="pip install pyarrow") as caught:
        connection.execute(select(TABLE)).to_arrow()
    assert isinstance(caught.value, exc.InvalidRequestError) and isinstance(caught.value, arrow.ArrowNotInstalled)
