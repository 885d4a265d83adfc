"""The SQL operators of relationships, one line per case."""

from __future__ import annotations

import pytest

from sqltoolkit_core import Column
from sqltoolkit_core import ForeignKey
from sqltoolkit_core import Integer
from sqltoolkit_core import String
from sqltoolkit_core import Table
from sqltoolkit_core import exc
from sqltoolkit_core import null
from sqltoolkit_core import select
from sqltoolkit_orm import Session
from sqltoolkit_orm import aliased
from sqltoolkit_orm import declarative_base
from sqltoolkit_orm import relationship
from sqltoolkit_orm import with_parent
from sqltoolkit_orm.relationships.comparator import optimized_compare
from sqltoolkit_orm.relationships.comparator import value_of_instance

Base = declarative_base()
thing_tag = Table(
    "thing_tag", Base.metadata, Column("thing_id", ForeignKey("thing.id"), primary_key=True),
    Column("tag_id", ForeignKey("tag.id"), primary_key=True),
)  # fmt: skip


class Thing(Base):
    __tablename__ = "thing"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    owner_id = Column(ForeignKey("owner.id"))
    parent_id = Column(ForeignKey("thing.id"))
    owner = relationship("Owner", back_populates="things")
    parts = relationship("Part", back_populates="thing")
    tags = relationship("Tag", secondary=thing_tag, back_populates="things")
    parent = relationship("Thing", remote_side=[id], back_populates="children")
    children = relationship("Thing", back_populates="parent")
    detail = relationship("Detail", uselist=False, back_populates="thing")


class Owner(Base):
    __tablename__ = "owner"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    things = relationship("Thing", back_populates="owner")


class Part(Base):
    __tablename__ = "part"
    id = Column(Integer, primary_key=True)
    thing_id = Column(ForeignKey("thing.id"))
    color = Column(String)
    thing = relationship("Thing", back_populates="parts")


class Detail(Base):
    __tablename__ = "detail"
    id = Column(Integer, primary_key=True)
    thing_id = Column(ForeignKey("thing.id"))
    thing = relationship("Thing", back_populates="detail")


class Tag(Base):
    __tablename__ = "tag"
    id = Column(Integer, primary_key=True)
    label = Column(String)
    things = relationship("Thing", secondary=thing_tag, back_populates="tags")


class Animal(Base):
    __tablename__ = "animal"
    id = Column(Integer, primary_key=True)
    type = Column(String)
    __mapper_args__ = {"polymorphic_on": type, "polymorphic_identity": "animal"}


class Dog(Animal):
    __tablename__ = "dog"
    id = Column(ForeignKey("animal.id"), primary_key=True)
    bark = Column(String)
    __mapper_args__ = {"polymorphic_identity": "dog"}


class Puppy(Dog):
    age = Column(Integer)
    __mapper_args__ = {"polymorphic_identity": "puppy"}


class Kennel(Base):
    __tablename__ = "kennel"
    id = Column(Integer, primary_key=True)
    dog_id = Column(ForeignKey("dog.id"))
    puppy_id = Column(ForeignKey("dog.id"))
    dog = relationship(Dog, foreign_keys=[dog_id])
    puppy = relationship(Puppy, foreign_keys=[puppy_id])


A = aliased(Thing, name="a")
P = aliased(Part, name="p")
owner, thing, part, tag, dog = Owner(id=5), Thing(id=7), Part(id=9), Tag(id=3), Dog(id=11)


def text(element):
    return " ".join(str(element).split())


@pytest.fixture
def session(engine):
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session


@pytest.mark.parametrize(
    "make, expected",
    [
        (lambda: Thing.owner == owner, ":param_1 = thing.owner_id"),
        (lambda: Thing.owner == None, "thing.owner_id IS NULL"),
        (lambda: Thing.owner == null(), "thing.owner_id IS NULL"),
        (lambda: Thing.owner != owner, "thing.owner_id != :owner_id_1 OR thing.owner_id IS NULL"),
        (lambda: Thing.owner != None, "thing.owner_id IS NOT NULL"),
        (lambda: A.owner == owner, ":param_1 = a.owner_id"),
        (lambda: A.owner != None, "a.owner_id IS NOT NULL"),
        (lambda: Thing.parts == None, "NOT (EXISTS (SELECT 1 FROM part, thing WHERE thing.id = part.thing_id))"),
        (lambda: Thing.parts != None, "EXISTS (SELECT 1 FROM part, thing WHERE thing.id = part.thing_id)"),
        (lambda: Thing.detail == Detail(id=2, thing_id=4), "thing.id = :param_1"),
        (lambda: Thing.detail != Detail(id=2, thing_id=4),
         "NOT (EXISTS (SELECT 1 FROM detail, thing WHERE thing.id = detail.thing_id AND detail.id = :id_1))"),
        (lambda: Kennel.dog == dog, ":param_1 = kennel.dog_id"),
        (lambda: Kennel.dog == Puppy(id=4), ":param_1 = kennel.dog_id"),
    ],
)  # fmt: skip
def test_comparing(make, expected):
    assert text(make()) == expected


