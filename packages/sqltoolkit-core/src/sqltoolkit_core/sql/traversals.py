"""Declared fields of elements: from one list per class come walking, copying, comparing and cache keys.

The object that a cache key is, and when it is made, is in ``cache_key``; walking whole trees is in ``visitors``.
"""

from __future__ import annotations

from typing import Any, Callable, ClassVar, Dict, Iterable, Iterator, List, Optional, Tuple, TypeVar

from .. import util
from ..util.codegen import define
from .names import AnonLabel, quoted_name
from .visitors import ExternallyTraversible, InternalTraversal

__all__ = [
    "HasCacheKey", "HasFields", "KeyKind", "NO_CACHE", "Uncacheable", "clone_element", "compare",
    "emit_annotations", "emit_name", "field_kinds", "memoize",
    "memoized_attribute", "walked_fields",
]  # fmt: skip

_T = TypeVar("_T")


class KeyKind:
    """What a field holds."""

    CLAUSE = 1
    CLAUSES = 2
    CLAUSE_TUPLES = 3
    CLAUSE_DICT = 4
    DML_VALUES = 5
    DML_ROWS = 6
    TYPE = 7
    PLAIN = 8
    PLAIN_DICT = 9
    NAME = 10
    OPERATOR = 11
    KEYED = 12
    KEYEDS = 13
    OPTIONS = 14
    ANNOTATIONS = 15
    TOKEN = 16
    CHILD_ONLY = 17
    CHILDREN_ONLY = 18
    KEY_ONLY_CLAUSE = 19
    KEY_ONLY_CLAUSES = 20
    IGNORE = 21


_dp = InternalTraversal
_DP_KINDS = {
    _dp.dp_has_cache_key: KeyKind.KEYED, _dp.dp_has_cache_key_list: KeyKind.KEYEDS,
    _dp.dp_clauseelement: KeyKind.CLAUSE, _dp.dp_fromclause_canonical_column_collection: KeyKind.CLAUSES,
    _dp.dp_clauseelement_tuples: KeyKind.CLAUSE_TUPLES, _dp.dp_clauseelement_list: KeyKind.CLAUSES,
    _dp.dp_clauseelement_tuple: KeyKind.CLAUSES, _dp.dp_executable_options: KeyKind.OPTIONS,
    _dp.dp_compile_state_funcs: KeyKind.PLAIN, _dp.dp_fromclause_ordered_set: KeyKind.CLAUSES,
    _dp.dp_string: KeyKind.NAME, _dp.dp_string_list: KeyKind.PLAIN, _dp.dp_anon_name: KeyKind.NAME,
    _dp.dp_boolean: KeyKind.PLAIN, _dp.dp_operator: KeyKind.OPERATOR, _dp.dp_type: KeyKind.TYPE,
    _dp.dp_plain_dict: KeyKind.PLAIN_DICT, _dp.dp_dialect_options: KeyKind.PLAIN_DICT,
    _dp.dp_string_clauseelement_dict: KeyKind.CLAUSE_DICT, _dp.dp_string_multi_dict: KeyKind.CLAUSE_DICT,
    _dp.dp_annotations_key: KeyKind.ANNOTATIONS, _dp.dp_plain_obj: KeyKind.PLAIN,
    _dp.dp_named_ddl_element: KeyKind.NAME, _dp.dp_prefix_sequence: KeyKind.CLAUSE_TUPLES,
    _dp.dp_table_hint_list: KeyKind.CLAUSE_TUPLES, _dp.dp_setup_join_tuple: KeyKind.CLAUSE_TUPLES,
    _dp.dp_memoized_select_entities: KeyKind.CLAUSES, _dp.dp_statement_hint_list: KeyKind.PLAIN,
    _dp.dp_unknown_structure: KeyKind.PLAIN, _dp.dp_dml_ordered_values: KeyKind.CLAUSE_TUPLES,
    _dp.dp_dml_values: KeyKind.DML_VALUES, _dp.dp_dml_multi_values: KeyKind.DML_ROWS,
    _dp.dp_propagate_attrs: KeyKind.PLAIN_DICT, _dp.dp_params: KeyKind.IGNORE, _dp.dp_ignore: KeyKind.IGNORE,
    _dp.dp_inspectable: KeyKind.KEYED, _dp.dp_multi: KeyKind.CLAUSE_TUPLES, _dp.dp_multi_list: KeyKind.CLAUSE_TUPLES,
    _dp.dp_has_cache_key_tuples: KeyKind.CLAUSE_TUPLES,
}  # fmt: skip
del _dp


