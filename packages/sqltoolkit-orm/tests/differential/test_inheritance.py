"""Inheritance on sqltoolkit and, as a black box, on SQLAlchemy: which rows and objects come back agrees."""

import pytest
from two_libraries import agree_on_value


def company(lib):
    core, orm = lib.core, lib.orm
    Column, Integer, ForeignKey = core.Column, core.Integer, core.ForeignKey

    class Person(lib.Base):
        __tablename__ = "person"
        id = Column(Integer, primary_key=True)
        name = Column(core.String(20))
        type = Column(core.String(20))
        __mapper_args__ = {"polymorphic_on": type, "polymorphic_identity": "person"}

    class Manager(Person):
        __tablename__ = "manager"
        id = Column(ForeignKey("person.id"), primary_key=True)
        __mapper_args__ = {"polymorphic_identity": "manager"}

    class Machine(lib.Base):
        __tablename__ = "machine"
        id = Column(Integer, primary_key=True)
        name = Column(core.String(20))
        engineer_id = Column(ForeignKey("engineer.id"))

    class Engineer(Person):
        __tablename__ = "engineer"
        id = Column(ForeignKey("person.id"), primary_key=True)
        boss_id = Column(ForeignKey("manager.id"))
        boss = orm.relationship(Manager, foreign_keys=boss_id, backref="engineers")
        machines = orm.relationship(Machine, order_by=Machine.id)
        __mapper_args__ = {"polymorphic_identity": "engineer", "inherit_condition": id == Person.id}

    lib.Base.registry.configure()
    return Person, Manager, Engineer, Machine


def rows_of_other_classes_stay(lib):
    core, orm, session = lib.core, lib.orm, lib.session
    Person, Manager, Engineer, Machine = company(lib)
    lib.create_tables()
    session.add_all([Engineer(name="e", machines=[Machine(name="m")]), Manager(name="b"), Person(name="p")])
    session.commit()
    said = []
    for entity in (orm.with_polymorphic(Person, [Engineer]), orm.aliased(orm.with_polymorphic(Person, [Engineer]))):
        loaded = orm.joinedload(entity.Engineer.machines, innerjoin=True)
        found = session.scalars(core.select(entity).options(loaded).order_by(entity.id)).unique()
        said.append([(type(one).__name__, one.name) for one in found])
    return said


def joins_to_siblings_under_an_automatic_alias(lib):
    session = lib.session
    Person, Manager, Engineer, _ = company(lib)
    query = session.query(Manager, Engineer.name).join(Manager.engineers).filter(Manager.name == "x")
    return [str(query), str(query.order_by(Manager.name.desc(), Engineer.name))]


def relationships_of_one_name_in_two_subclasses(lib):
    core, orm, session = lib.core, lib.orm, lib.session
    Column, Integer, ForeignKey = core.Column, core.Integer, core.ForeignKey
    tables = [
        core.Table(name + "tag", lib.Base.metadata, Column("one", ForeignKey(name + ".id")), Column("tag", ForeignKey("tag.id")))
        for name in ("left", "right")
    ]

    class Tag(lib.Base):
        __tablename__ = "tag"
        id = Column(Integer, primary_key=True)

    class Both(lib.Base):
        __tablename__ = "both"
        id = Column(Integer, primary_key=True)
        type = Column(core.String(9))
        __mapper_args__ = {"polymorphic_on": type}

    class Left(Both):
        __tablename__ = "left"
        id = Column(ForeignKey("both.id"), primary_key=True)
        tags = orm.relationship(Tag, secondary=tables[0], order_by=Tag.id)
        __mapper_args__ = {"polymorphic_identity": "left"}

    class Right(Both):
        __tablename__ = "right"
        id = Column(ForeignKey("both.id"), primary_key=True)
        tags = orm.relationship(Tag, secondary=tables[1], order_by=Tag.id)
        __mapper_args__ = {"polymorphic_identity": "right"}

    lib.create_tables()
    one, two = Tag(), Tag()
    session.add_all([Left(tags=[one]), Right(tags=[one, two]), Left(), Right(tags=[two])])
    session.commit()
    statements = []
    core.event.listen(session.get_bind(), "before_cursor_execute", lambda *args: statements.append(args[2]))
    said = []
    for load in (orm.joinedload, orm.selectinload, orm.subqueryload, orm.immediateload):
        entity = orm.with_polymorphic(Both, [Left, Right])
        for statement in (
            core.select(entity).options(load(entity.Left.tags), load(entity.Right.tags)).order_by(entity.id),
            core.select(Both)
            .options(orm.selectin_polymorphic(Both, [Left, Right]), load(Left.tags), load(Right.tags))
            .order_by(Both.id),
        ):
            session.expunge_all()
            del statements[:]
            found = session.scalars(statement).unique().all()
            said.append(([[tag.id for tag in each.__dict__.get("tags", ())] for each in found], len(statements)))
    return said


