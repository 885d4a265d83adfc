"""Paths through mapped entities and their relationships."""

from __future__ import annotations

import gc
import pickle
import weakref

import pytest

from sqltoolkit_core import ForeignKey
from sqltoolkit_core import inspect
from sqltoolkit_orm import DeclarativeBase
from sqltoolkit_orm import Mapped
from sqltoolkit_orm import aliased
from sqltoolkit_orm import configure_mappers
from sqltoolkit_orm import mapped_column
from sqltoolkit_orm import relationship
from sqltoolkit_orm.path_registry import DEFAULT_TOKEN
from sqltoolkit_orm.path_registry import PathRegistry
from sqltoolkit_orm.path_registry import WILDCARD_TOKEN


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "path_user"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    addresses = relationship("Address")
    __mapper_args__ = {"polymorphic_on": "kind"}


class Admin(User):
    __mapper_args__ = {"polymorphic_identity": "admin"}


class Address(Base):
    __tablename__ = "path_address"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id = mapped_column(ForeignKey("path_user.id"))


configure_mappers()
user, address, admin = User.__mapper__, Address.__mapper__, Admin.__mapper__
addresses = User.addresses.property
email = Address.id.property
ROOT = PathRegistry.root
WHOLE = ROOT[user][addresses][address][email]


class TestSteps:
    def test_kinds(self):
        assert ROOT.is_root and len(ROOT) == 0 and bool(ROOT)
        entity, prop = ROOT[user], ROOT[user][addresses]
        assert (entity.is_entity, entity.is_property, prop.is_entity, prop.is_property) == (True, False, False, True)
        assert entity.mapper is user and entity.entity_path is entity
        assert prop.has_entity and prop.mapper is address and prop.entity_path is prop[address]
        assert not WHOLE.has_entity and WHOLE.path == (user, addresses, address, email)

    def test_each_is_made_once(self):
        assert ROOT[user][addresses] is PathRegistry.per_mapper(user)[addresses] is WHOLE[0:2]
        assert PathRegistry.coerce((user, addresses)) is ROOT[user][addresses]
        assert ROOT[user][addresses] + ROOT[address][email] == WHOLE

    def test_reading(self):
        assert list(WHOLE) == list(WHOLE.path) and WHOLE.length == len(WHOLE) == 4
        assert WHOLE[0] is user and WHOLE[-1] is email and WHOLE.odd_element(2) is address
        assert list(WHOLE.pairs()) == [(user, addresses), (address, email)]
        assert list(ROOT[user].pairs()) == [(user, None)]
        assert WHOLE.contains_mapper(address) and not WHOLE.contains_mapper(admin)

    def test_equality(self):
        assert ROOT[user] == ROOT[user] and ROOT[user] != ROOT[admin] and ROOT[user] != (user,)
        assert len({ROOT[user], ROOT[user], ROOT[admin]}) == 2

    def test_aliases(self):
        alias = inspect(aliased(User, name="a"))
        path = ROOT[alias][addresses]
        assert ROOT[alias].is_aliased_class and path.contains_mapper(user) and path != ROOT[user][addresses]

    def test_through_a_subclass(self):
        assert not ROOT[admin][addresses].is_unnatural and ROOT[admin][addresses].parent.mapper is admin

    def test_entities_are_not_kept(self):
        alias = inspect(aliased(User))
        ROOT[alias][addresses][address]
        gone = weakref.ref(alias)
        del alias
        gc.collect()
        gc.collect()
        assert gone() is None

    def test_repr(self):
        assert repr(ROOT) == "<RootPath (root)>" and repr(ROOT[user]).startswith("<EntityPath ")


class TestTokens:
    def test_of_entities_and_properties(self):
        every = ROOT[user].token(WILDCARD_TOKEN)
        assert every.is_token and every is ROOT[user]["*"] and every.path == (user, "*")
        assert ROOT[user][addresses]["x"].is_token and ROOT["lazy:" + DEFAULT_TOKEN].is_token

    def test_nothing_follows(self):
        with pytest.raises(NotImplementedError, match="Nothing follows the token '\\*'"):
            ROOT[user]["*"][addresses]

    def test_superclasses(self):
        found = list(ROOT[admin]["*"].generate_for_superclasses())
        assert [path.path for path in found] == [(admin, "*"), (user, "*")]
        alias = inspect(aliased(Admin))
        assert [path.path for path in ROOT[alias]["*"].generate_for_superclasses()] == [(alias, "*")]
        assert [path.path for path in ROOT["*"].generate_for_superclasses()] == [("*",)]


class TestFacts:
    def test_under_a_path(self):
        facts, path = {}, ROOT[user][addresses]
        assert path.get(facts, "loader") is None and path.get(facts, "loader", 5) == 5 and not path.contains(facts, "loader")
        path.set(facts, "loader", 1)
        path.setdefault(facts, "loader", 2)
        path.setdefault(facts, "other", None)
        assert path.get(facts, "loader") == 1 and path.contains(facts, "other") and len(facts) == 2
        assert not ROOT[user].contains(facts, "loader")


class TestWrittenDown:
    @pytest.mark.parametrize(
        "path, written",
        [
            (WHOLE, [(User, "addresses"), (Address, "id")]), (ROOT[user], [(User, None)]), (ROOT, []), (ROOT[user]["*"], [(User, "*")]),
            (ROOT["*"], [("*", None)]),
        ],
    )  # fmt: skip
    def test_and_read_again(self, path, written):
        assert path.serialize() == written
        assert PathRegistry.deserialize(written) == path and pickle.loads(pickle.dumps(path)) == path

    def test_nothing(self):
        assert PathRegistry.deserialize(None) is ROOT


def test_cache_keys():
    assert WHOLE._generate_cache_key() == ROOT[user][addresses][address][email]._generate_cache_key()
    assert WHOLE._generate_cache_key() != ROOT[user][addresses]._generate_cache_key()
    assert ROOT[user]["*"]._generate_cache_key() != ROOT[user]["x"]._generate_cache_key()
