"""``Load``: the fluent loader option, a set of load elements rooted at one entity.

The functions that start one are in ``options``; the tree that a statement's options make is in ``matching``.
"""

from __future__ import annotations

import typing

from sqltoolkit_core import exc as sa_exc
from sqltoolkit_core import inspect
from sqltoolkit_core.sql import coercions
from sqltoolkit_core.sql import roles
from sqltoolkit_core.sql.cache_key import HasCacheKey
from sqltoolkit_core.sql.cache_key import KeyKind
from sqltoolkit_core.util import warn_deprecated

from ..interfaces import LoaderOption
from ..interfaces import ORMOption
from .matching import applies_to
from .matching import Choice
from .matching import OptionNode

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import Optional
    from typing import Sequence
    from typing import Tuple

__all__ = [
    "AliasOption", "EagerOption", "Load", "LoadElement", "attribute_of", "descend", "only_these", "wildcard_load",
    "with_elements",
    "without_deferral", "without_joins",
]  # fmt: skip

_WILDCARD = "*"
_OF_ONE_STATEMENT = ("contains_eager", "only")


def attribute_of(attr: Any) -> Any:
    """Return the mapped attribute for an option's argument.

    :raises sqltoolkit_core.exc.ArgumentError: it is not a mapped attribute.
    """
    if isinstance(attr, str):
        raise sa_exc.ArgumentError(
            "Loader options take class-bound attributes; %r is a string" % (attr,)
        )
    if hasattr(attr, "parent") and hasattr(attr, "key") and hasattr(attr, "property"):
        return attr
    found = inspect(attr, raiseerr=False)
    if found is not None and getattr(found, "is_attribute", False):
        return found
    expr = attr
    if hasattr(attr, "__clause_element__"):
        expr = attr.__clause_element__()
    annotations = getattr(expr, "annotations", None) or {}
    if "parententity" in annotations and "proxy_key" in annotations:
        return getattr(annotations["parententity"].entity, annotations["proxy_key"])
    raise sa_exc.ArgumentError(
        "A mapped attribute was expected in the loader option, got %r" % (attr,)
    )


def _unwrap_of_type(attr: Any) -> Any:
    of_type = getattr(attr, "_of_type", None)
    if of_type is None:
        return None
    return inspect(of_type) if not hasattr(of_type, "mapper") or isinstance(of_type, type) else of_type


class _Step(HasCacheKey):
    """One attribute on the way from the root: the entity it belongs to, its key, a narrowed target."""

    inherit_cache = True
    cache_key_fields = (
        ("entity", KeyKind.KEYED),
        ("key", KeyKind.PLAIN),
        ("of_type", KeyKind.KEYED),
        ("criteria", KeyKind.CLAUSES),
    )

    def __init__(self, entity: Any, key: str, of_type: Any = None, criteria: Tuple[Any, ...] = ()) -> None:
        self.entity = entity
        self.key = key
        self.of_type = of_type
        self.criteria = criteria


