"""Aliases, subqueries, CTEs, lateral and sampled sources, VALUES."""

from __future__ import annotations

import pytest
from sql_cases import A, B, check_error, check_sql

from sqltoolkit_core import (
    Integer,
    String,
    alias,
    all_,
    any_,
    column,
    cte,
    exc,
    except_,
    func,
    intersect,
    lateral,
    select,
    tablesample,
    text,
    tuple_,
    union_all,
    values,
)

V = values(column("a", Integer), column("b", String), name="vv").data([(1, "x"), (2, "y")])
c = select(A.c.x).cte("foo")
r = select(A.c.id).cte("r", recursive=True)
r = r.union_all(select(B.c.id).join(r, r.c.id == B.c.aid))

SQL = [
    (lambda: V,
     'VALUES (:param_1, :param_2), (:param_3, :param_4)', {'param_1': 1, 'param_2': 'x', 'param_3': 2, 'param_4': 'y'}),
    (lambda: select(V),
     'SELECT vv.a, vv.b \nFROM (VALUES (:param_1, :param_2), (:param_3, :param_4)) AS vv (a, b)', {'param_1': 1, 'param_2': 'x', 'param_3': 2, 'param_4': 'y'}),
    (lambda: select(V.c.a),
     'SELECT vv.a \nFROM (VALUES (:param_1, :param_2), (:param_3, :param_4)) AS vv (a, b)', {'param_1': 1, 'param_2': 'x', 'param_3': 2, 'param_4': 'y'}),
    (lambda: select(values(column('a'),column('b')).data([(1,2)])),
     'SELECT a, b \nFROM (VALUES (:param_1, :param_2))', {'param_1': 1, 'param_2': 2}),
    (lambda: select(V.alias('q')),
     'SELECT vv.a, vv.b \nFROM (VALUES (:param_1, :param_2), (:param_3, :param_4)) AS q (a, b)', {'param_1': 1, 'param_2': 'x', 'param_3': 2, 'param_4': 'y'}),
    (lambda: select(V.lateral('z')),
     'SELECT vv.a, vv.b \nFROM LATERAL (VALUES (:param_1, :param_2), (:param_3, :param_4)) AS z (a, b)', {'param_1': 1, 'param_2': 'x', 'param_3': 2, 'param_4': 'y'}),
    (lambda: V.scalar_values(),
     '(VALUES (:param_1, :param_2), (:param_3, :param_4))', {'param_1': 1, 'param_2': 'x', 'param_3': 2, 'param_4': 'y'}),
    (lambda: select(V.cte('mycte')),
     'WITH mycte(a, b) AS \n(VALUES (:param_1, :param_2), (:param_3, :param_4))\n SELECT mycte.a, mycte.b \nFROM mycte', {'param_1': 1, 'param_2': 'x', 'param_3': 2, 'param_4': 'y'}),
    (lambda: select(values(column('a',Integer),name='q',literal_binds=True).data([(5,)])),
     'SELECT q.a \nFROM (VALUES (5)) AS q (a)', {}),
    (lambda: select(values(column('a',Integer),name='q').data([(5,),(6,)]).data([(7,)])),
     'SELECT q.a \nFROM (VALUES (:param_1), (:param_2), (:param_3)) AS q (a)', {'param_1': 5, 'param_2': 6, 'param_3': 7}),
    (lambda: select(values(column('a',Integer),name='q').data([(5,)]).alias()),
     'SELECT anon_1.a \nFROM (VALUES (:param_1)) AS anon_1 (a)', {'param_1': 5}),
    (lambda: select(A).where(tuple_(A.c.id,A.c.x).in_(V)),
     'SELECT a.id, a.x \nFROM a \nWHERE (a.id, a.x) IN (VALUES (:param_1, :param_2), (:param_3, :param_4))', {'param_1': 1, 'param_2': 'x', 'param_3': 2, 'param_4': 'y'}),
    (lambda: select(A).where(A.c.id.in_(values(column('a',Integer)).data([(5,)]).scalar_values())),
     'SELECT a.id, a.x \nFROM a \nWHERE a.id IN (VALUES (:param_1))', {'param_1': 5}),
    (lambda: select(c),
     'WITH foo AS \n(SELECT a.x AS x \nFROM a)\n SELECT foo.x \nFROM foo', {}),
    (lambda: select(c.alias('z')),
     'WITH foo AS \n(SELECT a.x AS x \nFROM a)\n SELECT z.x \nFROM foo AS z', {}),
    (lambda: select(c.union_all(select(c.alias().c.x))),
     'WITH foo AS \n(SELECT a.x AS x \nFROM a UNION ALL SELECT anon_1.x AS x \nFROM foo AS anon_1)\n SELECT foo.x \nFROM foo', {}),
    (lambda: select(select(A).cte()),
     'WITH anon_1 AS \n(SELECT a.id AS id, a.x AS x \nFROM a)\n SELECT anon_1.id, anon_1.x \nFROM anon_1', {}),
    (lambda: select(A).add_cte(c),
     'WITH foo AS \n(SELECT a.x AS x \nFROM a)\n SELECT a.id, a.x \nFROM a', {}),
    (lambda: select(A.c.x).cte('n',recursive=True,nesting=True).select(),
     'WITH RECURSIVE n(x) AS \n(SELECT a.x AS x \nFROM a)\n SELECT n.x \nFROM n', {}),
    (lambda: select(r),
     'WITH RECURSIVE r(id) AS \n(SELECT a.id AS id \nFROM a UNION ALL SELECT b.id AS id \nFROM b JOIN r ON r.id = b.aid)\n SELECT r.id \nFROM r', {}),
    (lambda: select(r).where(r.c.id==5),
     'WITH RECURSIVE r(id) AS \n(SELECT a.id AS id \nFROM a UNION ALL SELECT b.id AS id \nFROM b JOIN r ON r.id = b.aid)\n SELECT r.id \nFROM r \nWHERE r.id = :id_1', {'id_1': 5}),
    (lambda: select(c,c.alias('q')),
     'WITH foo AS \n(SELECT a.x AS x \nFROM a)\n SELECT foo.x, q.x AS x_1 \nFROM foo, foo AS q', {}),
    (lambda: select(A.tablesample(func.bernoulli(1),name='al',seed=func.random())),
     'SELECT al.id, al.x \nFROM a AS al TABLESAMPLE bernoulli(:bernoulli_1) REPEATABLE (random())', {'bernoulli_1': 1}),
    (lambda: select(tablesample(A,5)),
     'SELECT a_1.id, a_1.x \nFROM a AS a_1 TABLESAMPLE system(:system_1)', {'system_1': 5}),
    (lambda: A.alias().lateral().select(),
     'SELECT anon_1.id, anon_1.x \nFROM LATERAL a AS anon_1', {}),
    (lambda: select(A).lateral().select(),
     'SELECT anon_1.id, anon_1.x \nFROM LATERAL (SELECT a.id AS id, a.x AS x \nFROM a) AS anon_1', {}),
    (lambda: select(A).lateral('foo').select(),
     'SELECT foo.id, foo.x \nFROM LATERAL (SELECT a.id AS id, a.x AS x \nFROM a) AS foo', {}),
    (lambda: select(A).subquery('x').lateral().select(),
     'SELECT x_1.id, x_1.x \nFROM LATERAL (SELECT a.id AS id, a.x AS x \nFROM a) AS x_1', {}),
    (lambda: select(A).alias('zz').select(),
     'SELECT zz.id, zz.x \nFROM (SELECT a.id AS id, a.x AS x \nFROM a) AS zz', {}),
    (lambda: A.lateral().select(),
     'SELECT a_1.id, a_1.x \nFROM LATERAL a AS a_1', {}),
    (lambda: select(B, lateral(select(A).where(A.c.x==B.c.y))),
     'SELECT b.id, b.aid, b.y, b.aid2, anon_1.id AS id_1, anon_1.x \nFROM b, LATERAL (SELECT a.id AS id, a.x AS x \nFROM a \nWHERE a.x = b.y) AS anon_1', {}),
    (lambda: select(A.c.x).prefix_with('X').cte('foo').prefix_with('MATERIALIZED', dialect='postgresql').select(),
     'WITH foo AS \n(SELECT X a.x AS x \nFROM a)\n SELECT foo.x \nFROM foo', {}),
    (lambda: select(A).with_hint(A,'foo','mysql'),
     'SELECT a.id, a.x \nFROM a', {}),
    (lambda: alias(A,'foo').select(),
     'SELECT foo.id, foo.x \nFROM a AS foo', {}),
    (lambda: cte(select(A),'foo').select(),
     'WITH foo AS \n(SELECT a.id AS id, a.x AS x \nFROM a)\n SELECT foo.id, foo.x \nFROM foo', {}),
    (lambda: select(A).union(select(B.c.id,B.c.y)).order_by(A.c.id),
     'SELECT a.id, a.x \nFROM a UNION SELECT b.id, b.y \nFROM b ORDER BY id', {}),
    (lambda: union_all(select(A).limit(1), select(A).offset(1)).alias('z').select(),
     'SELECT z.id, z.x \nFROM ((SELECT a.id AS id, a.x AS x \nFROM a\n LIMIT :param_1) UNION ALL (SELECT a.id AS id, a.x AS x \nFROM a\n LIMIT -1 OFFSET :param_2)) AS z', {'param_1': 1, 'param_2': 1}),
    (lambda: intersect(select(A),except_(select(A),select(A))),
     'SELECT a.id, a.x \nFROM a INTERSECT (SELECT a.id, a.x \nFROM a EXCEPT SELECT a.id, a.x \nFROM a)', {}),
    (lambda: select(A.c.x).where(A.c.id.in_([1,2,3])),
     'SELECT a.x \nFROM a \nWHERE a.id IN (__[POSTCOMPILE_id_1])', {'id_1': [1, 2, 3]}),
    (lambda: select(A.c.x).where(A.c.id.in_(A)),
     'SELECT a.x \nFROM a \nWHERE a.id IN (SELECT a.id, a.x \nFROM a)', {}),
    (lambda: select(A.c.x).where(A.c.id.in_(select(A.c.x).subquery())),
     'SELECT a.x \nFROM a \nWHERE a.id IN (SELECT anon_1.x \nFROM (SELECT a.x AS x \nFROM a) AS anon_1)', {}),
    (lambda: A.c.id.in_(text('select 1')),
     'a.id IN (select 1)', {}),
    (lambda: A.c.id == any_(select(A.c.x)),
     'a.id = ANY (SELECT a.x \nFROM a)', {}),
    (lambda: A.c.id > all_(select(A.c.x).scalar_subquery()),
     'a.id > ALL (SELECT a.x \nFROM a)', {}),
    (lambda: select(A.c.x).subquery().corresponding_column(A.c.x),
     'anon_1.x', {}),
    (lambda: select(A.alias().c.x).subquery().corresponding_column(A.c.x),
     'anon_1.x', {}),
    (lambda: A.alias().corresponding_column(A.c.x),
     'a_1.x', {}),
    (lambda: A.table_valued(),
     'a', {}),
]  # fmt: skip

VALUES = [
    (lambda: V.c.keys(),
     "['a', 'b']"),
    (lambda: A.alias().description,
     "'Anonymous alias of a'"),
    (lambda: A.alias('foo').description,
     "'foo'"),
    (lambda: select(A).subquery().description,
     "'anon_1'"),
    (lambda: A.corresponding_column(B.c.y),
     'None'),
    (lambda: sorted(str(f.target_fullname) for f in select(B).subquery().foreign_keys),
     "['a.id', 'a.id']"),
]  # fmt: skip

ERRORS = [
    (lambda: alias(select(A),'foo'), exc.ArgumentError),
    (lambda: select(A).union(select(B.c.id,B.c.y)).limit(5).union(select(A)), AttributeError),
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