def concrete_tables(lib):
    core, Column = lib.core, lib.core.Column
    return {
        name: core.Table(
            name, lib.Base.metadata, Column("id", core.Integer, primary_key=True),
            Column("dest_id", core.ForeignKey("dest.id")), Column(name + "_name", core.String(9)),
        )
        for name in ("a", "b", "c")
    }  # fmt: skip


def concrete_classes_by_a_union(lib):
    core, orm, session = lib.core, lib.orm, lib.session
    registry, metadata = lib.Base.registry, lib.Base.metadata
    dest = core.Table("dest", metadata, core.Column("id", core.Integer, primary_key=True))
    tables = concrete_tables(lib)
    union = orm.polymorphic_union(tables, "type", "pjoin")
    Dest, A = type("Dest", (), {}), type("A", (), {})
    B, C = type("B", (A,), {}), type("C", (A,), {})
    registry.map_imperatively(
        A, tables["a"], with_polymorphic=("*", union), polymorphic_on=union.c.type, polymorphic_identity="a",
        properties={"dest": orm.relationship(Dest, back_populates="many")},
    )  # fmt: skip
    for cls, name in ((B, "b"), (C, "c")):
        registry.map_imperatively(
            cls, tables[name], inherits=A, concrete=True, polymorphic_identity=name,
            properties={"dest": orm.relationship(Dest, back_populates="many")},
        )  # fmt: skip
    registry.map_imperatively(
        Dest, dest, properties={"many": orm.relationship(A, back_populates="dest", order_by=union.c.id)}
    )
    lib.create_tables()
    one, two = Dest(), Dest()
    things = [A(id=1, dest=one), A(id=2, dest=two), B(id=3, dest=one, b_name="b"), C(id=4, dest=two, c_name="c")]
    session.add_all(things)
    session.commit()
    said = [[(type(t).__name__, t.id) for t in each.many] for each in (one, two)]
    for thing in things:
        said.append([d.id for d in session.query(Dest).filter(Dest.many.contains(thing))])
    session.expunge_all()
    loaded = session.query(Dest).options(orm.joinedload(Dest.many)).order_by(Dest.id).all()
    return said + [[sorted(set(vars(thing)) - {"_sa_instance_state"}) for thing in each.many] for each in loaded]


def concrete_classes_without_a_setting(lib):
    core, orm, session = lib.core, lib.orm, lib.session
    metadata = lib.Base.metadata
    core.Table("dest", metadata, core.Column("id", core.Integer, primary_key=True))
    tables = concrete_tables(lib)
    A = type("A", (), {})
    B = type("B", (A,), {})
    lib.Base.registry.map_imperatively(A, tables["a"], polymorphic_identity="a")
    lib.Base.registry.map_imperatively(B, tables["b"], inherits=A, concrete=True, polymorphic_identity="b")
    lib.create_tables()
    session.add_all([A(a_name="x"), B(b_name="y")])
    session.commit()
    union = orm.polymorphic_union({"a": tables["a"], "b": tables["b"]}, "type", "pjoin")
    entity = orm.with_polymorphic(A, "*", union, polymorphic_on=union.c.type)
    said = sorted((type(one).__name__, one.id) for one in session.scalars(core.select(entity)))
    return said + [setting_fails(B(), "a_name"), setting_fails(B(), "b_name")]


