"""``declared_attr``: what mixins make for each class anew."""

import warnings
from typing import List, Optional

import pytest
from sqltoolkit_core import Column, ForeignKey, Integer, String, exc, inspect, select
from sqltoolkit_orm import DeclarativeBase, Mapped, column_property, declared_attr, has_inherited_table, mapped_column
from sqltoolkit_orm import registry, relationship
from sqltoolkit_orm.decl_api.declared import is_declared_attr


@pytest.fixture()
def Base():
    class Base(DeclarativeBase):
        pass

    yield Base
    Base.registry.dispose()


@pytest.fixture()
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


class TestOutsideOfMappings:
    def test_reading_on_a_class_that_is_not_mapped_warns(self):
        class Mixin:
            @declared_attr
            def it(cls):
                """Documented."""
                return [cls]

        with pytest.warns(exc.SAWarning, match="declared attribute it was read on Mixin, which is not mapped"):
            assert Mixin.it == [Mixin]
        assert Mixin.__dict__["it"].__doc__ == "Documented." and is_declared_attr(Mixin.__dict__["it"])
        assert not is_declared_attr(Mixin) and not is_declared_attr(None)

    def test_settings_may_be_read_anywhere(self, no_warnings):
        class Mixin:
            @declared_attr.directive
            def __tablename__(cls):
                return cls.__name__.lower()

        assert Mixin.__tablename__ == Mixin().__tablename__ == "mixin"


class TestAttributes:
    def test_every_class_has_its_own(self, Base, no_warnings):
        class Mixin:
            @declared_attr
            def owner_id(cls):
                return mapped_column(ForeignKey("owner.id"))

            @declared_attr
            def owner(cls):
                return relationship("Owner")

            @declared_attr
            def old(cls):
                return Column(String(5))

        def make(name, bases):
            return type(name, bases, {"__tablename__": name.lower(), "id": Column(Integer, primary_key=True)})

        owner, first, second = make("Owner", (Base,)), make("First", (Mixin, Base)), make("Second", (Mixin, Base))
        assert first.owner.property is not second.owner.property and first.owner.property.mapper.class_ is owner
        assert [c.table.name for c in (first.__table__.c.old, second.__table__.c.old)] == ["first", "second"]

    def test_they_are_made_once_and_see_each_other(self, Base):
        made = []

        class Mixin:
            @declared_attr
            def twice(cls):
                return column_property(cls.number * 2)

            @declared_attr
            def number(cls):
                made.append(cls.__name__)
                return mapped_column(Integer)

        class T(Mixin, Base):
            __tablename__ = "t"
            id: Mapped[int] = mapped_column(primary_key=True)

        assert made == ["T"] and str(select(T.twice)) == "SELECT t.number * :param_1 AS anon_1 \nFROM t"

    def test_annotations_of_what_is_returned(self, Base):
        class Mixin:
            @declared_attr
            def name(cls) -> Mapped[Optional[str]]:
                return mapped_column()

            @declared_attr
            def parent_id(cls) -> Mapped[Optional[int]]:
                return mapped_column(ForeignKey("t.id"))

            @declared_attr
            def children(cls) -> Mapped[List["T"]]:
                return relationship("T")

        class T(Mixin, Base):
            __tablename__ = "t"
            id: Mapped[int] = mapped_column(primary_key=True)

        c = T.__table__.c
        assert isinstance(c.name.type, String) and c.name.nullable and c.parent_id.nullable and T().children == []

    def test_class_methods_and_plain_values(self, Base, no_warnings):
        class Mixin:
            @declared_attr
            @classmethod
            def number(cls) -> Mapped[int]:
                return mapped_column()

            @declared_attr
            def label(cls):
                return cls.__name__ * 2

        class T(Mixin, Base):
            __tablename__ = "t"
            id: Mapped[int] = mapped_column(primary_key=True)

        assert T.__table__.c.keys() == ["id", "number"] and T.label == T().label == "TT"

    def test_the_class_itself_goes_before_its_mixins(self, Base, no_warnings):
        class Mixin:
            @declared_attr
            def number(cls):
                return mapped_column(Integer)

            @declared_attr
            def gone(cls):
                return mapped_column(Integer)

        class T(Mixin, Base):
            __tablename__ = "t"
            id: Mapped[int] = mapped_column(primary_key=True)
            number: Mapped[str]
            gone = None

        assert T.__table__.c.keys() == ["id", "number"] and isinstance(T.__table__.c.number.type, String)

    def test_subclasses_inherit_what_the_mapped_parent_has(self, Base, no_warnings):
        class Mixin:
            @declared_attr
            def number(cls):
                return mapped_column(Integer)

        class T(Mixin, Base):
            __tablename__ = "t"
            id: Mapped[int] = mapped_column(primary_key=True)

        class Sub(T):
            __tablename__ = "sub"
            id: Mapped[int] = mapped_column(ForeignKey("t.id"), primary_key=True)

        assert Sub.__table__.c.keys() == ["id"] and Sub.number.property.columns == [T.__table__.c.number]

    def test_attributes_of_other_classes_are_refused(self, Base):
        class Other(Base):
            __tablename__ = "other"
            id: Mapped[int] = mapped_column(primary_key=True)

        class Mixin:
            number = declared_attr(lambda cls: Other.id)

        with pytest.raises(exc.InvalidRequestError, match="'Other.id' belongs to another mapped class"):
            type("T", (Mixin, Base), {"__tablename__": "t", "id": Column(Integer, primary_key=True)})

    def test_expressions_need_column_property(self, Base):
        class Mixin:
            @declared_attr
            def twice(cls):
                return cls.id * 2

        with pytest.warns(exc.SAWarning, match=r"'twice' .* is an SQL expression and is not mapped; .*column_property"):
            cls = type("T", (Mixin, Base), {"__tablename__": "t", "id": Column(Integer, primary_key=True)})
        assert inspect(cls).attrs.keys() == ["id"]

    def test_on_a_mapped_class_itself(self, Base, no_warnings):
        class T(Base):
            __tablename__ = "t"
            id: Mapped[int] = mapped_column(primary_key=True)

            @declared_attr
            def twice(cls):
                return column_property(cls.id * 2)

        assert str(select(T.twice)) == "SELECT t.id * :param_1 AS anon_1 \nFROM t"


