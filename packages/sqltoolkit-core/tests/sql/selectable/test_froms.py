"""FROM: implied sources, joins and their left sides, correlation, filter_by()."""

from __future__ import annotations

import pytest
from sql_cases import A, B, C, D, K, check_error, check_sql

from sqltoolkit_core import (
    column,
    exc,
    func,
    literal_column,
    select,
    table,
    true,
)

SQL = [
    (lambda: select(A.c.x, B.c.y).select_from(B),
     'SELECT a.x, b.y \nFROM b, a', {}),
    (lambda: select(A.c.x).where(B.c.y==A.c.x).select_from(B),
     'SELECT a.x \nFROM b, a \nWHERE b.y = a.x', {}),
    (lambda: select(A,B).filter_by(x=5),
     'SELECT a.id, a.x, b.id AS id_1, b.aid, b.y, b.aid2 \nFROM a, b \nWHERE a.x = :x_1', {'x_1': 5}),
    (lambda: select(A).join(B,A.c.id==B.c.aid).filter_by(y=5),
     'SELECT a.id, a.x \nFROM a JOIN b ON a.id = b.aid \nWHERE b.y = :y_1', {'y_1': 5}),
    (lambda: select(A.c.x).filter_by(x=5),
     'SELECT a.x \nFROM a \nWHERE a.x = :x_1', {'x_1': 5}),
    (lambda: select(A.c.x).select_from(B).filter_by(y=5),
     'SELECT a.x \nFROM b, a \nWHERE b.y = :y_1', {'y_1': 5}),
    (lambda: select(B).join(C),
     'SELECT b.id, b.aid, b.y, b.aid2 \nFROM b JOIN c ON b.id = c.bid', {}),
    (lambda: select(C,D).join(B),
     'SELECT c.id, c.bid, d.id AS id_1, d.z \nFROM c JOIN b ON b.id = c.bid, d', {}),
    (lambda: select(A,C).join(B, A.c.id==B.c.aid),
     'SELECT a.id, a.x, c.id AS id_1, c.bid \nFROM a JOIN b ON a.id = b.aid, c', {}),
    (lambda: select(A.c.x).join_from(C,B),
     'SELECT a.x \nFROM c JOIN b ON b.id = c.bid, a', {}),
    (lambda: select(A.c.x).select_from(C).join(B),
     'SELECT a.x \nFROM c JOIN b ON b.id = c.bid, a', {}),
    (lambda: select(A,C).join(D, A.c.x==D.c.z),
     'SELECT a.id, a.x, c.id AS id_1, c.bid \nFROM a JOIN d ON a.x = d.z, c', {}),
    (lambda: select(A,C,B).join(D, C.c.id==D.c.z),
     'SELECT a.id, a.x, c.id AS id_1, c.bid, b.id AS id_2, b.aid, b.y, b.aid2 \nFROM c JOIN d ON c.id = d.z, a, b', {}),
    (lambda: select(A).select_from(A.join(B,A.c.id==B.c.aid)).join(C),
     'SELECT a.id, a.x \nFROM a JOIN b ON a.id = b.aid JOIN c ON b.id = c.bid', {}),
    (lambda: select(A.c.x, C.c.id).join_from(B,C),
     'SELECT a.x, c.id \nFROM b JOIN c ON b.id = c.bid, a', {}),
    (lambda: select(A.c.x).outerjoin(B, B.c.aid==A.c.id, full=True),
     'SELECT a.x \nFROM a FULL OUTER JOIN b ON b.aid = a.id', {}),
    (lambda: A.join(B,true(),full=True),
     'a FULL OUTER JOIN b ON true', {}),
    (lambda: select(B).join(C, isouter=True).where(A.c.x==5),
     'SELECT b.id, b.aid, b.y, b.aid2 \nFROM b LEFT OUTER JOIN c ON b.id = c.bid, a \nWHERE a.x = :x_1', {'x_1': 5}),
    (lambda: select(B.join(C).alias(flat=True)),
     'SELECT anon_1.id, anon_1.aid, anon_1.y, anon_1.aid2, anon_1.id AS id_1, anon_1.bid \nFROM b JOIN c ON b.id = c.bid AS anon_1', {}),
    (lambda: select(B.join(C)),
     'SELECT b.id, b.aid, b.y, b.aid2, c.id AS id_1, c.bid \nFROM b JOIN c ON b.id = c.bid', {}),
    (lambda: select(A.c.x,B.c.y).with_only_columns(A.c.x,maintain_column_froms=True),
     'SELECT a.x \nFROM a, b', {}),
    (lambda: select(A.c.x).select_from(B).with_only_columns(A.c.id),
     'SELECT a.id \nFROM b, a', {}),
    (lambda: select(B.c.y).join(C).with_only_columns(C.c.id),
     'SELECT c.id \nFROM b JOIN c ON b.id = c.bid', {}),
    (lambda: select(A.c.x).join(select(B).subquery('bs'), A.c.id==literal_column('bs.aid')),
     'SELECT a.x \nFROM a JOIN (SELECT b.id AS id, b.aid AS aid, b.y AS y, b.aid2 AS aid2 \nFROM b) AS bs ON a.id = bs.aid', {}),
    (lambda: select(column('x')).select_from(table('foo', column('q'))),
     'SELECT x \nFROM foo', {}),
]  # fmt: skip

VALUES = [
    (lambda: K.join(D,true()).c.keys(),
     "['k_kid', 'k_zkey', 'd_id', 'd_z']"),
    (lambda: B.join(C).c.keys(),
     "['b_id', 'b_aid', 'b_y', 'b_aid2', 'c_id', 'c_bid']"),
    (lambda: [t.name for t in select(A).where(A.c.x==B.c.y).get_final_froms()],
     "['a', 'b']"),
    (lambda: [t.name for t in select(A).where(A.c.x==B.c.y).columns_clause_froms],
     "['a']"),
]  # fmt: skip

ERRORS = [
    (lambda: select(A,B).filter_by(id=5), exc.AmbiguousColumnError),
    (lambda: select(A).filter_by(q=5), exc.InvalidRequestError),
    (lambda: select(func.count()).filter_by(y=5), exc.InvalidRequestError),
    (lambda: select(A).join(B), exc.AmbiguousForeignKeysError),
    (lambda: select(C).join(B).join(D), exc.InvalidRequestError),
    (lambda: select(D).join(D.alias()), exc.InvalidRequestError),
    (lambda: select(1).join(A), exc.InvalidRequestError),
    (lambda: select(A,C).join(D, true()), exc.InvalidRequestError),
    (lambda: select(A).join("x"), exc.ArgumentError),
    (lambda: select(A).select_from(select(B)), exc.ArgumentError),
    (lambda: select(A).select_from('x'), exc.ArgumentError),
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
