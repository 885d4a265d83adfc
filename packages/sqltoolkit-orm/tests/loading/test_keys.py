"""How elements of loaded rows are found, and which rows count as the same."""

from __future__ import annotations

import pytest

import sqltoolkit_core as sa
import sqltoolkit_orm as orm

Base = orm.declarative_base()


class Thing(Base):
    __tablename__ = "thing"
    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.String)
    data = sa.Column(sa.JSON)


@pytest.fixture()
def session(engine):
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        session.add_all([Thing(id=1, name="a", data=[1]), Thing(id=2, name="b", data=[1])])
        session.flush()
        yield session


def test_every_statement_finds_its_own_expressions(session):
    # the second one is loaded by the plan of the first
    for _ in range(2):
        other = orm.aliased(Thing)
        upper, size = sa.func.upper(Thing.name), sa.case((Thing.id > 1, 1), else_=2)
        statement = sa.select(Thing, other, upper, size, Thing.name, Thing.__table__.c.data)
        row = session.execute(statement.where(other.id == Thing.id).order_by(Thing.id)).first()._mapping
        assert row[Thing] is row[other] is row["Thing"]
        assert (row[upper], row[size], row[Thing.name], row[Thing.__table__.c.name]) == ("A", 2, "a", "a")
        assert row[Thing.__table__.c.data] == [1]
        assert Thing.id not in row and other.name not in row and object() not in row


def test_two_expressions_that_differ_in_values_alone_are_not_confused(session):
    for number in (1, 2):
        one, two = Thing.id + number, Thing.id + 10
        row = session.execute(sa.select(Thing, one, two).order_by(Thing.id)).first()._mapping
        if number == 1:
            assert (row[one], row[two]) == (2, 11)
        else:
            with pytest.raises(KeyError):
                row[one]


def test_values_without_hashes(session):
    statement = sa.select(Thing, Thing.data)
    with pytest.raises(sa.exc.InvalidRequestError):
        session.execute(statement).unique().all()
    assert len(session.execute(statement).unique(lambda row: row[0].id).all()) == 2
    assert len(session.query(Thing, Thing.data).all()) == 2


def test_values_of_no_type_are_compared_where_they_can_be(session):
    constant = sa.literal_column("'x'")
    rows = session.execute(sa.select(Thing, constant).join(sa.text("(SELECT 1 UNION SELECT 2)"), sa.true()))
    assert len(rows.unique().all()) == 2
    assert len(session.query(Thing, constant).join(sa.text("(SELECT 1 UNION SELECT 2)"), sa.true()).all()) == 2