class LoadElement(HasCacheKey):
    """One instruction: the way from the root entity to an attribute, and the loader wanted there."""

    inherit_cache = True
    cache_key_fields = (
        ("root", KeyKind.KEYED),
        ("steps", KeyKind.KEYEDS),
        ("strategy", KeyKind.PLAIN),
        ("plain", KeyKind.PLAIN),
        ("keyed", KeyKind.KEYEDS),
        ("expressions", KeyKind.CLAUSES),
    )

    def __init__(
        self,
        root: Any,
        steps: Tuple[_Step, ...],
        strategy: Optional[str],
        plain: Tuple[Any, ...] = (),
        keyed: Tuple[Any, ...] = (),
        expressions: Tuple[Any, ...] = (),
        strict: bool = True,
    ) -> None:
        self.root = root
        self.steps = steps
        self.strategy = strategy
        self.plain = plain
        self.keyed = keyed
        self.expressions = expressions
        self.strict = strict

    @property
    def is_general(self) -> bool:
        """Whether this is about whatever attributes there are, so that it needs no entity."""
        if self.strategy == "undefer_group":
            return self.root is not None
        return bool(self.steps) and self.steps[-1].key == _WILDCARD and len(self.steps) == 1

    def describe(self) -> str:
        """Return the way as text for messages."""
        return " -> ".join(step.key for step in self.steps) or str(self.strategy)

    def arguments(self) -> Dict[str, Any]:
        """Return the arguments of the strategy as a dictionary."""
        found = dict(self.plain)
        if self.keyed:
            found["alias"] = self.keyed[0]
        if self.expressions:
            found["expression"] = self.expressions[0]
        return found

    def rooted_at(self, entity: Any) -> LoadElement:
        """Return the same instruction, starting at another entity."""
        return LoadElement(entity, self.steps, self.strategy, self.plain, self.keyed, self.expressions, False)

    def place(self, node: OptionNode, check: bool = True) -> None:
        """Add this instruction to the tree below the root's ``node``.

        :param check: raise where another one says something else; without, the last one counts.
        """
        strategy = self.strategy
        for step in self.steps[:-1] if strategy not in ("polymorphic", "undefer_group") else self.steps:
            if step.key == _WILDCARD:
                return
            choice = self._choice(node, step)
            node = choice.node()
        if strategy == "polymorphic":
            node.polymorphic.append(self.keyed)
            return
        if strategy == "undefer_group":
            node.groups[dict(self.plain)["name"]] = "load"
            return
        if strategy == "only":
            node.only_keys = frozenset(self.plain)
            return
        step = self.steps[-1]
        if step.key == _WILDCARD:
            # the last one counts
            wild = Choice(step.entity, _WILDCARD)
            wild.strategy, wild.options, wild.wild = strategy, self.arguments(), True
            if strategy in ("defer", "load"):
                node.column_wildcard = wild
            else:
                node.relationship_wildcard = wild
            return
        choice = self._choice(node, step)
        if strategy is not None:
            said = (strategy, self.plain, self.keyed)
            if check and choice.said not in (None, said):
                raise sa_exc.InvalidRequestError(
                    "Two options want different things for %s: %s and %s; give one of them"
                    % (self.describe(), _in_words(*choice.said), _in_words(*said))
                )
            choice.said = said
            choice.strategy = strategy
            choice.options = self.arguments()
            choice.criteria = step.criteria

    @staticmethod
    def _choice(node: OptionNode, step: _Step) -> Choice:
        found = node.choices.setdefault(step.key, [])
        own = step.entity.mapper
        for choice in found:
            mapper = choice.entity.mapper
            if mapper is own or mapper.props.get(step.key) is own.props.get(step.key):
                break
        else:
            choice = Choice(step.entity, step.key)
            found.append(choice)
        if step.of_type is not None:
            _narrow(choice, step.of_type)
        return choice


def _in_words(strategy: str, plain: Tuple[Any, ...], keyed: Tuple[Any, ...]) -> str:
    said = ["%s=%r" % pair for pair in plain] + [str(entity) for entity in keyed]
    return strategy + ("(%s)" % ", ".join(said) if said else "")


def _narrow(choice: Choice, of_type: Any) -> None:
    """Note what ``of_type()`` says of the target, beside what was said before.

    :raises sqltoolkit_core.exc.InvalidRequestError: both can't be read from the same rows.
    """
    before = choice.of_type
    if before is not None and before is not of_type:
        target = choice.entity.mapper.get_property(choice.key).mapper
        # classes are all read from one alias of the target
        one, other = (entity.mapper if entity.is_aliased_class else target for entity in (before, of_type))
        if one is not other:
            raise sa_exc.InvalidRequestError(
                "One statement can't load %s.%s as %s and as %s too: of_type() may name several classes, or one alias; "
                "with_polymorphic() makes an alias for several classes"
                % (choice.entity.mapper.class_.__name__, choice.key, before, of_type)
            )
        if before.is_aliased_class and not of_type.is_aliased_class:
            choice.of_types.extend(
                m for m in (before.mapper, *before.with_polymorphic_mappers) if m not in choice.of_types
            )
    choice.of_type = of_type
    if not of_type.is_aliased_class and of_type not in choice.of_types:
        choice.of_types.append(of_type)


