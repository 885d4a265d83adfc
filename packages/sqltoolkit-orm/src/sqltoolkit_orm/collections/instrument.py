"""How collection classes come to report their changes: instrumented list, set and dict, and the user's own classes.

A class is a collection if it has three roles: appender, remover, iterator.  Roles come from the kind of container
(list, set, dict) or from the ``@collection`` decorators.
"""

from __future__ import annotations

import typing
from typing import Any
from typing import Dict
from typing import List
from typing import Set
from typing import TypeVar




from sqltoolkit_core import exc as core_exc

from ..base import NO_KEY

if typing.TYPE_CHECKING:
    from typing import Callable
    from typing import Optional
    from typing import Tuple

__all__ = [
    "InstrumentedDict",
    "InstrumentedList",
    "InstrumentedSet",
    "collection",
    "container_kind",
    "instrument_class",
    "prepare_factory",
]

_T = TypeVar("_T")
_KT = TypeVar("_KT")
_VT = TypeVar("_VT")


class collection:
    """Decorators that tell which methods of a class make it a collection of objects."""

    @staticmethod
    def appender(fn: Any) -> Any:
        """The method adds a member."""
        fn._sa_instrument_role = "appender"
        return fn

    @staticmethod
    def remover(fn: Any) -> Any:
        """The method removes a member."""
        fn._sa_instrument_role = "remover"
        return fn

    @staticmethod
    def iterator(fn: Any) -> Any:
        """The method returns an iterator over the members."""
        fn._sa_instrument_role = "iterator"
        return fn

    @staticmethod
    def internally_instrumented(fn: Any) -> Any:
        """The method reports its changes itself, or through methods that do."""
        fn._sa_instrumented = True
        return fn

    @staticmethod
    def converter(fn: Any) -> Any:
        """The method turns what is assigned to the attribute into an iterable of members."""
        fn._sa_instrument_role = "converter"
        return fn

    @staticmethod
    def adds(arg: Any) -> Callable[[Any], Any]:
        """The method adds the member given as this argument (position or name)."""

        def decorate(fn: Any) -> Any:
            fn._sa_instrument_before = ("fire_append_event", arg)
            return fn

        return decorate

    @staticmethod
    def replaces(arg: Any) -> Callable[[Any], Any]:
        """The method adds the member given as this argument, and returns the one that goes for it."""

        def decorate(fn: Any) -> Any:
            fn._sa_instrument_before = ("fire_append_event", arg)
            fn._sa_instrument_after = "fire_remove_event"
            return fn

        return decorate

    @staticmethod
    def removes(arg: Any) -> Callable[[Any], Any]:
        """The method removes the member given as this argument."""

        def decorate(fn: Any) -> Any:
            fn._sa_instrument_before = ("fire_remove_event", arg)
            return fn

        return decorate

    @staticmethod
    def removes_return() -> Callable[[Any], Any]:
        """The method removes the member that it returns."""

        def decorate(fn: Any) -> Any:
            fn._sa_instrument_after = "fire_remove_event"
            return fn

        return decorate


# -- reporting -------------------------------------------------------------------------------------------------------


def _entering(coll: Any, item: Any, initiator: Any, key: Any = NO_KEY) -> Any:
    """Report a member that comes in; return the one to use."""
    if initiator is not False:
        adapter = getattr(coll, "_sa_adapter", None)
        if adapter is not None:
            item = adapter.fire_append_event(item, initiator, key)
    return item


def _present(coll: Any, item: Any, initiator: Any) -> None:
    """Report a member that comes in though it is there."""
    if initiator is not False:
        adapter = getattr(coll, "_sa_adapter", None)
        if adapter is not None:
            adapter.fire_append_wo_mutation_event(item, initiator)


def _leaving(coll: Any, item: Any, initiator: Any = None, key: Any = NO_KEY) -> None:
    """Report a member that goes."""
    if initiator is not False:
        adapter = getattr(coll, "_sa_adapter", None)
        if adapter is not None:
            adapter.fire_remove_event(item, initiator, key)


def _leaving_place(coll: Any, item: Any, stays: bool, initiator: Any = None, key: Any = NO_KEY) -> None:
    """Report a member that goes from one place of a list.

    :param stays: whether it has another place there, so that its end of the relationship is to stay as it is.
    """
    if stays and initiator is None:
        adapter = getattr(coll, "_sa_adapter", None)
        if adapter is not None:
            initiator = adapter.attr.one_place_token
    _leaving(coll, item, initiator, key)


