"""Chapter of the SQL compiler: bound values, from the placeholder in the text to the tuple given to the driver.

Writes ``binds``, ``bind_names``, ``escaped_bind_names``, ``positiontup``, ``literal_execute_params`` and
``post_compile_params``.  Batches of INSERT values are in ``insertmanyvalues``.

Words: a parameter *expands* when one bound list becomes several placeholders at execution time (IN); it is *literal*
when its value is written into the text at that time.  Both leave ``__[POSTCOMPILE_name]`` in the text.
"""

from __future__ import annotations

import collections.abc
import re
from typing import TYPE_CHECKING

from ... import exc
from ...util.codegen import TemplateCache
from ...util.collections import immutabledict
from ...util.decorators import warn
from .base import MARK_CLOSE
from .base import MARK_OPEN
from .base import CompilerFields
from .base import ExpandedState
from ..names import quoted_name
from .identifiers import refuse_place_marks
from .late import ExpandingExtractor

if TYPE_CHECKING:
    from typing import Any
    from typing import Callable
    from typing import Dict
    from typing import FrozenSet
    from typing import List
    from typing import Mapping
    from typing import Match
    from typing import Optional
    from typing import Pattern
    from typing import Sequence
    from typing import Tuple

__all__ = ["BindChapter"]

_MARKERS = re.compile("\x02([^\x03]*)\x03|__\\[POSTCOMPILE_(\\S+?)(~~.+?~~)?\\]")
_ONLY_MARKERS = re.compile("\x02([^\x03]*)\x03")
_POST_COMPILE = re.compile(r"__\[POSTCOMPILE_(\S+?)(~~.+?~~)?\]")
_ESCAPED_CHARS = re.compile("[%():.\\[\\] \x02-\x05]")
# a name in __[POSTCOMPILE_name] also ends at spaces and before ~~
_LATE_ESCAPED_CHARS = re.compile("[%():.\\[\\]\\s~\x02-\x05]")
_NO_WORD_CHARS = re.compile(r"\W")
_EXPANSIONS_KEPT = 32
# flags of BindParameter: at most "unique" is set
_PLAIN_FLAGS = 1


