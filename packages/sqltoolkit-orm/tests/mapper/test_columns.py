"""Which columns an attribute stands for where a class and its parent both have one."""

import pytest
import sqltoolkit_core as sa
import sqltoolkit_orm as orm
from sqltoolkit_core import Column, ForeignKey, Integer, Table, exc, inspect, select
from sqltoolkit_orm import Session, column_property, declarative_base, deferred, registry


def columns_of(cls, key):
    return [str(column) for column in inspect(cls).attrs[key].columns]


@pytest.fixture
def mapped():
    """A function that maps a class and a joined subclass, which gets the given properties."""
    mapping = registry()
    base = Table("base", mapping.metadata, Column("id", Integer, primary_key=True), Column("x", Integer))
    sub = Table(
        "sub", mapping.metadata, Column("sub_id", Integer, ForeignKey("base.id"), primary_key=True), Column("y", Integer)
    )

    def make(properties):
        class Base:
            pass

        class Sub(Base):
            pass

        mapping.map_imperatively(Base, base)
        mapping.map_imperatively(Sub, sub, inherits=Base, properties=properties(base.c, sub.c))
        return Sub

    yield make
    mapping.dispose()


@pytest.mark.parametrize(
    "properties",
    [
        lambda base, sub: {"id": sub.sub_id},
        lambda base, sub: {"id": [sub.sub_id]},
        lambda base, sub: {"id": column_property(sub.sub_id)},
        lambda base, sub: {"x": sub.y},
    ],
)
def test_a_column_in_the_place_of_the_parents(mapped, properties):
    with pytest.raises(exc.InvalidRequestError, match="base"):
        mapped(properties)


def test_both_columns_in_a_list(mapped):
    assert columns_of(mapped(lambda base, sub: {"id": [sub.sub_id, base.id]}), "id") == ["sub.sub_id", "base.id"]


def test_the_column_of_the_parent_itself(mapped):
    assert columns_of(mapped(lambda base, sub: {"id": base.id}), "id") == ["base.id"]


class TestDeclared:
    @pytest.fixture
    def Base(self):
        Base = declarative_base()
        yield Base
        Base.registry.dispose()

    @pytest.mark.parametrize("name", ["x", "y"])
    def test_under_a_name_of_its_own(self, Base, name):
        class Parent(Base):
            __tablename__ = "parent"
            id = Column(Integer, primary_key=True)
            value = Column("x", Integer)

        class Child(Parent):
            __tablename__ = "child"
            id = Column(ForeignKey("parent.id"), primary_key=True)
            value = Column(name, Integer)

        assert columns_of(Child, "value") == ["child.%s" % name, "parent.x"]

    def test_deferred_columns_are_not_joined(self, Base):
        class Parent(Base):
            __tablename__ = "parent"
            id = Column(Integer, primary_key=True)
            value = Column("x", Integer)

        with pytest.raises(exc.InvalidRequestError, match="value"):

            class Child(Parent):
                __tablename__ = "child"
                id = Column(ForeignKey("parent.id"), primary_key=True)
                value = deferred(Column("y", Integer))


def test_columns_of_a_concrete_table_come_in_the_order_of_the_parents_attributes():
    mapping = orm.registry()
    tables = [
        sa.Table("ship", mapping.metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String)),
        sa.Table(
            "raft",
            mapping.metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("logs", sa.Integer),
            sa.Column("name", sa.String),
            sa.Column("call", sa.String),
        ),
    ]
    Ship = type("Ship", (), {})
    Raft, Float = type("Raft", (Ship,), {}), type("Float", (Ship,), {})
    mapping.map_imperatively(Ship, tables[0])
    mapping.map_imperatively(Raft, tables[1], inherits=Ship, concrete=True)
    assert [prop.key for prop in sa.inspect(Raft).column_attrs] == ["id", "name", "logs", "call"]
    mapping.map_imperatively(Float, tables[1], inherits=Ship, concrete=True, properties={"label": tables[1].c.name})
    assert sorted(prop.key for prop in sa.inspect(Float).column_attrs) == ["call", "id", "label", "logs"]


class TestPartsOfKeys:
    """Tables of which a mapping has a part of the primary key."""

    @pytest.fixture
    def lines(self):
        mapping = registry()
        yield mapping, Table(
            "line",
            mapping.metadata,
            Column("number", Integer, primary_key=True),
            Column("place", Integer, primary_key=True),
            Column("text", Integer),
        )
        mapping.dispose()

    def test_no_rows_are_written_to_them(self, lines, engine, statements):
        mapping, line = lines

        class Order:
            pass

        numbers = select(line.c.number).distinct().subquery("numbers")
        mapper = mapping.map_imperatively(Order, numbers)
        assert mapper.primary_key == (numbers.c.number,)
        mapping.metadata.create_all(engine)
        statements.clear()
        with Session(engine) as session:
            order = Order()
            order.number = 3
            session.add(order)
            session.flush()
            assert statements == [] and order in session

    def test_the_rest_is_not_left_out_unasked(self, lines):
        mapping, line = lines

        class Line:
            pass

        with pytest.raises(exc.ArgumentError, match="primary key"):
            mapping.map_imperatively(Line, line, exclude_properties=["place"])
            mapping.configure()

    def test_the_key_may_be_given(self, lines):
        mapping, line = lines

        class Line:
            pass

        mapper = mapping.map_imperatively(Line, line, exclude_properties=["place"], primary_key=[line.c.number])
        assert mapper.primary_key == (line.c.number,)


def test_the_key_of_a_join_has_no_column_that_its_condition_equates():
    mapping = registry()
    left = Table("left_", mapping.metadata, Column("id", Integer, primary_key=True))
    right = Table("right_", mapping.metadata, Column("id", Integer, primary_key=True))

    class Both:
        pass

    joined = left.join(right, left.c.id == right.c.id)
    mapper = mapping.map_imperatively(Both, joined, properties={"id": left.c.id, "right_id": right.c.id})
    assert mapper.primary_key == (left.c.id,)
    mapping.dispose()
