"""Rows to objects: the loaders generated for each plan.

What the rows mean is decided in ``context``; filling an object that exists already is in ``populate``.  A loader is
generated once for each distinct source text: the text depends on the pattern of columns only, and keys, classes and
converters are bound to it as default arguments.
"""

from __future__ import annotations

import typing

from sqltoolkit_core import exc as sa_exc
from sqltoolkit_core.util import codegen
from sqltoolkit_core.util import warn

from ..base import RelationshipDirection
from ..base import STATE_ATTR
from ..context.compile_state import LoadNote
from ..context.entities import subclass_plan
from ..identity import SWEPT_FROM
from ..state import PARTIAL
from ..strategy_options.load import without_joins
from .populate import fill_existing
from .populate import set_empty
from .populate import start_collection

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Callable
    from typing import Dict
    from typing import List
    from typing import Tuple

__all__ = ["LoadRun", "loader_for", "run_posts"]

_GLOBALS: Dict[str, Any] = {"NEW": object.__new__, "SK": STATE_ATTR, "SEEN_NOT": object()}


def _source(pattern: str) -> str:
    return pattern


_templates = codegen.TemplateCache("bind", _source, dict(_GLOBALS), size=2048)


class LoadRun:
    """One run of a loader: the session's tables, the request, and what waits for the end of the chunk."""

    __slots__ = ("bound", "nodes", "plan", "queue", "request", "session", "statement", "todo", "token")

    def __init__(self, session: Any, plan: Any, request: Any, statement: Any) -> None:
        self.session = session
        self.plan = plan
        self.request = request
        self.statement = statement
        self.token = request.identity_token
        self.queue = request.queue
        #: index of an entity plan -> objects that post-loaders will see
        self.todo: Dict[int, List[Any]] = {}
        #: index of an entity plan -> what its objects keep for their lazy loads
        self.nodes: Dict[int, LoadNote] = {}
        #: what ``populate`` remembers of objects that existed before
        self.bound: Dict[Any, Any] = {}

    def table(self, mapper: Any) -> Dict[Any, Any]:
        """Return the identity dictionary for a mapper."""
        found: Dict[Any, Any] = self.session.identity_map.table(mapper.identity_class, self.token)
        return found

    def grown(self, mapper: Any) -> None:
        """Take notice of a large identity dictionary."""
        self.session.identity_map.note_growth(mapper.identity_class, self.token)

    def finish(self) -> None:
        """Load what the objects of the rows so far need by further queries."""
        if self.todo:
            run_posts(self)

    def waiting(self, index: int) -> List[Any]:
        """Return the list of objects of an entity that post-loaders will see."""
        return self.todo.setdefault(index, [])

    def note(self, plan: Any) -> LoadNote:
        """Return what the objects of an entity plan keep for their lazy loads."""
        found = self.nodes.get(plan.index)
        if found is None:
            origin = plan.origin
            entity = plan.entity
            if origin is None:
                if entity.is_aliased_class and self.statement is not self.plan.statement:
                    entity = self._own_alias(entity)
                options = self.propagated_options()
            else:
                parent, prop = origin
                options = self.note(parent).below(prop, entity)
            found = self.nodes[plan.index] = LoadNote(entity, options, plan.path)
        return found

    def _own_alias(self, alias: Any) -> Any:
        """Return what the statement of this run has in the place of an alias of the equal statement of the plan."""
        if not hasattr(self.statement, "parts"):
            return alias
        ours = _selected_entities(self.statement)
        for position, entity in enumerate(_selected_entities(self.plan.statement)):
            if entity is alias and position < len(ours):
                return ours[position]
        return alias

    def propagated_options(self) -> Tuple[Any, ...]:
        """Return the loader options of this run's own statement that go on to other loads."""
        options = tuple(_statement_options(self.statement))
        if self.request.options:
            options += tuple(self.request.options)
        found = []
        for option in options:
            if getattr(option, "propagate_to_loaders", False):
                if hasattr(option, "load_elements"):
                    option = without_joins(option)
                    if not option.load_elements:
                        continue
                found.append(option)
        return tuple(found)


def _selected_entities(statement: Any) -> List[Any]:
    """Return the entity, or None, of each item of the columns clause."""
    return [getattr(column.entity_mark, "subject", None) for column in statement.parts.columns]


def _statement_options(statement: Any) -> Any:
    if statement is None:
        return ()
    return statement.parts.options if hasattr(statement, "parts") else getattr(
        statement, "statement_options", ()
    )


# ------------------------------------------------------------------------------------------------ generating


