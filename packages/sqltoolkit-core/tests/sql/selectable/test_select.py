"""SELECT: columns, criteria, ordering, limits."""

from __future__ import annotations

import pytest

from sqltoolkit_core import (
    Column,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    cast,
    column,
    desc,
    exc,
    false,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    table,
)

metadata = MetaData()
A = Table("a", metadata, Column("id", Integer, primary_key=True), Column("x", Integer))
B = Table(
    "b",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("aid", Integer, ForeignKey("a.id")),
    Column("y", Integer),
    Column("aid2", Integer, ForeignKey("a.id")),
)
C = Table(
    "c", metadata, Column("id", Integer, primary_key=True), Column("bid", Integer, ForeignKey("b.id"))
)
D = Table("d", metadata, Column("id", Integer, primary_key=True), Column("z", Integer))
K = Table(
    "k", metadata, Column("id", Integer, primary_key=True, key="kid"), Column("z", Integer, key="zkey")
)


SQL = [
    (lambda: select(A.c.id,B.c.id,A.c.id, B.c.id, A.c.id),
     'SELECT a.id, b.id AS id_1, a.id AS id__1, b.id AS id__2, a.id AS id__3 \nFROM a, b', {}),
    (lambda: select(select(A.c.id,B.c.id,A.c.id, B.c.id, A.c.id).subquery()),
     'SELECT anon_1.id, anon_1.id_1, anon_1.id AS id_2, anon_1.id_1 AS id_1_1, anon_1.id AS id_3 \nFROM (SELECT a.id AS id, b.id AS id_1, a.id AS id__1, b.id AS id__2, a.id AS id__3 \nFROM a, b) AS anon_1', {}),
    (lambda: select(func.count(A.c.id), func.count(A.c.x), A.c.x+1, A.c.x+2, cast(A.c.x,String), cast(B.c.y,String), literal(5), literal_column('foo'), null(), A.c.x.label('zz')),
     'SELECT count(a.id) AS count_1, count(a.x) AS count_2, a.x + :x_1 AS anon_1, a.x + :x_2 AS anon_2, CAST(a.x AS VARCHAR) AS x, CAST(b.y AS VARCHAR) AS y, :param_1 AS anon_3, foo, NULL AS anon_4, a.x AS zz \nFROM a, b', {'x_1': 1, 'x_2': 2, 'param_1': 5}),
    (lambda: select(func.count(A.c.id), func.count(A.c.x), A.c.x+1, A.c.x+2, cast(A.c.x,String), literal(5), literal_column('foo'), null(), A.c.x.label('zz')).subquery().select(),
     'SELECT anon_1.count_1, anon_1.count_2, anon_1.anon_2, anon_1.anon_3, anon_1.x, anon_1.anon_4, anon_1.foo, anon_1.anon_5, anon_1.zz \nFROM (SELECT count(a.id) AS count_1, count(a.x) AS count_2, a.x + :x_1 AS anon_2, a.x + :x_2 AS anon_3, CAST(a.x AS VARCHAR) AS x, :param_1 AS anon_4, foo, NULL AS anon_5, a.x AS zz \nFROM a) AS anon_1', {'x_1': 1, 'x_2': 2, 'param_1': 5}),
    (lambda: select(cast(A.c.x,Integer), cast(D.c.z,Integer), cast(A.c.x,Integer)),
     'SELECT CAST(a.x AS INTEGER) AS x, CAST(d.z AS INTEGER) AS z, CAST(a.x AS INTEGER) AS x__1 \nFROM a, d', {}),
    (lambda: select(cast(A.c.id,Integer), cast(D.c.id,Integer), A.c.id),
     'SELECT CAST(a.id AS INTEGER) AS id, CAST(d.id AS INTEGER) AS id__1, a.id AS id_1 \nFROM a, d', {}),
    (lambda: select(cast(A.c.x,Integer),A.c.x.label('x'),A.c.x),
     'SELECT CAST(a.x AS INTEGER) AS x, a.x AS x, a.x AS x_1 \nFROM a', {}),
    (lambda: select(K),
     'SELECT k.id, k.z \nFROM k', {}),
    (lambda: select(K.c.zkey),
     'SELECT k.z \nFROM k', {}),
    (lambda: select(K).subquery().select(),
     'SELECT anon_1.id, anon_1.z \nFROM (SELECT k.id AS id, k.z AS z \nFROM k) AS anon_1', {}),
    (lambda: select(A.c.x).where(B.c.y==A.c.x),
     'SELECT a.x \nFROM a, b \nWHERE b.y = a.x', {}),
    (lambda: select(A.alias().alias()),
     'SELECT anon_1.id, anon_1.x \nFROM a AS anon_1', {}),
    (lambda: select(A.alias('q').alias('r')),
     'SELECT r.id, r.x \nFROM a AS r', {}),
    (lambda: select(A.alias('q').alias()),
     'SELECT q_1.id, q_1.x \nFROM a AS q_1', {}),
    (lambda: select(A.alias(flat=True)),
     'SELECT a_1.id, a_1.x \nFROM a AS a_1', {}),
    (lambda: select(A).with_only_columns(A.c.x),
     'SELECT a.x \nFROM a', {}),
    (lambda: select(A, B.c.id,B.c.aid).where(A.c.id==B.c.aid).reduce_columns(),
     'SELECT a.id, a.x, b.id AS id_1, b.aid \nFROM a, b \nWHERE a.id = b.aid', {}),
    (lambda: select(A, B.c.id,B.c.aid).where(A.c.id==B.c.aid).reduce_columns(only_synonyms=False),
     'SELECT a.id, a.x, b.id AS id_1 \nFROM a, b \nWHERE a.id = b.aid', {}),
    (lambda: select(A).where(A.c.x==1).where(A.c.x==3).whereclause,
     'a.x = :x_1 AND a.x = :x_2', {'x_1': 1, 'x_2': 3}),
    (lambda: select(A).limit(5).offset(3),
     'SELECT a.id, a.x \nFROM a\n LIMIT :param_1 OFFSET :param_2', {'param_1': 5, 'param_2': 3}),
    (lambda: select(A).limit(func.foo()).offset(literal_column('x')),
     'SELECT a.id, a.x \nFROM a\n LIMIT foo() OFFSET x', {}),
    (lambda: select(A).fetch(5,with_ties=True,percent=True),
     'SELECT a.id, a.x \nFROM a\n FETCH FIRST :param_1 PERCENT ROWS WITH TIES', {'param_1': 5}),
    (lambda: select(A).slice(3,8),
     'SELECT a.id, a.x \nFROM a\n LIMIT :param_1 OFFSET :param_2', {'param_1': 5, 'param_2': 3}),
    (lambda: select(A).limit(5).fetch(3),
     'SELECT a.id, a.x \nFROM a\n FETCH FIRST :param_1 ROWS ONLY', {'param_1': 3}),
    (lambda: select(A).fetch(3).limit(5),
     'SELECT a.id, a.x \nFROM a\n LIMIT :param_1', {'param_1': 5}),
    (lambda: select(A).offset(3).slice(2,None),
     'SELECT a.id, a.x \nFROM a\n LIMIT -1 OFFSET :param_1', {'param_1': 5}),
    (lambda: select(A).offset(3).slice(2,8),
     'SELECT a.id, a.x \nFROM a\n LIMIT :param_1 OFFSET :param_2', {'param_1': 6, 'param_2': 5}),
    (lambda: select(A).limit(3).slice(None,8),
     'SELECT a.id, a.x \nFROM a\n LIMIT :param_1', {'param_1': 8}),
    (lambda: select(A).slice(0,4),
     'SELECT a.id, a.x \nFROM a\n LIMIT :param_1', {'param_1': 4}),
    (lambda: select(A).limit(0),
     'SELECT a.id, a.x \nFROM a\n LIMIT :param_1', {'param_1': 0}),
    (lambda: select(A).slice(4,4),
     'SELECT a.id, a.x \nFROM a\n LIMIT :param_1 OFFSET :param_2', {'param_1': 0, 'param_2': 4}),
    (lambda: select(A).offset(literal_column('q')).slice(1,2),
     'SELECT a.id, a.x \nFROM a\n LIMIT :param_1 OFFSET q + :q_1', {'param_1': 1, 'q_1': 1}),
    (lambda: select(A).limit(None),
     'SELECT a.id, a.x \nFROM a', {}),
    (lambda: select(A).order_by('x').group_by('x').order_by(desc('x')).group_by(None),
     'SELECT a.id, a.x \nFROM a ORDER BY a.x, a.x DESC', {}),
    (lambda: select(A.c.x.label('foo')).order_by('foo').group_by('foo'),
     'SELECT a.x AS foo \nFROM a GROUP BY foo ORDER BY foo', {}),
    (lambda: select(A).with_for_update(of=A.c.x, read=True),
     'SELECT a.id, a.x \nFROM a FOR UPDATE', {}),
    (lambda: select(A).distinct(),
     'SELECT DISTINCT a.id, a.x \nFROM a', {}),
    (lambda: select(A).distinct(A.c.x),
     'SELECT DISTINCT a.id, a.x \nFROM a', {}),
    (lambda: select(func.count(),func.count()),
     'SELECT count(*) AS count_1, count(*) AS count_2', {}),
    (lambda: (lambda f: select(f,f))(func.count()),
     'SELECT count(*) AS count_1, count(*) AS count__1', {}),
    (lambda: select(A.c.x+1,A.c.x+1),
     'SELECT a.x + :x_1 AS anon_1, a.x + :x_2 AS anon_2 \nFROM a', {'x_1': 1, 'x_2': 1}),
    (lambda: (lambda e: select(e,e))(A.c.x+1),
     'SELECT a.x + :x_1 AS anon_1, a.x + :x_1 AS anon__1 \nFROM a', {'x_1': 1}),
    (lambda: (lambda e: select(e,e,e).subquery().select())(A.c.x+1),
     'SELECT anon_2.anon_1, anon_2.anon_1 AS anon_1_1, anon_2.anon_1 AS anon_1_2 \nFROM (SELECT a.x + :x_1 AS anon_1, a.x + :x_1 AS anon__1, a.x + :x_1 AS anon__2 \nFROM a) AS anon_2', {'x_1': 1}),
    (lambda: (lambda e: select(e,e,e))(A.c.x.label('z')),
     'SELECT a.x AS z, a.x AS z, a.x AS z \nFROM a', {}),
    (lambda: select(A).where(A.c.x==5, A.c.id==3).where(or_(A.c.x==1, A.c.x==2)),
     'SELECT a.id, a.x \nFROM a \nWHERE a.x = :x_1 AND a.id = :id_1 AND (a.x = :x_2 OR a.x = :x_3)', {'x_1': 5, 'id_1': 3, 'x_2': 1, 'x_3': 2}),
    (lambda: select(A).having(func.count()>1).group_by(A.c.x,A.c.id),
     'SELECT a.id, a.x \nFROM a GROUP BY a.x, a.id \nHAVING count(*) > :count_1', {'count_1': 1}),
    (lambda: select(A).where(True),
     'SELECT a.id, a.x \nFROM a \nWHERE true', {}),
    (lambda: select(A).where(false()),
     'SELECT a.id, a.x \nFROM a \nWHERE false', {}),
    (lambda: select(5),
     'SELECT 5', {}),
    (lambda: select(A).where(A.c.x.in_(select(B.c.y))),
     'SELECT a.id, a.x \nFROM a \nWHERE a.x IN (SELECT b.y \nFROM b)', {}),
    (lambda: select(A).where(A.c.x==select(B.c.y)),
     'SELECT a.id, a.x \nFROM a \nWHERE a.x = (SELECT b.y \nFROM b)', {}),
    (lambda: select(A).group_by(None).order_by(None,A.c.x),
     'SELECT a.id, a.x \nFROM a ORDER BY NULL, a.x', {}),
    (lambda: select(A).order_by(A.c.x).order_by(None, A.c.id),
     'SELECT a.id, a.x \nFROM a ORDER BY a.x, NULL, a.id', {}),
    (lambda: select().add_columns(A.c.x),
     'SELECT a.x \nFROM a', {}),
    (lambda: select(A.c.x).column(A.c.id),
     'SELECT a.x, a.id \nFROM a', {}),
    (lambda: select(A).distinct(A.c.x).distinct(),
     'SELECT DISTINCT a.id, a.x \nFROM a', {}),
    (lambda: select(B.c.y).with_only_columns(A.c.x).where(A.c.id==B.c.id),
     'SELECT a.x \nFROM a, b \nWHERE a.id = b.id', {}),
    (lambda: select(A.c.x).label('foo'),
     '(SELECT a.x \nFROM a)', {}),
    (lambda: select(select(A.c.x).label('foo')),
     'SELECT (SELECT a.x \nFROM a) AS foo', {}),
    (lambda: select(A).where(A.c.x.in_(select(B.c.y).where(B.c.id==A.c.id))),
     'SELECT a.id, a.x \nFROM a \nWHERE a.x IN (SELECT b.y \nFROM b \nWHERE b.id = a.id)', {}),
    (lambda: select('*'),
     'SELECT *', {}),
    (lambda: select(A, literal_column('*')),
     'SELECT a.id, a.x, * \nFROM a', {}),
    (lambda: select(table('foo', column('q'), schema='bar')),
     'SELECT bar.foo.q \nFROM bar.foo', {}),
]  # fmt: skip