class _NoCache:
    """The type of :data:`NO_CACHE`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "NO_CACHE"

    def __reduce__(self) -> str:
        return "NO_CACHE"


#: in place of a cache key: the statement is compiled each time
NO_CACHE = _NoCache()


class Uncacheable(Exception):
    """Raised inside key generation when a part of the statement cannot be in a key."""


# -- memoised values ------------------------------------------------------------------------------------------------


class memoized_attribute:
    """A property computed once per object; copies made by ``_clone()`` and ``_generate()`` compute it again."""

    def __init__(self, fget: Callable[[Any], Any], doc: Optional[str] = None) -> None:
        self.fget = fget
        self.__doc__ = doc or fget.__doc__
        self.__name__ = fget.__name__

    def __get__(self, obj: Any, cls: Any) -> Any:
        if obj is None:
            return self
        return memoize(obj, self.__name__, self.fget(obj))


def memoize(obj: Any, name: str, value: _T) -> _T:
    """Store a computed value on an object so that copies do not inherit it; return the value."""
    d = obj.__dict__
    d[name] = value
    names = d.get("_memo")
    d["_memo"] = (name,) if names is None else names + (name,)
    return value


# -- field declarations ---------------------------------------------------------------------------------------------

_FieldList = Tuple[Tuple[str, int], ...]

_kinds: Dict[type, Dict[str, int]] = {}
_walked: Dict[type, Tuple[Tuple[str, int], ...]] = {}
_emitted: Dict[type, Optional[Dict[str, Callable[..., None]]]] = {}

_WALKED_KINDS = frozenset(
    [
        KeyKind.CLAUSE, KeyKind.CLAUSES, KeyKind.CLAUSE_TUPLES, KeyKind.CLAUSE_DICT, KeyKind.DML_VALUES,
        KeyKind.DML_ROWS, KeyKind.CHILD_ONLY, KeyKind.CHILDREN_ONLY,
    ]
)  # fmt: skip


def _own_fields(cls: type) -> Optional[_FieldList]:
    if "cache_key_fields" in cls.__dict__:
        fields: Optional[_FieldList] = cls.__dict__["cache_key_fields"]
        return fields
    declared = cls.__dict__.get("_traverse_internals")
    if declared is None:
        return None
    return tuple((name, kind if isinstance(kind, int) else _DP_KINDS[kind]) for name, kind in declared)


def field_kinds(cls: type) -> Dict[str, int]:
    """Return the declared fields of a class with their kinds, in order of declaration."""
    kinds = _kinds.get(cls)
    if kinds is None:
        kinds = {}
        for base in cls.__mro__:
            fields = _own_fields(base)
            if fields is not None:
                kinds.update(fields)
                break
        _kinds[cls] = kinds
    return kinds


def walked_fields(cls: type) -> _FieldList:
    """Return the fields of a class that hold elements."""
    fields = _walked.get(cls)
    if fields is None:
        fields = tuple((name, kind) for name, kind in field_kinds(cls).items() if kind in _WALKED_KINDS)
        _walked[cls] = fields
    return fields


def _emitters(cls: type) -> Optional[Dict[str, Callable[..., None]]]:
    inherit = cls.__dict__.get("inherit_cache")
    if inherit is False or (inherit is None and _own_fields(cls) is None):
        if inherit is None:
            _warn_undeclared(cls)
        found: Optional[Dict[str, Callable[..., None]]] = None
    else:
        found = {name: _EMIT[kind] for name, kind in field_kinds(cls).items() if kind in _EMIT}
    _emitted[cls] = found
    return found


def _warn_undeclared(cls: type) -> None:
    if getattr(cls, "_never_cached", False):
        return
    util.warn(
        "%s declares neither inherit_cache nor cache_key_fields, so statements that contain it are compiled each "
        "time; set inherit_cache = True when its inherited fields say all there is to render, else False"
        % cls.__name__
    )


class HasCacheKey:
    """Something that takes part in cache keys.

    ``cache_key_fields`` lists all fields that decide what is rendered, as ``(attribute name, KeyKind)``, those of
    parent classes included. A subclass without a list of its own sets ``inherit_cache = True`` when the inherited one
    is complete; ``False``, or saying nothing, keeps statements with it out of the cache.
    """

    __slots__ = ()

    cache_key_fields: ClassVar[_FieldList] = ()
    inherit_cache: Optional[bool] = None
    _is_has_cache_key = True

    def __init_subclass__(cls, **kw: Any) -> None:
        own = cls.__dict__
        written = cls._flat
        complete = own.get("inherit_cache") and _own_fields(cls) is None
        if "_flat" not in own and written is not HasCacheKey._flat and not complete:
            # what a parent class wrote by hand for itself knows nothing of this class: the declared fields decide
            if not getattr(written, "for_subclasses", False):
                cls._flat = HasCacheKey._flat  # type: ignore[method-assign]
        super().__init_subclass__(**kw)

    def _flat(self, out: List[Any], binds: List[Any], seen: Dict[int, int]) -> None:
        identity = id(self)
        if identity in seen:
            out.append(seen[identity])
            return
        seen[identity] = len(seen)
        d = self.__dict__
        try:
            layout = _layouts[self.__class__, tuple(d)]
        except KeyError:
            layout = _learn_layout(self.__class__, tuple(d))
        layout.flat(d, out, binds, seen)

    _generate_cache_key: Callable[[], Any]  # from ``cache_key``, which knows what a key object is


# -- keys: one function per kind ------------------------------------------------------------------------------------


def _emit_clause(value: Any, out: List[Any], binds: List[Any], seen: Dict[int, int]) -> None:
    if value is None:
        out.append(None)
    else:
        value._flat(out, binds, seen)


def _emit_clauses(value: Any, out: List[Any], binds: List[Any], seen: Dict[int, int]) -> None:
    if value is None:
        out.append(None)
        return
    out.append(len(value))
    for element in value:
        element._flat(out, binds, seen)


def _emit_any(value: Any, out: List[Any], binds: List[Any], seen: Dict[int, int]) -> None:
    if isinstance(value, HasCacheKey) or hasattr(value, "_flat"):
        # options that say nothing about the SQL are skipped
        if getattr(value, "_is_has_cache_key", True):
            value._flat(out, binds, seen)
    elif isinstance(value, (tuple, list)):
        out.append(value.__class__)
        out.append(len(value))
        for item in value:
            _emit_any(item, out, binds, seen)
    elif isinstance(value, dict):
        _emit_dict(value, out, binds, seen)
    elif isinstance(value, AnonLabel):
        emit_name(value, out, binds, seen)
    else:
        _emit_plain(value, out, binds, seen)


def _emit_dict(value: Any, out: List[Any], binds: List[Any], seen: Dict[int, int]) -> None:
    if value is None:
        out.append(None)
        return
    out.append(len(value))
    for key, item in value.items():
        _emit_any(key, out, binds, seen)
        _emit_any(item, out, binds, seen)


def _emit_dml_values(value: Any, out: List[Any], binds: List[Any], seen: Dict[int, int]) -> None:
    if value is None:
        out.append(None)
        return
    out.append(len(value))
    for key, item in value.items() if hasattr(value, "items") else value:
        if key.__class__ is str:
            out.append(key)
        else:
            _emit_any(key, out, binds, seen)
        _emit_any(item, out, binds, seen)


def _emit_dml_rows(value: Any, out: List[Any], binds: List[Any], seen: Dict[int, int]) -> None:
    if value is None:
        out.append(None)
        return
    out.append(len(value))
    for row in value:
        if hasattr(row, "items"):
            _emit_dml_values(row, out, binds, seen)
        else:
            _emit_any(row, out, binds, seen)


def _emit_type(value: Any, out: List[Any], binds: List[Any], seen: Dict[int, int]) -> None:
    key = value._static_cache_key if value is not None else None
    if key is NO_CACHE:
        raise Uncacheable(value)
    out.append(key)


_PLAIN_TYPES = frozenset([str, int, bool, float, type(None), bytes, type])


def _emit_plain(value: Any, out: List[Any], binds: List[Any], seen: Dict[int, int]) -> None:
    out.append(_tagged(value))


def _tagged(value: Any) -> Any:
    # True, 1 and 1.0 are equal and hash alike; the class keeps them apart
    cls = value.__class__
    if cls is str or value is None:
        return value
    if cls in _PLAIN_TYPES:
        return (cls, value)
    if isinstance(value, (tuple, list, frozenset, set)):
        return (cls,) + tuple([_tagged(item) for item in value])
    if isinstance(value, dict):
        return (cls,) + tuple([(_tagged(key), _tagged(item)) for key, item in value.items()])
    token = getattr(value, "_token", None)
    if token is not None:
        return (cls, token)
    if isinstance(value, ExternallyTraversible):
        return (cls, _Identity(value))
    try:
        hash(value)
    except TypeError:
        raise Uncacheable(value) from None
    return (cls, value)


class _Identity:
    """Stands for one object in a key where its own equality must not be used; keeps it alive."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: Any) -> bool:
        return other.__class__ is _Identity and other.value is self.value

    def __hash__(self) -> int:
        return id(self.value)


