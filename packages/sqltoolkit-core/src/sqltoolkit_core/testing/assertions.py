"""Assertions about SQL text, warnings and errors, for the tests of the toolkit and of dialects.

Which statements ran against a database is asserted in ``assertsql``.
"""

from __future__ import annotations

import contextlib
import re
import warnings
from typing import TYPE_CHECKING

from .. import exc

if TYPE_CHECKING:
    from typing import Any
    from typing import Iterator
    from typing import Mapping
    from typing import Optional
    from typing import Sequence

__all__ = [
    "AssertsCompiledSQL",
    "compiled_text",
    "eq_",
    "expect_raises",
    "expect_raises_message",
    "expect_warnings",
    "in_",
    "is_",
    "is_not",
    "ne_",
    "one_line",
]


def eq_(a: Any, b: Any, msg: Optional[str] = None) -> None:
    """Assert that both are equal."""
    assert a == b, msg or "%r != %r" % (a, b)


def ne_(a: Any, b: Any, msg: Optional[str] = None) -> None:
    """Assert that both differ."""
    assert a != b, msg or "%r == %r" % (a, b)


def is_(a: Any, b: Any, msg: Optional[str] = None) -> None:
    """Assert that both are one object."""
    assert a is b, msg or "%r is not %r" % (a, b)


def is_not(a: Any, b: Any, msg: Optional[str] = None) -> None:
    """Assert that both are different objects."""
    assert a is not b, msg or "%r is %r" % (a, b)


def in_(a: Any, b: Any, msg: Optional[str] = None) -> None:
    """Assert that ``a`` is in ``b``."""
    assert a in b, msg or "%r is not in %r" % (a, b)


@contextlib.contextmanager
def expect_raises(class_: Any) -> Iterator[Any]:
    """Assert that the block raises an error of that class; the error is in ``.error`` of what is bound."""
    with expect_raises_message(class_, None) as caught:
        yield caught


class _Caught:
    error: Any = None


@contextlib.contextmanager
def expect_raises_message(class_: Any, message: Optional[str]) -> Iterator[Any]:
    """Assert that the block raises an error of that class whose text matches the pattern ``message``."""
    caught = _Caught()
    try:
        yield caught
    except class_ as err:
        caught.error = err
    if caught.error is None:
        raise AssertionError("no %s was raised" % (class_,))
    if message is not None:
        assert re.search(message, str(caught.error)), "%r does not match %r" % (str(caught.error), message)


@contextlib.contextmanager
def expect_warnings(*messages: str, category: Any = exc.SAWarning) -> Iterator[Any]:
    """Assert that the block emits warnings that match all of the patterns, and no others of that class."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        yield seen
    texts = [str(item.message) for item in seen if issubclass(item.category, category)]
    for message in messages:
        assert any(re.search(message, text) for text in texts), "no warning matches %r: %r" % (message, texts)
    for text in texts:
        assert not messages or any(re.search(message, text) for message in messages), "unexpected: %r" % text


def one_line(text: str) -> str:
    """Return SQL text without its line breaks."""
    return re.sub(r"[\n\t]", "", text)


def compiled_text(element: Any, dialect: Any = None, **compile_kwargs: Any) -> str:
    """Return the SQL text of an element on one line."""
    return one_line(str(element.compile(dialect=dialect, compile_kwargs=compile_kwargs)))


class AssertsCompiledSQL:
    """Adds ``assert_compile()`` to a test class; ``__dialect__`` is the dialect it uses by itself."""

    __dialect__: Any = None

    def assert_compile(
        self,
        clause: Any,
        result: str,
        params: Optional[Mapping[str, Any]] = None,
        checkparams: Optional[Mapping[str, Any]] = None,
        checkpositional: Optional[Sequence[Any]] = None,
        dialect: Any = None,
        literal_binds: bool = False,
        render_postcompile: bool = False,
        schema_translate_map: Any = None,
        column_keys: Optional[Sequence[str]] = None,
        for_executemany: bool = False,
    ) -> Any:
        """Assert that ``clause`` compiles to ``result``, line breaks aside; return the compiled form.

        :param params: values whose keys an INSERT or UPDATE is compiled for.
        :param checkparams: the bound values by name.
        :param checkpositional: the bound values by position.
        """
        options: Any = {}
        if literal_binds:
            options["literal_binds"] = True
        if render_postcompile:
            options["render_postcompile"] = True
        kw: Any = {}
        if params is not None:
            kw["column_keys"] = list(params)
        if column_keys is not None:
            kw["column_keys"] = list(column_keys)
        if for_executemany:
            kw["for_executemany"] = True
        if schema_translate_map is not None:
            kw["schema_translate_map"] = schema_translate_map
        compiled = clause.compile(
            dialect=dialect if dialect is not None else self.__dialect__, compile_kwargs=options, **kw
        )
        eq_(one_line(str(compiled)), one_line(result))
        if checkparams is not None:
            eq_(dict(compiled.construct_params(params)), dict(checkparams))
        if checkpositional is not None:
            values = compiled.construct_params(params, escape_names=False)
            eq_(tuple(values[name] for name in compiled.positiontup), tuple(checkpositional))
        return compiled