def _repeated(coll: Any, item: Any) -> bool:
    """Return whether an object is in a list more than once."""
    # the quick answer compares with ==
    return isinstance(coll, list) and coll.count(item) > 1 and sum(member is item for member in coll) > 1


def _before_leaving(coll: Any, initiator: Any = None, key: Any = NO_KEY) -> None:
    """Report that some member is about to go."""
    adapter = getattr(coll, "_sa_adapter", None)
    if adapter is not None:
        adapter.fire_pre_remove_event(initiator, key)


def _mark(wrapper: Any, fn: Any) -> Any:
    wrapper._sa_instrumented = True
    wrapper.__name__ = getattr(fn, "__name__", wrapper.__name__)
    wrapper.__doc__ = fn.__doc__
    return wrapper


# -- lists -----------------------------------------------------------------------------------------------------------


def _list_append(fn: Any) -> Any:
    def append(self: Any, item: Any, _sa_initiator: Any = None) -> None:
        # the most frequent change of all, so with no call in between
        if _sa_initiator is not False:
            adapter = getattr(self, "_sa_adapter", None)
            if adapter is not None:
                item = adapter.fire_append_event(item, _sa_initiator)
        fn(self, item)

    return _mark(append, fn)


def _list_remove(fn: Any) -> Any:
    def remove(self: Any, value: Any, _sa_initiator: Any = None) -> None:
        _leaving_place(self, value, _repeated(self, value), _sa_initiator)
        fn(self, value)

    return _mark(remove, fn)


def _list_insert(fn: Any) -> Any:
    def insert(self: Any, index: int, value: Any) -> None:
        fn(self, index, _entering(self, value, None, index))

    return _mark(insert, fn)


def _leaving_places(coll: Any, places: range, key: Any) -> None:
    """Report the members at some places of a list, which ``key`` stands for."""
    if not places:
        return
    staying = {id(member) for at, member in enumerate(coll) if at not in places}
    for member in [coll[at] for at in places]:
        _leaving_place(coll, member, id(member) in staying, None, key)


def _list_setitem(fn: Any) -> Any:
    def __setitem__(self: Any, index: Any, value: Any) -> None:
        if not isinstance(index, slice):
            existing = self[index]
            if existing is not None:
                _leaving_place(self, existing, _repeated(self, existing), None, index)
            fn(self, index, _entering(self, value, None, index))
            return
        if value is self:
            return
        values = list(value)
        places = range(*index.indices(len(self)))
        if places.step != 1:
            if len(values) != len(places):
                raise ValueError(
                    "a sequence of %d was assigned to a slice with a step that has %d places"
                    % (len(values), len(places))
                )
            for at, member in zip(places, values):
                self[at] = member
            return
        start = places.start
        _leaving_places(self, places, start)
        fn(self, index, [_entering(self, member, None, at) for at, member in enumerate(values, start)])

    return _mark(__setitem__, fn)


def _list_delitem(fn: Any) -> Any:
    def __delitem__(self: Any, index: Any) -> None:
        if isinstance(index, slice):
            _leaving_places(self, range(*index.indices(len(self))), index)
        else:
            member = self[index]
            _leaving_place(self, member, _repeated(self, member), None, index)
        fn(self, index)

    return _mark(__delitem__, fn)


def _list_extend(fn: Any) -> Any:
    def extend(self: Any, iterable: Any) -> None:
        for value in list(iterable):
            self.append(value)

    return _mark(extend, fn)


def _list_iadd(fn: Any) -> Any:
    def __iadd__(self: Any, iterable: Any) -> Any:
        for value in list(iterable):
            self.append(value)
        return self

    return _mark(__iadd__, fn)


def _list_pop(fn: Any) -> Any:
    def pop(self: Any, index: int = -1) -> Any:
        _before_leaving(self)
        item = fn(self, index)
        _leaving(self, item, None, index)
        return item

    return _mark(pop, fn)


def _list_clear(fn: Any) -> Any:
    def clear(self: Any, index: int = -1) -> None:
        for member in self:
            _leaving(self, member, None, index)
        fn(self)

    return _mark(clear, fn)


_LIST = {
    "append": _list_append,
    "remove": _list_remove,
    "insert": _list_insert,
    "__setitem__": _list_setitem,
    "__delitem__": _list_delitem,
    "extend": _list_extend,
    "__iadd__": _list_iadd,
    "pop": _list_pop,
    "clear": _list_clear,
}