def emit_name(value: Any, out: List[Any], binds: List[Any], seen: Dict[int, int]) -> None:
    """Append a name to a key; anonymous names are numbered as they come."""
    if value.__class__ is str or value is None:
        out.append(value)
    elif isinstance(value, AnonLabel):
        if value.parts:
            out.append((AnonLabel, len(value.parts)))
            for part in value.parts:
                emit_name(part, out, binds, seen)
        else:
            identity = id(value.token)
            if identity not in seen:
                seen[identity] = len(seen)
            out.append((AnonLabel, seen[identity], value.base))
    elif isinstance(value, quoted_name):
        out.append((str(value), value.quote))
    else:
        out.append(_tagged(value))


def _emit_operator(value: Any, out: List[Any], binds: List[Any], seen: Dict[int, int]) -> None:
    out.append(value)


def _emit_keyed(value: Any, out: List[Any], binds: List[Any], seen: Dict[int, int]) -> None:
    if value is None:
        out.append(None)
    elif hasattr(value, "_flat"):
        value._flat(out, binds, seen)
    else:
        out.append(_tagged(value))


def _emit_keyeds(value: Any, out: List[Any], binds: List[Any], seen: Dict[int, int]) -> None:
    if value is None:
        out.append(None)
        return
    out.append(len(value))
    for item in value:
        _emit_keyed(item, out, binds, seen)


