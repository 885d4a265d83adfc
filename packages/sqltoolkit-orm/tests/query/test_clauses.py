"""Clauses that a Query adds."""

from __future__ import annotations

import pytest
from blog import Post, User

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


def ids(query):
    return [row.id for row in query]


def test_filter_by_uses_the_last_joined_entity(session):
    assert ids(session.query(User).join(User.posts).filter_by(title="p3")) == [2]


def test_clauses_are_generative(session):
    base = session.query(User)
    assert base.filter(User.id == 1) is not base and base.count() == 3


def test_filter_after_limit_is_refused(session):
    with pytest.raises(sa.exc.InvalidRequestError):
        session.query(User).limit(1).filter(User.id == 1)


def test_add_and_replace_columns(session):
    assert session.query(User.id).add_columns(User.name).filter(User.id == 1).one() == (1, "ann")
    assert session.query(User).with_entities(User.name).filter(User.id == 1).all() == [("ann",)]


def test_unknown_name_in_filter_by(session):
    with pytest.raises(sa.exc.InvalidRequestError):
        session.query(User).filter_by(nothing=1)


def test_the_label_style_is_an_attribute():
    query = orm.Query(User)
    assert query.get_label_style.name == "LABEL_STYLE_LEGACY_ORM"
    assert query.set_label_style(sa.LABEL_STYLE_NONE).get_label_style is sa.LABEL_STYLE_NONE


def test_parameters_come_in_one_dictionary(session):
    with pytest.raises(TypeError):
        session.query(User).params({"a": 1}, {"b": 2})


def test_with_parent_is_a_method_for_older_programs(session):
    with pytest.warns(sa.exc.LegacyAPIWarning):
        assert session.query(Post).with_parent(session.get(User, 1)).count() == 2


def test_eager_joins_are_allowed_or_not_for_one_query(session, statements):
    query = session.query(User).options(orm.joinedload(User.posts))
    statements.take()
    for allowed in (True, False, True):
        query.enable_eagerloads(allowed).all()
        (text,) = statements.take()
        assert ("JOIN" in text) is allowed
    # the last word counts
    query.enable_eagerloads(False).enable_eagerloads(True).all()
    assert "JOIN" in statements.take()[0]
