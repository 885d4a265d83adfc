"""Class names to classes, for relationships that name their target in a string, and the evaluation of such strings."""

from __future__ import annotations

import re
import typing
import weakref
from typing import Any
from typing import Dict

from sqltoolkit_core import exc as core_exc
from sqltoolkit_core import inspection
from sqltoolkit_core import types
from sqltoolkit_core.sql import expression
from sqltoolkit_core.sql.schema import MetaData
from sqltoolkit_core.util import warn
from sqltoolkit_core.util import warn_deprecated

if typing.TYPE_CHECKING:
    from typing import List
    from typing import Optional

__all__ = [
    "add_class",
    "class_for_name",
    "find_by_key",
    "is_name",
    "metadata_of",
    "provide_names",
    "remove_class",
    "resolver",
]


class _Candidates:
    """The classes of one name, held weakly."""

    __slots__ = ("refs",)

    def __init__(self) -> None:
        self.refs: List[Any] = []

    def add(self, cls: Any) -> None:
        self.refs = [ref for ref in self.refs if ref() is not None and ref() is not cls]
        self.refs.append(weakref.ref(cls))

    def living(self) -> List[Any]:
        return [cls for cls in (ref() for ref in self.refs) if cls is not None]


def add_class(classname: str, cls: Any, registry: Any) -> None:
    """Enter a class under its name, to be found by relationships."""
    present = registry.get(classname)
    if isinstance(present, _Candidates):
        same = [other for other in present.living() if other is not cls and other.__module__ == cls.__module__]
        if same:
            warn(
                "A class named %s.%s is registered with this declarative base already; names in strings "
                "will mean the new one from now on" % (cls.__module__, classname)
            )
            present.refs = [ref for ref in present.refs if ref() not in same]
        present.add(cls)
        return
    entry = registry[classname] = _Candidates()
    if present is not None and isinstance(present, type):
        entry.add(present)
    entry.add(cls)


def remove_class(classname: str, cls: Any, registry: Any) -> None:
    """Remove a class from the names."""
    present = registry.get(classname)
    if isinstance(present, _Candidates):
        present.refs = [ref for ref in present.refs if ref() is not None and ref() is not cls]
        if not present.refs:
            del registry[classname]


def _classes(entry: Any) -> List[Any]:
    if isinstance(entry, _Candidates):
        return entry.living()
    return [] if entry is None else [entry]


def class_for_name(name: str, registry: Any, message: str = "") -> Any:
    """Return the class with this name or dotted path.

    :raises InvalidRequestError: if there is none, or more than one.
    """
    path, _, simple = name.rpartition(".")
    found = _classes(registry.get(simple))
    if path:
        found = [cls for cls in found if ("." + cls.__module__).endswith("." + path)]
    if len(found) > 1:
        raise core_exc.InvalidRequestError(
            'The name "%s" means several classes of this declarative base; give it with its module: %s'
            % (name, ", ".join(sorted("%s.%s" % (c.__module__, c.__name__) for c in found)))
        )
    if not found:
        raise KeyError(name)
    return found[0]


class _Namespace(Dict[str, Any]):
    """The names that an evaluated string may use: mapped classes, tables, modules of classes, SQL functions."""

    def __init__(self, resolver: _Resolver) -> None:
        super().__init__()
        self.resolver = resolver

    def __missing__(self, key: str) -> Any:
        found = self.resolver.lookup(key)
        self[key] = found
        return found


class _PathStep:
    """A partial module path on the way to a class."""

    def __init__(self, path: str, resolver: _Resolver) -> None:
        self._path = path
        self._resolver = resolver

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        found = self._resolver.at_path("%s.%s" % (self._path, name))
        if found is None:
            raise core_exc.InvalidRequestError(
                "Module or class %r under %r is not known to this declarative base" % (name, self._path)
            )
        return found


class _ClassView:
    """A mapped class within an evaluated string: attribute access gives columns, not attributes."""

    def __init__(self, cls: Any) -> None:
        self._cls = cls

    def __getattr__(self, key: str) -> Any:
        mapper = inspection.inspect(self._cls, False)
        if mapper is None:
            return getattr(self._cls, key)
        if mapper.has_property(key):
            prop = mapper.get_property_unconfigured(key)
            if getattr(prop, "kind", None) == "synonym":
                key = prop.name
            elif getattr(prop, "kind", None) != "column":
                raise core_exc.InvalidRequestError(
                    "The property %r is not mapped to a column, and only columns can be named here"
                    % key
                )
            return getattr(self._cls, key)
        descriptor = mapper.all_orm_descriptors.get(key)
        if descriptor is not None:
            return getattr(self._cls, key)
        found = getattr(self._cls, key, None)
        if found is not None and not key.startswith("__"):
            return found
        raise AttributeError("Class %s has no mapped attribute %r" % (self._cls.__name__, key))


class _TableNames:
    """The tables of a schema, as attributes."""

    def __init__(self, metadata: Any, schema: str) -> None:
        self._metadata = metadata
        self._schema = schema

    def __getattr__(self, name: str) -> Any:
        try:
            return self._metadata.tables["%s.%s" % (self._schema, name)]
        except KeyError:
            raise AttributeError(name) from None


def metadata_of(cls: Any, registry: Any) -> MetaData:
    """Return the collection of tables that a class belongs to: its own or its base's, else that of the registry."""
    for base in cls.__mro__:
        found = base.__dict__.get("metadata")
        # a mapped attribute may be called so
        if isinstance(found, MetaData):
            return found
    chosen: MetaData = registry.metadata
    return chosen


