"""Synonyms: a second name of an attribute."""

from __future__ import annotations

from sqltoolkit_core import event
from sqltoolkit_orm import DeclarativeBase
from sqltoolkit_orm import Mapped
from sqltoolkit_orm import mapped_column
from sqltoolkit_orm import synonym


def test_listeners_of_a_synonym_hear_nothing():
    class Base(DeclarativeBase):
        pass

    class Named(Base):
        __tablename__ = "named_twice"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        alias = synonym("name")

    seen = []
    event.listen(Named.alias, "set", lambda *args: seen.append(args))
    named = Named(alias="a")
    named.alias = "b"
    assert named.name == "b" and seen == []
