"""Events of sessions."""

from __future__ import annotations

from typing import List
from typing import Optional

import pytest

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


class Base(orm.DeclarativeBase):
    pass


link = sa.Table(
    "link",
    Base.metadata,
    sa.Column("post_id", sa.ForeignKey("post.id"), primary_key=True),
    sa.Column("tag_id", sa.ForeignKey("tag.id"), primary_key=True),
)


class User(Base):
    __tablename__ = "user_account"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    name: orm.Mapped[str]
    bio: orm.Mapped[Optional[str]] = orm.mapped_column(deferred=True)
    posts: orm.Mapped[List["Post"]] = orm.relationship(back_populates="author", order_by="Post.id")


class Post(Base):
    __tablename__ = "post"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    author_id: orm.Mapped[Optional[int]] = orm.mapped_column(sa.ForeignKey("user_account.id"))
    title: orm.Mapped[str]
    author: orm.Mapped[Optional["User"]] = orm.relationship(back_populates="posts")
    tags: orm.Mapped[List["Tag"]] = orm.relationship(secondary=link, order_by="Tag.id")


class Tag(Base):
    __tablename__ = "tag"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)


@pytest.fixture()
def session(engine):
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        one, two = Tag(id=1), Tag(id=2)
        session.add_all(
            [
                User(id=1, name="ann", bio="a", posts=[Post(id=1, title="p1", tags=[one, two]), Post(id=2, title="p2")]),
                User(id=2, name="bob", bio="b", posts=[Post(id=3, title="p3", tags=[two])]),
                User(id=3, name="cid", bio="c"),
                Post(id=4, title="p4"),
            ]
        )
        session.commit()
        session.expunge_all()
        yield session


def test_order_of_a_commit(session):
    seen = []
    for name in ("before_commit", "before_flush", "after_flush", "after_flush_postexec", "after_commit"):
        sa.event.listen(session, name, lambda *args, name=name: seen.append(name))
    session.add(User(id=9, name="x"))
    session.commit()
    assert seen == ["before_commit", "before_flush", "after_flush", "after_flush_postexec", "after_commit"]


def test_events_of_a_class_and_of_a_maker(engine, session):
    class Mine(orm.Session):
        pass

    seen = []
    maker = orm.sessionmaker(engine)
    sa.event.listen(Mine, "after_begin", lambda s, t, c: seen.append("class"))
    sa.event.listen(maker, "after_begin", lambda s, t, c: seen.append("maker"))
    Mine(engine).connection().close()
    maker().connection().close()
    assert seen == ["class", "maker"]


def test_lives_of_an_object(session):
    seen = []
    for name in (
        "transient_to_pending",
        "pending_to_persistent",
        "persistent_to_deleted",
        "deleted_to_detached",
        "pending_to_transient",
        "loaded_as_persistent",
        "persistent_to_detached",
    ):
        sa.event.listen(session, name, lambda s, obj, name=name: seen.append(name))
    user = User(id=9, name="x")
    session.add(user)
    session.flush()
    session.delete(user)
    session.flush()
    session.commit()
    assert seen == ["transient_to_pending", "pending_to_persistent", "persistent_to_deleted", "deleted_to_detached"]
    del seen[:]
    other = User(id=10, name="y")
    session.add(other)
    session.expunge(other)
    session.expunge(session.get(User, 1))
    assert seen == ["transient_to_pending", "pending_to_transient", "loaded_as_persistent", "persistent_to_detached"]


def test_before_attach_may_refuse(session):
    @sa.event.listens_for(session, "before_attach")
    def _no(session, instance):
        raise ValueError("no")

    with pytest.raises(ValueError):
        session.add(User(name="x"))
    assert not session.new


def test_after_rollback(session):
    seen = []
    sa.event.listen(session, "after_rollback", lambda s: seen.append("hard"))
    sa.event.listen(session, "after_soft_rollback", lambda s, t: seen.append("soft"))
    session.connection()
    session.rollback()
    assert sorted(seen) == ["hard", "soft"]


def test_bulk_events(session):
    seen = []
    sa.event.listen(session, "after_bulk_update", lambda context: seen.append(context.result.rowcount))
    sa.event.listen(session, "after_bulk_delete", lambda context: seen.append(context.result.rowcount))
    session.query(User).update({"name": "x"})
    session.query(User).filter(User.id == 3).delete()
    assert seen == [3, 1]


def test_removing_a_listener(session):
    seen = []
    listener = lambda s: seen.append(1)
    sa.event.listen(session, "before_commit", listener)
    sa.event.remove(session, "before_commit", listener)
    session.commit()
    assert seen == []
