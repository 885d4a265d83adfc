"""Registries: the styles of mapping, the types of annotations, and the end of mappings."""

import dataclasses
import gc
from typing import Dict, List, NewType, Optional

import pytest
from sqltoolkit_core import Column, ForeignKey, Integer, String, Table, Text, event, exc, inspect, select
from sqltoolkit_core import types as t
from sqltoolkit_core.util.typing import Annotated
from sqltoolkit_orm import DeclarativeBase, DeclarativeMeta, Mapped, Mapper, class_mapper
from sqltoolkit_orm import exc as orm_exc
from sqltoolkit_orm import mapped_column, registry, relationship

short = Annotated[str, "short"]
UserName = NewType("UserName", str)


@pytest.fixture()
def mapping():
    mapping = registry()
    yield mapping
    mapping.dispose(cascade=True)


@pytest.fixture()
def users(mapping):
    return Table("users", mapping.metadata, Column("id", Integer, primary_key=True), Column("name", String(30)))


class TestStyles:
    def test_decorator(self, mapping):
        @mapping.mapped
        class User:
            __tablename__ = "users"
            id: Mapped[int] = mapped_column(primary_key=True)

        assert User(id=5).id == 5 and User.__mapper__ in mapping.mappers
        with pytest.raises(exc.InvalidRequestError, match="is mapped already"):
            mapping.mapped(User)

    def test_function(self, mapping):
        class User:
            __tablename__ = "users"
            id = Column(Integer, primary_key=True)

        mapper = mapping.map_declaratively(User)
        assert isinstance(mapper, Mapper) and mapper is inspect(User) is User.__mapper__

    def test_imperatively(self, mapping, users):
        class User:
            pass

        mapper = mapping.map_imperatively(User, users, properties={"title": users.c.name})
        assert mapper is inspect(User) is class_mapper(User) and User.__table__ is users and User(title="x").title == "x"
        with pytest.raises(exc.ArgumentError, match="is mapped already"):
            mapping.map_imperatively(User, users)

    def test_a_constructor_of_the_class_stays(self, mapping, users):
        class User:
            def __init__(self, name):
                self.name = name

        mapping.map_imperatively(User, users)
        assert User("x").name == "x"

    def test_without_a_constructor(self):
        mapping = registry(constructor=None)

        @mapping.mapped
        class User:
            __tablename__ = "users"
            id: Mapped[int] = mapped_column(primary_key=True)

        with pytest.raises(TypeError):
            User(id=5)
        user = User()
        user.id = 5
        assert user.id == 5

    def test_dataclasses(self, mapping):
        @mapping.mapped_as_dataclass
        class User:
            __tablename__ = "users"
            id: Mapped[int] = mapped_column(primary_key=True)

        @mapping.mapped_as_dataclass(unsafe_hash=True, repr=False)
        class Other:
            __tablename__ = "other"
            id: Mapped[int] = mapped_column(primary_key=True)

        assert dataclasses.is_dataclass(User) and repr(User(5)).endswith("User(id=5)")
        assert hash(Other(5)) == hash(Other(5)) and repr(Other(5)).startswith("<")

    def test_bases(self, mapping):
        class Parent:
            """Text."""

        Base = mapping.generate_base(cls=Parent, name="Named")
        assert Base.__name__ == "Named" and Base.__doc__ == "Text." and Base.registry is mapping
        assert type(Base) is DeclarativeMeta and Base.metadata is mapping.metadata

        class Own(Mapper):
            pass

        Base = mapping.generate_base(mapper=Own)
        cls = type(Base)("T", (Base,), {"__tablename__": "t", "id": Column(Integer, primary_key=True)})
        assert type(inspect(cls)) is Own
        decorated = mapping.as_declarative_base(mapper=Own)(Parent)
        assert decorated.__name__ == "Parent" and decorated.__mapper_cls__ is Own

    def test_the_metaclass_alone(self, mapping):
        with pytest.raises(exc.InvalidRequestError, match="'Base' has no 'registry' attribute"):
            DeclarativeMeta("Base", (), {})
        with pytest.raises(exc.InvalidRequestError, match="'Base' has no 'registry' attribute"):
            DeclarativeMeta("Base", (), {"registry": 5})
        body = {"registry": mapping, "metadata": mapping.metadata, "__abstract__": True, "__init__": mapping.constructor}
        Base = DeclarativeMeta("Base", (), body)
        cls = DeclarativeMeta("T", (Base,), {"__tablename__": "t", "id": Column(Integer, primary_key=True)})
        assert cls(id=5).id == 5 and inspect(cls).registry is mapping

    def test_a_class_that_cannot_be_mapped_is_left_alone(self, mapping):
        class User:
            __tablename__ = "users"

        with pytest.raises(exc.ArgumentError, match="primary key"):
            mapping.mapped(User)
        assert inspect(User, raiseerr=False) is None and not mapping.mappers and not mapping.class_registry
        User.id = Column(Integer, primary_key=True)
        User.__tablename__ = "others"
        assert mapping.mapped(User)(id=5).id == 5
        with pytest.raises(exc.InvalidRequestError, match="__tablename__"):
            mapping.mapped(type("Nothing", (), {}))
        with pytest.raises(exc.ArgumentError, match="primary_key of the mapper names 'nope'"):
            mapping.mapped(type("Other", (), {"__tablename__": "t", "__mapper_args__": {"primary_key": "nope"}}))
        assert list(mapping.class_registry) == ["User"]

    def test_imperatively_too(self, mapping, users):
        class User:
            pass

        nokey = Table("nokey", mapping.metadata, Column("a", Integer))
        with pytest.raises(exc.ArgumentError, match="primary key"):
            mapping.map_imperatively(User, nokey)
        assert not mapping.mappers and not hasattr(User, "a")
        mapper = mapping.map_imperatively(User, users)
        with pytest.raises(exc.ArgumentError, match="is mapped already"):
            mapping.map_imperatively(User, nokey)
        assert inspect(User) is mapper and User(id=5).id == 5

    def test_a_subclass_that_cannot_be_mapped_leaves_its_parent_alone(self, mapping, users):
        class User:
            pass

        class Wrong(User):
            pass

        parent = mapping.map_imperatively(User, users, polymorphic_on=users.c.name, polymorphic_identity="user")
        with pytest.raises(exc.ArgumentError, match="no mapped attribute"):
            mapping.map_imperatively(
                Wrong, inherits=parent, polymorphic_identity="wrong", polymorphic_on="nope", polymorphic_load="inline"
            )
        assert parent.polymorphic_map == {"user": parent} and parent.self_and_descendants == [parent]
        assert not parent.with_polymorphic_mappers and str(select(User)).count("\n") == 1


