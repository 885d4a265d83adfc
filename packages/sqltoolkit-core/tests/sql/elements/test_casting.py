"""CASE, CAST, type_coerce, EXTRACT and COLLATE render as written here."""

from __future__ import annotations

import pytest
from sql_cases import check_sql
from sql_columns import b, d, t, u, x, y

from sqltoolkit_core import (
    Boolean, Integer, Numeric, String, case, cast, collate, exc, extract, func, literal, literal_column, null,
    select, try_cast, type_coerce,
)  # fmt: skip

CASES = [
    (lambda: y.collate('utf8'), 'y COLLATE utf8', {}),
    (lambda: collate(y,'utf8'), 'y COLLATE utf8', {}),
    (lambda: collate('abc','utf8'), ':param_1 COLLATE utf8', {'param_1': 'abc'}),
    (lambda: y.collate('utf8').like('x'), '(y COLLATE utf8) LIKE :param_1', {'param_1': 'x'}),
    (lambda: y.collate('my coll'), 'y COLLATE "my coll"', {}),
    (lambda: y.collate('c',collation_schema='s'), 'y COLLATE s.c', {}),
    (lambda: case((x==1,'a'),else_='b'), 'CASE WHEN (x = :x_1) THEN :param_1 ELSE :param_2 END', {'x_1': 1, 'param_1': 'a', 'param_2': 'b'}),
    (lambda: case([x==1,'a'],(x==2,'b')), 'CASE WHEN (x = :x_1) THEN :param_1 WHEN (x = :x_2) THEN :param_2 END', {'x_1': 1, 'param_1': 'a', 'x_2': 2, 'param_2': 'b'}),
    (lambda: case((x==1,'a'),(x==2,'b')), 'CASE WHEN (x = :x_1) THEN :param_1 WHEN (x = :x_2) THEN :param_2 END', {'x_1': 1, 'param_1': 'a', 'x_2': 2, 'param_2': 'b'}),
    (lambda: case({1:'a',2:'b'},value=x), 'CASE x WHEN :param_1 THEN :param_2 WHEN :param_3 THEN :param_4 END', {'param_1': 1, 'param_2': 'a', 'param_3': 2, 'param_4': 'b'}),
    (lambda: case({1:'a',2:'b'},value=x,else_='z'), 'CASE x WHEN :param_1 THEN :param_2 WHEN :param_3 THEN :param_4 ELSE :param_5 END', {'param_1': 1, 'param_2': 'a', 'param_3': 2, 'param_4': 'b', 'param_5': 'z'}),
    (lambda: case((x==1,y),else_=null()), 'CASE WHEN (x = :x_1) THEN y ELSE NULL END', {'x_1': 1}),
    (lambda: case((x==1,5),else_=y), 'CASE WHEN (x = :x_1) THEN :param_1 ELSE y END', {'x_1': 1, 'param_1': 5}),
    (lambda: case((x==1,'a'),else_='b')=='c', 'CASE WHEN (x = :x_1) THEN :param_1 ELSE :param_2 END = :param_3', {'x_1': 1, 'param_1': 'a', 'param_2': 'b', 'param_3': 'c'}),
    (lambda: cast(x,String), 'CAST(x AS VARCHAR)', {}),
    (lambda: cast('5',Integer), 'CAST(:param_1 AS INTEGER)', {'param_1': '5'}),
    (lambda: cast(x,Numeric(10,2)), 'CAST(x AS NUMERIC(10, 2))', {}),
    (lambda: x.cast(String), 'CAST(x AS VARCHAR)', {}),
    (lambda: try_cast(x,String), 'TRY_CAST(x AS VARCHAR)', {}),
    (lambda: cast(x+1,String)+'a', 'CAST(x + :x_1 AS VARCHAR) || :param_1', {'x_1': 1, 'param_1': 'a'}),
    (lambda: type_coerce(x,String), 'x', {}),
    (lambda: type_coerce('5',Integer), ':param_1', {'param_1': '5'}),
    (lambda: type_coerce(x,String)+'a', 'x || :param_1', {'param_1': 'a'}),
    (lambda: type_coerce(x+1,String)+'q', 'x + :x_1 || :param_1', {'x_1': 1, 'param_1': 'q'}),
    (lambda: extract('year',d), 'EXTRACT(year FROM d)', {}),
    (lambda: extract('year',d)==5, 'EXTRACT(year FROM d) = :param_1', {'param_1': 5}),
    (lambda: ~case((x==1,b)), 'NOT CASE WHEN (x = :x_1) THEN b END', {'x_1': 1}),
    (lambda: ~cast(x,Boolean), 'NOT CAST(x AS BOOLEAN)', {}),
    (lambda: x.collate('a')==5, '(x COLLATE a) = :param_1', {'param_1': 5}),
    (lambda: cast(None,Integer), 'CAST(NULL AS INTEGER)', {}),
    (lambda: cast(True,Boolean), 'CAST(:param_1 AS BOOLEAN)', {'param_1': True}),
    (lambda: cast(select(u.c.id),Integer), 'CAST((SELECT u.id \nFROM u) AS INTEGER)', {}),
    (lambda: cast(select(u.c.id).scalar_subquery(),Integer), 'CAST((SELECT u.id \nFROM u) AS INTEGER)', {}),
    (lambda: case((x,1)), 'CASE WHEN x THEN :param_1 END', {'param_1': 1}),
    (lambda: case((True,1)), 'CASE WHEN :param_1 THEN :param_2 END', {'param_1': True, 'param_2': 1}),
    (lambda: case((x==1,True),(x==2,None),else_=False), 'CASE WHEN (x = :x_1) THEN :param_1 WHEN (x = :x_2) THEN NULL ELSE :param_2 END', {'x_1': 1, 'param_1': True, 'x_2': 2, 'param_2': False}),
    (lambda: case((x==1,select(u.c.id).scalar_subquery())), 'CASE WHEN (x = :x_1) THEN (SELECT u.id \nFROM u) END', {'x_1': 1}),
    (lambda: case(("a","b"),value=x), 'CASE x WHEN :param_1 THEN :param_2 END', {'param_1': 'a', 'param_2': 'b'}),
    (lambda: case({"a":"b"},value=y), 'CASE y WHEN :param_1 THEN :param_2 END', {'param_1': 'a', 'param_2': 'b'}),
    (lambda: case((b,1)), 'CASE WHEN b THEN :param_1 END', {'param_1': 1}),
    (lambda: extract('year',func.now()), 'EXTRACT(year FROM now())', {}),
    (lambda: extract('year','abc'), 'EXTRACT(year FROM :param_1)', {'param_1': 'abc'}),
    (lambda: select(cast(t.c.x,String)), 'SELECT CAST(t.x AS VARCHAR) AS x \nFROM t', {}),
    (lambda: select(cast(t.c.x+1,String)), 'SELECT CAST(t.x + :x_1 AS VARCHAR) AS anon_1 \nFROM t', {'x_1': 1}),
    (lambda: select(type_coerce(t.c.x,String)), 'SELECT t.x AS x \nFROM t', {}),
    (lambda: select(case((t.c.x==1,2))), 'SELECT CASE WHEN (t.x = :x_1) THEN :param_1 END AS anon_1 \nFROM t', {'x_1': 1, 'param_1': 2}),
    (lambda: select(extract('year',t.c.x)), 'SELECT EXTRACT(year FROM t.x) AS anon_1 \nFROM t', {}),
    (lambda: select(t.c.x.collate('q')), 'SELECT t.x COLLATE q AS anon_1 \nFROM t', {}),
    (lambda: select(cast(t.c.x,String),cast(t.c.x,String)), 'SELECT CAST(t.x AS VARCHAR) AS x, CAST(t.x AS VARCHAR) AS x__1 \nFROM t', {}),
    (lambda: select(select(cast(t.c.x,String),t.c.x+1,-t.c.x,func.max(t.c.x),literal_column('q'),literal(5)).subquery()), 'SELECT anon_1.x, anon_1.anon_2, anon_1.anon_3, anon_1.max_1, anon_1.q, anon_1.anon_4 \nFROM (SELECT CAST(t.x AS VARCHAR) AS x, t.x + :x_1 AS anon_2, -t.x AS anon_3, max(t.x) AS max_1, q, :param_1 AS anon_4 \nFROM t) AS anon_1', {'x_1': 1, 'param_1': 5}),
]


@pytest.mark.filterwarnings("ignore::sqltoolkit_core.exc.SADeprecationWarning")
@pytest.mark.filterwarnings("ignore::sqltoolkit_core.exc.SAWarning")
@pytest.mark.parametrize("make, sql, params", CASES, ids=[item[1] for item in CASES])
def test_renders(make, sql, params):
    check_sql(make, sql, params)


REFUSED = [
    (lambda: case([(x==1,'a')]), exc.ArgumentError),
    (lambda: x.in_(case((x==1,2))), exc.ArgumentError),
]


@pytest.mark.filterwarnings("ignore::sqltoolkit_core.exc.SADeprecationWarning")
@pytest.mark.parametrize("make, error", REFUSED)
def test_refuses(make, error):
    with pytest.raises(error):
        make()
