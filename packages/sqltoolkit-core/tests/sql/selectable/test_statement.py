"""Labels, set operations, scalar subqueries, EXISTS, textual SELECTs."""

from __future__ import annotations

import pytest
from sql_cases import A, B, C, D, K, check_error, check_sql

from sqltoolkit_core import (
    Integer,
    LABEL_STYLE_NONE,
    LABEL_STYLE_TABLENAME_PLUS_COL,
    String,
    cast,
    column,
    exc,
    exists,
    func,
    literal,
    literal_column,
    null,
    select,
    text,
    true,
    union,
)

SQL = [
    (lambda: select(A.c.id,B.c.id,A.c.id).set_label_style(LABEL_STYLE_NONE),
     'SELECT a.id, b.id, a.id \nFROM a, b', {}),
    (lambda: select(A.c.id,B.c.id,A.c.id).set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL),
     'SELECT a.id AS a_id, b.id AS b_id, a.id AS a_id__1 \nFROM a, b', {}),
    (lambda: select(A.c.id,B.c.id,A.c.id).set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL).subquery().select(),
     'SELECT anon_1.a_id, anon_1.b_id, anon_1.a_id AS a_id_1 \nFROM (SELECT a.id AS a_id, b.id AS b_id, a.id AS a_id__1 \nFROM a, b) AS anon_1', {}),
    (lambda: select(A.c.id,B.c.id,A.c.id).set_label_style(LABEL_STYLE_NONE).subquery().select(),
     'SELECT anon_1.id, anon_1.id_1, anon_1.id AS id_2 \nFROM (SELECT a.id AS id, b.id AS id_1, a.id AS id__1 \nFROM a, b) AS anon_1', {}),
    (lambda: select(B).where(B.c.y==select(A.c.x).correlate(A).scalar_subquery()),
     'SELECT b.id, b.aid, b.y, b.aid2 \nFROM b \nWHERE b.y = (SELECT a.x \nFROM a)', {}),
    (lambda: select(A).where(A.c.x==select(A.c.x).correlate(A).scalar_subquery()),
     'SELECT a.id, a.x \nFROM a \nWHERE a.x = (SELECT a.x)', {}),
    (lambda: select(A).where(A.c.x==select(A.c.x).where(A.c.id==B.c.id).scalar_subquery()),
     'SELECT a.id, a.x \nFROM a \nWHERE a.x = (SELECT a.x \nFROM b \nWHERE a.id = b.id)', {}),
    (lambda: select(A,B).where(A.c.x==select(A.c.x).where(A.c.id==B.c.id).correlate(B).scalar_subquery()),
     'SELECT a.id, a.x, b.id AS id_1, b.aid, b.y, b.aid2 \nFROM a, b \nWHERE a.x = (SELECT a.x \nFROM a \nWHERE a.id = b.id)', {}),
    (lambda: select(A,B).where(A.c.x==select(A.c.x).where(A.c.id==B.c.id).correlate_except(B).scalar_subquery()),
     'SELECT a.id, a.x, b.id AS id_1, b.aid, b.y, b.aid2 \nFROM a, b \nWHERE a.x = (SELECT a.x \nFROM b \nWHERE a.id = b.id)', {}),
    (lambda: select(A,B).where(A.c.x==select(A.c.x).where(A.c.id==B.c.id).correlate(None).scalar_subquery()),
     'SELECT a.id, a.x, b.id AS id_1, b.aid, b.y, b.aid2 \nFROM a, b \nWHERE a.x = (SELECT a.x \nFROM a, b \nWHERE a.id = b.id)', {}),
    (lambda: select(A).where(exists().where(A.c.x==B.c.y)),
     'SELECT a.id, a.x \nFROM a \nWHERE EXISTS (SELECT * \nFROM b \nWHERE a.x = b.y)', {}),
    (lambda: select(A).where(exists(A.c.x).where(A.c.x==B.c.y)),
     'SELECT a.id, a.x \nFROM a \nWHERE EXISTS (SELECT a.x \nFROM b \nWHERE a.x = b.y)', {}),
    (lambda: select(A).where(exists(select(A.c.x))),
     'SELECT a.id, a.x \nFROM a \nWHERE EXISTS (SELECT a.x \nFROM a)', {}),
    (lambda: union(select(A.c.x),select(B.c.y)).order_by('x').limit(3),
     'SELECT a.x \nFROM a UNION SELECT b.y \nFROM b ORDER BY x\n LIMIT :param_1', {'param_1': 3}),
    (lambda: union(select(A.c.x).limit(3),select(B.c.y).order_by(B.c.y)),
     '(SELECT a.x \nFROM a\n LIMIT :param_1) UNION (SELECT b.y \nFROM b ORDER BY b.y)', {'param_1': 3}),
    (lambda: union(select(A.c.x), union(select(B.c.y), select(B.c.id))),
     'SELECT a.x \nFROM a UNION (SELECT b.y \nFROM b UNION SELECT b.id \nFROM b)', {}),
    (lambda: union(select(A.c.x)),
     'SELECT a.x \nFROM a', {}),
    (lambda: union(),
     '', {}),
    (lambda: union(select(A.c.x),select(B.c.y)).subquery().select(),
     'SELECT anon_1.x \nFROM (SELECT a.x AS x \nFROM a UNION SELECT b.y AS y \nFROM b) AS anon_1', {}),
    (lambda: select(A.c.id).union(select(B.c.id),select(B.c.id)),
     'SELECT a.id \nFROM a UNION SELECT b.id \nFROM b UNION SELECT b.id \nFROM b', {}),
    (lambda: select(A.c.id).except_all(select(B.c.id)),
     'SELECT a.id \nFROM a EXCEPT ALL SELECT b.id \nFROM b', {}),
    (lambda: text('select :x').bindparams(x=3).columns(A.c.x).bindparams(x=5),
     'select :x', {'x': 5}),
    (lambda: exists(),
     'EXISTS (SELECT *)', {}),
    (lambda: exists(select(A.c.x)),
     'EXISTS (SELECT a.x \nFROM a)', {}),
    (lambda: ~exists(A),
     'NOT (EXISTS (SELECT a.id, a.x \nFROM a))', {}),
    (lambda: select(A).exists(),
     'EXISTS (SELECT a.id, a.x \nFROM a)', {}),
    (lambda: exists().where(A.c.x==1).select(),
     'SELECT EXISTS (SELECT * \nFROM a \nWHERE a.x = :x_1) AS anon_1', {'x_1': 1}),
    (lambda: exists(A.c.x).where(A.c.x==3).select_from(B).correlate(B).select(),
     'SELECT EXISTS (SELECT a.x \nFROM b, a \nWHERE a.x = :x_1) AS anon_1', {'x_1': 3}),
    (lambda: select(A.c.x).scalar_subquery(),
     '(SELECT a.x \nFROM a)', {}),
    (lambda: select(select(A.c.x).scalar_subquery()),
     'SELECT (SELECT a.x \nFROM a) AS anon_1', {}),
    (lambda: text('select 1').columns(column('a'),b=Integer),
     'select 1', {}),
    (lambda: text('select 1').columns(column('a')).subquery('z').select(),
     'SELECT z.a \nFROM (select 1) AS z', {}),
    (lambda: select(A).order_by(select(B.c.y).where(B.c.aid==A.c.id).scalar_subquery()),
     'SELECT a.id, a.x \nFROM a ORDER BY (SELECT b.y \nFROM b \nWHERE b.aid = a.id)', {}),
    (lambda: select(A.c.x, select(B.c.y).where(B.c.aid==A.c.id).scalar_subquery().label('q')),
     'SELECT a.x, (SELECT b.y \nFROM b \nWHERE b.aid = a.id) AS q \nFROM a', {}),
    (lambda: select(A.c.x, text('foo'), column('bar'), column('bar'), literal_column('1').label('z')),
     'SELECT a.x, foo, bar, bar, 1 AS z \nFROM a', {}),
    (lambda: select(text('*')).select_from(A),
     'SELECT * \nFROM a', {}),
    (lambda: select(A.c.x).select_from(text('foo')),
     'SELECT a.x \nFROM foo, a', {}),
]  # fmt: skip

