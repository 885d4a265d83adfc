"""Run in an environment where the wheels of core and ORM are installed, away from the checkout."""

from __future__ import annotations

from pathlib import Path
from typing import List

import sqltoolkit_core
import sqltoolkit_orm
from sqltoolkit_core import ForeignKey, create_engine, select
from sqltoolkit_orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "author"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    books: Mapped[List["Book"]] = relationship(back_populates="author", cascade="all, delete-orphan")


class Book(Base):
    __tablename__ = "book"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("author.id"))
    title: Mapped[str]
    author: Mapped[Author] = relationship(back_populates="books")


def main() -> None:
    for package in (sqltoolkit_core, sqltoolkit_orm):
        assert "site-packages" in Path(package.__file__).parts, package.__file__
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Author(name="Austen", books=[Book(title="Emma"), Book(title="Persuasion")]))
        session.commit()
        author = session.scalars(select(Author)).one()
        assert [book.title for book in author.books] == ["Emma", "Persuasion"]
        session.delete(author)
        session.commit()
        assert session.scalars(select(Book)).all() == []
    print("orm on core: works from installed wheels")


if __name__ == "__main__":
    main()
