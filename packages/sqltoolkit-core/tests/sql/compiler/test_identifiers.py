"""Quoting and formatting of names."""

from __future__ import annotations

import pytest

from sqltoolkit_core import CheckConstraint
from sqltoolkit_core import Column
from sqltoolkit_core import Index
from sqltoolkit_core import Integer
from sqltoolkit_core import LABEL_STYLE_TABLENAME_PLUS_COL
from sqltoolkit_core import MetaData
from sqltoolkit_core import Sequence
from sqltoolkit_core import String
from sqltoolkit_core import Table
from sqltoolkit_core import UniqueConstraint
from sqltoolkit_core import cast
from sqltoolkit_core import column
from sqltoolkit_core import exc
from sqltoolkit_core import literal_column
from sqltoolkit_core import select
from sqltoolkit_core.engine.default import DefaultDialect
from sqltoolkit_core.sql.compiler import IdentifierPreparer
from sqltoolkit_core.sql.compiler import RESERVED_WORDS
from sqltoolkit_core.sql.ddl import DropTable
from sqltoolkit_core.sql.names import quoted_name


def preparer(style="named", **options):
    return IdentifierPreparer(DefaultDialect(paramstyle=style), **options)


def lines(statement):
    return str(statement.compile(dialect=DefaultDialect())).replace(" \n", " ")


class TestQuotedLabels:
    """What a column says of quoting holds for labels made of its name, which are read by it."""

    table = Table(quoted_name("T", False), MetaData(), Column(quoted_name("a", True), Integer), Column("b", Integer))

    def test_in_subqueries(self):
        inner = select(self.table.c.a).subquery("q")
        assert lines(select(inner)) == 'SELECT q."a" FROM (SELECT T."a" AS "a" FROM T) AS q'

    def test_qualified_by_the_table(self):
        statement = select(self.table).set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
        assert lines(statement) == 'SELECT T."a" AS "T_a", T.b AS T_b FROM T'
        assert lines(select(statement.subquery("q"))).startswith('SELECT q."T_a", q.T_b FROM')

    def test_qualified_by_an_alias_without_a_name(self):
        statement = select(self.table.alias().c.a).set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
        assert lines(statement) == 'SELECT "T_1"."a" AS "T_1_a" FROM T AS "T_1"'

    def test_taken_over_by_casts(self):
        assert lines(select(cast(self.table.c.a, String))) == 'SELECT CAST(T."a" AS VARCHAR) AS "a" FROM T'


class TestQuoting:
    @pytest.mark.parametrize(
        "name, expected",
        [
            ("plain", "plain"), ("select", '"select"'), ("Mixed", '"Mixed"'), ("a b", '"a b"'), ("1a", '"1a"'),
            ('a"b', '"a""b"'), (quoted_name("plain", True), '"plain"'), (quoted_name("Mixed", False), "Mixed"),
            ("", '""'), ("$a", '"$a"'), ("a$1", "a$1"), ("_a", "_a"), ("a\n", '"a\n"'), ("\u00e9", '"\u00e9"'),
            (quoted_name("Mixed", None), '"Mixed"'), ("SELECT", '"SELECT"'),
        ],
    )  # fmt: skip
    def test_where_needed(self, name, expected):
        one = preparer()
        assert one.quote(name) == one.quote(name) == one.quote_schema(name) == expected

    def test_a_forced_name_does_not_change_plain_ones(self):
        one = preparer()
        assert one.quote(quoted_name("a", True)) == '"a"'
        assert one.quote("a") == "a" and one.quote(quoted_name("a", True)) == '"a"'

    def test_percent_signs_are_doubled_for_drivers_that_interpolate(self):
        assert preparer("format").quote("a%b") == '"a%%b"'
        assert preparer("qmark").quote("a%b") == '"a%b"'

    @pytest.mark.parametrize("name", ["__[SCHEMA_x]", "__[POSTCOMPILE_x]", "a\x02b", "\x05"])
    def test_marks_of_the_compiler_are_refused(self, name):
        with pytest.raises(exc.CompileError, match="marks places"):
            preparer().quote(name)

    def test_other_quotes(self):
        brackets = preparer(initial_quote="[", final_quote="]", escape_quote="]")
        assert brackets.quote("a]b c") == "[a]]b c]"
        assert brackets.unformat_identifiers("[a]]b].plain.[c.d]") == ["a]b", "plain", "c.d"]
        ticks = preparer(initial_quote="`", escape_quote="`")
        assert ticks.quote("a`b") == "`a``b`" and ticks.unformat_identifiers("`a``b`") == ["a`b"]

    def test_words_of_a_dialect(self):
        class Own(IdentifierPreparer):
            reserved_words = RESERVED_WORDS | {"lookup"}
            illegal_initial_characters = frozenset("_")

        own = Own(DefaultDialect())
        assert [own.quote(name) for name in ("lookup", "_a", "1a")] == ['"lookup"', '"_a"', "1a"]

    def test_taking_apart(self):
        assert list(preparer().unformat_identifiers('a."b.c"."d"')) == ["a", "b.c", "d"]
        assert list(preparer().unformat_identifiers('"a""b"')) == ['a"b']


