"""Options of loaders: what is loaded along with a statement, and how far."""

from __future__ import annotations

from typing import Any

import pytest
from shared_models import many_to_many
from two_libraries import Library, agree


@pytest.mark.parametrize("windowed", [True, False])
def test_joined_collections_of_deferred_keys(both, windowed):
    def program(lib: Library) -> Any:
        core, orm = lib.core, lib.orm
        A, B, _ = many_to_many(lib, key="code")
        lib.session.add_all([A(id=1, code=7, bs=[B(id=1), B(id=2)]), A(id=2, code=8, bs=[B(id=3)])])
        lib.session.commit()
        statement = core.select(A).options(orm.load_only(A.x), orm.joinedload(A.bs)).order_by(A.id)
        if windowed:
            statement = statement.limit(1)
        return [[b.id for b in a.bs] for a in lib.session.scalars(statement).unique()]

    agree(both, program)


@pytest.mark.parametrize(
    "make",
    [
        lambda core, Author, Book: core.select(Author).where(Author.id == Book.author_id).order_by(Book.title),
        lambda core, Author, Book: core.select(Author).where(Author.id == Book.author_id).order_by(Book.title).limit(2),
        lambda core, Author, Book: core.select(Author, Book).order_by(Author.id, Book.id),
        lambda core, Author, Book: core.select(Author).join(Author.books).order_by(Author.id),
        lambda core, Author, Book: core.select(Author).select_from(core.join(Author, Book)).order_by(Author.id),
    ],
)
def test_collections_of_objects_in_several_rows(both, make):
    def program(lib: Library) -> Any:
        Author, Book = lib.model.Author, lib.model.Book
        statement = make(lib.core, Author, Book).options(lib.orm.joinedload(Author.books))
        rows = lib.session.execute(statement).unique().all()
        return [(row[0].id, [book.id for book in row[0].books]) for row in rows]

    agree(both, program)


def test_collections_of_an_object_that_several_lead_to(both):
    def program(lib: Library) -> Any:
        Author, Book = lib.model.Author, lib.model.Book
        option = lib.orm.joinedload(Book.author).joinedload(Author.books)
        books = lib.session.scalars(lib.core.select(Book).order_by(Book.id).options(option)).unique().all()
        return [[book.id for book in found.author.books] for found in books]

    agree(both, program)


def test_collections_of_aliases_of_repeating_rows(both):
    def program(lib: Library) -> Any:
        core, Author = lib.core, lib.model.Author
        repeated = core.union_all(core.select(Author), core.select(Author)).subquery()
        alias = lib.orm.aliased(Author, repeated)
        statement = core.select(alias).options(lib.orm.joinedload(alias.books)).order_by(alias.id)
        return [[book.id for book in author.books] for author in lib.session.scalars(statement).unique()]

    agree(both, program)


def test_collections_of_textual_statements_of_repeating_rows(both):
    def program(lib: Library) -> Any:
        core, Author, Book = lib.core, lib.model.Author, lib.model.Book
        text = core.text("SELECT author.id, author.name, book.id, book.title, book.author_id FROM author, author AS o, book "
                         "WHERE author.id = book.author_id ORDER BY author.id, book.id")
        statement = text.columns(Author.id, Author.name, Book.id, Book.title, Book.author_id)
        query = lib.session.query(Author).from_statement(statement).options(lib.orm.contains_eager(Author.books))
        return [[book.id for book in author.books] for author in lib.session.execute(query.statement).unique().scalars()]

    agree(both, program)


def test_members_that_a_table_between_has_twice(both):
    def program(lib: Library) -> Any:
        core, orm = lib.core, lib.orm
        A, B, link = many_to_many(lib)
        lib.session.add_all([A(id=1, bs=[B(id=1), B(id=2)])])
        lib.session.flush()
        lib.session.execute(link.insert().values(a_key=1, b_id=2))
        found = []
        for load in (orm.joinedload, orm.selectinload, orm.lazyload):
            lib.session.expire_all()
            one = lib.session.scalars(core.select(A).options(load(A.bs))).unique().one()
            found.append([b.id for b in one.bs])
        return found

    agree(both, program)


@pytest.mark.parametrize("load", ["selectinload", "immediateload"])
@pytest.mark.parametrize("depth", [None, 1, -1])
def test_depth_of_what_does_not_recur(both, load, depth):
    def program(lib: Library) -> Any:
        Author = lib.model.Author
        option = getattr(lib.orm, load)(Author.books, recursion_depth=depth)
        return [[book.id for book in author.books] for author in lib.session.scalars(lib.core.select(Author).options(option))]

    agree(both, program)


