"""Loaders agree with each other, whatever way a relationship is loaded."""

from __future__ import annotations

from typing import List

import pytest

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


@pytest.fixture(scope="module")
def model():
    class Base(orm.DeclarativeBase):
        pass

    link = sa.Table(
        "link",
        Base.metadata,
        sa.Column("post_id", sa.ForeignKey("post.id"), primary_key=True),
        sa.Column("tag_id", sa.ForeignKey("tag.id"), primary_key=True),
    )

    class Post(Base):
        __tablename__ = "post"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        title: orm.Mapped[str]
        comments: orm.Mapped[List["Comment"]] = orm.relationship(back_populates="post", order_by="Comment.id")
        tags: orm.Mapped[List["Tag"]] = orm.relationship(secondary=link, order_by="Tag.id")

    class Comment(Base):
        __tablename__ = "comment"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        post_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("post.id"))
        post: orm.Mapped["Post"] = orm.relationship(back_populates="comments")

    class Tag(Base):
        __tablename__ = "tag"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)

    Base.registry.configure()
    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        one, two, three = Tag(), Tag(), Tag()
        session.add_all(
            [
                Post(title="a", comments=[Comment(), Comment()], tags=[one, two]),
                Post(title="b", comments=[Comment()], tags=[two, three]),
                Post(title="c"),
            ]
        )
        session.commit()
    return engine, Post, Comment, Tag


EXPECTED = [("a", [1, 2], [1, 2]), ("b", [3], [2, 3]), ("c", [], [])]


@pytest.mark.parametrize("loader", ["lazyload", "joinedload", "selectinload", "subqueryload", "immediateload"])
def test_every_loader_gives_the_same_objects(model, loader):
    engine, Post, _, _ = model
    load = getattr(orm, loader)
    with orm.Session(engine) as session:
        statement = sa.select(Post).options(load(Post.comments), load(Post.tags)).order_by(Post.title)
        posts = session.scalars(statement).unique().all()
        found = [(p.title, [c.id for c in p.comments], [t.id for t in p.tags]) for p in posts]
    assert found == EXPECTED


@pytest.mark.parametrize("loader", ["joinedload", "selectinload"])
def test_many_to_one(model, loader):
    engine, _, Comment, _ = model
    with orm.Session(engine) as session:
        option = getattr(orm, loader)(Comment.post)
        comments = session.scalars(sa.select(Comment).options(option).order_by(Comment.id)).all()
        assert all("post" in comment.__dict__ for comment in comments)
        assert [comment.post.title for comment in comments] == ["a", "a", "b"]


def test_joined_collection_needs_unique(model):
    engine, Post, _, _ = model
    with orm.Session(engine) as session:
        result = session.scalars(sa.select(Post).options(orm.joinedload(Post.comments)))
        with pytest.raises(sa.exc.InvalidRequestError):
            result.all()


def test_limit_counts_parents_not_joined_rows(model):
    engine, Post, _, _ = model
    with orm.Session(engine) as session:
        statement = sa.select(Post).options(orm.joinedload(Post.comments)).order_by(Post.title).limit(2)
        posts = session.scalars(statement).unique().all()
        assert [(post.title, len(post.comments)) for post in posts] == [("a", 2), ("b", 1)]


def test_options_are_part_of_the_cache_key(model):
    engine, Post, _, _ = model
    with orm.Session(engine) as session:
        session.scalars(sa.select(Post).options(orm.selectinload(Post.comments))).all()
        session.expunge_all()
        post = session.scalars(sa.select(Post).options(orm.raiseload(Post.comments))).first()
        with pytest.raises(sa.exc.InvalidRequestError):
            post.comments


def test_criteria_values_are_those_of_the_running_statement(model):
    engine, Post, Comment, _ = model
    with orm.Session(engine) as session:
        for limit, expected in ((1, [1]), (2, [1, 2]), (0, [])):
            option = orm.selectinload(Post.comments.and_(Comment.id <= limit))
            post = session.scalars(
                sa.select(Post).where(Post.title == "a").options(option).execution_options(populate_existing=True)
            ).one()
            assert [comment.id for comment in post.comments] == expected


def test_a_joined_collection_below_does_not_repeat_the_members() -> None:
    from sqltoolkit_core import Column, ForeignKey, Integer, Table, create_engine, select
    from sqltoolkit_orm import DeclarativeBase, Session, joinedload, mapped_column, relationship, selectinload

    class Base(DeclarativeBase):
        pass

    class Top(Base):
        __tablename__ = "top"
        id = mapped_column(Integer, primary_key=True)
        middles = relationship("Middle", order_by="Middle.id")

    class Middle(Base):
        __tablename__ = "middle"
        id = mapped_column(Integer, primary_key=True)
        top_id = mapped_column(ForeignKey("top.id"))
        leaves = relationship("Leaf", order_by="Leaf.id")

    class Leaf(Base):
        __table__ = Table(
            "leaf", Base.metadata, Column("id", Integer, primary_key=True), Column("m", ForeignKey("middle.id"))
        )

    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Top(id=1, middles=[Middle(id=1, leaves=[Leaf(id=1), Leaf(id=2)]), Middle(id=2)]))
        session.commit()
    with Session(engine) as session:
        top = session.scalars(select(Top).options(selectinload(Top.middles).joinedload(Middle.leaves))).one()
        assert [(m.id, [leaf.id for leaf in m.leaves]) for m in top.middles] == [(1, [1, 2]), (2, [])]
    with Session(engine) as session:
        option = selectinload(Top.middles).options(joinedload(Middle.leaves))
        assert [m.id for m in session.scalars(select(Top).options(option)).one().middles] == [1, 2]


def test_options_of_one_subclass_beside_loads_of_others(engine, statements) -> None:
    class Base(orm.DeclarativeBase):
        pass

    class Member(Base):
        __tablename__ = "member"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        kind: orm.Mapped[str]
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "member"}

    class Reader(Member):
        __tablename__ = "reader"
        id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("member.id"), primary_key=True)
        loans: orm.Mapped[int] = orm.mapped_column(default=3)
        __mapper_args__ = {"polymorphic_identity": "reader"}

    class Librarian(Member):
        __tablename__ = "librarian"
        id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("member.id"), primary_key=True)
        desk: orm.Mapped[str] = orm.mapped_column(default="A")
        tasks: orm.Mapped[List["Task"]] = orm.relationship()
        __mapper_args__ = {"polymorphic_identity": "librarian"}

    class Task(Base):
        __tablename__ = "task"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        librarian_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("librarian.id"))

    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        session.add_all([Reader(), Librarian(tasks=[Task(), Task()])])
        session.commit()
    statements.take()
    with orm.Session(engine) as session:
        subclasses = orm.selectin_polymorphic(Member, [Reader, Librarian])
        query = sa.select(Member).options(subclasses, orm.selectinload(Librarian.tasks)).order_by(Member.id)
        reader, librarian = session.scalars(query).all()
        assert len(statements.take()) == 4
        assert (reader.loans, librarian.desk, len(librarian.tasks)) == (3, "A", 2)
        assert statements.take() == []
