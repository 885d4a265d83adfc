"""Descriptions of the columns of ORM statements."""

from __future__ import annotations

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


class Base(orm.DeclarativeBase):
    pass


class A(Base):
    __tablename__ = "a"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    size: orm.Mapped[int] = orm.mapped_column("a_size")


def described(statement):
    return [
        (found["name"], found["aliased"], found["entity"]) for found in statement.column_descriptions
    ]


def test_entities_columns_bundles_and_text():
    alias = orm.aliased(A, name="other")
    nameless = orm.aliased(A)
    statement = sa.select(
        A, alias, nameless, A.size, alias.id, sa.func.max(A.id), orm.Bundle("pair", A.id, A.size), sa.text("1")
    )
    assert described(statement) == [
        ("A", False, A),
        ("other", True, alias),
        (None, True, nameless),
        ("size", False, A),
        ("id", True, alias),
        ("max", False, A),
        ("pair", False, A),
        (None, False, None),
    ]


def test_plain_tables_stand_for_their_columns():
    assert described(sa.select(A.__table__, A.id)) == [
        ("id", False, None),
        ("a_size", False, None),
        ("id_1", False, A),
    ]


def test_a_query_names_what_has_a_name_of_its_own():
    class B(Base):
        __tablename__ = "b"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        size: orm.Mapped[int] = orm.mapped_column("b_size")
        extent = orm.synonym("size")

    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        session.add(B(id=1, size=2))
        session.flush()
        query = session.query(B.id, B.size, B.extent, sa.func.max(B.id), -B.id, sa.func.max(B.id).label("most"))
        assert query.one()._fields == ("id", "size", "extent", "most")
        assert [found["name"] for found in query.column_descriptions] == ["id", "size", "extent", None, None, "most"]
        assert session.execute(sa.select(B.id, sa.func.max(B.id))).one()._fields == ("id", "max")
