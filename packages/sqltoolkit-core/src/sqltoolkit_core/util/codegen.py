"""The one home of generated functions: visit dispatchers, arity templates, small one-off functions.

What is generated, and from which facts, is decided by the callers.  A *template* is source text for one pattern; it is
compiled once, and *instantiated* with the names and converters of a statement or class as default arguments, which
costs about a microsecond.  The source of every template is kept for tracebacks and for reading.
"""

from __future__ import annotations

import sys
import threading
import types
import typing

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Callable
    from typing import Dict
    from typing import Hashable
    from typing import Mapping
    from typing import Optional
    from typing import Tuple

__all__ = [
    "TemplateCache",
    "compile_code",
    "define",
    "install_visit",
    "instantiate",
    "source_of",
]

_FILE_NAME = "<sqltoolkit %s %d>"
_counter = iter(range(1, 1 << 62))
_sources: Dict[str, str] = {}


def compile_code(source: str, name: str) -> types.CodeType:
    """Compile ``source``, which defines the one function ``name``, and return the code of that function."""
    file_name = _FILE_NAME % (name, next(_counter))
    module_code = compile(source, file_name, "exec")
    for constant in module_code.co_consts:
        if isinstance(constant, types.CodeType) and constant.co_name == name:
            _remember(file_name, source)
            return constant
    raise ValueError("the generated source defines no function %r" % name)


def _remember(file_name: str, source: str) -> None:
    import linecache

    _sources[file_name] = source
    lines = source.splitlines(True)
    # a modification time of None keeps linecache from looking for a file of that name
    linecache.cache[file_name] = (len(source), None, lines, file_name)


def instantiate(
    code: types.CodeType,
    globals: Dict[str, Any],
    name: str,
    defaults: Tuple[Any, ...] = (),
) -> Callable[..., Any]:
    """Return a function of compiled ``code`` whose last parameters have the values ``defaults``."""
    return types.FunctionType(code, globals, name, defaults)


def define(source: str, name: str, namespace: Optional[Mapping[str, Any]] = None) -> Callable[..., Any]:
    """Return the function ``name`` of ``source``; ``namespace`` holds its globals.

    For functions made once per process or class; where one is made per statement, use a template.
    """
    file_name = _FILE_NAME % (name, next(_counter))
    scope: Dict[str, Any] = {"__name__": __name__}
    if namespace is not None:
        scope.update(namespace)
    exec(compile(source, file_name, "exec"), scope)
    _remember(file_name, source)
    made: Callable[..., Any] = scope[name]
    return made


def source_of(function: Callable[..., Any]) -> Optional[str]:
    """Return the source of a generated function, None for any other."""
    code = getattr(function, "__code__", None)
    return _sources.get(code.co_filename) if code is not None else None


class TemplateCache:
    """Compiled templates by pattern, bounded.

    ``build(pattern)`` returns the source for a pattern; ``name`` is the function that it defines.
    """

    __slots__ = ("_build", "_codes", "_lock", "_name", "_size", "globals")

    def __init__(
        self,
        name: str,
        build: Callable[[Any], str],
        globals: Optional[Dict[str, Any]] = None,
        size: int = 512,
    ) -> None:
        self._name = name
        self._build = build
        self._codes: Dict[Hashable, types.CodeType] = {}
        self._lock = threading.Lock()
        self._size = size
        self.globals: Dict[str, Any] = {} if globals is None else globals
        self.globals.setdefault("__builtins__", __builtins__)

    def __len__(self) -> int:
        return len(self._codes)

    def code(self, pattern: Hashable) -> types.CodeType:
        """Return the compiled code of ``pattern``."""
        code = self._codes.get(pattern)
        if code is None:
            code = compile_code(self._build(pattern), self._name)
            with self._lock:
                if len(self._codes) >= self._size:
                    self._evict()
                code = self._codes.setdefault(pattern, code)
        return code

    def _evict(self) -> None:
        for pattern in list(self._codes)[: max(1, self._size // 4)]:
            dropped = self._codes.pop(pattern)
            # functions that run this code live on; only a traceback through them loses its source lines
            _sources.pop(dropped.co_filename, None)
            sys.modules["linecache"].cache.pop(dropped.co_filename, None)

    def make(self, pattern: Hashable, defaults: Tuple[Any, ...] = ()) -> Callable[..., Any]:
        """Return a function for ``pattern``, its last parameters bound to ``defaults``."""
        code = self._codes.get(pattern)
        if code is None:
            code = self.code(pattern)
        return types.FunctionType(code, self.globals, self._name, defaults)


def _visit(self: Any, compiler: Any) -> Any:
    try:
        method = compiler.visit_NAME
    except AttributeError as err:
        return compiler.visit_unsupported_compilation(self, err)
    return method(self)


def _visit_kw(self: Any, compiler: Any, **kw: Any) -> Any:
    try:
        method = compiler.visit_NAME
    except AttributeError as err:
        return compiler.visit_unsupported_compilation(self, err, **kw)
    return method(self, **kw)


_visit_functions: Dict[str, Tuple[Any, Any]] = {}


def _renamed(pattern: Callable[..., Any], name: str) -> Callable[..., Any]:
    # one compiled pattern, its name replaced: compiling a source per class would take a fifth of the import time
    code = pattern.__code__
    names = tuple("visit_" + name if item == "visit_NAME" else item for item in code.co_names)
    return types.FunctionType(_with_names(code, names), globals(), pattern.__name__)


if hasattr(_visit.__code__, "replace"):

    def _with_names(code: types.CodeType, names: Tuple[str, ...]) -> types.CodeType:
        return code.replace(co_names=names)

else:  # Python 3.7

    def _with_names(code: types.CodeType, names: Tuple[str, ...]) -> types.CodeType:
        make: Any = types.CodeType
        made: types.CodeType = make(
            code.co_argcount,
            code.co_kwonlyargcount,
            code.co_nlocals,
            code.co_stacksize,
            code.co_flags,
            code.co_code,
            code.co_consts,
            names,
            code.co_varnames,
            code.co_filename,
            code.co_name,
            code.co_firstlineno,
            code.co_lnotab,
            code.co_freevars,
            code.co_cellvars,
        )
        return made


def install_visit(cls: type, name: str) -> None:
    """Give ``cls`` the methods ``_visit(compiler)`` and ``_visit_kw(compiler, **kw)``.

    Both call ``compiler.visit_<name>(self)``, looked up on the compiler at each call, or its
    ``visit_unsupported_compilation(element, error)`` where it has no such method.
    """
    found = _visit_functions.get(name)
    if found is None:
        if not name.isidentifier():
            raise ValueError("the visit name %r is not an identifier" % (name,))
        found = (_renamed(_visit, name), _renamed(_visit_kw, name))
        _visit_functions[name] = found
    cls._visit, cls._visit_kw = found  # type: ignore[attr-defined]
