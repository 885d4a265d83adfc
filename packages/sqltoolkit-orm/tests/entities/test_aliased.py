"""Aliases of mapped classes."""

from __future__ import annotations

import pytest
from blog import Post, User

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


def test_text_and_names():
    other = orm.aliased(User, name="other")
    assert str(sa.select(other.id).where(other.name == "x")) == (
        "SELECT other.id \nFROM user_account AS other \nWHERE other.name = :name_1"
    )
    assert sa.inspect(other).name == "other" and sa.inspect(other).mapper is sa.inspect(User)


def test_self_join(session):
    other = orm.aliased(User)
    stmt = sa.select(User.id, other.id).where(User.id < other.id).order_by(User.id, other.id)
    assert session.execute(stmt).all() == [(1, 2), (1, 3), (2, 3)]


def test_join_to_an_alias_by_relationship(session):
    other = orm.aliased(Post)
    stmt = sa.select(User.name, other.title).join(User.posts.of_type(other)).where(other.id == 3)
    assert session.execute(stmt).all() == [("bob", "p3")]
    assert session.execute(sa.select(User.name).join(other, User.posts).where(other.id == 3)).all() == [("bob",)]


def test_relationship_of_an_alias(session):
    other = orm.aliased(User)
    assert session.scalars(sa.select(Post.id).select_from(other).join(other.posts).where(other.id == 2)).all() == [3]


def test_missing_attribute():
    with pytest.raises(AttributeError):
        orm.aliased(User).nothing


def test_alias_of_what_is_not_mapped():
    with pytest.raises((sa.exc.ArgumentError, sa.exc.NoInspectionAvailable)):
        orm.aliased(dict)


def test_two_aliases_are_told_apart():
    one, two = orm.aliased(User), orm.aliased(User)
    text = str(sa.select(one.id, two.id))
    assert "user_account AS user_account_1, user_account AS user_account_2" in text


class TestNamesInRows:
    def test_only_given_names_count(self):
        subquery = sa.select(User).subquery("picked")
        for alias in (orm.aliased(User), orm.aliased(User, subquery), orm.aliased(User, sa.select(User).cte("picked"))):
            assert sa.inspect(alias).name is None
            assert sa.select(alias).column_descriptions[0]["name"] is None
        assert sa.inspect(orm.aliased(User, subquery, name="given")).name == "given"
        assert sa.update(orm.aliased(User, name="given")).entity_description["name"] == "given"
        assert sa.update(orm.aliased(User)).entity_description["name"] is None

    @pytest.mark.parametrize("how", ["aliased", "flat"])
    def test_the_name_of_with_polymorphic_is_none_of_sql(self, how):
        alias = orm.with_polymorphic(User, [], name="given", **{how: True})
        assert sa.inspect(alias).name == "given"
        assert str(sa.select(alias)).endswith("FROM user_account AS user_account_1")
