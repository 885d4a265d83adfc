"""The facade of types: every type is there, upper-case ones name one database type each."""

from __future__ import annotations

from sqltoolkit_core import types


def test_names():
    for name in types.__all__:
        assert getattr(types, name) is not None, name


def test_upper_case_types_render_their_name():
    for name in types.__all__:
        found = getattr(types, name)
        if name.isupper() and isinstance(found, type) and name not in ("ARRAY", "JSON", "NULLTYPE"):
            text = str(found())
            assert text == {"DOUBLE_PRECISION": "DOUBLE PRECISION", "INT": "INTEGER"}.get(name, name)
