"""The older place of some names."""

from __future__ import annotations

import sqltoolkit_core
from sqltoolkit_core import future


def test_names_are_those_of_their_new_places():
    for name in future.__all__:
        assert getattr(future, name) is getattr(sqltoolkit_core, name)
    with future.create_engine("sqlite://").connect() as connection:
        assert isinstance(connection, future.Connection) and isinstance(connection.engine, future.Engine)
        assert connection.scalar(future.select(5)) == 5
