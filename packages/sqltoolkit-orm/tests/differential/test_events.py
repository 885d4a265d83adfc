"""Listeners: where they may listen, what they hear and what they change."""

from __future__ import annotations

from typing import Any

import pytest
from two_libraries import Library, agree


@pytest.mark.parametrize("name", ["before_configured", "after_configured"])
@pytest.mark.parametrize("target", ["Mapper", "mapper", "registry", "Base", "class", "imperative class"])
def test_where_configuration_is_announced(both, name, target):
    def program(lib: Library) -> Any:
        core, orm = lib.core, lib.orm
        registry = orm.registry()

        class Thing:
            pass

        registry.map_imperatively(Thing, core.Table("thing", core.MetaData(), core.Column("id", core.Integer, primary_key=True)))
        targets = {
            "Mapper": orm.Mapper, "mapper": core.inspect(Thing), "registry": registry, "Base": lib.model.Base,
            "class": lib.model.Author, "imperative class": Thing,
        }  # fmt: skip

        def heard(*args: Any) -> None:
            pass

        core.event.listen(targets[target], name, heard)
        core.event.remove(targets[target], name, heard)

    agree(both, program)


@pytest.mark.parametrize("propagate", [True, False])
@pytest.mark.parametrize("first", ["listen", "base", "sub"])
@pytest.mark.parametrize("name", ["load", "before_insert", "instrument_class"])
def test_listening_before_and_after_classes_are_mapped(both, propagate, first, name):
    def program(lib: Library) -> Any:
        core, orm = lib.core, lib.orm
        registry = orm.registry()
        heard = []

        class Base:
            pass

        class Sub(Base):
            pass

        class Other(Base):
            pass

        def map_class(cls: Any) -> None:
            table = core.Table(
                cls.__name__, core.MetaData(), core.Column("id", core.Integer, primary_key=True)
            )
            registry.map_imperatively(cls, table, concrete=True) if cls is not Base else registry.map_imperatively(cls, table)

        def listener(*args: Any) -> None:
            heard.append(type(args[0]).__name__ if name == "load" else args[0].class_.__name__)

        steps = {
            "listen": lambda: core.event.listen(Base, name, listener, propagate=propagate),
            "base": lambda: map_class(Base),
            "sub": lambda: map_class(Sub),
        }
        order = [first] + [step for step in ("listen", "base", "sub") if step != first]
        for step in order:
            steps[step]()
        map_class(Other)

        def announce() -> None:
            for cls in (Base, Sub, Other):
                mapper = core.inspect(cls)
                state = core.inspect(cls())
                if name == "load":
                    mapper.class_manager.dispatch.load(state, None)
                elif name == "before_insert":
                    mapper.dispatch.before_insert(mapper, None, state)

        announce()
        core.event.remove(Base, name, listener)
        announce()
        return sorted(heard)

    agree(both, program)


@pytest.mark.parametrize("load", ["selectinload", "immediateload", "joinedload", "lazyload"])
@pytest.mark.parametrize("listening", [True, False])
def test_execution_options_of_further_loads(both, load, listening):
    def program(lib: Library) -> Any:
        core, orm, model = lib.core, lib.orm, lib.model
        seen = []

        def own(options: Any) -> Any:
            return sorted((key, value) for key, value in options.items() if str(key).startswith("user_"))

        def executed(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
            seen.append(own(context.execution_options))

        def running(state: Any) -> None:
            seen.append((state.is_relationship_load, own(state.execution_options)))
            state.update_execution_options(user_added="z", user_two="z2")
            seen.append((own(state.execution_options), own(state.local_execution_options)))

        core.event.listen(lib.engine, "before_cursor_execute", executed)
        if listening:
            core.event.listen(lib.session, "do_orm_execute", running)
        option = getattr(orm, load)
        statement = core.select(model.Author).options(option(model.Author.books).options(option(model.Book.tags)))
        result = lib.session.execute(
            statement.execution_options(user_one="x", user_two="x2"), execution_options={"user_two": "y2"}
        )
        for author in result.unique().scalars():
            for book in author.books:
                len(book.tags)
        return seen

    agree(both, program)


@pytest.mark.parametrize("given", [{"name": "x"}, [{"name": "x"}, {"name": "y"}], [{"name": "x"}]])
@pytest.mark.parametrize("present", [{"id": 18}, [{"id": 18}, {"id": 19}]])
def test_parameters_of_listeners(both, given, present):
    def program(lib: Library) -> Any:
        core, Author = lib.core, lib.model.Author
        core.event.listen(lib.session, "do_orm_execute", lambda state: state.invoke_statement(params=given), retval=True)
        lib.session.execute(core.insert(Author), present)
        return lib.session.connection().execute(
            core.select(Author.id, Author.name).where(Author.id > 10)
        ).all()

    if isinstance(present, list) == isinstance(given, list):
        agree(both, program)


@pytest.mark.parametrize(
    "make",
    [
        lambda c, A: c.select(A),
        lambda c, A: c.select(A).from_statement(c.select(A)),
        lambda c, A: c.select(A).from_statement(c.update(A).values(name="x").returning(A)),
        lambda c, A: c.select(A).from_statement(c.insert(A).values(name="x").returning(A)),
        lambda c, A: c.delete(A).execution_options(synchronize_session=False),
        lambda c, A: c.text("SELECT 1"),
        lambda c, A: c.select(A.id).union(c.select(A.id)),
    ],
)
def test_kinds_of_statements(both, make):
    def program(lib: Library) -> Any:
        found = []

        def running(state: Any) -> None:
            found.append(
                [
                    state.is_select, state.is_from_statement, state.is_insert, state.is_update, state.is_delete,
                    state.is_orm_statement, len(state.all_mappers),
                    lib.outcome(lambda lib: state.lazy_loaded_from)[0],
                ]
            )  # fmt: skip

        lib.core.event.listen(lib.session, "do_orm_execute", running)
        lib.session.execute(make(lib.core, lib.model.Author))
        return found

    agree(both, program)


def test_options_of_users_stay_and_do_not_hinder_the_cache(both):
    def program(lib: Library) -> Any:
        class Option(lib.orm.UserDefinedOption):
            pass

        found = []
        lib.core.event.listen(
            lib.session, "do_orm_execute", lambda state: found.append(len(state.user_defined_options))
        )
        Author = lib.model.Author
        lib.session.execute(lib.core.select(Author).options(Option(1)).with_only_columns(Author.id))
        lib.session.query(Author).options(Option(2)).with_entities(Author.id).all()
        return found

    agree(both, program)


def test_scoped_sessions_as_targets(both):
    def heard(*args: Any) -> None:
        pass

    for factory in (lambda lib: lambda: None, lambda lib: lib.orm.Session, lambda lib: lib.orm.sessionmaker(), lambda lib: object):
        agree(
            both,
            lambda lib, factory=factory: lib.core.event.listen(
                lib.orm.scoped_session(factory(lib)), "before_flush", heard
            ),
        )
        for lib in both:
            for target in (lib.orm.Session,):
                if lib.core.event.contains(target, "before_flush", heard):
                    lib.core.event.remove(target, "before_flush", heard)
