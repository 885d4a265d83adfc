"""Dictionaries of related objects, keyed by a function, an attribute or columns of the member.

How a dictionary reports its changes is in ``instrument``.
"""

from __future__ import annotations

import operator
import typing
from typing import Any
from typing import Dict
from typing import TypeVar

from sqltoolkit_core import exc as core_exc
from sqltoolkit_core.sql import coercions
from sqltoolkit_core.sql import roles
from sqltoolkit_core.util import warn

from .. import base
from .instrument import collection
from .instrument import instrument_class

if typing.TYPE_CHECKING:
    from typing import Callable
    from typing import Type

__all__ = [
    "KeyFuncDict",
    "MappedCollection",
    "attribute_keyed_dict",
    "attribute_mapped_collection",
    "column_keyed_dict",
    "column_mapped_collection",
    "keyfunc_mapping",
    "mapped_collection",
]

_UNMAPPED = object()
_KT = TypeVar("_KT")
_VT = TypeVar("_VT")


class KeyFuncDict(Dict[_KT, _VT]):
    """A dictionary whose keys a function takes from its members.

    :param keyfunc: a function of a member.
    :param dict_args: arguments of ``dict()``.
    :param ignore_unpopulated_attribute: leave out members whose key attribute has no value, instead of an error.
    """

    def __init__(self, keyfunc: Any, *dict_args: Any, ignore_unpopulated_attribute: bool = False) -> None:
        self.keyfunc = keyfunc
        self.ignore_unpopulated_attribute = ignore_unpopulated_attribute
        super().__init__(*dict_args)

    @classmethod
    def _unreduce(cls, keyfunc: Any, values: Any, adapter: Any = None) -> KeyFuncDict[Any, Any]:
        made = cls(keyfunc)
        dict.update(made, values)
        return made

    def __reduce__(self) -> Any:
        return (KeyFuncDict._unreduce, (self.keyfunc, dict(self)), {"_sa_adapter": getattr(self, "_sa_adapter", None)})

    def _key_of(self, value: Any, allow_none_key: bool = False) -> Any:
        key = self.keyfunc(value)
        if key is base.NO_VALUE:
            if self.ignore_unpopulated_attribute:
                return _UNMAPPED
            if allow_none_key:
                return None
            raise core_exc.InvalidRequestError(
                "The key of dictionary collection member %s cannot be told: its key attribute has no value yet. "
                "Assign the attribute first, or set ignore_unpopulated_attribute=True to leave such members out."
                % (value,)
            )
        if key is None and getattr(self.keyfunc, "reads_attributes", False):
            if self.ignore_unpopulated_attribute:
                return _UNMAPPED
            warn(
                "The key attribute of dictionary collection member %s is None, which will be an error in a later "
                "version. Set ignore_unpopulated_attribute=True to leave such members out." % (value,)
            )
        return key

    @collection.appender
    @collection.internally_instrumented
    def set(self, value: Any, _sa_initiator: Any = None) -> None:
        """Add a member under the key its key function gives."""
        key = self._key_of(value)
        if key is not _UNMAPPED:
            self.__setitem__(key, value, _sa_initiator)  # type: ignore[call-arg]

    @collection.remover
    @collection.internally_instrumented
    def remove(self, value: Any, _sa_initiator: Any = None) -> None:
        """Remove a member, found by its key.

        :raises KeyError: if there is no member of its key.
        :raises InvalidRequestError: if another member has its key, since then the key changed meanwhile.
        """
        key = self._key_of(value)
        if key is _UNMAPPED:
            return
        if key in self and self[key] != value:
            raise core_exc.InvalidRequestError(
                "Cannot remove %r: the dictionary holds %r under its key %r. The key of a member may have changed "
                "since it was added; the dictionary is not re-keyed by itself." % (value, self.get(key), key)
            )
        self.__delitem__(key, _sa_initiator)  # type: ignore[call-arg]


instrument_class(KeyFuncDict)
#: the older name of KeyFuncDict
MappedCollection = KeyFuncDict