# -- sets ------------------------------------------------------------------------------------------------------------


def _set_add(fn: Any) -> Any:
    def add(self: Any, value: Any, _sa_initiator: Any = None) -> None:
        if value not in self:
            value = _entering(self, value, _sa_initiator)
        else:
            _present(self, value, _sa_initiator)
        fn(self, value)

    return _mark(add, fn)


def _set_discard(fn: Any) -> Any:
    def discard(self: Any, value: Any, _sa_initiator: Any = None) -> None:
        if value in self:
            _leaving(self, value, _sa_initiator)
        fn(self, value)

    return _mark(discard, fn)


def _set_remove(fn: Any) -> Any:
    def remove(self: Any, value: Any, _sa_initiator: Any = None) -> None:
        if value in self:
            _leaving(self, value, _sa_initiator)
        fn(self, value)

    return _mark(remove, fn)


def _set_pop(fn: Any) -> Any:
    def pop(self: Any) -> Any:
        _before_leaving(self)
        item = fn(self)
        _leaving(self, item)
        return item

    return _mark(pop, fn)


def _set_clear(fn: Any) -> Any:
    def clear(self: Any) -> None:
        for member in list(self):
            self.remove(member)

    return _mark(clear, fn)


def _set_update(fn: Any) -> Any:
    def update(self: Any, *values: Any) -> None:
        for value in values:
            for member in list(value):
                self.add(member)

    return _mark(update, fn)


def _set_change_to(self: Any, wanted: Any) -> None:
    """Remove and add what is needed to come to ``wanted``."""
    have = set(self)
    for member in have - wanted:
        self.remove(member)
    for member in wanted - have:
        self.add(member)


def _set_difference_update(fn: Any) -> Any:
    def difference_update(self: Any, *values: Any) -> None:
        for value in values:
            for member in list(value):
                self.discard(member)

    return _mark(difference_update, fn)


def _set_intersection_update(fn: Any) -> Any:
    def intersection_update(self: Any, *other: Any) -> None:
        _set_change_to(self, set(self).intersection(*other))

    return _mark(intersection_update, fn)


def _set_symmetric_difference_update(fn: Any) -> Any:
    def symmetric_difference_update(self: Any, other: Any) -> None:
        _set_change_to(self, set(self).symmetric_difference(other))

    return _mark(symmetric_difference_update, fn)


def _in_place(compute: Any) -> Any:
    def decorate(fn: Any) -> Any:
        def operate(self: Any, other: Any) -> Any:
            if not isinstance(other, (set, frozenset)) and not hasattr(other, "isdisjoint"):
                return NotImplemented
            compute(self, other)
            return self

        return _mark(operate, fn)

    return decorate


_SET = {
    "add": _set_add,
    "discard": _set_discard,
    "remove": _set_remove,
    "pop": _set_pop,
    "clear": _set_clear,
    "update": _set_update,
    "difference_update": _set_difference_update,
    "intersection_update": _set_intersection_update,
    "symmetric_difference_update": _set_symmetric_difference_update,
    "__ior__": _in_place(lambda self, other: self.update(other)),
    "__isub__": _in_place(lambda self, other: self.difference_update(other)),
    "__iand__": _in_place(lambda self, other: self.intersection_update(other)),
    "__ixor__": _in_place(lambda self, other: self.symmetric_difference_update(other)),
}

# -- dicts -----------------------------------------------------------------------------------------------------------

_MISSING = object()


def _dict_setitem(fn: Any) -> Any:
    def __setitem__(self: Any, key: Any, value: Any, _sa_initiator: Any = None) -> None:
        if key in self:
            _leaving(self, self[key], _sa_initiator, key)
        fn(self, key, _entering(self, value, _sa_initiator, key))

    return _mark(__setitem__, fn)


def _dict_delitem(fn: Any) -> Any:
    def __delitem__(self: Any, key: Any, _sa_initiator: Any = None) -> None:
        if key in self:
            _leaving(self, self[key], _sa_initiator, key)
        fn(self, key)

    return _mark(__delitem__, fn)


def _dict_clear(fn: Any) -> Any:
    def clear(self: Any) -> None:
        for key in self:
            _leaving(self, self[key], None, key)
        fn(self)

    return _mark(clear, fn)


def _dict_pop(fn: Any) -> Any:
    def pop(self: Any, key: Any, default: Any = _MISSING) -> Any:
        _before_leaving(self)
        present = key in self
        item = fn(self, key) if default is _MISSING else fn(self, key, default)
        if present:
            _leaving(self, item, None, key)
        return item

    return _mark(pop, fn)