class Load(LoaderOption):
    """Loader options for one entity: ``Load(User).joinedload(User.addresses).defer(User.note)``.

    Each method returns a new object.  :meth:`options` adds several instructions at the same place.
    """

    inherit_cache = True
    #: the option is part of the cache key of its statement
    _is_has_cache_key = True
    propagate_to_loaders = True
    cache_key_fields = (
        ("root", KeyKind.KEYED),
        ("way", KeyKind.KEYEDS),
        ("load_elements", KeyKind.KEYEDS),
    )

    #: entities that criteria of the options need beyond the root
    additional_source_entities: Tuple[Any, ...] = ()
    #: a wildcard was the last instruction
    ends = False

    def __init__(self, entity: Any) -> None:
        found = inspect(entity)
        if not hasattr(found, "mapper") or not (found.is_mapper or found.is_aliased_class):
            raise sa_exc.ArgumentError("Load() takes a mapped class or an alias of one, got %r" % (entity,))
        found.mapper.check_configure()
        self.root = found
        self.way: Tuple[_Step, ...] = ()
        self.load_elements: Tuple[LoadElement, ...] = ()

    def __str__(self) -> str:
        name = self.root.mapper.class_.__name__
        return "Load(%s)" % ("aliased(%s)" % name if self.root.is_aliased_class else name)

    # ------------------------------------------------------------------ making
    @property
    def context(self) -> Tuple[LoadElement, ...]:
        """The instructions collected so far."""
        return self.load_elements

    @property
    def path(self) -> Tuple[Any, ...]:
        """The attributes that lead from the root entity to the place of the next instruction."""
        return tuple((step.entity, step.key) for step in self.way)

    def _copy(self) -> Load:
        new = object.__new__(type(self))
        new.__dict__.update(self.__dict__)
        # a memoised cache key belongs to the original
        for name in [key for key in new.__dict__ if key.startswith("_")]:
            del new.__dict__[name]
        return new

    def _current_entity(self) -> Any:
        if not self.way:
            return self.root
        step = self.way[-1]
        if step.of_type is not None:
            return step.of_type
        prop = step.entity.mapper.get_property(step.key)
        return getattr(prop, "entity", None) or prop.mapper

    def _step(self, attr: Any) -> _Step:
        if isinstance(attr, str):
            if attr != _WILDCARD:
                raise sa_exc.ArgumentError(
                    "Loader options take class-bound attributes or '*'; %r is a string" % (attr,)
                )
            return _Step(None, _WILDCARD)
        if self.ends:
            raise sa_exc.ArgumentError("Nothing follows '*' in a loader option; give %s an option of its own" % (attr,))
        found = attribute_of(attr)
        entity = found.parent
        current = self._current_entity()
        if current is not None and not _leads(current, entity):
            raise sa_exc.ArgumentError(
                "The attribute %s.%s does not lead on from %s" % (entity, found.key, current)
            )
        criteria = tuple(getattr(found, "_extra_criteria", ()) or ())
        return _Step(entity, _key_of(found), _unwrap_of_type(found), criteria)

    def _narrowed_base(self) -> Any:
        """Return the mapper of the relationship that ``of_type()`` with a class leads along, else None."""
        if not self.way:
            return None
        step = self.way[-1]
        if step.of_type is None or step.of_type.is_aliased_class:
            return None
        return step.entity.mapper.get_property(step.key).mapper

    def _add(
        self,
        attr: Any,
        strategy: Optional[str],
        plain: Tuple[Any, ...] = (),
        keyed: Tuple[Any, ...] = (),
        expressions: Tuple[Any, ...] = (),
        advance: bool = True,
    ) -> Load:
        new = self._copy()
        step = self._step(attr)
        way = self.way + (step,)
        new.load_elements = self.load_elements + (
            LoadElement(self.root, way, strategy, plain, keyed, expressions),
        )
        if advance:
            if step.key == _WILDCARD:
                new.ends = True
            else:
                new.way = way
        return new

    def _add_columns(self, attr: Any, strategy: str, plain: Tuple[Any, ...] = ()) -> Load:
        """Return a copy with an instruction for a column attribute, or for each one of a composite."""
        prop: Any = getattr(attr, "property", None)
        if getattr(prop, "kind", None) != "composite":
            return self._add(attr, strategy, plain, advance=False)
        new = self
        for part in prop.props:
            new = new._add(getattr(attr.parent.entity, part.key), strategy, plain, advance=False)
        return new

    # ----------------------------------------------------------- relationships
    def contains_eager(self, attr: Any, alias: Any = None) -> Load:
        """Load from columns that the statement itself joins and selects."""
        keyed: Tuple[Any, ...] = ()
        if alias is not None:
            if isinstance(alias, str):
                raise sa_exc.ArgumentError(
                    "contains_eager() takes an alias object, not the string %r" % (alias,)
                )
            found = inspect(alias)
            keyed = (found,)
        return self._add(attr, "contains_eager", (), keyed)

    def joinedload(self, attr: Any, innerjoin: Any = None) -> Load:
        """Load in the same SELECT, by a JOIN."""
        plain = (("innerjoin", innerjoin),) if innerjoin is not None else ()
        return self._add(attr, "joined", plain)

    def subqueryload(self, attr: Any) -> Load:
        """Load by a second SELECT that embeds the first."""
        return self._add(attr, "subquery")

    def selectinload(
        self, attr: Any, recursion_depth: Optional[int] = None, chunksize: Optional[int] = None
    ) -> Load:
        """Load by a second SELECT with IN."""
        plain: Tuple[Any, ...] = ()
        if recursion_depth is not None:
            plain += (("recursion_depth", recursion_depth),)
        if chunksize is not None:
            if chunksize < 1:
                raise sa_exc.ArgumentError("chunksize must be 1 or more, got %r" % (chunksize,))
            plain += (("chunksize", chunksize),)
        return self._add(attr, "selectin", plain)

    def lazyload(self, attr: Any) -> Load:
        """Load when first read."""
        return self._add(attr, "select")

    def immediateload(self, attr: Any, recursion_depth: Optional[int] = None) -> Load:
        """Load right after the object."""
        plain = (("recursion_depth", recursion_depth),) if recursion_depth is not None else ()
        return self._add(attr, "immediate", plain)

    def noload(self, attr: Any) -> Load:
        """Never load; the attribute is empty. Deprecated: it says of related objects that there are none."""
        warn_deprecated("noload() is deprecated; use raiseload(), which does not hide that there is something", "2.1")
        return self._add(attr, "noload")

    def raiseload(self, attr: Any, sql_only: bool = False) -> Load:
        """Raise when the attribute is read (only where SQL would be needed, with ``sql_only``)."""
        return self._add(attr, "raise_on_sql" if sql_only else "raise")

    def defaultload(self, attr: Any) -> Load:
        """Keep the attribute's own loading; lead to options below it."""
        return self._add(attr, None)

    # ------------------------------------------------------------------ columns
    def load_only(self, *attrs: Any, raiseload: bool = False) -> Load:
        """Load only the named column attributes."""
        new = self
        for attr in attrs:
            new = new._add_columns(attr, "load")
        plain = (("raiseload", True),) if raiseload else ()
        return new._add(_WILDCARD, "defer", (("load_only", True),) + plain, advance=False)

    def defer(self, key: Any, raiseload: bool = False) -> Load:
        """Leave the column attribute out until it is read."""
        return self._add_columns(key, "defer", (("raiseload", True),) if raiseload else ())

    def undefer(self, key: Any) -> Load:
        """Load a deferred column attribute."""
        return self._add_columns(key, "load")

    def undefer_group(self, name: str) -> Load:
        """Load the deferred attributes of a group."""
        new = self._copy()
        new.load_elements = self.load_elements + (
            LoadElement(self.root, self.way, "undefer_group", (("name", name),)),
        )
        return new

    def with_expression(self, key: Any, expression: Any) -> Load:
        """Give a ``query_expression()`` attribute its SQL expression."""
        element = coercions.expect(roles.ColumnsClauseRole, expression)
        return self._add(key, "expression", (), (), (element,), advance=False)

    def selectin_polymorphic(self, classes: Sequence[Any]) -> Load:
        """Load the columns of subclasses by a SELECT with IN for each."""
        new = self._copy()
        mappers = tuple(inspect(cls) for cls in classes)
        new.load_elements = self.load_elements + (
            LoadElement(self.root, self.way, "polymorphic", (), mappers),
        )
        return new

    # ------------------------------------------------------------------ nesting
    def options(self, *opts: Any) -> Load:
        """Add several instructions below the current place.

        :raises sqltoolkit_core.exc.ArgumentError: an option does not start at the current entity.
        """
        new = self._copy()
        current = self._current_entity()
        base = self._narrowed_base()
        covered = [
            mapper
            for load in (self, *opts)
            if load is self or getattr(load, "root", None) is not None and _leads(current, load.root)
            for element in load.load_elements
            if element.strategy == "polymorphic" and element.steps in ((), self.way)
            for mapper in element.keyed
        ]
        for opt in opts:
            if not isinstance(opt, Load):
                raise sa_exc.ArgumentError("Load.options() takes loader options, got %r" % (opt,))
            root = opt.root
            if root is not None and current is not None and not (
                _leads(current, root)
                or base is not None
                and root.is_mapper
                and _fits(base, root)
                or _is_covered(current, root, covered)
            ):
                raise sa_exc.ArgumentError("The option starts at %s; here the entity is %s" % (root, current))
            for element in opt.load_elements:
                new.load_elements += (
                    LoadElement(
                        self.root,
                        self.way + element.steps,
                        element.strategy,
                        element.plain,
                        element.keyed,
                        element.expressions,
                    ),
                )
        return new

    def process_compile_state(self, compile_state: Any) -> None:
        """Take part in lowering a statement; the tree of options is built from ``load_elements``."""

    def process_compile_state_replaced_entities(self, compile_state: Any, mapper_entities: Any) -> None:
        """Like :meth:`process_compile_state`, after the statement's entities were replaced."""

    def __getstate__(self) -> Any:
        state = dict(self.__dict__)
        for name in [key for key in state if key.startswith("_")]:
            del state[name]
        return state

    def __setstate__(self, state: Any) -> None:
        self.__dict__.update(state)


