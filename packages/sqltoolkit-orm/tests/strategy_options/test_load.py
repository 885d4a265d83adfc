"""Chains of loader options."""

from __future__ import annotations

import pytest
from blog import Post, User

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


def test_chain_from_load(session, statements):
    option = orm.Load(User).selectinload(User.posts).selectinload(Post.tags)
    users = session.scalars(sa.select(User).options(option).order_by(User.id)).all()
    assert len(statements.take()) == 3
    assert [tag.id for tag in users[0].posts[0].tags] == [1, 2]
    assert statements.take() == []


def test_defaultload_keeps_the_way_of_loading(session):
    user = session.scalars(sa.select(User).options(orm.defaultload(User.posts).defer(Post.title)).where(User.id == 1)).one()
    assert "posts" not in user.__dict__
    assert "title" not in user.posts[0].__dict__


def test_options_are_generative():
    base = orm.Load(User)
    assert base.selectinload(User.posts) is not base


def test_attribute_of_another_class_is_refused():
    with pytest.raises(sa.exc.ArgumentError):
        orm.Load(User).joinedload(Post.author)


def test_names_as_text_are_refused():
    with pytest.raises(sa.exc.ArgumentError):
        orm.selectinload("posts")


class TestWhereAnOptionStarts:
    def test_attribute_of_another_alias(self):
        one, other = orm.aliased(Post), orm.aliased(Post)
        for chain in (
            lambda: orm.joinedload(User.posts).defer(one.title),
            lambda: orm.joinedload(User.posts.of_type(one)).defer(Post.title),
            lambda: orm.joinedload(User.posts.of_type(one)).defer(other.title),
            lambda: orm.Load(one).defer(Post.title),
            lambda: orm.Load(one).options(orm.defer(Post.title)),
        ):
            with pytest.raises(sa.exc.ArgumentError, match="lead on|starts at"):
                chain()
        orm.joinedload(User.posts.of_type(one)).defer(one.title)

    def test_nothing_follows_a_wildcard(self):
        for chain in (
            lambda: orm.lazyload("*").joinedload(User.posts),
            lambda: orm.joinedload("*", User.posts),
            lambda: orm.joinedload(User.posts).lazyload("*").defer(Post.title),
        ):
            with pytest.raises(sa.exc.ArgumentError, match="follows"):
                chain()

    def test_entity_of_a_load(self):
        for wrong in (User.id, User.__table__):
            with pytest.raises(sa.exc.ArgumentError, match="mapped class"):
                orm.Load(wrong)

    def test_objects_are_needed(self):
        with pytest.raises(sa.exc.ArgumentError, match="only expressions"):
            str(sa.select(User.id).options(orm.joinedload(User.posts)))
        assert str(sa.select(User.id).options(orm.lazyload("*"))).startswith("SELECT user_account.id")

    def test_options_of_what_was_selected_before(self):
        statement = sa.select(User).options(orm.joinedload(User.posts)).with_only_columns(User.id)
        assert "JOIN" not in str(statement)
        with pytest.raises(sa.exc.ArgumentError, match="none of the entities"):
            str(sa.select(User).options(orm.joinedload(Post.tags)).with_only_columns(Post))


class TestConflicts:
    @pytest.mark.parametrize(
        "options",
        [
            lambda: (orm.joinedload(User.posts), orm.selectinload(User.posts)),
            lambda: (orm.joinedload(User.posts), orm.joinedload(User.posts, innerjoin=True)),
            lambda: (orm.defer(User.name), orm.undefer(User.name)),
            lambda: (
                orm.joinedload(User.posts).joinedload(Post.tags),
                orm.defaultload(User.posts).selectinload(Post.tags),
            ),
        ],
    )
    def test_two_loaders_for_one_attribute(self, options):
        with pytest.raises(sa.exc.InvalidRequestError, match="different things"):
            str(sa.select(User).options(*options()))

    def test_the_same_twice(self):
        option = orm.joinedload(User.posts)
        statement = sa.select(User).options(option, orm.joinedload(User.posts), orm.defaultload(User.posts))
        assert str(statement).count("JOIN") == 1

    def test_general_and_particular(self):
        statement = sa.select(User).options(orm.raiseload("*"), orm.joinedload(User.posts))
        assert str(statement).count("JOIN") == 1


def test_wildcard_holds_on_every_level():
    text = str(sa.select(User).options(orm.joinedload("*")))
    assert "JOIN post AS post_1" in text and "JOIN tag AS tag_1" in text


def test_synonym_in_an_option():
    class Named(orm.declarative_base()):
        __tablename__ = "named"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        name: orm.Mapped[str]
        title = orm.synonym("name")

    assert str(sa.select(Named).options(orm.defer(Named.title))) == "SELECT named.id \nFROM named"


def test_contains_eager_along_several_attributes():
    statement = sa.select(User).join(User.posts).join(Post.tags)
    text = str(statement.options(orm.contains_eager(User.posts, Post.tags)))
    assert "tag.id" in text and "post.title" in text


def test_text_of_an_option_names_where_it_starts():
    assert str(orm.Load(User)) == "Load(User)" == str(orm.joinedload(User.posts))
    assert str(orm.Load(orm.aliased(User))) == "Load(aliased(User))"
