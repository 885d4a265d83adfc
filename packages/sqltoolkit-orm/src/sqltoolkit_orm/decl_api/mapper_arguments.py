"""The arguments of the mapper that a class body makes: ``__mapper_args__``, and what follows from the class.

Reading the body is in ``scan``.
"""

from __future__ import annotations

import typing
from typing import Any

from sqltoolkit_core import exc as core_exc
from sqltoolkit_core.sql.schema import Column
from sqltoolkit_core.util import warn_deprecated

from ..base import class_mapper_or_none
from ..properties import ColumnProperty
from ..properties import MappedColumn
from .declared import declared_attr

if typing.TYPE_CHECKING:
    from typing import Dict
    from typing import Set

__all__ = ["mapper_arguments"]


def mapper_arguments(scan: Any, extra: Dict[str, Any]) -> Dict[str, Any]:
    """Return the arguments of the mapper of a class: those of its body, completed by what was found in it.

    :param scan: the :class:`.ClassScan` of the class.
    :param extra: more arguments, which come before those of the body.
    """
    given: Dict[str, Any] = scan.mapper_args_fn() if scan.mapper_args_fn is not None else {}
    given.update(extra)
    for name in ("version_id_col", "polymorphic_on"):
        if name in given:
            given[name] = _as_column(scan, given[name])
    if "primary_key" in given:
        key = given["primary_key"]
        items = key if isinstance(key, (list, tuple)) else [key]
        given["primary_key"] = [_key_column(scan, item) for item in items]
    for name in ("include_properties", "exclude_properties"):
        if given.get(name):
            given[name] = [item.column if isinstance(item, MappedColumn) else item for item in given[name]]
    _leave_out_declared(scan, given)
    if "inherits" not in given:
        if scan.inherits is not None:
            given["inherits"] = scan.inherits
    else:
        found = given["inherits"]
        scan.inherits = found if isinstance(found, type) else getattr(found, "class_", found)
    if given.get("properties"):
        scan.properties.update(given.pop("properties"))
    else:
        given.pop("properties", None)
    if scan.inherits is not None and not given.get("concrete"):
        _exclude_siblings(scan, given)
        _join_inherited(scan)
    if scan.unmapped:
        given["exclude_properties"] = list(given.get("exclude_properties") or ()) + scan.unmapped
    return given


def _leave_out_declared(scan: Any, given: Dict[str, Any]) -> None:
    """Take the columns that the mapper arguments leave out from the attributes, with a warning."""
    included, excluded = given.get("include_properties"), given.get("exclude_properties") or ()
    if not included and not excluded:
        return
    for key, prop in list(scan.properties.items()):
        column = prop.columns[0] if isinstance(prop, ColumnProperty) else prop
        if key not in scan.found or not isinstance(column, Column):
            continue
        if (column.key in excluded or any(column is each for each in excluded)) or included and (
            column.key not in included and not any(column is each for each in included)
        ):
            warn_deprecated(
                "Attribute '%s' of class %r is declared, and left out by include_properties or "
                "exclude_properties of the mapper, which are for columns that are in the table only; declare it "
                "Unmapped[...], with unmapped_column()" % (key, scan.cls),
                "2.1",
            )
            if prop is column:
                del scan.properties[key]


def _as_column(scan: Any, value: Any) -> Any:
    if isinstance(value, declared_attr):
        value = value.__get__(None, scan.cls)
    if isinstance(value, MappedColumn):
        value = value.column
    if isinstance(value, Column):
        return scan.copies.get(value, value)
    if isinstance(value, str):
        return scan.properties[value] if isinstance(scan.properties.get(value), Column) else value
    return value


def _key_column(scan: Any, value: Any) -> Any:
    """Return the column of a primary_key argument, which may name an attribute."""
    if not isinstance(value, str):
        return _as_column(scan, value)
    prop = scan.properties.get(value)
    if prop is None and scan.table is not None:
        prop = scan.table.c.get(value)
    if prop is None:
        raise core_exc.ArgumentError(
            "primary_key of the mapper names %r, which no attribute is called" % value
        )
    if isinstance(prop, ColumnProperty) and isinstance(prop.columns[0], Column):
        prop = prop.columns[0]
    if not isinstance(prop, Column):
        raise core_exc.ArgumentError(
            "primary_key of the mapper names %r, which is not mapped to one column" % value
        )
    return prop


def _join_inherited(scan: Any) -> None:
    """Let an attribute with a column of another name stand for the inherited column, too."""
    parent = class_mapper_or_none(scan.inherits)
    if parent is None:
        return
    for key, prop in scan.properties.items():
        inherited = parent.props.get(key)
        if not isinstance(prop, Column) or prop.name == key or not isinstance(inherited, ColumnProperty):
            continue
        if isinstance(inherited.columns[0], Column):
            scan.properties[key] = [prop, *(column for column in inherited.columns if column is not prop)]


def _exclude_siblings(scan: Any, given: Dict[str, Any]) -> None:
    """Leave out the columns that siblings added to the table of the parent, which are no attributes of the parent."""
    parent = class_mapper_or_none(scan.inherits)
    if parent is not None and "exclude_properties" not in given:
        given["exclude_properties"] = _foreign_columns(scan, parent)


def _foreign_columns(scan: Any, parent: Any) -> Set[Any]:
    own = {column for column in scan.properties.values() if isinstance(column, Column)}
    own |= {
        prop.columns[0]
        for prop in scan.properties.values()
        if isinstance(prop, ColumnProperty) and isinstance(prop.columns[0], Column)
    }
    known = set(parent.column_to_property)
    return {
        column for column in parent.persist_selectable.c if column not in known and column not in own
    } | set(parent.exclude_properties or ())
