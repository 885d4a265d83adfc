"""What an entity puts into a SELECT."""

from __future__ import annotations

from typing import Optional

from blog import Post, Tag, User

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


def test_plain_text():
    assert str(sa.select(User)) == "SELECT user_account.id, user_account.name \nFROM user_account"


def test_join_by_relationship():
    assert str(sa.select(User.id).join(User.posts)) == (
        "SELECT user_account.id \nFROM user_account JOIN post ON user_account.id = post.author_id"
    )


def test_join_through_secondary():
    assert str(sa.select(Post.id).join(Post.tags)) == (
        "SELECT post.id \nFROM post JOIN link AS link_1 ON post.id = link_1.post_id "
        "JOIN tag ON tag.id = link_1.tag_id"
    )


def test_same_name_in_two_entities_is_told_apart():
    assert str(sa.select(User, Tag)).startswith("SELECT user_account.id, user_account.name, tag.id AS id_1 \n")


def test_expression_option(session):
    class Counted(orm.declarative_base()):
        __table__ = User.__table__
        number: orm.Mapped[Optional[int]] = orm.query_expression()

    stmt = sa.select(Counted).options(orm.with_expression(Counted.number, Counted.id * 10)).order_by(Counted.id)
    assert [c.number for c in session.scalars(stmt)] == [10, 20, 30]
    session.expunge_all()
    assert session.get(Counted, 1).number is None


def test_entity_and_its_alias(session):
    other = orm.aliased(User)
    rows = session.execute(sa.select(User, other).join(other, User.id < other.id).order_by(User.id, other.id)).all()
    assert [(a.id, b.id) for a, b in rows] == [(1, 2), (1, 3), (2, 3)]


def test_attributes_added_later_are_selected_last():
    class Late(orm.DeclarativeBase):
        pass

    class Owner(Late):
        __tablename__ = "owner"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)

    class Thing(Late):
        __tablename__ = "thing"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        owner_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("owner.id"))

    Thing.double = orm.column_property(Thing.id * 2)
    Thing.owner = orm.relationship(Owner)
    statement = sa.select(Thing).join(Thing.owner).options(orm.contains_eager(Thing.owner))
    assert str(statement).startswith(
        "SELECT thing.id, thing.owner_id, thing.id * :id_1 AS anon_1, owner.id AS id_2 \n"
    )
