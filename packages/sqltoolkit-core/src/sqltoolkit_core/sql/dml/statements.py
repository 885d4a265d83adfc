"""INSERT, UPDATE and DELETE.

What they share is in ``base``.
"""

from __future__ import annotations

from sys import _getframe
from typing import TYPE_CHECKING, Any, List, Sequence, Tuple

from .. import coercions, roles
from ..base import generative
from ..cache_key import KeyKind
from ... import exc
from ..selectable.parts import DeleteParts, HasParts, InsertParts, UpdateParts
from .base import DMLWhereBase, UpdateBase, ValuesBase

if TYPE_CHECKING:
    from typing_extensions import Self, TypeVarTuple, Unpack, overload

    from ..typing import _T0, _T1, _T2, _T3, _T4, _T5, _T6, _T7, TypedReturnsRows, _Entity

    _Ts = TypeVarTuple("_Ts")

__all__ = [
    "Delete", "Insert", "ReturningDelete", "ReturningInsert", "ReturningUpdate", "Update", "delete", "insert", "update",
]  # fmt: skip


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
            ("_names_from_select", KeyKind.PLAIN),
            ("include_insert_from_select_defaults", KeyKind.PLAIN),
            ("_after_values", KeyKind.CLAUSES),
        )
    )
    _supports_multi_parameters = True
    is_insert = True
    include_insert_from_select_defaults = False
    _after_values: Tuple[Any, ...] = ()
    _position_map = {"post_values": "_after_values"}

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
        self._names_from_select = tuple(
            [coercions.expect_as_key(roles.DMLColumnRole, name) for name in names]
        )
        self._inline = True
        self.include_insert_from_select_defaults = include_defaults
        self.select = coercions.expect(roles.DMLSelectRole, select)
        return self

    if TYPE_CHECKING:

        @overload
        def returning(self, __ent0: _Entity[_T0], *, sort_by_parameter_order: bool = False) -> ReturningInsert[_T0]: ...

        @overload
        def returning(
            self, __ent0: _Entity[_T0], __ent1: _Entity[_T1], *, sort_by_parameter_order: bool = False
        ) -> ReturningInsert[_T0, _T1]: ...

        @overload
        def returning(
            self,
            __ent0: _Entity[_T0],
            __ent1: _Entity[_T1],
            __ent2: _Entity[_T2],
            *,
            sort_by_parameter_order: bool = False,
        ) -> ReturningInsert[_T0, _T1, _T2]: ...

        @overload
        def returning(
            self,
            __ent0: _Entity[_T0],
            __ent1: _Entity[_T1],
            __ent2: _Entity[_T2],
            __ent3: _Entity[_T3],
            *,
            sort_by_parameter_order: bool = False,
        ) -> ReturningInsert[_T0, _T1, _T2, _T3]: ...

        @overload
        def returning(
            self,
            __ent0: _Entity[_T0],
            __ent1: _Entity[_T1],
            __ent2: _Entity[_T2],
            __ent3: _Entity[_T3],
            __ent4: _Entity[_T4],
            *,
            sort_by_parameter_order: bool = False,
        ) -> ReturningInsert[_T0, _T1, _T2, _T3, _T4]: ...

        @overload
        def returning(
            self,
            __ent0: _Entity[_T0],
            __ent1: _Entity[_T1],
            __ent2: _Entity[_T2],
            __ent3: _Entity[_T3],
            __ent4: _Entity[_T4],
            __ent5: _Entity[_T5],
            *,
            sort_by_parameter_order: bool = False,
        ) -> ReturningInsert[_T0, _T1, _T2, _T3, _T4, _T5]: ...

        @overload
        def returning(
            self,
            __ent0: _Entity[_T0],
            __ent1: _Entity[_T1],
            __ent2: _Entity[_T2],
            __ent3: _Entity[_T3],
            __ent4: _Entity[_T4],
            __ent5: _Entity[_T5],
            __ent6: _Entity[_T6],
            *,
            sort_by_parameter_order: bool = False,
        ) -> ReturningInsert[_T0, _T1, _T2, _T3, _T4, _T5, _T6]: ...

        @overload
        def returning(
            self,
            __ent0: _Entity[_T0],
            __ent1: _Entity[_T1],
            __ent2: _Entity[_T2],
            __ent3: _Entity[_T3],
            __ent4: _Entity[_T4],
            __ent5: _Entity[_T5],
            __ent6: _Entity[_T6],
            __ent7: _Entity[_T7],
            *,
            sort_by_parameter_order: bool = False,
        ) -> ReturningInsert[_T0, _T1, _T2, _T3, _T4, _T5, _T6, _T7]: ...

        @overload
        def returning(
            self, *cols: Any, sort_by_parameter_order: bool = False
        ) -> ReturningInsert[Unpack[Tuple[Any, ...]]]: ...

        def returning(self, *cols: Any, sort_by_parameter_order: bool = False) -> Any: ...

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
            ("_in_given_order", KeyKind.PLAIN),
            ("_post_criteria_clause", KeyKind.CLAUSES),
        )
    )
    is_update = True
    _in_given_order = False
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
        pairs: List[Tuple[Any, Any]] = []
        for pair in args:
            key, value = _pair(pair)
            pairs.extend(self._expanded_values({key: value}).items())
        new._ordered_values = tuple(pairs)
        new._in_given_order = True
        return new

    @generative
    def inline(self) -> Self:
        """Return a copy that leaves defaults to the database and fetches none of them."""
        self._inline = True
        return self

    if TYPE_CHECKING:

        @overload
        def returning(self, __ent0: _Entity[_T0], *, sort_by_parameter_order: bool = False) -> ReturningUpdate[_T0]: ...

        @overload
        def returning(
            self, __ent0: _Entity[_T0], __ent1: _Entity[_T1], *, sort_by_parameter_order: bool = False
        ) -> ReturningUpdate[_T0, _T1]: ...

        @overload
        def returning(
            self,
            __ent0: _Entity[_T0],
            __ent1: _Entity[_T1],
            __ent2: _Entity[_T2],
            *,
            sort_by_parameter_order: bool = False,
        ) -> ReturningUpdate[_T0, _T1, _T2]: ...

        @overload
        def returning(
            self,
            __ent0: _Entity[_T0],
            __ent1: _Entity[_T1],
            __ent2: _Entity[_T2],
            __ent3: _Entity[_T3],
            *,
            sort_by_parameter_order: bool = False,
        ) -> ReturningUpdate[_T0, _T1, _T2, _T3]: ...

        @overload
        def returning(
            self,
            __ent0: _Entity[_T0],
            __ent1: _Entity[_T1],
            __ent2: _Entity[_T2],
            __ent3: _Entity[_T3],
            __ent4: _Entity[_T4],
            *,
            sort_by_parameter_order: bool = False,
        ) -> ReturningUpdate[_T0, _T1, _T2, _T3, _T4]: ...

        @overload
        def returning(
            self,
            __ent0: _Entity[_T0],
            __ent1: _Entity[_T1],
            __ent2: _Entity[_T2],
            __ent3: _Entity[_T3],
            __ent4: _Entity[_T4],
            __ent5: _Entity[_T5],
            *,
            sort_by_parameter_order: bool = False,
        ) -> ReturningUpdate[_T0, _T1, _T2, _T3, _T4, _T5]: ...

        @overload
        def returning(
            self,
            __ent0: _Entity[_T0],
            __ent1: _Entity[_T1],
            __ent2: _Entity[_T2],
            __ent3: _Entity[_T3],
            __ent4: _Entity[_T4],
            __ent5: _Entity[_T5],
            __ent6: _Entity[_T6],
            *,
            sort_by_parameter_order: bool = False,
        ) -> ReturningUpdate[_T0, _T1, _T2, _T3, _T4, _T5, _T6]: ...

        @overload
        def returning(
            self,
            __ent0: _Entity[_T0],
            __ent1: _Entity[_T1],
            __ent2: _Entity[_T2],
            __ent3: _Entity[_T3],
            __ent4: _Entity[_T4],
            __ent5: _Entity[_T5],
            __ent6: _Entity[_T6],
            __ent7: _Entity[_T7],
            *,
            sort_by_parameter_order: bool = False,
        ) -> ReturningUpdate[_T0, _T1, _T2, _T3, _T4, _T5, _T6, _T7]: ...

        @overload
        def returning(
            self, *cols: Any, sort_by_parameter_order: bool = False
        ) -> ReturningUpdate[Unpack[Tuple[Any, ...]]]: ...

        def returning(self, *cols: Any, sort_by_parameter_order: bool = False) -> Any: ...

    def _apply_syntax_extension(self, extension: Any) -> None:
        extension.apply_to_update(self)