def _dict_popitem(fn: Any) -> Any:
    def popitem(self: Any) -> Any:
        _before_leaving(self)
        item = fn(self)
        _leaving(self, item[1], None, item[0])
        return item

    return _mark(popitem, fn)


def _dict_setdefault(fn: Any) -> Any:
    def setdefault(self: Any, key: Any, default: Any = None) -> Any:
        if key not in self:
            self.__setitem__(key, default)
            return default
        value = self.__getitem__(key)
        if value is default:
            _present(self, value, None)
        return value

    return _mark(setdefault, fn)


def _dict_update(fn: Any) -> Any:
    def update(self: Any, *others: Any, **kw: Any) -> None:
        if len(others) > 1:
            raise TypeError("update() takes one positional argument at most, got %d" % len(others))
        for key, value in dict(*others, **kw).items():
            if key in self and self[key] is value:
                _present(self, value, None)
            else:
                self[key] = value

    def update_named(self: Any, __other: Any = (), **kw: Any) -> None:
        update(self, __other, **kw)

    return _mark(update_named, fn)


_DICT = {
    "__setitem__": _dict_setitem,
    "__delitem__": _dict_delitem,
    "clear": _dict_clear,
    "pop": _dict_pop,
    "popitem": _dict_popitem,
    "setdefault": _dict_setdefault,
    "update": _dict_update,
}

_DECORATORS = {"list": _LIST, "set": _SET, "dict": _DICT}
_ROLES = {
    "list": {"appender": "append", "remover": "remove", "iterator": "__iter__"},
    "set": {"appender": "add", "remover": "remove", "iterator": "__iter__"},
    "dict": {"iterator": "values"},
}


def container_kind(cls: Any) -> Optional[str]:
    """Return ``"list"``, ``"set"`` or ``"dict"`` by what the class derives from, emulates or looks like, or None."""
    emulates = getattr(cls, "__emulates__", _MISSING)
    if emulates is not _MISSING:
        if emulates is None:
            return None
        cls = emulates
    is_class = isinstance(cls, type)
    for kind, base in (("list", list), ("set", set), ("dict", dict)):
        if (issubclass(cls, base) if is_class else isinstance(cls, base)):
            return kind
    if hasattr(cls, "append"):
        return "list"
    if hasattr(cls, "add"):
        return "set"
    if hasattr(cls, "set") or hasattr(cls, "__setitem__"):
        return "dict"
    return None


# -- classes ---------------------------------------------------------------------------------------------------------


def instrument_class(cls: Any) -> None:
    """Make the methods of a collection class report their changes.

    :raises ArgumentError: if the class is one of Python's own, or lacks a role.
    """
    if cls.__module__ == "builtins":
        raise core_exc.ArgumentError(
            "A built-in type cannot be instrumented; derive a class from %s for the collection" % cls.__name__
        )
    if "_sa_appender" in cls.__dict__:
        return
    kind = container_kind(cls)
    roles: Dict[str, str] = dict(_ROLES[kind]) if kind else {}
    special: Dict[str, Tuple[Any, Any]] = {}
    _read_decorations(cls, roles, special)
    _check_roles(cls, roles)
    if kind is not None:
        for name, decorate in _DECORATORS[kind].items():
            fn = getattr(cls, name, None)
            if fn is not None and name not in special and not hasattr(fn, "_sa_instrumented"):
                setattr(cls, name, decorate(fn))
    for role, event in (("appender", "fire_append_event"), ("remover", "fire_remove_event")):
        name = roles[role]
        if name not in special and not hasattr(getattr(cls, name), "_sa_instrumented"):
            special[name] = ((event, 1), None)
    for name, (before, after) in special.items():
        setattr(cls, name, _instrument_method(getattr(cls, name), before, after))
    for role, name in roles.items():
        setattr(cls, "_sa_" + role, getattr(cls, name))
    if "_sa_fill" not in cls.__dict__ and hasattr(cls, "_sa_fill"):
        # an own appender must see every member
        cls._sa_fill = None


def _read_decorations(cls: Any, roles: Dict[str, str], special: Dict[str, Tuple[Any, Any]]) -> None:
    seen: Set[str] = set()
    for base in cls.__mro__:
        for name, fn in base.__dict__.items():
            if name in seen or not callable(fn):
                continue
            role = getattr(fn, "_sa_instrument_role", None)
            before = getattr(fn, "_sa_instrument_before", None)
            after = getattr(fn, "_sa_instrument_after", None)
            if role is None and before is None and after is None:
                continue
            seen.add(name)
            if role is not None and role not in seen:
                roles[role] = name
                seen.add(role)
            if before is not None or after is not None:
                special[name] = (before, after)


