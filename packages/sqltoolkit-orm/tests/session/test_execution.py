"""Executing through a session: binds, autoflush, results, streaming, execution options."""

from __future__ import annotations

from typing import Optional

import pytest

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


class Base(orm.DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "item"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    name: orm.Mapped[Optional[str]]


class Note(Base):
    __tablename__ = "note"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)


@pytest.fixture()
def session(engine):
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        session.add_all([Item(id=n, name="n%d" % n) for n in range(1, 6)])
        session.commit()
        yield session


def test_execute_scalars_scalar(session):
    stmt = sa.select(Item).order_by(Item.id)
    row = session.execute(stmt).first()
    assert row.Item is row[0] and row[0].id == 1
    assert [item.id for item in session.scalars(stmt)] == [1, 2, 3, 4, 5]
    assert session.scalar(sa.select(sa.func.count()).select_from(Item)) == 5
    assert session.scalar(stmt.where(Item.id > 9)) is None


def test_the_same_row_is_the_same_object(session):
    one = session.scalars(sa.select(Item).where(Item.id == 1)).one()
    assert session.execute(sa.select(Item, Item.name).where(Item.id == 1)).one() == (one, "n1")


def test_autoflush_before_a_query(session):
    session.add(Item(id=9))
    assert session.scalar(sa.select(sa.func.max(Item.id))) == 9


def test_autoflush_turned_off(engine, session):
    session.add(Item(id=9))
    with session.no_autoflush:
        assert session.scalar(sa.select(sa.func.max(Item.id))) == 5
    assert session.scalar(sa.select(sa.func.max(Item.id)).execution_options(autoflush=False)) == 5
    with orm.Session(engine, autoflush=False) as other:
        other.add(Item(id=8))
        assert other.scalar(sa.select(sa.func.max(Item.id))) == 5


def test_populate_existing(session):
    item = session.get(Item, 1)
    item.name = "mine"
    stmt = sa.select(Item).where(Item.id == 1).execution_options(autoflush=False)
    assert session.scalars(stmt).one().name == "mine"
    assert session.scalars(stmt.execution_options(populate_existing=True)).one().name == "n1"
    assert not session.is_modified(item)


def test_yield_per_streams_in_parts(session):
    session.expunge_all()
    result = session.scalars(sa.select(Item).order_by(Item.id).execution_options(yield_per=2))
    assert [[item.id for item in part] for part in result.partitions()] == [[1, 2], [3, 4], [5]]


def test_text_and_core_statements(session):
    assert session.execute(sa.text("select name from item where id = :id"), {"id": 2}).scalar() == "n2"
    session.execute(sa.insert(Item.__table__), [{"id": 20}, {"id": 21}])
    assert session.get(Item, 21).name is None
    with pytest.raises(sa.exc.ArgumentError):
        session.execute("select 1")


def test_from_statement(session):
    stmt = sa.select(Item).from_statement(sa.text("select id, name from item where id > 3 order by id desc"))
    assert [item.id for item in session.scalars(stmt)] == [5, 4]


def test_binds_by_class_table_and_mapper(engine):
    other = sa.create_engine("sqlite://")
    with orm.Session(engine, binds={Note: other}) as session:
        assert session.get_bind(Note) is other
        assert session.get_bind(sa.inspect(Note)) is other
        assert session.get_bind(clause=sa.select(Note)) is other
        assert session.get_bind(Item) is engine
        session.bind_table(Item.__table__, other)
        assert session.get_bind(Item) is other
    with orm.Session(binds={Base: other}) as session:
        assert session.get_bind(Item) is other
    other.dispose()


def test_no_bind_is_an_error():
    with orm.Session() as session:
        with pytest.raises(sa.exc.UnboundExecutionError):
            session.scalars(sa.select(Item))
        with pytest.raises(sa.exc.UnboundExecutionError):
            session.connection()


def test_bind_arguments_choose_an_engine(engine, session):
    other = sa.create_engine("sqlite://")
    Base.metadata.create_all(other)
    stmt = sa.select(sa.func.count()).select_from(Item)
    assert session.scalar(stmt, bind_arguments={"bind": other}) == 0
    session.close()
    other.dispose()


def test_a_class_of_its_own_says_where_statements_go(engine, session):
    other = sa.create_engine("sqlite://")
    Base.metadata.create_all(other)
    asked = []

    class Routed(orm.Session):
        def get_bind(self, mapper=None, **kw):
            asked.append(mapper)
            return other if mapper is not None and mapper.class_ is Item else super().get_bind(mapper, **kw)

    with Routed(engine) as routed:
        assert routed.scalars(sa.select(Item)).all() == []
        routed.add_all([Item(id=40), Note(id=41)])
        routed.flush()
        assert routed.get(Item, 40) is not None and len(asked) >= 3
        assert routed.connection(bind_arguments={"mapper": orm.class_mapper(Item)}).engine is other
        routed.commit()
    assert session.get(Item, 40) is None and session.get(Note, 41) is not None
    with orm.Session(other) as there:
        assert there.get(Item, 40) is not None and there.get(Note, 41) is None
    other.dispose()


