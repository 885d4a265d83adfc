"""SQL that entities, joins and options are lowered to."""

from __future__ import annotations

from typing import List

import pytest

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


class Base(orm.DeclarativeBase):
    pass


class A(Base):
    __tablename__ = "a"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    name: orm.Mapped[str]
    bs: orm.Mapped[List["B"]] = orm.relationship(back_populates="a")


class B(Base):
    __tablename__ = "b"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    a_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("a.id"))
    a: orm.Mapped["A"] = orm.relationship(back_populates="bs")


ALIAS = orm.aliased(A)

CASES = [
    (lambda: sa.select(A), "SELECT a.id, a.name FROM a"),
    (lambda: sa.select(A.name).where(A.id == 5), "SELECT a.name FROM a WHERE a.id = :id_1"),
    (lambda: sa.select(A).join(A.bs), "SELECT a.id, a.name FROM a JOIN b ON a.id = b.a_id"),
    (lambda: sa.select(A).outerjoin(B, A.bs), "SELECT a.id, a.name FROM a LEFT OUTER JOIN b ON a.id = b.a_id"),
    (lambda: sa.select(ALIAS), "SELECT a_1.id, a_1.name FROM a AS a_1"),
    (
        lambda: sa.select(A).options(orm.joinedload(A.bs)),
        "SELECT a.id, a.name, b_1.id AS id_1, b_1.a_id FROM a LEFT OUTER JOIN b AS b_1 ON a.id = b_1.a_id",
    ),
    (
        lambda: sa.select(A).options(orm.joinedload(A.bs)).limit(3),
        "SELECT anon_1.id, anon_1.name, b_1.id AS id_1, b_1.a_id FROM (SELECT a.id AS id, a.name AS name FROM a "
        "LIMIT :param_1) AS anon_1 LEFT OUTER JOIN b AS b_1 ON anon_1.id = b_1.a_id",
    ),
    (
        lambda: sa.select(A).where(A.bs.any(B.id == 1)),
        "SELECT a.id, a.name FROM a WHERE EXISTS (SELECT 1 FROM b WHERE a.id = b.a_id AND b.id = :id_1)",
    ),
    (lambda: sa.select(sa.func.count()).select_from(A), "SELECT count(*) AS count_1 FROM a"),
    (lambda: sa.select(A).options(orm.load_only(A.id)), "SELECT a.id FROM a"),
]


@pytest.mark.parametrize("make,expected", CASES)
def test_lowered_sql(make, expected):
    assert " ".join(str(make()).split()) == expected


def test_row_names_and_bundles():
    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        session.add(A(name="x"))
        row = session.execute(sa.select(A, A.name, orm.Bundle("pair", A.id, A.name))).one()
        assert row._fields == ("A", "name", "pair")
        assert row.A.name == row.name == row.pair.name == "x"


ONE_NAMESPACE = [
    (lambda: sa.select(A.id, A.name), "a.name = :name_1"),
    (lambda: sa.select(ALIAS.name, ALIAS.id), "a_1.name = :name_1"),
    (lambda: sa.select(A.name, B.a_id).join(A.bs), "a.name = :name_1"),
]


@pytest.mark.parametrize("make, criterion", ONE_NAMESPACE)
def test_filter_by_with_several_attributes_of_one_class(make, criterion):
    assert str(make().filter_by(name="x")).partition("WHERE ")[2].strip() == criterion


@pytest.mark.parametrize(
    "make, named",
    [
        (lambda: sa.select(A.name, ALIAS.name), "aliased"),
        (lambda: sa.select(A.name, A.__table__.c.id), "a column of: Mapper.*, a;"),
    ],
)
def test_filter_by_between_two_namespaces(make, named):
    with pytest.raises(sa.exc.AmbiguousColumnError, match=named):
        make().filter_by(name="x")


class TestRowsOfSubclassesInOneTable:
    @pytest.fixture()
    def kinds(self):
        Base = orm.declarative_base()

        class Plant(Base):
            __tablename__ = "plant"
            id = sa.Column(sa.Integer, primary_key=True)
            kind = sa.Column(sa.String)
            __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "plant"}

        class Tree(Plant):
            height = sa.Column(sa.Integer)
            __mapper_args__ = {"polymorphic_identity": "tree"}

        class Herb(Plant):
            scent = sa.Column(sa.String)
            __mapper_args__ = {"polymorphic_identity": "herb"}

        Base.registry.configure()
        return Plant, Tree, Herb

    def test_what_a_set_operation_gives_is_not_selected_again(self, kinds):
        _, Tree, Herb = kinds
        session = orm.Session()
        for query in (
            session.query(Tree.height).union(session.query(Herb.scent)),
            session.query(Tree).union(session.query(Tree)),
            session.query(Tree).union(session.query(Tree)).with_entities(Tree.id),
            session.query(sa.func.count(Tree.id)).union(session.query(sa.func.count(Herb.id))),
        ):
            assert str(query).endswith(") AS anon_1")

    @pytest.mark.parametrize("aliased", [False, True])
    def test_a_class_in_with_polymorphic_has_no_criterion_of_its_own(self, kinds, aliased, engine):
        Plant, Tree, Herb = kinds
        Plant.metadata.create_all(engine)
        with orm.Session(engine) as session:
            session.add_all([Plant(), Tree(height=3), Tree(height=4), Herb(scent="mint")])
            session.flush()
            every = orm.with_polymorphic(Plant, [Tree, Herb], aliased=aliased)
            found = sa.select(every).where(sa.or_(every.Tree.height == 3, every.Herb.scent == "mint"))
            assert [type(one) for one in session.scalars(found.order_by(every.id))] == [Tree, Herb]

    def test_each_statement_has_parameters_of_its_own(self, kinds):
        _, Tree, _ = kinds
        inner = sa.select(Tree.id)
        for statement in (
            sa.select(Tree.id).where(Tree.id.in_(inner)),
            sa.union(inner, inner),
            sa.update(Tree).where(Tree.id.in_(inner)).values(height=1),
        ):
            text = str(statement)
            assert (text.count("POSTCOMPILE_kind_1"), text.count("POSTCOMPILE_kind_2")) == (1, 1)