@pytest.mark.parametrize(
    "make, expected",
    [
        (lambda: Thing.parts.contains(part), "thing.id = :param_1"),
        (lambda: ~Thing.parts.contains(part), "thing.id != :param_1"),
        (lambda: A.parts.contains(part), "a.id = :param_1"),
        (lambda: Thing.tags.contains(tag), "thing.id = thing_tag_1.thing_id AND :param_1 = thing_tag_1.tag_id"),
        (lambda: ~Thing.tags.contains(tag),
         "NOT (EXISTS (SELECT 1 FROM tag, thing_tag, thing WHERE thing.id = thing_tag.thing_id "
         "AND tag.id = thing_tag.tag_id AND tag.id = :id_1))"),
    ],
)  # fmt: skip
def test_members(make, expected):
    assert text(make()) == expected


@pytest.mark.parametrize(
    "make, sources, criterion",
    [
        (lambda: Thing.owner.has(), "owner, thing", "owner.id = thing.owner_id"),
        (lambda: Thing.owner.has(Owner.name == "x"), "owner, thing", "owner.id = thing.owner_id AND owner.name = :name_1"),
        (lambda: Thing.owner.has(name="x", id=5), "owner, thing",
         "owner.id = thing.owner_id AND owner.name = :name_1 AND owner.id = :id_1"),
        (lambda: Thing.parts.any(Part.color == "r"), "part, thing", "thing.id = part.thing_id AND part.color = :color_1"),
        (lambda: A.parts.any(color="r"), "part, thing AS a", "a.id = part.thing_id AND part.color = :color_1"),
        (lambda: Thing.parts.of_type(P).any(P.color == "r"), "part AS p, thing", "thing.id = p.thing_id AND p.color = :color_1"),
        (lambda: Thing.parts.and_(Part.color == "r").any(), "part, thing", "thing.id = part.thing_id AND part.color = :color_1"),
        (lambda: Thing.tags.any(Tag.label == "x"), "tag, thing_tag, thing",
         "thing.id = thing_tag.thing_id AND tag.id = thing_tag.tag_id AND tag.label = :label_1"),
        (lambda: Thing.children.any(Thing.name == "x"), "thing AS thing_1, thing",
         "thing.id = thing_1.parent_id AND thing_1.name = :name_1"),
        (lambda: Thing.parent.has(name="x"), "thing AS thing_1, thing", "thing_1.id = thing.parent_id AND thing_1.name = :name_1"),
        (lambda: A.parent.has(name="x"), "thing, thing AS a", "thing.id = a.parent_id AND thing.name = :name_1"),
        (lambda: Kennel.dog.has(bark="x"), "animal JOIN dog ON animal.id = dog.id, kennel", "dog.id = kennel.dog_id AND dog.bark = :bark_1"),
        (lambda: Owner.things.any(Thing.parts.any()), "thing, owner",
         "owner.id = thing.owner_id AND (EXISTS (SELECT 1 FROM part WHERE thing.id = part.thing_id))"),
    ],
)  # fmt: skip
def test_any_and_has(make, sources, criterion):
    assert text(make()) == "EXISTS (SELECT 1 FROM %s WHERE %s)" % (sources, criterion)
    assert text(~make()) == "NOT (EXISTS (SELECT 1 FROM %s WHERE %s))" % (sources, criterion)


def test_single_table_subclasses_are_told_apart():
    found = text(Kennel.puppy.has(age=5))
    assert "animal.type IN (__[POSTCOMPILE_type_1])" in found and "dog.age = :age_1" in found