VALUES = [
    (lambda: select(A.c.id,B.c.id,A.c.id).selected_columns.keys(),
     "['id', 'id_1', 'id_2']"),
    (lambda: select(A.c.id,B.c.id,A.c.id).subquery().c.keys(),
     "['id', 'id_1', 'id_2']"),
    (lambda: select(A.c.id,B.c.id,A.c.id).set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL).subquery().c.keys(),
     "['a_id', 'b_id', 'a_id_1']"),
    (lambda: select(A.c.id,B.c.id,A.c.id).set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL).selected_columns.keys(),
     "['a_id', 'b_id', 'a_id_1']"),
    (lambda: select(func.count(A.c.id), func.count(A.c.x), A.c.x+1, A.c.x+2, cast(A.c.x,String), literal(5), literal_column('foo'), null(), A.c.x.label('zz')).subquery().c.keys(),
     "['count', 'count_1', '_no_label', '_no_label_1', 'x', '_no_label_2', 'foo', '_no_label_3', 'zz']"),
    (lambda: select(func.count(A.c.id), func.count(A.c.x), A.c.x+1, A.c.x+2, cast(A.c.x,String), literal(5), literal_column('foo'), null(), A.c.x.label('zz')).selected_columns.keys(),
     "['count', 'count_1', '_no_label', '_no_label_1', 'x', '_no_label_2', 'foo', '_no_label_3', 'zz']"),
    (lambda: select(K).subquery().c.keys(),
     "['kid', 'zkey']"),
    (lambda: select(K).set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL).subquery().c.keys(),
     "['k_kid', 'k_zkey']"),
    (lambda: select(K,D).subquery().c.keys(),
     "['kid', 'zkey', 'id', 'z']"),
    (lambda: select(K.join(D,true())).subquery().c.keys(),
     "['kid', 'zkey', 'id', 'z']"),
    (lambda: select(B.join(C)).subquery().c.keys(),
     "['id', 'aid', 'y', 'aid2', 'id_1', 'bid']"),
    (lambda: type(union(select(A.c.x),select(A.c.x)).self_group()).__name__,
     "'SelectStatementGrouping'"),
    (lambda: type(select(A).order_by(A.c.x).self_group(against=union(select(A.c.x)))).__name__,
     "'SelectStatementGrouping'"),
    (lambda: (lambda u: [str(u.c.q),str(u.corresponding_column(A.c.x)),str(u.corresponding_column(B.c.y))])(union(select(A.c.x.label('q')),select(B.c.y)).subquery()),
     "['anon_1.q', 'anon_1.q', 'anon_1.q']"),
    (lambda: select(A.c.x, B.c.y).join(B, A.c.id==B.c.aid).subquery().c.keys(),
     "['x', 'y']"),
]  # fmt: skip

ERRORS = [
    (lambda: select(A,B).where(A.c.x==select(A.c.x).where(A.c.id==B.c.id).scalar_subquery()), exc.InvalidRequestError),
    (lambda: select(A).scalar_subquery().c, exc.InvalidRequestError),
    (lambda: select(A).from_statement(text('select 1')), NotImplementedError),
    (lambda: select(A).scalar_subquery().where(5), exc.ArgumentError),
]  # fmt: skip


@pytest.mark.parametrize("make, sql, params", SQL)
def test_sql(make, sql, params):
    check_sql(make, sql, params)


@pytest.mark.parametrize("make, shown", VALUES)
def test_values(make, shown):
    assert repr(make()) == shown


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("make, error", ERRORS)
def test_errors(make, error):
    check_error(make, error)
