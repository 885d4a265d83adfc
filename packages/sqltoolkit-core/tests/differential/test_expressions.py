"""Random expressions: type, text and parameters are those of SQLAlchemy."""

from __future__ import annotations

import pytest
from agreement import agree
from agreement import data
from agreement import examples
from agreement import rendered
from composer import Expressions
from hypothesis import given


def check(kind, choices):
    def work(library):
        element = getattr(Expressions(library, choices), kind)(3)
        in_select = library.lib.select(element)
        return [repr(element.type), str(element), rendered(element, library.default), rendered(in_select, library.sqlite)]

    agree(work)


@examples(250)
@given(data())
def test_conditions(choices):
    check("condition", choices)


@examples(250)
@given(data())
def test_numbers(choices):
    check("number", choices)


@examples(120)
@given(data())
def test_strings(choices):
    check("string", choices)


@examples(120)
@given(data())
def test_orderings(choices):
    check("ordering", choices)


@pytest.mark.parametrize("character", list(".[]:/~%() $-'\"\\\t\n;,*_"))
def test_names_of_parameters(character):
    name = "x%sy" % character

    def work(library):
        lib = library.lib
        outer = lib.column(character + name + character)
        made = [outer == 1, outer + 1 > 2, lib.select(lib.bindparam(name, 1)), lib.select(outer, outer)]
        if not character.isspace() and character != "~":
            # SQLAlchemy does not find the place of such a list
            made.append(lib.select(outer).where(outer.in_(lib.bindparam(name, [1, 2]))))
        return [rendered(each, dialect) for each in made for dialect in (library.default, library.sqlite)]

    agree(work)
