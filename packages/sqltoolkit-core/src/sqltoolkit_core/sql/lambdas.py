"""Statements and criteria given as functions: ``lambda_stmt()``, and criteria resolved when their argument is known.

A function is called when its result is needed; what makes repeated statements cheap is their cache key, not the
function. Coercion of functions in ``where()`` and the like calls :func:`lambda_element`.
"""

from __future__ import annotations

from typing import Any, Callable, Iterable, Optional, Tuple

from .. import exc
from . import coercions, roles
from .cache_key import KeyKind
from .elements.base import ClauseElement
from .executable import ExecutableStatement

__all__ = [
    "DeferredLambda", "LambdaElement", "LambdaOptions", "StatementLambdaElement", "lambda_element", "lambda_stmt",
]  # fmt: skip


class LambdaOptions:
    """How a function is tracked; kept for callers that pass these settings on."""

    enable_tracking = True
    track_closure_variables = True
    track_on: Optional[Any] = None
    global_track_bound_values = True
    track_bound_values = True
    lambda_cache: Optional[Any] = None

    def __init__(self, **settings: Any) -> None:
        for name in settings:
            if not hasattr(LambdaOptions, name):
                raise TypeError("there is no lambda option %r" % name)
        self.__dict__.update(settings)


def _code_key(fn: Callable[..., Any], options: LambdaOptions) -> Tuple[Any, ...]:
    try:
        key: Tuple[Any, ...] = (fn.__code__,)
    except AttributeError:
        raise exc.ArgumentError("a function is expected, such as a lambda, and got %r" % (fn,)) from None
    if options.track_on:
        key += tuple(options.track_on)
    return key


class LambdaElement(ClauseElement):
    """An element given as a function that returns it."""

    __visit_name__ = "lambda_element"

    cache_key_fields = (("_resolved", KeyKind.CLAUSE),)
    _is_lambda_element = True

    parent_lambda: Optional[LambdaElement] = None
    closure_cache_key: Tuple[Any, ...] = ()

    def __init__(
        self,
        fn: Callable[..., Any],
        role: Any,
        opts: Any = LambdaOptions,
        apply_propagate_attrs: Any = None,
    ) -> None:
        self.fn = fn
        self.role = role
        self.opts = opts() if isinstance(opts, type) else opts
        self.tracker_key = _code_key(fn, self.opts)
        self._resolved = self._resolve()
        mark = self._resolved.entity_mark
        if mark is not None:
            self.entity_mark = mark
            if apply_propagate_attrs is not None and apply_propagate_attrs.entity_mark is None:
                apply_propagate_attrs.entity_mark = mark

    def _resolve(self) -> Any:
        return coercions.expect(self.role, self.fn())

    def _flat(self, out: Any, binds: Any, seen: Any) -> None:
        # the function is a way of writing: the key is that of what it returned
        self._resolved._flat(out, binds, seen)

    @property
    def _from_objects(self) -> Any:
        return self._resolved._from_objects

    def self_group(self, against: Any = None) -> Any:
        """Return what the function returned, grouped for ``against``."""
        return self._resolved.self_group(against=against)

    def _compiler(self, dialect: Any, **kw: Any) -> Any:
        return self._resolved._compiler(dialect, **kw)


