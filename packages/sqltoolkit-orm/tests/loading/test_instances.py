"""Objects made from rows: identity, rows without an object, duplicates, streaming."""

from __future__ import annotations

from typing import Optional

import pytest
from blog import Post, User

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


class Base(orm.DeclarativeBase):
    pass


@pytest.fixture()
def session(session):
    """The session on users and posts, with tables for the classes of this module."""
    Base.metadata.create_all(session.get_bind())
    return session


def test_one_object_for_each_key(session):
    stmt = sa.select(User, Post).join(User.posts).order_by(Post.id)
    rows = session.execute(stmt).all()
    assert [(user.id, post.id) for user, post in rows] == [(1, 1), (1, 2), (2, 3)]
    assert rows[0].User is rows[1].User


def test_outer_join_gives_none(session):
    rows = session.execute(sa.select(User.id, Post).outerjoin(User.posts).order_by(User.id, Post.id)).all()
    assert rows[-1] == (3, None)


def test_duplicates_stay_without_unique(session):
    result = session.scalars(sa.select(User).join(User.posts).order_by(User.id))
    assert [user.id for user in result] == [1, 1, 2]
    result = session.scalars(sa.select(User).join(User.posts).order_by(User.id))
    assert [user.id for user in result.unique()] == [1, 2]


def test_loaded_values_do_not_overwrite_changes(session):
    user = session.get(User, 1)
    user.name = "changed"
    with session.no_autoflush:
        assert session.scalars(sa.select(User).where(User.id == 1)).one() is user
    assert user.name == "changed"


def test_load_and_refresh_events(session):
    seen = []
    with_load = lambda target, context: seen.append(("load", target.id))
    with_refresh = lambda target, context, attrs: seen.append(("refresh", target.id))
    sa.event.listen(User, "load", with_load)
    sa.event.listen(User, "refresh", with_refresh)
    try:
        user = session.get(User, 1)
        session.refresh(user)
    finally:
        sa.event.remove(User, "load", with_load)
        sa.event.remove(User, "refresh", with_refresh)
    assert seen == [("load", 1), ("refresh", 1)]


def test_objects_are_not_kept_alive_by_the_session(session):
    assert len(session.scalars(sa.select(User)).all()) == 3
    import gc

    gc.collect()
    assert len(session.identity_map) == 0


def test_columns_and_objects_in_one_row(session):
    row = session.execute(sa.select(User.name, User, sa.func.count().label("n")).join(User.posts).group_by(User.id)).first()
    assert row._fields == ("name", "User", "n")
    assert (row.name, row.User.id, row.n) == ("ann", 1, 2)


def test_result_errors(session):
    with pytest.raises(sa.exc.MultipleResultsFound):
        session.scalars(sa.select(User)).one()
    with pytest.raises(sa.exc.NoResultFound):
        session.scalars(sa.select(User).where(User.id == 99)).one()


def test_equal_statements_over_other_aliases(session):
    # the second statement is run as the first was compiled, and its own options go on to lazy loads
    compiled = []
    for number, title in ((1, "p1"), (2, "p3")):
        alias = orm.aliased(User)
        options = orm.selectinload(alias.posts).lazyload(Post.tags), orm.undefer(alias.bio)
        statement = sa.select(alias).where(alias.id == number).options(*options)
        result = session.execute(statement)
        compiled.append(result.raw.compiled)
        user = result.scalars().one()
        assert (user.id, user.posts[0].title) == (number, title)
        assert "bio" in user.__dict__ and "tags" not in user.posts[0].__dict__
        session.expunge_all()
    assert compiled[0] is compiled[1]


def test_aliases_of_one_class_are_told_apart(session):
    one, other = orm.aliased(User), orm.aliased(User)
    same = sa.select(one.id, one.name).where(one.id == 1)
    crossed = sa.select(one.id, other.name).where(one.id == 1, other.id == 2)
    assert session.execute(same).all() == [(1, "ann")]
    assert session.execute(crossed).all() == [(1, "bob")]


class Vehicle(Base):
    __tablename__ = "vehicle"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    kind: orm.Mapped[Optional[str]]
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "vehicle"}


class Truck(Vehicle):
    __tablename__ = "truck"
    id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("vehicle.id"), primary_key=True)
    load: orm.Mapped[Optional[int]]
    __mapper_args__ = {"polymorphic_identity": "truck"}


class Bicycle(Vehicle):
    __mapper_args__ = {"polymorphic_identity": "bicycle"}


class Lonely(Base):
    __tablename__ = "lonely"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    kind: orm.Mapped[Optional[str]]
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "lonely"}


