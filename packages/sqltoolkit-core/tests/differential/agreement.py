"""What both libraries say about the same bytes, and whether they agree.

The environment variable ``SQLTOOLKIT_EXAMPLES`` multiplies the number of examples of every test here: 1 is what each
change must pass, 100 is a deep run.  ``SQLTOOLKIT_RANDOM`` (set) takes other examples each time,
``SQLTOOLKIT_SEED`` those of a number.
"""

from __future__ import annotations

import os
import re
import warnings

import pytest
import sqlalchemy
import sqlalchemy.dialects.sqlite
import sqlalchemy.engine.default
from composer import Library
from hypothesis import HealthCheck
from hypothesis import seed
from hypothesis import settings
from hypothesis import strategies as st

import sqltoolkit_core
import sqltoolkit_core.dialects.sqlite
import sqltoolkit_core.engine.default

if sqlalchemy.__dict__.get("__name__", "").startswith("sqltoolkit"):
    pytest.skip("the name sqlalchemy is an alias of this library", allow_module_level=True)

LIBRARIES = [
    Library(lib, lib.engine.default.DefaultDialect(paramstyle="named"), lib.dialects.sqlite.dialect())
    for lib in (sqlalchemy, sqltoolkit_core)
]
FACTOR = float(os.environ.get("SQLTOOLKIT_EXAMPLES", "1"))

#: what SQLAlchemy raises where it comes to a place that nobody thought of; nothing is compared then
INTERNAL = ("AssertionError", "AttributeError", "IndexError", "KeyError", "NotImplementedError", "RecursionError")


def examples(count):
    """Settings for a test of ``count`` examples, of more in a deep run."""

    def decorate(test):
        health = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
        test = settings(max_examples=max(1, int(count * FACTOR)), deadline=None, suppress_health_check=health)(test)
        return seed(int(os.environ["SQLTOOLKIT_SEED"]))(test) if "SQLTOOLKIT_SEED" in os.environ else test

    return decorate


def data(size=40):
    """Bytes for a composer."""
    return st.binary(max_size=size)


class Internal(Exception):
    """SQLAlchemy's answer is none to compare with."""


def attempt(work):
    """Return what ``work()`` returns, or the name of the class of its error."""
    try:
        return work()
    except Exception as err:
        return type(err).__name__


def answers(work):
    """Return ``work(library)`` and the categories of its warnings, for both libraries."""
    found = []
    for library in LIBRARIES:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            found.append(attempt(lambda: work(library)))
        found.append(sorted({warning.category.__name__ for warning in caught}))
    return found


def agree(work):
    """Assert that both libraries give the same answer to ``work(library)``, a list of parts or an error."""
    expected, expected_warnings, found, found_warnings = answers(work)
    if isinstance(expected, str) and expected in INTERNAL + ("Internal",):
        return
    assert type(found) is type(expected) and len(found) == len(expected), (expected, found)
    if isinstance(expected, str):
        assert found == expected
        return
    for one, other in zip(expected, found):
        if not (isinstance(one, str) and one in INTERNAL or another_numbering(one)):
            assert other == one or isinstance(one, str) and isinstance(other, str) and same_refusal(one, other)
    if not any(part == "CompileError" for part in expected):
        # how far one comes before an error differs
        assert found_warnings == expected_warnings


def equal(one, other):
    """Whether two parts of an answer are the same, but for what docs/differences.md lists."""
    return other == one or same_refusal(one, other) or in_order(one) == in_order(other)


def same_refusal(one, other):
    """Whether both refuse a statement, for one of two reasons that both hold."""
    compiling = {"CompileError", "UnsupportedCompilationError", "NotImplementedError"}
    return (one, other) == ("InvalidRequestError", "NoForeignKeysError") or {one, other} <= compiling


def in_order(part):
    """A part whose text has the criteria of each ON in order: columns of aliases stand in that of their first use there."""
    if isinstance(part, tuple):
        return (in_order(part[0]),) + part[1:]
    if not isinstance(part, str):
        return part
    name = r'(?:\w+|"[^"]+")\.(?:\w+|"[^"]+")'
    links = " ON ({0} = {0}(?: AND {0} = {0})+)".format(name)
    return re.sub(links, lambda found: " ON " + " AND ".join(sorted(found.group(1).split(" AND "))), part)


def another_numbering(part):
    """Whether SQLAlchemy numbers a label by how often it went over the columns before, or VALUES each time they stand there."""
    text = part[0] if isinstance(part, tuple) and part else part
    if isinstance(text, str) and text.count("(VALUES ") > 1:
        return True
    return isinstance(text, str) and re.search(r"_\d+_(?:[\w ]*_)?_\d", text) is not None


def rendered(element, dialect, **settings):
    """Return text, parameters and positions of an element, or the name of the class of the error."""

    def compiled():
        made = element.compile(dialect=dialect, **settings)
        # SQLAlchemy has a symbol in place of values that are still to come
        params = {name: None if str(value) == "symbol('REQUIRED')" else value for name, value in made.params.items()}
        return str(made), params, made.positiontup

    return attempt(compiled)