class TestPhrases:
    @pytest.mark.parametrize("phrase", ["CASCADE", "set null", "year", None])
    def test_words_are_taken(self, phrase):
        assert preparer().validate_sql_phrase(phrase) == phrase

    @pytest.mark.parametrize("phrase", ["", "a; b", "a--", "a  b", "1", "a\n", "a)"])
    def test_nothing_else(self, phrase):
        with pytest.raises(exc.CompileError, match="expected something that matches"):
            preparer().validate_sql_phrase(phrase)


class TestCollations:
    def test_quoted_or_refused(self):
        assert preparer().format_collation("de-DE") == '"de-DE"'
        assert preparer().format_collation("nocase", "The Schema") == '"The Schema".nocase'
        plain = preparer(quote_case_sensitive_collations=False)
        assert plain.format_collation("utf8mb4_DE") == "utf8mb4_DE"
        assert plain.format_collation(quoted_name("de-DE", False)) == "de-DE"
        for name in ("de-DE", "a b", "", "1a"):
            with pytest.raises(exc.CompileError, match="letters, digits and underscores"):
                plain.format_collation(name)


class TestObjects:
    table = Table("The Table", MetaData(), Column("id", Integer, primary_key=True), Column("Key", Integer), schema="s")

    def test_tables(self):
        one = preparer()
        assert one.format_table(self.table) == 's."The Table"'
        assert one.format_table(self.table, use_schema=False) == '"The Table"'
        assert one.format_table(self.table, name="other") == "s.other"
        assert one.format_table_seq(self.table) == ("s", '"The Table"')
        without = preparer(omit_schema=True)
        assert without.format_table(self.table) == '"The Table"' and without.format_table_seq(self.table) == ('"The Table"',)

    def test_columns(self):
        one, key = preparer(), self.table.c.Key
        assert one.format_column(key) == '"Key"' and one.format_column(key, name="x") == "x"
        assert one.format_column(key, use_table=True) == '"The Table"."Key"'
        assert one.format_column(key, use_table=True, use_schema=True) == 's."The Table"."Key"'
        assert one.format_column(key, use_table=True, table_name="t") == 't."Key"'
        assert one.format_column(literal_column("a b")) == "a b" and one.format_column(column("a b")) == '"a b"'

    def test_sequences(self):
        assert preparer().format_sequence(Sequence("Q", schema="s")) == 's."Q"'
        assert preparer().format_sequence(Sequence("Q", schema="s"), use_schema=False) == '"Q"'
        assert preparer(omit_schema=True).format_sequence(Sequence("q", schema="s")) == "q"

    def test_other_names(self):
        one = preparer()
        assert one.format_label(None, "a b") == one.format_alias(None, "a b") == one.format_schema("a b") == '"a b"'
        alias = self.table.alias("A")
        assert one.format_alias(alias) == '"A"'


