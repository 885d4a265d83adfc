"""Column properties, what mapped_column() makes, and validators."""

from __future__ import annotations

import pytest

from sqltoolkit_core import Column
from sqltoolkit_core import ForeignKey
from sqltoolkit_core import Integer
from sqltoolkit_core import String
from sqltoolkit_core import Table
from sqltoolkit_core import exc
from sqltoolkit_core import func
from sqltoolkit_core import inspect
from sqltoolkit_core import select
from sqltoolkit_orm import Session
from sqltoolkit_orm import column_property
from sqltoolkit_orm import declarative_base
from sqltoolkit_orm import deferred
from sqltoolkit_orm import mapped_column
from sqltoolkit_orm import registry as make_registry
from sqltoolkit_orm import relationship
from sqltoolkit_orm import validates
from sqltoolkit_orm.properties import NO_DEFAULT
from sqltoolkit_orm.properties import ColumnProperty
from sqltoolkit_orm.properties import MappedColumn


@pytest.fixture
def Base():
    Base = declarative_base()
    yield Base
    Base.registry.dispose()


@pytest.fixture
def User(Base):
    class User(Base):
        __tablename__ = "user"
        id = Column(Integer, primary_key=True)
        name = column_property(Column(String, doc="of the column"), info={"mine": 1}, active_history=True)
        shout = column_property(func.upper(name))
        twice = column_property((id * 2).label("the_label"), doc="of the property")
        lazy = deferred(Column(Integer), group="rest")

    return User


class TestColumnProperty:
    def test_columns(self, User):
        prop = User.name.property
        assert prop.columns == [User.__table__.c.name] and prop.expression is User.__table__.c.name
        assert prop.parent is User.__mapper__ and str(prop) == "User.name" and prop.kind == "column"

    def test_expressions_have_a_name(self, User):
        assert User.twice.property.columns[0].name == "the_label"
        assert str(select(User.shout)) == 'SELECT upper("user".name) AS upper_1 \nFROM "user"'
        assert str(User.twice == 4) == '"user".id * :param_1 = :param_2'

    def test_documentation_and_notes(self, User):
        assert User.name.property.doc == "of the column" and User.twice.__doc__ == "of the property"
        assert User.name.property.info == {"mine": 1}
        assert User.name.info is User.__table__.c.name.info is User.name.comparator.info

    @pytest.mark.parametrize(
        "options, key",
        [
            ({}, (("deferred", False), ("instrument", True))), ({"deferred": True}, (("deferred", True), ("instrument", True))),
            ({"deferred": True, "raiseload": True}, (("deferred", True), ("instrument", True), ("raiseload", True))),
            ({"query_expression": True}, (("query_expression", True),)),
        ],
    )  # fmt: skip
    def test_strategy(self, options, key):
        prop = ColumnProperty(Column("x", Integer), **options)
        assert prop.strategy_key == key
        assert prop.copy().strategy_key == key

    def test_deferring_later(self):
        prop = ColumnProperty(Column("x", Integer))
        prop.defer()
        assert prop.deferred and ("deferred", True) in prop.strategy_key

    def test_copy(self, User):
        made = User.name.property.copy()
        assert made is not User.name.property and made.parent is None and made.info == {"mine": 1} and made.active_history
        assert str(made) == "<ColumnProperty without a mapper>"

    def test_old_values_are_loaded_where_wanted(self, User, engine):
        User.metadata.create_all(engine)
        with Session(engine) as session:
            user = User(name="a", lazy=1)
            session.add(user)
            session.commit()
            user.name = "b"
            user.lazy = 2
            assert inspect(user).attrs.name.history.deleted == ["a"] and inspect(user).attrs.lazy.history.deleted == ()

    def test_merge(self, User, engine):
        User.metadata.create_all(engine)
        with Session(engine) as session:
            session.add(User(id=1, name="a", lazy=5))
            session.commit()
            merged = session.merge(User(id=1, name="b"))
            assert merged.name == "b" and merged.lazy == 5

    def test_several_columns_of_a_key(self):
        registry = make_registry()
        metadata = registry.metadata
        a = Table("a", metadata, Column("id", Integer, primary_key=True))
        b = Table("b", metadata, Column("id", Integer, ForeignKey("a.id"), primary_key=True), Column("bid", Integer, primary_key=True))

        class Thing:
            pass

        registry.map_imperatively(Thing, a.join(b), properties={"id": column_property(a.c.id, b.c.id)}, primary_key=[a.c.id, b.c.id])
        try:
            with pytest.warns(exc.SAWarning, match="a.id, b.id are combined under attribute 'id'"):
                registry.configure()
        finally:
            registry.dispose()

    @pytest.mark.parametrize("wrong", [5, object(), None])
    def test_no_expression(self, wrong):
        with pytest.raises(exc.ArgumentError):
            column_property(wrong)

    def test_in_expressions_of_the_class_body(self):
        made = column_property(Column("x", Integer))
        assert str(made + 1) == "x + :x_1" and str(1 + made) == ":x_1 + x"
        assert {made: 1}[made] == 1