@pytest.mark.parametrize(
    "statement, expected",
    [
        (select(Thing.id).where(Thing.parts.any(Part.color == "x")),
         "SELECT thing.id FROM thing WHERE EXISTS (SELECT 1 FROM part WHERE thing.id = part.thing_id AND part.color = :color_1)"),
        (select(A.id).where(A.children.any()),
         "SELECT a.id FROM thing AS a WHERE EXISTS (SELECT 1 FROM thing WHERE a.id = thing.parent_id)"),
        (select(Owner.id).where(Owner.things), "SELECT owner.id FROM owner, thing WHERE owner.id = thing.owner_id"),
        (select(Owner.id).join(Owner.things.and_(Thing.name == "x")),
         "SELECT owner.id FROM owner JOIN thing ON owner.id = thing.owner_id AND thing.name = :name_1"),
        (select(Thing.id).join(Thing.children.of_type(A)), "SELECT thing.id FROM thing JOIN thing AS a ON thing.id = a.parent_id"),
    ],
)  # fmt: skip
def test_inside_of_statements(statement, expected):
    assert text(statement) == expected


@pytest.mark.parametrize(
    "make, expected",
    [
        (lambda: with_parent(owner, Owner.things), ":param_1 = thing.owner_id"),
        (lambda: with_parent(thing, Thing.parent), "thing.id = :param_1"),
        (lambda: with_parent(thing, Thing.tags), ":param_1 = thing_tag_1.thing_id AND tag.id = thing_tag_1.tag_id"),
        (lambda: optimized_compare(Thing.tags.property, thing, value_is_parent=True, alias_secondary=False),
         ":param_1 = thing_tag.thing_id AND tag.id = thing_tag.tag_id"),
        (lambda: optimized_compare(Thing.children.property, None, value_is_parent=True), "thing.parent_id IS NULL"),
    ],
)  # fmt: skip
def test_members_of_an_object(make, expected):
    assert text(make()) == expected


class TestRefused:
    @pytest.mark.parametrize(
        "make, found",
        [
            (lambda: Thing.owner.any(), "any.. is for collections.*use has"),
            (lambda: Thing.parts.has(), "has.. is for relationships to one object.*use any"),
            (lambda: Thing.owner.contains(owner), "contains.. is for collections.*use =="),
            (lambda: Thing.parts == part, "contains.. asks for a member"),
            (lambda: Thing.parts != part, "contains.. asks for a member"),
        ],
    )
    def test_one_and_many(self, make, found):
        with pytest.raises(exc.InvalidRequestError, match=found):
            make()

    @pytest.mark.parametrize("value", [5, "x", Owner, [owner], select(Owner)])
    @pytest.mark.parametrize("compare", [lambda value: Thing.owner == value, lambda value: Thing.owner != value])
    def test_no_object(self, compare, value):
        with pytest.raises(exc.ArgumentError, match=r"mapped object or None.*Thing.owner.has\("):
            compare(value)

    @pytest.mark.parametrize(
        "make", [lambda: Thing.owner == thing, lambda: Thing.owner != thing, lambda: Thing.parts.contains(owner)]
    )
    def test_objects_of_another_class(self, make):
        with pytest.raises(exc.ArgumentError, match="cannot be compared with relationship Thing"):
            make()

    def test_several_objects(self):
        with pytest.raises(NotImplementedError, match="compare the foreign key column"):
            Thing.owner.in_([owner])

    @pytest.mark.parametrize("make", [lambda: Thing.owner.is_(None), lambda: Thing.owner.like("x"), lambda: Thing.parts + 1])
    def test_other_operators(self, make):
        with pytest.raises(NotImplementedError):
            make()


