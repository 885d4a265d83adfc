"""INSERT, UPDATE and DELETE.

What they share is in ``base``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Sequence, Tuple

from .. import coercions, roles
from ..base import generative
from ..cache_key import KeyKind
from ... import exc
from ..selectable.parts import DeleteParts, HasParts, InsertParts, UpdateParts
from .base import DMLWhereBase, UpdateBase, ValuesBase, crud_value

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["Delete", "Insert", "Update", "delete", "insert", "update"]


class Insert(HasParts, ValuesBase):
    """An INSERT statement; made by ``insert()``.

    :param table: the table to insert into.
    """

    __visit_name__ = "insert"
    parts_class = InsertParts
    cache_key_fields = (
        UpdateBase.dml_key_fields
        + ValuesBase.values_key_fields
        + (
            ("select", KeyKind.CLAUSE),
            ("_select_names", KeyKind.PLAIN),
            ("include_insert_from_select_defaults", KeyKind.PLAIN),
            ("_post_values_clause", KeyKind.CLAUSES),
        )
    )
    _supports_multi_parameters = True
    is_insert = True
    include_insert_from_select_defaults = False
    _post_values_clause: Tuple[Any, ...] = ()
    _position_map = {"post_values": "_post_values_clause"}

    @generative
    def inline(self) -> Self:
        """Return a copy that leaves defaults to the database and fetches none of them."""
        self._inline = True
        return self

    @generative
    def from_select(
        self, names: Sequence[Any], select: Any, include_defaults: bool = True
    ) -> Self:
        """Return a copy that inserts the rows of a SELECT.

        :param names: names, or columns, to set, in the order of the SELECT's columns.
        :param select: the SELECT.
        :param include_defaults: add columns with a Python-side default.
        :raises InvalidRequestError: the statement has values already.
        """
        if self._values or self._multi_values:
            raise exc.InvalidRequestError(
                "this INSERT has values already; it cannot take rows from a SELECT as well"
            )
        self._select_names = tuple(
            [coercions.expect_as_key(roles.DMLColumnRole, name) for name in names]
        )
        self._inline = True
        self.include_insert_from_select_defaults = include_defaults
        self.select = coercions.expect(roles.DMLSelectRole, select)
        return self

    def _apply_syntax_extension(self, extension: Any) -> None:
        extension.apply_to_insert(self)


class Update(HasParts, DMLWhereBase, ValuesBase):
    """An UPDATE statement; made by ``update()``.

    :param table: the table to change.
    """

    __visit_name__ = "update"
    parts_class = UpdateParts
    cache_key_fields = (
        UpdateBase.dml_key_fields
        + ValuesBase.values_key_fields
        + DMLWhereBase.where_key_fields
        + (
            ("_preserve_parameter_order", KeyKind.PLAIN),
            ("_post_criteria_clause", KeyKind.CLAUSES),
        )
    )
    is_update = True
    _preserve_parameter_order = False
    _post_criteria_clause: Tuple[Any, ...] = ()
    _position_map = {"post_criteria": "_post_criteria_clause"}

    def ordered_values(self, *args: Tuple[Any, Any]) -> Self:
        """Return a copy that sets columns in exactly this order.

        :param args: (column or name, value) pairs.
        :raises ArgumentError: the statement has values already.
        """
        if self._values:
            raise exc.ArgumentError(
                "this UPDATE has values() already; ordered_values() cannot be added"
            )
        if self._ordered_values:
            raise exc.ArgumentError("this UPDATE has ordered_values() already")
        new = self._generate()
        new._ordered_values = tuple([_ordered_pair(pair) for pair in args])
        new._preserve_parameter_order = True
        return new

    @generative
    def inline(self) -> Self:
        """Return a copy that leaves defaults to the database and fetches none of them."""
        self._inline = True
        return self

    def _apply_syntax_extension(self, extension: Any) -> None:
        extension.apply_to_update(self)


def _ordered_pair(pair: Any) -> Tuple[Any, Any]:
    try:
        key, value = pair
    except (TypeError, ValueError, NotImplementedError):
        raise exc.ArgumentError(
            "ordered_values() takes (column, value) pairs; got %r" % (pair,)
        ) from None
    return coercions.expect(roles.DMLColumnRole, key), crud_value(value)


class Delete(HasParts, DMLWhereBase, UpdateBase):
    """A DELETE statement; made by ``delete()``.

    :param table: the table to delete from.
    """

    __visit_name__ = "delete"
    parts_class = DeleteParts
    cache_key_fields = (
        UpdateBase.dml_key_fields
        + DMLWhereBase.where_key_fields
        + (
            ("_extra_froms", KeyKind.CLAUSES),
            ("_post_criteria_clause", KeyKind.CLAUSES),
        )
    )
    is_delete = True
    _post_criteria_clause: Tuple[Any, ...] = ()
    _position_map = {"post_criteria": "_post_criteria_clause"}

    @generative
    def using(self, *froms: Any) -> Self:
        """Return a copy with further sources that criteria may refer to, whether or not they do.

        :param froms: tables or other sources.
        """
        self._extra_froms = self._extra_froms + tuple(
            [coercions.expect(roles.FromClauseRole, source) for source in froms]
        )
        return self

    def _apply_syntax_extension(self, extension: Any) -> None:
        extension.apply_to_delete(self)


def insert(table: Any) -> Insert:
    """Return an INSERT into a table.

    :param table: a table or mapped class.
    """
    return Insert(table)


def update(table: Any) -> Update:
    """Return an UPDATE of a table.

    :param table: a table or mapped class.
    """
    return Update(table)


def delete(table: Any) -> Delete:
    """Return a DELETE from a table.

    :param table: a table or mapped class.
    """
    return Delete(table)