class TestSettings:
    def test_table_names(self, Base):
        class Mixin:
            @declared_attr.directive
            def __tablename__(cls):
                return None if has_inherited_table(cls) else cls.__name__.lower()

            @declared_attr.directive
            def __table_args__(cls):
                return {"comment": "of " + cls.__name__}

        class T(Mixin, Base):
            id: Mapped[int] = mapped_column(primary_key=True)

        assert T.__table__.name == "t" and T.__table__.comment == "of T"
        Sub = type("Sub", (T,), {})
        assert Sub.__table__ is T.__table__ and T.__table__.comment == "of T"
        with pytest.raises(exc.ArgumentError, match="__table_args__ needs a table"):
            type("Other", (T,), {"__table_args__": {"comment": "c"}})

    def test_mapper_arguments(self, Base):
        class Mixin:
            @declared_attr.directive
            def __mapper_args__(cls):
                own = {"polymorphic_identity": cls.__name__.lower()}
                return own if has_inherited_table(cls) else dict(own, polymorphic_on="kind")

        class T(Mixin, Base):
            __tablename__ = "t"
            id: Mapped[int] = mapped_column(primary_key=True)
            kind: Mapped[str]

        class Sub(T):
            pass

        assert sorted(inspect(T).polymorphic_map) == ["sub", "t"] and Sub().kind == "sub"


class TestCascading:
    @pytest.fixture()
    def Mixin(self):
        class Mixin:
            @declared_attr.cascading
            def id(cls):
                key = ForeignKey("t.id") if has_inherited_table(cls) else None
                return mapped_column(*[Integer] if key is None else [key], primary_key=True, comment=cls.__name__)

        return Mixin

    def test_every_subclass_has_one_of_its_own(self, Base, Mixin, no_warnings):
        class T(Mixin, Base):
            __tablename__ = "t"

        class Sub(T):
            __tablename__ = "sub"

        assert T.__table__.c.id.comment == "T" and Sub.__table__.c.id.comment == "Sub"
        assert str(inspect(Sub).persist_selectable) == "t JOIN sub ON t.id = sub.id"

    def test_it_decides_over_the_class(self, Base, Mixin):
        own = Column("own", Integer, primary_key=True)
        with pytest.warns(exc.SAWarning, match="'id' of class .*T.* is ignored: a @declared_attr.cascading"):
            cls = type("T", (Mixin, Base), {"__tablename__": "t", "id": own})
        assert cls.__table__.c.keys() == ["id"] and cls.__table__.c.id.comment == "T"
        with pytest.warns(exc.SAWarning, match="'id' of class .*Sub.* is ignored"):
            sub = type("Sub", (cls,), {"__tablename__": "sub", "id": Column(ForeignKey("t.id"), primary_key=True)})
        assert sub.__table__.c.id.comment == "Sub"

    def test_it_decides_over_other_mixins(self, Base, Mixin, no_warnings):
        class Other:
            id: Mapped[int] = mapped_column(primary_key=True)

        class Nearer(Mixin):
            @declared_attr.cascading
            def id(cls):
                return mapped_column(Integer, primary_key=True, comment="nearer")

        cls = type("T", (Other, Mixin, Base), {"__tablename__": "t"})
        assert cls.__table__.c.id.comment == "T"
        cls = type("U", (Nearer, Base), {"__tablename__": "u"})
        assert cls.__table__.c.id.comment == "nearer"

    def test_it_means_nothing_on_a_mapped_class(self, Base):
        body = {"__tablename__": "t", "id": declared_attr.cascading(lambda cls: Column(Integer, primary_key=True))}
        with pytest.warns(exc.SAWarning, match="cascading is for mixins and abstract classes"):
            cls = type("T", (Base,), body)
        assert cls.__table__.c.keys() == ["id"]


def test_has_inherited_table(Base):
    class Abstract(Base):
        __abstract__ = True

    class T(Abstract):
        __tablename__ = "t"
        id: Mapped[int] = mapped_column(primary_key=True)

    class Sub(T):
        pass

    assert [has_inherited_table(cls) for cls in (int, Abstract, T, Sub)] == [False, False, False, True]
    mapping = registry()

    class Plain:
        pass

    class Child(Plain):
        pass

    mapping.map_imperatively(Plain, T.__table__)
    assert has_inherited_table(Child) and not has_inherited_table(Plain)
    mapping.dispose()