def test_attribute_access_that_comes_late_is_followed():
    class Base(DeclarativeBase):
        pass

    class User(Base):
        __tablename__ = "users"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[Optional[str]]

    seen = []

    def note(self, key, value):
        seen.append(key)
        object.__setattr__(self, key, value)

    User.__setattr__ = note
    user = User(name="x")
    user.name = "y"
    assert seen.count("name") == 2 and user.name == "y" and inspect(user).attrs.name.history.added == ["y"]


class TestTypes:
    @pytest.mark.parametrize(
        "annotation, expected",
        [
            (short, "VARCHAR(5)"),
            (Optional[short], "VARCHAR(5)"),
            (UserName, "TEXT"),
            (str, "VARCHAR(9)"),
            (List[str], "JSON"),
            (Optional[Dict[str, int]], "INTEGER"),
            (Dict[str, int], "INTEGER"),
            (bytes, "BLOB"),
            (object, None),
            (List[int], None),
        ],
    )  # fmt: skip
    def test_the_map_of_the_registry(self, annotation, expected):
        mapping = registry(type_annotation_map={short: String(5), str: String(9), UserName: Text, List[str]: t.JSON})
        mapping.update_type_annotation_map({Optional[Dict[str, int]]: Integer()})
        found = mapping.resolve_annotation_type(object, "it", annotation)
        assert (found if found is None else str(t.to_instance(found))) == expected

    def test_listeners_are_asked_first(self, mapping):
        questions = []

        def answer(question):
            questions.append((question.key, question.raw_type, question.resolved_type))
            if question.resolved_type is int:
                return question.resolve(str)

        event.listen(mapping, "resolve_type_annotation", answer)

        @mapping.mapped
        class User:
            __tablename__ = "users"
            id: Mapped[int] = mapped_column(Integer, primary_key=True)
            size: Mapped[int]
            name: Mapped[Optional[short]]

        assert questions == [("size", int, int), ("name", short, str)]
        assert isinstance(User.__table__.c.size.type, String) and isinstance(User.__table__.c.name.type, String)


