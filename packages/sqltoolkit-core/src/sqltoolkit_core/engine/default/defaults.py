"""Default values of columns at execution, and the keys of new rows.

The life of an execution is in `.context`; the default objects themselves in `sql.schema.defaults`.
"""

from __future__ import annotations

import typing

from ... import exc
from ...sql.compiler.crud_values import MultiRowColumn
from ...util.decorators import memoized_property
from ..row import result_tuple

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import List
    from typing import Mapping
    from typing import Optional
    from typing import Sequence
    from typing import Tuple

__all__ = ["DefaultValues"]


class DefaultValues:
    """The part of an execution context that makes values which the user did not give."""

    compiled: Any
    extracted_parameters: Any
    # the sets of an executemany() as they were given, where they held all that differs from row to row
    given_parameters: Optional[Sequence[Mapping[str, Any]]] = None
    root_connection: Any
    dialect: Any
    isinsert: bool
    isupdate: bool
    executemany: bool
    current_column: Any = None
    _lastrowid: Any
    _is_explicit_returning: bool
    _key_rows: Optional[List[Any]] = None

    # what was bound so far for the row whose defaults are being made
    current_parameters: Optional[Dict[str, Any]] = None

    @memoized_property
    def compiled_parameters(self) -> Any:
        """Return a dictionary of all bound values for each set of parameters."""
        if self.given_parameters is None:
            return ()
        construct, extracted = self.compiled.construct_params, self.extracted_parameters
        return [
            construct(one, extracted_parameters=extracted, escape_names=False, _group_number=at)
            for at, one in enumerate(self.given_parameters, 1)
        ]

    def parameters_by_name(self) -> Sequence[Mapping[str, Any]]:
        """Return a dictionary for each set of parameters; values that are the same for all may be missing."""
        given = self.given_parameters
        found: Sequence[Mapping[str, Any]] = self.compiled_parameters if given is None else given
        return found

    # ------------------------------------------------------------- defaults

    def get_current_parameters(self, isolate_multiinsert_groups: bool = True) -> Dict[str, Any]:
        """Return the parameters of the row whose defaults are being made.

        In a function given as default only; `isolate_multiinsert_groups` leaves out the other rows of an INSERT with
        several rows of VALUES.
        """
        if self.current_parameters is None:
            raise exc.InvalidRequestError(
                "get_current_parameters() works inside a function given as default= or onupdate= only"
            )
        parameters = self.current_parameters
        column = self.current_column
        if not isolate_multiinsert_groups or column is None or not self._many_rows_of_values():
            return parameters
        return self._one_row_of(parameters, column)

    def _many_rows_of_values(self) -> bool:
        statement = self.compiled.statement
        return bool(getattr(statement, "_multi_values", ()))

    @staticmethod
    def _one_row_of(parameters: Dict[str, Any], column: Any) -> Dict[str, Any]:
        """Return, by plain column keys, the parameters of the row that the column object stands for."""
        number = column.row if isinstance(column, MultiRowColumn) else 0
        if not number:
            return {
                key[:-3] if key.endswith("_m0") else key: value
                for key, value in parameters.items()
                if key.endswith("_m0") or not _has_row_suffix(key)
            }
        suffix = "_m%d" % number
        return {
            key[: -len(suffix)]: value for key, value in parameters.items() if key.endswith(suffix)
        }

    def _process_defaults(self) -> None:
        compiled = self.compiled
        fixed = {}
        made = []
        # both kinds: the statement may have others in CTEs
        for columns, kind, get in (
            (compiled.insert_prefetch, "default", self.get_insert_default),
            (compiled.update_prefetch, "onupdate", self.get_update_default),
        ):
            for column in columns:
                default = getattr(column, kind)
                key = self._parameter_key(column)
                if default is not None and default.is_scalar:
                    fixed[key] = default.arg
                else:
                    made.append((column, key, get))
        for parameters in self.compiled_parameters:
            parameters.update(fixed)
            if not made:
                continue
            self.current_parameters = parameters
            for column, key, get in made:
                value = get(column)
                if value is not None or not self.isinsert:
                    parameters[key] = value
        self.current_parameters = None

    def _parameter_key(self, column: Any) -> str:
        getters = self.compiled._dml_key_getters
        if getters is not None:
            return typing.cast("str", getters[2](column))
        return typing.cast("str", column.key)

    def get_insert_default(self, column: Any) -> Any:
        """Return the value of a column's `default`, running it where it is SQL or a function."""
        if column.default is None:
            return None
        return self._value_of_default(column, column.default, column.type)

    def get_update_default(self, column: Any) -> Any:
        """Return the value of a column's `onupdate`, running it where it is SQL or a function."""
        if column.onupdate is None:
            return None
        return self._value_of_default(column, column.onupdate, column.type)

    def _value_of_default(self, column: Any, default: Any, type_: Any) -> Any:
        if default.is_sequence:
            return self.fire_sequence(default, type_)
        if default.is_callable:
            self.current_column = column
            return default.arg(self)
        if default.is_clause_element:
            return self._value_of_expression(column, default, type_)
        return default.arg

    def _value_of_expression(self, column: Any, default: Any, type_: Any) -> Any:
        from ...sql.forward import slots

        element = default.arg
        if getattr(element.type, "_isnull", False) and type_ is not None:
            from ...sql.elements import type_coerce

            element = type_coerce(element, type_)
        return self.root_connection.execute(slots.select(element)).scalar()

    def fire_sequence(self, seq: Any, type_: Any) -> Any:
        """Return the next value of a sequence."""
        raise NotImplementedError("the dialect %s has no sequences" % self.dialect.name)

    def _execute_scalar(self, statement: str, type_: Any, parameters: Any = None) -> Any:
        """Run a string that returns one value and return it, converted by `type_`."""
        value = self.root_connection.exec_driver_sql(statement, parameters or ()).scalar()
        if type_ is not None and value is not None:
            convert = type_._cached_result_processor(self.dialect, None)
            if convert is not None:
                return convert(value)
        return value

    # ------------------------------------------------------- keys of new rows

    @property
    def inserted_primary_key_rows(self) -> List[Any]:
        """Return the primary keys of the new rows; None stands for a value that is not known."""
        if self._key_rows is None:
            self._key_rows = self._keys_from_parameters()
        return self._key_rows

    def _key_table(self) -> Any:
        state = self.compiled.compile_state
        table = getattr(state, "dml_table", None) if state is not None else None
        return self.compiled.statement.table if table is None else table

    def _key_reader(self) -> Tuple[Any, List[Tuple[Any, str]], Any]:
        """Return what makes the row of a key, its columns with their parameters, and the one the database makes.

        Found once for a compiled statement: the class of a row costs more than an INSERT.
        """
        memo = self.compiled.__dict__
        found = memo.get("key_reader")
        if found is None:
            table = self._key_table()
            columns = [(column, self._parameter_key(column)) for column in table.primary_key]
            found = memo["key_reader"] = (
                result_tuple([column.key for column, _key in columns]),
                columns,
                getattr(table, "_autoincrement_column", None),
            )
        return typing.cast("Tuple[Any, List[Tuple[Any, str]], Any]", found)

    def _keys_from_parameters(self) -> List[Any]:
        """Return the keys as far as they were given, with the driver's `lastrowid` for the one that was made."""
        make, columns, automatic = self._key_reader()
        if self._lastrowid is None or self.executemany or self._many_rows_of_values():
            automatic = None
        rows = []
        for parameters in self.parameters_by_name():
            values = []
            for column, key in columns:
                value = parameters.get(key)
                if value is None and column is automatic:
                    value = self._converted_lastrowid(column)
                values.append(value)
            rows.append(make(values))
        if automatic is not None and len(columns) == 1 and not self._is_explicit_returning:
            column, key = columns[0]
            if column is automatic and key not in self.parameters_by_name()[0]:
                if column.type._cached_result_processor(self.dialect, None) is None:
                    # the next result of this INSERT knows its key without a context
                    self.compiled.__dict__["make_key_of_lastrowid"] = make
        return rows

    def _converted_lastrowid(self, column: Any) -> Any:
        convert = column.type._cached_result_processor(self.dialect, None)
        return self._lastrowid if convert is None else convert(self._lastrowid)

    def _keys_from_rows(self, returned: Sequence[Any]) -> None:
        """Note the keys that came back with rows, completed by those that were given."""
        if not returned:
            self._key_rows = []
            return
        make, columns, _automatic = self._key_reader()
        find = returned[0]._parent.find
        readers = [(find(column), key) for column, key in columns]
        given = self.parameters_by_name()
        if len(given) != len(returned):
            given = [{}] * len(returned)
        self._key_rows = [
            make(
                [
                    parameters.get(key) if at is None else row[at]
                    for at, key in readers
                ]
            )
            for row, parameters in zip(returned, given)
        ]


def _has_row_suffix(key: str) -> bool:
    head, mark, number = key.rpartition("_m")
    return bool(mark and head and number.isdigit())
