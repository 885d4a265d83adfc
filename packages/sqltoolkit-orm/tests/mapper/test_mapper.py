"""Mappers: what they hold, inheritance, configuration, errors."""

import pytest
from sqltoolkit_core import Column, ForeignKey, Integer, MetaData, String, Table, event, exc, inspect, select
from sqltoolkit_orm import DeclarativeBase, Mapped, Mapper, Session, class_mapper, clear_mappers, column_property, configure_mappers
from sqltoolkit_orm import exc as orm_exc
from sqltoolkit_orm import mapped_column, registry, relationship, synonym, validates


@pytest.fixture
def mapping():
    return registry()


@pytest.fixture
def users(mapping):
    return Table("users", mapping.metadata, Column("id", Integer, primary_key=True), Column("name", String(30)))


def test_imperative_mapping(mapping, users):
    class User:
        pass

    mapper = mapping.map_imperatively(User, users, properties={"title": users.c.name})
    assert isinstance(mapper, Mapper) and inspect(User) is mapper and class_mapper(User) is mapper
    assert mapper.attrs.keys() == ["id", "title"] and mapper.primary_key == (users.c.id,)
    assert mapper.local_table is users and mapper.class_ is User and mapper.class_manager.mapper is mapper
    assert mapper.get_property_by_column(users.c.name).key == "title"
    assert str(select(User.title).where(User.id == 5)) == "SELECT users.name \nFROM users \nWHERE users.id = :id_1"


def test_two_mappers_for_one_class_are_refused(mapping, users):
    class User:
        pass

    mapping.map_imperatively(User, users)
    with pytest.raises(exc.ArgumentError, match="is mapped already"):
        mapping.map_imperatively(User, users)


def test_what_is_not_mapped():
    with pytest.raises(orm_exc.UnmappedClassError, match="not mapped"):
        class_mapper(object)
    with pytest.raises(exc.ArgumentError):
        class_mapper(5)
    assert inspect(int, raiseerr=False) is None


def test_a_table_without_key_is_refused(mapping):
    class User:
        pass

    with pytest.raises(exc.ArgumentError, match="primary key"):
        mapping.map_imperatively(User, Table("nokey", mapping.metadata, Column("a", Integer)))


def test_prefix_include_exclude(mapping, users):
    class A:
        pass

    class B:
        pass

    class C:
        pass

    assert mapping.map_imperatively(A, users, column_prefix="_").attrs.keys() == ["_id", "_name"]
    assert mapping.map_imperatively(B, users, include_properties=["id"]).attrs.keys() == ["id"]
    assert mapping.map_imperatively(C, users, exclude_properties=["name"]).attrs.keys() == ["id"]


def test_unknown_property(mapping, users):
    class User:
        pass

    mapper = mapping.map_imperatively(User, users)
    with pytest.raises(exc.InvalidRequestError, match="no property 'nope'"):
        mapper.get_property("nope")
    with pytest.raises(orm_exc.UnmappedColumnError):
        mapper.get_property_by_column(Column("x", Integer))


def test_joined_single_and_concrete_inheritance():
    class Base(DeclarativeBase):
        pass

    class Person(Base):
        __tablename__ = "person"
        id: Mapped[int] = mapped_column(primary_key=True)
        kind: Mapped[str]
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "person"}

    class Engineer(Person):
        __tablename__ = "engineer"
        id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
        lang: Mapped[str]
        __mapper_args__ = {"polymorphic_identity": "engineer"}

    class Boss(Person):
        level = mapped_column(Integer)
        __mapper_args__ = {"polymorphic_identity": "boss"}

    class Other(Person):
        __tablename__ = "other"
        id: Mapped[int] = mapped_column(primary_key=True)
        __mapper_args__ = {"concrete": True}

    person, engineer, boss = inspect(Person), inspect(Engineer), inspect(Boss)
    assert Engineer(lang="x").kind == "engineer" and Boss().kind == "boss" and Person().kind == "person"
    assert set(person.polymorphic_map.values()) == {person, engineer, boss}
    assert str(engineer.persist_selectable) == "person JOIN engineer ON person.id = engineer.id"
    assert engineer.inherits_sync_pairs == [(Person.__table__.c.id, Engineer.__table__.c.id)]
    assert engineer.attrs.keys() == ["id", "kind", "lang"] and "lang" not in person.attrs
    assert boss.single and boss.local_table is Person.__table__ and "level" not in person.attrs
    assert "person.kind IN" in str(boss.single_table_criterion) and person.single_table_criterion is None
    assert engineer.isa(person) and engineer.is_sibling(boss) and person.self_and_descendants[0] is person
    assert inspect(Other).concrete and inspect(Other).identity_class is Other
    with pytest.raises(AttributeError, match="concrete"):
        Other().kind


def test_validators_see_what_comes_in():
    class Base(DeclarativeBase):
        pass

    class User(Base):
        __tablename__ = "users"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]

        @validates("name")
        def check(self, key, value):
            if not value:
                raise ValueError(key)
            return value.upper()

    assert User(name="x").name == "X"
    with pytest.raises(ValueError, match="name"):
        User(name="")


def test_synonym_and_expression():
    class Base(DeclarativeBase):
        pass

    class User(Base):
        __tablename__ = "users"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        title = synonym("name")
        twice = column_property(id * 2)

    user = User(title="x")
    assert user.name == user.title == "x" and inspect(User).synonyms.keys() == ["title"]
    assert str(User.title == "y") == "users.name = :name_1"
    assert "users.id * :param_1" in str(select(User.twice))