class StatementLambdaElement(ExecutableStatement, LambdaElement):
    """A statement given as a function; further functions add to it with ``+``."""

    inherit_cache = True
    supports_execution = True
    allows_lambda = True

    def __add__(self, other: Callable[[Any], Any]) -> StatementLambdaElement:
        return self._with(other)

    def _with(self, fn: Callable[[Any], Any], options: Any = None) -> StatementLambdaElement:
        made = object.__new__(StatementLambdaElement)
        made.fn = fn
        made.role = self.role
        made.opts = options or self.opts
        made.parent_lambda = self
        made.tracker_key = self.tracker_key + _code_key(fn, made.opts)
        made._resolved = coercions.expect(self.role, fn(self.resolved))
        made.entity_mark = made._resolved.entity_mark
        return made

    def add_criteria(
        self,
        other: Callable[[Any], Any],
        enable_tracking: bool = True,
        track_on: Optional[Any] = None,
        track_closure_variables: bool = True,
        track_bound_values: bool = True,
    ) -> StatementLambdaElement:
        """Return the statement that ``other(statement)`` returns.

        :param track_on: objects that tell uses of the same function apart.
        """
        options = LambdaOptions(
            enable_tracking=enable_tracking,
            track_on=track_on,
            track_closure_variables=track_closure_variables,
            track_bound_values=track_bound_values,
        )
        return self._with(other, options)

    def spoil(self) -> StatementLambdaElement:
        """Return the statement so that functions added to it are called each time, which they always are."""
        return self

    @property
    def resolved(self) -> Any:
        """The statement with the options that were set on this object."""
        statement = self._resolved
        if self._with_options:
            statement = statement.options(*self._with_options)
        if self._execution_options:
            statement = statement.execution_options(**self._execution_options)
        return statement

    def _execute_on_connection(self, connection: Any, distilled_params: Any, execution_options: Any) -> Any:
        return self.resolved._execute_on_connection(connection, distilled_params, execution_options)

    def _compile_w_cache(self, dialect: Any, **kw: Any) -> Any:
        return self.resolved._compile_w_cache(dialect, **kw)

    def params(self, __optionaldict: Any = None, **kwargs: Any) -> Any:
        """Return the statement with values for its named parameters."""
        return self.resolved.params(__optionaldict, **kwargs)

    @property
    def is_select(self) -> bool:  # type: ignore[override]
        """Whether the statement is a SELECT."""
        answer: bool = self._resolved.is_select
        return answer

    @property
    def is_update(self) -> bool:  # type: ignore[override]
        """Whether the statement is an UPDATE."""
        answer: bool = self._resolved.is_update
        return answer

    @property
    def is_insert(self) -> bool:  # type: ignore[override]
        """Whether the statement is an INSERT."""
        answer: bool = self._resolved.is_insert
        return answer

    @property
    def is_text(self) -> bool:  # type: ignore[override]
        """Whether the statement is text."""
        answer: bool = self._resolved.is_text
        return answer

    @property
    def is_delete(self) -> bool:  # type: ignore[override]
        """Whether the statement is a DELETE."""
        answer: bool = self._resolved.is_delete
        return answer

    @property
    def is_dml(self) -> bool:  # type: ignore[override]
        """Whether the statement changes rows."""
        answer: bool = self._resolved.is_dml
        return answer


class DeferredLambda:
    """A criterion given as a function of something that is known later, an entity for example."""

    __slots__ = ("fn", "role", "constant")

    def __init__(self, fn: Callable[..., Any], role: Any = roles.WhereHavingRole) -> None:
        if not callable(fn):
            raise exc.ArgumentError("a function is expected, such as a lambda, and got %r" % (fn,))
        self.fn = fn
        self.role = role

    def resolve(self, *args: Any) -> Any:
        """Return the element that the function gives for these arguments."""
        return coercions.expect(self.role, self.fn(*args))


def lambda_element(fn: Callable[[], Any], role: Any, **hints: Any) -> Any:
    """Return the element for a function that stands where an element of ``role`` may."""
    try:
        result = fn()
    except TypeError as err:
        code = getattr(fn, "__code__", None)
        if code is not None and code.co_argcount:
            raise exc.ArgumentError(
                "the function takes %d arguments; one that stands for an element takes none" % code.co_argcount
            ) from err
        raise
    if role is roles.ColumnsClauseRole and result.__class__ is tuple:
        return tuple([coercions.expect(role, each, **hints) for each in result])
    return coercions.expect(role, result, **hints)


def lambda_stmt(
    lmb: Callable[[], Any],
    enable_tracking: bool = True,
    track_closure_variables: bool = True,
    track_on: Optional[Iterable[Any]] = None,
    global_track_bound_values: bool = True,
    track_bound_values: bool = True,
    lambda_cache: Optional[Any] = None,
) -> StatementLambdaElement:
    """Return the statement that a function returns, to which further functions can be added with ``+``.

    :param track_on: objects that tell uses of the same function apart.
    :param lambda_cache: accepted for compatibility; statements are cached by their key.
    """
    options = LambdaOptions(
        enable_tracking=enable_tracking,
        track_closure_variables=track_closure_variables,
        track_on=track_on,
        global_track_bound_values=global_track_bound_values,
        track_bound_values=track_bound_values,
        lambda_cache=lambda_cache,
    )
    return StatementLambdaElement(lmb, roles.StatementRole, options)


@coercions.completes(roles.StatementRole)
def _statement_of_lambda(element: Any, **kw: Any) -> Any:
    return element.resolved if isinstance(element, StatementLambdaElement) else element


_statement_of_lambda.skips = lambda cls: not issubclass(cls, StatementLambdaElement)  # type: ignore[attr-defined]
