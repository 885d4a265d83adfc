"""Attributes on the class, where they are expressions, and the functions that work on objects."""

from __future__ import annotations

import pickle

import pytest

from sqltoolkit_core import ForeignKey
from sqltoolkit_core import inspect
from sqltoolkit_core import select
from sqltoolkit_orm import DeclarativeBase
from sqltoolkit_orm import Mapped
from sqltoolkit_orm import QueryableAttribute
from sqltoolkit_orm import aliased
from sqltoolkit_orm import attributes
from sqltoolkit_orm import make_transient_to_detached
from sqltoolkit_orm import mapped_column
from sqltoolkit_orm import relationship
from sqltoolkit_orm import synonym
from sqltoolkit_orm.attributes.instrumented import DataInstrumentedAttribute
from sqltoolkit_orm.attributes.instrumented import InstrumentedAttribute
from sqltoolkit_orm.attributes.instrumented import create_proxied_attribute


class Base(DeclarativeBase):
    pass


class Parent(Base):
    __tablename__ = "inst_parent"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(doc="What it is called.", info={"column": 1})
    title = synonym("name")
    kids = relationship("Kid", back_populates="parent", info={"mine": 1})


class Kid(Base):
    __tablename__ = "inst_kid"
    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id = mapped_column(ForeignKey("inst_parent.id"))
    parent = relationship("Parent", back_populates="kids")


class Careful(Base):
    """A class with attribute access of its own: its attributes are data descriptors."""

    __tablename__ = "inst_careful"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]

    def __setattr__(self, name, value):
        object.__setattr__(self, name, value)


A = aliased(Parent, name="a")


class TestExpression:
    def test_column(self):
        assert str(Parent.name) == "Parent.name" and str(Parent.name.expression) == "inst_parent.name"
        assert str(Parent.name == "x") == "inst_parent.name = :name_1"
        assert str("x" + Parent.name) == ":name_1 || inst_parent.name"
        assert str(Parent.name.label("n") + "x") == "inst_parent.name || :param_1"

    def test_marks(self):
        marks = Parent.name.expression.annotations
        assert marks["parententity"] is marks["parentmapper"] is Parent.__mapper__ and marks["proxy_key"] == "name"
        assert Parent.name.annotations == marks and Parent.name.expression is Parent.name.expression
        assert Parent.name.entity_namespace is Parent.__mapper__ and Parent.name.entity_mark.name == "orm"

    def test_of_an_alias(self):
        assert str(A.name == "x") == "a.name = :name_1" and A.name.parent is inspect(A)
        assert str(A.name) == "aliased(Parent).name" and A.name.property is Parent.name.property
        assert type(A.name) is InstrumentedAttribute and A.name is not Parent.name

    def test_variations_of_relationships(self):
        narrowed = Parent.kids.and_(Kid.id > 5)
        assert type(narrowed) is QueryableAttribute and len(narrowed._extra_criteria) == 1
        other = aliased(Kid)
        seen = narrowed.of_type(other)
        assert seen._of_type is inspect(other) and seen._extra_criteria == narrowed._extra_criteria
        assert Parent.kids._extra_criteria == ()

    def test_what_is_told_of_the_property(self):
        assert Parent.name.property is Parent.name.prop is Parent.__mapper__.attrs.name
        assert Parent.kids.info == {"mine": 1} and Parent.name.__doc__ == "What it is called."
        assert Parent.name.is_attribute and not Parent.name.is_mapper and inspect(Parent.name) is Parent.name

    def test_names_of_the_expression_and_its_type(self):
        assert Parent.name.type.length is None and str(Parent.name.desc()) == "inst_parent.name DESC"
        with pytest.raises(AttributeError, match="'InstrumentedAttribute' nor 'Comparator'.*Parent.name.*'nothing'"):
            Parent.name.nothing
        with pytest.raises(AttributeError):
            Parent.name.__nothing__

    def test_cache_keys(self):
        keys = [select(attribute)._generate_cache_key().key for attribute in (Parent.name, Parent.name, A.name, Parent.id)]
        assert keys[0] == keys[1] and len(set(keys)) == 3

    def test_pickle_and_repr(self):
        assert pickle.loads(pickle.dumps(Parent.name)) is Parent.name
        assert repr(Parent.name).startswith("<InstrumentedAttribute Parent.name at 0x")


class TestOnObjects:
    def test_unset(self):
        assert Parent().name is None and Careful().name is None

    def test_without_a_state(self):
        for cls in (Parent, Careful):
            with pytest.raises(AttributeError, match="has no ORM state.*__init__"):
                cls.__new__(cls).name
        with pytest.raises(AttributeError, match="has no ORM state"):
            Careful.__new__(Careful).name = "x"

    def test_kinds(self):
        assert type(Parent.name) is InstrumentedAttribute and not hasattr(InstrumentedAttribute, "__set__")
        assert type(Careful.name) is DataInstrumentedAttribute

    def test_data_descriptors_track(self):
        careful = Careful(name="a")
        assert careful.name == "a" and attributes.get_history(careful, "name").added == ["a"]
        del careful.name
        assert careful.name is None

    def test_history_by_attribute(self):
        parent = Parent(id=1, name="x")
        assert Parent.name.get_history(parent) == attributes.get_history(parent, "name") == (["x"], (), ())


