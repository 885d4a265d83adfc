"""Loaders agree with each other, whatever way a relationship is loaded."""

from __future__ import annotations

from typing import List

import pytest

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


@pytest.fixture(scope="module")
def model():
    class Base(orm.DeclarativeBase):
        pass

    link = sa.Table(
        "link",
        Base.metadata,
        sa.Column("post_id", sa.ForeignKey("post.id"), primary_key=True),
        sa.Column("tag_id", sa.ForeignKey("tag.id"), primary_key=True),
    )

    class Post(Base):
        __tablename__ = "post"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        title: orm.Mapped[str]
        comments: orm.Mapped[List["Comment"]] = orm.relationship(back_populates="post", order_by="Comment.id")
        tags: orm.Mapped[List["Tag"]] = orm.relationship(secondary=link, order_by="Tag.id")

    class Comment(Base):
        __tablename__ = "comment"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        post_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("post.id"))
        post: orm.Mapped["Post"] = orm.relationship(back_populates="comments")

    class Tag(Base):
        __tablename__ = "tag"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)

    Base.registry.configure()
    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        one, two, three = Tag(), Tag(), Tag()
        session.add_all(
            [
                Post(title="a", comments=[Comment(), Comment()], tags=[one, two]),
                Post(title="b", comments=[Comment()], tags=[two, three]),
                Post(title="c"),
            ]
        )
        session.commit()
    return engine, Post, Comment, Tag


EXPECTED = [("a", [1, 2], [1, 2]), ("b", [3], [2, 3]), ("c", [], [])]


@pytest.mark.parametrize("loader", ["lazyload", "joinedload", "selectinload", "subqueryload", "immediateload"])
def test_every_loader_gives_the_same_objects(model, loader):
    engine, Post, _, _ = model
    load = getattr(orm, loader)
    with orm.Session(engine) as session:
        statement = sa.select(Post).options(load(Post.comments), load(Post.tags)).order_by(Post.title)
        posts = session.scalars(statement).unique().all()
        found = [(p.title, [c.id for c in p.comments], [t.id for t in p.tags]) for p in posts]
    assert found == EXPECTED


@pytest.mark.parametrize("loader", ["joinedload", "selectinload"])
def test_many_to_one(model, loader):
    engine, _, Comment, _ = model
    with orm.Session(engine) as session:
        option = getattr(orm, loader)(Comment.post)
        comments = session.scalars(sa.select(Comment).options(option).order_by(Comment.id)).all()
        assert all("post" in comment.__dict__ for comment in comments)
        assert [comment.post.title for comment in comments] == ["a", "a", "b"]


def test_joined_collection_needs_unique(model):
    engine, Post, _, _ = model
    with orm.Session(engine) as session:
        result = session.scalars(sa.select(Post).options(orm.joinedload(Post.comments)))
        with pytest.raises(sa.exc.InvalidRequestError):
            result.all()


def test_limit_counts_parents_not_joined_rows(model):
    engine, Post, _, _ = model
    with orm.Session(engine) as session:
        statement = sa.select(Post).options(orm.joinedload(Post.comments)).order_by(Post.title).limit(2)
        posts = session.scalars(statement).unique().all()
        assert [(post.title, len(post.comments)) for post in posts] == [("a", 2), ("b", 1)]


def test_options_are_part_of_the_cache_key(model):
    engine, Post, _, _ = model
    with orm.Session(engine) as session:
        session.scalars(sa.select(Post).options(orm.selectinload(Post.comments))).all()
        session.expunge_all()
        post = session.scalars(sa.select(Post).options(orm.raiseload(Post.comments))).first()
        with pytest.raises(sa.exc.InvalidRequestError):
            post.comments


def test_criteria_values_are_those_of_the_running_statement(model):
    engine, Post, Comment, _ = model
    with orm.Session(engine) as session:
        for limit, expected in ((1, [1]), (2, [1, 2]), (0, [])):
            option = orm.selectinload(Post.comments.and_(Comment.id <= limit))
            post = session.scalars(
                sa.select(Post).where(Post.title == "a").options(option).execution_options(populate_existing=True)
            ).one()
            assert [comment.id for comment in post.comments] == expected


def test_a_joined_collection_below_does_not_repeat_the_members() -> None:
    from sqltoolkit_core import Column, ForeignKey, Integer, Table, create_engine, select
    from sqltoolkit_orm import DeclarativeBase, Session, joinedload, mapped_column, relationship, selectinload

    class Base(DeclarativeBase):
        pass

    class Top(Base):
        __tablename__ = "top"
        id = mapped_column(Integer, primary_key=True)
        middles = relationship("Middle", order_by="Middle.id")

    class Middle(Base):
        __tablename__ = "middle"
        id = mapped_column(Integer, primary_key=True)
        top_id = mapped_column(ForeignKey("top.id"))
        leaves = relationship("Leaf", order_by="Leaf.id")

    class Leaf(Base):
        __table__ = Table(
            "leaf", Base.metadata, Column("id", Integer, primary_key=True), Column("m", ForeignKey("middle.id"))
        )

    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Top(id=1, middles=[Middle(id=1, leaves=[Leaf(id=1), Leaf(id=2)]), Middle(id=2)]))
        session.commit()
    with Session(engine) as session:
        top = session.scalars(select(Top).options(selectinload(Top.middles).joinedload(Middle.leaves))).one()
        assert [(m.id, [leaf.id for leaf in m.leaves]) for m in top.middles] == [(1, [1, 2]), (2, [])]
    with Session(engine) as session:
        option = selectinload(Top.middles).options(joinedload(Middle.leaves))
        assert [m.id for m in session.scalars(select(Top).options(option)).one().middles] == [1, 2]


