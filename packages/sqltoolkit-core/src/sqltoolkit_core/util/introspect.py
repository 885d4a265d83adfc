"""Signatures, class walking, making objects' texts, functions and proxies from what classes declare.

Annotations are read in ``util/typing.py``.
"""

from __future__ import annotations

import types
import typing
from typing import Any
from typing import Callable

from .. import exc

if typing.TYPE_CHECKING:
    from typing import Dict
    from typing import Iterator
    from typing import List
    from typing import Optional
    from typing import Sequence
    from typing import Set
    from typing import Tuple
    from typing import Type
    from typing import TypeVar

    _T = TypeVar("_T")

__all__ = [
    "NoneType",
    "asbool",
    "asint",
    "as_interface",
    "attrsetter",
    "bool_or_str",
    "class_hierarchy",
    "coerce_kw_type",
    "constructor_copy",
    "constructor_key",
    "counter",
    "decode_backslashes",
    "dictlike_iteritems",
    "duck_type_collection",
    "ellipses_string",
    "format_argspec",
    "function_named",
    "generic_repr",
    "get_callable_argspec",
    "get_cls_kwargs",
    "get_func_kwargs",
    "inject_docstring_text",
    "iterate_attributes",
    "method_is_overridden",
    "monkeypatch_proxied_specials",
    "only_once",
    "parse_user_argument_for_enum",
    "quoted_token_parser",
    "repr_tuple_names",
    "safe_reraise",
    "set_creation_order",
    "string_or_unprintable",
    "symbol",
    "unbound_method_to_callable",
    "walk_subclasses",
    "to_names",
]

#: the class of None
NoneType = type(None)


class safe_reraise:
    """A block that cleans up after an error: the error goes on at its end, unless the clean-up fails itself."""

    __slots__ = ("_info", "warn_only")

    def __init__(self, warn_only: bool = False) -> None:
        self.warn_only = warn_only

    def __enter__(self) -> safe_reraise:
        import sys

        self._info = sys.exc_info()
        return self

    def __exit__(self, type_: Any, value: Any, traceback: Any) -> None:
        error = self._info[1]
        trace = self._info[2]
        self._info = (None, None, None)
        if type_ is None:
            assert error is not None, "safe_reraise() belongs into an except block"
            raise error.with_traceback(trace)
        if error is not None and value is not None and value.__cause__ is None:
            value.__context__ = error


def walk_subclasses(cls: Type[_T]) -> Iterator[Type[_T]]:
    """Yield ``cls`` and every class below it, each once, as far as they exist now."""
    seen: Set[Any] = set()
    stack: List[Any] = [cls]
    while stack:
        one = stack.pop()
        if one in seen:
            continue
        seen.add(one)
        stack.extend(one.__subclasses__())
        yield one


def class_hierarchy(cls: Type[Any]) -> List[Type[Any]]:
    """Return ``cls``, its bases, and every class below any of them that exists now; ``object`` left out."""
    result: Dict[Type[Any], None] = {cls: None}
    todo = list(cls.__mro__)
    while todo:
        one = todo.pop()
        for base in one.__bases__:
            if base not in result and base is not object:
                todo.append(base)
                result[base] = None
        if one is object or one.__module__ == "builtins":
            continue
        subclasses: List[Any] = type.__subclasses__(one)
        for sub in subclasses:
            if sub not in result:
                todo.append(sub)
                result[sub] = None
    result.pop(object, None)
    return list(result)


def method_is_overridden(instance_or_cls: Any, against_method: Callable[..., Any]) -> bool:
    """Say whether the class has another method in the place of ``against_method``."""
    cls = instance_or_cls if isinstance(instance_or_cls, type) else instance_or_cls.__class__
    found: Any = getattr(cls, against_method.__name__)
    return bool(found != against_method)


