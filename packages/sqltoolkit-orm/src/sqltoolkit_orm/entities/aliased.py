"""``aliased()`` and ``with_polymorphic()``: an entity under another FROM element.

``AliasedClass`` is what users write attributes on; ``AliasedInsp`` is what ``inspect()`` gives for it and what the
lowering works with.  Joins between entities are in ``join``, bundles in ``bundle``.
"""

from __future__ import annotations

import types
import typing
import weakref

from sqltoolkit_core import exc as sa_exc
from sqltoolkit_core import inspect
from sqltoolkit_core.inspection import inspects
from sqltoolkit_core.sql import coercions
from sqltoolkit_core.sql import roles
from sqltoolkit_core.sql.adapt import ColumnAdapter
from sqltoolkit_core.sql.analysis import find_columns
from sqltoolkit_core.sql.cache_key import HasCacheKey
from sqltoolkit_core.sql.cache_key import KeyKind
from sqltoolkit_core.sql.lowering import EntityMark
from sqltoolkit_core.sql.selectable import FromClause
from sqltoolkit_core.sql.selectable import SelectBase

from ..interfaces import InspectionAttr
from ..path_registry import PathRegistry

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import Iterable
    from typing import Optional
    from typing import Sequence
    from typing import Tuple
    from typing import Type
    from typing import TypeVar
    from typing import Union

    from typing_extensions import overload

    _O = TypeVar("_O")

__all__ = ["AliasedClass", "AliasedInsp", "aliased", "polymorphic_alias", "with_polymorphic"]


class AliasedClass:
    """A mapped class under another FROM element; made by :func:`aliased` and :func:`with_polymorphic`.

    Attributes read on it are those of the mapped class, adapted to that element.
    """

    __name__: str

    def __init__(
        self,
        mapped_class_or_ac: Any,
        alias: Any = None,
        name: Optional[str] = None,
        flat: bool = False,
        adapt_on_names: bool = False,
        with_polymorphic_mappers: Optional[Sequence[Any]] = None,
        with_polymorphic_discriminator: Any = None,
        base_alias: Any = None,
        use_mapper_path: bool = False,
        represents_outer_join: bool = False,
    ) -> None:
        inspected = inspect(mapped_class_or_ac)
        mapper = inspected.mapper
        named_subquery = False
        if alias is None:
            source = inspected.selectable if getattr(inspected, "is_aliased_class", False) else None
            if source is None:
                source = mapper.selectable
            alias = source.anonymous_fromclause(name, flat)
        else:
            named_subquery = True
        self.__dict__["_aliased_insp"] = AliasedInsp(
            self,
            inspected,
            alias,
            name,
            with_polymorphic_mappers
            if with_polymorphic_mappers is not None
            else inspected.with_polymorphic_mappers,
            with_polymorphic_discriminator
            if with_polymorphic_discriminator is not None
            else inspected.polymorphic_on,
            base_alias,
            use_mapper_path,
            adapt_on_names,
            represents_outer_join or inspected.represents_outer_join,
            named_subquery,
        )
        self.__dict__["__name__"] = mapper.class_.__name__

    @classmethod
    def _for_insp(cls, insp: AliasedInsp) -> AliasedClass:
        new = object.__new__(cls)
        new.__dict__["_aliased_insp"] = insp
        new.__dict__["__name__"] = insp.mapper.class_.__name__
        return new

    def __getattr__(self, key: str) -> Any:
        insp = self.__dict__.get("_aliased_insp")
        if insp is None:
            raise AttributeError(key)
        target = insp.target_class
        attr = getattr(target, key)
        if callable(attr) and hasattr(attr, "__self__"):
            # a classmethod: run it with the alias in place of the class
            return types.MethodType(attr.__func__, self)
        if hasattr(attr, "__get__") and not hasattr(attr, "adapt_to_entity"):
            adapted = attr.__get__(None, self)
            if hasattr(adapted, "adapt_to_entity"):
                adapted = adapted.adapt_to_entity(insp)
                self.__dict__[key] = adapted
            return adapted
        if hasattr(attr, "adapt_to_entity"):
            attr = attr.adapt_to_entity(insp)
            self.__dict__[key] = attr
        return attr

    def __repr__(self) -> str:
        insp = self.__dict__["_aliased_insp"]
        return "<AliasedClass at 0x%x; %s>" % (id(self), insp.target_class.__name__)

    def __str__(self) -> str:
        return str(self.__dict__["_aliased_insp"])