@pytest.mark.parametrize(
    "kind, error",
    [
        (None, sa.exc.InvalidRequestError),
        ("ship", AssertionError),
        ("vehicle", sa.exc.InvalidRequestError),
        ("bicycle", sa.exc.InvalidRequestError),
    ],
)
@pytest.mark.parametrize("options", [[], [orm.defer(Truck.kind)]])
def test_rows_of_a_class_without_subclasses_must_be_its_own(session, kind, error, options):
    held = Truck(id=1, load=5)
    session.add(held)
    session.flush()
    session.execute(sa.update(Vehicle.__table__).values(kind=kind))
    # an object that is there already does not make the row another one
    for _ in range(2):
        with pytest.raises(error):
            session.scalars(sa.select(Truck).options(*options)).all()
        session.expunge_all()
    # what is known to be a Truck stays one
    session.add(held)
    session.expire(held)
    assert held.load == 5


def test_null_as_the_discriminator_of_a_class_alone(session):
    session.execute(sa.insert(Lonely.__table__).values(id=1))
    with pytest.raises(sa.exc.InvalidRequestError, match="NULL for its discriminator"):
        session.scalars(sa.select(Lonely)).all()


def test_row_of_a_base_class_in_a_textual_statement(session):
    session.add(Vehicle(id=1))
    session.flush()
    session.expunge_all()
    with pytest.raises(sa.exc.InvalidRequestError, match="does not inherit from it"):
        session.scalars(sa.select(Bicycle).from_statement(sa.text("SELECT * FROM vehicle"))).all()


class Depot(Base):
    __tablename__ = "depot"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    truck_id: orm.Mapped[Optional[int]] = orm.mapped_column(sa.ForeignKey("truck.id"))
    truck: orm.Mapped[Optional[Truck]] = orm.relationship()


def test_eager_joins_of_a_class_without_subclasses(session):
    session.add_all([Depot(id=1, truck=Truck(id=1, load=5)), Depot(id=2)])
    session.flush()
    session.expunge_all()
    statement = sa.select(Depot).options(orm.joinedload(Depot.truck)).order_by(Depot.id)
    first, second = session.scalars(statement).all()
    assert first.truck.load == 5 and second.truck is None
    session.expunge_all()
    session.execute(sa.update(Vehicle.__table__).values(kind="bicycle"))
    with pytest.raises(sa.exc.InvalidRequestError, match="does not inherit from it"):
        session.scalars(statement).all()


def test_what_listeners_of_a_load_set_is_no_change(session, statements):
    class Marked(Base):
        __tablename__ = "marked"
        id = sa.Column(sa.Integer, primary_key=True)
        text = sa.Column(sa.String)

    Base.metadata.create_all(session.get_bind())
    session.execute(sa.insert(Marked.__table__).values(id=1, text="row"))

    @sa.event.listens_for(Marked, "load")
    def loaded(marked, context):
        marked.text = "loaded"

    @sa.event.listens_for(Marked, "refresh")
    def refreshed(marked, context, names):
        marked.text = "refreshed"

    def state():
        statements.take()
        history = sa.inspect(marked).attrs.text.history
        session.flush()
        return history.unchanged, history.added, [text for text in statements.take() if not text.startswith("SELECT")]

    marked = session.scalars(sa.select(Marked)).one()
    assert state() == (["loaded"], (), []) and marked not in session.dirty
    for again in (
        lambda: session.refresh(marked),
        lambda: (session.expire(marked), marked.id),
        lambda: (session.expire(marked, ["text"]), marked.text),
        lambda: session.scalars(sa.select(Marked).execution_options(populate_existing=True)).all(),
    ):
        again()
        assert state() == (["refreshed"], (), [])


def test_listeners_see_what_joins_load_along(session, statements):
    seen = []

    def note(target, context):
        seen.append((type(target).__name__, sorted(key for key in ("author", "posts") if key in target.__dict__)))

    events = [(User, note), (Post, note)]
    for target, fn in events:
        sa.event.listen(target, "load", fn)
    try:
        session.scalars(sa.select(Post).options(orm.joinedload(Post.author)).where(Post.id == 1)).one()
        assert seen == [("User", []), ("Post", ["author"])]
        session.expunge_all()
        del seen[:]
        session.scalars(sa.select(User).options(orm.joinedload(User.posts)).where(User.id == 1)).unique().one()
        assert seen == [("Post", []), ("User", ["posts"]), ("Post", [])]
    finally:
        for target, fn in events:
            sa.event.remove(target, "load", fn)