def mapped_to_the_union_itself(lib):
    core, orm, session = lib.core, lib.orm, lib.session
    metadata = lib.Base.metadata
    core.Table("dest", metadata, core.Column("id", core.Integer, primary_key=True))
    tables = concrete_tables(lib)
    union = orm.polymorphic_union({"b": tables["b"], "c": tables["c"]}, "type", "pjoin")
    A = type("A", (), {})
    B, C = type("B", (A,), {}), type("C", (A,), {})
    lib.Base.registry.map_imperatively(A, union, polymorphic_on=union.c.type)
    lib.Base.registry.map_imperatively(B, tables["b"], inherits=A, concrete=True, polymorphic_identity="b")
    lib.Base.registry.map_imperatively(C, tables["c"], inherits=A, concrete=True, polymorphic_identity="c")
    lib.create_tables()
    session.add_all([B(b_name="x"), C(c_name="y")])
    session.commit()
    session.expunge_all()
    found = session.scalars(core.select(A).order_by(union.c.type)).all()
    return [(type(one).__name__, sorted(set(vars(one)) & {"id", "b_name", "c_name", "dest_id"})) for one in found]


def backrefs_of_concrete_classes(lib):
    core, orm = lib.core, lib.orm
    registry, metadata = lib.Base.registry, lib.Base.metadata
    dest = core.Table("dest", metadata, core.Column("id", core.Integer, primary_key=True))
    tables = concrete_tables(lib)
    Dest, A = type("Dest", (), {}), type("A", (), {})
    B = type("B", (A,), {})
    registry.map_imperatively(A, tables["a"])
    registry.map_imperatively(B, tables["b"], inherits=A, concrete=True)
    properties = {"a": orm.relationship(A, backref="dest"), "b": orm.relationship(B, backref="dest")}
    registry.map_imperatively(Dest, dest, properties=properties)
    registry.configure()
    made = Dest()
    A(dest=made), B(dest=made)
    return [len(made.a), len(made.b)]


def selects_in_class_bodies(lib):
    """A statement over a class whose relationships name one that does not exist yet."""
    core, orm = lib.core, lib.orm
    Column, Integer, ForeignKey = core.Column, core.Integer, core.ForeignKey

    class Store(lib.Base):
        __tablename__ = "store"
        id = Column(Integer, primary_key=True)
        retailer_id = Column(ForeignKey("retailer.id"))
        retailer = orm.relationship("Retailer", back_populates="stores")

    class Retailer(lib.Base):
        __tablename__ = "retailer"
        id = Column(Integer, primary_key=True)
        stores = orm.relationship(Store, back_populates="retailer")
        count = orm.column_property(
            core.select(core.func.count(Store.id)).where(Store.retailer_id == id).correlate_except(Store).scalar_subquery()
        )

    said = [core.inspect(Store).configured, core.inspect(Retailer).configured, str(core.select(Retailer))]
    return said + [core.inspect(Store).configured]


def subqueries_in_conditions_of_relationships(lib):
    core, orm, session = lib.core, lib.orm, lib.session
    class Entry(lib.Base):
        __tablename__ = "entry"
        id = core.Column(core.Integer, primary_key=True)
        at = core.Column(core.Integer)
        type = core.Column(core.String(9))
        __mapper_args__ = {"polymorphic_on": type, "polymorphic_identity": "entry"}

    class Start(Entry):
        __mapper_args__ = {"polymorphic_identity": "start"}

    later, other = orm.aliased(Start), orm.aliased(Entry)
    end = core.select(core.func.min(later.at)).where(later.at > Entry.at).scalar_subquery()
    condition = core.and_(orm.foreign(other.at) >= Entry.at, core.or_(end == None, other.at < end))
    Start.entries = orm.relationship(other, primaryjoin=condition, viewonly=True, order_by=other.id)
    lib.create_tables()
    session.add_all([Start(at=1), Entry(at=2), Entry(at=3), Start(at=4), Entry(at=5)])
    session.commit()
    starts = session.scalars(core.select(Start).order_by(Start.id)).all()
    eager = session.scalars(core.select(Start).options(orm.selectinload(Start.entries)).order_by(Start.id)).all()
    return [[entry.at for entry in start.entries] for start in starts + eager]