class TestValues:
    """The value of an object counts as it is when the statement runs."""

    def value(self, obj):
        (bind,) = (Thing.owner == obj).compile().binds.values()
        return bind.effective_value

    def test_member_of_many_to_many(self):
        assert list(Thing.tags.contains(Tag(id=7)).compile().params.values()) == [7]

    def test_present(self):
        one = Owner(id=1)
        criterion = Thing.owner == one
        one.id = 2
        assert list(criterion.compile().params.values()) == [2]

    def test_never_set(self):
        criterion = Thing.owner == Owner(name="x")
        with pytest.raises(exc.InvalidRequestError, match="is needed, and none was set"):
            criterion.compile().params

    def test_expired(self, session):
        one = Owner(name="x")
        session.add(one)
        session.commit()
        criterion = Thing.owner == one
        assert list(criterion.compile().params.values()) == [1]
        session.expire(one)
        session.expunge(one)
        assert list(criterion.compile().params.values()) == [1]
        assert list((Thing.owner == one).compile().params.values()) == [1]

    def test_expired_before_it_was_compared(self, session):
        one = Owner(name="x")
        session.add(one)
        session.commit()
        session.expunge(one)
        with pytest.raises(exc.InvalidRequestError, match="was expired, and the object belongs to no session"):
            (Thing.owner == one).compile().params

    def test_loaded_again_in_its_session(self, session, statements):
        one = Owner(name="x")
        session.add(one)
        session.commit()
        statements.take()
        criterion = Thing.owner == one
        assert session.scalars(select(Thing).where(criterion)).all() == []
        assert statements.verbs() == ["SELECT", "SELECT"]

    def test_of_a_column(self):
        one = Owner(id=4)
        current = value_of_instance(Owner.__mapper__, one.__dict__["_sa_instance_state"], Owner.__table__.c.id)
        assert current() == 4


def test_comparators_know_their_entity():
    comparator = Thing.owner.comparator
    assert comparator.entity is Owner.__mapper__ and comparator.mapper is Owner.__mapper__
    assert Thing.parts.of_type(P).comparator.entity.name == "p"
    assert str(Thing.owner) == "Thing.owner" and str(A.owner) == "aliased(Thing).owner"
    with pytest.raises(TypeError):
        hash(comparator)


@pytest.mark.parametrize(
    "operate, expected",
    [
        (lambda a, b: b.many.any(), "EXISTS (SELECT 1 \nFROM a, b \nWHERE b.id = a.b_id)"),
        (lambda a, b: a.one.has(), "EXISTS (SELECT 1 \nFROM b, a \nWHERE b.id = a.b_id)"),
        (lambda a, b: a.one == None, "a.b_id IS NULL"),
        (lambda a, b: a.one != None, "a.b_id IS NOT NULL"),
        (lambda a, b: b.many.property.secondary, "None"),
        (lambda a, b: a.one.property.direction.name, "MANYTOONE"),
    ],
)  # fmt: skip
def test_operators_configure_the_mappers_first(operate, expected):
    local = declarative_base()

    class A(local):
        __tablename__ = "a"
        id = Column(Integer, primary_key=True)
        b_id = Column(ForeignKey("b.id"))
        one = relationship("B", back_populates="many")

    class B(local):
        __tablename__ = "b"
        id = Column(Integer, primary_key=True)
        many = relationship("A", back_populates="one")

    assert str(operate(A, B)) == expected


def test_comparing_with_none_before_the_target_exists():
    class A(declarative_base()):
        __tablename__ = "a"
        id = Column(Integer, primary_key=True)
        one = relationship("Nowhere")

    with pytest.raises(exc.InvalidRequestError, match="Nowhere"):
        A.one == None


def test_subqueries_of_a_criterion_read_from_tables_of_their_own():
    owner = aliased(Owner)
    criterion = owner.things.any(Thing.owner.has(Owner.id == 3))
    assert str(select(owner.id).where(criterion)) == (
        "SELECT owner_1.id \nFROM owner AS owner_1 \nWHERE EXISTS (SELECT 1 \nFROM thing \n"
        "WHERE owner_1.id = thing.owner_id AND (EXISTS (SELECT 1 \nFROM owner \n"
        "WHERE owner.id = thing.owner_id AND owner.id = :id_1)))"
    )
    # what speaks of the class itself means the alias
    assert "owner_1.id = :id_1" in str(select(owner.id).where(owner.things.any(Owner.id == 3)))


def test_subqueries_in_criteria_of_a_join_read_from_tables_of_their_own():
    thing = aliased(Thing)
    joined = select(Owner.id).join(Owner.things.of_type(thing).and_(thing.parent.has(Thing.name == "x")))
    assert str(joined).endswith(
        "AND (EXISTS (SELECT 1 \nFROM thing \nWHERE thing.id = thing_1.parent_id AND thing.name = :name_1))"
    )
    # what is said of the class in a subquery that has it from outside means the alias
    joined = select(Owner.id).join(Owner.things.of_type(thing).and_(Thing.parts.any()))
    assert str(joined).endswith("AND (EXISTS (SELECT 1 \nFROM part \nWHERE thing_1.id = part.thing_id))")