def test_connection_takes_part_in_the_transaction(session):
    connection = session.connection()
    assert connection is session.connection()
    connection.execute(sa.insert(Item.__table__), {"id": 30})
    session.rollback()
    assert session.get(Item, 30) is None


def test_do_orm_execute_may_change_the_statement(session):
    @sa.event.listens_for(session, "do_orm_execute")
    def _small(state):
        if state.is_select and not state.is_column_load:
            state.statement = state.statement.where(Item.id < 3)

    assert [item.id for item in session.scalars(sa.select(Item).order_by(Item.id))] == [1, 2]


def test_options_that_a_listener_adds_say_how_to_load(session):
    item = session.get(Item, 1)
    session.execute(sa.update(Item.__table__).values(name="changed"))
    assert session.scalars(sa.select(Item).order_by(Item.id)).first().name == "n1"

    @sa.event.listens_for(session, "do_orm_execute")
    def refresh(state):
        state.update_execution_options(populate_existing=True)

    assert session.scalars(sa.select(Item).where(Item.id == 1)).one() is item
    assert item.name == "changed"


def test_do_orm_execute_may_give_the_result(session):
    @sa.event.listens_for(session, "do_orm_execute")
    def _frozen(state):
        return frozen()

    with orm.Session(session.bind) as plain:
        frozen = plain.execute(sa.select(Item.id).where(Item.id == 2)).freeze()
    assert session.execute(sa.select(Item.id)).all() == [(2,)]


def test_options_of_the_session_reach_every_statement(engine, session):
    with orm.Session(engine, execution_options={"flavour": "plain"}) as other:
        seen = []
        sa.event.listen(other, "do_orm_execute", lambda state: seen.append(dict(state.execution_options)))
        other.scalars(sa.select(Item), execution_options={"extra": 1})
        assert seen[0]["flavour"] == "plain" and seen[0]["extra"] == 1


@pytest.mark.parametrize(
    "make",
    [
        lambda: sa.lambda_stmt(lambda: sa.select(Item).where(Item.id > 3).order_by(Item.id)),
        lambda: sa.lambda_stmt(lambda: sa.select(Item)) + (lambda s: s.where(Item.id > 3).order_by(Item.id)),
        lambda: sa.lambda_stmt(lambda: sa.select(Item).where(Item.id > 3)).options(orm.load_only(Item.id)),
    ],
)
def test_statements_made_by_functions_give_objects(session, make):
    assert [(type(item), item.id) for item in session.scalars(make())] == [(Item, 4), (Item, 5)]


def test_updates_made_by_functions_reach_the_objects(session):
    item = session.get(Item, 1)
    session.execute(sa.lambda_stmt(lambda: sa.update(Item).where(Item.id == 1).values(name="new")))
    assert item.__dict__["name"] == "new"


def test_binds_that_were_given_out_stay_as_they_were(engine):
    with orm.Session(binds={Note: engine}) as session:
        before = session.binds
        session.bind_table(sa.Table("other", sa.MetaData()), engine)
        assert len(session.binds) == len(before) + 1
        with pytest.raises(TypeError):
            before[Note] = None


def test_options_of_the_session_stand_behind_those_of_the_statement(engine):
    seen = {}
    with orm.Session(engine, execution_options={"a": "session", "b": "session", "c": "session"}) as session:

        @sa.event.listens_for(session, "do_orm_execute")
        def note(state):
            seen.update(state.execution_options)

        statement = sa.select(sa.literal(1)).execution_options(b="statement", c="statement")
        session.execute(statement, execution_options={"c": "call"})
    assert (seen["a"], seen["b"], seen["c"]) == ("session", "statement", "call")


@pytest.mark.parametrize(
    "run",
    [
        lambda session: session.execute(sa.text("SELECT 1")),
        lambda session: session.scalar(sa.select(sa.func.count()).select_from(Item.__table__)),
        lambda session: session.execute(sa.update(Item.__table__).values(name="b")),
    ],
    ids=["text", "table", "update"],
)
def test_statements_without_classes_flush_as_well(session, statements, run):
    session.add(Item(name="a"))
    statements.take()
    with session.no_autoflush:
        run(session)
    assert len(statements.take()) == 1
    run(session)
    assert statements.verbs()[0] == "INSERT" and not session.new


def test_what_has_no_bind(session):
    session.bind_mapper(Item, session.bind)
    with pytest.raises(sa.exc.NoInspectionAvailable):
        session.get_bind(5)