def rows_that_tell_no_class(lib):
    core, session = lib.core, lib.session
    Person, Manager, Engineer, _ = company(lib)
    lib.create_tables()
    people = Person.__table__
    rows = [{"id": 1, "type": None}, {"id": 2, "type": "unknown"}, {"id": 3, "type": "engineer"}]
    session.execute(core.insert(people), rows)
    said = []
    for number in (1, 2, 3):
        for entity in (Person, Manager):
            statement = core.select(people).where(people.c.id == number)
            try:
                said.append([type(one).__name__ for one in session.scalars(core.select(entity).from_statement(statement))])
            except Exception as err:
                said.append(type(err).__name__)
    return said


def columns_of_one_attribute(lib):
    core, session = lib.core, lib.session
    metadata = lib.Base.metadata
    one = core.Table("one", metadata, core.Column("id", core.Integer, primary_key=True), core.Column("kind", core.String(5)))
    two = core.Table("two", metadata, core.Column("id", core.ForeignKey("one.id"), primary_key=True), core.Column("kind", core.String(5)))
    One = type("One", (), {})
    Two = type("Two", (One,), {})
    lib.Base.registry.map_imperatively(One, one, polymorphic_on=one.c.kind, polymorphic_identity="one")
    lib.Base.registry.map_imperatively(
        Two, two, inherits=One, polymorphic_on=two.c.kind, polymorphic_identity="two", properties={"kind": [one.c.kind, two.c.kind]}
    )
    lib.create_tables()
    made = [One(), Two()]
    session.add_all(made)
    session.commit()
    said = [thing.kind for thing in made] + [core.inspect(Two).attrs.kind.columns == [one.c.kind, two.c.kind]]
    said += [tuple(row) for table in (one, two) for row in session.execute(core.select(table).order_by(table.c.id))]
    session.expunge_all()
    return said + [type(thing).__name__ for thing in session.scalars(core.select(One).order_by(One.id))]


def key_of_a_union(lib):
    core, orm, session = lib.core, lib.orm, lib.session
    metadata = lib.Base.metadata
    one = core.Table("one", metadata, core.Column("id", core.Integer, primary_key=True), core.Column("type", core.String(5)))
    two = core.Table("two", metadata, core.Column("two_id", core.ForeignKey("one.id"), primary_key=True))
    union = orm.polymorphic_union({"one": core.select(one).where(one.c.type == "one").subquery(), "two": one.join(two)}, None, "pjoin")
    One = type("One", (), {})
    Two = type("Two", (One,), {})
    lib.Base.registry.map_imperatively(
        One, one, polymorphic_on=one.c.type, polymorphic_identity="one", with_polymorphic=("*", union), primary_key=[union.c.id]
    )
    lib.Base.registry.map_imperatively(Two, two, inherits=One, polymorphic_identity="two")
    lib.create_tables()
    session.add_all([One(), Two()])
    session.commit()
    session.expunge_all()
    return [type(session.get(One, number)).__name__ for number in (1, 2)]


def setting_fails(obj, key):
    try:
        setattr(obj, key, "value")
    except AttributeError:
        return True
    return False


PROGRAMS = [
    rows_of_other_classes_stay, joins_to_siblings_under_an_automatic_alias, relationships_of_one_name_in_two_subclasses,
    concrete_classes_by_a_union, concrete_classes_without_a_setting, mapped_to_the_union_itself,
    backrefs_of_concrete_classes, selects_in_class_bodies, subqueries_in_conditions_of_relationships,
    rows_that_tell_no_class, columns_of_one_attribute, key_of_a_union,
]  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_both_libraries_agree(both, program):
    agree_on_value(both, program)
