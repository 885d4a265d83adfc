"""Relationships that are loaded in the rows of their parents."""

from __future__ import annotations

import pytest
from blog import Post, User

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


def test_statement_and_order(session, statements):
    users = session.scalars(sa.select(User).options(orm.joinedload(User.posts)).order_by(User.id)).unique().all()
    (text,) = statements.take()
    assert text == (
        "SELECT user_account.id, user_account.name, post_1.id AS id_1, post_1.author_id, post_1.title \n"
        "FROM user_account LEFT OUTER JOIN post AS post_1 ON user_account.id = post_1.author_id "
        "ORDER BY user_account.id, post_1.id"
    )
    assert [[post.id for post in user.posts] for user in users] == [[1, 2], [3], []]


def test_collection_needs_unique(session):
    with pytest.raises(sa.exc.InvalidRequestError):
        session.scalars(sa.select(User).options(orm.joinedload(User.posts))).all()


def test_limit_counts_parents(session):
    stmt = sa.select(User).options(orm.joinedload(User.posts)).order_by(User.id).limit(2)
    users = session.scalars(stmt).unique().all()
    assert [[post.id for post in user.posts] for user in users] == [[1, 2], [3]]
    assert "LIMIT" in str(stmt) and ") AS anon_1 LEFT OUTER JOIN" in str(stmt)


def test_many_to_one_with_limit_is_not_wrapped():
    assert "anon_1" not in str(sa.select(Post).options(orm.joinedload(Post.author)).limit(2))


def test_innerjoin(session):
    stmt = sa.select(Post).options(orm.joinedload(Post.author, innerjoin=True)).order_by(Post.id)
    assert " LEFT OUTER JOIN" not in str(stmt)
    assert [post.id for post in session.scalars(stmt)] == [1, 2, 3]


def test_chain_and_secondary(session, statements):
    stmt = sa.select(User).options(orm.joinedload(User.posts).joinedload(Post.tags)).order_by(User.id)
    users = session.scalars(stmt).unique().all()
    assert len(statements.take()) == 1
    assert [[[tag.id for tag in post.tags] for post in user.posts] for user in users] == [[[1, 2], []], [[2]], []]
    assert statements.take() == []


def test_null_foreign_key(session, statements):
    posts = session.scalars(sa.select(Post).options(orm.joinedload(Post.author)).order_by(Post.id)).all()
    assert [post.author and post.author.id for post in posts] == [1, 1, 2, None]
    assert len(statements.take()) == 1


def test_criteria(session):
    stmt = sa.select(User).options(orm.joinedload(User.posts.and_(Post.title != "p1"))).order_by(User.id)
    assert [[p.id for p in u.posts] for u in session.scalars(stmt).unique()] == [[2], [3], []]


def test_contains_eager(session, statements):
    stmt = (
        sa.select(User).join(User.posts).where(Post.id != 1).options(orm.contains_eager(User.posts)).order_by(User.id)
    )
    users = session.scalars(stmt).unique().all()
    statements.take()
    assert [[p.id for p in u.posts] for u in users] == [[2], [3]]
    assert statements.take() == []


def test_contains_eager_of_an_alias(session):
    other = orm.aliased(Post)
    stmt = sa.select(User).join(User.posts.of_type(other)).options(orm.contains_eager(User.posts.of_type(other)))
    user = session.scalars(stmt.where(other.id == 2)).unique().one()
    assert [post.id for post in user.posts] == [2]


def test_names_in_order_by_do_not_mean_the_columns_of_the_join(session):
    eager = sa.select(User).options(orm.joinedload(User.posts))
    with pytest.raises(sa.exc.CompileError, match="'title'"):
        str(eager.order_by("title"))
    assert "ORDER BY post.title, post_1.id" in str(eager.join(User.posts).order_by("title"))