class BindChapter(CompilerFields):
    """Rendering, naming and delivering of bound values."""

    _expansions: Optional[Dict[Any, Any]] = None
    _expands_at_once = False
    _finishing = False
    _processors: Optional[Mapping[str, Any]] = None
    # alone in a tuple: None where statements have no parameters
    _extractor: Optional[Tuple[Optional[Callable[[Any, Any], Any]]]] = None
    _bind_indexes: Optional[Dict[Any, int]] = None

    # -- rendering

    def visit_bindparam(
        self,
        bindparam: Any,
        within_columns_clause: bool = False,
        literal_binds: bool = False,
        skip_bind_expression: bool = False,
        literal_execute: bool = False,
        render_postcompile: bool = False,
        is_upsert_set: bool = False,
        **kwargs: Any,
    ) -> str:
        if not kwargs and not literal_binds and bindparam._flags <= _PLAIN_FLAGS:
            # the usual case: a value, rendered as a placeholder
            impl = bindparam.type.dialect_impl(self.dialect)
            if not (impl._has_bind_expression or self._unusual_binds or literal_execute):
                name = self.bind_names.get(bindparam)
                if name is None:
                    name = self._new_name(bindparam)
                # also where more has to be seen to, the name is the one that was counted
                self.bind_names[bindparam] = name
                if name.isidentifier() and not self.escaped_bind_names:
                    if self.positional or self._mark_binds:
                        return MARK_OPEN + name + MARK_CLOSE
                    return self.compilation_bindtemplate % {"name": name}
        type_ = bindparam.type
        impl = type_.dialect_impl(self.dialect)
        if not skip_bind_expression and impl._has_bind_expression:
            return self._with_bind_expression(
                bindparam, impl, literal_binds, literal_execute, render_postcompile, kwargs
            )
        if render_postcompile:
            self._expands_at_once = True
        post_compile = literal_execute or bindparam.literal_execute or bindparam.expanding
        if not literal_binds or bindparam.required and bindparam._is_crud:
            name = self._register_bind(bindparam)
        else:
            compared = self._inside_operator and not self._null_is_fine
            if bindparam.value is None and bindparam.callable is None and compared:
                warn(
                    "found NULL as the value of the bound parameter %r, which is rendered as text now; only IS and "
                    "IS NOT compare with NULL" % (bindparam.key,)
                )
            return self.render_literal_bindparam(bindparam, **kwargs)
        if post_compile:
            if literal_execute or bindparam.literal_execute:
                self.literal_execute_params |= {bindparam}
            else:
                self.post_compile_params |= {bindparam}
        self.bind_names[bindparam] = name
        if bindparam.isoutparam:
            self.has_out_parameters = True
        return self.bindparam_string(
            name, post_compile=post_compile, expanding=bindparam.expanding, bindparam_type=type_, **kwargs
        )

    def _new_name(self, bindparam: Any) -> str:
        """Return the name of a parameter that is rendered for the first time, and register it."""
        if "key" in bindparam.__dict__ or bindparam._is_annotated:
            return self._register_bind(bindparam)
        base = bindparam._orig_key
        if (
            base.__class__ is not str
            or len(base) > self.label_length - 12
            or not base.isidentifier()
            or base[0] == "_"
            or base[-1] == "_"
        ):
            return self._register_bind(bindparam)
        # nobody has asked for the key of this unique parameter, so nothing else can have it
        counters = self.anon_map.counters
        number = counters.get(base, 0) + 1
        counters[base] = number
        name = "%s_%d" % (base, number)
        binds = self.binds
        existing = binds.get(name)
        if existing is not None:
            self._check_conflict(existing, bindparam, name)
        binds[name] = bindparam
        return name

    # whether placeholders carry a cast or are otherwise more than the template
    _unusual_binds = False

    def __init_subclass__(cls, **kw: Any) -> None:
        super().__init_subclass__(**kw)
        if "bindparam_string" in cls.__dict__:
            cls._unusual_binds = True

    def _with_bind_expression(
        self,
        bindparam: Any,
        impl: Any,
        literal_binds: bool,
        literal_execute: bool,
        render_postcompile: bool,
        kwargs: Dict[str, Any],
    ) -> str:
        expression = impl.bind_expression(bindparam)
        wrapped = self.process(
            expression,
            skip_bind_expression=True,
            literal_binds=literal_binds and not bindparam.expanding,
            literal_execute=literal_execute,
            render_postcompile=render_postcompile,
            **kwargs,
        )
        if not bindparam.expanding:
            return wrapped
        # the expression has to go around each of the values
        match = re.match(r"^(.*)\(__\[POSTCOMPILE_(\S+?)\]\)(.*)$", wrapped)
        if match is None:
            raise exc.CompileError(
                "found a bind_expression() of %r that leaves out its parameter, so an IN list can't use it" % (impl,)
            )
        template = "~~%s~~REPL~~%s~~" % (match.group(1), match.group(3))
        if literal_binds:
            return self.render_literal_bindparam(bindparam, bind_expression_template=template, **kwargs)
        return "(__[POSTCOMPILE_%s%s])" % (match.group(2), template)

    def _register_bind(self, bindparam: Any) -> str:
        key = bindparam.key
        name = self.bind_names.get(bindparam)
        if name is None:
            name = self._short_bind_name(bindparam)
        existing = self.binds.get(name)
        if existing is None:
            self.binds[key] = self.binds[name] = bindparam
        elif existing is not bindparam:
            self._check_conflict(existing, bindparam, name)
            self.binds[key] = self.binds[name] = bindparam
        return name

    def _short_bind_name(self, bindparam: Any) -> str:
        key = bindparam.key
        # names that were given are kept, whatever their length
        if key.__class__ is str or key.__class__ is quoted_name:
            return key
        return self._short_name("bindparam", key)

    def _check_conflict(self, existing: Any, bindparam: Any, name: str) -> None:
        if (existing.unique or bindparam.unique) and not self._same_origin(existing, bindparam):
            raise exc.CompileError(
                "found two bound parameters named %r, one of them unique: give the other one a different name" % name
            )
        if existing.expanding != bindparam.expanding:
            raise exc.CompileError(
                "found the parameter %r both as an expanding one (as in IN) and as a single value: use two names"
                % name
            )
        if existing._is_crud or bindparam._is_crud:
            if existing._is_crud and bindparam._is_crud and self._same_origin(existing, bindparam):
                return
            raise exc.CompileError(
                "found a bindparam() named %r, but that name is used for the column of the same name in VALUES or "
                "SET: choose another one, such as 'b_%s'" % (name, name)
            )

    @staticmethod
    def _same_origin(one: Any, other: Any) -> bool:
        return bool(one._cloned_set.intersection(other._cloned_set)) or bool(
            one.proxy_set.intersection(other.proxy_set)
        )

    def bindparam_string(
        self,
        name: str,
        post_compile: bool = False,
        expanding: bool = False,
        escaped_from: Optional[str] = None,
        bindparam_type: Any = None,
        accumulate_bind_names: Any = None,
        visited_bindparam: Any = None,
        **kw: Any,
    ) -> str:
        """Return the placeholder of the parameter ``name``."""
        if accumulate_bind_names is not None:
            accumulate_bind_names.add(name)
        if visited_bindparam is not None:
            visited_bindparam.append(name)
        if escaped_from is None and (
            (not name.isidentifier() and self._unsafe_chars(post_compile).search(name))
            or (self.escaped_bind_names and self._is_escape_of_other(name))
        ):
            escaped_from = name
            name = self._escaped(name, post_compile)
        if escaped_from and escaped_from != name:
            self.escaped_bind_names = immutabledict({**self.escaped_bind_names, escaped_from: name})
            if self.positional and not post_compile:
                # the place of a positional parameter is found by its own name
                name = escaped_from
        if post_compile:
            text = "__[POSTCOMPILE_%s]" % name
            if expanding:
                return "(%s)" % text
            if bindparam_type is not None:
                text = self._cast_placeholder(text, bindparam_type)
            return text
        if self.positional:
            text = MARK_OPEN + name + MARK_CLOSE
        elif self._mark_binds:
            text = MARK_OPEN + (escaped_from or name) + MARK_CLOSE
        else:
            text = self.compilation_bindtemplate % {"name": name}
        if bindparam_type is not None:
            text = self._cast_placeholder(text, bindparam_type)
        return text

    def _unsafe_chars(self, post_compile: bool) -> Pattern[str]:
        """Return the pattern of what can't stand in the name of a placeholder."""
        # behind a colon the name ends where its letters end; in %(name)s at the parenthesis. The default dialect
        # has no driver that could take such a name for something else
        if self.bindtemplate[0] == ":" and self.dialect.name != "default":
            return _NO_WORD_CHARS
        return _LATE_ESCAPED_CHARS if post_compile else _ESCAPED_CHARS

    def _is_escape_of_other(self, name: str) -> bool:
        escaped = self.escaped_bind_names
        return name not in escaped and name in escaped.values()

    def _escaped(self, name: str, post_compile: bool) -> str:
        """Return a name for the placeholder that is not in use yet."""
        known: Optional[str] = self.escaped_bind_names.get(name)
        if known is not None:
            return known
        refuse_place_marks(name, "name of a parameter")
        characters = self.bindname_escape_characters
        text = _ESCAPED_CHARS.sub(lambda match: characters.get(match.group(0), "_"), name)
        text = self._unsafe_chars(post_compile).sub("_", text)
        taken = set(self.escaped_bind_names.values())
        while text != name and text in self.binds or text in taken:
            text += "_"
        return text

    def _cast_placeholder(self, text: str, type_: Any) -> str:
        if not self.render_bind_casts:
            return text
        impl = type_._unwrapped_dialect_impl(self.dialect)
        return self.render_bind_cast(type_, impl, text) if impl.render_bind_cast else text

    def render_bind_cast(self, type_: Any, dbapi_type: Any, sqltext: str) -> str:
        """Return a placeholder with a cast to its type; dialects whose driver needs casts define it."""
        raise NotImplementedError("the dialect %r asks for casts of placeholders and has none" % self.dialect.name)

    def render_literal_bindparam(
        self,
        bindparam: Any,
        render_literal_value: Any = "__none__",
        bind_expression_template: Optional[str] = None,
        **kw: Any,
    ) -> str:
        """Return the value of a bound parameter as SQL text."""
        if render_literal_value != "__none__" if isinstance(render_literal_value, str) else True:
            value = render_literal_value
        else:
            value = bindparam.effective_value
            if value is None and bindparam.expanding:
                value = [None]
        if bindparam.expanding:
            return self._literal_list(bindparam, value, bind_expression_template)
        return self.render_literal_value(value, bindparam.type)

    def _literal_list(self, bindparam: Any, values: Any, template: Optional[str]) -> str:
        type_ = bindparam.type
        values = _as_list(bindparam, values)
        if not values:
            return "(%s)" % self._empty_list_text(bindparam)
        if self._is_row_list(type_, values):
            types = type_.types if type_._is_tuple_type else [type_] * len(values[0])
            rows = [
                "(%s)" % ", ".join([self.render_literal_value(item, kind) for item, kind in zip(row, types)])
                for row in values
            ]
            return "(%s%s)" % ("VALUES " if self.dialect.tuple_in_values else "", ", ".join(rows))
        texts = [self.render_literal_value(value, type_) for value in values]
        if template is not None:
            before, after = self._around_of(template)
            texts = [before + text + after for text in texts]
        return "(%s)" % ", ".join(texts)

    def render_literal_value(self, value: Any, type_: Any) -> str:
        """Return ``value`` as SQL text, by the literal processor of its type."""
        if value is None and not type_.should_evaluate_none:
            return "NULL"
        try:
            processor = type_._cached_literal_processor(self.dialect)
            text: Optional[str] = None if processor is None else processor(value)
        except Exception as err:
            raise exc.CompileError(
                "the value %r could not be rendered as a literal of type %s: %s" % (value, type_, err)
            ) from err
        if text is None:
            raise exc.CompileError(
                "found the value %r of type %s, which has no literal processor: it can't be rendered as text"
                % (value, type_)
            )
        refuse_place_marks(text, "literal")
        return text

    @staticmethod
    def _is_row_list(type_: Any, values: Any) -> bool:
        if type_._is_tuple_type:
            return True
        first = values[0]
        # a list may be one value of a type that is known, such as JSON
        if not type_._isnull or isinstance(first, (str, bytes, bytearray, memoryview)):
            return False
        return isinstance(first, collections.abc.Sequence)

    def _empty_list_text(self, bindparam: Any) -> str:
        # a list that is no operand of IN has no operator, and asks for the dialect's own expression
        return self.visit_empty_set_op_expr(bindparam.type, bindparam.expand_op)

    @staticmethod
    def _around_of(template: str) -> Tuple[str, str]:
        before, after = template.strip("~").split("~~REPL~~")
        return before, after

    def typed_bind(self, bindparam: Any, type_: Any) -> Any:
        """Return the parameter with another type; its value is still found by the original."""
        typed = bindparam._with_binary_element_type(type_)
        self._bind_origins[typed] = bindparam
        return typed

    # -- placing

    def _place_binds(self, text: str) -> str:
        """Return the text with positional placeholders in it; fill ``positiontup``."""
        if not self.positional:
            return text
        if self.numeric:
            return self._place_numbers(text)
        order: List[str] = []
        append = order.append
        placeholder = self.bindtemplate

        def put(match: Match[str]) -> str:
            name = match.group(1)
            if name is not None:
                append(name)
                return placeholder
            append(self._unescaped_names().get(match.group(2), match.group(2)))
            return match.group(0)

        if self.post_compile_params or self.literal_execute_params:
            text = _MARKERS.sub(put, text)
        else:
            pieces = text.split(MARK_OPEN)
            if len(pieces) > 1:
                result = [pieces[0]]
                for piece in pieces[1:]:
                    name, rest = piece.split(MARK_CLOSE, 1)
                    append(name)
                    result.append(rest)
                text = placeholder.join(result)
        self.positiontup = order
        return text

    def _unescaped_names(self) -> Dict[str, str]:
        return {new: old for old, new in self.escaped_bind_names.items()}

    def _place_numbers(self, text: str) -> str:
        late = self.post_compile_params | self.literal_execute_params
        prefix = self._numeric_prefix
        numbers: Dict[str, str] = {}
        for bind, name in self.bind_names.items():
            if bind not in late and name not in numbers:
                numbers[name] = "%s%d" % (prefix, len(numbers) + 1)
        self.next_numeric_pos = len(numbers) + 1
        # names that expand keep their place until then; see _expanded_positions()
        self.positiontup = list(dict.fromkeys(self.bind_names.values()))
        return _ONLY_MARKERS.sub(lambda match: numbers[match.group(1)], text)

    @property
    def _numeric_prefix(self) -> str:
        return "$" if self.dialect.paramstyle == "numeric_dollar" else ":"

    # -- values

    @property
    def _bind_processors(self) -> Mapping[str, Any]:
        """Return bound name to the function that converts values of it, for those that have one."""
        processors = self._processors
        if processors is None:
            dialect = self.dialect
            found: Dict[str, Any] = {}
            for bind, name in self.bind_names.items():
                type_ = bind.type
                if type_._is_tuple_type:
                    found[name] = tuple(kind._cached_bind_processor(dialect) for kind in type_.types)
                    continue
                processor = type_._cached_bind_processor(dialect)
                if processor is not None:
                    found[name] = processor
            processors = self._processors = found
        return processors

    def _extract_positions(self) -> Dict[Any, int]:
        """Return bound parameter to its place among those of the cache key."""
        indexes = self._bind_indexes
        if indexes is None:
            indexes = {}
            by_key: Dict[Any, int] = {}
            # copies know only what the first of them was copied from, which may be another copy's origin
            by_origin: Dict[Any, int] = {}
            for index, bind in enumerate(self.cache_key.bindparams):
                indexes[bind] = index
                by_key[bind.key] = index
                if bind._copied_from is not None:
                    by_origin[bind._copied_from] = index
            for bind in self.bind_names:
                if bind in indexes:
                    continue
                origin = self._bind_origins.get(bind)
                found = None if origin is None else indexes.get(origin)
                if found is None:
                    found = by_key.get(bind.key)
                if found is None:
                    for origin in bind._cloned_set:
                        found = indexes.get(origin, by_origin.get(origin))
                        if found is not None:
                            break
                if found is not None:
                    indexes[bind] = found
            self._bind_indexes = indexes
        return indexes

    def construct_params(
        self,
        params: Any = None,
        extracted_parameters: Any = None,
        escape_names: bool = True,
        _group_number: Optional[int] = None,
        _check: bool = True,
        _no_postcompile: bool = False,
    ) -> Dict[str, Any]:
        """Return the bound values by name.

        :param params: values given at execution, by key or by rendered name.
        :param extracted_parameters: the parameters of an equal statement, in the order of the cache key.
        :param escape_names: use the names as the driver sees them.
        :raise InvalidRequestError: if a required parameter has no value.
        """
        if self._text_to_expand is not None and not _no_postcompile and (params or extracted_parameters):
            raise exc.InvalidRequestError(
                "the statement was compiled with render_postcompile: other parameters can't be put in"
            )
        positions: Any = None
        if extracted_parameters:
            if self.cache_key is None:
                raise exc.CompileError(
                    "extracted parameters were given to a statement that was compiled without a cache key"
                )
            positions = self._extract_positions()
        escaped = self.escaped_bind_names if escape_names else None
        result: Dict[str, Any] = {}
        for bind, name in self.bind_names.items():
            out_name = escaped.get(name, name) if escaped else name
            if params:
                if bind.key in params:
                    result[out_name] = params[bind.key]
                    continue
                if name in params:
                    result[out_name] = params[name]
                    continue
            if _check and bind.required:
                raise self._missing(bind.key, _group_number)
            source = bind
            if positions is not None:
                index = positions.get(bind)
                if index is not None:
                    source = extracted_parameters[index]
            result[out_name] = source.effective_value if source.callable else source.value
        if self._expanded_parameters is not None and not _no_postcompile:
            return self._expanded_result(result)
        return result

    _expanded_parameters: Optional[Dict[str, Any]] = None

    @property
    def params(self) -> Dict[str, Any]:
        """Return the bound values by name, None for those that come with the execution."""
        return self.construct_params(_check=False)

    def _expanded_result(self, result: Dict[str, Any]) -> Dict[str, Any]:
        late = {self.escaped_bind_names.get(self.bind_names[bind], self.bind_names[bind])
                for bind in self.post_compile_params | self.literal_execute_params}  # fmt: skip
        plain = {name: value for name, value in result.items() if name not in late}
        plain.update(self._expanded_parameters or {})
        return plain

    @staticmethod
    def _missing(key: Any, group_number: Optional[int]) -> Exception:
        where = ", in parameter group %d" % group_number if group_number else ""
        return exc.InvalidRequestError(
            "The parameter %r has no value, which the statement needs%s" % (str(key), where), code="cd3x"
        )

    def construct_expanded_state(self, params: Any = None, escape_names: bool = True) -> ExpandedState:
        """Return the statement with its lists and late literals written out for ``params``."""
        values = self.construct_params(params, escape_names=False, _no_postcompile=True)
        return self.process_expanding(values, escape_names=escape_names)

    # -- expanding

    def process_expanding(self, params: Dict[str, Any], escape_names: bool = True) -> ExpandedState:
        """Return the expanded statement for complete parameters by (unescaped) name.

        The text is kept for further lists of the same lengths.
        """
        for bind in self.post_compile_params:
            name = self.bind_names[bind]
            if params[name].__class__ is not list:
                params[name] = _as_list(bind, params[name])
        key = self._expansion_key(params)
        known = self._expansions.get(key) if key is not None and self._expansions else None
        if known is None:
            known = self._expand(params)
            if key is not None:
                if self._expansions is None or len(self._expansions) >= _EXPANSIONS_KEPT:
                    self._expansions = {}
                self._expansions[key] = known
        statement, positiontup, sources, processors, expansion = known
        escaped = self.escaped_bind_names if escape_names else {}
        values: Dict[str, Any] = {}
        late = self._late_names()
        for name, value in params.items():
            if name not in late:
                values[escaped.get(name, name)] = value
        for name, source, path in sources:
            value = params[source]
            for index in path:
                value = value[index]
            values[name] = value
        return ExpandedState(statement, values, processors, positiontup, expansion)

    def _late_names(self) -> Any:
        names = self.__dict__.get("_late")
        if names is None:
            names = self._late = frozenset(
                self.bind_names[bind] for bind in self.post_compile_params | self.literal_execute_params
            )
        return names

    def _expansion_key(self, params: Dict[str, Any]) -> Any:
        if self.literal_execute_params:
            return None
        key: List[Any] = []
        for bind in self.post_compile_params:
            values = params[self.bind_names[bind]]
            length = len(values)
            key.append(length)
            if length and self._is_row_list(bind.type, values):
                key.append(tuple([len(row) for row in values]))
        return tuple(key)

    def _expand(self, params: Dict[str, Any]) -> Tuple[Any, ...]:
        replacements: Dict[str, Any] = {}
        sources: List[Tuple[str, str, Tuple[int, ...]]] = []
        names_of: Dict[str, List[str]] = {}
        new_processors: Dict[str, Any] = {}
        # text alone needs no conversion of values
        processors = {} if self.string and self._finishing else self._bind_processors
        numbering = self._numbering()
        literal = self.literal_execute_params
        for bind in list(self.bind_names):
            if bind not in literal and bind not in self.post_compile_params:
                continue
            name = self.bind_names[bind]
            shown = self.escaped_bind_names.get(name, name)
            if bind in literal:
                text = self.render_literal_bindparam(bind, render_literal_value=params[name])
                replacements[shown] = text[1:-1] if bind.expanding else text
                names_of[name] = []
                continue
            values = params[name]
            made = self._expanded_names(shown, bind, values)
            names_of[name] = [item[0] for item in made]
            sources.extend((item, name, path) for item, path in made)
            replacements[shown] = self._expanded_text(bind, values, names_of[name], numbering)
            processor = processors.get(name)
            for item, path in made:
                one = processor[path[-1]] if isinstance(processor, tuple) else processor
                if one is not None:
                    new_processors[item] = one

        def put(match: Any) -> str:
            text = replacements[match.group(1)]
            if match.group(2) and isinstance(text, list):
                before, after = self._around_of(match.group(2))
                return ", ".join([before + item + after for item in text])
            return ", ".join(text) if isinstance(text, list) else text

        statement = _POST_COMPILE.sub(put, self._text_to_expand or self.string)
        return statement, self._expanded_positions(names_of), tuple(sources), new_processors, names_of

    def _numbering(self) -> Any:
        if not self.numeric:
            return None
        return [self.next_numeric_pos or 1]

    def _expanded_positions(self, names_of: Dict[str, List[str]]) -> Optional[List[str]]:
        before = self._places_to_expand
        if before is None:
            before = self.positiontup
        if before is None:
            return None
        result: List[str] = []
        for name in before:
            if name in names_of:
                # numbers of expanded ones come after all others
                result.extend(() if self.numeric else names_of[name])
            else:
                result.append(name)
        if self.numeric:
            for names in names_of.values():
                result.extend(names)
        return result

    def _expanded_names(self, name: str, bind: Any, values: Sequence[Any]) -> List[Tuple[str, Tuple[int, ...]]]:
        if not values:
            return []
        if self._is_row_list(bind.type, values):
            return [
                ("%s_%d_%d" % (name, i, j), (i - 1, j - 1))
                for i, row in enumerate(values, 1)
                for j in range(1, len(row) + 1)
            ]
        return [("%s_%d" % (name, i), (i - 1,)) for i in range(1, len(values) + 1)]

    def _expanded_text(self, bind: Any, values: Sequence[Any], names: List[str], numbering: Any) -> Any:
        if not values:
            return self._empty_list_text(bind)
        texts = [self._placeholder(name, numbering) for name in names]
        type_ = bind.type
        if not self._is_row_list(type_, values):
            return [self._cast_placeholder(text, type_) for text in texts]
        rows = []
        for row in values:
            part, texts = texts[: len(row)], texts[len(row) :]
            if type_._is_tuple_type and self.render_bind_casts:
                part = [self._cast_placeholder(text, kind) for text, kind in zip(part, type_.types)]
            rows.append("(%s)" % ", ".join(part))
        return ("VALUES " if self.dialect.tuple_in_values else "") + ", ".join(rows)

    def _placeholder(self, name: str, numbering: Any) -> str:
        if numbering is not None:
            number = numbering[0]
            numbering[0] = number + 1
            return "%s%d" % (self._numeric_prefix, number)
        if self.positional:
            return self.bindtemplate
        return self.bindtemplate % {"name": name}

    def _expand_now(self) -> None:
        """Write the lists of the statement's own values into its text (``render_postcompile``)."""
        values = self.construct_params(escape_names=False, _no_postcompile=True)
        self._finishing = True
        state = self.process_expanding(values)
        self._finishing = False
        self._expansions = None
        self._text_to_expand = self.string
        self._places_to_expand = self.positiontup
        self._expanded_parameters = dict(state.parameters)
        self.string = state.statement
        if self.positional:
            self.positiontup = list(state.positiontup)

    # -- fast delivery

    def bind_extractor(self) -> Optional[Callable[[Any, Any], Any]]:
        """Return ``f(extracted, params)`` that gives what ``cursor.execute`` takes, or None.

        ``extracted`` are the bound parameters of an equal statement in the order of the cache key, or None for the
        statement's own; ``params`` are values given at execution, or None.  None is returned for statements with
        lists, late literals, callables or output parameters, which need ``construct_params``.  The function raises
        KeyError where a required value is missing.
        """
        made = self._extractor
        if made is None:
            made = self._extractor = (self._make_extractor(),)
        return made[0]

    def expanding_extractor(self) -> Optional[ExpandingExtractor]:
        """Return what ``bind_extractor()`` does not, for statements with lists: ``f`` gives the SQL as well, or
        None."""
        if not self.post_compile_params or self.numeric or self.escaped_bind_names:
            return None
        late = frozenset([self.bind_names[bind] for bind in self.post_compile_params])
        values = self._make_extractor(late)
        return None if values is None else ExpandingExtractor(self, values)

    def _make_extractor(self, late: FrozenSet[str] = frozenset()) -> Optional[Callable[[Any, Any], Any]]:
        if (
            (self.post_compile_params and not late)
            or self.literal_execute_params
            or self.has_out_parameters
            or self._text_to_expand is not None
            or any(bind.callable is not None or bind.type._is_tuple_type for bind in self.bind_names)
        ):
            return None
        by_name = {name: bind for bind, name in self.bind_names.items()}
        names = self.positiontup if self.positional else list(by_name)
        if names is None or len(names) > 200 or (len(by_name) != len(self.bind_names)):
            return None
        indexes = self._extract_positions() if self.cache_key is not None else {}
        # lists stay as they are
        processors = {name: read for name, read in self._bind_processors.items() if name not in late}
        pattern: List[Any] = [self.positional]
        defaults: List[Any] = []
        for name in names:
            bind = by_name[name]
            index = indexes.get(bind)
            kind = ("r" if bind.required else "e" if index is not None else "o") + (
                "p" if processors.get(name) is not None else ""
            )
            if bind.key != name:
                kind += "k"
            pattern.append(kind)
            defaults.append(bind.key if bind.key == name else name)
            if "k" in kind:
                defaults.append(bind.key)
            if kind[0] == "e":
                defaults.append(index)
            elif kind[0] == "o":
                defaults.append(bind)
            if "p" in kind:
                defaults.append(processors[name])
            if not self.positional:
                defaults.append(self.escaped_bind_names.get(name, name))
        return _extractors.make(tuple(pattern), tuple(defaults))


