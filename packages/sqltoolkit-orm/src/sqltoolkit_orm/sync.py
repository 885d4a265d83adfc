"""Copying key values along relationships: from the row that has the key to the row that refers to it.

Which objects are related is decided in ``dependency``.
"""

from __future__ import annotations

import typing

from .base import NO_VALUE
from .base import PASSIVE_NO_RESULT
from .base import PASSIVE_OFF
from .base import state_str
from .exc import UnmappedColumnError

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import Optional
    from typing import Sequence
    from typing import Tuple

__all__ = [
    "attribute_key",
    "clear",
    "copy_keys",
    "key_pairs",
    "populate",
    "populate_dict",
    "source_modified",
    "update_keys",
]


def attribute_key(mapper: Any, column: Any) -> str:
    """Return the key of the attribute that holds a column.

    :raises sqltoolkit_orm.exc.UnmappedColumnError: no attribute of the class does.
    """
    prop = mapper.column_to_property.get(column) or _of_same_name(mapper, column)
    if prop is None:
        try:
            prop = mapper.get_property_by_column(column)
        except UnmappedColumnError:
            raise
        except Exception as err:
            raise UnmappedColumnError(
                "A flush would copy a key by way of column '%s', for which mapper %s has no attribute; map the "
                "column, or "
                "make the relationship viewonly" % (column, mapper)
            ) from err
    key: str = prop.key
    return key


def _of_same_name(mapper: Any, column: Any) -> Any:
    """Return the column attribute of a concrete class that has the name of its parent's for a column."""
    if not mapper.concrete:
        return None
    for base in mapper.iterate_to_root():
        inherited = base.column_to_property.get(column)
        prop = None if inherited is None else mapper.props.get(inherited.key)
        if prop is not None and prop.kind == "column":
            return prop
    return None


def key_pairs(source: Any, dest: Any, pairs: Sequence[Any]) -> Tuple[Tuple[str, str, Any], ...]:
    """Return (source key, destination key, destination column) for pairs of columns; kept with the mapper."""
    memo = source.memo
    place = ("sync", dest, tuple(pairs))
    found: Optional[Tuple[Tuple[str, str, Any], ...]] = memo.get(place)
    if found is None:
        found = memo[place] = tuple(
            (attribute_key(source, left), attribute_key(dest, right), right) for left, right in pairs
        )
    return found


def _value(state: Any, dict_: Dict[str, Any], key: str) -> Any:
    if key in dict_:
        return dict_[key]
    value = state.manager[key].impl.get(state, dict_, PASSIVE_OFF)
    return None if value is NO_VALUE or value is PASSIVE_NO_RESULT else value


def populate(source: Any, source_mapper: Any, dest: Any, dest_mapper: Any, pairs: Sequence[Any]) -> None:
    """Copy the key values of ``source`` into the referring columns of ``dest``."""
    source_obj, dest_obj = source(), dest()
    if source_obj is None or dest_obj is None:
        return
    copy_keys(source, source_obj.__dict__, dest, dest_obj.__dict__, key_pairs(source_mapper, dest_mapper, pairs))


def copy_keys(
    source: Any, source_dict: Dict[str, Any], dest: Any, dest_dict: Dict[str, Any], keys: Sequence[Any]
) -> None:
    """Copy values by the (source key, destination key, column) that :func:`key_pairs` gave."""
    pending = dest.pk is None
    for left, right, _column in keys:
        value = source_dict[left] if left in source_dict else _value(source, source_dict, left)
        if right in dest_dict and dest_dict[right] == value and dest_dict[right] is not None:
            continue
        if not pending:
            dest.record_change(dest_dict, right, dest_dict.get(right, NO_VALUE))
        dest_dict[right] = value


def clear(dest: Any, dest_mapper: Any, source_mapper: Any, pairs: Sequence[Any]) -> None:
    """Set the referring columns of ``dest`` to NULL.

    :raises AssertionError: one of them is part of its primary key.
    """
    dest_obj = dest()
    if dest_obj is None:
        return
    dest_dict = dest_obj.__dict__
    primary = dest_mapper.primary_key
    for _left, right, column in key_pairs(source_mapper, dest_mapper, pairs):
        if any(column is each for each in primary) and _value(dest, dest_dict, right) is not None:
            raise AssertionError(
                "The object that column '%s' took its key from is gone, and NULL cannot stand in '%s': it "
                "belongs to the "
                "primary key of %s. Delete that object, too, or give the relationship a delete-orphan cascade"
                % (_left, column, state_str(dest))
            )
        if dest.pk is not None:
            if right in dest_dict and dest_dict[right] is None:
                continue
            dest.record_change(dest_dict, right, dest_dict.get(right, NO_VALUE))
        dest_dict[right] = None


def populate_dict(
    source: Any, source_mapper: Any, dest_dict: Dict[str, Any], pairs: Sequence[Any], old: bool = False
) -> None:
    """Copy key values of ``source`` into a row dictionary, by column key.

    :param old: the values before pending changes.
    """
    obj = source()
    source_dict = obj.__dict__ if obj is not None else {}
    for left, right in pairs:
        key = attribute_key(source_mapper, left)
        committed = source.committed
        if old and committed is not None and key in committed and committed[key] is not NO_VALUE:
            value = committed[key]
        else:
            value = _value(source, source_dict, key)
        dest_dict[right.key] = value


def source_modified(uow: Any, source: Any, source_mapper: Any, pairs: Sequence[Any]) -> bool:
    """Tell whether key values that others refer to were changed."""
    committed = source.committed
    if committed is None or source.pk is None:
        return False
    for left, _right in pairs:
        key = attribute_key(source_mapper, left)
        if key in committed:
            old = committed[key]
            obj = source()
            if old is not NO_VALUE and obj is not None and obj.__dict__.get(key) != old:
                return True
    return False


def update_keys(source: Any, source_mapper: Any, dest: Any, dest_mapper: Any, pairs: Sequence[Any]) -> None:
    """Copy changed keys of ``source`` into ``dest``."""
    populate(source, source_mapper, dest, dest_mapper, pairs)
