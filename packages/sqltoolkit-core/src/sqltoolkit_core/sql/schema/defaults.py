"""Where a column's value comes from when a statement gives none: Python defaults, sequences, identities, generated
columns, server defaults, and the sentinel that finds rows again.

Running them is the business of the engine (``engine.default.defaults``).
"""

from __future__ import annotations

from typing import Any
from typing import Callable
from typing import Dict
from typing import Optional
from typing import Tuple
from typing import TYPE_CHECKING

from .base import BLANK_SCHEMA
from .base import HasSchemaAttr
from .base import SchemaItem
from .base import table_key
from .base import unwrapped
from .base import without_marks
from .. import roles
from ..base import DialectKWArgs
from ..base import SchemaEventTarget
from ..coercions import shown
from ..elements import text
from ..executable import Executable
from ..forward import slots
from ..names import quoted_name
from ..type_api import to_instance
from ..visitors import replacement_traverse
from ... import exc
from ... import util

if TYPE_CHECKING:
    from ..functions import Function

__all__ = [
    "CallableColumnDefault",
    "ColumnDefault",
    "ColumnElementColumnDefault",
    "Computed",
    "DefaultClause",
    "DefaultGenerator",
    "FetchedValue",
    "Identity",
    "IdentityOptions",
    "InsertSentinelDefault",
    "ScalarElementColumnDefault",
    "Sequence",
    "next_value",
    "renamed",
    "sqltext_of",
]


def sqltext_of(value: Any, role: Any = roles.DDLExpressionRole) -> Any:
    """SQL text of a constraint or generated column: a string as text(), elements as they are."""
    if isinstance(value, str):
        return text(value)
    value = unwrapped(value)
    if not isinstance(value, role):
        raise exc.ArgumentError("Expected SQL text or an SQL expression, found %s" % shown(value))
    return without_marks(value)


class FetchedValue(SchemaEventTarget):
    """Says that the database sets a value by itself, so that it has to be fetched.

    :param for_update: whether that happens on UPDATE too.
    """

    is_server_default = True
    reflected = False
    has_argument = False
    is_clause_element = False
    is_identity = False
    column: Any

    def __init__(self, for_update: bool = False) -> None:
        self.for_update = for_update

    def _serving(self, for_update: bool) -> FetchedValue:
        """This mark if it says the same of INSERT and UPDATE, else a copy that does."""
        if for_update == self.for_update:
            return self
        made = self._copy()
        made.for_update = for_update
        return made

    def _copy(self) -> FetchedValue:
        made = object.__new__(type(self))
        made.__dict__.update(self.__dict__)
        made.__dict__.pop("column", None)
        return made

    def _set_parent(self, parent: Any, **kw: Any) -> None:
        self.column = parent
        if self.for_update:
            parent.server_onupdate = self
        else:
            parent.server_default = self

    def __repr__(self) -> str:
        return util.generic_repr(self)


class DefaultClause(FetchedValue):
    """The DEFAULT of a column in DDL.

    :param arg: a string, rendered as a literal, or an SQL expression, rendered as it is.
    :param for_update: whether the value changes on UPDATE too.
    """

    has_argument = True

    def __init__(self, arg: Any, for_update: bool = False, _reflected: bool = False) -> None:
        if not isinstance(arg, (str, quoted_name)) and not hasattr(arg, "_visit"):
            arg = unwrapped(arg)
            if not hasattr(arg, "_visit"):
                raise exc.ArgumentError(
                    "A server default is a string or an SQL expression such as text('0'), not %r" % (arg,)
                )
        super().__init__(for_update)
        self.arg = arg
        self.reflected = _reflected

    def _copy(self) -> DefaultClause:
        return DefaultClause(self.arg, self.for_update, self.reflected)

    def __repr__(self) -> str:
        return "DefaultClause(%r, for_update=%r)" % (self.arg, self.for_update)


# ---------------------------------------------------------------- Python side


class DefaultGenerator(Executable, SchemaItem):
    """Base of what gives a column its value before the statement runs."""

    __visit_name__ = "default_generator"
    _is_default_generator = True
    is_sequence = False
    is_identity = False
    is_server_default = False
    is_clause_element = False
    is_callable = False
    is_scalar = False
    is_sentinel = False
    has_arg = False
    column: Any = None
    kind = "default"
    """``scalar``, ``callable``, ``clause``, ``sequence`` or ``sentinel``."""

    def __init__(self, for_update: bool = False) -> None:
        self.for_update = for_update

    def _set_parent(self, parent: Any, for_update: Optional[bool] = None, **kw: Any) -> None:
        self.column = parent
        if self.for_update if for_update is None else for_update:
            parent.onupdate = self
        else:
            parent.default = self

    def _copy(self) -> DefaultGenerator:
        raise NotImplementedError()

    def _execute_on_connection(self, connection: Any, distilled_params: Any, execution_options: Any) -> Any:
        util.warn_deprecated("execute() of a default is deprecated; use scalar()", "2.0")
        return self._execute_on_scalar(connection, distilled_params, execution_options)

    def _execute_on_scalar(self, connection: Any, distilled_params: Any, execution_options: Any) -> Any:
        return connection._execute_default(self, distilled_params, execution_options)