class AliasedInsp(HasCacheKey, InspectionAttr):
    """What is known of an :class:`AliasedClass`; ``inspect(alias)`` returns it."""

    inherit_cache = True
    is_aliased_class = True
    is_selectable = True
    allows_lambda = False
    cache_key_fields = (
        ("name", KeyKind.NAME),
        ("adapt_on_names", KeyKind.PLAIN),
        ("use_mapper_path", KeyKind.PLAIN),
        ("target", KeyKind.KEYED),
        ("selectable", KeyKind.CLAUSE),
        ("with_polymorphic_mappers", KeyKind.KEYEDS),
        ("polymorphic_on", KeyKind.CLAUSE),
    )

    def __init__(
        self,
        entity: Any,
        inspected: Any,
        selectable: Any,
        name: Optional[str],
        with_polymorphic_mappers: Sequence[Any],
        polymorphic_on: Any,
        base_alias: Any,
        use_mapper_path: bool,
        adapt_on_names: bool,
        represents_outer_join: bool,
        named_subquery: bool,
    ) -> None:
        mapper = inspected.mapper
        self._entity_ref = weakref.ref(entity)
        self._strong_entity: Any = None
        self.target = inspected
        self.target_class = mapper.class_
        self.mapper = mapper
        self.selectable = selectable
        self.name = name
        self.polymorphic_on = polymorphic_on
        self.base_alias = base_alias if base_alias is not None else self
        self.use_mapper_path = use_mapper_path
        self.adapt_on_names = adapt_on_names
        self.represents_outer_join = represents_outer_join
        self.with_polymorphic_mappers: Tuple[Any, ...] = tuple(with_polymorphic_mappers or ())
        self.sub_aliases: Dict[Any, Any] = {}
        #: whatever is worked out from the alias
        self.memos: Dict[Any, Any] = {}
        equivalents = mapper.equivalent_columns
        self.adapter = ColumnAdapter(
            selectable,
            equivalents=equivalents,
            include=self._is_of_hierarchy,
            adapt_on_names=adapt_on_names,
            anonymize_labels=True,
            adapt_required=False,
        )
        if named_subquery and inspected.is_aliased_class:
            # what the other alias makes of a column is looked up
            self.adapter = inspected.adapter.wrap(self.adapter)
        if len(self.with_polymorphic_mappers) > 0 and base_alias is None:
            for sub in self.with_polymorphic_mappers:
                if sub is mapper or not sub.isa(mapper):
                    continue
                sub_alias = AliasedClass(
                    sub.class_,
                    selectable,
                    adapt_on_names=adapt_on_names,
                    base_alias=self,
                    with_polymorphic_mappers=(),
                    with_polymorphic_discriminator=polymorphic_on,
                    use_mapper_path=use_mapper_path,
                )
                self.sub_aliases[sub] = sub_alias
                entity.__dict__.setdefault(sub.class_.__name__, sub_alias)

    def _is_of_hierarchy(self, element: Any) -> bool:
        """Tell whether a column is one of the class, its bases or subclasses, as far as is known."""
        owner = element.annotations.get("parentmapper")
        if owner is not None and not owner.isa(self.mapper) and not self.mapper.isa(owner):
            return False
        if element.__visit_name__ == "column":
            return True
        # an expression is said anew in terms of the alias where that has all it is made of
        find = self.selectable.corresponding_column
        return any(find(column) is None for column in find_columns(element))

    def find(self, column: Any) -> Any:
        """Return what the alias has for a column of the class, None if it lacks it."""
        return self.adapter.adapt_check_present(column)

    # ------------------------------------------------------------------ identity
    @property
    def entity(self) -> Any:
        """The :class:`AliasedClass`."""
        found = self._entity_ref()
        if found is None:
            found = AliasedClass._for_insp(self)
            self._entity_ref = weakref.ref(found)
            for sub, alias in self.sub_aliases.items():
                found.__dict__.setdefault(sub.class_.__name__, alias)
        return found

    @property
    def class_(self) -> Any:
        """The mapped class."""
        return self.mapper.class_

    @property
    def local_table(self) -> Any:
        """The table of the mapped class."""
        return self.mapper.local_table

    @property
    def entity_namespace(self) -> Any:
        """The alias, whose attributes ``filter_by()`` looks up."""
        return self.entity

    @property
    def with_polymorphic_parents(self) -> Tuple[Any, ...]:
        """The aliases that this one is a part of."""
        return (self.base_alias,) if self.base_alias is not self else ()

    def represents(self, other: Any) -> bool:
        """Tell whether ``other`` is this alias, or the polymorphic alias that this one is a part of."""
        return other is self or other is self.base_alias or self in (
            inspect(alias) for alias in getattr(other, "sub_aliases", {}).values()
        )

    @property
    def path_registry(self) -> Any:
        """The start of loader paths for this alias."""
        if self.use_mapper_path:
            return self.mapper.path_registry
        return PathRegistry.root[self]

    # ---------------------------------------------------------------- expression
    def __clause_element__(self) -> Any:
        found = self.__dict__.get("_clause")
        if found is None:
            values = {
                "entity_namespace": self,
                "parententity": self,
                "parentmapper": self.mapper,
            }
            found = self.selectable.annotate(values).with_entity_mark(EntityMark("orm", self))
            self.__dict__["_clause"] = found
        return found

    def adapt_element(self, element: Any, key: Optional[str] = None) -> Any:
        """Return ``element`` said in terms of this alias, marked as one of its attributes."""
        values: Dict[str, Any] = {
            "parententity": self,
            "parentmapper": self.mapper,
        }
        if key is not None:
            values["proxy_key"] = key
        return self.adapter.traverse(element).annotate(values)

    def adapt(self, element: Any) -> Any:
        """Return ``element`` said in terms of this alias."""
        return self.adapter.traverse(element)

    def entity_for_mapper(self, mapper: Any) -> Any:
        """Return the inspected alias that stands for ``mapper``: this one or one of its parts.

        :raises AssertionError: the mapper is not among those of this alias.
        """
        own = self.mapper
        if mapper is own or own.isa(mapper):
            return self
        found = self.sub_aliases.get(mapper)
        if found is not None:
            return inspect(found)
        if mapper.isa(own):
            return self
        raise AssertionError("the mapper %s is not part of the alias %s" % (mapper, self))

    def memo(self, key: Any, maker: Any, *args: Any) -> Any:
        """Return what ``maker(*args)`` made for ``key``, once."""
        memos = self.memos
        try:
            return memos[key]
        except KeyError:
            made = memos[key] = maker(*args)
            return made
    def __getstate__(self) -> Tuple[Any, ...]:
        # what it is made of, in the order of the constructor's arguments
        base_alias = self.base_alias if self.base_alias is not self else None
        what = (self.entity, self.mapper, self.selectable, self.name)
        polymorphic = (self.with_polymorphic_mappers, self.polymorphic_on, base_alias, self.use_mapper_path)
        return what + polymorphic + (self.adapt_on_names, self.represents_outer_join)

    def __setstate__(self, state: Tuple[Any, ...]) -> None:
        # the alias was given with the class: nothing is made of the class's own source
        AliasedInsp.__init__(self, *(state + (True,)))

    def __str__(self) -> str:
        if self.with_polymorphic_mappers and self.sub_aliases:
            return "with_polymorphic(%s, [%s])" % (
                self.target_class.__name__,
                ", ".join(sub.class_.__name__ for sub in self.with_polymorphic_mappers if sub is not self.mapper),
            )
        return "aliased(%s)" % self.target_class.__name__

    def __repr__(self) -> str:
        return "<AliasedInsp at 0x%x; %s>" % (id(self), self.class_.__name__)


