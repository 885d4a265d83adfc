"""What type checkers see of expressions, statements, connections and results."""

from __future__ import annotations

from typing_extensions import reveal_type

from sqltoolkit_core import Column, Integer, MetaData, String, Table, and_, create_engine, func, insert, literal, select, text

user_table = Table("user", MetaData(), Column("id", Integer), Column("name", String))
id_ = Column("id", Integer, primary_key=True)
name = Column("name", String(30))

# expressions
reveal_type(id_)  # expect: Column[int]
reveal_type(name)  # expect: Column[str]
reveal_type(id_ == 5)  # expect: ColumnElement[bool]
reveal_type(id_ != 5)  # expect: ColumnElement[bool]
reveal_type(name < "x")  # expect: ColumnElement[bool]
reveal_type(id_.in_([1, 2]))  # expect: BinaryExpression[bool]
reveal_type(name.like("a%"))  # expect: BinaryExpression[bool]
reveal_type(name.is_(None))  # expect: BinaryExpression[bool]
reveal_type(id_.between(1, 2))  # expect: BinaryExpression[bool]
reveal_type(id_ + 1)  # expect: ColumnElement[int]
reveal_type(name + "x")  # expect: ColumnElement[str]
reveal_type(id_.desc())  # expect: UnaryExpression[int]
reveal_type(id_.label("n"))  # expect: Label[int]
reveal_type((id_ + 1).label("n"))  # expect: Label[int]

# functions
reveal_type(func.count())  # expect: count
reveal_type(func.count(id_) > 1)  # expect: ColumnElement[bool]
reveal_type(func.count(id_).label("n"))  # expect: Label[int]
reveal_type(func.max(id_))  # expect: max[int]
reveal_type(func.coalesce(name, "x"))  # expect: coalesce[str]
reveal_type(func.anything(name))  # expect: Function[Any]
reveal_type(func.anything(name, type_=Integer()))  # expect: Function[int]

# statements
reveal_type(select(id_, name))  # expect: Select[int, str]
reveal_type(select(id_).where(and_(name == "x", id_ > 3)).order_by(name.desc()))  # expect: Select[int]
reveal_type(select(func.count()))  # expect: Select[int]
reveal_type(select(id_ + 1, name.label("n"), func.max(name)))  # expect: Select[int, str, str]

# results
engine = create_engine("sqlite://")
with engine.connect() as conn:
    reveal_type(conn)  # expect: Connection
    result = conn.execute(select(id_, name))
    reveal_type(result)  # expect: CursorResult[int, str]
    reveal_type(result.all())  # expect: list[Row[int, str]]
    reveal_type(result.one())  # expect: Row[int, str]
    number, text_ = result.one()
    reveal_type(number)  # expect: int
    reveal_type(text_)  # expect: str
    for row in result:
        reveal_type(row)  # expect: Row[int, str]
        reveal_type(row[1])  # expect: str
    reveal_type(result.scalars())  # expect: ScalarResult[int]
    reveal_type(result.scalars().all())  # expect: list[int]
    reveal_type(result.scalar_one())  # expect: int
    reveal_type(result.mappings().all())  # expect: list[RowMapping]
    reveal_type(conn.scalar(select(func.count())))  # expect: int | None
    reveal_type(conn.scalars(select(name)))  # expect: ScalarResult[str]
    reveal_type(conn.scalars(select(name, id_)).one())  # expect: str
    conn.execute(insert(user_table), [{"name": "x"}])
    conn.execute(text("SELECT 1")).scalars().all()
    conn.execute(select(user_table.c.id).where(user_table.c.name == "x"))
    conn.execute(select(literal(1)))

with engine.begin() as conn2:
    reveal_type(conn2)  # expect: Connection