def _pair(pair: Any) -> Tuple[Any, Any]:
    try:
        key, value = pair
    except (TypeError, ValueError, NotImplementedError):
        raise exc.ArgumentError(
            "ordered_values() takes (column, value) pairs; got %r" % (pair,)
        ) from None
    return key, value


class Delete(HasParts, DMLWhereBase, UpdateBase):
    """A DELETE statement; made by ``delete()``.

    :param table: where rows are deleted.
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

    if TYPE_CHECKING:

        @overload
        def returning(self, __ent0: _Entity[_T0], *, sort_by_parameter_order: bool = False) -> ReturningDelete[_T0]: ...

        @overload
        def returning(
            self, __ent0: _Entity[_T0], __ent1: _Entity[_T1], *, sort_by_parameter_order: bool = False
        ) -> ReturningDelete[_T0, _T1]: ...

        @overload
        def returning(
            self,
            __ent0: _Entity[_T0],
            __ent1: _Entity[_T1],
            __ent2: _Entity[_T2],
            *,
            sort_by_parameter_order: bool = False,
        ) -> ReturningDelete[_T0, _T1, _T2]: ...

        @overload
        def returning(
            self,
            __ent0: _Entity[_T0],
            __ent1: _Entity[_T1],
            __ent2: _Entity[_T2],
            __ent3: _Entity[_T3],
            *,
            sort_by_parameter_order: bool = False,
        ) -> ReturningDelete[_T0, _T1, _T2, _T3]: ...

        @overload
        def returning(
            self,
            __ent0: _Entity[_T0],
            __ent1: _Entity[_T1],
            __ent2: _Entity[_T2],
            __ent3: _Entity[_T3],
            __ent4: _Entity[_T4],
            *,
            sort_by_parameter_order: bool = False,
        ) -> ReturningDelete[_T0, _T1, _T2, _T3, _T4]: ...

        @overload
        def returning(
            self,
            __ent0: _Entity[_T0],
            __ent1: _Entity[_T1],
            __ent2: _Entity[_T2],
            __ent3: _Entity[_T3],
            __ent4: _Entity[_T4],
            __ent5: _Entity[_T5],
            *,
            sort_by_parameter_order: bool = False,
        ) -> ReturningDelete[_T0, _T1, _T2, _T3, _T4, _T5]: ...

        @overload
        def returning(
            self,
            __ent0: _Entity[_T0],
            __ent1: _Entity[_T1],
            __ent2: _Entity[_T2],
            __ent3: _Entity[_T3],
            __ent4: _Entity[_T4],
            __ent5: _Entity[_T5],
            __ent6: _Entity[_T6],
            *,
            sort_by_parameter_order: bool = False,
        ) -> ReturningDelete[_T0, _T1, _T2, _T3, _T4, _T5, _T6]: ...

        @overload
        def returning(
            self,
            __ent0: _Entity[_T0],
            __ent1: _Entity[_T1],
            __ent2: _Entity[_T2],
            __ent3: _Entity[_T3],
            __ent4: _Entity[_T4],
            __ent5: _Entity[_T5],
            __ent6: _Entity[_T6],
            __ent7: _Entity[_T7],
            *,
            sort_by_parameter_order: bool = False,
        ) -> ReturningDelete[_T0, _T1, _T2, _T3, _T4, _T5, _T6, _T7]: ...

        @overload
        def returning(
            self, *cols: Any, sort_by_parameter_order: bool = False
        ) -> ReturningDelete[Unpack[Tuple[Any, ...]]]: ...

        def returning(self, *cols: Any, sort_by_parameter_order: bool = False) -> Any: ...

    def _apply_syntax_extension(self, extension: Any) -> None:
        extension.apply_to_delete(self)


if TYPE_CHECKING:
    # what returning() gives, as type checkers see it

    class ReturningInsert(Insert, TypedReturnsRows[Unpack[_Ts]]):
        """An INSERT whose rows have these types."""

    class ReturningUpdate(Update, TypedReturnsRows[Unpack[_Ts]]):
        """An UPDATE whose rows have these types."""

    class ReturningDelete(Delete, TypedReturnsRows[Unpack[_Ts]]):
        """A DELETE whose rows have these types."""

else:
    ReturningInsert, ReturningUpdate, ReturningDelete = Insert, Update, Delete


def insert(table: Any) -> Insert:
    """Return an INSERT into a table.

    :param table: a table or mapped class.
    """
    made = Insert(table)
    frame = _getframe(1)
    made._site = frame.f_code, frame.f_lasti
    return made


def update(table: Any) -> Update:
    """Return an UPDATE of a table.

    :param table: a table or mapped class.
    """
    made = Update(table)
    frame = _getframe(1)
    made._site = frame.f_code, frame.f_lasti
    return made


def delete(table: Any) -> Delete:
    """Return a DELETE from a table.

    :param table: a table or mapped class.
    """
    made = Delete(table)
    frame = _getframe(1)
    made._site = frame.f_code, frame.f_lasti
    return made
