"""The Query object."""

from __future__ import annotations

import pytest
from blog import Post, User

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


def test_all_first_one(session):
    query = session.query(User).order_by(User.id)
    assert [u.id for u in query.all()] == [1, 2, 3] == [u.id for u in query]
    assert query.first().id == 1
    assert query.filter_by(name="bob").one().id == 2
    assert query.filter(User.id > 9).one_or_none() is None
    with pytest.raises(sa.exc.NoResultFound):
        query.filter(User.id > 9).one()
    with pytest.raises(sa.exc.MultipleResultsFound):
        query.one()


def test_joined_collections_are_unique_by_themselves(session):
    users = session.query(User).options(orm.joinedload(User.posts)).order_by(User.id).all()
    assert [len(user.posts) for user in users] == [2, 1, 0]


def test_update_and_delete(session):
    user = session.get(User, 1)
    assert session.query(User).filter(User.id == 1).update({"name": "x"}) == 1
    assert user.name == "x"
    assert session.query(User).filter(User.id == 3).delete() == 1
    assert session.query(User).count() == 2


def test_union(session):
    one, two = session.query(User).filter(User.id == 1), session.query(User).filter(User.id == 2)
    assert sorted(u.id for u in one.union(two)) == [1, 2]


def test_text_of_a_query(session):
    assert str(session.query(User.id)) == "SELECT user_account.id AS user_account_id \nFROM user_account"


def test_populate_existing_and_yield_per(session):
    user = session.get(User, 1)
    user.name = "changed"
    session.query(User).autoflush(False).populate_existing().all()
    assert user.name == "ann"
    assert [u.id for u in session.query(User).order_by(User.id).yield_per(1)] == [1, 2, 3]


def test_a_query_knows_its_line(session):
    made = session.query(User, Post).filter(User.id == 1)
    assert made.statement.built_at.startswith(__file__)
    with pytest.warns(sa.exc.SAWarning, match="^SELECT statement built at .*test_query.py:[0-9]+ in test_a_query_knows"):
        made.all()


def test_older_names_warn(session):
    query = session.query(User).order_by(User.id)
    with pytest.warns(sa.exc.SADeprecationWarning, match="add_columns"):
        assert query.add_column(User.name).first()._fields == ("User", "name")
    with pytest.warns(sa.exc.SADeprecationWarning, match="with_entities"):
        assert list(query.values(User.name)) == [("ann",), ("bob",), ("cid",)]
    with pytest.warns(sa.exc.SADeprecationWarning, match="scalar_subquery"):
        assert session.query(query.with_entities(User.name).limit(1).as_scalar()).scalar() == "ann"
    with pytest.warns(sa.exc.LegacyAPIWarning, match="merge_frozen_result"):
        (row,) = session.query(User, User.id).merge_result([(User(id=1, name="new"), 5)])
    assert (row.User.name, row.id) == ("new", 5)


def test_nothing_to_select(session):
    with pytest.raises(sa.exc.InvalidRequestError, match="selects nothing"):
        str(session.query())


def test_options_of_loaders_stay_out_of_subqueries(session):
    query = session.query(User).options(orm.joinedload(User.posts))
    assert "JOIN" not in str(query.subquery()) and "JOIN" not in str(query.exists())
    # an element says nothing that the statement does not say
    assert query.__clause_element__().parts.options == query.statement.parts.options
