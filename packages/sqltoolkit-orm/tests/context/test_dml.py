"""INSERT, UPDATE and DELETE of mapped classes, and the objects of the session they reach."""

from __future__ import annotations

import pytest
from blog import Post, User

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


def test_update_reaches_loaded_objects_by_evaluation(session, statements):
    user = session.get(User, 1)
    statements.take()
    session.execute(sa.update(User).where(User.name == "ann").values(name="x"), execution_options={"synchronize_session": "evaluate"})
    assert user.name == "x" and statements.verbs() == ["UPDATE"]


def test_update_by_fetch(session):
    user = session.get(User, 1)
    session.execute(
        sa.update(User).where(sa.func.lower(User.name) == "ann").values(name="x"),
        execution_options={"synchronize_session": "fetch"},
    )
    assert user.name == "x"


def test_update_without_synchronisation(session):
    user = session.get(User, 1)
    session.execute(sa.update(User).values(name="x"), execution_options={"synchronize_session": False})
    assert user.name == "ann"


def test_wrong_way_of_synchronisation(session):
    with pytest.raises(sa.exc.ArgumentError):
        session.execute(sa.update(User).values(name="x"), execution_options={"synchronize_session": "maybe"})


def test_criterion_that_python_cannot_evaluate(session):
    session.get(User, 1)
    with pytest.raises(sa.exc.InvalidRequestError):
        session.execute(
            sa.update(User).where(sa.func.lower(User.name) == "ann").values(name="x"),
            execution_options={"synchronize_session": "evaluate"},
        )


@pytest.mark.parametrize("how", ["evaluate", "fetch", "auto"])
def test_delete_removes_objects(session, how):
    user, kept = session.get(User, 3), session.get(User, 1)
    result = session.execute(sa.delete(User).where(User.id == 3), execution_options={"synchronize_session": how})
    assert user not in session and kept in session
    assert result.rowcount == 1


def test_update_flushes_first(session):
    session.add(User(id=9, name="new"))
    assert session.execute(sa.update(User).where(User.id == 9).values(name="y")).rowcount == 1


def test_update_returning_objects(session):
    user = session.get(User, 1)
    found = session.scalars(sa.update(User).where(User.id < 3).values(name="x").returning(User)).all()
    assert user in found and {u.name for u in found} == {"x"}


def test_bulk_update_by_key(session):
    session.execute(sa.update(User), [{"id": 1, "name": "n1"}, {"id": 2, "name": "n2"}])
    assert session.scalars(sa.select(User.name).order_by(User.id)).all() == ["n1", "n2", "cid"]


def test_insert_returns_objects_in_order(session):
    rows = [{"name": "n%d" % n} for n in range(20)]
    found = session.scalars(sa.insert(User).returning(User, sort_by_parameter_order=True), rows).all()
    assert [user.name for user in found] == [row["name"] for row in rows]
    assert all(user in session for user in found)


def test_expressions_are_not_in_returning(engine, statements):
    Base = orm.declarative_base()

    class Priced(Base):
        __tablename__ = "priced"
        id = sa.Column(sa.Integer, primary_key=True)
        amount = sa.Column(sa.Integer)
        double = orm.column_property(amount * 2)

    # the table of the INSERT is no source that a subquery could be correlated with
    Priced.others = orm.column_property(
        sa.select(sa.func.count()).select_from(orm.aliased(Priced, name="other")).where(Priced.id > 0).scalar_subquery()
    )
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        statements.take()
        one, two = session.scalars(sa.insert(Priced).returning(Priced), [{"amount": 3}, {"amount": 4}]).all()
        assert statements.take() == ["INSERT INTO priced (amount) VALUES (?), (?) RETURNING id, amount"]
        assert [(each.double, each.others) for each in (one, two)] == [(6, 2), (8, 2)]
        more = sa.update(Priced).where(Priced.id == 1).values(amount=5).returning(Priced)
        session.expunge_all()
        assert session.scalars(more.options(orm.with_expression(Priced.double, Priced.amount * 3))).one().double == 15


@pytest.mark.parametrize("option, told", [(orm.joinedload, 1), (orm.subqueryload, 1), (orm.selectinload, 0)])
@pytest.mark.filterwarnings("always")
def test_options_for_the_objects_of_returning(session, option, told, recwarn):
    statement = sa.insert(Post).values(title="new", author_id=1).returning(Post).options(option(Post.author))
    post = session.scalars(statement).one()
    assert [each.category for each in recwarn] == [sa.exc.SADeprecationWarning] * told
    assert ("author" in post.__dict__) is (not told)


class TestExpressionsAsAttributes:
    """What a column_property() shows is no column that could be set."""

    @pytest.fixture()
    def named(self):
        Base = orm.declarative_base()

        class Named(Base):
            __tablename__ = "named"
            id = sa.Column(sa.Integer, primary_key=True)
            name = sa.Column(sa.String)
            upper = orm.column_property(sa.func.upper(name))

        return Named

    def test_by_name(self, named):
        with pytest.raises(sa.exc.CompileError, match="upper"):
            str(sa.update(named).values(upper="X"))

    def test_by_attribute(self, named):
        with pytest.raises(sa.exc.CompileError, match="upper"):
            str(sa.update(named).values({named.upper: "X"}))