def _fits(current: Any, entity: Any) -> bool:
    one, other = current.mapper, entity.mapper
    return bool(one is other or one.isa(other) or other.isa(one))


def _leads(current: Any, entity: Any) -> bool:
    """Tell whether attributes of ``entity`` lead on from ``current``."""
    if entity is current:
        return True
    if current.is_aliased_class:
        if current.use_mapper_path:
            return _fits(current, entity)
        return bool(entity.is_aliased_class and entity.base_alias is current)
    if entity.is_aliased_class:
        return False
    return bool(current.isa(entity))


def _is_covered(current: Any, entity: Any, mappers: Sequence[Any]) -> bool:
    """Tell whether ``selectin_polymorphic()`` makes objects of a subclass be loaded as such."""
    return entity.is_mapper and entity.isa(current.mapper) and any(mapper.isa(entity) for mapper in mappers)


def _key_of(attr: Any) -> str:
    """Return the key of an attribute, that which a synonym stands for."""
    key: str = attr.key
    mapper = attr.parent.mapper
    prop = mapper.props.get(key)
    while getattr(prop, "kind", None) == "synonym":
        key = prop.name
        prop = mapper.props.get(key)
    return key


class _WildcardLoad(Load):
    """Options that start at every entity of the statement: ``lazyload("*")``."""

    inherit_cache = True

    def __init__(self) -> None:
        self.root = None
        self.way = ()
        self.load_elements = ()

    def _current_entity(self) -> Any:
        return None


