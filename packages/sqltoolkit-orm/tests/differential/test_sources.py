"""What stands in FROM: entities, joins along relationships, aliases."""

from __future__ import annotations

from typing import Any

import pytest
from two_libraries import Library, agree


@pytest.mark.parametrize(
    "join",
    [
        lambda lib, Author, Book, Tag: lib.core.select(Author).join_from(Book, Author.books),
        lambda lib, Author, Book, Tag: lib.core.select(Author).join_from(Tag, Book.author),
        lambda lib, Author, Book, Tag: lib.core.select(Author).join_from(Author, Author.books),
        lambda lib, Author, Book, Tag: lib.core.select(Author).join(Author.books.of_type(Book)),
        lambda lib, Author, Book, Tag: lib.core.select(Author).join(Tag, Author.books),
        lambda lib, Author, Book, Tag: lib.core.select(Author).join(lib.orm.aliased(Tag), Author.books),
        lambda lib, Author, Book, Tag: lib.core.select(Author).join(lib.orm.aliased(Book), Author.books),
        lambda lib, Author, Book, Tag: lib.session.query(Author).join(Tag, Author.books),
    ],
)
def test_sides_of_joins_along_relationships(both, join):
    def program(lib: Library) -> Any:
        return str(join(lib, lib.model.Author, lib.model.Book, lib.model.Tag))

    agree(both, program)


@pytest.mark.parametrize(
    "make",
    [
        lambda core, Author, Book: core.select(Author.id),
        lambda core, Author, Book: core.select(Author.id).join(Author.books),
        lambda core, Author, Book: core.select(Author.id, Book.id),
        lambda core, Author, Book: core.select(core.func.count()).select_from(Author).join(Book),
    ],
)
def test_what_stands_in_from(both, make):
    def program(lib: Library) -> Any:
        statement = make(lib.core, lib.model.Author, lib.model.Book)
        return [str(source) for source in statement.get_final_froms()]

    agree(both, program)


@pytest.mark.parametrize("union", [True, False])
def test_a_select_is_no_source_of_an_alias(both, union):
    def program(lib: Library) -> Any:
        statement = lib.core.select(lib.model.Author.id)
        return lib.orm.aliased(statement.union(statement) if union else statement)

    agree(both, program)