def test_contains_eager_of_a_subclass_reads_the_class_of_the_relationship_first():
    Base = orm.declarative_base()

    class Worker(Base):
        __tablename__ = "worker"
        id = sa.Column(sa.Integer, primary_key=True)
        kind = sa.Column(sa.String)
        firm_id = sa.Column(sa.ForeignKey("firm.id"))
        __mapper_args__ = {"polymorphic_on": kind}

    class Cook(Worker):
        __tablename__ = "cook"
        id = sa.Column(sa.ForeignKey("worker.id"), primary_key=True)
        hats = sa.Column(sa.Integer)
        __mapper_args__ = {"polymorphic_identity": "cook"}

    class Firm(Base):
        __tablename__ = "firm"
        id = sa.Column(sa.Integer, primary_key=True)
        workers = orm.relationship(Worker)

    cooks = orm.contains_eager(Firm.workers.of_type(Cook))
    text = str(sa.select(Firm).join(Cook, Firm.workers).options(cooks))
    assert text.startswith(
        "SELECT worker.id, worker.kind, worker.firm_id, cook.id AS id_1, cook.hats, firm.id AS id_2 \n"
    )
    Base.registry.dispose()


def test_contains_eager_of_an_alias_of_the_table(session):
    other = Post.__table__.alias()
    query = session.query(User).join(other, other.c.author_id == User.id).order_by(other.c.id)
    users = query.options(orm.contains_eager(User.posts, alias=other)).all()
    assert [[post.id for post in user.__dict__["posts"]] for user in users] == [[1, 2], [3]]


@pytest.mark.parametrize("known", [False, True])
def test_several_rows_of_one_object_with_populate_existing(session, known):
    held = session.scalars(sa.select(User)).all() if known else []
    query = sa.select(User).options(orm.joinedload(User.posts).joinedload(Post.tags)).order_by(User.id)
    users = session.scalars(query.execution_options(populate_existing=True)).unique().all()
    assert [[post.id for post in user.__dict__["posts"]] for user in users] == [[1, 2], [3], []]
    assert [[tag.id for tag in post.__dict__["tags"]] for user in users for post in user.posts] == [[1, 2], [], [2]]
    assert len(held) == (3 if known else 0)


def test_beside_a_union_of_an_alias(session):
    other = orm.aliased(Post)
    query = session.query(other).options(orm.joinedload(other.author), orm.joinedload(other.tags))
    found = query.filter(other.id < 3).union(session.query(other).filter(other.id == 4)).order_by(other.id).all()
    assert [(post.id, post.author and post.author.name, [tag.id for tag in post.tags]) for post in found] == [
        (1, "ann", [1, 2]),
        (2, "ann", []),
        (4, None, []),
    ]


def test_columns_that_only_joins_compare_are_not_selected():
    loaded = orm.joinedload(User.posts).load_only(Post.title).joinedload(Post.author)
    assert "author_id," not in str(sa.select(User).options(loaded).limit(2)).split("\nFROM")[0]


def test_options_of_subqueries_do_not_contradict_each_other():
    inner = sa.select(User).options(orm.joinedload(User.posts), orm.selectinload(User.posts))
    assert " JOIN " not in str(sa.select(inner.subquery()))
    with pytest.raises(sa.exc.InvalidRequestError):
        str(inner)


def test_below_a_polymorphic_entity_all_joins_are_outer_ones():
    class Base(orm.DeclarativeBase):
        pass

    class Place(Base):
        __tablename__ = "place"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        kind: orm.Mapped[str]
        __mapper_args__ = {"polymorphic_on": "kind"}

    class Town(Place):
        __tablename__ = "town"
        id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("place.id"), primary_key=True)
        roads = orm.relationship("Road", foreign_keys="Road.start_id")

    class Road(Base):
        __tablename__ = "road"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        start_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("town.id"))
        end_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("place.id"))
        end: orm.Mapped[Place] = orm.relationship(foreign_keys=end_id)

    places = orm.with_polymorphic(Place, "*")
    option = orm.joinedload(places.Town.roads, innerjoin=True).joinedload(Road.end, innerjoin=True)
    text = str(sa.select(places).options(option))
    assert text.endswith(
        "FROM place LEFT OUTER JOIN town ON place.id = town.id LEFT OUTER JOIN road AS road_1 ON town.id = road_1.start_id "
        "LEFT OUTER JOIN place AS place_1 ON place_1.id = road_1.end_id"
    )
