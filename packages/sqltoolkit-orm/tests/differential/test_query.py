"""What a Query gives and the order of its methods, what get() takes, what rows are read by."""

from __future__ import annotations

from typing import Any

import pytest
from two_libraries import Library, agree

FIRST = {
    "filter": lambda q, m: q.filter(m.Author.id == 1),
    "limit": lambda q, m: q.limit(1),
    "offset": lambda q, m: q.offset(0),
    "order_by": lambda q, m: q.order_by(m.Author.id),
    "group_by": lambda q, m: q.group_by(m.Author.id),
    "having": lambda q, m: q.group_by(m.Author.id).having(m.Author.id > 0),
    "distinct": lambda q, m: q.distinct(),
    "select_from": lambda q, m: q.select_from(m.Author),
    "join": lambda q, m: q.join(m.Author.books),
    "union": lambda q, m: q.union(q.filter(m.Author.id == 1)),
    "with_for_update": lambda q, m: q.with_for_update(),
}
THEN = {
    "filter": lambda q, m: q.filter(m.Author.id == 1).all(),
    "filter_by": lambda q, m: q.filter_by(id=1).all(),
    "limit": lambda q, m: q.limit(1).all(),
    "offset": lambda q, m: q.offset(1).all(),
    "slice": lambda q, m: q[0:1],
    "order_by": lambda q, m: q.order_by(m.Author.id).all(),
    "group_by": lambda q, m: q.group_by(m.Author.id).all(),
    "having": lambda q, m: q.having(m.core.func.count(m.Author.id) > 0),
    "distinct": lambda q, m: q.distinct().all(),
    "select_from": lambda q, m: q.select_from(m.Author).all(),
    "join": lambda q, m: q.join(m.Author.books).all(),
    "from_statement": lambda q, m: q.from_statement(m.core.text("select * from author where id = 2")).all(),
    "get": lambda q, m: q.get(1),
    "update": lambda q, m: q.update({"name": "x"}),
    "delete": lambda q, m: q.filter(m.Author.id == 3).delete(),
    "count": lambda q, m: q.count(),
    "exists": lambda q, m: q.exists(),
    "union": lambda q, m: [len(q.union(q).all())],
    "update, without assertions": lambda q, m: q.enable_assertions(False).update({"name": "x"}),
    "select_from, without assertions": lambda q, m: q.enable_assertions(False).select_from(m.Author).all(),
}


@pytest.mark.parametrize("first", FIRST)
@pytest.mark.parametrize("then", THEN)
def test_order_of_methods(both, first, then):
    if first == "union" and then == "select_from, without assertions":
        pytest.skip("makes a cartesian product, of which one library warns")

    def program(lib: Library) -> Any:
        return THEN[then](FIRST[first](lib.session.query(lib.model.Author), lib.model), lib.model)

    agree(both, program)


@pytest.mark.parametrize("then", sorted(set(THEN) - {"update", "delete", "update, without assertions", "union"}))
def test_methods_after_from_statement(both, then):
    def program(lib: Library) -> Any:
        whole = lib.session.query(lib.model.Author).from_statement(lib.core.text("select * from author"))
        return THEN[then](whole, lib.model)

    agree(both, program)


@pytest.mark.parametrize(
    "make",
    [
        lambda s, m: s.query(m.Author).join(m.Author.books).filter_by(id=3),
        lambda s, m: s.query(m.Author).join(m.Author.books).filter_by(title="b3"),
        lambda s, m: s.query(m.Author, m.Book).filter_by(id=3),
        lambda s, m: s.query(m.Author).select_from(m.Book).filter_by(id=3),
        lambda s, m: s.query(m.Author).join(m.Author.books).reset_joinpoint().filter_by(id=1),
        lambda s, m: s.query(m.Author).join(m.Author.books).join(m.Book.tags).filter_by(name="old"),
        lambda s, m: s.query(m.Author).join(m.Author.books.of_type(m.orm.aliased(m.Book, name="x"))).filter_by(id=3),
        lambda s, m: s.query(m.Author).join(m.Author.books).with_entities(m.Book.id).filter_by(id=3),
        lambda s, m: s.query(m.core.func.count(m.Author.id)).filter_by(id=3),
        lambda s, m: s.query(m.core.func.count("*")).select_from(m.Author).filter_by(id=3),
        lambda s, m: s.query(m.Author.__table__.c.id).join(m.Book.__table__).filter_by(id=3),
        lambda s, m: s.query(m.Author).union(s.query(m.Author)).filter_by(name="x"),
    ],
)
def test_filter_by_is_about_the_last_joined_entity(both, make):
    agree(both, lambda lib: make(lib.session, lib.model))


def test_unions_of_unions(both):
    def program(lib: Library) -> Any:
        Author, session = lib.model.Author, lib.session
        one, two, three = (session.query(Author).filter(Author.id == key) for key in (1, 2, 3))
        nested = one.union(two).union(three)
        return str(nested), nested.order_by(Author.id).all(), nested.intersect(two).all(), nested.count()

    agree(both, program)


