"""Sessions on a database that enforces foreign keys, so that the order of statements counts."""

from __future__ import annotations

import pytest
from orders import Base

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


@pytest.fixture()
def session(engine):
    """A session on orders and lines, of which there are none."""
    @sa.event.listens_for(engine, "connect")
    def _enforce(dbapi_connection, record):
        dbapi_connection.execute("PRAGMA foreign_keys = ON")

    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        yield session