class ColumnDefault(DefaultGenerator):
    """A default given in Python: a value, a function, or an SQL expression.

    Called with one, returns the class for it.

    :param arg: a value; a function of no argument or of the execution context; or an SQL expression.
    :param for_update: whether it is the value of an UPDATE.
    """

    arg: Any

    def __new__(cls, arg: Any = None, for_update: bool = False) -> Any:
        if cls is not ColumnDefault:
            return object.__new__(cls)
        if isinstance(arg, FetchedValue):
            raise exc.ArgumentError(
                "%s is set by the database; give it as server_default= or server_onupdate=" % type(arg).__name__
            )
        if hasattr(arg, "__clause_element__") or hasattr(arg, "_visit"):
            return object.__new__(ColumnElementColumnDefault)
        if callable(arg):
            return object.__new__(CallableColumnDefault)
        return object.__new__(ScalarElementColumnDefault)

    def __init__(self, arg: Any = None, for_update: bool = False) -> None:
        super().__init__(for_update)
        self.arg = arg

    has_arg = True

    def _copy(self) -> ColumnDefault:
        return type(self)(getattr(self, "_given", self.arg), self.for_update)

    def compare(self, other: Any) -> bool:
        """Whether another default gives the same value: same class, equal or equivalent argument."""
        if not isinstance(other, DefaultGenerator) or type(self) is not type(other):
            return False
        return self.compare_argument(getattr(other, "_given", getattr(other, "arg", None)))

    def compare_argument(self, argument: Any) -> bool:
        """Whether ``argument`` is what this default was made of."""
        mine = getattr(self, "_given", self.arg)
        if mine is argument:
            return True
        if hasattr(mine, "compare") and hasattr(argument, "compare"):
            return bool(mine.compare(argument))
        return bool(mine == argument)

    def __repr__(self) -> str:
        return "%s(%r)" % (type(self).__name__, self.arg)

    def __reduce_ex__(self, protocol: Any) -> Any:
        return _remake_default, (type(self), self.__dict__.get("_given", self.arg), self.for_update), self._rest()

    def _rest(self) -> Dict[str, Any]:
        return {
            name: value
            for name, value in self.__dict__.items()
            if name not in ("arg", "_given", "for_update", "dispatch")
        }


def _remake_default(cls: Any, arg: Any, for_update: bool) -> Any:
    made = object.__new__(cls)
    made.__init__(arg, for_update)
    return made


class ScalarElementColumnDefault(ColumnDefault):
    """A plain value as default."""

    is_scalar = True
    kind = "scalar"


class ColumnElementColumnDefault(ColumnDefault):
    """An SQL expression as default, rendered into the statement."""

    is_clause_element = True
    kind = "clause"

    def __init__(self, arg: Any = None, for_update: bool = False) -> None:
        # a SELECT is a value here
        super().__init__(sqltext_of(arg, (roles.DDLExpressionRole, roles.SelectStatementRole)), for_update)


class CallableColumnDefault(ColumnDefault):
    """A function as default; ``arg`` takes the execution context, whatever the function given takes."""

    is_callable = True
    kind = "callable"

    def __init__(self, arg: Any = None, for_update: bool = False) -> None:
        super().__init__(_taking_context(arg), for_update)
        self._given = arg


def _taking_context(fn: Callable[..., Any]) -> Callable[[Any], Any]:
    """``fn`` itself when it takes one positional argument; else a function of the context that calls it bare."""
    wanted = _required_arguments(fn)
    if wanted > 1:
        raise exc.ArgumentError(
            "A default function takes no argument or one, the execution context; %r needs %d" % (fn, wanted)
        )
    if wanted == 1:
        return fn

    def without_context(context: Any) -> Any:
        return fn()

    without_context.__name__ = getattr(fn, "__name__", "default")
    without_context.__doc__ = getattr(fn, "__doc__", None)
    without_context.__wrapped__ = fn  # type: ignore[attr-defined]
    return without_context


