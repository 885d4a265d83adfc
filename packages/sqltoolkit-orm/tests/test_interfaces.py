"""Inspection attributes, properties, comparators, strategies and options: the defaults, and what a subclass may say."""

from __future__ import annotations

import pickle

import pytest

from sqltoolkit_core import Column
from sqltoolkit_core import ForeignKey
from sqltoolkit_core import String
from sqltoolkit_core import event
from sqltoolkit_core import exc as core_exc
from sqltoolkit_core import func
from sqltoolkit_core import inspect
from sqltoolkit_core import select
from sqltoolkit_core import update
from sqltoolkit_orm import DeclarativeBase
from sqltoolkit_orm import Mapped
from sqltoolkit_orm import PropComparator
from sqltoolkit_orm import Session
from sqltoolkit_orm import aliased
from sqltoolkit_orm import column_property
from sqltoolkit_orm import exc
from sqltoolkit_orm import interfaces
from sqltoolkit_orm import mapped_column
from sqltoolkit_orm import relationship
from sqltoolkit_orm.interfaces import LoaderStrategy
from sqltoolkit_orm.interfaces import MapperProperty
from sqltoolkit_orm.properties import ColumnProperty


class Base(DeclarativeBase):
    pass


class Folded(ColumnProperty.Comparator):
    def __eq__(self, other):
        return func.lower(self.__clause_element__()) == func.lower(other)

    def sounds_like(self, other):
        return func.soundex(self.__clause_element__()) == func.soundex(other)


class User(Base):
    __tablename__ = "iface_user"
    id: Mapped[int] = mapped_column(primary_key=True)
    name = column_property(Column(String), comparator_factory=Folded)
    boss_id = mapped_column(ForeignKey("iface_user.id"))
    boss = relationship("User", remote_side=[id])


class TestInspection:
    def test_everything_tells_what_it_is(self):
        told = {
            inspect(User): "is_mapper", inspect(User()): "is_instance", inspect(aliased(User)): "is_aliased_class",
            User.id: "is_attribute", User.boss.property: "is_property",
        }  # fmt: skip
        flags = ("is_mapper", "is_instance", "is_aliased_class", "is_attribute", "is_property", "is_bundle")
        for found, own in told.items():
            assert [flag for flag in flags if getattr(found, flag)] == [own]
            assert found.extension_type is interfaces.NotExtension.NOT_EXTENSION

    def test_notes(self):
        class Noted(interfaces.InspectionAttrInfo):
            pass

        one = Noted()
        one.info["a"] = 1
        assert one.info == {"a": 1}
        one.info = {"b": 2}
        assert one.info == {"b": 2}


class TestProperty:
    def test_what_it_does_by_default(self):
        prop = MapperProperty()
        assert prop.setup(None, None, None, None) is prop.create_row_processor(*[None] * 7) is None
        assert list(prop.cascade_iterator("merge", None, {}, set())) == []
        assert prop.merge(*[None] * 8) is None and prop.columns_to_assign == [] and prop.mapper_property_to_assign is prop
        prop.init()
        assert prop.configured

    def test_names(self):
        prop = MapperProperty()
        assert str(prop) == "MapperProperty(no parent).?" and "no key" in repr(prop) and prop.path_string() == "?."
        found = User.boss.property
        assert str(found) == found.path_string() == "User.boss" and found.class_attribute is User.boss

    def test_targets_have_to_come_from_somewhere(self):
        class Thing(interfaces.IntrospectsAnnotations):
            pass

        error = Thing().missing_annotation(User, "x")
        assert isinstance(error, core_exc.ArgumentError) and "thing() of attribute 'User.x'" in str(error)
        assert Thing().declarative_scan(*[None] * 9) is None