def get_cls_kwargs(cls: type, *, raiseerr: bool = False) -> Set[str]:
    """Return the keyword names that the constructor of ``cls`` and, through ``**kw``, those of its bases take."""
    names: Set[str] = set()
    for one in cls.__mro__:
        init = one.__dict__.get("__init__")
        # PyPy keeps the constructor of object as a function
        if one is object or not isinstance(init, types.FunctionType):
            continue
        own, takes_more = _parameters(init)
        names.update(own)
        if not takes_more:
            break
    else:
        if raiseerr:
            raise TypeError("%r takes arbitrary keywords" % (cls,))
    names.discard("self")
    return names


def _parameters(fn: types.FunctionType) -> Tuple[List[str], bool]:
    code = fn.__code__
    count = code.co_argcount + code.co_kwonlyargcount
    return list(code.co_varnames[:count]), bool(code.co_flags & 0x08)


def get_func_kwargs(func: Any) -> List[str]:
    """Return the parameter names of a function or method."""
    return list(get_callable_argspec(func)[0])


def get_callable_argspec(fn: Any, no_self: bool = False, _is_init: bool = False) -> Any:
    """Return the ``inspect.FullArgSpec`` of anything callable, without ``self`` where ``no_self`` is given."""
    import inspect

    if inspect.isbuiltin(fn):
        raise TypeError("the signature of the builtin %s cannot be read" % (fn,))
    if inspect.isfunction(fn):
        spec = inspect.getfullargspec(fn)
        return spec._replace(args=spec.args[1:]) if _is_init and no_self else spec
    if inspect.ismethod(fn):
        if no_self and (_is_init or fn.__self__ is not None):
            spec = inspect.getfullargspec(fn.__func__)
            return spec._replace(args=spec.args[1:])
        return inspect.getfullargspec(fn.__func__)
    if inspect.isclass(fn):
        return get_callable_argspec(fn.__init__, no_self=no_self, _is_init=True)
    if hasattr(fn, "__func__"):
        return inspect.getfullargspec(fn.__func__)
    if hasattr(fn, "__call__"):
        if inspect.ismethod(fn.__call__):
            return get_callable_argspec(fn.__call__, no_self=no_self)
    raise TypeError("%r cannot be called" % (fn,))


def format_argspec(spec: Any) -> str:
    """Return a ``FullArgSpec`` as source text, in parentheses."""
    pieces = []
    defaults = spec.defaults or ()
    first_default = len(spec.args) - len(defaults)
    for index, name in enumerate(spec.args):
        if index >= first_default:
            pieces.append("%s=%r" % (name, defaults[index - first_default]))
        else:
            pieces.append(name)
    if spec.varargs:
        pieces.append("*" + spec.varargs)
    elif spec.kwonlyargs:
        pieces.append("*")
    for name in spec.kwonlyargs:
        if spec.kwonlydefaults and name in spec.kwonlydefaults:
            pieces.append("%s=%r" % (name, spec.kwonlydefaults[name]))
        else:
            pieces.append(name)
    if spec.varkw:
        pieces.append("**" + spec.varkw)
    return "(%s)" % ", ".join(pieces)


def unbound_method_to_callable(func_or_cls: Any) -> Any:
    """Return the function of a method that is not bound, anything else as it is."""
    if isinstance(func_or_cls, types.MethodType) and not func_or_cls.__self__:
        return func_or_cls.__func__
    return func_or_cls


def function_named(fn: Any, name: str) -> Any:
    """Give ``fn`` a name and return it."""
    fn.__name__ = name
    return fn