class TestProxies:
    """Attributes that stand before a descriptor."""

    class Shout:
        extra = "from the descriptor"

        def __get__(self, instance, owner):
            return self if instance is None else instance.name.upper()

        def __set__(self, instance, value):
            instance.name = value.lower()

        def __delete__(self, instance):
            del instance.name

    @pytest.fixture
    def proxy(self):
        return create_proxied_attribute(self.Shout())(Parent, "shout", self.Shout(), lambda: Parent.name.comparator, doc="loud")

    def test_on_the_class(self, proxy):
        assert proxy.__get__(None, Parent) is proxy and type(proxy).__name__ == "ShoutProxy"
        assert str(proxy == "x") == "inst_parent.name = :name_1" and proxy.__doc__ == "loud"
        assert proxy.parent is Parent.__mapper__ and proxy.property is Parent.name.property

    def test_on_objects(self, proxy):
        parent = Parent(name="a")
        assert proxy.__get__(parent, Parent) == "A"
        proxy.__set__(parent, "B")
        assert parent.name == "b"
        proxy.__delete__(parent)
        assert parent.name is None

    def test_names_of_both(self, proxy):
        assert proxy.extra == "from the descriptor" and proxy.prop.key == "name"
        with pytest.raises(AttributeError, match="'Shout' nor 'Comparator'.*'nothing'"):
            proxy.nothing

    def test_of_an_alias(self):
        assert str(A.title == "x") == "a.name = :name_1" and A.title.parent is inspect(A)


class TestFunctions:
    def test_set_get_delete(self):
        kid = Kid()
        attributes.set_attribute(kid, "id", 7)
        assert attributes.get_attribute(kid, "id") == 7
        attributes.del_attribute(kid, "id")
        assert attributes.get_attribute(kid, "id") is None
        for call in (attributes.get_attribute, attributes.del_attribute):
            with pytest.raises(KeyError):
                call(kid, "nothing")

    def test_new_collections(self):
        parent, kid = Parent(kids=[Kid()]), Kid()
        old = parent.kids
        adapter = attributes.init_collection(parent, "kids")
        adapter.append_without_event(kid)
        assert parent.kids == [kid] and kid.parent is None
        # the old one is a plain list from now on
        old.append(kid)
        assert kid.parent is None

    def test_committed_values(self):
        parent, kid = Parent(id=1), Kid()
        make_transient_to_detached(parent)
        attributes.set_committed_value(parent, "name", "x")
        attributes.set_committed_value(parent, "kids", [kid])
        assert parent.name == "x" and parent.kids == [kid] and kid.parent is None
        assert not inspect(parent).modified and attributes.get_history(parent, "name") == ((), ["x"], ())

    def test_parents(self):
        parent, kid, other = Parent(), Kid(), Kid()
        parent.kids.append(kid)
        assert attributes.has_parent(Parent, kid, "kids") and not attributes.has_parent(Parent, other, "kids")
        assert Parent.kids.hasparent(inspect(kid)) and not Parent.kids.hasparent(inspect(other))
        parent.kids.remove(kid)
        assert not attributes.has_parent(Parent, kid, "kids")

    def test_flag_modified(self):
        kid = Kid(id=1)
        with pytest.raises(Exception, match="'parent_id' of the object has no value loaded"):
            attributes.flag_modified(Kid(), "parent_id")
        make_transient_to_detached(kid)
        attributes.set_committed_value(kid, "parent_id", 5)
        attributes.flag_modified(kid, "parent_id")
        assert inspect(kid).modified and attributes.get_history(kid, "parent_id").added == [5]

    def test_flag_modified_after_a_change_back(self):
        kid = Kid(id=1)
        make_transient_to_detached(kid)
        attributes.set_committed_value(kid, "parent_id", 5)
        kid.parent_id = 5
        assert attributes.get_history(kid, "parent_id") == ((), [5], ())
        attributes.flag_modified(kid, "parent_id")
        assert attributes.get_history(kid, "parent_id") == ([5], (), ())

    def test_flag_dirty(self):
        kid = Kid(id=1)
        make_transient_to_detached(kid)
        attributes.flag_dirty(kid)
        assert inspect(kid).modified and attributes.get_history(kid, "id") == ((), [1], ())

    def test_state_history(self):
        kid = Kid(id=1)
        assert attributes.get_state_history(inspect(kid), "id") == ([1], (), ())