def wildcard_load() -> Load:
    """Return a Load that applies to every entity."""
    return _WildcardLoad()


class AliasOption(ORMOption):
    """Names the alias that the main entity of a statement is read from."""

    inherit_cache = True
    _is_has_cache_key = True
    propagate_to_loaders = False
    cache_key_fields = (("alias", KeyKind.CLAUSE),)

    def __init__(self, alias: Any) -> None:
        self.alias = coercions.expect(roles.FromClauseRole, alias)


class EagerOption(ORMOption):
    """Tells whether a statement may be joined to what eager loading wants; it is another statement then.

    :param allowed: whether it may.
    """

    inherit_cache = True
    _is_has_cache_key = True
    propagate_to_loaders = False
    cache_key_fields = (("allowed", KeyKind.PLAIN),)

    def __init__(self, allowed: bool) -> None:
        self.allowed = allowed


def descend(options: Any, entity: Any, prop: Any, target: Any, wild: bool = True) -> Tuple[Any, ...]:
    """Return the options that go on from ``entity`` along a relationship, starting at its target.

    :param entity: the entity where ``options`` start.
    :param target: the entity (mapper or inspected alias) that the relationship leads to.
    :param wild: those of all entities go on, too.
    """
    found = []
    for option in options:
        elements = getattr(option, "load_elements", None)
        if elements is None:
            if getattr(option, "propagate_to_loaders", False):
                found.append(option)
            continue
        below = []
        again = any(_recurs(element, prop) for element in elements)
        for element in elements:
            moved = _moved(element, entity, prop, target)
            if moved is not None and (wild or moved is not element):
                below.append(moved)
                if again and len(element.steps) > 1:
                    # what is wanted of the members is wanted on each level
                    below.append(element.rooted_at(target))
        if below:
            load = wildcard_load()
            load.root = None if all(element.root is None for element in below) else target
            load.load_elements = tuple(below)
            found.append(load)
    return tuple(found)


