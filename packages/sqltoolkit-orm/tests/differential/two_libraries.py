"""Small programs that give the same on sqltoolkit and, as a black box, on SQLAlchemy.

A program is a function of a `Library`: the core, the ORM, a session on a database of its own and a base for the
classes it declares.  Programs that need no classes of their own use those of ``Library.model`` and their rows.
"""

from __future__ import annotations

import functools
import types
import warnings
from typing import Any, Callable, List, Sequence

import pytest
import sqlalchemy
import sqlalchemy.orm
from shared_models import authors_and_books

import sqltoolkit_core
import sqltoolkit_orm

if sqlalchemy.__dict__.get("__name__", "").startswith("sqltoolkit"):
    pytest.skip("the name sqlalchemy is an alias of this library", allow_module_level=True)

LIBRARIES = ((sqltoolkit_core, sqltoolkit_orm), (sqlalchemy, sqlalchemy.orm))


class Library:
    """One of the two libraries, with an empty database, an open session and a declarative base."""

    def __init__(self, core: Any, orm: Any) -> None:
        self.core, self.orm = core, orm
        self.statements: List[str] = []
        self.engine = core.create_engine("sqlite://")
        core.event.listen(self.engine, "before_cursor_execute", self._note)
        self.session = orm.Session(self.engine)
        self.Base = orm.declarative_base()

    def _note(self, conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool) -> None:
        self.statements.append(" ".join(statement.split()))

    def create_tables(self) -> None:
        """Create the tables of the classes that the program declared."""
        self.Base.metadata.create_all(self.engine)

    @functools.cached_property
    def model(self) -> types.SimpleNamespace:
        """Authors, books and tags; from the first mention on, the database has a few rows of them."""
        model = authors_and_books(self.core, self.orm)
        model.Base.metadata.create_all(self.engine)
        Author, Book, Tag = model.Author, model.Book, model.Tag
        tags = [Tag(id=1, name="old"), Tag(id=2, name="new")]
        ann = Author(id=1, name="ann", books=[Book(id=1, title="b1", tags=tags), Book(id=2, title="b2")])
        with self.orm.Session(self.engine) as session:
            session.add_all([ann, Author(id=2, name="bob", books=[Book(id=3, title="b3")]), Author(id=3, name="cid")])
            session.commit()
        del self.statements[:]
        return model

    def close(self) -> None:
        self.session.close()
        self.engine.dispose()
        self.Base.registry.dispose()

    def outcome(self, program: Callable[[Library], Any]) -> Any:
        """Return what a program gives in a comparable form: a value, or the name of its error; and its warnings."""
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                found = self.plain(program(self))
            except Exception as error:
                found = self.name_of_error(error)
            self.session.rollback()
        return found, sorted({warning.category.__name__ for warning in caught})

    def name_of_error(self, error: Exception) -> str:
        """Return the name of the class of an error that both libraries have."""
        kinds = type(error).__mro__
        if isinstance(error, self.core.exc.SQLAlchemyError):
            # kinds of constraints have classes of their own on one side
            return next(kind.__name__ for kind in kinds if hasattr(self.core.exc, kind.__name__))
        return kinds[0].__name__

    def plain(self, value: Any) -> Any:
        """Return a value with objects in place of which their class and key stand, and statements as text."""
        if isinstance(value, type):
            return value.__name__
        if hasattr(value, "_sa_instance_state"):
            return type(value).__name__, value.__dict__.get("id")
        if isinstance(value, dict):
            return {self.plain(key): self.plain(item) for key, item in value.items()}
        if isinstance(value, (list, tuple, set)) or hasattr(value, "_mapping"):
            return [self.plain(item) for item in value]
        if value is None or isinstance(value, (str, int, float, bool)):
            return value
        return " ".join(str(value).split())


def agree(both: Sequence[Library], program: Callable[[Library], Any]) -> None:
    """Assert that a program gives the same on both libraries: a value or an error, and warnings of the same classes."""
    ours, theirs = (library.outcome(program) for library in both)
    assert ours == theirs


def agree_on_value(both: Sequence[Library], program: Callable[[Library], Any]) -> None:
    """Assert that a program runs to its end on both libraries and returns the same, whatever they warn of."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ours, theirs = (program(library) for library in both)
    assert ours == theirs