class _Resolver:
    """Evaluates one string that a relationship was given.

    :param cls: the class whose relationship it is.
    :param prop: the relationship.
    :param arg: the string.
    :param favor_tables: look among tables first.
    """

    def __init__(self, cls: Any, prop: Any, arg: str, favor_tables: bool = False) -> None:
        self.cls = cls
        self.prop = prop
        self.arg = arg
        self.favor_tables = favor_tables
        registry = cls.__dict__["_sa_class_manager"].registry
        self.classes = registry.class_registry
        self.metadata = metadata_of(cls, registry)

    def lookup(self, key: str) -> Any:
        """Return what a name stands for; raise NameError for an unknown one."""
        if self.favor_tables:
            found = self._table(key)
            if found is None:
                found = self._class(key)
        else:
            found = self._class(key)
            if found is None:
                found = self._table(key)
        if found is None:
            found = self.at_path(key)
        if found is None:
            found = _fallback().get(key)
        if found is None:
            raise NameError(key)
        return found

    def _class(self, key: str) -> Any:
        try:
            return _ClassView(class_for_name(key, self.classes))
        except KeyError:
            return None

    def _table(self, key: str) -> Any:
        schema = self.metadata.schema
        if key in self.metadata.tables:
            if schema and "." not in key:
                warn_deprecated(
                    "The name %r, which a relationship of %s has in a string, means the table without a schema for "
                    "now, and will mean %r, since the MetaData has the default schema %r; give the Table itself"
                    % (key, self.cls.__name__, "%s.%s" % (schema, key), schema),
                    "2.1",
                )
            return self.metadata.tables[key]
        if schema and "%s.%s" % (schema, key) in self.metadata.tables:
            return self.metadata.tables["%s.%s" % (schema, key)]
        if key in self.metadata.schema_names:
            return _TableNames(self.metadata, key)
        return None

    def at_path(self, path: str) -> Any:
        """Return the class at a (partial) dotted path, or a step towards one, or None."""
        package, _, simple = path.rpartition(".")
        if package:
            try:
                return _ClassView(class_for_name(path, self.classes))
            except KeyError:
                pass
        dotted = "." + path + "."
        for entry in list(self.classes.values()):
            for cls in _classes(entry):
                if dotted in "." + getattr(cls, "__module__", "") + ".":
                    return _PathStep(path, self)
        return None

    def name_error(self, err: Exception) -> Exception:
        """Return the error for a string that cannot be evaluated."""
        return core_exc.InvalidRequestError(
            "Mapper %s has the expression %r, in which a name is not known (%s). If it is a class that "
            "is defined later, configure the mappers after it, or add the relationship to %r when both "
            "exist."
            % (self.prop.parent, self.arg, err, self.cls)
        )

    def __call__(self) -> Any:
        """Return the value of the string as an expression."""
        try:
            # a plain dictionary for globals keeps builtins away from the string
            found = eval(self.arg, {"__builtins__": {}}, _Namespace(self))
        except NameError as err:
            raise self.name_error(err) from err
        return found._cls if isinstance(found, _ClassView) else found

    def table(self) -> Any:
        """Return the table, or the class, that a plain, possibly dotted name stands for as a whole."""
        found = self._table(self.arg)
        if found is None or isinstance(found, _TableNames):
            found = self._class(self.arg)
        if found is None:
            raise self.name_error(NameError(self.arg))
        return found._cls if isinstance(found, _ClassView) else found

    def name(self) -> Any:
        """Return what a plain, possibly dotted name stands for."""
        parts = self.arg.split(".")
        try:
            found = self.lookup(parts[0])
            for part in parts[1:]:
                found = getattr(found, part)
        except (NameError, KeyError) as err:
            raise self.name_error(err) from err
        if isinstance(found, _ClassView):
            found = found._cls
        return found


_names: Dict[str, Any] = {}
_provided: Dict[str, Any] = {}


def _fallback() -> Dict[str, Any]:
    """Return the names of the SQL language and its types that strings may use."""
    if not _names:
        for module in (types, expression):
            _names.update({name: getattr(module, name) for name in module.__all__})
        _names.update(_provided)
    return _names


def provide_names(**names: Any) -> None:
    """Let strings use more names; upper modules offer theirs."""
    _provided.update(names)
    _names.clear()


class resolver:
    """Returns functions that evaluate the strings given to a relationship.

    :param cls: the class whose relationship it is.
    :param prop: the relationship.
    """

    def __init__(self, cls: Any, prop: Any) -> None:
        self.cls = cls
        self.prop = prop

    def resolve_arg(self, arg: str, favor_tables: bool = False) -> Any:
        """Return a function that evaluates ``arg`` as an expression."""
        return _Resolver(self.cls, self.prop, arg, favor_tables)

    def resolve_name(self, arg: str) -> Any:
        """Return a function that finds what the name ``arg`` stands for."""
        return _Resolver(self.cls, self.prop, arg).name

    def resolve_table(self, arg: str) -> Any:
        """Return a function that finds the table that the name ``arg`` stands for."""
        return _Resolver(self.cls, self.prop, arg, favor_tables=True).table


def is_name(arg: str) -> bool:
    """Return whether a string is a plain, possibly dotted name."""
    return re.match(r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$", arg) is not None


def find_by_key(key: str, registry: Any) -> Optional[Any]:
    """Return the class registered under a name, or None."""
    found = _classes(registry.get(key))
    return found[0] if found else None