class _Writer:
    """Collects the source text of a loader and the values bound to its parameters."""

    def __init__(self, plan: Any, converters: Tuple[Any, ...], refresh: bool) -> None:
        self.plan = plan
        self.converters = converters
        self.refresh = refresh
        self.names: List[str] = []
        self.values: List[Any] = []
        self.prologue: List[str] = []
        self.lines: List[str] = []
        #: identity class -> (name of the bound mapper, local name of its identity dictionary)
        self.tables: Dict[Any, Tuple[str, str]] = {}
        self.unpack = False
        self.serial = 0

    def bind(self, prefix: str, value: Any) -> str:
        """Return the name of a parameter that holds ``value``."""
        name = "%s%d" % (prefix, len(self.names))
        self.names.append(name)
        self.values.append(value)
        return name

    def fresh(self, prefix: str) -> str:
        """Return a new local name."""
        self.serial += 1
        return "%s_%d" % (prefix, self.serial)

    def line(self, indent: int, text: str) -> None:
        self.lines.append("    " * indent + text)

    def raw(self, position: int) -> str:
        """Return the expression of a raw column."""
        return "c%d" % position if self.unpack else "r[%d]" % position

    def value(self, position: int) -> str:
        """Return the expression of a converted column."""
        converter = self.converters[position]
        raw = self.raw(position)
        if converter is None:
            return raw
        return "%s(%s)" % (self.bind("v", converter), raw)

    def table(self, mapper: Any) -> str:
        """Return the local name of the identity dictionary for a mapper."""
        known = self.tables.get(mapper.identity_class)
        if known is None:
            bound, name = self.bind("m", mapper), self.fresh("table")
            self.prologue.append("%s = run.table(%s)" % (name, bound))
            known = self.tables[mapper.identity_class] = (bound, name)
        return known[1]

    # -- one entity ----------------------------------------------------------
    def entity(self, plan: Any, indent: int, unique: bool) -> str:
        """Write what loads the entity of ``plan`` from the row; return the name of the object."""
        obj = self.fresh("o")
        if plan.discriminator is not None:
            one = self.fresh("poly")
            maker = self.bind("p", _PolymorphicLoader(plan, self.converters, self.refresh, unique))
            self.prologue.append("%s = %s(run)" % (one, maker))
            self.line(indent, "%s = %s(r)" % (obj, one))
            return obj
        self._inline(plan, obj, indent, unique)
        return obj

    def _inline(self, plan: Any, obj: str, indent: int, unique: bool) -> None:
        mapper = plan.mapper
        manager = mapper.class_manager
        line = self.line
        key = "pk"
        single = len(plan.pk) == 1
        if single:
            line(indent, "pk = %s" % self.value(plan.pk[0]))
        else:
            self._composite_key(plan, obj, indent)
            indent += 1
        if plan.leaf_discriminator is not None:
            line(indent, "if %s != %s and pk is not None: %s(r, run)" % (
                self.value(plan.leaf_discriminator), self.bind("pi", mapper.polymorphic_identity),
                self.bind("wr", _OtherClass(plan, self.converters)),
            ))  # fmt: skip
        get = self.fresh("get")
        table = self.table(mapper)
        self.prologue.append("%s = %s.get" % (get, table))
        # listeners see what joins load along with the object
        late = self.fresh("new") if plan.children and self._is_announced(manager) else None
        if late is not None:
            line(indent, "%s = None" % late)
        line(indent, "st = %s(%s)" % (get, key))
        line(indent, "%s = None if st is None else st()" % obj)
        line(indent, "if %s is None:" % obj)
        if single:
            # there is no state of the key None, so that it is looked for only where there is no object
            line(indent + 1, "if pk is not None:")
        deeper = indent + (2 if single else 1)
        self._new(plan, obj, key, table, deeper, manager)
        if late is not None:
            line(deeper, "%s = st" % late)
        elif self._is_announced(manager):
            self._announce(manager, "st", obj, deeper)
        waiting = None
        if plan.posts:
            waiting = self.fresh("later")
            self.prologue.append("%s = run.waiting(%d).append" % (waiting, plan.index))
        fill = self.bind("f", fill_existing)
        bound_plan = self.bind("e", plan)
        converters = self.bind("cv", self.converters)
        if self.refresh or mapper.always_refresh:
            line(indent, "else: %s(st, %s, r, %s, %s, run)" % (fill, obj, bound_plan, converters))
        else:
            line(indent, "elif st.flags & 0x%x: %s(st, %s, r, %s, %s, run)" % (
                _SLOW, fill, obj, bound_plan, converters))
        if single and (plan.children or waiting is not None):
            line(indent, "if %s is not None:" % obj)
            indent += 1
        for child in plan.children:
            self._child(child, obj, indent, unique)
        if late is not None:
            line(indent, "if %s is not None:" % late)
            self._announce(manager, late, obj, indent + 1)
        if waiting is not None:
            line(indent, "%s(%s)" % (waiting, obj))

    def _composite_key(self, plan: Any, obj: str, indent: int) -> None:
        """Write the test of a key of several columns; what follows is in its ``else`` block."""
        positions = plan.pk
        line = self.line
        line(indent, "pk = (%s,)" % ", ".join([self.value(position) for position in positions]))
        joiner = " and " if plan.mapper.allow_partial_pks else " or "
        test = joiner.join("%s is None" % self.raw(position) for position in positions)
        line(indent, "if %s: %s = None" % (test, obj))
        line(indent, "else:")

    def _new(self, plan: Any, obj: str, key: str, table: str, indent: int, manager: Any) -> None:
        line = self.line
        state_class = self.bind("S", manager.state_class)
        line(indent, "%s = NEW(%s)" % (obj, self.bind("C", plan.mapper.class_)))
        line(indent, "d = %s.__dict__" % obj)
        # present objects need the key alone, so the row is unpacked for new ones only
        whole = len(plan.columns) > 2 and 2 * len(plan.columns) >= len(self.converters)
        if whole:
            line(indent, "%s= r" % "".join("c%d, " % place for place in range(len(self.converters))))
            self.unpack = True
        for attribute, position in plan.columns:
            line(indent, "d[%s] = %s" % (self.bind("k", attribute), self.value(position)))
        self.unpack = False
        line(indent, "d[SK] = st = %s(%s)" % (state_class, obj))
        line(indent, "st.pk = %s" % key)
        line(indent, "st.session_id = sid")
        line(indent, "st.committed = None")
        line(indent, "st.flags = %d" % (PARTIAL if plan.partial else 0))
        if plan.carry:
            note = self.fresh("note")
            self.prologue.append("%s = run.note(%s)" % (note, self.bind("e", plan)))
            line(indent, "st.load = %s" % note)
        else:
            line(indent, "st.load = None")
        line(indent, "st.extras = None")
        line(indent, "if token is not None: st.identity_token = token")
        line(indent, "%s[%s] = st" % (table, key))
        if self.refresh or plan.mapper.always_refresh:
            # further rows of the object say nothing new, and would take its collections away
            line(indent, "run.bound[st] = True")
        for prop in plan.nones:
            line(indent, "%s(st, d, %s)" % (self.bind("n", set_empty), self.bind("pr", prop)))

    def _is_announced(self, manager: Any) -> bool:
        return bool(manager.dispatch.load) or self.serves_persistent()

    def _announce(self, manager: Any, state: str, obj: str, indent: int) -> None:
        """Write what tells listeners of a new object."""
        if manager.dispatch.load:
            self.line(indent, "%s(%s, run)" % (self.bind("ev", manager.dispatch.load), state))
            # what listeners set belongs to the loaded object: it is no change
            self.line(indent, "if %s.committed is not None: %s.commit_all(%s.__dict__, run.session.identity_map)" % (
                state, state, obj))  # fmt: skip
        if self.serves_persistent():
            self.line(indent, "loaded(run.session, %s)" % state)

    def serves_persistent(self) -> bool:
        """Tell whether session events of loading are wanted."""
        return bool(self.plan.loaders.get("persistent_events", False))

    # -- joined children -------------------------------------------------------
    def _child(self, child: Any, parent: str, indent: int, unique: bool) -> None:
        line = self.line
        key = self.bind("k", child.key)
        if not child.uselist:
            nested = self.entity(child.plan, indent, unique)
            line(indent, "d = %s.__dict__" % parent)
            if child.prop.direction is not RelationshipDirection.MANYTOONE:
                self._one_of_several(child, parent, nested, key, indent)
            elif self.refresh:
                line(indent, "d[%s] = %s" % (key, nested))
            else:
                line(indent, "if %s not in d: d[%s] = %s" % (key, key, nested))
            return
        seen, add = self.fresh("seen"), self.fresh("add")
        last = self.fresh("last")
        self.prologue.append("%s = {}" % seen)
        start = self.bind("sc", start_collection)
        prop = self.bind("pr", child.prop)
        line(indent, "%s = %s.get(id(%s), SEEN_NOT)" % (add, seen, parent))
        line(indent, "if %s is SEEN_NOT:" % add)
        line(
            indent + 1,
            "%s = %s[id(%s)] = %s(%s, %s, %s, run)" % (add, seen, parent, start, parent, key, prop),
        )
        nested = self.entity(child.plan, indent, unique)
        if unique:
            line(indent, "if %s is not None and %s is not None:" % (nested, add))
            pairs = self.fresh("pairs")
            self.prologue.append("%s = set()" % pairs)
            line(indent + 1, "%s = (id(%s), id(%s))" % (last, parent, nested))
            line(indent + 1, "if %s not in %s:" % (last, pairs))
            line(indent + 2, "%s.add(%s); %s(%s)" % (pairs, last, add, nested))
        else:
            line(indent, "if %s is not None and %s is not None: %s(%s)" % (nested, add, add, nested))


    def _one_of_several(self, child: Any, parent: str, nested: str, key: str, indent: int) -> None:
        """Set an attribute to the object of the first row; warn if another row has another object."""
        line = self.line
        first, warned = self.fresh("first"), self.bind("ws", _warn_of_several)
        self.prologue.append("%s = {}" % first)
        absent = "id(%s) not in %s" % (parent, first)
        line(indent, "if %s:" % (absent if self.refresh else "%s not in d" % key))
        line(indent + 1, "d[%s] = %s[id(%s)] = %s" % (key, first, parent, nested))
        line(indent, "elif %s.get(id(%s), %s) is not %s: %s(%s)" % (
            first, parent, nested, nested, warned, self.bind("pr", child.prop)
        ))  # fmt: skip


