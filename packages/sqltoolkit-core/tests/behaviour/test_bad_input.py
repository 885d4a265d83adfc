"""What is given by mistake: the error says what was found, where, and what was probably meant."""

from __future__ import annotations

import pickle

import pytest

import sqltoolkit_core as sa
from sqltoolkit_core import schema

metadata = sa.MetaData()
station = sa.Table(
    "station", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String), sa.Column("height", sa.Integer)
)  # fmt: skip


@pytest.mark.parametrize(
    "look, text",
    [
        (lambda: station.c.nmae, "there is no column 'nmae' in 'station'; did you mean 'name'?"),
        (lambda: station.c.depth_of, "there is no column 'depth_of' in 'station', which has id, name, height"),
        (lambda: station.alias("a").c.hight, "there is no column 'hight' in 'a'; did you mean 'height'?"),
        (lambda: sa.select(station).subquery("q").c.nam, "there is no column 'nam' in 'q'; did you mean 'name'?"),
        (lambda: sa.select(station.c.id, sa.literal(1).label("one")).selected_columns.on, "in these columns; did you mean 'one'?"),
        (lambda: sa.values(sa.column("a"), name="v").c.b, "there is no column 'b' in 'v', which has a"),
        (lambda: sa.Table("wide", sa.MetaData(), *[sa.Column("c%d" % n) for n in range(40)]).c.x, "in 'wide', which has 40 others"),
    ],
)  # fmt: skip
def test_columns_that_are_not_there(look, text):
    with pytest.raises(AttributeError) as caught:
        look()
    assert text in str(caught.value)
    assert not hasattr(station.c, "nmae") and not hasattr(station.c, "__clause_element__")


@pytest.mark.parametrize("key", ["nmae", ("id", "nmae")])
def test_keys_that_are_not_there(key):
    with pytest.raises(KeyError) as caught:
        station.c[key]
    assert str(caught.value) == "there is no column 'nmae' in 'station'; did you mean 'name'?"
    assert caught.value.args == ("nmae",)
    again = pickle.loads(pickle.dumps(caught.value))
    assert type(again) is type(caught.value) and str(again) == str(caught.value)


@pytest.mark.parametrize("make", [lambda: sa.insert(station).values(nmae=1), lambda: sa.update(station).values(nmae=1)])
def test_values_for_columns_that_are_not_there(make):
    with pytest.raises(sa.exc.CompileError, match="table 'station' does not have: nmae. It has: id, name, height"):
        make().compile()


@pytest.mark.parametrize(
    "make, text",
    [
        (lambda: sa.extract(5, station.c.id), "name of a field.* got 5"),
        (lambda: sa.collate(station.c.name, 5), "collation is given by its name, found 5"),
        (lambda: sa.over(5), "OVER stands behind a function.* found 5"),
        (lambda: sa.values(5), r"values\(\) takes column\(\) objects and got 5"),
        (lambda: sa.values(sa.column("a")).data(5), "takes a list of tuples.* got 5"),
        (lambda: sa.values(sa.column("a")).data("ab"), "takes a list of tuples.* got 'ab'"),
        (lambda: sa.table("t", 5), r"table\(\) takes column\(\) objects and got 5"),
        (lambda: sa.column(5), r"column\(\) takes the name of a column and got 5"),
        (lambda: sa.text("x").bindparams(5), r"takes bindparam\(\) objects and name=value, found 5"),
        (lambda: station.c.id.op(5), "operator is given as text, found 5"),
        (lambda: sa.Enum("a", 5), "Enum takes strings or one enumerated class, found 5"),
        (lambda: sa.MetaData(naming_convention=5), "naming_convention is a dictionary, found 5"),
        (lambda: station.to_metadata(5), r"to_metadata\(\) takes a MetaData and got 5"),
        (lambda: schema.CreateTable(5), r"CreateTable\(\) takes a Table and got 5"),
        (lambda: metadata.create_all(5), "on an Engine or Connection, found 5"),
        (lambda: metadata.drop_all("sqlite://"), "on an Engine or Connection, found 'sqlite://'"),
        (lambda: sa.and_(sa.true(), station.c.id + 1, [station.c.id == 1]), r"condition for WHERE or HAVING, found \["),
        (lambda: sa.select(sa.select(station.c.id)), "found the Select 'SELECT station.id FROM station'; make it a value"),
    ],
)  # fmt: skip
def test_arguments_of_another_kind(make, text):
    with pytest.raises(sa.exc.ArgumentError, match=text):
        make()


def test_long_statements_are_shown_in_part():
    long = sa.select(*[station.c.name.label("n%d" % n) for n in range(100)])
    with pytest.raises(sa.exc.ArgumentError) as caught:
        sa.select(long)
    assert "SELECT station.name AS n0, " in str(caught.value) and len(str(caught.value)) < 400


def test_what_cannot_be_written_is_shown_by_its_class():
    class Odd(sa.ColumnElement):
        __visit_name__ = "odd"
        inherit_cache = True

    with pytest.raises(sa.exc.ArgumentError, match="found <.*Select at 0x"):
        sa.select(station).limit(sa.select(Odd()))


def test_a_type_in_the_place_of_a_name():
    # what a class body with column() written for Column() has; the mapping warns of it
    wrong = sa.column(sa.Integer)
    with pytest.raises(sa.exc.CompileError, match="A name is needed and .*Integer.* was given"):
        str(sa.select(wrong))
