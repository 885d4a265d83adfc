"""From classes and objects to what describes them, and the words for them in messages."""

from __future__ import annotations

import pytest

from sqltoolkit_core import exc as core_exc
from sqltoolkit_core import select
from sqltoolkit_orm import DeclarativeBase
from sqltoolkit_orm import Mapped
from sqltoolkit_orm import PassiveFlag
from sqltoolkit_orm import aliased
from sqltoolkit_orm import base
from sqltoolkit_orm import class_mapper
from sqltoolkit_orm import exc
from sqltoolkit_orm import mapped_column
from sqltoolkit_orm import object_mapper


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "base_user"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    __mapper_args__ = {"polymorphic_on": "kind"}


class Admin(User):
    __mapper_args__ = {"polymorphic_identity": "admin"}


class Plain(User):
    """Mapped, and below a mapped class; its own subclass is not."""

    __mapper_args__ = {"polymorphic_identity": "plain"}


class TestClasses:
    def test_manager_and_mapper(self):
        assert base.manager_of_class(User) is base.opt_manager_of_class(User)
        assert base.class_mapper_or_none(Admin) is Admin.__mapper__ is class_mapper(Admin, configure=False)
        assert base.class_mapper_or_none(User, configure=True).configured

    @pytest.mark.parametrize("thing", [dict, 5, None, "User", Base])
    def test_what_is_not_mapped(self, thing):
        assert base.opt_manager_of_class(thing) is None and base.class_mapper_or_none(thing) is None
        with pytest.raises(exc.UnmappedClassError):
            base.manager_of_class(thing)

    def test_class_mapper(self):
        with pytest.raises(exc.UnmappedClassError, match="'builtins.dict' is not mapped"):
            class_mapper(dict)
        for thing in (User(), 5, "User", User.__mapper__):
            with pytest.raises(core_exc.ArgumentError, match=r"class_mapper\(\) takes a class"):
                class_mapper(thing)

    def test_entities(self):
        alias = aliased(User)
        for entity in (User, User.__mapper__, alias):
            assert base.is_mapped_class(entity)
        assert base.inspect_entity(User) is User.__mapper__ and base.inspect_entity(alias).is_aliased_class
        for other in (dict, User(), User.id, User.__table__, select(User), 5, None):
            assert not base.is_mapped_class(other) and base.inspect_entity(other) is None


class TestObjects:
    def test_state_and_mapper(self):
        user = Admin()
        state = base.object_state(user)
        assert state is base.instance_state(user) and state() is user
        assert base.instance_dict(user) is user.__dict__ and object_mapper(user) is Admin.__mapper__

    @pytest.mark.parametrize("thing", [5, "x", object(), {}, User])
    def test_without_a_state(self, thing):
        for read in (base.object_state, object_mapper):
            with pytest.raises(exc.UnmappedInstanceError):
                read(thing)
        with pytest.raises(exc.NO_STATE):
            base.instance_state(thing)

    def test_made_without_constructor(self):
        with pytest.raises(exc.UnmappedInstanceError, match="mapped class .* has no state"):
            base.object_state(User.__new__(User))


class TestWords:
    def test_objects(self):
        user = Admin()
        state = base.instance_state(user)
        shown = "<Admin at 0x%x>" % id(user)
        assert base.instance_str(user) == base.state_str(state) == shown
        assert base.attribute_str(user, "id") == base.state_attribute_str(state, "id") == shown + ".id"
        assert base.state_class_str(state) == "<Admin>"

    def test_nothing(self):
        assert base.state_str(None) == base.state_class_str(None) == "None"


class TestConstants:
    def test_passive_flags_are_made_of_bits(self):
        everything = (
            PassiveFlag.CALLABLES_OK | PassiveFlag.SQL_OK | PassiveFlag.RELATED_OBJECT_OK | PassiveFlag.INIT_OK
            | PassiveFlag.NON_PERSISTENT_OK
        )  # fmt: skip
        assert base.PASSIVE_OFF == everything
        assert base.PASSIVE_RETURN_NO_VALUE == base.PASSIVE_OFF ^ PassiveFlag.INIT_OK
        assert base.PASSIVE_NO_INITIALIZE == base.PASSIVE_RETURN_NO_VALUE ^ PassiveFlag.CALLABLES_OK
        assert base.PASSIVE_NO_FETCH == base.PASSIVE_OFF ^ PassiveFlag.SQL_OK
        assert base.PASSIVE_NO_FETCH_RELATED == base.PASSIVE_OFF ^ PassiveFlag.RELATED_OBJECT_OK
        assert base.PASSIVE_ONLY_PERSISTENT == base.PASSIVE_OFF ^ PassiveFlag.NON_PERSISTENT_OK
        assert base.PASSIVE_MERGE == base.PASSIVE_OFF | PassiveFlag.NO_RAISE

    def test_older_names(self):
        assert base.NEVER_SET is base.NO_VALUE and base.EventConstants.EXT_SKIP is base.EXT_SKIP

    def test_type_arguments_are_for_checkers(self):
        for container in (base.DynamicMapped, base.WriteOnlyMapped, base.Mapped, base.ORMDescriptor):
            assert container[int].__origin__ is container