def _warn_of_several(prop: Any) -> None:
    warn("Several rows were found for '%s', which holds one object (uselist=False)" % prop)


#: states that need more than being found: expired or only partly loaded ones
_SLOW = 2 | 4 | PARTIAL


def _mapper_of_row(plan: Any, value: Any, row: Any) -> Any:
    """Return the mapper that a discriminator value stands for.

    :raises sqltoolkit_core.exc.InvalidRequestError: it is NULL, or that of a class which is not the selected one and
        does not inherit from it.
    :raises AssertionError: no class has it.
    """
    mapper = plan.mapper
    if value is None:
        raise sa_exc.InvalidRequestError(
            "A row of %s has NULL for its discriminator '%s', so no class to load it as; its key is %r"
            % (mapper, mapper.base_mapper.polymorphic_on, _key_of_row(plan, row))
        )
    found = mapper.polymorphic_map.get(value)
    if found is None:
        raise AssertionError(
            "The discriminator of a row is %r; %s has classes for: %s"
            % (value, mapper, ", ".join(repr(known) for known in mapper.polymorphic_map))
        )
    if not found.isa(mapper):
        raise sa_exc.InvalidRequestError(
            "A row with identity %r can't be loaded as %s: the discriminator refers to %s, which does not inherit from "
            "it"
            % (_key_of_row(plan, row), mapper, found)
        )
    return found


