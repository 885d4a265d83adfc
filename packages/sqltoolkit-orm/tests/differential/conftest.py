"""The modules beside the tests are importable by their names; two libraries for each test."""

from __future__ import annotations

import importlib.util
import os
import sys

import pytest

FOLDER = os.path.dirname(os.path.abspath(__file__))
if FOLDER not in sys.path:
    sys.path.insert(0, FOLDER)

if not importlib.util.find_spec("sqlalchemy"):
    # everything here compares with SQLAlchemy
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture()
def both():
    """sqltoolkit and SQLAlchemy, each with an empty database, a session, and a declarative base."""
    from two_libraries import LIBRARIES, Library

    opened = [Library(core, orm) for core, orm in LIBRARIES]
    yield opened
    for library in opened:
        library.close()