def _required_arguments(fn: Callable[..., Any]) -> int:
    """How many positional arguments the function needs, or would take for the context: 0, 1, or more."""
    code = getattr(fn, "__code__", None)
    if code is not None and not hasattr(fn, "__wrapped__"):
        needed_count: int = code.co_argcount - len(fn.__defaults__ or ())
        return max(needed_count - (getattr(fn, "__self__", None) is not None), 0)
    if isinstance(fn, type) and fn.__module__ == "builtins":
        return 0
    import inspect

    try:
        parameters = list(inspect.signature(fn).parameters.values())
    except (TypeError, ValueError):
        return 0
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    needed = [p for p in positional if p.default is p.empty]
    if len(needed) > 1:
        return len(needed)
    return 1 if needed else 0


class InsertSentinelDefault(ColumnDefault):
    """The default of a sentinel column: the statement numbers its own rows."""

    is_sentinel = True
    has_arg = False
    kind = "sentinel"

    def __new__(cls, *arg: Any, **kw: Any) -> Any:
        return object.__new__(cls)

    def __init__(self, arg: Any = None, for_update: bool = False) -> None:
        super().__init__(None, False)

    def _set_parent(self, parent: Any, for_update: Optional[bool] = None, **kw: Any) -> None:
        if not parent._is_sentinel:
            raise exc.ArgumentError("Column %r needs insert_sentinel=True for a sentinel default" % parent.name)
        if not parent.nullable:
            raise exc.ArgumentError("Column %r must be nullable to have a sentinel default" % parent.name)
        super()._set_parent(parent, for_update, **kw)

    def _copy(self) -> InsertSentinelDefault:
        return InsertSentinelDefault()


# ---------------------------------------------------------------- sequences, identities, generated columns


_COUNTING_OPTIONS = ("start", "increment", "minvalue", "maxvalue", "nominvalue", "nomaxvalue", "cycle", "cache")


class IdentityOptions(DialectKWArgs):
    """The options that sequences and identity columns share."""

    start: Optional[int]
    increment: Optional[int]
    minvalue: Optional[int]
    maxvalue: Optional[int]
    nominvalue: Optional[bool]
    nomaxvalue: Optional[bool]
    cycle: Optional[bool]
    cache: Optional[int]

    def __init__(
        self,
        start: Optional[int] = None,
        increment: Optional[int] = None,
        minvalue: Optional[int] = None,
        maxvalue: Optional[int] = None,
        nominvalue: Optional[bool] = None,
        nomaxvalue: Optional[bool] = None,
        cycle: Optional[bool] = None,
        cache: Optional[int] = None,
        order: Optional[bool] = None,
        **dialect_kw: Any,
    ) -> None:
        given = (start, increment, minvalue, maxvalue, nominvalue, nomaxvalue, cycle, cache)
        vars(self).update(zip(_COUNTING_OPTIONS, given))
        self._take_dialect_kwargs(_with_older_spelling(dialect_kw, "order", order))

    @property
    def order(self) -> Any:
        """What ``oracle_order`` says."""
        return self.dialect_kwargs.get("oracle_order")

    def _options(self) -> Dict[str, Any]:
        """The options that were given."""
        given = {name: getattr(self, name) for name in _COUNTING_OPTIONS if getattr(self, name) is not None}
        given.update(self.dialect_kwargs)
        return given


def _with_older_spelling(dialect_kw: Dict[str, Any], name: str, value: Any) -> Dict[str, Any]:
    """The dialects' arguments with one of Oracle's that was given without prefix."""
    if value is None:
        return dialect_kw
    prefixed = "oracle_" + name
    if prefixed in dialect_kw:
        raise exc.ArgumentError("Give %s= or %s=, not both" % (prefixed, name))
    util.warn_deprecated("%s= is for Oracle only: give it as %s=" % (name, prefixed), "2.1")
    return {**dialect_kw, prefixed: value}


