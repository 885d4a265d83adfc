"""The assertions fail when they should, and say why."""

from __future__ import annotations

import warnings

import pytest

from sqltoolkit_core import Column
from sqltoolkit_core import Integer
from sqltoolkit_core import MetaData
from sqltoolkit_core import Table
from sqltoolkit_core import column
from sqltoolkit_core import exc
from sqltoolkit_core import select
from sqltoolkit_core.dialects import sqlite
from sqltoolkit_core.testing import assertions
from sqltoolkit_core.testing.assertions import AssertsCompiledSQL
from sqltoolkit_core.testing.assertions import compiled_text
from sqltoolkit_core.testing.assertions import expect_raises
from sqltoolkit_core.testing.assertions import expect_raises_message
from sqltoolkit_core.testing.assertions import expect_warnings
from sqltoolkit_core.testing.assertions import one_line

t = Table("t", MetaData(), Column("a", Integer), Column("b", Integer))


@pytest.mark.parametrize(
    "name, good, bad, found",
    [
        ("eq_", (1, 1.0), (1, 2), "1 != 2"), ("ne_", (1, 2), (1, 1), "1 == 1"), ("is_", (t, t), ([], []), r"\[\] is not \[\]"),
        ("is_not", ([], []), (t, t), "is Table"), ("in_", (1, [1]), (2, [1]), r"2 is not in \[1\]"),
    ],
)  # fmt: skip
def test_values(name, good, bad, found):
    check = getattr(assertions, name)
    check(*good)
    with pytest.raises(AssertionError, match=found):
        check(*bad)
    with pytest.raises(AssertionError, match="my own words"):
        check(*bad + ("my own words",))


class TestErrors:
    def test_the_error_is_kept(self):
        with expect_raises(exc.SQLAlchemyError) as caught:
            raise exc.ArgumentError("found this")
        assert type(caught.error) is exc.ArgumentError

    def test_no_error(self):
        with pytest.raises(AssertionError, match="no .*ArgumentError.* was raised"):
            with expect_raises(exc.ArgumentError):
                pass

    def test_another_class_goes_on(self):
        with pytest.raises(KeyError), expect_raises(ValueError):
            raise KeyError("x")

    def test_text(self):
        with expect_raises_message((ValueError, KeyError), "f.und"):
            raise ValueError("what was found")
        with pytest.raises(AssertionError, match="'other' does not match 'found'"):
            with expect_raises_message(ValueError, "found"):
                raise ValueError("other")


class TestWarnings:
    def test_all_and_no_others(self):
        with expect_warnings("one", "two") as seen:
            warnings.warn("number one", exc.SAWarning)
            warnings.warn("number two", exc.SAWarning)
            warnings.warn("of another kind", UserWarning)
        assert len(seen) == 3
        with pytest.raises(AssertionError, match="no warning matches 'two'"):
            with expect_warnings("one", "two"):
                warnings.warn("number one", exc.SAWarning)
        with pytest.raises(AssertionError, match="unexpected: 'number two'"):
            with expect_warnings("one"):
                warnings.warn("number one", exc.SAWarning)
                warnings.warn("number two", exc.SAWarning)

    def test_of_a_category(self):
        with expect_warnings("old", category=exc.SADeprecationWarning):
            warnings.warn("old", exc.SADeprecationWarning)
        with pytest.raises(AssertionError, match="no warning matches"):
            with expect_warnings("old", category=exc.SADeprecationWarning):
                warnings.warn("old", exc.SAWarning)

    def test_filters_are_as_before(self):
        with warnings.catch_warnings():
            warnings.simplefilter("error", exc.SAWarning)
            with expect_warnings("x"):
                warnings.warn("x", exc.SAWarning)
            with pytest.raises(exc.SAWarning):
                warnings.warn("x", exc.SAWarning)


class TestText(AssertsCompiledSQL):
    def test_lines(self):
        assert one_line("SELECT a \nFROM t\n\tWHERE") == "SELECT a FROM tWHERE"
        assert compiled_text(select(t.c.a)) == "SELECT t.a FROM t"
        assert compiled_text(t.c.a == 5, sqlite.dialect(), literal_binds=True) == "t.a = 5"

    def test_compiled_is_returned(self):
        compiled = self.assert_compile(t.c.a == 5, "t.a = :a_1", checkparams={"a_1": 5})
        assert compiled.params == {"a_1": 5}

    @pytest.mark.parametrize(
        "result, options",
        [
            ("t.a = :a_2", {}), ("t.a = :a_1", {"checkparams": {"a_1": 6}}), ("t.a = :a_1", {"dialect": sqlite.dialect()}),
            ("t.a = ?", {"dialect": sqlite.dialect(), "checkpositional": (6,)}),
        ],
    )  # fmt: skip
    def test_differences_fail(self, result, options):
        with pytest.raises(AssertionError):
            self.assert_compile(t.c.a == 5, result, **options)

    def test_options(self):
        insert = t.insert()
        self.assert_compile(insert, "INSERT INTO t (a) VALUES (:a)", params={"a": 1}, checkparams={"a": 1})
        self.assert_compile(insert, "INSERT INTO t (b) VALUES (:b)", column_keys=["b"])
        self.assert_compile(t.c.a.in_([1]), "t.a IN (:a_1_1)", render_postcompile=True)
        self.assert_compile(t.c.a.in_([1]), "t.a IN (1)", literal_binds=True)
        inside = Table("t", MetaData(), Column("a", Integer), schema="s")
        self.assert_compile(select(inside), "SELECT __[SCHEMA_s].t.a FROM __[SCHEMA_s].t", schema_translate_map={"s": "z"})
        assert self.assert_compile(insert, "INSERT INTO t (a) VALUES (:a)", params={"a": 1}, for_executemany=True).for_executemany


class TestDialectOfAClass(AssertsCompiledSQL):
    __dialect__ = sqlite.dialect()

    def test_it_is_used(self):
        self.assert_compile(column("a") == 5, "a = ?", checkpositional=(5,))