def generic_repr(
    obj: Any,
    additional_kw: Sequence[Tuple[str, Any]] = (),
    to_inspect: Any = None,
    omit_kwarg: Sequence[str] = (),
) -> str:
    """Return a constructor call that shows the attributes of ``obj`` named like the parameters of its class.

    Keyword parameters are shown where they differ from their defaults.
    """
    import inspect

    if to_inspect is None:
        to_inspect = [obj]
    elif not isinstance(to_inspect, (list, tuple)):
        to_inspect = [to_inspect]

    missing = object()
    positional: List[str] = []
    keywords: Dict[str, Any] = {}
    varargs: Optional[str] = None
    for index, one in enumerate(to_inspect):
        try:
            spec = inspect.getfullargspec((one if isinstance(one, type) else type(one)).__init__)  # type: ignore[misc]
        except TypeError:
            continue
        defaults = spec.defaults or ()
        split = len(spec.args) - len(defaults)
        names = spec.args[1:split]
        if index == 0:
            varargs = spec.varargs
            positional.extend(names)
        else:
            positional.extend(name for name in names if name not in positional)
        for name, default in zip(spec.args[split:], defaults):
            keywords.setdefault(name, default)
        if spec.kwonlydefaults:
            for name, default in spec.kwonlydefaults.items():
                keywords.setdefault(name, default)

    pieces = [repr(getattr(obj, name, None)) for name in positional]
    if varargs is not None and hasattr(obj, varargs):
        pieces.extend(repr(value) for value in getattr(obj, varargs))
    shown = [(name, default) for name, default in keywords.items()]
    for name, default in shown + list(additional_kw):
        if name in omit_kwarg:
            continue
        value = getattr(obj, name, missing)
        if value is missing:
            continue
        try:
            differs = bool(value != default)
        except Exception:  # what cannot be compared is shown
            differs = True
        if differs:
            pieces.append("%s=%r" % (name, value))
    return "%s(%s)" % (obj.__class__.__name__, ", ".join(pieces))


def constructor_copy(obj: _T, cls: Type[Any], *args: Any, **kw: Any) -> Any:
    """Return ``cls(*args, **kw)`` with the attributes of ``obj`` named like parameters of ``cls`` passed too."""
    names = get_cls_kwargs(cls)
    state = obj.__dict__
    kw.update((name, state[name]) for name in names.difference(kw) if name in state)
    return cls(*args, **kw)


def constructor_key(obj: Any, cls: Type[Any]) -> Tuple[Any, ...]:
    """Return the class and the attributes of ``obj`` named like parameters of ``cls``, as a tuple."""
    state = obj.__dict__
    names = sorted(get_cls_kwargs(cls))
    return (cls,) + tuple((name, state[name]) for name in names if name in state)


def iterate_attributes(cls: type) -> Iterator[Tuple[str, Any]]:
    """Yield name and value of every attribute of ``cls`` and its bases, as they stand in the class dictionaries."""
    seen = set()
    for base in cls.__mro__:
        for key, value in base.__dict__.items():
            if key not in seen:
                seen.add(key)
                yield key, value


def monkeypatch_proxied_specials(
    into_cls: type,
    from_cls: type,
    skip: Optional[Sequence[str]] = None,
    only: Optional[Sequence[str]] = None,
    name: str = "self.proxy",
    from_instance: Any = None,
) -> None:
    """Give ``into_cls`` the special methods of ``from_cls``, calling those of the attribute ``name`` says."""
    attribute = name.split(".", 1)[1]
    if only is not None:
        names = list(only)
    else:
        skipped = set(skip or ()) | {"__slots__", "__del__", "__getattribute__", "__metaclass__",
                                     "__getstate__", "__setstate__"}
        names = [one for one in dir(from_cls) if one.startswith("__") and one.endswith("__")
                 and not hasattr(into_cls, one) and one not in skipped]
    for method in names:
        if not callable(getattr(from_cls, method, None)) or method in into_cls.__dict__:
            continue
        setattr(into_cls, method, _proxy_of(method, attribute))


def _proxy_of(method: str, attribute: str) -> Callable[..., Any]:
    def call(self: Any, *args: Any, **kw: Any) -> Any:
        return getattr(getattr(self, attribute), method)(*args, **kw)

    call.__name__ = method
    return call