def _key_of_row(plan: Any, row: Any) -> Tuple[Any, ...]:
    return tuple(row[position] for position in plan.pk)


class _OtherClass:
    """Refuses a row of another class where an entity without subclasses is loaded."""

    def __init__(self, plan: Any, converters: Tuple[Any, ...]) -> None:
        self.plan = plan
        self.converter = converters[plan.leaf_discriminator]

    def __call__(self, row: Any, run: LoadRun) -> None:
        if run.request.refresh_state is None:
            value = row[self.plan.leaf_discriminator]
            _mapper_of_row(self.plan, value if self.converter is None else self.converter(value), row)


class _PolymorphicLoader:
    """Makes, for a run, the function that loads one row of an entity with subclasses."""

    def __init__(self, plan: Any, converters: Tuple[Any, ...], refresh: bool, unique: bool) -> None:
        self.plan = plan
        self.converters = converters
        self.refresh = refresh
        self.unique = unique
        self.binders: Dict[Any, Any] = {}

    def __call__(self, run: LoadRun) -> Callable[[Any], Any]:
        plan = self.plan
        position = plan.discriminator
        converter = self.converters[position]
        ready: Dict[Any, Any] = {}
        pk0 = plan.pk[0]
        optional = plan.optional

        def one(row: Any) -> Any:
            value = row[position]
            load = ready.get(value)
            if load is None:
                if value is None and row[pk0] is None and optional:
                    return None
                load = ready[value] = self.binder(
                    converter(value) if converter is not None else value, row, run
                )(run)
            return load(row)

        return one

    def binder(self, value: Any, row: Any, run: LoadRun) -> Any:
        """Return the generated loader for a discriminator value."""
        found = self.binders.get(value)
        if found is None:
            plan = self.plan
            if value is None and all(part is None for part in _key_of_row(plan, row)):
                mapper = plan.mapper
            else:
                mapper = _mapper_of_row(plan, value, row)
            sub = subclass_plan(plan, mapper)
            found = self.binders[value] = _row_binder(sub, run.plan, self.converters, self.refresh, self.unique)
        return found


