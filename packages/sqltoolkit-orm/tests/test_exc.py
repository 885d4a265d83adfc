"""Errors of the ORM: their families, their texts, and that they survive a pickle."""

from __future__ import annotations

import pickle

import pytest

from sqltoolkit_core import exc as core_exc
from sqltoolkit_core import inspect
from sqltoolkit_core import select
from sqltoolkit_orm import DeclarativeBase
from sqltoolkit_orm import Mapped
from sqltoolkit_orm import Session
from sqltoolkit_orm import defaultload
from sqltoolkit_orm import exc
from sqltoolkit_orm import joinedload
from sqltoolkit_orm import mapped_column
from sqltoolkit_orm import raiseload
from sqltoolkit_orm import relationship
from sqltoolkit_orm import selectinload


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "exc_user"
    id: Mapped[int] = mapped_column(primary_key=True)


@pytest.mark.parametrize(
    "error, family",
    [
        (exc.StaleDataError, core_exc.SQLAlchemyError), (exc.FlushError, core_exc.SQLAlchemyError),
        (exc.DetachedInstanceError, core_exc.SQLAlchemyError), (exc.ObjectDereferencedError, core_exc.SQLAlchemyError),
        (exc.MappedAnnotationError, core_exc.ArgumentError), (exc.UnmappedError, core_exc.InvalidRequestError),
        (exc.UnmappedClassError, exc.UnmappedError), (exc.UnmappedInstanceError, exc.UnmappedError),
        (exc.ObjectDeletedError, core_exc.InvalidRequestError), (exc.UnmappedColumnError, core_exc.InvalidRequestError),
        (exc.LoaderStrategyException, core_exc.InvalidRequestError),
    ],
)  # fmt: skip
def test_families(error, family):
    assert issubclass(error, family)


def test_codes_and_older_names():
    assert exc.ConcurrentModificationError is exc.StaleDataError
    assert "(code bhk3)" in str(exc.DetachedInstanceError("x"))


class TestUnmapped:
    @pytest.mark.parametrize(
        "thing, found",
        [
            (5, "Class 'builtins.int' is not mapped$"), (User, "'builtins?.*type|DeclarativeAttributeIntercept' is not mapped"),
            (User.__new__(User), "User' has no state .*made around the __init__"),
            (dict, "'builtins.dict' is a class, and an object of it was expected"),
        ],
    )  # fmt: skip
    def test_objects(self, thing, found):
        with pytest.raises(exc.UnmappedInstanceError, match=found):
            raise exc.UnmappedInstanceError(thing)

    def test_classes(self):
        assert str(exc.UnmappedClassError(dict)) == "Class 'builtins.dict' is not mapped"
        assert str(exc.UnmappedClassError(5)) == "Class '5' is not mapped"

    def test_own_words(self):
        assert str(exc.UnmappedClassError(dict, "mine")) == str(exc.UnmappedInstanceError(5, "mine")) == "mine"


class TestRows:
    def test_deleted(self):
        state = inspect(User())
        assert "User" in str(exc.ObjectDeletedError(state)) and "row" in str(exc.ObjectDeletedError(state))
        assert str(exc.ObjectDeletedError(state, "mine")) == "mine"

    def test_the_session_raises_it(self, engine):
        Base.metadata.create_all(engine)
        with Session(engine) as session:
            user = User(id=1)
            session.add(user)
            session.commit()
            session.execute(User.__table__.delete())
            with pytest.raises(exc.ObjectDeletedError, match="is gone"):
                user.id


class TestStrategies:
    def test_that_do_not_exist(self):
        error = exc.LoaderStrategyException(type(User.id.property), User.id.property, None, None, (("lazy", "x"),))
        assert str(error) == "No loading strategy with lazy='x' exists for User.id"
        assert "no options" in str(exc.LoaderStrategyException(type, User.id.property, None, None, ()))

    def test_of_another_kind_of_attribute(self, engine):
        Base.metadata.create_all(engine)
        with Session(engine) as session:
            for option in (joinedload(User.id), selectinload(User.id), raiseload(User.id)):
                with pytest.raises(exc.LoaderStrategyException, match="applies to a Relationship.* and cannot be used.*User.id"):
                    session.execute(select(User).options(option)).all()
            assert session.execute(select(User).options(defaultload(User.id))).all() == []
        error = exc.LoaderStrategyException(int, "User.id", str, list, (("lazy", "joined"),))
        assert "applies to a str and cannot be used for the int" in str(error)


@pytest.mark.parametrize(
    "error",
    [
        exc.UnmappedInstanceError(5), exc.UnmappedClassError(dict), exc.ObjectDeletedError(inspect(User(id=1))), exc.StaleDataError("x"),
        exc.DetachedInstanceError("x"), exc.FlushError("x"),
    ],
    ids=lambda error: type(error).__name__,
)  # fmt: skip
def test_pickle(error):
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error) and str(again) == str(error)


def test_relationship_without_a_target_is_told():
    with pytest.raises(core_exc.ArgumentError, match="neither an argument naming its target nor"):

        class Lonely(Base):
            __tablename__ = "exc_lonely"
            id: Mapped[int] = mapped_column(primary_key=True)
            other = relationship()


def test_errors_of_results_are_here_as_well():
    assert exc.NoResultFound is core_exc.NoResultFound and exc.MultipleResultsFound is core_exc.MultipleResultsFound