def as_interface(obj: Any, cls: Any = None, methods: Any = None, required: Any = None) -> Any:
    """Return ``obj``, or an object made of a dictionary of functions, that has the methods asked for."""
    if not cls and not methods:
        raise TypeError("a class or a list of method names is needed")
    if isinstance(cls, type) and isinstance(obj, cls):
        return obj
    names = set(methods or [one for one in dir(cls) if not one.startswith("_")])
    if not isinstance(obj, dict):
        lacking = set(to_names(required)) - set(dir(obj))
        if lacking:
            raise TypeError("%r lacks the methods %s" % (obj, ", ".join(sorted(lacking))))
        return obj
    unknown = set(obj) - names
    if unknown:
        raise TypeError("unknown methods: %s" % ", ".join(sorted(unknown)))
    made = type("AnonymousInterface", (), {key: staticmethod(fn) for key, fn in obj.items()})
    return made


def to_names(value: Any) -> Sequence[str]:
    """Return a sequence of names for None, one name or several."""
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def duck_type_collection(specimen: Any, default: Optional[type] = None) -> Optional[type]:
    """Return ``list``, ``set`` or ``dict``: which of them an object or a class behaves like."""
    if hasattr(specimen, "__emulates__"):
        emulated = specimen.__emulates__
        if emulated is not None and isinstance(emulated, type) and issubclass(emulated, set):
            return set
        return emulated
    cls = specimen if isinstance(specimen, type) else type(specimen)
    for kind in (list, set, dict):
        if issubclass(cls, kind):
            return kind
    if hasattr(specimen, "append"):
        return list
    if hasattr(specimen, "add"):
        return set
    if hasattr(specimen, "set"):
        return dict
    return default


def dictlike_iteritems(dictlike: Any) -> Iterator[Tuple[Any, Any]]:
    """Return an iterator over the pairs of anything like a dictionary."""
    if hasattr(dictlike, "items"):
        return iter(dictlike.items())
    getter = getattr(dictlike, "__getitem__", getattr(dictlike, "get", None))
    if getter is None:
        raise TypeError("%r is not like a dictionary" % (dictlike,))
    if hasattr(dictlike, "keys"):
        return ((key, getter(key)) for key in dictlike.keys())
    raise TypeError("%r is not like a dictionary" % (dictlike,))


def asbool(obj: Any) -> bool:
    """Return the boolean that a text such as ``yes`` or ``off`` means."""
    if isinstance(obj, str):
        word = obj.strip().lower()
        if word in ("true", "yes", "on", "y", "t", "1"):
            return True
        if word in ("false", "no", "off", "n", "f", "0"):
            return False
        raise ValueError("%r is not a boolean word: true, yes, on, 1 or false, no, off, 0" % (obj,))
    return bool(obj)


def bool_or_str(*text: str) -> Callable[[Any], Any]:
    """Return a converter that leaves the words of ``text`` alone and reads others as booleans."""

    def bool_or_value(obj: Any) -> Any:
        return obj if obj in text else asbool(obj)

    return bool_or_value


def asint(value: Any) -> Optional[int]:
    """Return ``value`` as an integer, None as None."""
    return value if value is None else int(value)


def coerce_kw_type(
    kw: Dict[str, Any],
    key: str,
    type_: Any,
    flexi_bool: bool = True,
    dest: Optional[Dict[str, Any]] = None,
) -> None:
    """Convert ``kw[key]`` to ``type_`` where it is there and not None, into ``dest`` or in place."""
    if dest is None:
        dest = kw
    value = kw.get(key)
    if key not in kw or value is None or (isinstance(type_, type) and isinstance(value, type_)):
        return
    dest[key] = asbool(value) if type_ is bool and flexi_bool else type_(value)


def counter() -> Callable[[], int]:
    """Return a function that counts upward from 1, safe for threads."""
    return iter(range(1, 1 << 62)).__next__


_creation = counter()


def set_creation_order(instance: Any) -> None:
    """Give ``instance`` a number that grows with every object that gets one."""
    instance._creation_order = _creation()