def test_options_of_one_subclass_beside_loads_of_others(engine, statements) -> None:
    class Base(orm.DeclarativeBase):
        pass

    class Member(Base):
        __tablename__ = "member"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        kind: orm.Mapped[str]
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "member"}

    class Reader(Member):
        __tablename__ = "reader"
        id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("member.id"), primary_key=True)
        loans: orm.Mapped[int] = orm.mapped_column(default=3)
        __mapper_args__ = {"polymorphic_identity": "reader"}

    class Librarian(Member):
        __tablename__ = "librarian"
        id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("member.id"), primary_key=True)
        desk: orm.Mapped[str] = orm.mapped_column(default="A")
        tasks: orm.Mapped[List["Task"]] = orm.relationship()
        __mapper_args__ = {"polymorphic_identity": "librarian"}

    class Task(Base):
        __tablename__ = "task"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        librarian_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("librarian.id"))

    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        session.add_all([Reader(), Librarian(tasks=[Task(), Task()])])
        session.commit()
    statements.take()
    with orm.Session(engine) as session:
        subclasses = orm.selectin_polymorphic(Member, [Reader, Librarian])
        query = sa.select(Member).options(subclasses, orm.selectinload(Librarian.tasks)).order_by(Member.id)
        reader, librarian = session.scalars(query).all()
        assert len(statements.take()) == 4
        assert (reader.loans, librarian.desk, len(librarian.tasks)) == (3, "A", 2)
        assert statements.take() == []


class TestWhereLoadingEnds:
    @staticmethod
    def nodes(engine, many, **options):
        Base = orm.declarative_base()

        class Node(Base):
            __tablename__ = "node"
            id = sa.Column(sa.Integer, primary_key=True)
            parent_id = sa.Column(sa.ForeignKey("node.id"))

        Node.next = orm.relationship(Node, **({} if many else {"remote_side": Node.id}), **options)
        Base.metadata.create_all(engine)
        session = orm.Session(engine)
        session.add_all([Node(id=at, parent_id=at - 1 if at else None) for at in range(6)])
        session.commit()
        session.expunge_all()
        return session, session.get(Node, 0 if many else 5)

    @pytest.mark.parametrize("lazy", ["selectin", "subquery", "joined", "immediate"])
    @pytest.mark.parametrize("depth", [None, 1, 3])
    @pytest.mark.parametrize("many", [False, True])
    def test_join_depth(self, engine, lazy, depth, many):
        session, node = self.nodes(engine, many, lazy=lazy, join_depth=depth)
        levels = 0
        while "next" in node.__dict__:
            following = node.__dict__["next"]
            if not following:
                break
            levels += 1
            node = following[0] if many else following
        session.close()
        # what is loaded for each object of a collection goes to the end
        assert levels == (5 if lazy == "immediate" and many else depth or 0)

    def test_objects_of_the_session_are_taken_at_the_end(self, engine):
        session, node = self.nodes(engine, False, lazy="immediate")
        held = session.get(type(node), 4)
        session.expunge(node)
        assert session.get(type(node), 5).__dict__["next"] is held
        session.close()

    @pytest.mark.parametrize("lazy", ["selectin", "subquery"])
    def test_not_back_to_where_it_came_from(self, engine, statements, lazy):
        Base = orm.declarative_base()

        class Parent(Base):
            __tablename__ = "parent"
            id = sa.Column(sa.Integer, primary_key=True)
            children = orm.relationship("Child", back_populates="parent", lazy=lazy)

        class Child(Base):
            __tablename__ = "child"
            id = sa.Column(sa.Integer, primary_key=True)
            parent_id = sa.Column(sa.ForeignKey("parent.id"))
            parent = orm.relationship(Parent, back_populates="children", lazy=lazy)

        Base.metadata.create_all(engine)
        with orm.Session(engine) as session:
            session.add(Parent(children=[Child(), Child()]))
            session.commit()
            session.expunge_all()
            for cls in (Parent, Child):
                statements.take()
                session.scalars(sa.select(cls)).all()
                assert len(statements.take()) == 2
                session.expunge_all()


def test_deferred_foreign_keys_are_joined(model):
    engine, _Post, Comment, _Tag = model
    sent = []
    sa.event.listen(engine, "before_cursor_execute", lambda *args: sent.append(args[2]))
    with orm.Session(engine) as session:
        statement = sa.select(Comment).options(orm.defer(Comment.post_id), orm.selectinload(Comment.post)).order_by(Comment.id)
        comments = session.scalars(statement).all()
        assert [comment.post.title for comment in comments] == ["a", "a", "b"]
    assert len(sent) == 2 and "FROM comment AS comment_1 JOIN post ON post.id = comment_1.post_id" in sent[1]