def test_failed_configuration_is_told_again():
    class Base(DeclarativeBase):
        pass

    class User(Base):
        __tablename__ = "users"
        id: Mapped[int] = mapped_column(primary_key=True)
        others = relationship("Nowhere")

    with pytest.raises(exc.InvalidRequestError, match="a name is not known"):
        Base.registry.configure()
    with pytest.raises(exc.InvalidRequestError, match="failed earlier"):
        User()
    Base.registry.dispose()


def test_clear_mappers_unmaps():
    mapping = registry(metadata=MetaData())

    class User:
        pass

    mapping.map_imperatively(User, Table("u", mapping.metadata, Column("id", Integer, primary_key=True)))
    configure_mappers()
    mapping.dispose()
    assert inspect(User, raiseerr=False) is None and callable(clear_mappers)


def test_a_table_without_a_key_is_not_written(mapping, engine):
    parent = Table("parent", mapping.metadata, Column("id", Integer, primary_key=True))
    child = Table("child", mapping.metadata, Column("id", Integer, ForeignKey("parent.id")))
    Parent = type("Parent", (), {})
    mapping.map_imperatively(Parent, parent)
    Child = type("Child", (Parent,), {})
    with pytest.warns(exc.SAWarning, match="'child'.* no primary key"):
        mapping.map_imperatively(Child, child, inherits=Parent)
    mapping.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Child())
        session.flush()
        assert session.execute(select(child)).all() == [] and session.execute(select(parent)).all() == [(1,)]


def test_rows_of_a_selectable_go_where_its_keys_are(mapping, users, engine):
    notes = Table("notes", mapping.metadata, Column("id", Integer, primary_key=True), Column("text", String(9)), Column("user_id", ForeignKey("users.id")))
    joined = select(notes, users.c.name).where(users.c.id == notes.c.user_id).subquery()
    Note = type("Note", (), {})
    mapping.map_imperatively(Note, joined)
    mapping.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Note(text="x"))
        session.flush()
        assert session.execute(select(users)).all() == [] and session.execute(select(notes.c.text)).all() == [("x",)]


def test_a_column_of_another_table_is_no_attribute(mapping, users):
    other = Table("other", mapping.metadata, Column("id", Integer, primary_key=True))
    with pytest.raises(exc.ArgumentError, match="'other.id' of attribute 'foo'"):
        mapping.map_imperatively(type("User", (), {}), users, properties={"foo": other.c.id})
    with pytest.raises(exc.ArgumentError, match="a table or another FROM expression"):
        mapping.map_imperatively(type("User", (), {}), type("NoTable", (), {}))


def test_synonyms_of_what_is_not_mapped(mapping, users):
    class User:
        x = property(lambda self: "hi")

    mapping.map_imperatively(User, users, properties={"y": synonym("x"), "z": synonym("later", descriptor=User.x)})
    for use in (lambda: User.y == 10, lambda: User.y.property):
        with pytest.raises(exc.InvalidRequestError, match="no mapped attribute"):
            use()
    assert not hasattr(User.z, "comparator") and not hasattr(User.z, "anything")
    inspect(User).add_property("later", column_property(users.c.name))
    assert hasattr(User.z, "comparator") and not hasattr(User.z, "anything")


def test_properties_are_there_before_configuration(mapping, users):
    User, Note = type("User", (), {}), type("Note", (), {})
    notes = Table("notes", mapping.metadata, Column("id", Integer, primary_key=True), Column("user_id", ForeignKey("users.id")))
    mapper = mapping.map_imperatively(User, users)
    assert [prop.key for prop in mapper.iterate_properties] == ["id", "name"] and not mapper.configured
    other = mapping.map_imperatively(Note, notes, properties={"user": relationship(User, backref="notes")})
    with pytest.raises(exc.InvalidRequestError, match="no property 'notes'"):
        mapper.get_property("notes")
    assert not other.configured and mapper.attrs.notes is mapper.get_property("notes") and other.configured


def test_properties_that_listeners_add_while_a_class_is_mapped(mapping, users):
    class User:
        pass

    def add(mapper, class_):
        column = Column("added", Integer)
        mapper.local_table.append_column(column)
        mapper.add_property("extra", column)

    event.listen(User, "instrument_class", add)
    assert mapping.map_imperatively(User, users).attrs.keys() == ["id", "name", "extra"]


def test_other_registries_are_configured_when_asked(mapping, users):
    other = registry()
    Animal = type("Animal", (), {})
    animals = Table("animal", other.metadata, Column("id", Integer, primary_key=True), Column("user_id", ForeignKey(users.c.id)))
    other.map_imperatively(Animal, animals)
    User = type("User", (), {})
    mapping.map_imperatively(User, users, properties={"animals": relationship(Animal)})
    with pytest.raises(exc.InvalidRequestError, match="cascade=True"):
        mapping.configure()
    mapping.configure(cascade=True)
    assert inspect(Animal).configured


def test_a_backref_in_the_place_of_something_else(mapping, users):
    class User:
        def notes(self):
            """Somebody's own."""

    Note = type("Note", (), {})
    notes = Table("notes", mapping.metadata, Column("id", Integer, primary_key=True), Column("user_id", ForeignKey("users.id")))
    mapping.map_imperatively(User, users)
    mapping.map_imperatively(Note, notes, properties={"user": relationship(User, backref="notes")})
    with pytest.warns(exc.SADeprecationWarning, match="backref 'notes'"):
        mapping.configure()