class TestMappedColumn:
    def test_arguments(self):
        made = mapped_column("x", String(5), ForeignKey("t.id"), primary_key=True, nullable=False)
        assert isinstance(made, MappedColumn) and made.name == "x" and made.key == "x" and made.table is None
        assert made.given == {"primary_key", "nullable"} and made.has_nullable and len(made.foreign_keys) == 1
        assert mapped_column().name is None and not mapped_column().name_given

    def test_defaults(self):
        assert mapped_column(default=5).column.default.arg == 5
        for default in (5, None):
            with pytest.raises(exc.ArgumentError, match="one default"):
                mapped_column(default=default, insert_default=6)
        assert mapped_column(insert_default=None).has_insert_default

    def test_properties_only_where_they_say_something(self):
        assert mapped_column(Integer).mapper_property_to_assign is None
        prop = mapped_column(Integer, deferred=True, deferred_group="g").mapper_property_to_assign
        assert prop.deferred and prop.group == "g"
        assert mapped_column(Integer, deferred_raiseload=True).mapper_property_to_assign.raiseload
        assert mapped_column(Integer, active_history=True).mapper_property_to_assign.active_history
        assert mapped_column(Integer, deferred=False, deferred_group="g").mapper_property_to_assign is None

    def test_order(self):
        assert mapped_column(Integer, sort_order=7).columns_to_assign[0][1] == 7
        assert mapped_column(Integer).columns_to_assign[0][1] == 0

    def test_copies(self):
        made = mapped_column("x", Integer, init=False)
        other = made.copy(name="y")
        assert other.name == "y" and made.name == "x" and other.column is not made.column
        other.attribute_options["init"] = True
        assert made.attribute_options["init"] is False

    def test_in_expressions_of_the_class_body(self):
        made = mapped_column("x", Integer)
        assert str(made > 5) == "x > :x_1" and str(5 - made) == ":x_1 - x" and {made: 1}[made] == 1
        assert "MappedColumn" in repr(made)

    def test_templates(self):
        template = mapped_column("t", String(5), primary_key=True, deferred=True, sort_order=4, init=False, insert_default="d")
        made = mapped_column(deferred_group="g", repr=False)
        made.take_template(template)
        column = made.column
        assert column.name == "t" and column.primary_key and column.type.length == 5 and not column.nullable
        assert made.deferred and made.deferred_group == "g" and made.sort_order == 4 and made.has_insert_default
        assert made.attribute_options["init"] is False and made.attribute_options["repr"] is False
        own = mapped_column("own", nullable=True, sort_order=1)
        own.take_template(mapped_column("t", nullable=False, sort_order=2))
        assert own.name == "own" and own.column.nullable and own.sort_order == 1

    @pytest.mark.parametrize(
        "options, is_dataclass, found",
        [
            ({"init": False}, False, "arguments for dataclasses, 'init'"), ({"repr": False, "kw_only": True}, False, "'kw_only', 'repr'"),
            ({"default": 5, "default_factory": int}, True, "default or default_factory, not both"),
        ],
    )  # fmt: skip
    def test_arguments_of_dataclasses(self, options, is_dataclass, found):
        class A:
            pass

        with pytest.raises(exc.ArgumentError, match=found):
            mapped_column(**options).check_dataclass_arguments(is_dataclass, A, "x")
        mapped_column(default=5).check_dataclass_arguments(False, A, "x")

    def test_columns_that_are_there(self, Base):
        class Animal(Base):
            __tablename__ = "animal"
            id = mapped_column(Integer, primary_key=True)
            kind = mapped_column(String)
            __mapper_args__ = {"polymorphic_on": kind}

        class Dog(Animal):
            weight = mapped_column(Integer)
            __mapper_args__ = {"polymorphic_identity": "dog"}

        class Cat(Animal):
            weight = mapped_column(Integer, use_existing_column=True)
            __mapper_args__ = {"polymorphic_identity": "cat"}

        assert Cat.weight.property.columns[0] is Dog.weight.property.columns[0] is Animal.__table__.c.weight


class TestNoDefault:
    def test_it_is_no_value(self):
        assert repr(NO_DEFAULT) == "NO_DEFAULT" and not NO_DEFAULT


