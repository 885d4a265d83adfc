"""Which methods of a Query exclude which; a table of them, compared with another library, is in ``differential``."""

from __future__ import annotations

import pytest

import sqltoolkit_core as sa
import sqltoolkit_orm as orm
from sqltoolkit_orm.query.order import given_clauses

Base = orm.declarative_base()


class Thing(Base):
    __tablename__ = "thing"
    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.String)
    parent_id = sa.Column(sa.ForeignKey("thing.id"))
    parts = orm.relationship("Thing")


@pytest.fixture()
def query():
    return orm.Session().query(Thing)


@pytest.mark.parametrize(
    ("refine", "names"),
    [
        (lambda q: q, []),
        (lambda q: q.filter(Thing.id == 1).order_by(Thing.id), ["filter()", "order_by()"]),
        (lambda q: q.limit(0).offset(0), ["limit()", "offset()"]),
        (lambda q: q.join(orm.aliased(Thing), Thing.parts).with_entities(Thing.id), ["join()"]),
        (lambda q: q.union(q), ["a set operation"]),
        (lambda q: q.distinct().group_by(Thing.id), ["group_by()", "distinct()"]),
        (lambda q: q.from_statement(sa.text("x")), ["from_statement()"]),
        (lambda q: q.select_from(Thing).options(orm.joinedload(Thing.parts)), ["select_from()"]),
    ],
)
def test_given_clauses(query, refine, names):
    assert list(given_clauses(refine(query))) == names


@pytest.mark.parametrize("method", ["limit", "filter_by", "having", "select_from", "join"])
def test_a_whole_statement_stays_as_it_is(query, method):
    whole = query.from_statement(sa.text("SELECT * FROM thing"))
    arguments = {"filter_by": {"id": 1}}.get(method, {})
    with pytest.raises(sa.exc.InvalidRequestError):
        getattr(whole, method)(*(() if arguments else (Thing.parts if method == "join" else 1,)), **arguments)


@pytest.mark.parametrize("use", ["subquery", "cte", "scalar_subquery", "exists", "count"])
def test_a_whole_statement_stays_alone(query, use):
    with pytest.raises(sa.exc.InvalidRequestError):
        getattr(query.from_statement(sa.text("SELECT * FROM thing")), use)()


def test_updates_take_no_more_than_criteria(query):
    for refined in (query.limit(1), query.order_by(Thing.id), query.join(orm.aliased(Thing), Thing.parts)):
        with pytest.raises(sa.exc.InvalidRequestError):
            refined.delete()
        with pytest.raises(sa.exc.InvalidRequestError):
            refined.enable_assertions(False).update({"name": "x"})
    with pytest.raises(sa.exc.ArgumentError):
        query.with_entities(Thing.id).update({"name": "x"})


def test_assertions_can_be_switched_off(query):
    assert query.limit(1).enable_assertions(False).filter(Thing.id == 1).whereclause is not None
