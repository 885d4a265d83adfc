"""Entities inside subqueries, CTEs, unions and foreign statements."""

from __future__ import annotations

import pytest
from blog import Post, User

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


def test_union_of_entities(session):
    union = sa.union_all(sa.select(User).where(User.id == 1), sa.select(User).where(User.id == 3))
    assert sorted(u.id for u in session.scalars(sa.select(User).from_statement(union))) == [1, 3]


def test_alias_of_a_subquery(session):
    sub = sa.select(User).where(User.id < 3).subquery()
    inner = orm.aliased(User, sub)
    assert [u.name for u in session.scalars(sa.select(inner).order_by(inner.id.desc()))] == ["bob", "ann"]
    assert isinstance(session.scalars(sa.select(inner)).first(), User)


def test_cte(session):
    counts = sa.select(Post.author_id, sa.func.count().label("n")).group_by(Post.author_id).cte("counts")
    stmt = sa.select(User.name, counts.c.n).join(counts, counts.c.author_id == User.id).order_by(User.id)
    assert str(stmt).startswith("WITH counts AS")
    assert session.execute(stmt).all() == [("ann", 2), ("bob", 1)]


def test_scalar_subquery_correlates(session):
    count = sa.select(sa.func.count(Post.id)).where(Post.author_id == User.id).scalar_subquery()
    assert session.execute(sa.select(User.id, count).order_by(User.id)).all() == [(1, 2), (2, 1), (3, 0)]


def test_exists_and_in(session):
    stmt = sa.select(User.id).where(sa.exists().where(Post.author_id == User.id)).order_by(User.id)
    assert session.scalars(stmt).all() == [1, 2]
    stmt = sa.select(User.id).where(User.id.in_(sa.select(Post.author_id).where(Post.id > 2)))
    assert session.scalars(stmt).all() == [2]


def test_text_with_columns(session):
    text = sa.text("select id, name from user_account where id = :id").columns(User.id, User.name)
    assert session.scalars(sa.select(User).from_statement(text), {"id": 2}).one().name == "bob"


def test_statement_without_any_column_of_the_entity(session):
    with pytest.raises(sa.exc.NoSuchColumnError):
        session.scalars(sa.select(User).from_statement(sa.text("select 1 as unrelated"))).all()


def test_columns_that_a_statement_lacks_are_loaded_when_they_are_read(session):
    table = User.__table__
    for statement in (sa.select(table.c.id).where(table.c.id == 2), sa.text("select id from %s where id = 2" % table.name)):
        session.expunge_all()
        user = session.scalars(sa.select(User).from_statement(statement)).one()
        assert "name" not in user.__dict__ and user.name == "bob"


def test_contains_eager_of_a_foreign_statement_gives_its_rows(session):
    rows = sa.select(User, Post).join(User.posts).order_by(Post.id)
    statement = sa.select(User).from_statement(rows).options(orm.contains_eager(User.posts))
    users = session.scalars(statement).all()
    assert [user.id for user in users] == session.scalars(sa.select(User.id).join(User.posts).order_by(Post.id)).all()
    assert len(session.scalars(statement).unique().all()) == len(set(users)) < len(users)
    assert [len(user.posts) for user in session.query(User).from_statement(rows).options(orm.contains_eager(User.posts))]


def test_rows_without_the_primary_key_are_no_entities(session):
    for rows in (sa.select(User.name), sa.text("SELECT name FROM user_account")):
        with pytest.raises(sa.exc.NoSuchColumnError, match="primary key"):
            session.scalars(sa.select(User).from_statement(rows)).all()


def test_labels_that_no_column_has_are_their_expressions_around_joins():
    twice = (User.id + User.id).label("twice")
    statement = sa.select(User).options(orm.joinedload(User.posts)).order_by(twice).limit(1)
    text = str(statement)
    assert "user_account.id + user_account.id AS anon_2 \n" in text
    assert "ORDER BY user_account.id + user_account.id\n" in text
    assert text.endswith("ORDER BY anon_1.anon_2, post_1.id")


@pytest.mark.parametrize("of, outside", [(None, True), (User, False), (User.id, False)])
def test_locks_around_a_limited_statement(of, outside):
    statement = sa.select(User).options(orm.joinedload(User.posts)).limit(1).with_for_update(of=of)
    text = " ".join(str(statement).split())
    assert "LIMIT :param_1 FOR UPDATE) AS anon_1" in text
    assert text.endswith("ORDER BY post_1.id" + (" FOR UPDATE" if outside else ""))
