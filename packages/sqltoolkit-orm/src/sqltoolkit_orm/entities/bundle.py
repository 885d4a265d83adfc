"""``Bundle``: several columns of a SELECT under one name in the rows.

How bundle values are read from rows is in ``loading.instances``.
"""

from __future__ import annotations

import typing

from sqltoolkit_core import exc as sa_exc
from sqltoolkit_core.engine.result import row_factory
from sqltoolkit_core.inspection import self_inspecting
from sqltoolkit_core.sql import coercions
from sqltoolkit_core.sql import roles
from sqltoolkit_core.sql.cache_key import HasCacheKey
from sqltoolkit_core.sql.cache_key import KeyKind
from sqltoolkit_core.sql.collections import WriteableColumnCollection
from sqltoolkit_core.sql.elements import ClauseList
from sqltoolkit_core.sql.lowering import EntityMark
from sqltoolkit_core.sql.visitors import Visitable

from ..descriptor_props import CompositeProperty
from ..interfaces import InspectionAttr

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Callable
    from typing import List
    from typing import Sequence

__all__ = ["Bundle", "DictBundle"]


@self_inspecting
class Bundle(Visitable, HasCacheKey, InspectionAttr):
    """A group of SQL expressions that rows return as one element.

    :param name: what the element is called in a row.
    :param exprs: columns, attributes or other bundles.
    :param single_entity: rows of this bundle alone are the bundle's values, without the outer row.
    """

    __visit_name__ = "bundle"
    inherit_cache = True
    cache_key_fields = (
        ("name", KeyKind.PLAIN),
        ("single_entity", KeyKind.PLAIN),
        ("elements", KeyKind.CLAUSES),
    )

    single_entity = False
    is_clause_element = False
    is_mapper = False
    is_aliased_class = False
    is_bundle = True
    proxy_set: Any = frozenset()

    def __init_subclass__(cls, **kw: Any) -> None:
        super().__init_subclass__(**kw)
        if "inherit_cache" not in cls.__dict__ and "cache_key_fields" not in cls.__dict__:
            # another row processor goes with the class, what a constructor keeps does not
            cls.inherit_cache = "__init__" not in cls.__dict__

    def __init__(self, name: str, *exprs: Any, **kw: Any) -> None:
        self.name = self._label = name
        self.exprs = [
            expr if getattr(expr, "is_bundle", False) else _keep(expr) for expr in exprs
        ]
        columns: Any = WriteableColumnCollection()
        for expr in self.exprs:
            columns.add(expr, getattr(expr, "key", None) or getattr(expr, "name", None))
        self.c = self.columns = columns.as_readonly()
        self.single_entity = kw.pop("single_entity", self.single_entity)

    @property
    def elements(self) -> Any:
        """The SQL elements of the expressions, those of bundles inside among them."""
        found: List[Any] = []
        for expr in self.exprs:
            if getattr(expr, "is_bundle", False):
                found.extend(expr.elements)
            else:
                found.append(_element(expr))
        return tuple(found)

    @property
    def mapper(self) -> Any:
        """The mapper of the first expression."""
        return _element(self.exprs[0]).annotations.get("parentmapper")

    @property
    def entity(self) -> Any:
        """The entity of the first expression."""
        return _element(self.exprs[0]).annotations.get("parententity")

    @property
    def entity_namespace(self) -> Any:
        """Where ``filter_by()`` looks names up: the columns of the bundle."""
        return self.c

    @property
    def clauses(self) -> Any:
        """The expressions as SQL elements."""
        return self.__clause_element__().clauses

    def label(self, name: str) -> Any:
        """Return a copy with another name."""
        new = object.__new__(type(self))
        new.__dict__.update({key: value for key, value in self.__dict__.items() if key != "_clause"})
        new.name = new._label = name
        return new

    def __clause_element__(self) -> Any:
        found = self.__dict__.get("_clause")
        if found is None:
            values = {"bundle": self, "entity_namespace": self}
            parent = self.entity
            if parent is not None:
                values["parententity"] = parent
                values["parentmapper"] = parent.mapper
            element = ClauseList(*self.elements, group=False).annotate(values)
            found = element.with_entity_mark(EntityMark("orm", parent if parent is not None else self))
            self.__dict__["_clause"] = found
        return found

    def create_row_processor(
        self, query: Any, procs: Sequence[Callable[[Any], Any]], labels: Sequence[str]
    ) -> Callable[[Any], Any]:
        """Return the function from a row to the value of this bundle; subclasses may override it.

        :param procs: a function for each expression that takes its value out of the row.
        :param labels: the names of the expressions.
        """
        make = row_factory(labels)

        def proc(row: Any) -> Any:
            return make([read(row) for read in procs])

        return proc

    def row_maker(self, labels: Sequence[str]) -> Callable[[Any], Any]:
        """Return the function from a tuple of values to the value of this bundle."""
        if type(self).create_row_processor is Bundle.create_row_processor:
            return row_factory(labels)
        readers = [_reader(position) for position in range(len(labels))]
        return self.create_row_processor(None, readers, labels)


class DictBundle(Bundle):
    """A :class:`Bundle` whose values are dictionaries.

    :raises sqltoolkit_core.exc.ArgumentError: two of the expressions have one name.
    """

    inherit_cache = True

    def __init__(self, name: str, *exprs: Any, **kw: Any) -> None:
        super().__init__(name, *exprs, **kw)
        if len(self.c) < len(self.exprs) or len(set(self.c.keys())) < len(self.exprs):
            raise sa_exc.ArgumentError(
                "Two expressions of DictBundle %r have one name, and a dictionary has room for one of them; label them"
                % name
            )

    def create_row_processor(
        self, query: Any, procs: Sequence[Callable[[Any], Any]], labels: Sequence[str]
    ) -> Callable[[Any], Any]:
        """Return the function from a row to a dictionary."""
        pairs = list(zip(labels, procs))

        def proc(row: Any) -> Any:
            return {label: read(row) for label, read in pairs}

        return proc


def _reader(position: int) -> Callable[[Any], Any]:
    def read(row: Any) -> Any:
        return row[position]

    return read


def _keep(expr: Any) -> Any:
    if hasattr(expr, "__clause_element__"):
        return expr
    return coercions.expect(roles.ColumnsClauseRole, expr)


def _element(expr: Any) -> Any:
    return expr.__clause_element__() if hasattr(expr, "__clause_element__") else expr


def _composite_bundle(prop: Any, clauses: Any) -> Any:
    """Return the element of a composite attribute in a SELECT: a bundle that makes the composite's objects."""

    class CompositeBundle(Bundle):
        """The columns of a composite attribute, read as one object."""

        inherit_cache = True

        def create_row_processor(
            self, query: Any, procs: Sequence[Callable[[Any], Any]], labels: Sequence[str]
        ) -> Callable[[Any], Any]:
            make = prop.make_value

            def proc(row: Any) -> Any:
                return make([read(row) for read in procs])

            return proc

    return CompositeBundle(prop.key, *clauses.clauses).__clause_element__()


CompositeProperty.bundle_factory = staticmethod(_composite_bundle)
