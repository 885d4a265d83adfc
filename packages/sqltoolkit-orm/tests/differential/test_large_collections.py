"""Collections that are not loaded: dynamic and write-only."""

from __future__ import annotations

from typing import Any

import pytest
from shared_models import large_collection, many_to_many, parents_and_children
from two_libraries import Library, agree


@pytest.mark.parametrize("lazy", ["dynamic", "write_only"])
@pytest.mark.parametrize("passive_deletes", [True, False])
@pytest.mark.parametrize("cascade", ["save-update", "all"])
def test_deleting_the_parent_of_a_large_collection(both, lazy, passive_deletes, cascade):
    def program(lib: Library) -> Any:
        Parent, Child = large_collection(lib, lazy, passive_deletes=passive_deletes, cascade=cascade)
        parent = Parent(id=1)
        parent.children.add_all([Child(id=1), Child(id=2)])
        lib.session.add(parent)
        lib.session.commit()
        lib.session.delete(parent)
        lib.session.commit()
        return lib.session.execute(lib.core.select(Child.id, Child.parent_id).order_by(Child.id)).all()

    agree(both, program)


@pytest.mark.parametrize("flushed", [True, False])
def test_inserting_into_a_large_collection(both, flushed):
    def program(lib: Library) -> Any:
        Parent, Child = large_collection(lib, "write_only")
        parent = Parent()
        lib.session.add(parent)
        if flushed:
            lib.session.flush()
        statement = parent.children.insert()
        lib.session.execute(statement, [{"name": "a"}, {"name": "b"}])
        return lib.session.execute(lib.core.select(Child.name, Child.parent_id).order_by(Child.id)).all()

    agree(both, program)


@pytest.mark.parametrize("lazy", ["dynamic", "write_only"])
@pytest.mark.parametrize("given", [True, False])
@pytest.mark.parametrize("persistent", [True, False])
def test_merging_large_collections(both, lazy, given, persistent):
    def program(lib: Library) -> Any:
        Parent, Child = large_collection(lib, lazy)
        if persistent:
            lib.session.add(Parent(id=1, children=[Child(id=1), Child(id=2)]))
            lib.session.commit()
        source = Parent(id=1, children=[Child(id=2), Child(id=3)]) if given else Parent(id=1)
        lib.session.merge(source)
        lib.session.commit()
        return lib.session.execute(lib.core.select(Child.id, Child.parent_id).order_by(Child.id)).all()

    agree(both, program)


@pytest.mark.parametrize("kind", ["transient", "pending", "detached", "persistent"])
@pytest.mark.parametrize(
    "read",
    [
        lambda children: children.all(),
        lambda children: list(children),
        lambda children: children.one_or_none(),
        lambda children: children.first(),
        lambda children: children.filter_by(id=5).all(),
        lambda children: children.limit(1).all(),
        lambda children: children[0:1],
        lambda children: children.count(),
    ],
)
def test_reading_dynamic_collections(both, kind, read):
    def program(lib: Library) -> Any:
        Parent, Child = large_collection(lib, "dynamic")
        parent = Parent(id=1)
        if kind != "transient":
            lib.session.add(parent)
        if kind in ("detached", "persistent"):
            parent.children.append(Child(id=5))
            lib.session.commit()
            parent.id
        if kind == "detached":
            lib.session.expunge(parent)
        found = read(parent.children)
        return [one.id for one in found] if isinstance(found, list) else getattr(found, "id", found)

    found, expected = (library.outcome(program) for library in both)
    # here every reading of a detached collection warns
    assert found[0] == expected[0] and (kind == "detached" or found == expected)


@pytest.mark.parametrize("lazy", ["dynamic", "write_only"])
def test_criteria_about_the_table_between(both, lazy):
    def program(lib: Library) -> Any:
        A, B, link = many_to_many(lib, lazy=lazy, order_by="link.c.b_id")
        lib.session.add_all([A(id=1, bs=[B(id=1), B(id=2)]), A(id=2, bs=[B(id=3)])])
        lib.session.commit()
        one = lib.session.get(A, 1)
        query = one.bs if lazy == "dynamic" else one.bs.select()
        found = query.filter(link.c.b_id > 1).filter_by(id=2)
        rows = found.all() if lazy == "dynamic" else lib.session.scalars(found).all()
        return [row.id for row in rows], lib.statements[-1].partition("FROM")[2]

    agree(both, program)


@pytest.mark.parametrize("uselist", [True, False, None])
@pytest.mark.parametrize("lazy", ["dynamic", "write_only"])
def test_one_object_is_no_large_collection(both, uselist, lazy):
    def program(lib: Library) -> Any:
        arguments = {} if uselist is None else {"uselist": uselist}
        Parent, Child = parents_and_children(lib, children={}, parent=dict(arguments, lazy=lazy))
        Child()

    agree(both, program)


@pytest.mark.parametrize("lazy", ["dynamic", "write_only"])
@pytest.mark.parametrize(
    "option, named",
    [("contains_eager", True)]
    + [(name, named) for name in ("joinedload", "selectinload", "lazyload", "raiseload", "noload", "defaultload")
       for named in (True, False)],
)
def test_options_about_large_collections(both, lazy, option, named):
    def program(lib: Library) -> Any:
        Parent, Child = large_collection(lib, lazy)
        lib.session.add(Parent(id=1))
        lib.session.commit()
        lib.session.expunge_all()
        statement = lib.core.select(Parent).options(getattr(lib.orm, option)(Parent.children if named else "*"))
        if option == "contains_eager":
            statement = statement.outerjoin(Child)
        return [parent.id for parent in lib.session.scalars(statement).unique()]

    agree(both, program)


def test_large_collections_are_not_loaded_at_once(both):
    def program(lib: Library) -> Any:
        Parent, Child = large_collection(lib, "dynamic")
        lib.session.add(Parent(id=1))
        lib.session.commit()
        lib.session.expunge_all()
        return lib.session.scalars(lib.core.select(Parent).options(lib.orm.immediateload(Parent.children))).all()

    # it is the same error as for other options here
    assert [library.outcome(program)[0] for library in both] == [
        "InvalidRequestError", "NotImplementedError",
    ]  # fmt: skip