def _row_binder(plan: Any, select_plan: Any, converters: Any, refresh: bool, unique: bool) -> Any:
    writer = _Writer(select_plan, converters, refresh)
    events = writer.serves_persistent()
    obj = writer.fresh("o")
    writer._inline(plan, obj, 2, unique)
    body = ["def bind(run%s):" % "".join(", %s" % name for name in writer.names)]
    body.append("    sid = run.session.hash_key; token = run.token")
    if events:
        body.append("    loaded = run.session.dispatch.loaded_as_persistent")
    body.extend("    " + text for text in writer.prologue)
    body.append("    def load(r):")
    body.extend(writer.lines)
    body.append("        return %s" % obj)
    body.append("    return load")
    return _templates.make("\n".join(body) + "\n", tuple(writer.values))


def loader_for(plan: Any, converters: Tuple[Any, ...], refresh: bool, scalars: bool, events: bool) -> Any:
    """Return a function ``bind(run) -> load(rows) -> list`` for a SELECT plan.

    :param converters: a function or None for each raw column.
    :param refresh: fill objects that exist already (populate_existing).
    :param scalars: give single values rather than tuples.
    """
    plan.loaders["persistent_events"] = events
    writer = _Writer(plan, converters, refresh)
    unique = plan.repeats or _children_repeat(plan)
    results = [_entry(writer, entry, unique) for entry in plan.entries]
    for entity in plan.entities:
        writer.table(entity.mapper)
    dedupe = plan.eager_collections and scalars and plan.single_entity
    body = ["def bind(run%s):" % "".join(", %s" % name for name in writer.names)]
    body.append("    sid = run.session.hash_key; token = run.token")
    if events:
        body.append("    loaded = run.session.dispatch.loaded_as_persistent")
    body.extend("    " + text for text in writer.prologue)
    if dedupe:
        body.append("    given = set()")
    body.append("    def load(rows):")
    body.append("        out = []; append = out.append")
    body.append("        for r in rows:")
    body.extend(writer.lines)
    if scalars:
        if dedupe:
            # the rows of eager collections repeat their parent; unique() is required anyway
            body.append("            if id(%s) not in given:" % results[0])
            body.append("                given.add(id(%s)); append(%s)" % (results[0], results[0]))
        else:
            body.append("            append(%s)" % results[0])
    else:
        body.append("            append((%s,))" % ", ".join(results))
    for mapper, table in writer.tables.values():
        body.append("        if len(%s) > %d: run.grown(%s)" % (table, SWEPT_FROM, mapper))
    body.append("        return out")
    body.append("    return load")
    return _templates.make("\n".join(body) + "\n", tuple(writer.values))


def _entry(writer: _Writer, entry: Any, unique: bool) -> str:
    if entry.kind == "entity":
        return writer.entity(entry.plan, 3, unique)
    if entry.kind == "column":
        return writer.value(entry.position)
    parts = [_entry(writer, part, unique) for part in entry.entries]
    return "%s((%s,))" % (writer.bind("b", entry.bundle), ", ".join(parts))


def _children_repeat(plan: Any) -> bool:
    """Tell whether eager joins give a member of a collection in several rows."""
    found = [(entity.origin, child.prop) for entity in plan.entities for child in entity.children if child.uselist]
    return len(found) > 1 or any(
        origin is not None or prop.secondary is not None or prop.entity.is_aliased_class for origin, prop in found
    )


def run_posts(run: LoadRun) -> None:
    """Run the loaders that work on all objects of a chunk.

    Those of a load within another one wait for the outermost: what is reached by the same way is loaded at once, and
    each level before the next.
    """
    queue = run.queue
    outermost = queue is None
    if outermost:
        queue = run.queue = {}
    todo = run.todo
    for plan, post in run.plan.posts:
        objects = todo.get(plan.index)
        if objects:
            key = (run.request.trail, plan.trail(), post.key)
            entry = queue.get(key)
            if entry is None:
                queue[key] = (post, run, plan, list(objects))
            else:
                entry[3].extend(objects)
    for objects in todo.values():
        del objects[:]
    if outermost:
        try:
            while queue:
                post, first, plan, objects = queue.pop(next(iter(queue)))
                post(first, plan, objects)
        finally:
            run.queue = None
