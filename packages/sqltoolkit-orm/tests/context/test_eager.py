"""The joins of loaders: side by side, nested, around a subquery."""

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
    sa.Column("b_id", sa.ForeignKey("b.id"), primary_key=True),
    sa.Column("k_id", sa.ForeignKey("k.id"), primary_key=True),
)


class A(Base):
    __tablename__ = "a"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    bs: orm.Mapped[List["B"]] = orm.relationship()
    cs: orm.Mapped[List["C"]] = orm.relationship()


class B(Base):
    __tablename__ = "b"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    a_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("a.id"))
    a: orm.Mapped["A"] = orm.relationship(viewonly=True)
    ks: orm.Mapped[List["K"]] = orm.relationship(secondary=LINKS)


class C(Base):
    __tablename__ = "c"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    a_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("a.id"))
    b_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("b.id"))
    b: orm.Mapped["B"] = orm.relationship()


class K(Base):
    __tablename__ = "k"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)


def after_from(statement):
    return " ".join(str(statement).split()).split(" FROM ", 1)[1]


load = orm.joinedload

CASES = [
    (lambda: load(A.bs), "a LEFT OUTER JOIN b AS b_1 ON a.id = b_1.a_id"),
    (
        lambda: load(A.cs).joinedload(C.b),
        "a LEFT OUTER JOIN c AS c_1 ON a.id = c_1.a_id LEFT OUTER JOIN b AS b_1 ON b_1.id = c_1.b_id",
    ),
    (
        lambda: load(A.cs).joinedload(C.b, innerjoin=True),
        "a LEFT OUTER JOIN (c AS c_1 JOIN b AS b_1 ON b_1.id = c_1.b_id) ON a.id = c_1.a_id",
    ),
    (
        lambda: load(A.cs).joinedload(C.b, innerjoin="unnested"),
        "a LEFT OUTER JOIN c AS c_1 ON a.id = c_1.a_id LEFT OUTER JOIN b AS b_1 ON b_1.id = c_1.b_id",
    ),
    (
        lambda: load(A.cs, innerjoin=True).joinedload(C.b, innerjoin=True),
        "a JOIN c AS c_1 ON a.id = c_1.a_id JOIN b AS b_1 ON b_1.id = c_1.b_id",
    ),
    # an inner join of an inner join within an outer one
    (
        lambda: load(A.cs).joinedload(C.b, innerjoin=True).joinedload(B.ks, innerjoin=True),
        "a LEFT OUTER JOIN (c AS c_1 JOIN (b AS b_1 JOIN links AS links_1 ON b_1.id = links_1.b_id) ON "
        "b_1.id = c_1.b_id JOIN k AS k_1 ON k_1.id = links_1.k_id) ON a.id = c_1.a_id",
    ),
    (
        lambda: load(A.bs).joinedload(B.ks),
        "a LEFT OUTER JOIN b AS b_1 ON a.id = b_1.a_id LEFT OUTER JOIN (links AS links_1 JOIN k AS k_1 ON "
        "k_1.id = links_1.k_id) ON b_1.id = links_1.b_id",
    ),
]


@pytest.mark.parametrize("make,expected", CASES)
def test_joins(make, expected):
    assert after_from(sa.select(A).options(make())) == expected


def test_a_joined_element_comes_after_the_others():
    assert after_from(sa.select(A, C).options(load(A.bs))) == (
        "c, a LEFT OUTER JOIN b AS b_1 ON a.id = b_1.a_id"
    )


def test_a_limited_statement_becomes_a_subquery_with_what_order_by_needs():
    statement = sa.select(A).options(load(A.bs)).order_by(sa.func.abs(A.id)).limit(2)
    assert " ".join(str(statement).split()) == (
        "SELECT anon_1.id, anon_1.abs_1, b_1.id AS id_1, b_1.a_id FROM (SELECT a.id AS id, abs(a.id) AS abs_1 FROM a "
        "ORDER BY abs(a.id) LIMIT :param_1) AS anon_1 LEFT OUTER JOIN b AS b_1 ON anon_1.id = b_1.a_id "
        "ORDER BY anon_1.abs_1"
    )


def test_rows_behind_an_order_by_that_adds_a_column():
    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        session.add_all([A(id=1, bs=[B(id=10)]), A(id=2, bs=[B(id=20), B(id=21)]), A(id=3)])
        session.commit()
        session.expunge_all()
        statement = sa.select(A).options(load(A.bs)).order_by(-A.id).limit(2)
        found = session.scalars(statement).unique().all()
        assert [(a.id, sorted(b.id for b in a.bs)) for a in found] == [(3, []), (2, [20, 21])]


def test_the_compared_columns_are_selected_though_deferred():
    statement = sa.select(C).options(load(C.b), orm.defer(C.b_id))
    assert " ".join(str(statement).split()).startswith("SELECT c.id, c.a_id, c.b_id, b_1.id AS id_1")


def test_distinct_rows_are_those_of_the_statement_alone():
    assert after_from(sa.select(B).distinct().options(load(B.a))) == (
        "(SELECT DISTINCT b.id AS id, b.a_id AS a_id FROM b) AS anon_1 LEFT OUTER JOIN a AS a_1 ON a_1.id = anon_1.a_id"
    )


def test_limit_does_not_mind_a_single_object():
    assert after_from(sa.select(B).limit(1).options(load(B.a))).startswith("b LEFT OUTER JOIN a AS a_1")


def test_fetch_counts_objects():
    assert after_from(sa.select(A).fetch(2).options(load(A.bs))) == (
        "(SELECT a.id AS id FROM a FETCH FIRST :param_1 ROWS ONLY) AS anon_1 "
        "LEFT OUTER JOIN b AS b_1 ON anon_1.id = b_1.a_id"
    )


def test_lateral_target():
    class P(Base):
        __tablename__ = "p"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)

    newest = sa.select(B).where(B.a_id == P.id).order_by(B.id.desc()).limit(1).lateral()
    target = orm.aliased(B, newest)
    P.newest = orm.relationship(target, primaryjoin=orm.foreign(target.a_id) == P.id, uselist=False, viewonly=True)
    other = orm.aliased(P)
    inner = "LATERAL (SELECT b.id AS id, b.a_id AS a_id FROM b WHERE b.a_id = %s.id ORDER BY b.id DESC LIMIT :param_1)"
    assert inner % "p_1" in after_from(sa.select(other).options(load(other.newest)))
    assert inner % "anon_1" in after_from(sa.select(P).distinct().options(load(P.newest)))
    assert inner % "p_1" in after_from(sa.select(other).join(other.newest))
