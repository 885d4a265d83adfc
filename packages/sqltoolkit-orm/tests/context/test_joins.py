"""Joins of statements: the left side, the alias of the right side, criteria in ON."""

from __future__ import annotations

from typing import List

import pytest

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


class Base(orm.DeclarativeBase):
    pass


LINKS = sa.Table(
    "links",
    Base.metadata,
    sa.Column("a_id", sa.ForeignKey("a.id"), primary_key=True),
    sa.Column("k_id", sa.ForeignKey("k.id"), primary_key=True),
)


class A(Base):
    __tablename__ = "a"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    name: orm.Mapped[str]
    bs: orm.Mapped[List["B"]] = orm.relationship(back_populates="a")
    cs: orm.Mapped[List["C"]] = orm.relationship(back_populates="a")
    ks: orm.Mapped[List["K"]] = orm.relationship(secondary=LINKS)


class B(Base):
    __tablename__ = "b"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    a_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("a.id"))
    a: orm.Mapped["A"] = orm.relationship(back_populates="bs")


class C(Base):
    __tablename__ = "c"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    a_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("a.id"))
    b_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("b.id"))
    a: orm.Mapped["A"] = orm.relationship(back_populates="cs")
    b: orm.Mapped["B"] = orm.relationship()


class K(Base):
    __tablename__ = "k"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)


class Node(Base):
    __tablename__ = "node"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    parent_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("node.id"))
    children: orm.Mapped[List["Node"]] = orm.relationship()


class Person(Base):
    __tablename__ = "person"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    type: orm.Mapped[str]
    __mapper_args__ = {"polymorphic_on": "type", "polymorphic_identity": "p"}


class Engineer(Person):
    __tablename__ = "engineer"
    id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    tool: orm.Mapped[str]
    __mapper_args__ = {"polymorphic_identity": "e"}


def text(statement):
    return " ".join(str(statement).split())


def after_from(statement):
    return text(statement).split(" FROM ", 1)[1]


ALIAS = orm.aliased(A)
TO = orm.with_loader_criteria(A, A.name != "z")

CASES = [
    (lambda: sa.select(A).join(A.bs), "a JOIN b ON a.id = b.a_id"),
    (lambda: sa.select(A).join(B), "a JOIN b ON a.id = b.a_id"),
    # the entity that is joined to is no candidate for the left side
    (lambda: sa.select(A, B).join(B), "a JOIN b ON a.id = b.a_id"),
    (lambda: sa.select(B.id).join_from(A, B), "a JOIN b ON a.id = b.a_id"),
    (lambda: sa.select(B).select_from(A).join(A.bs), "a JOIN b ON a.id = b.a_id"),
    # a left side that was named gives the condition before others it is joined to
    (lambda: sa.select(A).join_from(A, B).join_from(A, C), "a JOIN b ON a.id = b.a_id JOIN c ON a.id = c.a_id"),
    (lambda: sa.select(A).join(A.cs).join(C.b), "a JOIN c ON a.id = c.a_id JOIN b ON b.id = c.b_id"),
    (lambda: sa.select(ALIAS).join(ALIAS.bs), "a AS a_1 JOIN b ON a_1.id = b.a_id"),
    (
        lambda: sa.select(A).outerjoin(A.ks),
        "a LEFT OUTER JOIN (links AS links_1 JOIN k ON k.id = links_1.k_id) ON a.id = links_1.a_id",
    ),
    # criteria of an entity that is the right side are in ON, also where it is selected, too
    (
        lambda: sa.select(B, A).outerjoin(B.a).options(TO),
        "b LEFT OUTER JOIN a ON a.id = b.a_id AND a.name != :name_1",
    ),
    (
        lambda: sa.select(B, A).outerjoin(A, B.a_id == A.id).options(TO),
        "b LEFT OUTER JOIN a ON b.a_id = a.id AND a.name != :name_1",
    ),
    (lambda: sa.select(B).select_from(A).join(B).options(TO), "a JOIN b ON a.id = b.a_id WHERE a.name != :name_1"),
    (
        lambda: sa.select(B).join(B.a.and_(A.id > 3)).options(TO),
        "b JOIN a ON a.id = b.a_id AND a.name != :name_1 AND a.id > :id_1",
    ),
    # joins made before with_only_columns() stay
    (lambda: sa.select(A).join(A.bs).with_only_columns(B.id), "a JOIN b ON a.id = b.a_id"),
    (lambda: sa.select(B.id).select_from(orm.join(A, B, A.bs)), "a JOIN b ON a.id = b.a_id"),
    (
        lambda: sa.select(B.id).select_from(orm.join(A, C, A.cs).join(B, C.b)),
        "a JOIN c ON a.id = c.a_id JOIN b ON b.id = c.b_id",
    ),
    # the criteria of the left end of such a join are in WHERE
    (
        lambda: sa.select(B.id).select_from(orm.outerjoin(A, B, A.bs)).options(TO),
        "a LEFT OUTER JOIN b ON a.id = b.a_id WHERE a.name != :name_1",
    ),
]


@pytest.mark.parametrize("make,expected", CASES)
def test_sources(make, expected):
    assert after_from(make()) == expected


@pytest.mark.parametrize(
    "make",
    [
        lambda: sa.select(Node).join(Node),
        lambda: sa.select(Node).join(Node.children),
        lambda: sa.select(K).join(B),
        lambda: sa.select(B, A).join(C),
        lambda: sa.select(A).join(A.bs, A.id == B.a_id),
        lambda: sa.select(1).join(A),
    ],
)
def test_joins_without_a_clear_meaning_are_refused(make):
    with pytest.raises(sa.exc.InvalidRequestError):
        str(make())


def test_a_target_that_repeats_tables_of_the_left_side_gets_an_alias():
    statement = sa.select(Person).join(Engineer, Person.id == Engineer.id)
    with pytest.warns(sa.exc.SAWarning, match="alias"):
        found = after_from(statement)
    assert found == (
        "person JOIN (person AS person_1 JOIN engineer AS engineer_1 ON person_1.id = engineer_1.id) "
        "ON person_1.id = engineer_1.id"
    )


def test_a_plain_source_along_a_relationship_is_read_as_the_entity():
    chosen = sa.select(B).where(B.id > 5).subquery()
    with pytest.warns(sa.exc.SADeprecationWarning, match="aliased"):
        found = after_from(sa.select(A).join(chosen, A.bs).where(B.id == 7))
    assert found.endswith(") AS anon_1 ON a.id = anon_1.a_id WHERE anon_1.id = :id_2")
    with pytest.raises(sa.exc.InvalidRequestError):
        str(sa.select(A).join(K.__table__, A.bs))
