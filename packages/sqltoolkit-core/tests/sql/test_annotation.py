"""Annotated copies render, hash and compare like their originals."""

from __future__ import annotations

import pickle

from sqltoolkit_core import Column, Integer, MetaData, Table, and_, column, select
from sqltoolkit_core.sql.annotation import Annotated, annotated_class, deep_annotate, deep_deannotate

x = column("x", Integer)
users = Table("users", MetaData(), Column("id", Integer, primary_key=True), Column("age", Integer))


def test_annotate_and_deannotate():
    marked = x.annotate({"a": 1})
    assert marked is not x and dict(marked.annotations) == {"a": 1} and not x.annotations
    more = marked.annotate({"b": 2})
    assert dict(more.annotations) == {"a": 1, "b": 2} and dict(marked.annotations) == {"a": 1}
    assert dict(more.deannotate("a").annotations) == {"b": 2}
    assert more.deannotate() is x and x.deannotate() is x


def test_equal_to_the_original_in_collections():
    for element in (x, users, users.c.id, x == 5, select(users)):
        marked = element.annotate({"a": 1})
        assert hash(marked) == hash(element) and len({marked, element, marked.annotate({"b": 2})}) == 1
        assert str(marked) == str(element) and marked.compare(element)
        assert isinstance(marked, Annotated) and isinstance(marked, element.__class__)
    assert annotated_class(type(x)) is annotated_class(type(x))


def test_operators_of_annotated_columns():
    marked = users.c.id.annotate({"a": 1})
    assert str(marked == 5) == "users.id = :id_1" and (marked == 5).left is marked
    assert str(marked.in_([1]) & (marked > 2)) == "users.id IN (__[POSTCOMPILE_id_1]) AND users.id > :id_2"
    assert str(select(marked)) == "SELECT users.id \nFROM users"


def test_anonymous_names_are_those_of_the_original():
    alias = users.alias()
    marked = alias.annotate({"a": 1})
    assert str(select(marked.c.id).select_from(alias)) == "SELECT users_1.id \nFROM users AS users_1"
    label = x.label(None)
    assert label._anon_token is label.annotate({"a": 1})._anon_token


def test_deep():
    tree = and_(x == 5, users.c.id == 6)
    marked = deep_annotate(tree, {"a": 1})
    assert all(part.annotations == {"a": 1} for part in (marked, marked.clauses[0], marked.clauses[0].left))
    assert str(marked) == str(tree) and not tree.clauses[0].annotations
    plain = deep_deannotate(marked)
    assert not plain.annotations and not plain.clauses[0].left.annotations and str(plain) == str(tree)
    assert marked.deannotate(deep=True).clauses[0].annotations == {}
    excluded = deep_annotate(tree, {"a": 1}, exclude=[users.c.id])
    assert excluded.clauses[1].left.annotations == {} and excluded.clauses[1].annotations == {"a": 1}


def test_pickle_keeps_marks():
    marked = (x == 5).annotate({"a": 1})
    again = pickle.loads(pickle.dumps(marked))
    assert again.annotations == {"a": 1} and str(again) == str(marked)


def test_clones_keep_marks():
    copy = (x == 5).annotate({"a": 1})._clone()
    assert copy.annotations == {"a": 1}


def test_a_marked_label_labels_what_it_did_before():
    label = (x + 5).label("sum")
    marked = label.annotate({"a": 1})
    assert marked.element is label.element
    assert marked.annotate({"b": 2}).element is label.element and marked.deannotate() is label
