"""Functions with known types."""

from __future__ import annotations

import pytest
from sql_cases import A, check_sql

from sqltoolkit_core import (
    Integer,
    Sequence,
    distinct,
    func,
    select,
)


def ty(x):
    return repr(x.type)


SQL = [
    (lambda: func.count(),
     'count(*)', {}),
    (lambda: func.Count(A.c.x),
     'count(a.x)', {}),
    (lambda: func.now(),
     'now()', {}),
    (lambda: func.coalesce(A.c.x, 5),
     'coalesce(a.x, :coalesce_1)', {'coalesce_1': 5}),
    (lambda: func.concat('a',A.c.x),
     'concat(:concat_1, a.x)', {'concat_1': 'a'}),
    (lambda: func.sum(A.c.x).over(partition_by=A.c.id, order_by=A.c.x, rows=(None,0)),
     'sum(a.x) OVER (PARTITION BY a.id ORDER BY a.x ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)', {}),
    (lambda: func.sum(A.c.x).over(groups=(1,3),exclude='TIES'),
     'sum(a.x) OVER (GROUPS BETWEEN :param_1 FOLLOWING AND :param_2 FOLLOWING EXCLUDE TIES)', {'param_1': 1, 'param_2': 3}),
    (lambda: func.rank().over(),
     'rank() OVER ()', {}),
    (lambda: func.mode().within_group(A.c.x),
     'mode() WITHIN GROUP (ORDER BY a.x)', {}),
    (lambda: func.count(A.c.x).filter(A.c.x>5).over(),
     'count(a.x) FILTER (WHERE a.x > :x_1) OVER ()', {'x_1': 5}),
    (lambda: func.count(A.c.x).filter(),
     'count(a.x)', {}),
    (lambda: func.count(A.c.x).filter(A.c.x>5, A.c.id==3),
     'count(a.x) FILTER (WHERE a.x > :x_1 AND a.id = :id_1)', {'x_1': 5, 'id_1': 3}),
    (lambda: func.cube(A.c.x,A.c.id),
     'CUBE(a.x, a.id)', {}),
    (lambda: func.rollup(A.c.x,A.c.id),
     'ROLLUP(a.x, a.id)', {}),
    (lambda: func.aggregate_strings(A.c.x, ','),
     'aggregate_strings(a.x, __[POSTCOMPILE_aggregate_strings_1])', {'aggregate_strings_1': ','}),
    (lambda: func.aggregate_strings(A.c.x, func.chr(9)),
     'aggregate_strings(a.x, chr(:chr_1))', {'chr_1': 9}),
    (lambda: func.array_agg(A.c.x),
     'array_agg(a.x)', {}),
    (lambda: func.next_value(Sequence('foo')),
     '<next sequence value: foo>', {}),
    (lambda: func.char_length('x'),
     'char_length(:char_length_1)', {'char_length_1': 'x'}),
    (lambda: func.random(),
     'random()', {}),
    (lambda: func.pow(A.c.x,2),
     'pow(a.x, :pow_1)', {'pow_1': 2}),
    (lambda: func.cast('x',Integer),
     'CAST(:param_1 AS INTEGER)', {'param_1': 'x'}),
    (lambda: func.extract('year',A.c.x),
     'EXTRACT(year FROM a.x)', {}),
    (lambda: func.user(),
     'USER', {}),
    (lambda: func.sysdate(),
     'sysdate', {}),
    (lambda: func.count() > 5,
     'count(*) > :count_1', {'count_1': 5}),
    (lambda: func.count(distinct(A.c.x)),
     'count(DISTINCT a.x)', {}),
    (lambda: select(func.max(A.c.x)).where(func.foo(A.c.x)==5).group_by(func.bar(A.c.id)).order_by(func.max(A.c.x)),
     'SELECT max(a.x) AS max_1 \nFROM a \nWHERE foo(a.x) = :foo_1 GROUP BY bar(a.id) ORDER BY max(a.x)', {'foo_1': 5}),
]  # fmt: skip

VALUES = [
    (lambda: repr(func.array_agg(A.c.x).type),
     "'ARRAY(Integer(), dimensions=1)'"),
    (lambda: ty(func.sum(A.c.x)),
     "'Integer()'"),
    (lambda: ty(func.max(A.c.x)),
     "'Integer()'"),
    (lambda: ty(func.coalesce(A.c.x)),
     "'Integer()'"),
    (lambda: ty(func.now()),
     "'DateTime()'"),
    (lambda: ty(func.concat('x')),
     "'String()'"),
    (lambda: ty(func.current_date()),
     "'Date()'"),
    (lambda: ty(func.current_time()),
     "'Time()'"),
    (lambda: ty(func.localtime()),
     "'DateTime()'"),
    (lambda: ty(func.user()),
     "'String()'"),
    (lambda: ty(func.random()),
     "'NullType()'"),
    (lambda: ty(func.rank()),
     "'Integer()'"),
    (lambda: ty(func.cume_dist()),
     "'Numeric()'"),
    (lambda: ty(func.percent_rank()),
     "'Numeric()'"),
    (lambda: ty(func.foo()),
     "'NullType()'"),
    (lambda: ty(func.foo(type_=Integer)),
     "'Integer()'"),
]  # fmt: skip


@pytest.mark.parametrize("make, sql, params", SQL)
def test_sql(make, sql, params):
    check_sql(make, sql, params)


@pytest.mark.parametrize("make, shown", VALUES)
def test_values(make, shown):
    assert repr(make()) == shown