def _check_roles(cls: Any, roles: Dict[str, str]) -> None:
    for role in ("appender", "remover", "iterator"):
        if role not in roles or not hasattr(cls, roles[role]):
            raise core_exc.ArgumentError(
                "Type %s has no %s; decorate one of its methods with @collection.%s to make it a collection"
                % (cls.__name__, role, role)
            )


def _instrument_method(fn: Any, before: Any, after: Any) -> Any:
    """Wrap a method that is a role or was decorated with what it adds or removes."""
    event, arg = before if before is not None else (None, None)
    position = name = None
    if event is not None:
        import inspect

        names = list(inspect.getfullargspec(fn)[0])
        if isinstance(arg, int):
            position = arg
            name = names[arg] if len(names) > arg else None
        else:
            name = arg
            position = names.index(arg) if arg in names else None

    def wrapper(*args: Any, **kw: Any) -> Any:
        initiator = kw.pop("_sa_initiator", None)
        coll = args[0]
        adapter = None if initiator is False else getattr(coll, "_sa_adapter", None)
        if adapter is None:
            return fn(*args, **kw)
        if event is not None:
            if position is not None and len(args) > position:
                value = args[position]
            elif name in kw:
                value = kw[name]
            else:
                raise core_exc.ArgumentError("The argument %s is missing" % (arg,))
            changed = getattr(adapter, event)(value, initiator)
            if event == "fire_append_event" and changed is not value:
                if position is not None and len(args) > position:
                    args = args[:position] + (changed,) + args[position + 1 :]
                else:
                    kw[name] = changed  # type: ignore[index]
        result = fn(*args, **kw)
        if after is not None and result is not None:
            getattr(adapter, after)(result, initiator)
        return result

    wrapper._sa_instrumented = True  # type: ignore[attr-defined]
    for attribute in ("_sa_instrument_role", "__doc__", "__name__"):
        if hasattr(fn, attribute):
            setattr(wrapper, attribute, getattr(fn, attribute))
    return wrapper


class InstrumentedList(List[_T]):
    """A list that reports its changes."""

    __slots__ = ("_sa_adapter", "__weakref__")

    for _name, _decorate in _LIST.items():
        locals()[_name] = _decorate(getattr(list, _name))
    del _name, _decorate
    _sa_appender = locals()["append"]
    _sa_remover = locals()["remove"]
    _sa_iterator = list.__iter__
    _sa_fill = list.extend

    def __reduce_ex__(self, protocol: Any) -> Any:
        # the first two protocols know no slots
        return super().__reduce_ex__(max(protocol, 2))


class InstrumentedSet(Set[_T]):
    """A set that reports its changes."""

    __slots__ = ("_sa_adapter",)

    for _name, _decorate in _SET.items():
        locals()[_name] = _decorate(getattr(set, _name))
    del _name, _decorate
    _sa_appender = locals()["add"]
    _sa_remover = locals()["remove"]
    _sa_iterator = set.__iter__
    _sa_fill = set.update

    def __reduce_ex__(self, protocol: Any) -> Any:
        # the first two protocols know no slots
        return super().__reduce_ex__(max(protocol, 2))


class InstrumentedDict(Dict[_KT, _VT]):
    """A dict that reports its changes; it lacks an appender, see ``keyed`` for dicts that have one."""

    for _name, _decorate in _DICT.items():
        locals()[_name] = _decorate(getattr(dict, _name))
    del _name, _decorate


def prepare_factory(factory: Any) -> Any:
    """Return a factory of instrumented collections for what ``collection_class`` was given.

    :param factory: a class or a function that returns a collection.
    :raises ArgumentError: if what it returns cannot be a collection.
    """
    if factory is list:
        return InstrumentedList
    if factory is set:
        return InstrumentedSet
    replaced = {list: InstrumentedList, set: InstrumentedSet, dict: InstrumentedDict}
    sample = factory()
    cls = type(sample)
    if cls in replaced:
        made = replaced[cls]  # type: ignore[index]
        if cls is dict:
            instrument_class(made)

        def converting() -> Any:
            return made(factory())

        return converting
    if isinstance(factory, type):
        cls = factory
    instrument_class(cls)
    return factory