def _dict_class(keyfunc: Any, ignore: bool) -> Type[KeyFuncDict[Any, Any]]:
    """Return a class of dictionaries of one key function."""

    class KeyedDict(KeyFuncDict[_KT, _VT]):
        def __init__(self, *dict_args: Any) -> None:
            super().__init__(keyfunc, *dict_args, ignore_unpopulated_attribute=ignore)

    return KeyedDict


class _AttributeKey:
    """Takes the key from one attribute of the member."""

    reads_attributes = True

    def __init__(self, name: str) -> None:
        self.name = name
        self.get = operator.attrgetter(name)

    def __call__(self, member: Any) -> Any:
        dict_ = getattr(member, "__dict__", None)
        if dict_ is not None and self.name in dict_:
            return dict_[self.name]
        state = None if dict_ is None else dict_.get(base.STATE_ATTR)
        if state is not None and self.name in state.manager:
            impl = state.manager[self.name].impl
            return impl.get(state, dict_, base.PASSIVE_OFF ^ base.PassiveFlag.INIT_OK)
        return self.get(member)

    def __reduce__(self) -> Any:
        return _AttributeKey, (self.name,)


class _ColumnKey:
    """Takes the key from the attributes of the member that hold the given columns."""

    reads_attributes = True

    def __init__(self, columns: Any) -> None:
        self.columns = columns
        self._resolved: Dict[Any, Any] = {}

    def __call__(self, member: Any) -> Any:
        state = base.instance_state(member)
        dict_ = base.instance_dict(member)
        keys = self._resolved.get(state.mapper)
        if keys is None:
            keys = self._resolved[state.mapper] = [self._attribute_of(state.mapper, c) for c in self.columns]
        passive = base.PASSIVE_OFF ^ base.PassiveFlag.INIT_OK
        found = [state.manager[key].impl.get(state, dict_, passive) for key in keys]
        if len(found) == 1:
            return found[0]
        return base.NO_VALUE if any(value is base.NO_VALUE for value in found) else tuple(found)

    @staticmethod
    def _attribute_of(mapper: Any, column: Any) -> str:
        found = mapper.get_property_by_column_or_none(column)
        if found is None:
            local = mapper.local_table.c.get(column.key)
            found = mapper.get_property_by_column(column if local is None else local)
        key: str = found.key
        return key

    def __reduce__(self) -> Any:
        return _ColumnKey, (self.columns,)


def keyfunc_mapping(
    keyfunc: Callable[[Any], Any], *, ignore_unpopulated_attribute: bool = False
) -> Type[KeyFuncDict[Any, Any]]:
    """Return a class of dictionaries keyed by ``keyfunc(member)``, for ``collection_class``.

    :param keyfunc: a function of a member.
    :param ignore_unpopulated_attribute: leave out members whose key is not known, instead of an error.
    """
    return _dict_class(keyfunc, ignore_unpopulated_attribute)


def attribute_keyed_dict(
    attr_name: str, *, ignore_unpopulated_attribute: bool = False
) -> Type[KeyFuncDict[Any, Any]]:
    """Return a class of dictionaries keyed by an attribute of the member, for ``collection_class``.

    :param attr_name: the attribute.
    :param ignore_unpopulated_attribute: leave out members whose key is not known, instead of an error.
    """
    return _dict_class(_AttributeKey(attr_name), ignore_unpopulated_attribute)


def column_keyed_dict(
    mapping_spec: Any, *, ignore_unpopulated_attribute: bool = False
) -> Type[KeyFuncDict[Any, Any]]:
    """Return a class of dictionaries keyed by columns of the member, for ``collection_class``.

    :param mapping_spec: a column, or several for tuples as keys.
    :param ignore_unpopulated_attribute: leave out members whose key is not known, instead of an error.
    """
    given = mapping_spec if isinstance(mapping_spec, (list, tuple, set)) else [mapping_spec]
    columns = [coercions.expect(roles.ColumnArgumentRole, c, argname="mapping_spec") for c in given]
    return _dict_class(_ColumnKey(columns), ignore_unpopulated_attribute)


mapped_collection = keyfunc_mapping
attribute_mapped_collection = attribute_keyed_dict
column_mapped_collection = column_keyed_dict
