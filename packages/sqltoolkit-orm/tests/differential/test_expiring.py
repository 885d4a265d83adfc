"""What options say about objects that expire or are loaded again."""

from __future__ import annotations

from typing import Any

import pytest
from shared_models import row_of_numbers
from two_libraries import Library, agree


@pytest.mark.parametrize("names", [None, ["y"], ["x"], ["x", "y"]])
@pytest.mark.parametrize("changed", [True, False])
@pytest.mark.parametrize("option", ["defer", "load_only"])
def test_options_of_columns_when_objects_expire(both, names, changed, option):
    def program(lib: Library) -> Any:
        Row = row_of_numbers(lib)
        chosen = lib.orm.defer(Row.y, raiseload=True) if option == "defer" else lib.orm.load_only(Row.x, raiseload=True)
        row = lib.session.scalars(lib.core.select(Row).options(chosen)).one()
        if changed:
            row.y = 10
        lib.session.expire(row, names)
        return row.x, row.y

    agree(both, program)


@pytest.mark.parametrize("names", [None, ["total"], ["x"]])
def test_ad_hoc_expressions_when_objects_expire(both, names):
    def program(lib: Library) -> Any:
        Row = row_of_numbers(lib)
        chosen = lib.orm.with_expression(Row.total, Row.x + Row.y)
        row = lib.session.scalars(lib.core.select(Row).options(chosen)).one()
        lib.session.expire(row, names)
        return row.total, row.x

    agree(both, program)


@pytest.mark.parametrize("changed", [True, False])
@pytest.mark.parametrize("raiseload", [True, False, None])
def test_deferred_columns_when_objects_expire(both, changed, raiseload):
    def program(lib: Library) -> Any:
        Row = row_of_numbers(lib, deferred=True)
        options = () if raiseload is None else (lib.orm.defer(Row.y, raiseload=raiseload),)
        row = lib.session.scalars(lib.core.select(Row).options(*options)).one()
        found = []
        for first in ("x", "y"):
            if changed:
                row.y = 10
            lib.session.expire(row)
            found.extend([getattr(row, first), "y" in row.__dict__, row.y, row.x])
        return found

    agree(both, program)


@pytest.mark.parametrize("option", ["raiseload", "lazyload", "selectinload", "joinedload", "immediateload"])
@pytest.mark.parametrize("names", [None, ["name"], ["books"], ["name", "books"]])
@pytest.mark.parametrize("how", ["refresh", "expire"])
def test_refreshing_what_options_are_about(both, option, names, how):
    def program(lib: Library) -> Any:
        Author = lib.model.Author
        statement = lib.core.select(Author).where(Author.id == 1).options(getattr(lib.orm, option)(Author.books))
        author = lib.session.scalars(statement).unique().one()
        getattr(lib.session, how)(author, names)
        return author.name, sorted(set(author.__dict__) & {"name", "books"}), [book.id for book in author.books]

    agree(both, program)


@pytest.mark.parametrize("raiseload", [True, False])
@pytest.mark.parametrize("deferred", [True, False])
@pytest.mark.parametrize(
    "steps", ["y", "expire x y", "expire x expire x y", "expire x refresh y", "y expire x refresh y", "refresh y"]
)
def test_what_options_say_of_columns_ends_with_the_values_and_comes_back(both, deferred, raiseload, steps):
    def program(lib: Library) -> Any:
        Row = row_of_numbers(lib, deferred=deferred)
        option = lib.orm.defer(Row.y, raiseload=raiseload)
        row = lib.session.scalars(lib.core.select(Row).options(option)).one()
        found = []
        for step in steps.split():
            try:
                getattr(lib.session, step)(row) if step in ("expire", "refresh") else getattr(row, step)
            except lib.core.exc.InvalidRequestError:
                found.append("refused")
            found.append(sorted(set(row.__dict__) & {"x", "y"}))
        return found

    agree(both, program)
