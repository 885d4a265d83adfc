"""The top-level namespace: every name is there, and rarely used parts wait until they are asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest

import sqltoolkit_core


def test_every_listed_name_resolves():
    assert len(sqltoolkit_core.__all__) == len(set(sqltoolkit_core.__all__)) > 250
    for name in sqltoolkit_core.__all__:
        assert getattr(sqltoolkit_core, name) is not None, name
    assert set(sqltoolkit_core.__all__) <= set(dir(sqltoolkit_core))


def test_language_namespaces():
    from sqltoolkit_core import sql
    from sqltoolkit_core.sql import expression

    for module in (sql, expression):
        for name in module.__all__:
            found = getattr(module, name)
            assert getattr(sqltoolkit_core, name, found) is found


def test_unknown_name():
    with pytest.raises(AttributeError, match="no_such_name"):
        sqltoolkit_core.no_such_name


def test_what_import_does_not_load():
    code = (
        "import sys, sqltoolkit_core; "
        "print([m for m in ('asyncio', 'importlib.metadata', 'sqlite3', 'sqltoolkit_core.engine.reflection',"
        " 'sqltoolkit_core.testing', 'sqltoolkit_core.asyncio') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True)
    assert done.stdout.decode().strip() == "[]"


def test_star_import():
    namespace = {}
    exec("from sqltoolkit_core import *", namespace)
    assert set(sqltoolkit_core.__all__) <= set(namespace)


def test_modules_are_attributes_of_their_packages():
    """In a program that imported nothing but the toolkit itself."""
    code = (
        "import sqltoolkit_core as tk; "
        "modules = [tk.sql.expression, tk.sql.schema, tk.sql.ddl, tk.sql.compiler, tk.sql.functions, tk.sql.lambdas,"
        " tk.engine.url, tk.engine.events, tk.pool.impl, tk.types, tk.schema, tk.exc, tk.event, tk.dialects.sqlite]; "
        "print(all(module.__name__.startswith('sqltoolkit_core.') for module in modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True)
    assert done.stdout.decode().strip() == "True"