def _recurs(element: LoadElement, prop: Any) -> bool:
    """Tell whether an instruction is for the members of members as well, and will be for theirs."""
    if element.strategy != "selectin" or len(element.steps) != 1 or element.steps[0].key != prop.key:
        return False
    return dict(element.plain).get("recursion_depth") not in (None, 0, 1)


def _moved(element: LoadElement, entity: Any, prop: Any, target: Any) -> Optional[LoadElement]:
    steps = element.steps
    if element.root is None and steps and steps[0].key == _WILDCARD:
        return element
    if not steps or steps[0].key != prop.key:
        return None
    if element.root is not None and not applies_to(element.root, entity):
        return None
    first = steps[0]
    if first.entity is not None and not _fits(first.entity, prop.parent):
        return None
    rest = steps[1:]
    arguments = dict(element.plain)
    if not rest:
        depth = arguments.get("recursion_depth")
        if depth is not None and element.strategy in ("selectin", "immediate"):
            if depth == 0:
                return None
            arguments["recursion_depth"] = depth if depth < 0 else depth - 1
            return LoadElement(
                target, steps, element.strategy, tuple(arguments.items()), element.keyed, element.expressions, False
            )
        if element.strategy not in ("polymorphic", "undefer_group"):
            return None
    root = first.of_type if first.of_type is not None else target
    return LoadElement(
        root, rest, element.strategy, element.plain, element.keyed, element.expressions, False
    )


def without_deferral(option: Load, whole: bool) -> Load:
    """Return the option without what it says about columns of its own entity, as a reload of expired ones needs it.

    :param whole: the object expired as a whole, and with it what raises when a column is read.
    """
    kept = tuple(
        element
        for element in option.load_elements
        if len(element.steps) != 1
        or element.strategy not in ("defer", "load")
        or (not whole and dict(element.plain).get("raiseload"))
    )
    return with_elements(option, kept)


def only_these(mapper: Any, keys: Sequence[str]) -> Load:
    """Return an option that leaves out all column attributes but some; others may say what becomes of those."""
    option = Load(mapper)
    option.load_elements = (LoadElement(mapper, (), "only", tuple(keys)),)
    return option


def without_joins(option: Load) -> Load:
    """Return the option without what it says about its own statement, as other statements need it."""
    return with_elements(
        option, tuple(element for element in option.load_elements if element.strategy not in _OF_ONE_STATEMENT)
    )


def with_elements(option: Load, kept: Tuple[LoadElement, ...]) -> Load:
    """Return the option with those of its instructions."""
    if len(kept) == len(option.load_elements):
        return option
    new = option._copy()
    new.load_elements = kept
    return new
