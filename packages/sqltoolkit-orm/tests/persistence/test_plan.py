"""What a mapper writes: columns that never take part, eager defaults, properties without columns."""

from __future__ import annotations

from typing import Optional

import pytest

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


class Base(orm.DeclarativeBase):
    pass


class Doc(Base):
    __tablename__ = "doc"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    title: orm.Mapped[str] = orm.mapped_column("doc_title")
    length: orm.Mapped[int] = orm.mapped_column(sa.Computed("length(doc_title)"))
    upper: orm.Mapped[str] = orm.column_property(sa.func.upper(sa.literal_column("doc_title")))
    loose: orm.Mapped[Optional[int]] = orm.query_expression()


class Eager(Base):
    __tablename__ = "eager"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    name: orm.Mapped[Optional[str]]
    made: orm.Mapped[Optional[str]] = orm.mapped_column(server_default="now")
    __mapper_args__ = {"eager_defaults": True}


class Lazy(Base):
    __tablename__ = "lazy"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    name: orm.Mapped[Optional[str]]
    made: orm.Mapped[Optional[str]] = orm.mapped_column(server_default="now")
    __mapper_args__ = {"eager_defaults": False}


class Sub(Lazy):
    extra: orm.Mapped[Optional[str]]


@pytest.fixture()
def session(engine):
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        yield session


def test_columns_keep_their_names_and_expressions_are_not_written(session, statements):
    session.add(Doc(id=1, title="abc"))
    statements.take()
    session.flush()
    insert = [text for text in statements.take() if text.startswith("INSERT")][0]
    assert insert.startswith("INSERT INTO doc (id, doc_title) VALUES (?, ?)")


def test_computed_and_expression_attributes_are_read(session):
    doc = Doc(id=1, title="abc")
    session.add(doc)
    session.flush()
    assert (doc.length, doc.upper, doc.loose) == (3, "ABC", None)


def test_computed_value_follows_an_update(session):
    doc = Doc(id=1, title="abc")
    session.add(doc)
    session.flush()
    assert doc.length == 3
    doc.title = "abcde"
    session.flush()
    assert doc.length == 5


def test_eager_defaults_need_no_second_read(session, statements):
    obj = Eager(name="x")
    session.add(obj)
    session.flush()
    statements.take()
    assert obj.made == "now"
    assert statements.take() == []


def test_lazy_defaults_are_read_when_asked_for(session, statements):
    obj = Lazy(name="x")
    session.add(obj)
    session.flush()
    assert "made" not in obj.__dict__
    statements.take()
    assert obj.made == "now"
    assert len(statements.take()) == 1


def test_single_table_subclass_writes_all_columns(session):
    obj = Sub(name="n", extra="e")
    session.add(obj)
    session.commit()
    assert session.execute(sa.select(Lazy.__table__.c["name", "extra"])).one() == ("n", "e")


def test_column_added_after_a_flush_is_written(session):
    class Late(Base):
        __tablename__ = "late"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)

    Late.__table__.create(session.connection())
    session.add(Late(id=1))
    session.flush()
    session.execute(sa.text("alter table late add column note varchar"))
    Late.note = sa.Column(sa.String)
    session.add(Late(id=2, note="x"))
    session.commit()
    assert session.scalars(sa.select(Late.note).order_by(Late.id)).all() == [None, "x"]


@pytest.mark.parametrize("circular", [False, True])
def test_tables_of_a_join_are_written_in_the_order_of_their_foreign_keys(engine, statements, circular):
    mapping = orm.registry()
    parent = sa.Table("parent", mapping.metadata, sa.Column("id", sa.Integer, primary_key=True))
    child = sa.Table(
        "child", mapping.metadata, sa.Column("id", sa.Integer, sa.ForeignKey("parent.id"), primary_key=True)
    )
    if circular:
        parent.append_column(sa.Column("last", sa.Integer, sa.ForeignKey("child.id")))

    class Both:
        pass

    joined = child.join(parent, child.c.id == parent.c.id)
    mapping.map_imperatively(Both, joined, properties={"id": [parent.c.id, child.c.id]})
    child.create(engine)
    parent.create(engine)
    statements.clear()
    with orm.Session(engine) as session:
        both = Both()
        both.id = 1
        session.add(both)
        session.flush()
        tables = [text.split()[2] for text in statements]
        assert tables == (["child", "parent"] if circular else ["parent", "child"])
        session.delete(both)
        statements.clear()
        session.flush()
        assert [text.split()[2] for text in statements] == tables[::-1]
