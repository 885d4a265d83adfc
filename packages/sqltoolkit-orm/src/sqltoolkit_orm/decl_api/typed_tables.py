"""Classes that describe a table for type checkers, without mapping: ``as_typed_table()`` and ``Unmapped``."""

from __future__ import annotations

import typing
from typing import Any
from typing import Generic

from sqltoolkit_core import exc as core_exc

from ..typing import T

if typing.TYPE_CHECKING:
    from typing import Optional

__all__ = ["Unmapped", "as_typed_table"]


class Unmapped(Generic[T]):
    """Marks, in the annotations of a class with a table, a column that the mapper leaves out."""

    __slots__ = ()


def as_typed_table(__cls: Any, __typed_columns_cls: Optional[Any] = None) -> Any:
    """Return the Table of a mapped class, typed by a TypedColumns class.

    :param cls: the mapped class.
    :param typed_columns_cls: the class that describes the columns; the mapped class itself by default.
    :raises InvalidRequestError: if the class has no table.
    """
    table = getattr(__cls, "__table__", None)
    if table is None:
        raise core_exc.InvalidRequestError("Class %r has no table" % (__cls,))
    return table