def test_subclasses_below_each_other_are_loaded_by_one_statement(engine, statements):
    Base = orm.declarative_base()

    class Animal(Base):
        __tablename__ = "animal"
        id = sa.Column(sa.Integer, primary_key=True)
        kind = sa.Column(sa.String)
        __mapper_args__ = {"polymorphic_on": kind}

    class Bird(Animal):
        __tablename__ = "bird"
        id = sa.Column(sa.ForeignKey("animal.id"), primary_key=True)
        wings = sa.Column(sa.Integer)
        __mapper_args__ = {"polymorphic_identity": "bird", "polymorphic_load": "selectin"}

    class Owl(Bird):
        __tablename__ = "owl"
        id = sa.Column(sa.ForeignKey("bird.id"), primary_key=True)
        prey = sa.Column(sa.String)
        __mapper_args__ = {"polymorphic_identity": "owl", "polymorphic_load": "selectin"}

    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        session.add_all([Owl(wings=2, prey="x"), Owl(wings=1, prey="y")])
        session.commit()
        session.expunge_all()
        statements.take()
        assert [(owl.wings, owl.prey) for owl in session.scalars(sa.select(Animal))] == [(2, "x"), (1, "y")]
        assert len(statements.take()) == 2


class TestManyToMany:
    @pytest.fixture()
    def people(self, engine):
        Base = orm.declarative_base()
        knows = sa.Table(
            "knows", Base.metadata, *[sa.Column(name, sa.ForeignKey("person.id"), primary_key=True) for name in "ab"]
        )
        joins = sa.Table(
            "joins",
            Base.metadata,
            sa.Column("person_id", sa.ForeignKey("person.id"), primary_key=True),
            sa.Column("club_id", sa.ForeignKey("club.id"), primary_key=True),
        )

        class Person(Base):
            __tablename__ = "person"
            id = sa.Column(sa.Integer, primary_key=True)
            clubs = orm.relationship("Club", secondary=joins, back_populates="people")

        def others(**arguments):
            joined = {"primaryjoin": Person.id == knows.c.a, "secondaryjoin": Person.id == knows.c.b}
            return orm.relationship(Person, secondary=knows, **joined, **arguments)

        Person.known = others()
        with pytest.warns(sa.exc.SAWarning):
            Person.known_by_hand = others(viewonly=True, omit_join=True)

        class Club(Base):
            __tablename__ = "club"
            id = sa.Column(sa.Integer, primary_key=True)
            people = orm.relationship(Person, secondary=joins, back_populates="clubs", lazy="selectin")

        Base.metadata.create_all(engine)
        with orm.Session(engine) as session:
            one, two = Person(id=1, clubs=[Club(id=1)]), Person(id=2)
            one.known = [two]
            session.add_all([one, two])
            session.commit()
            session.expunge_all()
            yield session, Person

    def test_to_the_same_class_joins_to_the_parent(self, people, statements):
        session, Person = people
        statements.take()
        one, two = session.scalars(sa.select(Person).options(orm.selectinload(Person.known)).order_by(Person.id)).all()
        assert (one.__dict__["known"], two.__dict__["known"]) == ([two], [])
        assert statements.take()[1].startswith(
            "SELECT person_1.id, person.id \nFROM person AS person_1 JOIN knows AS knows_1 ON person_1.id = knows_1.a "
            "JOIN person ON person.id = knows_1.b \nWHERE person_1.id IN (?, ?)"
        )

    def test_without_the_join_where_the_mapping_says_so(self, people, statements):
        session, Person = people
        statements.take()
        options = orm.selectinload(Person.known_by_hand)
        one, two = session.scalars(sa.select(Person).options(options).order_by(Person.id)).all()
        assert (one.__dict__["known_by_hand"], two.__dict__["known_by_hand"]) == ([two], [])
        assert "FROM knows JOIN person ON person.id = knows.b" in statements.take()[1]

    def test_what_was_read_does_not_lead_back(self, people, statements):
        session, Person = people
        one = session.get(Person, 1)
        statements.take()
        (club,) = one.clubs
        assert len(statements.take()) == 1
        assert "people" not in club.__dict__


@pytest.mark.parametrize("depth, levels", [(1, 1), (2, 2), (-1, 5)])
def test_options_below_a_recursion_count_on_each_level(engine, depth, levels):
    session, node = TestWhereLoadingEnds.nodes(engine, True)
    Node = type(node)
    session.expunge_all()
    loaded = orm.selectinload(Node.next, recursion_depth=depth).load_only(Node.id)
    node = session.scalars(sa.select(Node).where(Node.id == 0).options(loaded)).one()
    without = []
    while node.__dict__.get("next"):
        (node,) = node.next
        without.append("parent_id" not in node.__dict__)
    assert without == [level < levels for level in range(len(without))]
