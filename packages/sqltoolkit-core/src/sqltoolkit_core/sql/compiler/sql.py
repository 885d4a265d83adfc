"""SQLCompiler: the chapters put together; StrSQLCompiler for ``str()`` without a dialect; compiling through a cache.

The chapters are the sibling modules; DDL has a compiler of its own in ``ddl``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..forward import slots
from ..selectable.base import LABEL_STYLE_NONE
from .base import BIND_TEMPLATES
from .base import NO_LINTING
from .base import AnonMap
from .base import Compiled
from .binds import BindChapter
from .cte import CTEChapter
from .dml import DMLChapter
from .expressions import ExpressionChapter
from .insertmanyvalues import InsertManyValuesChapter
from .merging import MergingChapter
from .result_map import ResultMapChapter
from .select import SelectChapter
from .sources import SourceChapter

if TYPE_CHECKING:
    from typing import Any
    from typing import List
    from typing import Mapping
    from typing import Optional
    from typing import Sequence
    from typing import Tuple

__all__ = ["SQLCompiler", "StrSQLCompiler", "compile_with_cache"]


class SQLCompiler(
    ExpressionChapter,
    BindChapter,
    SelectChapter,
    SourceChapter,
    CTEChapter,
    DMLChapter,
    MergingChapter,
    InsertManyValuesChapter,
    ResultMapChapter,
    Compiled,
):
    """A statement or expression turned into SQL text and bound values.

    :param dialect: the dialect whose SQL is written.
    :param statement: the element to render.
    :param cache_key: the statement's cache key, by which values of equal statements are found.
    :param column_keys: names of the columns that an INSERT or UPDATE has parameters for; None: those of its table.
    :param for_executemany: the statement will run with several sets of parameters.
    :param linting: what to do about unconnected FROM elements; one of the ``..._LINTING`` constants.
    :param kwargs: further arguments of ``Compiled``.
    """

    def __init__(
        self,
        dialect: Any,
        statement: Any,
        cache_key: Any = None,
        column_keys: Optional[Sequence[str]] = None,
        for_executemany: bool = False,
        linting: int = NO_LINTING,
        _part_of: Any = None,
        **kwargs: Any,
    ) -> None:
        self.cache_key = cache_key
        self.column_keys = column_keys
        self.for_executemany = for_executemany
        self.linting = linting
        self.binds = {}
        self.bind_names = {}
        self.stack = []
        self._result_columns = []
        self.anon_map = AnonMap()
        self.truncated_names = {}
        self._table_prefixes = {}
        self._bind_origins = {}
        self._shared_notes = {}
        self.ctes = {}
        self.ctes_by_level_name = {}
        self.level_name_by_cte = {}
        self.label_length = dialect.label_length or dialect.max_identifier_length
        paramstyle = dialect.paramstyle
        self.positional = positional = dialect.positional
        self.bindtemplate = BIND_TEMPLATES[paramstyle]
        if positional:
            self.numeric = paramstyle[:7] == "numeric"
            self.compilation_bindtemplate = "\x02%(name)s\x03"
        else:
            self.compilation_bindtemplate = self.bindtemplate
        if dialect.bind_typing.name == "RENDER_CASTS":
            self.render_bind_casts = self._unusual_binds = True
        if _part_of is not None:
            # a compiler of a part: names have to fit those of the whole
            for name, value in _part_of.__dict__.items():
                if name not in ("state", "dialect", "preparer", "positional", "numeric", "string"):
                    self.__dict__[name] = value
        options = kwargs.get("compile_kwargs")
        if options and "render_postcompile" in options:
            # a flag for the whole statement, kept out of the keyword arguments that visit methods hand on
            options = dict(options)
            self._expands_at_once = bool(options.pop("render_postcompile"))
            kwargs["compile_kwargs"] = options
        Compiled.__init__(self, dialect, statement, **kwargs)
        if statement is not None:
            self._finish()

    def _finish(self) -> None:
        """Complete the text: placeholders in their places, lists written out if that was asked for."""
        text = self.string
        if self._insertmanyvalues is not None:
            text = self._split_values(text)
        if self.positional:
            text = self._place_binds(text)
        elif "\x02" in text:
            text = self._place_named(text)
        self.string = text
        if self._expands_at_once and (self.post_compile_params or self.literal_execute_params):
            self._expand_now()
        lowered = self.lowered
        if lowered is not None and lowered.result_map.entries:
            entries = lowered.result_map.entries
            self._result_columns = []
            for entry in entries:
                self._add_to_result_map(*entry)
            self._ordered_columns = lowered.result_map.ordered

    def _place_named(self, text: str) -> str:
        template = self.bindtemplate
        escaped = self.escaped_bind_names
        return re.sub(
            "\x02([^\x03]*)\x03",
            lambda match: template % {"name": escaped.get(match.group(1), match.group(1))},
            text,
        )

    @property
    def sql_compiler(self) -> SQLCompiler:
        """Return this compiler."""
        return self


class StrSQLCompiler(SQLCompiler):
    """Renders every element somehow, for reading: what has no standard form is shown in angle brackets."""

    upsert_style = "on_conflict"
    supports_merge = supports_merge_by_source = True
    _returning_style = LABEL_STYLE_NONE

    def visit_unsupported_compilation(self, element: Any, err: Any, **kw: Any) -> str:
        """Render with the dialect that the element asks for, or show its class."""
        wanted = element.stringify_dialect
        if wanted != "default":
            dialect = slots.load_dialect(wanted)()
            compiler: Compiled = dialect.statement_compiler(dialect, None, _part_of=self)
            if not isinstance(compiler, StrSQLCompiler):
                return compiler.process(element, **kw)
        return super().visit_unsupported_compilation(element, err)

    def visit_getitem_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        return "%s[%s]" % (self.process(binary.left, **kw), self.process(binary.right, **kw))

    def visit_json_getitem_op_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        return self.visit_getitem_binary(binary, operator, **kw)

    def visit_json_path_getitem_op_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        return self.visit_getitem_binary(binary, operator, **kw)

    def visit_sequence(self, sequence: Any, **kw: Any) -> str:
        return "<next sequence value: %s>" % self.preparer.format_sequence(sequence)

    def visit_try_cast(self, cast: Any, **kwargs: Any) -> str:
        return "TRY_CAST(%s AS %s)" % (
            self.process(cast.clause, **kwargs),
            self.process(cast.typeclause, **kwargs),
        )

    def visit_slice(self, element: Any, **kw: Any) -> str:
        texts = [
            "" if part is None or part.__visit_name__ == "null" else self.process(part, **kw)
            for part in (element.start, element.stop, element.step)
        ]
        return ":".join(texts if texts[2] else texts[:2])

    def get_select_precolumns(self, select: Any, **kw: Any) -> str:
        return "DISTINCT " if select._distinct else ""

    def update_from_clause(
        self, update_stmt: Any, from_table: Any, extra_froms: Any, from_hints: Any, **kw: Any
    ) -> str:
        kw["asfrom"] = True
        return "FROM " + ", ".join([source._visit_kw(self, fromhints=from_hints, **kw) for source in extra_froms])

    def delete_extra_from_clause(
        self, delete_stmt: Any, from_table: Any, extra_froms: Any, from_hints: Any, **kw: Any
    ) -> str:
        kw["asfrom"] = True
        return ", " + ", ".join([source._visit_kw(self, fromhints=from_hints, **kw) for source in extra_froms])

    def visit_empty_set_expr(self, element_types: Any, **kw: Any) -> str:
        return "SELECT 1 WHERE 1!=1"

    def get_from_hint_text(self, table: Any, text: str) -> Optional[str]:
        return "[%s]" % text

    def visit_regexp_match_op_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        return self._generic_binary(binary, " <regexp> ", False, kw)

    def visit_not_regexp_match_op_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        return self._generic_binary(binary, " <not regexp> ", False, kw)

    def visit_regexp_replace_op_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        left = self.process(binary.left, **kw)
        right = self._joined_by(binary.right.clauses, ", ", kw) if hasattr(binary.right, "clauses") else (
            self.process(binary.right, **kw)
        )  # fmt: skip
        return "<regexp replace>(%s, %s)" % (left, right)

    def visit_aggregate_strings_func(self, fn: Any, **kw: Any) -> str:
        return super().visit_aggregate_strings_func(fn, use_function_name="aggregate_strings", **kw)


def compile_with_cache(
    statement: Any,
    dialect: Any,
    compiled_cache: Any = None,
    column_keys: Optional[List[str]] = None,
    for_executemany: bool = False,
    schema_translate_map: Optional[Mapping[Optional[str], Optional[str]]] = None,
    **kw: Any,
) -> Tuple[Any, Any, Any]:
    """Return (compiled, extracted bound parameters or None, cache flag) for a statement.

    A statement with an equal key that is in the cache is not compiled again.

    :param compiled_cache: a mutable mapping, None to compile anyway.
    """
    if compiled_cache is not None and dialect.supports_statement_cache:
        cache_key = statement._generate_cache_key()
    else:
        cache_key = None
    if cache_key is None:
        compiled = statement._compiler(
            dialect,
            column_keys=column_keys,
            for_executemany=for_executemany,
            schema_translate_map=schema_translate_map,
            **kw,
        )
        if compiled_cache is None:
            return compiled, None, dialect.CACHING_DISABLED
        if not dialect.supports_statement_cache:
            return compiled, None, dialect.NO_DIALECT_SUPPORT
        return compiled, None, dialect.NO_CACHE_KEY
    key = (
        dialect,
        cache_key.key,
        tuple(column_keys) if column_keys is not None else None,
        bool(schema_translate_map),
        for_executemany,
    )
    compiled = compiled_cache.get(key)
    if compiled is not None:
        return compiled, cache_key.bindparams, dialect.CACHE_HIT
    compiled = statement._compiler(
        dialect,
        cache_key=cache_key,
        column_keys=column_keys,
        for_executemany=for_executemany,
        schema_translate_map=schema_translate_map,
        **kw,
    )
    # the key of a statement that is compiled stays alive with it: its parameters are found by identity
    if compiled.cacheable:
        compiled_cache[key] = compiled
    return compiled, cache_key.bindparams, dialect.CACHE_MISS