class Sequence(HasSchemaAttr, IdentityOptions, DefaultGenerator):
    """A sequence of the database, as default of a column or by itself.

    :param name: the name.
    :param start: the first value.
    :param increment: the step.
    :param minvalue: the least value.
    :param maxvalue: the greatest value.
    :param nominvalue: NO MINVALUE.
    :param nomaxvalue: NO MAXVALUE.
    :param cycle: whether it starts anew at its end.
    :param schema: the schema; by default that of the MetaData.
    :param cache: how many values are made at once.
    :param order: give ``oracle_order=`` instead.
    :param data_type: the type of the values.
    :param optional: whether databases with autoincrementing keys do without it.
    :param quote: whether the name is quoted.
    :param metadata: the MetaData with which it is created and dropped.
    :param quote_schema: whether the schema is quoted.
    :param for_update: whether it gives the value of an UPDATE.
    """

    __visit_name__ = "sequence"
    is_sequence = True
    kind = "sequence"
    has_arg = False

    def __init__(
        self,
        name: str,
        start: Optional[int] = None,
        increment: Optional[int] = None,
        minvalue: Optional[int] = None,
        maxvalue: Optional[int] = None,
        nominvalue: Optional[bool] = None,
        nomaxvalue: Optional[bool] = None,
        cycle: Optional[bool] = None,
        schema: Any = None,
        cache: Optional[int] = None,
        order: Optional[bool] = None,
        data_type: Any = None,
        optional: bool = False,
        quote: Optional[bool] = None,
        metadata: Any = None,
        quote_schema: Optional[bool] = None,
        for_update: bool = False,
        **dialect_kw: Any,
    ) -> None:
        DefaultGenerator.__init__(self, for_update=for_update)
        IdentityOptions.__init__(
            self, start, increment, minvalue, maxvalue, nominvalue, nomaxvalue, cycle, cache, order, **dialect_kw
        )
        self.name = quoted_name(name, quote)
        self.optional = optional
        if schema is None and metadata is not None:
            schema = metadata.schema
        elif schema is BLANK_SCHEMA:
            schema = None
        self._given_schema = schema
        self.schema = None if schema is None else quoted_name(schema, quote_schema)
        self.metadata = metadata
        self._key = table_key(name, schema)
        if metadata is not None:
            self._belong_to(metadata)
        self.data_type = None if data_type is None else to_instance(data_type)

    def next_value(self) -> Function[int]:
        """The expression for the next value of the sequence."""
        return next_value(self)

    def _copy(self) -> Sequence:
        return type(self)(
            name=self.name,
            schema=self.schema,
            data_type=self.data_type,
            optional=self.optional,
            metadata=None if self.column is not None else self.metadata,
            for_update=self.for_update,
            **self._options(),
        )

    def _set_parent(self, parent: Any, **kw: Any) -> None:  # type: ignore[override]
        super()._set_parent(parent, **kw)
        parent._on_table_attach(self._column_in_table)

    def _column_in_table(self, column: Any, table: Any) -> None:
        self._belong_to(table.metadata)

    def _belong_to(self, metadata: Any) -> None:
        self.metadata = metadata
        metadata._sequences[self._key] = self
        metadata._add_object(self)

    def create(self, bind: Any, checkfirst: Any = True) -> None:
        """Issue CREATE SEQUENCE.

        :param bind: an engine or connection.
        :param checkfirst: whether to look first if it exists.
        """
        slots.schema_create_all(bind, self, checkfirst=checkfirst)

    def drop(self, bind: Any, checkfirst: Any = True) -> None:
        """Issue DROP SEQUENCE.

        :param bind: an engine or connection.
        :param checkfirst: whether to look first if it exists.
        """
        slots.schema_drop_all(bind, self, checkfirst=checkfirst)

    def __repr__(self) -> str:
        shown = ["%r" % (str(self.name),)]
        shown.extend("%s=%r" % item for item in self._options().items())
        if self._given_schema is not None:
            shown.append("schema=%r" % (self._given_schema,))
        if self.data_type is not None:
            shown.append("data_type=%r" % (self.data_type,))
        if self.optional:
            shown.append("optional=True")
        if self.metadata is not None and self.column is None:
            shown.append("metadata=%r" % (self.metadata,))
        return "Sequence(%s)" % ", ".join(shown)


def next_value(sequence: Sequence) -> Function[int]:
    """The expression for the next value of ``sequence``."""
    made: Function[int] = slots.function("next_value", sequence)
    return made


class Computed(FetchedValue, SchemaItem):
    """A generated column: GENERATED ALWAYS AS.

    :param sqltext: the expression, as text or as an SQL element.
    :param persisted: True for a stored value, False for one computed when read, None for the database's choice.
    """

    __visit_name__ = "computed_column"
    column: Any = None

    def __init__(self, sqltext: Any, persisted: Optional[bool] = None) -> None:
        super().__init__()
        self.sqltext = sqltext_of(sqltext)
        self.persisted = persisted
        self.column = None

    def _set_parent(self, parent: Any, **kw: Any) -> None:
        _refuse_server_values(parent, "is generated", (Computed,), (Computed,))
        self.column = parent
        parent.computed = self
        parent.server_onupdate = self
        parent.server_default = self

    def _serving(self, for_update: bool) -> FetchedValue:
        return self

    @util.deprecated("1.4", "copy() is deprecated; use Column.clone() or Table.to_metadata()")
    def copy(self, *, target_table: Any = None, **kw: Any) -> Computed:
        """A copy; use ``Column.clone()`` or ``Table.to_metadata()`` to copy whole columns and tables."""
        return self._copy(target_table=target_table, **kw)

    def _copy(self, *, target_table: Any = None, **kw: Any) -> Computed:
        source = None if self.column is None else self.column.table
        made = Computed(renamed(self.sqltext, source, target_table), persisted=self.persisted)
        return self._endow(made)

    def __repr__(self) -> str:
        return util.generic_repr(self)


