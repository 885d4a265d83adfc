"""Chapter of the SQL compiler: one INSERT statement for many rows, in batches, rows returned in parameter order.

Writes ``_insertmanyvalues``; the engine runs the batches that ``deliver_insertmanyvalues_batches`` yields.

Words: a *sentinel* is a value that says which parameters a returned row belongs to; an *implicit* one is a key that the
database counts up in the order of VALUES.  A statement is *downgraded* when it has to run row by row.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ... import exc
from .base import CompilerFields

if TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import Iterator
    from typing import List
    from typing import Optional
    from typing import Sequence
    from typing import Tuple

__all__ = ["InsertManyValues", "InsertManyValuesBatch", "InsertManyValuesChapter"]

MARK_VALUES = "\x04"
_MARKED = re.compile("\x02([^\x03]*)\x03")


class InsertManyValues:
    """What is repeated in an INSERT of many rows.

    ``row`` the text of one row with marked placeholders, ``names`` the parameters in it in order, ``before`` and
    ``after`` the rest of the statement; ``sentinel_keys`` the parameters that hold sentinel values.
    """

    __slots__ = (
        "after", "before", "crud", "embed_counter", "implicit_sentinel", "includes_upsert", "is_default", "names",
        "row", "sentinel_columns", "sentinel_keys", "sort_by_parameter_order", "types",
    )  # fmt: skip

    def __init__(self, row: str, crud: Any) -> None:
        self.row = row
        self.crud = crud
        self.names = _MARKED.findall(row)
        self.before = self.after = ""
        self.is_default = False
        self.sort_by_parameter_order = False
        self.includes_upsert = False
        self.sentinel_columns: Optional[Sequence[Any]] = None
        self.sentinel_keys: Optional[List[str]] = None
        self.implicit_sentinel = False
        self.embed_counter = False
        self.types: List[Any] = []

    @property
    def names_outside(self) -> List[str]:
        """The parameters that are not in the repeated row."""
        return _MARKED.findall(self.before) + _MARKED.findall(self.after)

    @property
    def has_upsert_bound_parameters(self) -> bool:
        """Whether the clause after VALUES has parameters."""
        return bool(self.includes_upsert and _MARKED.search(self.after))

    @property
    def num_sentinel_columns(self) -> int:
        """How many columns at the end of RETURNING are there for sorting only, or are used for it."""
        return len(self.sentinel_columns or ())


class InsertManyValuesBatch:
    """One statement of a series, with its parameters as the driver takes them."""

    __slots__ = (
        "batch", "batchnum", "current_batch_size", "is_downgraded", "processed_setinputsizes", "replaced_parameters",
        "replaced_statement", "rows_sorted", "sentinel_values", "total_batches",
    )  # fmt: skip

    def __init__(
        self,
        replaced_statement: str,
        replaced_parameters: Any,
        processed_setinputsizes: Any,
        batch: Sequence[Any],
        sentinel_values: Sequence[Any],
        current_batch_size: int,
        batchnum: int,
        total_batches: int,
        rows_sorted: bool,
        is_downgraded: bool,
    ) -> None:
        self.replaced_statement = replaced_statement
        self.replaced_parameters = replaced_parameters
        self.processed_setinputsizes = processed_setinputsizes
        self.batch = batch
        self.sentinel_values = sentinel_values
        self.current_batch_size = current_batch_size
        self.batchnum = batchnum
        self.total_batches = total_batches
        self.rows_sorted = rows_sorted
        self.is_downgraded = is_downgraded


class InsertManyValuesChapter(CompilerFields):
    """Preparing and delivering batches."""

    def _prepare_many_values(self, statement: Any, crud: Any, values: str, is_default: bool = False) -> str:
        record = InsertManyValues("(%s)" % values, crud.single)
        record.is_default = is_default
        record.sort_by_parameter_order = bool(statement._sort_by_parameter_order)
        record.includes_upsert = bool(statement._after_values) or statement.__visit_name__ == "upsert"
        self._insertmanyvalues = record
        if crud.sentinel_columns:
            record.sentinel_columns = list(crud.sentinel_columns)
            record.implicit_sentinel = crud.sentinel_implicit
            if not crud.sentinel_implicit:
                by_column = {assignment.column: assignment.bind_names for assignment in crud.single}
                record.sentinel_keys = [by_column[column][0] for column in crud.sentinel_columns]
        record.types = [getattr(assignment.column, "type", None) for assignment in crud.single]
        if is_default:
            return " DEFAULT VALUES"
        if record.sentinel_columns and record.implicit_sentinel and self._counts_in_values():
            return self._with_counter(record, crud, values)
        return "VALUES %s(%s)%s" % (MARK_VALUES, values, MARK_VALUES)

    def _counts_in_values(self) -> bool:
        return "USE_INSERT_FROM_SELECT" in _flag_names(self.dialect.insertmanyvalues_implicit_sentinel)

    def _with_counter(self, record: InsertManyValues, crud: Any, values: str) -> str:
        # the rows are selected in the order of a counter, so that keys are given in that order
        record.embed_counter = True
        columns = ["p%d" % index for index in range(len(crud.single))]
        shown = []
        for name, type_ in zip(columns, record.types):
            shown.append(self._counter_cast(name, type_))
        return "SELECT %s FROM (VALUES %s(%s)%s) AS imp_sen(%s, sen_counter) ORDER BY sen_counter" % (
            ", ".join(shown),
            MARK_VALUES,
            values,
            MARK_VALUES,
            ", ".join(columns),
        )

    def _counter_cast(self, name: str, type_: Any) -> str:
        if type_ is None or not self.render_bind_casts:
            return name
        return self.render_bind_cast(type_, type_.dialect_impl(self.dialect), name)

    def _find_sentinel(self, statement: Any, present: Any, known: Any) -> Optional[Tuple[Sequence[Any], bool]]:
        """Return (columns, whether the database counts them), or None where rows can't be told apart.

        :param present: the columns that the statement sets.
        :param known: those of them that it sets to parameters.
        """
        table = statement.table
        marked = [column for column in table.c if column._is_sentinel]
        flags = _flag_names(self.dialect.insertmanyvalues_implicit_sentinel)
        if marked:
            default = marked[0].default
            if default is None and marked[0].server_default is None and marked[0].nullable:
                raise exc.InvalidRequestError(
                    "Sentinel %s.%s has no default, so it can be NULL and tells no rows apart: give the column a "
                    "default or nullable=False" % (table.description, marked[0].name)
                )
            if marked[0] in known or marked[0] not in present and self._made_beforehand(marked[0]):
                return marked, False
            if marked[0] not in present and self._database_counts(marked[0], flags):
                return marked, True
            return None
        keys = list(table.primary_key)
        if not keys:
            return None
        if all(column in known or column not in present and self._made_beforehand(column) for column in keys):
            return keys, False
        if len(keys) == 1 and keys[0] not in present and self._database_counts(keys[0], flags):
            return keys, True
        return None

    @staticmethod
    def _made_beforehand(column: Any) -> bool:
        default = column.default
        return default is not None and not default.is_clause_element and not default.is_sequence

    @staticmethod
    def _database_counts(column: Any, flags: Any) -> bool:
        if column.identity is not None:
            return "IDENTITY" in flags
        default = column.default
        if default is not None and default.is_sequence:
            return "SEQUENCE" in flags
        if default is not None or column.server_default is not None:
            return False
        return column is column.table._autoincrement_column and "AUTOINCREMENT" in flags

    def _split_values(self, text: str) -> str:
        """Take the marks of the repeated part out of the complete text."""
        record = self._insertmanyvalues
        parts = text.split(MARK_VALUES)
        if len(parts) != 3:
            return text.replace(MARK_VALUES, "")
        record.before, record.row, record.after = parts
        return "".join(parts)

    # -- delivery

    def deliver_insertmanyvalues_batches(
        self,
        statement: str,
        parameters: Sequence[Any],
        compiled_parameters: Sequence[Dict[str, Any]],
        generic_setinputsizes: Any,
        batch_size: int,
        sort_by_parameter_order: bool,
        schema_translate_map: Any = None,
    ) -> Iterator[InsertManyValuesBatch]:
        """Yield the statements that insert all rows.

        :param statement: the text for one row.
        :param parameters: per row, what the driver takes: tuples, or dictionaries for named styles.
        :param compiled_parameters: per row, the values by name, before conversion.
        :param generic_setinputsizes: passed on with each batch.
        :param batch_size: most rows per statement.
        :param sort_by_parameter_order: returned rows have to be put in the order of the parameters.
        :param schema_translate_map: schema names to put in.
        """
        record = self._insertmanyvalues
        returning = bool(self.effective_returning)
        downgraded = bool(
            record.is_default
            and not self.dialect.supports_default_metavalue
            or sort_by_parameter_order
            and returning
            and not record.sentinel_columns
            # a row that was there already comes back with sentinel values of its own
            or record.includes_upsert
            and sort_by_parameter_order
            and returning
            or self._varies_outside(record)
            or not self.dialect.supports_multivalues_insert
        )
        if record.sentinel_keys:
            parameters, compiled_parameters = self._counted_parameters(record, parameters, compiled_parameters)
        if downgraded or record.is_default:
            yield from self._row_by_row(statement, parameters, compiled_parameters, generic_setinputsizes, downgraded)
            return
        batch_size = self._fitting_batch_size(batch_size, record)
        before, after = record.before, record.after
        if schema_translate_map:
            before = self.preparer.render_schema_translates(before, schema_translate_map)
            after = self.preparer.render_schema_translates(after, schema_translate_map)
        total = (len(parameters) + batch_size - 1) // batch_size
        rows_sorted = not sort_by_parameter_order or bool(record.implicit_sentinel)
        texts: Dict[int, str] = {}
        for number in range(total):
            rows = parameters[number * batch_size : (number + 1) * batch_size]
            compiled = compiled_parameters[number * batch_size : (number + 1) * batch_size]
            text, values = self._batch(record, before, after, rows, texts)
            yield InsertManyValuesBatch(
                text,
                values,
                generic_setinputsizes,
                rows,
                self._sentinel_values(record, compiled, sort_by_parameter_order),
                len(rows),
                number + 1,
                total,
                rows_sorted and not (sort_by_parameter_order and not record.implicit_sentinel),
                False,
            )

    def _counted_parameters(self, record: InsertManyValues, parameters: Any, compiled: Any) -> Tuple[Any, Any]:
        """Return the parameters with a number for each row where a column was made to tell the rows apart."""
        for key, column in zip(record.sentinel_keys or (), record.sentinel_columns or ()):
            if column.default is None or not column.default.is_sentinel or column not in self.insert_prefetch:
                continue
            compiled = [dict(row, **{key: number}) for number, row in enumerate(compiled)]
            if self.positional:
                place = (self.positiontup or []).index(key)
                parameters = [
                    tuple(row[:place]) + (number,) + tuple(row[place + 1 :]) for number, row in enumerate(parameters)
                ]
            else:
                name = self.escaped_bind_names.get(key, key)
                parameters = [dict(row, **{name: number}) for number, row in enumerate(parameters)]
        return parameters, compiled

    def _varies_outside(self, record: InsertManyValues) -> bool:
        """Tell whether parameters outside of VALUES may differ between the rows."""
        binds = self.binds
        return any(not binds[name].unique for name in record.names_outside if name in binds)

    def _row_by_row(
        self, statement: str, parameters: Any, compiled: Any, sizes: Any, downgraded: bool
    ) -> Iterator[InsertManyValuesBatch]:
        total = len(parameters)
        for number, row in enumerate(parameters, 1):
            yield InsertManyValuesBatch(
                statement, row, sizes, [row], [compiled[number - 1]] if compiled else [], 1, number, total, True,
                downgraded,
            )  # fmt: skip

    def _fitting_batch_size(self, batch_size: int, record: InsertManyValues) -> int:
        limit = self.dialect.insertmanyvalues_max_parameters
        if limit and record.names:
            others = len(record.names_outside)
            batch_size = min(batch_size, max((limit - others) // len(record.names), 1))
        return max(batch_size, 1)

    def _sentinel_values(
        self, record: InsertManyValues, compiled: Sequence[Dict[str, Any]], wanted: bool
    ) -> List[Any]:
        keys = record.sentinel_keys
        if not wanted or not keys:
            return []
        if len(keys) == 1:
            key = keys[0]
            return [row[key] for row in compiled]
        return [tuple([row[key] for key in keys]) for row in compiled]

    def _batch(
        self, record: InsertManyValues, before: str, after: str, rows: Sequence[Any], texts: Dict[int, str]
    ) -> Tuple[str, Any]:
        count = len(rows)
        if self.positional and not self.numeric:
            names = record.names
            left = len(_MARKED.findall(before))
            width = len(names)
            text = texts.get(count)
            if text is None:
                place = self.bindtemplate
                row_text = _MARKED.sub(place.replace("\\", r"\\"), record.row)
                text = texts[count] = "".join(
                    [
                        _MARKED.sub(place, before),
                        ", ".join(self._counted(record, row_text, count)),
                        _MARKED.sub(place, after),
                    ]
                )
            first = rows[0]
            values = list(first[:left])
            for row in rows:
                values.extend(row[left : left + width])
            values.extend(first[left + width :])
            return text, tuple(values)
        return self._named_batch(record, before, after, rows, count)

    def _counted(self, record: InsertManyValues, row_text: str, count: int) -> List[str]:
        if not record.embed_counter:
            return [row_text] * count
        return ["%s, %d)" % (row_text[:-1], index) for index in range(count)]

    def _named_batch(
        self, record: InsertManyValues, before: str, after: str, rows: Sequence[Any], count: int
    ) -> Tuple[str, Any]:
        in_row = set(record.names)
        escaped = self.escaped_bind_names
        if self.numeric:
            return self._numeric_batch(record, before, after, rows, count)
        template = self.bindtemplate
        values: Dict[str, Any] = {}
        texts = []
        for index, row in enumerate(rows):
            names = {}
            for name in in_row:
                known = escaped.get(name, name)
                names[name] = "%s__%d" % (known, index)
                values[names[name]] = row[known]
            texts.append(_MARKED.sub(lambda match, names=names: template % {"name": names[match.group(1)]}, record.row))  # type: ignore[misc]
        if record.embed_counter:
            texts = ["%s, %d)" % (text[:-1], index) for index, text in enumerate(texts)]
        plain_names = {escaped.get(name, name) for name in in_row}
        for name, value in rows[0].items():
            if name not in plain_names:
                values[name] = value

        def put(match: Any) -> str:
            name = match.group(1)
            return template % {"name": escaped.get(name, name)}

        return _MARKED.sub(put, before) + ", ".join(texts) + _MARKED.sub(put, after), values

    def _numeric_batch(
        self, record: InsertManyValues, before: str, after: str, rows: Sequence[Any], count: int
    ) -> Tuple[str, Any]:
        prefix = self._numeric_prefix
        order = self.positiontup or []
        place = {name: index for index, name in enumerate(order)}
        values: List[Any] = []
        numbers: Dict[str, int] = {}
        first = rows[0]

        def shared(match: Any) -> str:
            name = match.group(1)
            if name not in numbers:
                values.append(first[place[name]])
                numbers[name] = len(values)
            return "%s%d" % (prefix, numbers[name])

        before_text = _MARKED.sub(shared, before)
        texts = []
        for index, row in enumerate(rows):
            own: Dict[str, int] = {}

            def put(match: Any, row: Any = row, own: Dict[str, int] = own) -> str:
                name = match.group(1)
                if name not in own:
                    values.append(row[place[name]])
                    own[name] = len(values)
                return "%s%d" % (prefix, own[name])

            text = _MARKED.sub(put, record.row)
            texts.append("%s, %d)" % (text[:-1], index) if record.embed_counter else text)
        after_text = _MARKED.sub(shared, after)
        return before_text + ", ".join(texts) + after_text, tuple(values)


def _flag_names(flags: Any) -> Any:
    """Return the names of the members that are set in a flag value."""
    if not flags:
        return frozenset()
    return frozenset(member.name for member in type(flags) if member.value and (flags & member) == member)

