"""Joins and ON from foreign keys."""

from __future__ import annotations

import pytest
from sql_cases import A, B, check_error, check_sql

from sqltoolkit_core import (
    LABEL_STYLE_TABLENAME_PLUS_COL,
    column,
    exc,
    join,
    literal,
    outerjoin,
    select,
    table,
    true,
)

SQL = [
    (lambda: select(B).join(select(A).where(A.c.x==B.c.y).lateral('lt'), true()),
     'SELECT b.id, b.aid, b.y, b.aid2 \nFROM b JOIN LATERAL (SELECT a.id AS id, a.x AS x \nFROM a \nWHERE a.x = b.y) AS lt ON true', {}),
    (lambda: join(A,B,A.c.id==B.c.aid),
     'a JOIN b ON a.id = b.aid', {}),
    (lambda: outerjoin(A,B,A.c.id==B.c.aid),
     'a LEFT OUTER JOIN b ON a.id = b.aid', {}),
    (lambda: A.outerjoin(B,A.c.id==B.c.aid).join(B.alias(),true()),
     'a LEFT OUTER JOIN b ON a.id = b.aid JOIN b AS b_1 ON true', {}),
    (lambda: A.join(B.join(A.alias(),true()),true()),
     'a JOIN (b JOIN a AS a_1 ON true) ON true', {}),
    (lambda: A.join(select(B).subquery(),true()).select(),
     'SELECT a.id, a.x, anon_1.id AS id_1, anon_1.aid, anon_1.y, anon_1.aid2 \nFROM a JOIN (SELECT b.id AS id, b.aid AS aid, b.y AS y, b.aid2 AS aid2 \nFROM b) AS anon_1 ON true', {}),
    (lambda: select(A.join(B,true())).set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL),
     'SELECT a.id AS a_id, a.x AS a_x, b.id AS b_id, b.aid AS b_aid, b.y AS b_y, b.aid2 AS b_aid2 \nFROM a JOIN b ON true', {}),
    (lambda: select(A).subquery('sq').join(B, A.c.id==5),
     '(SELECT a.id AS id, a.x AS x \nFROM a) AS sq JOIN b ON a.id = :id_1', {'id_1': 5}),
    (lambda: select(B).subquery('sq').join(A, literal(True)),
     '(SELECT b.id AS id, b.aid AS aid, b.y AS y, b.aid2 AS aid2 \nFROM b) AS sq JOIN a ON :param_1', {'param_1': True}),
    (lambda: select(B.c.aid).subquery('sq').join(A).onclause,
     'a.id = sq.aid', {}),
]  # fmt: skip

VALUES = [
    (lambda: select(A.c.id,B).select_from(A.join(B,A.c.id==B.c.aid)).subquery().c.keys(),
     "['id', 'id_1', 'aid', 'y', 'aid2']"),
]  # fmt: skip

ERRORS = [
    (lambda: A.join(B), exc.AmbiguousForeignKeysError),
    (lambda: A.join(A), exc.NoForeignKeysError),
    (lambda: table('x',column('y')).join(table('z',column('q'))), exc.NoForeignKeysError),
    (lambda: A.alias().join(B).onclause, exc.AmbiguousForeignKeysError),
    (lambda: A.join(B.alias()).onclause, exc.AmbiguousForeignKeysError),
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