def _extractor_source(pattern: Tuple[Any, ...]) -> str:
    """Return the source of an extractor for one pattern of parameters.

    Per parameter: ``r`` required, ``e`` from the extracted ones, ``o`` the compiled one's own value; ``p`` converted;
    ``k`` also known under another key.
    """
    positional = pattern[0]
    arguments: List[str] = []
    with_params: List[str] = []
    without: List[str] = []
    for number, kind in enumerate(pattern[1:]):
        arguments.append("n%d" % number)
        if "k" in kind:
            arguments.append("k%d" % number)
        given = "ps[n%d]" % number
        if kind[0] == "r":
            own = given
            bare = "missing(n%d)" % number
        else:
            arguments.append("i%d" % number)
            bare = ("ex[i%d].value" if kind[0] == "e" else "i%d.value") % number
            own = "(%s if n%d in ps else %s)" % (given, number, bare)
        if "k" in kind:
            own = "(ps[k%d] if k%d in ps else %s)" % (number, number, own)
        if "p" in kind:
            arguments.append("p%d" % number)
            own, bare = "p%d(%s)" % (number, own), "p%d(%s)" % (number, bare)
        if not positional:
            arguments.append("o%d" % number)
            own, bare = "o%d: %s" % (number, own), "o%d: %s" % (number, bare)
        with_params.append(own)
        without.append(bare)
    shape = "(%s)" if positional else "{%s}"
    tail = "," if positional and without else ""
    return "def extract(ex, ps%s):\n    if ps:\n        return %s\n    return %s\n" % (
        "".join([", " + name for name in arguments]),
        shape % (", ".join(with_params) + tail),
        shape % (", ".join(without) + tail),
    )


def _as_list(bindparam: Any, values: Any) -> Any:
    """Return the values of an expanding parameter as a list or tuple; None is the empty list."""
    if isinstance(values, (list, tuple)):
        return values
    if values is None:
        return []
    try:
        return list(values)
    except TypeError:
        raise TypeError(
            "found %r as the value of the expanding parameter %r, expected a list of values as it stands behind IN"
            % (values, bindparam.key)
        ) from None


def _raise_missing(name: str) -> Any:
    raise KeyError(name)


_extractors = TemplateCache("extract", _extractor_source, {"missing": _raise_missing})
