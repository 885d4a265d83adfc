"""What docs/differences.md says about the ORM."""

from __future__ import annotations

import gc
import sys
from typing import List, Optional

import pytest

from sqltoolkit_core import Column, ForeignKey, Table, create_engine, event, func, select, update
from sqltoolkit_orm import DeclarativeBase, Mapped, Session, aliased, mapped_column, relationship, subqueryload
from sqltoolkit_orm.exc import StaleDataError


class Base(DeclarativeBase):
    pass


link = Table(
    "link",
    Base.metadata,
    Column("a", ForeignKey("node.id"), primary_key=True),
    Column("b", ForeignKey("node.id"), primary_key=True),
)


class Node(Base):
    __tablename__ = "node"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[Optional[str]]
    out: Mapped[List["Node"]] = relationship(
        secondary=link,
        primaryjoin=lambda: Node.id == link.c.a,
        secondaryjoin=lambda: Node.id == link.c.b,
        back_populates="into",
    )
    into: Mapped[List["Node"]] = relationship(
        secondary=link,
        primaryjoin=lambda: Node.id == link.c.b,
        secondaryjoin=lambda: Node.id == link.c.a,
        back_populates="out",
    )


class Tree(Node):
    __tablename__ = "tree"
    id: Mapped[int] = mapped_column(ForeignKey("node.id"), primary_key=True)
    rings: Mapped[int] = mapped_column(server_default="7")


@pytest.fixture
def session():
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session


def test_nulls_do_not_split_a_batch(session):
    sent = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *args: sent.append(args[2]))
    session.add_all([Node(name=None if n % 2 else "x") for n in range(10)])
    session.flush()
    assert len([sql for sql in sent if sql.startswith("INSERT")]) == 1


def test_links_in_both_directions_are_two_rows(session):
    a, b = Node(name="a"), Node(name="b")
    session.add_all([a, b])
    a.out.append(b)
    b.out.append(a)
    session.commit()
    assert session.scalar(select(func.count()).select_from(link)) == 2
    assert a.out == [b] == a.into and b.out == [a] == b.into


def test_assignment_around_setattr_is_not_tracked(session):
    node = Node(name="a")
    session.add(node)
    session.commit()
    assert node.name == "a"
    object.__setattr__(node, "name", "b")
    assert node.name == "b" and node not in session.dirty
    node.name = "c"
    assert node in session.dirty


def test_collected_objects_leave_the_identity_map(session):
    session.add_all([Node(name=str(n)) for n in range(20)])
    session.commit()
    session.expunge_all()
    for _ in session.scalars(select(Node)):
        pass
    del _
    gc.collect()
    assert len(session.identity_map) == 0 == len(list(session.identity_map))


def test_deleting_a_column_attribute_writes_null(session):
    node = Node(name="a")
    session.add(node)
    session.commit()
    assert node.name == "a"
    del node.name
    session.commit()
    assert node.name is None


def test_subqueryload_uses_in(session):
    a, b = Node(name="a"), Node(name="b")
    a.out.append(b)
    session.add_all([a, b])
    session.commit()
    sent = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *args: sent.append(args[2]))
    found = session.scalars(select(Node).order_by(Node.id).options(subqueryload(Node.out))).all()
    assert [node.out for node in found] == [[b], []]
    assert len(sent) == 2 and " IN (" in sent[1]


def test_updating_an_expired_object_does_not_load_it(session):
    node = Node(name="a")
    session.add(node)
    session.commit()
    sent = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *args: sent.append(args[2].split()[0]))
    node.name = "b"
    session.flush()
    assert sent == ["UPDATE"]
    session.commit()
    session.execute(link.delete())
    session.connection().execute(Node.__table__.delete())
    node.name = "c"
    with pytest.raises(StaleDataError):
        session.flush()


class Shy(Base):
    __tablename__ = "shy"
    id: Mapped[int] = mapped_column(primary_key=True, deferred=True)
    name: Mapped[Optional[str]]


def test_a_deferred_primary_key_is_loaded_nevertheless(session):
    session.add(Shy(id=4, name="x"))
    session.flush()
    session.expunge_all()
    shy = session.scalars(select(Shy)).one()
    assert shy.__dict__["id"] == 4
    assert session.get(Shy, 4) is shy


class Watched(Base):
    __tablename__ = "watched"
    id: Mapped[int] = mapped_column(primary_key=True)
    ended: List[int] = []
    __allow_unmapped__ = True

    def __del__(self):
        self.ended.append(self.__dict__["id"])


@pytest.mark.skipif(sys.implementation.name == "pypy", reason="objects end at once where references are counted")
@pytest.mark.filterwarnings("error")
def test_objects_with_del_end_at_once(session):
    gc.disable()
    try:
        session.add(Watched(id=1))
        session.commit()
        session.execute(select(Watched)).scalars().all()
        session.close()
        assert set(Watched.ended) == {1}
    finally:
        gc.enable()


def test_objects_of_which_nothing_is_known_are_looked_at_after_an_update(session):
    node = Node(id=1, name=None)
    session.add(node)
    session.commit()
    session.refresh(node)
    session.expire(node, ["name"])
    evaluated = update(Node).where(Node.name == "x").values(id=Node.id + 0).execution_options(synchronize_session="evaluate")
    session.execute(evaluated)
    # it was not met: its value is loaded, not guessed
    assert "id" not in node.__dict__


def test_objects_without_changes_are_not_dirty(session):
    node = Node(id=1, name="a")
    session.add(node)
    session.commit()
    session.refresh(node)
    with session.no_autoflush:
        node.name = "b"
        session.execute(update(Node).values(name="c").execution_options(synchronize_session="evaluate"))
    assert node not in session.dirty and node.name == "c"


def test_what_the_database_makes_for_a_subclass_comes_back_with_its_insert(session):
    tree = Tree(name="oak")
    session.add(tree)
    session.flush()
    assert tree.__dict__["rings"] == 7


def test_an_update_of_an_alias_is_seen_by_objects(session):
    node = Node(id=1, name="a")
    session.add(node)
    session.commit()
    session.refresh(node)
    other = aliased(Node)
    session.execute(update(other).where(other.name == "a").values(name="b").execution_options(synchronize_session="fetch"))
    assert node.name == "b"