def _emit_options(value: Any, out: List[Any], binds: List[Any], seen: Dict[int, int]) -> None:
    for option in value:
        if getattr(option, "_is_has_cache_key", False):
            option._flat(out, binds, seen)
    # options may be skipped, so their number says nothing
    out.append(None)


def emit_annotations(value: Any, out: List[Any], binds: List[Any], seen: Dict[int, int]) -> None:
    """Append annotations to a key in the order of their names."""
    out.append(len(value))
    for name in sorted(value):
        out.append(name)
        item = value[name]
        token = getattr(item, "_token", None)
        if token is not None:
            out.append(token)
        elif hasattr(item, "_flat") and not isinstance(item, ExternallyTraversible):
            item._flat(out, binds, seen)
        else:
            out.append(_tagged(item))


def _emit_token(value: Any, out: List[Any], binds: List[Any], seen: Dict[int, int]) -> None:
    out.append(value if value is None or value.__class__ is object else getattr(value, "_token", _Identity(value)))


_EMIT: Dict[int, Callable[..., None]] = {
    KeyKind.CLAUSE: _emit_clause, KeyKind.CLAUSES: _emit_clauses, KeyKind.CLAUSE_TUPLES: _emit_any,
    KeyKind.CLAUSE_DICT: _emit_dict, KeyKind.DML_VALUES: _emit_dml_values, KeyKind.DML_ROWS: _emit_dml_rows,
    KeyKind.TYPE: _emit_type, KeyKind.PLAIN: _emit_plain, KeyKind.PLAIN_DICT: _emit_dict, KeyKind.NAME: emit_name,
    KeyKind.OPERATOR: _emit_operator, KeyKind.KEYED: _emit_keyed, KeyKind.KEYEDS: _emit_keyeds,
    KeyKind.OPTIONS: _emit_options, KeyKind.ANNOTATIONS: emit_annotations, KeyKind.TOKEN: _emit_token,
    KeyKind.KEY_ONLY_CLAUSE: _emit_clause, KeyKind.KEY_ONLY_CLAUSES: _emit_clauses,
}  # fmt: skip