@pytest.mark.parametrize("window", [(-2, -5), (-5, -2), (None, -2), (1, 1), (0, 2), (1, None)])
def test_slices_of_a_query(both, window):
    agree(both, lambda lib: lib.session.query(lib.model.Author).order_by(lib.model.Author.id)[slice(*window)])


def test_slices_of_expressions(both):
    def program(lib: Library) -> Any:
        def number(name: str) -> Any:
            return lib.core.cast(lib.core.bindparam(name), lib.core.Integer)

        query = lib.session.query(lib.model.Author).params(a=1, b=3).order_by(lib.model.Author.id)
        return query[number("a") : number("b")]

    agree(both, program)


@pytest.mark.parametrize("key", [{"key": 1}, {"id": 1}, {"id": 1, "name": "x"}, None, 9, 1, (1,)])
def test_keys_of_get(both, key):
    agree(both, lambda lib: lib.session.get(lib.model.Author, key))


def test_tuples(both):
    agree(both, lambda lib: lib.session.query(lib.model.Author).order_by(lib.model.Author.id).tuples().all())


@pytest.mark.parametrize(
    "make",
    [
        lambda c, m, a: (m.Author.id.label("x"), a.id.label("y")),
        lambda c, m, a: (c.func.count(m.Author.id), m.Author.id + 1, a),
        lambda c, m, a: (m.Author.__table__, m.Author.__table__.c.id),
        lambda c, m, a: (c.select(m.Author.id).scalar_subquery(), c.cast(m.Author.id, c.String)),
    ],
)
@pytest.mark.parametrize("older", [True, False])
def test_descriptions_of_columns(both, make, older):
    def program(lib: Library) -> Any:
        columns = make(lib.core, lib.model, lib.orm.aliased(lib.model.Author, name="a"))
        described = (lib.session.query if older else lib.core.select)(*columns).column_descriptions
        return [
            (one["name"], one.get("aliased"), str(one["type"]), one.get("entity") is not None) for one in described
        ]

    agree(both, program)


def test_rows_are_read_by_what_was_selected(both):
    def program(lib: Library) -> Any:
        core, Author = lib.core, lib.model.Author
        found = []
        other = lib.orm.aliased(Author)
        for _ in range(2):
            lower = core.func.lower(Author.name)
            statement = core.select(Author, Author.name, other, lower, Author.id.label("x")).where(other.id == Author.id)
            row = lib.session.execute(statement.order_by(Author.id)).first()._mapping
            found.append([row[key] for key in (Author, Author.name, Author.__table__.c.name, other, lower, "x")])
            found.append(other.name in row)
        return found

    agree(both, program)


def test_group_by_takes_entities(both):
    agree(both, lambda lib: str(lib.core.select(lib.model.Author.id).group_by(lib.model.Author)))
    agree(both, lambda lib: str(lib.core.select(lib.model.Author.id).group_by(lib.model.book_tag)))


@pytest.mark.parametrize("run", ["execute", "scalar", "scalars"])
def test_a_query_is_no_statement(both, run):
    agree(both, lambda lib: getattr(lib.session, run)(lib.session.query(lib.model.Author)))


def test_rows_without_hashes(both):
    def program(lib: Library) -> Any:
        listed = lib.core.type_coerce(lib.model.Author.name, lib.core.JSON).label("x")
        by_hand = lib.session.query(lib.model.Author.id, lib.model.Author, lib.core.literal(None).label("n")).all()
        return by_hand, lib.session.execute(lib.core.select(lib.model.Author, listed)).unique

    agree(both, lambda lib: program(lib)[0])
    for lib in both:
        with pytest.raises(lib.core.exc.InvalidRequestError):
            listed = lib.core.type_coerce(lib.core.literal_column("'[1]'"), lib.core.JSON).label("x")
            lib.session.execute(lib.core.select(lib.model.Author, listed)).unique().all()
        listed = lib.core.type_coerce(lib.core.literal_column("'[1]'"), lib.core.JSON).label("x")
        assert len(lib.session.query(lib.model.Author, listed).all()) == 3


@pytest.mark.parametrize(
    "read",
    [
        lambda result: result.unique().all(),
        lambda result: result.scalars().unique().all(),
        lambda result: result.all(),
        lambda result: [list(part) for part in result.scalars().partitions()],
    ],
)
def test_parts_and_uniqueness_exclude_each_other(both, read):
    def program(lib: Library) -> Any:
        statement = lib.core.select(lib.model.Author).order_by(lib.model.Author.id)
        return read(lib.session.execute(statement.execution_options(yield_per=2)))

    agree(both, program)


def test_parameters_of_a_statement_given_as_a_whole(both):
    def program(lib: Library) -> Any:
        Author, core = lib.model.Author, lib.core
        inner = core.select(Author).where(Author.id == core.bindparam("key"))
        text = core.text("SELECT * FROM author WHERE id = :key")
        return [
            lib.session.scalars(core.select(Author).from_statement(one).params(key=2)).one() for one in (inner, text)
        ]

    agree(both, program)
