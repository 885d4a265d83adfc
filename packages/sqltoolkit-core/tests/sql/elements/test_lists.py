"""Tuples and lists of elements."""

from __future__ import annotations

import pytest
from sql_cases import check_sql
from sql_columns import u, x, y

from sqltoolkit_core import Integer, String, bindparam, column, select, tuple_, values

CASES = [
    (lambda: tuple_(x,y).in_([(1,'a'),(2,'b')]), '(x, y) IN (__[POSTCOMPILE_param_1])', {'param_1': [(1, 'a'), (2, 'b')]}),
    (lambda: tuple_(x,y).in_([]), '(x, y) IN (__[POSTCOMPILE_param_1])', {'param_1': []}),
    (lambda: tuple_(x,y).not_in([(1,'a')]), '((x, y) NOT IN (__[POSTCOMPILE_param_1]))', {'param_1': [(1, 'a')]}),
    (lambda: tuple_(x,y)==(1,'a'), '(x, y) = (:param_1, :param_2)', {'param_1': 1, 'param_2': 'a'}),
    (lambda: tuple_(x,y)==tuple_(y,x), '(x, y) = (y, x)', {}),
    (lambda: tuple_(1,2), '(:param_1, :param_2)', {'param_1': 1, 'param_2': 2}),
    (lambda: tuple_(x,y,types=[Integer,String]), '(x, y)', {}),
    (lambda: tuple_(x,y).in_(select(u.c.id,u.c.x)), '(x, y) IN (SELECT u.id, u.x \nFROM u)', {}),
    (lambda: tuple_(x,y).in_([tuple_(1,'a')]), '(x, y) IN ((:param_1, :param_2))', {'param_1': 1, 'param_2': 'a'}),
    (lambda: x.in_(tuple_(1,2)), 'x IN (:param_1, :param_2)', {'param_1': 1, 'param_2': 2}),
    (lambda: x.in_(values(column('q',Integer)).data([(1,)])), 'x IN (VALUES (:param_1))', {'param_1': 1}),
    (lambda: tuple_(x,y)<tuple_(1,'a'), '(x, y) < (:param_1, :param_2)', {'param_1': 1, 'param_2': 'a'}),
    (lambda: tuple_(x).in_([(1,)]), '(x) IN (__[POSTCOMPILE_param_1])', {'param_1': [(1,)]}),
    (lambda: tuple_(x,y).in_(bindparam('q')), '(x, y) IN (__[POSTCOMPILE_q])', {'q': None}),
]


@pytest.mark.filterwarnings("ignore::sqltoolkit_core.exc.SADeprecationWarning")
@pytest.mark.filterwarnings("ignore::sqltoolkit_core.exc.SAWarning")
@pytest.mark.parametrize("make, sql, params", CASES, ids=[item[1] for item in CASES])
def test_renders(make, sql, params):
    check_sql(make, sql, params)


REFUSED = [
    (lambda: tuple_(x,y).in_([1,2]), TypeError),
]


@pytest.mark.filterwarnings("ignore::sqltoolkit_core.exc.SADeprecationWarning")
@pytest.mark.parametrize("make, error", REFUSED)
def test_refuses(make, error):
    with pytest.raises(error):
        make()