# -- keys: one function per layout ----------------------------------------------------------------------------------


class _Layout:
    """The fields that some elements of one class have set; it stands in keys for the class and their names.

    ``flat(d, out, binds, seen)`` adds the fields.  It is a loop at first, and code made for the layout once the layout
    has shown to be a frequent one; both add the same.
    """

    __slots__ = ("_name", "_steps", "_uses", "flat")

    def __init__(self, cls: type, steps: _FieldList) -> None:
        self._name = cls.__name__
        self._steps = steps
        self._uses = 0
        self.flat: Callable[..., None] = self._in_steps

    def __repr__(self) -> str:
        return "<%s: %s>" % (self._name, ", ".join([name for name, _ in self._steps]))

    def _in_steps(self, d: Dict[str, Any], out: List[Any], binds: List[Any], seen: Dict[int, int]) -> None:
        self._uses += 1
        if self._uses == _FREQUENT:
            self.flat = define(_flat_source(self._steps), "flat", dict(_FLAT_GLOBALS, layout=self))
        out.append(self)
        for name, kind in self._steps:
            _EMIT[kind](d[name], out, binds, seen)


_FREQUENT = 20
_LAYOUTS_KEPT = 4096
# by the class and all names set; those that differ in names without a place in keys have the same layout
_layouts: Dict[Tuple[type, Tuple[str, ...]], _Layout] = {}
_layouts_by_fields: Dict[Tuple[type, Tuple[str, ...]], _Layout] = {}


def _learn_layout(cls: type, names: Tuple[str, ...]) -> _Layout:
    emitters = _emitted[cls] if cls in _emitted else _emitters(cls)
    if emitters is None:
        raise Uncacheable(cls)
    kinds = field_kinds(cls)
    present = [name for name in names if name in emitters]
    # single values come first: code made for a layout adds them together
    present.sort(key=lambda name: (kinds[name] not in _SINGLE, name))
    fields = (cls, tuple(present))
    layout = _layouts_by_fields.get(fields)
    if layout is None:
        made = _Layout(cls, tuple([(name, kinds[name]) for name in present]))
        layout = _layouts_by_fields.setdefault(fields, made)
    if len(_layouts) < _LAYOUTS_KEPT:
        _layouts[cls, names] = layout
    return layout


_SINGLE = frozenset([KeyKind.TYPE, KeyKind.PLAIN, KeyKind.OPERATOR])
_FLAT_GLOBALS: Dict[str, Any] = {
    "NO_CACHE": NO_CACHE, "Uncacheable": Uncacheable, "tagged": _tagged, "emit_name": emit_name, "emit": _EMIT,
}  # fmt: skip


def _flat_source(steps: _FieldList) -> str:
    """Return the source of the function that adds the fields of a layout to a key."""
    before: List[str] = []
    singles = ["layout"]
    after: List[str] = []
    for number, (name, kind) in enumerate(steps):
        field = "d[%r]" % name
        if kind == KeyKind.TYPE:
            before.append(
                "    t{0} = {1}\n    k{0} = None if t{0} is None else t{0}._static_cache_key\n"
                "    if k{0} is NO_CACHE:\n        raise Uncacheable(t{0})\n".format(number, field)
            )
            singles.append("k%d" % number)
        elif kind in _SINGLE:
            singles.append(field if kind == KeyKind.OPERATOR else "tagged(%s)" % field)
        else:
            after.append(_FIELD_SOURCES.get(kind, _ANY_FIELD_SOURCE).format(field, kind))
    return "def flat(d, out, binds, seen):\n%s    out += (%s,)\n%s" % (
        "".join(before),
        ", ".join(singles),
        "".join(after),
    )


