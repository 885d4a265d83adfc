"""Relationships: their two ends, their arguments, what members they take."""

from __future__ import annotations

from typing import Any, List

import pytest
from shared_models import parents_and_children
from two_libraries import Library, agree


@pytest.mark.parametrize("sync_of_many", [True, False, None])
@pytest.mark.parametrize("view_many", [True, False])
@pytest.mark.parametrize("sync_of_one", [True, False, None])
@pytest.mark.parametrize("view_one", [True, False])
@pytest.mark.parametrize("declared_as", ["backref", "back_populates"])
def test_ends_for_viewing_only(both, view_one, sync_of_one, view_many, sync_of_many, declared_as):
    def program(lib: Library) -> Any:
        one = {"viewonly": view_one, "sync_backref": sync_of_one}
        many = {"viewonly": view_many, "sync_backref": sync_of_many}
        if declared_as == "backref":
            many["backref"] = lib.orm.backref("parent", **one)
            Parent, Child = parents_and_children(lib, children=many)
        else:
            Parent, Child = parents_and_children(lib, children=many, parent=one)
        lib.Base.registry.configure()
        return _followed(lib.core, Parent, Child)

    agree(both, program)


def _followed(core: Any, Parent: Any, Child: Any) -> List[bool]:
    def changed(obj: Any, key: str) -> bool:
        return core.inspect(obj).attrs[key].history.has_changes()

    first, child = Parent(), Child()
    child.parent = first
    found = [child in first.children, changed(first, "children"), changed(child, "parent")]
    second, other = Parent(), Child()
    second.children.append(other)
    return found + [other.parent is second, changed(second, "children"), changed(other, "parent")]


@pytest.mark.parametrize("lazy", ["select", "raise"])
@pytest.mark.parametrize("detached", [True, False])
@pytest.mark.parametrize("active_history", [True, False])
@pytest.mark.parametrize("delete", [True, False])
def test_taking_out_what_is_not_loaded(both, lazy, detached, active_history, delete):
    def program(lib: Library) -> Any:
        Parent, Child = parents_and_children(lib, children={}, parent={"lazy": lazy, "active_history": active_history})
        session = lib.session
        session.add(Parent(id=1, children=[Child(id=1)]))
        session.commit()
        child = session.get(Child, 1)
        session.refresh(child)
        if detached:
            session.expunge(child)
        if delete:
            del child.parent
        else:
            child.parent = None
        if detached:
            session.add(child)
        session.commit()
        return session.scalar(lib.core.select(Child.parent_id))

    agree(both, program)


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("checked", [True, False])
def test_members_of_a_subclass(both, known, checked):
    def program(lib: Library) -> Any:
        core, orm = lib.core, lib.orm

        class Parent(lib.Base):
            __tablename__ = "parent"
            id = core.Column(core.Integer, primary_key=True)
            children = orm.relationship("Child", enable_typechecks=checked)

        class Child(lib.Base):
            __tablename__ = "child"
            id = core.Column(core.Integer, primary_key=True)
            parent_id = core.Column(core.ForeignKey("parent.id"))
            if known:
                kind = core.Column(core.String, default="child")
                __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "child"}

        class Small(Child):
            __tablename__ = "small"
            id = core.Column(core.ForeignKey("child.id"), primary_key=True)
            if known:
                __mapper_args__ = {"polymorphic_identity": "small"}

        lib.create_tables()
        lib.session.add(Parent(id=1, children=[Small(id=1), Child(id=2)]))
        lib.session.commit()
        return lib.session.scalars(core.select(Child.id)).all()

    agree(both, program)


@pytest.mark.parametrize(
    ("of_parent", "of_child"),
    [
        ({"secondary": "link"}, {}),
        ({"secondary": "link.c.a_id.table"}, {}),
        ({"secondary": "Child"}, {}),
        ({"secondary": "nothing"}, {}),
        ({"back_populates": 5}, {}),
        ({"back_populates": lambda: object()}, {}),
        ({"primaryjoin": "remote(Parent.id) == Child.parent_id"}, {}),
        ({"remote_side": "Parent.id"}, {}),
        ({}, {"remote_side": "Child.parent_id"}),
    ],
)
def test_arguments_of_relationships(both, of_parent, of_child):
    def program(lib: Library) -> Any:
        core, orm = lib.core, lib.orm
        core.Table(
            "link", lib.Base.metadata, core.Column("a_id", core.ForeignKey("parent.id")),
            core.Column("b_id", core.ForeignKey("child.id")),
        )  # fmt: skip

        class Parent(lib.Base):
            __tablename__ = "parent"
            id = core.Column(core.Integer, primary_key=True)
            children = orm.relationship("Child", **of_parent)

        class Child(lib.Base):
            __tablename__ = "child"
            id = core.Column(core.Integer, primary_key=True)
            parent_id = core.Column(core.ForeignKey("parent.id"))
            if of_child:
                parent = orm.relationship("Parent", overlaps="children", **of_child)

        lib.Base.registry.configure()

    agree(both, program)


def test_conditions_with_functions_and_values(both):
    def program(lib: Library) -> Any:
        core, orm = lib.core, lib.orm

        class Place(lib.Base):
            __tablename__ = "place"
            id = core.Column(core.Integer, primary_key=True)
            name = core.Column(core.String)
            label = orm.column_property(core.literal("at") + core.literal("-"))
            parts = orm.relationship(
                "Place",
                primaryjoin=core.func.instr(orm.remote(orm.foreign(name)), name + "/").as_comparison(1, 2) == 1,
                viewonly=True,
                order_by=name,
            )

        lib.create_tables()
        lib.session.add_all([Place(name=name) for name in ("p", "q", "p/a", "p/b", "q/a")])
        lib.session.flush()
        place = lib.session.scalars(core.select(Place).where(Place.name == "p")).one()
        return [(part.name, part.label) for part in place.parts]

    agree(both, program)
