"""Every kind of statement has a cache key, pickles, is cloned and compares by structure."""

from __future__ import annotations

import pickle

import pytest

from sqltoolkit_core import (
    Column, ForeignKey, Integer, MetaData, Table, column, delete, exists, func, insert, literal, select, text,
    union, update, values,
)  # fmt: skip
from sqltoolkit_core.sql.visitors import cloned_traverse

metadata = MetaData()
A = Table("a", metadata, Column("id", Integer, primary_key=True), Column("x", Integer))
B = Table("b", metadata, Column("id", Integer, primary_key=True), Column("aid", ForeignKey("a.id")))
F = func.json_each(A.c.x).table_valued("key", column("z", Integer))

STATEMENTS = [
    lambda v: select(A.c.x,func.count(A.c.id)).join(B).where(A.c.x==v).group_by(A.c.x).order_by('x').limit(v),
    lambda v: select(select(A).where(A.c.x==v).subquery('z')),
    lambda v: select(A.alias()).where(exists().where(B.c.aid==v)),
    lambda v: select(A.c.x).where(A.c.x>v).cte('c').select(),
    lambda v: union(select(A.c.x).where(A.c.x==v),select(B.c.id)).order_by('x'),
    lambda v: insert(A).values(x=v).returning(A.c.id),
    lambda v: insert(A).values([{'x':v},{'x':v}]),
    lambda v: update(A).where(A.c.id==v).values(x=v),
    lambda v: delete(A).where(A.c.x==v),
    lambda v: update(A).ordered_values(('x',v)),
    lambda v: insert(A).from_select(['x'],select(B.c.id).where(B.c.id==v)),
    lambda v: select(values(column('q',Integer),name='v').data([(v,)])),
    lambda v: select(F).where(F.c.z==v),
    lambda v: select(F.render_derived()).where(F.c.z==v),
    lambda v: select(func.sum(A.c.x).over(partition_by=A.c.id,rows=(None,0))).where(A.c.x==v),
    lambda v: select(A).with_for_update(of=A.c.x).prefix_with('x').with_hint(A,'h').where(A.c.x==v),
    lambda v: select(A.tablesample(5)).where(A.c.x==v),
    lambda v: select(A).lateral().select().where(A.c.x==v),
    lambda v: text('select :x').bindparams(x=v).columns(column('a')),
    lambda v: select(A).fetch(v,with_ties=True),
    lambda v: select(func.foo(v).alias('x').column),
    lambda v: select(A.c.x.label('q'),literal(v)).order_by('q'),
]


@pytest.mark.parametrize("make", STATEMENTS)
def test_values_are_no_part_of_the_key(make):
    one, two = make(1)._generate_cache_key(), make(2)._generate_cache_key()
    assert one.key == two.key
    assert len(one.bindparams) == len(two.bindparams) > 0
    hash(one.key)


def test_keys_differ_between_statements():
    keys = [make(1)._generate_cache_key().key for make in STATEMENTS]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("make", STATEMENTS)
def test_pickle_clone_and_compare(make):
    statement = make(1)
    assert str(pickle.loads(pickle.dumps(statement))) == str(statement)
    assert str(cloned_traverse(statement, {}, {})) == str(statement)
    assert statement.compare(make(1))
    assert not statement.compare(make(2))
