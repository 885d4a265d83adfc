"""Columns of entities in terms of what stands for their tables."""

from __future__ import annotations

import pytest

import sqltoolkit_core as sa
import sqltoolkit_orm as orm
from sqltoolkit_orm.context.adaptation import surface_expressions


@pytest.fixture(scope="module")
def mapped():
    registry = orm.registry()
    person = sa.Table(
        "person",
        registry.metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String),
        sa.Column("type", sa.String),
        sa.Column("company_id", sa.ForeignKey("company.id")),
    )
    engineer = sa.Table(
        "engineer",
        registry.metadata,
        sa.Column("id", sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("tool", sa.String),
    )
    company = sa.Table("company", registry.metadata, sa.Column("id", sa.Integer, primary_key=True))
    pjoin = person.outerjoin(engineer).select().set_label_style(sa.LABEL_STYLE_TABLENAME_PLUS_COL).subquery("pjoin")

    class Company:
        pass

    class Person:
        pass

    class Engineer(Person):
        pass

    registry.map_imperatively(Company, company, properties={"people": orm.relationship(Person)})
    registry.map_imperatively(
        Person,
        person,
        with_polymorphic=("*", pjoin),
        polymorphic_on=person.c.type,
        polymorphic_identity="p",
    )
    registry.map_imperatively(Engineer, engineer, inherits=Person, polymorphic_identity="e")

    class Mapped:
        pass

    found = Mapped()
    found.person, found.engineer = person, engineer
    found.Company, found.Person, found.Engineer = Company, Person, Engineer
    return found


def where(statement):
    return " ".join(str(statement).split()).rsplit(" WHERE ", 1)[1]


def test_attributes_and_columns_speak_of_the_polymorphic_source(mapped):
    Person, Engineer = mapped.Person, mapped.Engineer
    assert where(sa.select(Person).where(Person.name == "x")) == "pjoin.person_name = :person_name_1"
    assert where(sa.select(Person).where(mapped.person.c.name == "x")) == "pjoin.person_name = :name_1"
    assert where(sa.select(Person).where(Engineer.tool == "x")) == "pjoin.engineer_tool = :tool_1"


def test_attributes_of_a_base_speak_of_the_tables_of_a_subclass(mapped):
    Person, Engineer = mapped.Person, mapped.Engineer
    assert where(sa.select(Engineer).where(Person.name == "x")) == "person.name = :person_name_1"


def test_joined_sources_adapt_what_comes_after(mapped):
    Company, Person = mapped.Company, mapped.Person
    statement = sa.select(Company).join(Company.people).where(Person.name == "x")
    assert " AS pjoin ON company.id = pjoin.person_company_id " in " ".join(str(statement).split())
    assert where(statement) == "pjoin.person_name = :person_name_1"


def test_an_alias_has_columns_of_its_own(mapped):
    alias = orm.aliased(mapped.Person)
    assert where(sa.select(alias).where(alias.name == "x")) == "pjoin_1.person_name = :person_name_1"


def test_a_union_stands_for_the_entities_of_a_query(mapped):
    query = orm.Query(mapped.Company)
    statement = query.union(query).filter(mapped.Company.id == 3)
    assert where(statement) == "anon_1.company_id = :id_1"


def test_surface_expressions_leave_out_arguments_and_subqueries():
    a = sa.table("a", sa.column("x"), sa.column("y"))
    clause = sa.and_(a.c.x == 1, sa.func.lower(a.c.y) == "z", sa.exists(sa.select(a.c.y)))
    found = [element.name for element in surface_expressions(clause) if element.__visit_name__ == "column"]
    assert found == ["x"]


class TestSubqueriesWithSourcesOfTheirOwn:
    @pytest.fixture()
    def staff(self):
        Base = orm.declarative_base()

        class Team(Base):
            __tablename__ = "team"
            id = sa.Column(sa.Integer, primary_key=True)
            members = orm.relationship("Member")
            leads = orm.relationship("Lead", viewonly=True)

        class Member(Base):
            __tablename__ = "member"
            id = sa.Column(sa.Integer, primary_key=True)
            name = sa.Column(sa.String)
            team_id = sa.Column(sa.ForeignKey("team.id"))
            team = orm.relationship(Team, viewonly=True)
            notes = orm.relationship("Note")

        class Lead(Member):
            __tablename__ = "lead"
            id = sa.Column(sa.ForeignKey("member.id"), primary_key=True)
            rank = sa.Column(sa.Integer)

        class Note(Base):
            __tablename__ = "note"
            id = sa.Column(sa.Integer, primary_key=True)
            member_id = sa.Column(sa.ForeignKey("member.id"))

        Base.registry.configure()
        return Team, Member, Lead, Note

    def test_keep_them_beside_a_join_with_an_automatic_alias(self, staff):
        Team, Member, Lead, _ = staff
        joined = sa.select(Member.id).join(Member.team).join(Team.leads).order_by(Lead.rank)
        text = str(joined.where(Team.members.any(Member.name == "x")))
        assert "EXISTS (SELECT 1 \nFROM member \nWHERE team.id = member.team_id AND member.name = :name_1)" in text
        assert text.endswith("ORDER BY lead_1.rank")

    def test_keep_them_in_criteria_of_a_join(self, staff):
        _, Member, Lead, Note = staff
        note = orm.aliased(Note)
        criterion = note.id.in_(sa.select(Lead.id).where(Lead.name == "x"))
        text = str(sa.select(Member.id).join(Member.notes.of_type(note).and_(criterion)))
        assert text.endswith(
            "note_1.id IN (SELECT lead.id \nFROM member JOIN lead ON member.id = lead.id \nWHERE member.name = :name_1)"
        )