@pytest.mark.parametrize("load", ["joinedload", "selectinload", "lazyload"])
@pytest.mark.parametrize("again", [True, False])
@pytest.mark.parametrize("direction", ["one", "many"])
def test_several_rows_for_one_object(both, load, again, direction):
    def program(lib: Library) -> Any:
        core, orm = lib.core, lib.orm
        link = core.Table(
            "link", lib.Base.metadata, core.Column("a_id", core.ForeignKey("a.id")), core.Column("b_id", core.ForeignKey("b.id"))
        )

        class A(lib.Base):
            __tablename__ = "a"
            id = core.Column(core.Integer, primary_key=True)
            arguments = {"secondary": link} if direction == "many" else {}
            b = orm.relationship("B", uselist=False, order_by="B.id", **arguments)

        class B(lib.Base):
            __tablename__ = "b"
            id = core.Column(core.Integer, primary_key=True)
            a_id = core.Column(core.ForeignKey("a.id"))

        lib.create_tables()
        lib.session.add_all([A(id=1), A(id=2), A(id=3), B(id=1, a_id=1), B(id=2, a_id=1), B(id=3, a_id=2)])
        lib.session.flush()
        for values in ((1, 1), (1, 2), (2, 3)):
            lib.session.execute(link.insert().values(values))
        lib.session.commit()
        lib.session.expunge_all()
        options = {"populate_existing": True} if again else {}
        kept = lib.session.scalars(core.select(A).order_by(A.id)).all() if again else None
        statement = core.select(A).options(getattr(orm, load)(A.b)).order_by(A.id)
        found = lib.session.scalars(statement, execution_options=options).all()
        return len(kept or ()), [a.b and a.b.id for a in found]

    agree(both, program)


@pytest.mark.parametrize("loaded", ["books", "tags", "nothing"])
@pytest.mark.parametrize("changed", [True, False])
@pytest.mark.parametrize("existing", [True, False])
def test_more_levels_of_what_is_loaded(both, loaded, changed, existing):
    def program(lib: Library) -> Any:
        Author, Book = lib.model.Author, lib.model.Book
        lib.session.autoflush = False
        author = lib.session.get(Author, 1)
        if loaded != "nothing":
            author.books
        if loaded == "tags":
            author.books[0].tags
        if changed:
            author.books.append(Book(title="new"))
            author.books[0].title = "changed"
        statement = lib.core.select(Author).options(lib.orm.selectinload(Author.books).selectinload(Book.tags))
        lib.session.scalars(statement, execution_options={"populate_existing": existing}).all()
        return [(book.title, "tags" in book.__dict__) for book in author.books]

    agree(both, program)


def test_more_levels_of_one_object_that_is_loaded(both):
    def program(lib: Library) -> Any:
        Author, Book = lib.model.Author, lib.model.Book
        books = lib.session.scalars(lib.core.select(Book).order_by(Book.id)).all()
        authors = [book.author for book in books]
        statement = lib.core.select(Book).options(lib.orm.selectinload(Book.author).selectinload(Author.books))
        lib.session.scalars(statement).all()
        return [(author.id, "books" in author.__dict__) for author in authors]

    agree(both, program)


@pytest.mark.parametrize("made_by", ["contains_eager", "of_the_option"])
def test_joins_of_a_statement_are_not_those_of_later_loads(both, made_by):
    def program(lib: Library) -> Any:
        core, orm, Author, Book, Tag = lib.core, lib.orm, lib.model.Author, lib.model.Book, lib.model.Tag
        first = orm.defaultload(Author.books)
        second = first.contains_eager(Book.tags) if made_by == "contains_eager" else (
            first.options(orm.contains_eager(Book.tags))
        )
        statement = core.select(Author).join(Author.books).join(Book.tags).order_by(Author.id, Book.id, Tag.id)
        statement = statement.options(orm.contains_eager(Author.books), second)
        authors = lib.session.scalars(statement).unique().all()
        read = lambda: [[[tag.id for tag in book.tags] for book in author.books] for author in authors]
        found = [read()]
        lib.session.expire_all()
        found.append(read())
        lib.session.expire(authors[0], ["books"])
        return [*found, read()]

    agree(both, program)


def test_options_go_on_beyond_joins_of_the_statement(both):
    def program(lib: Library) -> Any:
        core, orm, Author, Book, Tag = lib.core, lib.orm, lib.model.Author, lib.model.Book, lib.model.Tag
        statement = core.select(Author).join(Author.books).order_by(Author.id, Book.id)
        statement = statement.options(orm.contains_eager(Author.books).selectinload(Book.tags).selectinload(Tag.books))
        authors = lib.session.scalars(statement).unique().all()
        return [
            [(book.id, [(tag.id, "books" in tag.__dict__) for tag in book.__dict__["tags"]]) for book in author.books]
            for author in authors
        ]

    agree(both, program)