VALUES = [
    (lambda: K.c.keys(),
     "['kid', 'zkey']"),
    (lambda: K.alias().c.keys(),
     "['kid', 'zkey']"),
    (lambda: select(A,B.c.y, func.count().label('q'), A.c.x+1).column_descriptions[-1]['name'],
     "'_no_label'"),
    (lambda: [d['name'] for d in select(A,B.c.y, func.count(), A.c.x+1).column_descriptions],
     "['id', 'x', 'y', 'count', '_no_label']"),
    (lambda: select(A).whereclause,
     'None'),
    (lambda: select(A).compare(select(A)),
     'True'),
    (lambda: select(A).compare(select(A).where(A.c.x==5)),
     'False'),
    (lambda: select(A).is_derived_from(A),
     'True'),
    (lambda: select(A).subquery().is_derived_from(A),
     'True'),
    (lambda: select(A).is_derived_from(B),
     'False'),
]  # fmt: skip

ERRORS = [
    (lambda: select(A).limit('x'), ValueError),
    (lambda: select(A).order_by('zap'), exc.CompileError),
    (lambda: select(A).where("foo"), exc.ArgumentError),
    (lambda: select(A).where(5), exc.ArgumentError),
    (lambda: select("foo"), exc.ArgumentError),
    (lambda: select([A.c.x]), exc.ArgumentError),
    (lambda: select(A).order_by(5), exc.ArgumentError),
    (lambda: select(select(B)), exc.ArgumentError),
    (lambda: select(A).with_only_columns([A.c.x]), exc.ArgumentError),
]  # fmt: skip


@pytest.mark.parametrize("make, sql, params", SQL)
def test_sql(make, sql, params):
    compiled = make().compile()
    assert str(compiled) == sql
    assert compiled.params == params


@pytest.mark.parametrize("make, shown", VALUES)
def test_values(make, shown):
    assert repr(make()) == shown


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("make, error", ERRORS)
def test_errors(make, error):
    with pytest.raises(error):
        made = make()
        if hasattr(made, "compile"):
            str(made.compile())
