"""Criteria that options add to entities and to relationships."""

from __future__ import annotations

from typing import Any

import pytest
from two_libraries import Library, agree


@pytest.mark.parametrize(
    "make",
    [
        lambda c, A, B: c.select(A.id).where(c.select(B.id).where(B.author_id == A.id).exists()),
        lambda c, A, B: c.select(A.id).where(A.id.in_(c.select(B.author_id).where(B.title == A.name))),
        lambda c, A, B: c.select(A.id, c.select(c.func.count(B.id)).where(B.author_id == A.id).scalar_subquery()),
        lambda c, A, B: c.select(A.id).where(
            c.select(B.id).where(c.select(B.id).where(B.author_id == A.id).correlate(A).exists()).exists()
        ),
        lambda c, A, B: c.select(A.id).where(c.select(B.id).where(B.author_id == A.id).correlate_except(B).exists()),
        lambda c, A, B: c.select(A.id).where(c.select(B.id).where(B.author_id == A.id).correlate(None).exists()),
        lambda c, A, B: c.select(A.id).select_from(c.select(B.id).where(B.author_id == A.id).subquery()),
        lambda c, A, B: c.select(A.id).where(c.select(1).where(A.name == "foo").exists()),
        lambda c, A, B: c.update(A).values(name="x").where(c.select(B.id).where(B.author_id == A.id).exists()),
        lambda c, A, B: c.delete(A).where(c.select(B.id).where(B.author_id == A.id).exists()),
        lambda c, A, B: c.select(B.id).where(B.author.has(A.name == "bob")),
        lambda c, A, B: c.select(A.id).where(A.books.any()),
    ],
)
def test_criteria_of_entities_in_subqueries(both, make):
    def program(lib: Library) -> Any:
        Author, Book = lib.model.Author, lib.model.Book
        option = lib.orm.with_loader_criteria(Author, Author.name != "name", include_aliases=True)
        return str(make(lib.core, Author, Book).options(option))

    agree(both, program)


@pytest.mark.parametrize("style", ["any", "exists"])
@pytest.mark.parametrize("first", ["Author", "Book"])
def test_criteria_that_mention_each_other(both, style, first):
    def program(lib: Library) -> Any:
        core, Author, Book = lib.core, lib.model.Author, lib.model.Book
        if style == "any":
            one, two = Author.books.any(), Book.author.has(Author.name != "bob")
        else:
            one = core.select(Book.id).where(Book.author_id == Author.id).exists()
            two = core.select(Author.id).where(Author.id == Book.author_id, Author.name != "bob").exists()
        entity = getattr(lib.model, first)
        statement = core.select(entity.id).options(
            lib.orm.with_loader_criteria(Author, one), lib.orm.with_loader_criteria(Book, two)
        )
        return str(statement), sorted(lib.session.scalars(statement).all())

    agree(both, program)


@pytest.mark.parametrize("load", ["joinedload", "selectinload", "lazyload"])
def test_values_in_the_criteria_of_loaders(both, load):
    def program(lib: Library) -> Any:
        Author, Book = lib.model.Author, lib.model.Book
        found = []
        for key in (1, 2, 1):
            lib.session.expunge_all()
            option = getattr(lib.orm, load)(Author.books.and_(~Book.id.in_([key, 99])))
            author = lib.session.scalars(lib.core.select(Author).options(option).where(Author.id == 1)).unique().one()
            found.append([book.id for book in author.books])
        return found

    agree(both, program)


def test_an_object_that_is_known_is_loaded_whatever_the_criteria(both):
    def program(lib: Library) -> Any:
        Author, session = lib.model.Author, lib.session
        author = session.get(Author, 1)

        def hide(state: Any) -> None:
            state.statement = state.statement.options(lib.orm.with_loader_criteria(Author, Author.id != 1))

        lib.core.event.listen(session, "do_orm_execute", hide)
        session.refresh(author)
        session.expire(author)
        names = [author.name]
        session.expire(author, ["name"])
        names.append(author.name)
        return names, session.scalars(lib.core.select(Author)).all()

    agree(both, program)


def test_counting_with_criteria(both):
    def program(lib: Library) -> Any:
        Author = lib.model.Author
        query = lib.session.query(Author).options(lib.orm.with_loader_criteria(Author, Author.id != 1))
        return query.count(), lib.statements[-1], query.union(query).all()

    agree(both, program)


@pytest.mark.parametrize("keep", [True, False])
def test_sources_that_stay_keep_their_criteria(both, keep):
    def program(lib: Library) -> Any:
        Author = lib.model.Author
        chosen = lib.orm.with_loader_criteria(Author, Author.name == "bob")
        statement = lib.core.select(Author.id).options(chosen)
        statement = statement.with_only_columns(lib.core.func.count(), maintain_column_froms=keep)
        return lib.session.scalars(statement).all()

    agree(both, program)


def test_sources_of_the_columns_keep_their_criteria(both):
    def program(lib: Library) -> Any:
        Author = lib.model.Author
        chosen = lib.orm.with_loader_criteria(Author, Author.name == "bob")
        statement = lib.core.select(Author.id).options(chosen)
        statement = statement.select_from(*statement.columns_clause_froms).with_only_columns(lib.core.func.count())
        return lib.session.scalars(statement).all()

    agree(both, program)


def joined_with_criteria(lib: Library, of_base: bool) -> Any:
    core, orm, Author, Book = lib.core, lib.orm, lib.model.Author, lib.model.Book
    least = 2
    chosen = orm.with_loader_criteria(lib.model.Base if of_base else Author, lambda cls: cls.id >= least)
    statement = core.select(Author).join(Author.books).where(Book.title != "b1").options(chosen)
    return [str(source) for source in statement.get_final_froms()], len(lib.session.scalars(statement).all())


def test_what_stands_in_from_beside_criteria(both):
    agree(both, lambda lib: joined_with_criteria(lib, False))
    # the other library has no such criteria, since the base has no id
    assert joined_with_criteria(both[0], True) == joined_with_criteria(both[0], False)