def only_once(fn: Callable[..., Any], retry_on_exception: bool = False) -> Callable[..., Any]:
    """Return a function that calls ``fn`` the first time only; again after an error if ``retry_on_exception``."""
    import threading

    todo = [fn]
    lock = threading.Lock()
    # what is called is kept alive: the wrapper stands for it in registries that compare by identity
    keep = fn

    def go(*arg: Any, **kw: Any) -> Any:
        with lock:
            call = todo.pop() if todo else None
        if call is None:
            return None
        try:
            return call(*arg, **kw)
        except Exception:
            if retry_on_exception:
                todo.insert(0, call)
            raise

    go.__wrapped__ = keep  # type: ignore[attr-defined]
    return go


def attrsetter(attrname: str) -> Callable[[Any, Any], None]:
    """Return a function ``(object, value)`` that sets the attribute."""

    def set_attribute(obj: Any, value: Any) -> None:
        setattr(obj, attrname, value)

    return set_attribute


def ellipses_string(value: Any, len_: int = 25) -> str:
    """Return a text cut to ``len_`` characters, three dots showing the cut."""
    try:
        text: str = value[0:len_] + "..." if len(value) > len_ else value
        return text
    except TypeError:
        return str(value)


def string_or_unprintable(element: Any) -> str:
    """Return ``str(element)``, or a text that says it has none."""
    if isinstance(element, str):
        return element
    try:
        return str(element)
    except Exception:
        return "unprintable element %r" % element


def decode_backslashes(text: str, encoding: str = "utf-8") -> str:
    """Return a text in which escape sequences are replaced by what they mean."""
    return text.encode(encoding, "backslashreplace").decode("unicode-escape")


def quoted_token_parser(value: str) -> List[str]:
    """Split a dotted name whose parts may stand in double quotes; a doubled quote is one quote.

    ``name`` gives ["name"], ``a.b`` ["a", "b"], ``"a.b".c`` ["a.b", "c"].
    """
    if '"' not in value:
        return value.split(".")
    tokens: List[List[str]] = [[]]
    quoted = False
    index = 0
    while index < len(value):
        char = value[index]
        if char == '"':
            if quoted and value[index + 1 : index + 2] == '"':
                tokens[-1].append('"')
                index += 1
            else:
                quoted = not quoted
        elif char == "." and not quoted:
            tokens.append([])
        else:
            tokens[-1].append(char)
        index += 1
    return ["".join(token) for token in tokens]


def repr_tuple_names(names: List[str]) -> str:
    """Return a short list of names for messages: at most the first three and the last."""
    shown = [repr(name) for name in names]
    if len(shown) <= 3:
        return ", ".join(shown)
    return "%s, ..., %s" % (", ".join(shown[:3]), shown[-1])


def parse_user_argument_for_enum(
    arg: Any, choices: Dict[Any, List[Any]], name: str, resolve_symbol_names: bool = False
) -> Any:
    """Return the key of ``choices`` for which the user's ``arg`` stands; ``ArgumentError`` where it stands for none."""
    for member, words in choices.items():
        if arg is member:
            return member
        if resolve_symbol_names and arg == getattr(member, "name", None):
            return member
        if any(arg is word or (isinstance(arg, str) and arg == word) for word in words):
            return member
    if arg is None:
        return None
    raise exc.ArgumentError("The value of %r can't be %r" % (name, arg))


def inject_docstring_text(doctext: Optional[str], injecttext: str, pos: int) -> str:
    """Return a docstring with a text put in at line ``pos``."""
    lines = (doctext or "").split("\n")
    lines.insert(min(pos, len(lines)), injecttext)
    return "\n".join(lines)


class symbol(int):
    """A named constant; the same name is always the same object."""

    name: str
    _known: Dict[str, symbol] = {}

    def __new__(cls, name: str, doc: Optional[str] = None, canonical: Optional[int] = None) -> symbol:
        found = cls._known.get(name)
        if found is None:
            found = int.__new__(cls, hash(name) if canonical is None else canonical)
            found.name = name
            if doc:
                found.__doc__ = doc
            found = cls._known.setdefault(name, found)
        return found

    def __reduce__(self) -> Any:
        return symbol, (self.name, None, int(self))

    def __repr__(self) -> str:
        return "symbol(%r)" % self.name

    __str__ = __repr__
    __iter__ = None
