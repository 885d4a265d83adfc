"""Mapped classes that several programs use, each written once, in terms of either library.

What `authors_and_books` returns is ``Library.model``, with rows; a program that uses one of the others creates the rows.
"""

from __future__ import annotations

import types
from typing import Any, Dict, Optional, Tuple


def authors_and_books(core: Any, orm: Any) -> types.SimpleNamespace:
    """Authors of books that have tags, with synonyms and a relationship for viewing only, beside the library itself."""

    class Base(orm.DeclarativeBase):
        pass

    book_tag = core.Table(
        "book_tag",
        Base.metadata,
        core.Column("book_id", core.ForeignKey("book.id"), primary_key=True),
        core.Column("tag_id", core.ForeignKey("tag.id"), primary_key=True),
    )

    class Author(Base):
        __tablename__ = "author"
        id = core.Column(core.Integer, primary_key=True)
        name = core.Column(core.String(20))
        alias = orm.synonym("name")
        key = orm.synonym("id")
        books = orm.relationship("Book", back_populates="author", order_by="Book.id")

    class Book(Base):
        __tablename__ = "book"
        id = core.Column(core.Integer, primary_key=True)
        title = core.Column(core.String(20))
        author_id = core.Column(core.ForeignKey("author.id"))
        author = orm.relationship("Author", back_populates="books")
        tags = orm.relationship("Tag", secondary=book_tag, back_populates="books", order_by="Tag.id")
        namesake = orm.relationship(
            "Author",
            primaryjoin="and_(Author.id == foreign(Book.author_id), Author.name == Book.title)",
            viewonly=True,
        )

    class Tag(Base):
        __tablename__ = "tag"
        id = core.Column(core.Integer, primary_key=True)
        name = core.Column(core.String(20))
        books = orm.relationship("Book", secondary=book_tag, back_populates="tags", order_by="Book.id")

    return types.SimpleNamespace(core=core, orm=orm, Base=Base, Author=Author, Book=Book, Tag=Tag, book_tag=book_tag)


def parents_and_children(
    lib: Any, children: Optional[Dict[str, Any]] = None, parent: Optional[Dict[str, Any]] = None
) -> Tuple[Any, Any]:
    """Parents and children, with arguments for Parent.children and for Child.parent; None leaves that end out."""
    core, orm = lib.core, lib.orm
    linked = children is not None and parent is not None
    of_children, of_parent = children, parent
    if linked:
        of_children, of_parent = dict(children, back_populates="parent"), dict(parent, back_populates="children")

    class Parent(lib.Base):
        __tablename__ = "parent"
        id = core.Column(core.Integer, primary_key=True)
        if of_children is not None:
            children = orm.relationship("Child", **of_children)

    class Child(lib.Base):
        __tablename__ = "child"
        id = core.Column(core.Integer, primary_key=True)
        parent_id = core.Column(core.ForeignKey("parent.id"))
        name = core.Column(core.String)
        if of_parent is not None:
            parent = orm.relationship("Parent", **of_parent)

    lib.create_tables()
    return Parent, Child


def large_collection(lib: Any, lazy: str, **arguments: Any) -> Tuple[Any, Any]:
    """Parents with a collection of children that is not loaded, and the children."""
    return parents_and_children(lib, children=dict(arguments, lazy=lazy, order_by="Child.id"))


def many_to_many(lib: Any, key: str = "id", order_by: str = "B.id", **of_bs: Any) -> Tuple[Any, Any, Any]:
    """A, B, and the table between them, which may hold a pair twice and refers to the A of a ``key``: its id or code."""
    core, orm = lib.core, lib.orm
    link = core.Table(
        "link",
        lib.Base.metadata,
        core.Column("a_key", core.ForeignKey("a." + key)),
        core.Column("b_id", core.ForeignKey("b.id")),
    )

    class A(lib.Base):
        __tablename__ = "a"
        id = core.Column(core.Integer, primary_key=True)
        code = core.Column(core.Integer, unique=True)
        x = core.Column(core.Integer)
        bs = orm.relationship("B", secondary=link, order_by=order_by, **of_bs)

    class B(lib.Base):
        __tablename__ = "b"
        id = core.Column(core.Integer, primary_key=True)

    lib.create_tables()
    return A, B, link


def row_of_numbers(lib: Any, deferred: bool = False) -> Any:
    """A class of x, y, which may be deferred, and a total that statements give; with a row of 2 and 3."""
    core, orm = lib.core, lib.orm

    class Row(lib.Base):
        __tablename__ = "row"
        id = core.Column(core.Integer, primary_key=True)
        x = core.Column(core.Integer)
        y = orm.column_property(core.Column(core.Integer), deferred=deferred)
        total = orm.query_expression()

    lib.create_tables()
    lib.session.add(Row(id=1, x=2, y=3))
    lib.session.commit()
    lib.session.expunge_all()
    return Row