class Identity(IdentityOptions, FetchedValue, SchemaItem):
    """An identity column: GENERATED ... AS IDENTITY.

    :param always: ALWAYS rather than BY DEFAULT.
    :param on_null: give ``oracle_on_null=`` instead.
    :param start: the first value.
    :param increment: the step.
    :param minvalue: the least value.
    :param maxvalue: the greatest value.
    :param nominvalue: NO MINVALUE.
    :param nomaxvalue: NO MAXVALUE.
    :param cycle: whether it starts anew at its end.
    :param cache: how many values are made at once.
    :param order: give ``oracle_order=`` instead.
    """

    __visit_name__ = "identity_column"
    is_identity = True
    column: Any = None

    def __init__(
        self,
        always: Optional[bool] = False,
        on_null: Optional[bool] = None,
        start: Optional[int] = None,
        increment: Optional[int] = None,
        minvalue: Optional[int] = None,
        maxvalue: Optional[int] = None,
        nominvalue: Optional[bool] = None,
        nomaxvalue: Optional[bool] = None,
        cycle: Optional[bool] = None,
        cache: Optional[int] = None,
        order: Optional[bool] = None,
        **dialect_kw: Any,
    ) -> None:
        dialect_kw = _with_older_spelling(dialect_kw, "on_null", on_null)
        IdentityOptions.__init__(
            self, start, increment, minvalue, maxvalue, nominvalue, nomaxvalue, cycle, cache, order, **dialect_kw
        )
        self.for_update = False
        self.always = always
        self.column = None

    @property
    def on_null(self) -> Any:
        """What ``oracle_on_null`` says."""
        return self.dialect_kwargs.get("oracle_on_null")

    def _set_parent(self, parent: Any, **kw: Any) -> None:
        _refuse_server_values(parent, "has an Identity", (Identity,), ())
        if parent.autoincrement is False:
            raise exc.ArgumentError(
                "Column %r has an Identity, so it cannot be autoincrement=False" % parent.name
            )
        self.column = parent
        parent.identity = self
        if parent._user_defined_nullable is NULLABLE_BY_DEFAULT:
            parent.nullable = False
        parent.server_default = self

    def _serving(self, for_update: bool) -> FetchedValue:
        return self

    @util.deprecated("1.4", "copy() is deprecated; use Column.clone() or Table.to_metadata()")
    def copy(self, **kw: Any) -> Identity:
        """A copy; use ``Column.clone()`` or ``Table.to_metadata()`` to copy whole columns and tables."""
        return self._copy(**kw)

    def _copy(self, **kw: Any) -> Identity:
        made = Identity(always=self.always, **self._options())
        return self._endow(made)

    def __repr__(self) -> str:
        shown = [] if not self.always else ["always=%r" % (self.always,)]
        shown.extend("%s=%r" % item for item in self._options().items())
        return "Identity(%s)" % ", ".join(shown)


def _refuse_server_values(column: Any, why: str, defaults: Tuple[type, ...], onupdates: Tuple[type, ...]) -> None:
    """ArgumentError unless what the column says of the server already is of these classes, or nothing."""
    for value, allowed in ((column.server_default, defaults), (column.server_onupdate, onupdates)):
        if value is not None and not isinstance(value, allowed):
            raise exc.ArgumentError(
                "Column %r %s; it takes neither server_default= nor server_onupdate=" % (column.name, why)
            )


def renamed(sqltext: Any, source: Any, target: Any) -> Any:
    """``sqltext`` with the columns of table ``source`` replaced by those of ``target``."""
    if source is None or target is None or source is target:
        return sqltext
    def replace(element: Any, **kw: Any) -> Any:
        if getattr(element, "table", None) is source and getattr(element, "key", None) in source.c:  # type: ignore[union-attr]
            return target.c[element.key]
        return None

    return replacement_traverse(sqltext, {}, replace)


NULLABLE_BY_DEFAULT = util.symbol("NULLABLE_BY_DEFAULT")
