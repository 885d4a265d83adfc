"""The same random session program on sqltoolkit and, as a black box, on SQLAlchemy: outcomes agree step by step.

Hypothesis writes a program: a list of operations on authors, books, tags and a tree of folders. Both libraries run it;
after each step what came back, which error was raised, and what the session thinks of its objects are compared, and at
the end the rows of the database.
"""

from __future__ import annotations

import os
import types
from typing import Any, Dict, List, Tuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from two_libraries import LIBRARIES

CLASSES = ("Author", "Book", "Tag", "Folder", "Person", "Employee", "Badge")
#: the attribute that a label goes to; "name" for the others
LABELS = {"Book": "title", "Employee": "role"}


def declare(core: Any, orm: Any) -> types.SimpleNamespace:
    """The model, written once, in terms of either library."""
    mapped_column, relationship = orm.mapped_column, orm.relationship

    class Base(orm.DeclarativeBase):
        pass

    book_tag = core.Table(
        "book_tag",
        Base.metadata,
        core.Column("book_id", core.ForeignKey("book.id"), primary_key=True),
        core.Column("tag_id", core.ForeignKey("tag.id"), primary_key=True),
    )

    class Author(Base):
        __tablename__ = "author"
        id = mapped_column(core.Integer, primary_key=True)
        name = mapped_column(core.String(20), nullable=False)
        age = mapped_column(core.Integer)
        books = relationship("Book", back_populates="author", cascade="all, delete-orphan", order_by="Book.id")

    class Book(Base):
        __tablename__ = "book"
        id = mapped_column(core.Integer, primary_key=True)
        title = mapped_column(core.String(20), unique=True)
        author_id = mapped_column(core.ForeignKey("author.id"))
        author = relationship("Author", back_populates="books")
        tags = relationship("Tag", secondary=book_tag, back_populates="books", order_by="Tag.id")

    class Tag(Base):
        __tablename__ = "tag"
        id = mapped_column(core.Integer, primary_key=True)
        name = mapped_column(core.String(20))
        books = relationship("Book", secondary=book_tag, back_populates="tags", order_by="Book.id")

    class Folder(Base):
        __tablename__ = "folder"
        id = mapped_column(core.Integer, primary_key=True)
        name = mapped_column(core.String(20))
        parent_id = mapped_column(core.ForeignKey("folder.id"))
        parent = relationship("Folder", back_populates="children", remote_side=[id])
        children = relationship("Folder", back_populates="parent", order_by="Folder.id")

    class Person(Base):
        __tablename__ = "person"
        id = mapped_column(core.Integer, primary_key=True)
        kind = mapped_column(core.String(20))
        name = mapped_column(core.String(20))
        badge = relationship("Badge", back_populates="person", uselist=False, cascade="all, delete-orphan")
        __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "person"}

    class Employee(Person):
        __tablename__ = "employee"
        id = mapped_column(core.ForeignKey("person.id"), primary_key=True)
        role = mapped_column(core.String(20))
        __mapper_args__ = {"polymorphic_identity": "employee"}

    class Badge(Base):
        __tablename__ = "badge"
        id = mapped_column(core.Integer, primary_key=True)
        name = mapped_column(core.String(20))
        person_id = mapped_column(core.ForeignKey("person.id"))
        person = relationship("Person", back_populates="badge")

    engine = core.create_engine("sqlite://")

    # the recipe that SQLAlchemy documents for savepoints that work with sqlite3
    @core.event.listens_for(engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None

    @core.event.listens_for(engine, "begin")
    def begun(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN")

    Base.metadata.create_all(engine)
    return types.SimpleNamespace(
        core=core,
        orm=orm,
        Base=Base,
        engine=engine,
        Author=Author,
        Book=Book,
        Tag=Tag,
        Folder=Folder,
        Person=Person,
        Employee=Employee,
        Badge=Badge,
    )


class Run:
    """One library's side of a program."""

    def __init__(self, model: types.SimpleNamespace, options: Dict[str, Any]) -> None:
        self.model = model
        self.engine = model.engine
        with self.engine.begin() as connection:
            for table in model.Base.metadata.sorted_tables:
                connection.execute(table.delete())
        self.session = model.orm.Session(self.engine, **options)
        self.objects: Dict[str, List[Any]] = {name: [] for name in CLASSES}
        self.nested: List[Any] = []
        self.used_savepoints = False

    def close(self) -> None:
        self.session.close()

    def pick(self, kind: str, number: int) -> Any:
        found = self.objects[kind]
        return found[number % len(found)] if found else None

    def name(self, obj: Any) -> Any:
        """What an object is called in a trace, the same on both sides."""
        if obj is None:
            return None
        kind = type(obj).__name__
        found = self.objects[kind]
        for number, known in enumerate(found):
            if known is obj:
                return "%s%d" % (kind, number)
        found.append(obj)
        return "%s%d" % (kind, len(found) - 1)

    def step(self, operation: Tuple[Any, ...]) -> Any:
        """Run one operation; what came back, or the class of the error."""
        try:
            outcome = getattr(self, "do_" + operation[0])(*operation[1:])
        except Exception as error:
            self.do_rollback()
            # ours has subclasses for the kinds of violations
            integrity = isinstance(error, self.model.core.exc.IntegrityError)
            found = "IntegrityError" if integrity else type(error).__name__
            # the row is gone: which of the two errors says so depends on what was loaded
            outcome = "raised " + {"StaleDataError": "ObjectDeletedError"}.get(found, found)
        return operation, outcome, self.summary()

    def summary(self) -> Tuple[int, int, int]:
        session = self.session
        # ours follows the cascades of delete() now, which may load objects
        deleted = len(session.deleted)
        return len(session.new), len(session.dirty), deleted

    # -- operations: those that need an object do nothing where there is none ---------------------------------------

    def do_new(self, kind: str, label: str, add: bool) -> Any:
        cls = getattr(self.model, kind)
        obj = cls(**{LABELS.get(kind, "name"): label})
        self.objects[kind].append(obj)
        if add:
            self.session.add(obj)
        return self.name(obj)

    def do_add(self, kind: str, number: int) -> Any:
        obj = self.pick(kind, number)
        if obj is not None:
            self.session.add(obj)
        return None

    def do_set(self, kind: str, number: int, label: str) -> Any:
        obj = self.pick(kind, number)
        if obj is not None:
            setattr(obj, LABELS.get(kind, "name"), label)
        return None

    def do_rename(self, kind: str, number: int, label: str) -> Any:
        person = self.pick(kind, number)
        if person is not None:
            person.name = label
        return None

    def do_age(self, number: int, age: Any) -> Any:
        author = self.pick("Author", number)
        if author is not None:
            author.age = age
            return author.age
        return None

    def do_read(self, kind: str, number: int) -> Any:
        obj = self.pick(kind, number)
        if obj is None:
            return None
        found = obj.id, getattr(obj, LABELS.get(kind, "name"))
        return found + ((obj.name, obj.kind) if kind in ("Person", "Employee") else ())

    def do_link(self, author: int, book: int) -> Any:
        a, b = self.pick("Author", author), self.pick("Book", book)
        if a is not None and b is not None and b not in a.books:
            a.books.append(b)
            return self.name(b.author)
        return None

    def do_unlink(self, author: int) -> Any:
        a = self.pick("Author", author)
        return self.name(a.books.pop()) if a is not None and a.books else None

    def do_author(self, book: int, author: int, none: bool) -> Any:
        b, a = self.pick("Book", book), self.pick("Author", author)
        if b is not None:
            b.author = None if none else a
            return None if a is None else [self.name(x) for x in a.books]
        return None

    def do_tag(self, book: int, tag: int) -> Any:
        b, t = self.pick("Book", book), self.pick("Tag", tag)
        if b is not None and t is not None and not self.model.core.inspect(b).deleted:
            if t in b.tags:
                b.tags.remove(t)
            else:
                b.tags.append(t)
            return [self.name(x) for x in t.books]
        return None

    def do_parent(self, child: int, parent: int) -> Any:
        c, p = self.pick("Folder", child), self.pick("Folder", parent)
        if c is None or c is p:
            return None
        above = p
        while above is not None and above is not c:
            above = above.parent
        if above is None:
            c.parent = p
            return [self.name(x) for x in p.children]
        return None

    def do_delete(self, kind: str, number: int) -> Any:
        """Delete an object.

        SQLAlchemy loads what the cascade reaches within delete(), and flushes before; ours loads it when it is needed,
        for all deleted objects at once, and does not flush.  A flush before and a look at ``session.deleted`` after
        (in the summary) make both the same.
        """
        obj = self.pick(kind, number)
        if obj is not None:
            if self.session.autoflush:
                self.session.flush()
            self.session.delete(obj)
        return None

    def do_expunge(self, kind: str, number: int) -> Any:
        obj = self.pick(kind, number)
        if obj is not None:
            # a detached object without a row, left by a rollback, is nothing to go on with
            self.do_commit()
            self.session.expunge(obj)
        return None

    def do_expire(self, kind: str, number: int) -> Any:
        obj = self.pick(kind, number)
        if obj is not None:
            self.session.expire(obj)
        return None

    def do_refresh(self, kind: str, number: int) -> Any:
        obj = self.pick(kind, number)
        if obj is not None:
            self.session.refresh(obj)
        return None

    def do_merge(self, kind: str, number: int) -> Any:
        obj = self.pick(kind, number)
        return self.name(self.session.merge(obj)) if obj is not None else None

    def do_merge_detached(self, kind: str, number: int, label: str) -> Any:
        """Change an object outside of the session, and merge it."""
        obj = self.pick(kind, number)
        if obj is None or not self.model.core.inspect(obj).persistent:
            return None
        self.do_commit()
        self.session.refresh(obj)
        self.session.expunge(obj)
        setattr(obj, LABELS.get(kind, "name"), label)
        return self.name(self.session.merge(obj))

    def do_merge_new(self, kind: str, key: int, label: str) -> Any:
        """Merge an object that was made with a primary key, as from a request."""
        made = getattr(self.model, kind)(**{"id": key, LABELS.get(kind, "name"): label})
        merged = self.session.merge(made)
        if self.session.autoflush:
            # SQLAlchemy expires columns that neither object has a value for, and would flush when it loads them
            self.session.flush()
            for attribute in self.model.core.inspect(type(merged)).column_attrs:
                getattr(merged, attribute.key)
        return self.name(merged)

    def do_badge(self, kind: str, person: int, badge: int, none: bool) -> Any:
        p, b = self.pick(kind, person), self.pick("Badge", badge)
        if p is not None:
            if b is not None and not self.model.core.inspect(b).persistent and b.person not in (None, p):
                # SQLAlchemy takes a new object that goes from one parent to another for an orphan, and loses it
                return None
            before = p.badge
            p.badge = None if none else b
            return self.name(before), b is not None and self.name(b.person)
        return None

    def do_holder(self, badge: int, kind: str, person: int, none: bool) -> Any:
        b, p = self.pick("Badge", badge), self.pick(kind, person)
        if b is not None:
            before = b.person
            b.person = None if none else p
            return self.name(before), p is not None and self.name(p.badge)
        return None

    def do_failing_savepoint(self, label: str) -> Any:
        """What fails within a savepoint does not harm what is around it."""
        self.session.flush()
        try:
            with self.session.begin_nested():
                self.session.add(self.model.Tag(name=label))
                self.session.flush()
                self.session.add(self.model.Author(name=None))
                self.session.flush()
        except self.model.core.exc.IntegrityError:
            return "failed"
        return "done"

    def do_update(self, kind: str, old: str, new: str) -> Any:
        cls = getattr(self.model, kind)
        column = getattr(cls, LABELS.get(kind, "name"))
        statement = self.model.core.update(cls).where(column == old).values({column: new})
        return self.session.execute(statement).rowcount

    def do_delete_where(self, kind: str, label: str) -> Any:
        cls = getattr(self.model, kind)
        column = getattr(cls, LABELS.get(kind, "name"))
        return self.session.execute(self.model.core.delete(cls).where(column == label)).rowcount

    def do_flush(self) -> Any:
        self.session.flush()

    def do_commit(self) -> Any:
        self.nested.clear()
        self.session.commit()

    def do_rollback(self) -> Any:
        self.nested.clear()
        self.session.rollback()
        if self.used_savepoints:
            # SQLAlchemy expires what a savepoint changed and leaves it so when the object becomes transient, where
            # nothing can load it: a later flush of it fails
            for kind, found in self.objects.items():
                self.objects[kind] = [obj for obj in found if not self.model.core.inspect(obj).transient]

    def do_begin_nested(self) -> Any:
        self.used_savepoints = True
        self.nested.append(self.session.begin_nested())

    def do_end_nested(self, commit: bool) -> Any:
        if self.nested:
            nested = self.nested.pop()
            nested.commit() if commit else nested.rollback()

    def do_get(self, kind: str, key: int) -> Any:
        return self.name(self.session.get(getattr(self.model, kind), key))

    def do_all(self, kind: str) -> Any:
        cls = getattr(self.model, kind)
        return [self.name(x) for x in self.session.scalars(self.model.core.select(cls).order_by(cls.id))]

    def do_overwrite(self, kind: str) -> Any:
        cls = getattr(self.model, kind)
        query = self.model.core.select(cls).order_by(cls.id).execution_options(populate_existing=True)
        label = LABELS.get(kind, "name")
        return [(self.name(x), getattr(x, label)) for x in self.session.scalars(query)]

    def do_role(self, label: str) -> Any:
        """A query on columns of both tables of a subclass."""
        employee = self.model.Employee
        query = self.model.core.select(employee.name, employee.role).where(employee.role >= label)
        return [tuple(row) for row in self.session.execute(query.order_by(employee.id))]

    def do_eager(self, option: str) -> Any:
        model, load = self.model, getattr(self.model.orm, option)
        query = model.core.select(model.Author).options(load(model.Author.books)).order_by(model.Author.id)
        return [(self.name(a), [self.name(b) for b in a.books]) for a in self.session.scalars(query).unique()]

    def do_join(self) -> Any:
        model = self.model
        query = (
            model.core.select(model.Author.name, model.core.func.count(model.Book.id))
            .outerjoin(model.Author.books).group_by(model.Author.id).order_by(model.Author.id)
        )
        return [tuple(row) for row in self.session.execute(query)]

    def do_any(self, label: str) -> Any:
        model = self.model
        query = model.core.select(model.Book).where(model.Book.tags.any(name=label)).order_by(model.Book.id)
        return [self.name(b) for b in self.session.scalars(query)]

    def do_modified(self, kind: str, number: int) -> Any:
        obj = self.pick(kind, number)
        # transient objects: SQLAlchemy counts values that survived a rollback as unchanged, but not those of new ones
        return self.session.is_modified(obj) if obj is not None and obj in self.session else None

    def do_state(self, kind: str, number: int) -> Any:
        obj = self.pick(kind, number)
        if obj is None:
            return None
        state = self.model.core.inspect(obj)
        return state.transient, state.pending, state.persistent, state.deleted, state.detached

    def rows(self) -> Any:
        """What other connections see in the end."""
        with self.engine.connect() as connection:
            return {
                table.name: sorted(map(tuple, connection.execute(self.model.core.select(table))), key=repr)
                for table in self.model.Base.metadata.sorted_tables
            }


KIND = st.sampled_from(CLASSES)
PEOPLE = st.sampled_from(["Person", "Employee"])
NUMBER = st.integers(0, 4)
LABEL = st.sampled_from(["a", "b", "c", "d", "e"])
OPERATION = st.one_of(
    st.tuples(st.just("new"), KIND, LABEL, st.booleans()),
    st.tuples(st.just("new"), KIND, LABEL, st.just(True)),
    st.tuples(st.just("add"), KIND, NUMBER),
    st.tuples(st.just("set"), KIND, NUMBER, LABEL),
    st.tuples(st.just("age"), NUMBER, st.sampled_from([None, 1, 2])),
    st.tuples(st.just("read"), KIND, NUMBER),
    st.tuples(st.just("link"), NUMBER, NUMBER),
    st.tuples(st.just("unlink"), NUMBER),
    st.tuples(st.just("author"), NUMBER, NUMBER, st.booleans()),
    st.tuples(st.just("tag"), NUMBER, NUMBER),
    st.tuples(st.just("parent"), NUMBER, NUMBER),
    st.tuples(st.sampled_from(["delete", "expire", "refresh", "modified", "state", "merge", "expunge"]), KIND, NUMBER),
    st.tuples(st.sampled_from(["flush", "commit", "rollback", "begin_nested", "join"])),
    st.tuples(st.just("end_nested"), st.booleans()),
    st.tuples(st.just("get"), KIND, st.integers(1, 4)),
    st.tuples(st.just("all"), KIND),
    st.tuples(st.just("eager"), st.sampled_from(["selectinload", "joinedload", "subqueryload"])),
    st.tuples(st.just("any"), LABEL),
    st.tuples(st.just("rename"), PEOPLE, NUMBER, LABEL),
    st.tuples(st.just("badge"), PEOPLE, NUMBER, NUMBER, st.booleans()),
    st.tuples(st.just("holder"), NUMBER, PEOPLE, NUMBER, st.booleans()),
    st.tuples(st.just("merge_detached"), KIND, NUMBER, LABEL),
    # a Person merged onto an Employee of the same key is of the wrong class
    st.tuples(st.just("merge_new"), st.sampled_from(["Author", "Book", "Tag", "Folder", "Badge"]), st.integers(1, 4), LABEL),
    st.tuples(st.just("failing_savepoint"), LABEL),
    st.tuples(st.just("update"), st.sampled_from(["Author", "Book", "Tag", "Folder", "Badge"]), LABEL, LABEL),
    st.tuples(st.just("delete_where"), st.sampled_from(["Author", "Book", "Tag", "Folder", "Badge"]), LABEL),
    st.tuples(st.just("overwrite"), KIND),
    st.tuples(st.just("role"), LABEL),
)
OPTIONS = st.fixed_dictionaries({"autoflush": st.booleans(), "expire_on_commit": st.booleans()})

OURS, THEIRS = (declare(core, orm) for core, orm in LIBRARIES)


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=max(1, int(500 * float(os.environ.get("SQLTOOLKIT_EXAMPLES", "1")))), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(OPERATION, min_size=3, max_size=25), OPTIONS)
def test_the_same_program_has_the_same_outcome(program: List[Tuple[Any, ...]], options: Dict[str, Any]) -> None:
    ours, theirs = Run(OURS, options), Run(THEIRS, options)
    try:
        for operation in program:
            assert ours.step(operation) == theirs.step(operation)
        assert ours.step(("commit",)) == theirs.step(("commit",))
        assert ours.rows() == theirs.rows()
    finally:
        ours.close()
        theirs.close()