class TestValidators:
    @pytest.fixture
    def classes(self, Base):
        seen = []

        class Owner(Base):
            __tablename__ = "owner"
            id = Column(Integer, primary_key=True)
            name = Column(String)
            things = relationship("Thing", back_populates="owner")
            quiet = relationship("Thing", viewonly=True)

            @validates("name")
            def check(self, key, value):
                seen.append((key, value))
                return value and value.strip()

            @validates("things", include_removes=True, include_backrefs=False)
            def check_things(self, key, value, is_remove):
                seen.append((key, value.id, is_remove))
                return value

        class Thing(Base):
            __tablename__ = "thing"
            id = Column(Integer, primary_key=True)
            owner_id = Column(ForeignKey("owner.id"))
            owner = relationship("Owner", back_populates="things")

        return Owner, Thing, seen

    def test_values(self, classes):
        Owner, Thing, seen = classes
        owner = Owner(name=" a ")
        assert owner.name == "a" and seen == [("name", " a ")]
        del owner.name
        assert len(seen) == 1

    def test_a_value_that_is_deleted(self, Base):
        seen = []

        class Named(Base):
            __tablename__ = "named"
            id = Column(Integer, primary_key=True)
            name = Column(String)

            @validates("name", include_removes=True)
            def check(self, key, value, is_remove):
                seen.append((value, is_remove))
                return value

        named = Named(name="a")
        del named.name
        assert seen == [("a", False), ("a", True)]

    def test_a_new_collection_is_seen_as_a_whole(self, Base):
        seen = []

        class Box(Base):
            __tablename__ = "box"
            id = Column(Integer, primary_key=True)
            pens = relationship("Pen", back_populates="box")

            @validates("pens")
            def check(self, key, pen):
                seen.append((pen.id, pen.box, list(self.pens)))
                if pen.id == 9:
                    raise ValueError("no pen")
                return Pen(id=-pen.id)

        class Pen(Base):
            __tablename__ = "pen"
            id = Column(Integer, primary_key=True)
            box_id = Column(ForeignKey("box.id"))
            box = relationship("Box", back_populates="pens")

        box = Box()
        box.pens = [Pen(id=1), Pen(id=2)]
        assert seen == [(1, None, []), (2, None, [])]
        one, two = box.pens
        assert [one.id, two.id] == [-1, -2] and one.box is box
        with pytest.raises(ValueError, match="no pen"):
            box.pens = [Pen(id=3), Pen(id=9)]
        assert box.pens == [one, two] and one.box is box
        # those that were there are seen, too
        del seen[:]
        box.pens = [one]
        assert [id for id, _box, _pens in seen] == [-1] and box.pens[0].id == 1 and one.box is None

    def test_two_for_one_attribute(self, Base):
        with pytest.raises(exc.InvalidRequestError, match="'name' .* has two validators.*'second' and 'first'|'first' and 'second'"):

            class Named(Base):
                __tablename__ = "named_twice"
                id = Column(Integer, primary_key=True)
                name = Column(String)

                @validates("name")
                def first(self, key, value):
                    return value

                @validates("name")
                def second(self, key, value):
                    return value

    def test_a_subclass_may_have_its_own(self, classes):
        Owner, Thing, seen = classes

        class Special(Owner):
            @validates("name")
            def check(self, key, value):
                return value.upper()

        assert Special(name="x").name == "X" and seen == []

    def test_collections(self, classes):
        Owner, Thing, seen = classes
        thing = Thing(id=1)
        owner = Owner(things=[thing])
        owner.things.remove(thing)
        assert seen == [("things", 1, False), ("things", 1, True)]

    def test_changes_of_the_other_end_may_pass(self, classes):
        Owner, Thing, seen = classes
        owner, thing = Owner(), Thing(id=1)
        thing.owner = owner
        thing.owner = None
        assert seen == [] and owner.things == []

    def test_errors_leave_everything_as_it_was(self, Base):
        class Strict(Base):
            __tablename__ = "strict"
            id = Column(Integer, primary_key=True)
            age = Column(Integer)

            @validates("age")
            def check(self, key, value):
                if value < 0:
                    raise ValueError("too young")
                return value

        strict = Strict(age=5)
        with pytest.raises(ValueError, match="too young"):
            strict.age = -1
        assert strict.age == 5 and inspect(strict).attrs.age.history.added == [5]

    def test_loading_is_not_checked(self, classes, engine):
        Owner, Thing, seen = classes
        Owner.metadata.create_all(engine)
        with Session(engine) as session:
            session.execute(Owner.__table__.insert(), {"name": " b "})
            assert session.scalars(select(Owner)).one().name == " b " and seen == []