class TestConstraintNames:
    def dialect(self, **lengths):
        dialect = DefaultDialect(max_identifier_length=20)
        for name, value in lengths.items():
            setattr(dialect, name, value)
        return dialect

    def table(self, *items):
        convention = {"uq": "uq_%(table_name)s_%(column_0_name)s", "ix": "ix_%(table_name)s_%(column_0_name)s"}
        metadata = MetaData(naming_convention=convention)
        return Table("a_long_table_name", metadata, Column("a_long_column_name", Integer), *items)

    def test_conventional_names_are_shortened(self):
        unique = UniqueConstraint("a_long_column_name")
        self.table(unique)
        name = self.dialect().identifier_preparer.format_constraint(unique)
        assert name.startswith("uq_a_long_ta") and len(name) == 17
        assert name == self.dialect().identifier_preparer.format_constraint(unique)
        assert len(self.dialect(max_constraint_name_length=12).identifier_preparer.format_constraint(unique)) == 9
        assert len(self.dialect(max_index_name_length=12).identifier_preparer.format_constraint(unique)) == 17

    def test_indexes_have_a_limit_of_their_own(self):
        index = Index(None, "a_long_column_name")
        self.table(index)
        assert len(self.dialect(max_index_name_length=12).identifier_preparer.format_index(index)) == 9
        assert len(self.dialect(max_constraint_name_length=12).identifier_preparer.format_index(index)) == 17

    def test_given_names_are_not(self):
        unique = UniqueConstraint("a_long_column_name", name="a_name_that_is_too_long")
        self.table(unique)
        with pytest.raises(exc.IdentifierError, match="a_name_that_is_too_long"):
            self.dialect().identifier_preparer.format_constraint(unique)

    def test_no_name(self):
        check = CheckConstraint("1 = 1")
        self.table(check)
        assert self.dialect().identifier_preparer.format_constraint(check) is None

    def test_unquoted(self):
        unique = UniqueConstraint("a_long_column_name", name="The Name")
        self.table(unique)
        one = self.dialect().identifier_preparer
        assert one.format_constraint(unique, _alembic_quote=False) == "The Name"
        assert one.format_constraint(unique) == '"The Name"'


class TestSchemaTranslation:
    inside = Table("t", MetaData(), Column("id", Integer), schema="s")
    outside = Table("t", MetaData(), Column("id", Integer))

    def drop(self, table, compiled_for, used):
        compiled = DropTable(table).compile(schema_translate_map=compiled_for)
        return compiled.preparer.render_schema_translates(str(compiled), used).strip()

    @pytest.mark.parametrize(
        "table, names, expected",
        [
            (inside, {"s": "o t"}, '"o t".t'), (inside, {"other": "x"}, "s.t"), (outside, {"s": "x"}, "t"),
            (outside, {None: "x"}, "x.t"), (inside, {None: "x"}, "s.t"), (inside, {"s": "__[x"}, '"__[x".t'),
        ],
    )  # fmt: skip
    def test_names(self, table, names, expected):
        assert self.drop(table, names, names) == "DROP TABLE " + expected

    def test_token(self):
        compiled = DropTable(self.inside).compile(schema_translate_map={"s": "o t"})
        assert str(compiled) == "\nDROP TABLE __[SCHEMA_s].t"

    def test_maps_have_to_agree_about_none(self):
        with pytest.raises(exc.InvalidRequestError, match="had none when"):
            self.drop(self.inside, {"s": "x"}, {None: "x"})
        with pytest.raises(exc.InvalidRequestError, match="has none now"):
            self.drop(self.outside, {None: "x"}, {"s": "x"})

    def test_default_schema(self):
        with pytest.raises(exc.CompileError, match="knows no default schema"):
            self.drop(self.inside, {"s": None}, {"s": None})
        dialect = DefaultDialect()
        dialect.default_schema_name = "main"
        compiled = select(self.inside.c.id).compile(dialect=dialect, schema_translate_map={"s": None})
        assert compiled.preparer.render_schema_translates(str(compiled), {"s": None}) == "SELECT main.t.id \nFROM main.t"

    def test_brackets_in_names(self):
        table = Table("t", MetaData(), Column("id", Integer), schema="a[b]")
        with pytest.raises(exc.CompileError, match="square brackets"):
            self.drop(table, {"a[b]": "x"}, {"a[b]": "x"})
        assert str(DropTable(table)) == '\nDROP TABLE "a[b]".t'