class TestMembers:
    def test_mappers_in_the_order_they_came(self, mapping):
        classes = []
        for name in ("C", "A", "B"):
            body = {"__tablename__": name.lower(), "id": Column(Integer, primary_key=True)}
            classes.append(mapping.mapped(type(name, (), body)))
        assert [mapper.class_ for mapper in mapping.mappers_in_order()] == classes
        assert mapping.mappers == {inspect(cls) for cls in classes} and repr(mapping) == "<registry of 3 classes>"

    def test_classes_are_held_weakly(self, mapping):
        def make():
            mapping.mapped(type("T", (), {"__tablename__": "t", "id": Column(Integer, primary_key=True)}))

        make()
        assert len(mapping.mappers) == 1
        for _ in range(3):
            gc.collect()
        assert not mapping.mappers


class TestDependencies:
    @pytest.fixture()
    def two(self):
        first, second = registry(), registry()

        @first.mapped
        class Parent:
            __tablename__ = "parent"
            id: Mapped[int] = mapped_column(primary_key=True)

        @second.mapped
        class Child:
            __tablename__ = "child"
            id: Mapped[int] = mapped_column(primary_key=True)
            parent_id: Mapped[int] = mapped_column(ForeignKey(Parent.__table__.c.id))
            parent = relationship(Parent)

        second.configure(cascade=True)
        yield first, second, Parent, Child
        first.dispose(cascade=True)
        second.dispose()

    def test_disposing_needs_the_dependents_gone(self, two):
        first, second, Parent, Child = two
        with pytest.raises(exc.InvalidRequestError, match="Other registries refer to this one"):
            first.dispose()
        assert inspect(Parent) and inspect(Child)
        second.dispose()
        first.dispose()
        assert inspect(Parent, raiseerr=False) is inspect(Child, raiseerr=False) is None

    def test_disposing_with_the_dependents(self, two):
        first, second, Parent, Child = two
        first.dispose(cascade=True)
        assert not first.mappers and not second.mappers
        with pytest.raises(exc.ArgumentError):
            select(Child)

    def test_configuring_needs_the_others_too(self, two):
        first, second, Parent, Child = two
        first.mapped(type("More", (), {"__tablename__": "more", "id": Column(Integer, primary_key=True)}))
        second.mapped(type("Most", (), {"__tablename__": "most", "id": Column(Integer, primary_key=True)}))
        with pytest.raises(exc.InvalidRequestError, match="cascade=True"):
            second.configure()
        first.configure()
        second.configure()


class TestDispose:
    def test_a_disposed_subclass_is_no_longer_loaded(self, mapping, users):
        class User:
            pass

        class Admin(User):
            pass

        later = registry()
        parent = mapping.map_imperatively(User, users, polymorphic_on=users.c.name, polymorphic_identity="user")
        later.map_imperatively(Admin, inherits=parent, polymorphic_identity="admin", polymorphic_load="inline")
        assert len(parent.with_polymorphic_mappers) == 2
        later.dispose()
        assert parent.polymorphic_map == {"user": parent} and parent.self_and_descendants == [parent]
        assert not parent.with_polymorphic_mappers

    def test_classes_are_as_before(self, mapping, users):
        class User:
            pass

        mapping.map_imperatively(User, users)
        mapping.dispose()
        assert inspect(User, raiseerr=False) is None and not hasattr(User, "id") and User().__dict__ == {}
        with pytest.raises(orm_exc.UnmappedClassError):
            class_mapper(User)
        # and may be mapped again
        assert mapping.map_imperatively(User, users).attrs.keys() == ["id", "name"]

    def test_tables_made_from_the_body_go(self, mapping):
        class User:
            __tablename__ = "users"
            id = Column(Integer, primary_key=True)

        mapping.mapped(User)
        mapping.dispose()
        assert "__table__" not in User.__dict__ and "users" in mapping.metadata.tables

    def test_names_are_forgotten(self):
        names = {}
        mapping = registry(class_registry=names)
        cls = mapping.mapped(type("User", (), {"__tablename__": "u", "id": Column(Integer, primary_key=True)}))
        assert "User" in names
        mapping.dispose()
        assert "User" not in names and cls