_FIELD_SOURCES = {
    KeyKind.CLAUSE: """\
    v = {0}
    if v is None:
        out.append(None)
    else:
        v._flat(out, binds, seen)
""",
    KeyKind.CLAUSES: """\
    v = {0}
    if v is None:
        out.append(None)
    else:
        out.append(len(v))
        for e in v:
            e._flat(out, binds, seen)
""",
    KeyKind.NAME: """\
    v = {0}
    if v.__class__ is str:
        out.append(v)
    else:
        emit_name(v, out, binds, seen)
""",
}
_ANY_FIELD_SOURCE = "    emit[{1}]({0}, out, binds, seen)\n"


# -- walking and copying --------------------------------------------------------------------------------------------


def _children_of(value: Any) -> Iterator[Any]:
    if isinstance(value, ExternallyTraversible):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            if isinstance(key, ExternallyTraversible):
                yield key
            for child in _children_of(item):
                yield child
    elif isinstance(value, (tuple, list, set, frozenset)):
        for item in value:
            for child in _children_of(item):
                yield child


def _copied(value: Any, clone: Callable[..., Any], kw: Dict[str, Any]) -> Any:
    """Return the value with its elements cloned; the same object when nothing changed."""
    if isinstance(value, ExternallyTraversible):
        return clone(value, **kw)
    if isinstance(value, (tuple, list)):
        made = [_copied(item, clone, kw) for item in value]
        for before, after in zip(value, made):
            if before is not after:
                return made if isinstance(value, list) else tuple(made)
        return value
    if isinstance(value, dict):
        return value.__class__(
            [
                (clone(key, **kw) if isinstance(key, ExternallyTraversible) else key, _copied(item, clone, kw))
                for key, item in value.items()
            ]
        )
    return value


class HasFields(HasCacheKey, ExternallyTraversible):
    """An element whose children, copies and comparison follow from its declared fields."""

    __slots__ = ()

    def get_children(self, *, omit_attrs: Iterable[str] = (), **kw: Any) -> Iterable[Any]:
        """Return the elements directly below this one, in the order of the declared fields."""
        found: List[Any] = []
        for name, kind in walked_fields(self.__class__):
            if name in omit_attrs:
                continue
            value = getattr(self, name, None)
            if not (value is None or value.__class__ is tuple and not value):
                if kind == KeyKind.CLAUSE:
                    found.append(value)
                elif kind == KeyKind.CLAUSES:
                    found.extend(value)
                else:
                    found.extend(_children_of(value))
        return found

    def _clone(self, **kw: Any) -> Any:
        """Return a shallow copy without memoised values."""
        made = object.__new__(self.__class__)
        d = self.__dict__.copy()
        memo = d.pop("_memo", None)
        if memo is not None:
            for name in memo:
                d.pop(name, None)
        made.__dict__ = d  # type: ignore[misc]
        return made

    def _copy_internals(self, *, omit_attrs: Iterable[str] = (), clone: Any = None, **kw: Any) -> None:
        """Replace each child by ``clone(child)``."""
        if clone is None:
            clone = clone_element
        d = self.__dict__
        for name, kind in walked_fields(self.__class__):
            if name in omit_attrs:
                continue
            value = d.get(name)
            if value is not None:
                if kind == KeyKind.CLAUSE:
                    made = clone(value, **kw)
                else:
                    made = _copied(value, clone, kw)
                if made is not value:
                    d[name] = made

    def compare(self, other: Any, **kw: Any) -> bool:
        """Tell whether the other element has the same structure.

        :param kw: ``use_proxies``: columns that stand for one another are equal; ``compare_annotations``: annotations
         count; ``equivalents``: column to the set of columns equal to it.
        """
        return compare(self, other, **kw)


def clone_element(element: Any, **kw: Any) -> Any:
    """Return a shallow copy of an element."""
    return element._clone(**kw)


# -- comparing ------------------------------------------------------------------------------------------------------


def compare(a: Any, b: Any, **kw: Any) -> bool:
    """Tell whether two elements have the same structure and the same bound values."""
    return _Comparison(kw).elements(a, b)


def _plain_class(element: Any) -> type:
    cls: type = getattr(element.__class__, "annotated_of", element.__class__)
    return cls