@inspects(AliasedClass)
def _inspect_aliased(target: AliasedClass) -> AliasedInsp:
    found: AliasedInsp = target.__dict__["_aliased_insp"]
    if found._entity_ref() is not target:
        found._entity_ref = weakref.ref(target)
    return found


@inspects(AliasedInsp)
def _inspect_insp(target: AliasedInsp) -> AliasedInsp:
    return target


if typing.TYPE_CHECKING:

    @overload
    def aliased(
        element: Type[_O],
        alias: Any = None,
        name: Optional[str] = None,
        flat: bool = False,
        adapt_on_names: bool = False,
    ) -> Type[_O]: ...

    @overload
    def aliased(
        element: Any,
        alias: Any = None,
        name: Optional[str] = None,
        flat: bool = False,
        adapt_on_names: bool = False,
    ) -> Any: ...


def aliased(
    element: Any,
    alias: Any = None,
    name: Optional[str] = None,
    flat: bool = False,
    adapt_on_names: bool = False,
) -> Any:
    """Return an alias of a mapped class, or of a FROM element.

    :param element: the mapped class or its alias; a table or subquery is aliased as such.
    :param alias: the FROM element to read the class from; by default an alias of its table.
    :param name: name of the alias in SQL.
    :param flat: where the class is mapped to a join, alias each table rather than make a subquery.
    :param adapt_on_names: match the columns of ``alias`` by name where they can't be matched otherwise.
    """
    if isinstance(element, FromClause):
        if adapt_on_names:
            raise sa_exc.ArgumentError("adapt_on_names applies to mapped classes only")
        return element.anonymous_fromclause(name, flat)
    if isinstance(element, SelectBase):
        raise sa_exc.ArgumentError("A SELECT is no FROM element; aliased() takes subquery() of it")
    if alias is not None:
        alias = coercions.expect(roles.AnonymizedFromClauseRole, alias, name=name) if name else (
            coercions.expect(roles.FromClauseRole, alias)
        )
    return AliasedClass(element, alias=alias, flat=flat, name=name, adapt_on_names=adapt_on_names)