class TestComparator:
    def test_own_operators(self):
        assert str(User.name == "X") == "lower(iface_user.name) = lower(:lower_1)"
        assert str(User.name.sounds_like("X")) == "soundex(iface_user.name) = soundex(:soundex_1)"
        assert str(User.name.startswith("x")) == "iface_user.name LIKE :name_1 || '%'"

    def test_of_an_alias(self):
        a = aliased(User, name="a")
        assert str(a.name == "X") == "lower(a.name) = lower(:lower_1)"
        assert a.name.comparator.adapter is not None and User.name.comparator.adapter is None

    def test_a_plain_one_gives_no_expression(self):
        plain = PropComparator(User.id.property, User.__mapper__)
        assert plain.property is plain.prop is User.id.property
        with pytest.raises(NotImplementedError, match="gives no SQL expression"):
            plain.__clause_element__()
        for ask in (lambda: plain.any(), lambda: plain.has(x=1), lambda: plain.of_type(User), lambda: plain.and_(True), lambda: plain == 1):
            with pytest.raises(NotImplementedError):
                ask()

    def test_operators_of_relationships_are_operators(self):
        seen = []

        class Noting(PropComparator):
            def operate(self, op, *other, **kwargs):
                seen.append((op.__name__, other, kwargs))

        noting = Noting(User.boss.property, User.__mapper__)
        noting.any(1, x=2)
        noting.has(1, x=2)
        noting.of_type(User)
        noting.and_(1, 2)
        assert [name for name, _, _ in seen] == ["any_op", "has_op", "of_type_op", "and_"]
        assert seen[0][1:] == ((1,), {"x": 2}) and seen[2][1] == (User,)


class TestStrategies:
    def test_registering(self):
        class Own(ColumnProperty):
            inherit_cache = True

        @Own.strategy_for(mine="yes")
        class Mine(LoaderStrategy):
            pass

        prop = Own(User.__table__.c.id)
        prop.set_parent(User.__mapper__, False)
        prop.key = "x"
        found = prop.get_strategy((("mine", "yes"),))
        assert type(found) is Mine and found is prop.get_strategy((("mine", "yes"),))
        assert found.parent_property is prop and found.key == "x" and found.strategy_opts == {"mine": "yes"} and str(found) == "User.x"
        assert interfaces.find_strategy(ColumnProperty, (("mine", "yes"),)) is None
        # those of the base class are found, too
        assert interfaces.find_strategy(Own, prop.strategy_key) is not None

    def test_unknown(self):
        with pytest.raises(exc.LoaderStrategyException, match="No loading strategy with x=1 exists for User.id"):
            User.id.property.get_strategy((("x", 1),))
        with pytest.raises(exc.LoaderStrategyException, match="applies to a RelationshipProperty"):
            User.id.property.get_strategy((("lazy", "joined"),))

    def test_a_strategy_may_do_nothing(self):
        strategy = LoaderStrategy(User.id.property, ())
        assert strategy.init_class_attribute(None) is strategy.setup_query(*[None] * 5) is None
        assert strategy.create_row_processor(*[None] * 8) is None


class TestOptions:
    def test_kinds(self):
        kinds = [interfaces.CompileStateOption, interfaces.LoaderOption, interfaces.CriteriaOption, interfaces.UserDefinedOption]
        flags = [
            tuple(getattr(kind, flag) for flag in ("_is_compile_state", "_is_strategy_option", "_is_criteria_option", "_is_user_defined"))
            for kind in kinds
        ]
        assert flags == [(True, False, False, False), (True, True, False, False), (True, False, True, False), (False, False, False, True)]
        assert not any(kind.propagate_to_loaders for kind in kinds)

    def test_replaced_entities(self):
        seen = []

        class Own(interfaces.CompileStateOption):
            def process_compile_state(self, compile_state):
                seen.append(compile_state)

        Own().process_compile_state_replaced_entities("state", [])
        assert seen == ["state"]
        assert interfaces.CompileStateOption().process_compile_state(None) is None
        assert interfaces.CriteriaOption().get_global_criteria({}) is None

    def test_of_the_application(self, engine):
        Base.metadata.create_all(engine)
        with Session(engine) as session:
            seen = []

            @event.listens_for(session, "do_orm_execute")
            def look(state):
                seen.extend(option.payload for option in state.user_defined_options)

            class Mine(interfaces.UserDefinedOption):
                pass

            session.execute(select(User).options(Mine("a"), Mine("b"))).all()
            session.execute(User.__table__.update().values(id=5).options(Mine("c")))
            session.execute(update(User).values(id=5).options(Mine("d")), execution_options={"synchronize_session": False})
            session.execute(select(User)).all()
            assert seen == ["a", "b", "c", "d"]

    def test_pickle(self):
        again = pickle.loads(pickle.dumps(interfaces.UserDefinedOption({"x": 1})))
        assert again.payload == {"x": 1}