def _have_same_fields(a: Any, b: Any) -> bool:
    """Tell whether elements are of one class, or one's class is a subclass of the other's without fields of its own."""
    one, other = _plain_class(a), _plain_class(b)
    if one is other:
        return True
    return (issubclass(one, other) or issubclass(other, one)) and field_kinds(one) == field_kinds(other)


class _Comparison:
    """One run of :func:`compare`: pairs already met, and the numbering of anonymous names on either side."""

    def __init__(self, options: Dict[str, Any]) -> None:
        self.options = options
        self.compare_annotations = options.get("compare_annotations", False)
        self.met: Dict[Tuple[int, int], bool] = {}
        self.names: Dict[Any, Any] = {}

    def elements(self, a: Any, b: Any) -> bool:
        if a is b:
            return True
        if a is None or b is None:
            return False
        pair = (id(a), id(b))
        if pair in self.met:
            return self.met[pair]
        if self.compare_annotations and getattr(a, "_annotations", None) != getattr(b, "_annotations", None):
            return False
        # a cycle compares equal unless a difference shows elsewhere
        self.met[pair] = True
        special = getattr(a, "_compare_to", None)
        if special is not None:
            answer: bool = special(b, self)
            if answer is not NotImplemented:
                self.met[pair] = answer
                return answer
        answer = a.__visit_name__ == b.__visit_name__ and _have_same_fields(a, b) and self.fields(a, b)
        self.met[pair] = answer
        return answer

    def fields(self, a: Any, b: Any, omit: Iterable[str] = ()) -> bool:
        for name, kind in field_kinds(_plain_class(a)).items():
            if name in omit or kind in _NOT_COMPARED:
                continue
            if not self.values(kind, getattr(a, name, None), getattr(b, name, None)):
                return False
        return True

    def values(self, kind: int, a: Any, b: Any) -> bool:
        if a is b:
            return True
        if kind == KeyKind.TYPE:
            return a is not None and b is not None and bool(a._compare_type_affinity(b))
        if kind == KeyKind.NAME:
            return self.name(a, b)
        if kind in _COLLECTIONS and a is not None and b is not None:
            # collections of columns have an equality of their own
            return self.anything(tuple(a), tuple(b))
        return self.anything(a, b)

    def anything(self, a: Any, b: Any) -> bool:
        if a is b:
            return True
        if isinstance(a, ExternallyTraversible) or isinstance(b, ExternallyTraversible):
            return isinstance(a, ExternallyTraversible) and isinstance(b, ExternallyTraversible) and self.elements(a, b)
        if isinstance(a, (tuple, list)) and isinstance(b, (tuple, list)):
            return len(a) == len(b) and all(map(self.anything, a, b))
        if isinstance(a, dict) and isinstance(b, dict):
            pairs = zip(a.items(), b.items())
            return len(a) == len(b) and all([self.anything(p[0], q[0]) and self.anything(p[1], q[1]) for p, q in pairs])
        if isinstance(a, AnonLabel) or isinstance(b, AnonLabel):
            return self.name(a, b)
        return bool(a == b)

    def name(self, a: Any, b: Any) -> bool:
        if isinstance(a, AnonLabel) and isinstance(b, AnonLabel):
            if len(a.parts) != len(b.parts):
                return False
            if a.parts:
                return all(map(self.name, a.parts, b.parts))
            return a.base == b.base and self.names.setdefault(a.token, b.token) is b.token
        if isinstance(a, AnonLabel) or isinstance(b, AnonLabel):
            return False
        return bool(a == b)

    def unordered(self, a: Iterable[Any], b: Iterable[Any]) -> bool:
        """Tell whether two lists hold equal elements in any order."""
        rest = list(b)
        for left in a:
            for index, right in enumerate(rest):
                if self.elements(left, right):
                    del rest[index]
                    break
            else:
                return False
        return not rest


_COLLECTIONS = frozenset([KeyKind.CLAUSES, KeyKind.KEY_ONLY_CLAUSES])
_NOT_COMPARED = frozenset([KeyKind.ANNOTATIONS, KeyKind.IGNORE, KeyKind.CHILD_ONLY, KeyKind.CHILDREN_ONLY])