def with_polymorphic(
    base: Any,
    classes: Union[str, Iterable[Any]],
    selectable: Any = False,
    flat: bool = False,
    polymorphic_on: Any = None,
    aliased: bool = False,
    innerjoin: bool = False,
    adapt_on_names: bool = False,
    name: Optional[str] = None,
) -> Any:
    """Return an alias of ``base`` that also reads the columns of subclasses.

    :param classes: the subclasses, or ``"*"`` for all.
    :param selectable: the FROM element that holds all columns.
    :param flat: alias each table of the join (implies an alias).
    :param polymorphic_on: the discriminator column, where the element needs another one.
    :param aliased: wrap the join into a subquery.
    :param innerjoin: join the subclass tables by INNER JOIN.
    :param name: what the entity is called in rows.
    """
    inspected = inspect(base)
    if getattr(inspected, "is_aliased_class", False):
        raise sa_exc.ArgumentError(
            "with_polymorphic() takes a mapped class; %s is an alias already" % inspected
        )
    mapper = inspected.mapper
    if isinstance(classes, type):
        classes = [classes]
    if selectable is not None and selectable is not False and flat:
        raise sa_exc.ArgumentError("with_polymorphic() takes either a selectable or flat=True, not both")
    if selectable is not None and selectable is not False:
        selectable = coercions.expect(roles.FromClauseRole, selectable)
    mappers, selectable = mapper.polymorphic_args(classes, selectable, innerjoin)
    if aliased or flat:
        selectable = selectable.anonymous_fromclause(None, flat)
    return AliasedClass(
        base,
        selectable,
        name=name,
        with_polymorphic_mappers=mappers,
        adapt_on_names=adapt_on_names,
        with_polymorphic_discriminator=polymorphic_on,
        represents_outer_join=not innerjoin,
    )


def polymorphic_alias(mappers: Sequence[Any]) -> AliasedClass:
    """Return an alias of the base of a hierarchy that also reads the columns of some of its classes.

    Loaders use it for ``of_type()`` with classes: rows of other classes are loaded as well.
    """
    base = mappers[0].base_mapper
    found, selectable = base.polymorphic_args(mappers)
    return AliasedClass(
        base.class_,
        selectable.anonymous_fromclause(flat=len(mappers) > 1),
        with_polymorphic_mappers=found,
        use_mapper_path=True,
        represents_outer_join=True,
    )
