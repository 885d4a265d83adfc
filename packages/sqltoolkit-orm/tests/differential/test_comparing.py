"""Criteria that compare a relationship with an object, whatever became of its key."""

from __future__ import annotations

from typing import Any

import pytest
from two_libraries import Library, agree


def test_objects_are_no_values(both):
    agree(both, lambda lib: lib.model.Author.name == lib.model.Author())
    agree(both, lambda lib: lib.model.Author.name == lib.orm.aliased(lib.model.Author))
    agree(both, lambda lib: lib.core.distinct(lib.model.Author()))
    agree(both, lambda lib: lib.core.func.lower(lib.model.Author()))


@pytest.mark.parametrize(
    "compare",
    [
        lambda lib, m: m.Book.author == m.Author(id=None),
        lambda lib, m: m.Book.author == m.Author(),
        lambda lib, m: m.Book.author != m.Author(id=None),
        lambda lib, m: m.Book.author != m.Author(id=1),
        lambda lib, m: m.Book.namesake == m.Author(id=1, name=None),
        lambda lib, m: m.Book.namesake != m.Author(id=1, name=None),
        lambda lib, m: lib.orm.with_parent(m.Author(id=None), m.Author.books),
        lambda lib, m: lib.orm.with_parent(m.Author(id=1), m.Author.name),
    ],
)
def test_comparing_with_objects_that_have_no_key(both, compare):
    def program(lib: Library) -> Any:
        query = lib.session.query(lib.model.Book).filter(compare(lib, lib.model))
        return query.all(), lib.statements[-1]

    agree(both, program)


@pytest.mark.parametrize("detached", [True, False])
@pytest.mark.parametrize("whole", [True, False])
def test_comparing_with_an_object_whose_key_changed(both, detached, whole):
    def program(lib: Library) -> Any:
        core, orm = lib.core, lib.orm

        class Owner(lib.Base):
            __tablename__ = "owner"
            name = core.Column(core.String, primary_key=True)

        class Thing(lib.Base):
            __tablename__ = "thing"
            id = core.Column(core.Integer, primary_key=True)
            owner_name = core.Column(core.ForeignKey("owner.name"))
            owner = orm.relationship(Owner, passive_updates=False)

        lib.create_tables()
        owner = Owner(name="a")
        lib.session.add(Thing(id=1, owner=owner))
        lib.session.commit()
        statement = core.select(Thing.id).where(Thing.owner == owner)
        found = [lib.session.scalars(statement).all()]
        for name in ("b", "c"):
            owner.name = name
            lib.session.flush()
            if whole:
                lib.session.commit()
            else:
                lib.session.expire(owner, ["name"])
            if detached:
                lib.session.expunge(owner)
            found.extend([lib.session.scalars(statement).all(), "name" in owner.__dict__])
            if detached:
                lib.session.add(owner)
        return found

    agree(both, program)


@pytest.mark.parametrize("kept", ["transient", "persistent", "detached"])
@pytest.mark.parametrize("expired", [True, False])
def test_comparing_with_an_object_whose_key_is_deleted(both, kept, expired):
    def program(lib: Library) -> Any:
        Author, Book = lib.model.Author, lib.model.Book
        author = Author(id=9)
        criterion = Book.author == author
        if kept != "transient":
            lib.session.add(author)
            lib.session.flush()
            if expired:
                lib.session.expire(author)
                author.id
        del author.id
        if kept == "detached":
            lib.session.expunge(author)
        return lib.session.connection().execute(lib.core.select(Book.id).where(criterion)).all()

    agree(both, program)


def test_comparing_again_with_an_object_that_expired(both):
    def program(lib: Library) -> Any:
        Author, Book = lib.model.Author, lib.model.Book
        author = lib.session.get(Author, 1)
        first = Book.author == author
        lib.session.expire(author)
        lib.session.expunge(author)
        return [lib.session.scalars(lib.core.select(Book.id).where(one)).all() for one in (first, Book.author == author)]

    agree(both, program)
