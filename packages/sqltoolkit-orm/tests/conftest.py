"""What every test of the package may use: a SQLite database, the statements it was sent, a session with a few rows.

Modules beside the tests are importable by their names.
"""

from __future__ import annotations

import os
import sys

import pytest
from hypothesis import HealthCheck
from hypothesis import settings

import sqltoolkit_core as sa
import sqltoolkit_orm as orm

FOLDER = os.path.dirname(os.path.abspath(__file__))
if FOLDER not in sys.path:
    sys.path.insert(0, FOLDER)

# how long an example takes says something about the machine, and a lot about a compiler that is still warming up
settings.register_profile(
    "suite",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    # the same examples on each run, so that a change is what makes a test fail; other ones where they are asked for
    derandomize="SQLTOOLKIT_RANDOM" not in os.environ,
)
settings.load_profile("suite")


class Statements(list):
    """The texts of the statements executed so far."""

    def take(self):
        """Return what was executed since the last call, in order."""
        taken = list(self)
        del self[:]
        return taken

    def verbs(self):
        """Return the first words of what was executed since the last call: SELECT, INSERT..."""
        return [text.split(None, 1)[0] for text in self.take()]


@pytest.fixture()
def engine():
    engine = sa.create_engine("sqlite://")
    yield engine
    engine.dispose()


@pytest.fixture()
def statements(engine):
    taken = Statements()

    def note(conn, cursor, statement, parameters, context, executemany):
        taken.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    return taken


@pytest.fixture()
def session(engine):
    """A session on users and posts, none of which it has loaded; where a module has a model of its own, it has another."""
    # mapped only where a test asks for it: most modules have models of their own
    import blog

    blog.Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        session.add_all(blog.entries())
        session.commit()
        session.expunge_all()
        yield session
