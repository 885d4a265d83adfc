"""Chapter of the SQL compiler: SELECT, its clauses and set operations.

Which sources a SELECT has is computed by ``sql.selectable.froms`` and how its columns are named by
``sql.selectable.statement``; what stands in FROM is in
``sources``, WITH in ``cte``.  Reads and writes ``stack``, ``_linter`` and, through the result map
chapter, ``_result_columns``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ... import exc
from ...util.decorators import warn_deprecated
from .. import lowering
from .. import operators
from ..names import AnonLabel, quoted_name
from ..selectable.base import LABEL_STYLE_TABLENAME_PLUS_COL
from ..selectable.froms import correlated
from ..selectable.froms import derive_froms
from ..selectable.froms import froms_for
from ..selectable.statement import CompoundKeyword
from ..selectable.statement import name_columns
from .base import COLLECT_CARTESIAN_PRODUCTS
from .base import WARN_LINTING
from .base import CompilerFields
from .base import Frame
from .base import FromLinter
from .base import ResultColumnsEntry

if TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import List
    from typing import Optional

    from ..visitors import Visitable

__all__ = ["COMPOUND_KEYWORDS", "SelectChapter"]

#: the words between the statements of a set operation
COMPOUND_KEYWORDS: Dict[Any, str] = {keyword: keyword.value for keyword in CompoundKeyword}

_NO_FROMS: Any = frozenset()
# what a value used as a condition is rendered with where the database has no booleans
_AS_BOOLEAN = (operators.is_true, operators.is_false)


class SelectChapter(CompilerFields):
    """Visit methods of statements that return rows."""

    compound_keywords = COMPOUND_KEYWORDS

    # -- lowering

    def _lower(self, statement: Any, in_from: bool = False) -> Any:
        """Return what to render for a statement, asking its plugin where it has one.

        :param in_from: it stands in a FROM clause, from where it sees no other sources of the statement around it.
        """
        if statement.plugin_name is None:
            return statement
        plugin = lowering.find_plugin(statement)
        if plugin is None:
            return statement
        stack = self.stack
        context = lowering.LoweringContext(
            self.dialect,
            toplevel=not stack,
            shared_notes=self._shared_notes,
            enclosing_froms=tuple(stack[-1].correlate_froms) if stack else (),
            compiler=self,
            cache_key=self.cache_key,
            sources_of=lambda select: self._froms_here(select, derive_froms(select), in_from),
        )
        lowered = plugin.lower(statement, context)
        if not stack and self.lowered is None:
            # kept with the compiled statement: a cache hit needs no lowering
            self.lowered = context
        return lowered

    def _froms_here(self, select: Any, sources: List[Any], in_from: bool) -> List[Any]:
        """Return the sources of a SELECT that is rendered next, without those of enclosing statements."""
        explicit: Any = _NO_FROMS
        implicit: Any = _NO_FROMS
        if self.stack:
            outer = self.stack[-1]
            explicit, implicit = outer.correlate_froms, outer.asfrom_froms
        if in_from:
            return correlated(select, sources, explicit=explicit - implicit, implicit=())
        return correlated(select, sources, explicit=explicit, implicit=implicit)

    # -- SELECT

    def visit_select(
        self,
        select_stmt: Any,
        asfrom: bool = False,
        insert_into: bool = False,
        fromhints: Any = None,
        compound_index: Optional[int] = None,
        select_wraps_for: Any = None,
        lateral: bool = False,
        from_linter: Any = None,
        **kwargs: Any,
    ) -> str:
        select = self._lower(select_stmt, asfrom and not lateral)
        if select.__visit_name__ != "select":
            # a plugin may lower to another kind of statement
            kwargs.update(asfrom=asfrom, compound_index=compound_index)
            other: Visitable = select
            return other._visit_kw(self, **kwargs)
        if self.translate_select_structure is not None:
            select = self.translate_select_structure(select, asfrom=asfrom, **kwargs)
        stack = self.stack
        toplevel = not stack
        if toplevel:
            outer = None
            fill = True
            correlate_froms = _NO_FROMS
        else:
            outer = stack[-1]
            fill = outer.names_columns_of_compound and not compound_index or outer.names_columns
            correlate_froms = outer.correlate_froms
            if compound_index == 0:
                outer.first_select = select
        need_expressions = fill or (outer is not None and outer.names_columns_of_compound)
        # flags of the place where the statement stands do not reach its parts
        if kwargs:
            for name in ("within_columns_clause", "include_table", "add_to_result_map", "within_label_clause",
                         "render_label_as_label", "result_map_targets", "enclosing_alias", "visiting_cte",
                         "cte_opts", "enclosing_lateral"):  # fmt: skip
                kwargs.pop(name, None)
        sources = derive_froms(select)
        froms = self._froms_here(select, sources, asfrom and not lateral)
        own: List[Any] = []
        for source in froms:
            own.extend(source._from_objects)
        own_set = frozenset(own)
        names_before = self._told_apart, self._table_prefixes
        if names_before[0] or len(sources) > 1 or len(own) > 1:
            self._look_for_namesakes(own, froms, sources)
        frame = Frame(select, own_set | correlate_froms, own_set)
        stack.append(frame)
        outer_linter = self._linter
        try:
            hint_text = None
            by_from: Any = None
            if select._hints:
                hint_text, by_from = self._hints_of(select)
            if select._extra_ctes:
                self._render_independent_ctes(select, kwargs)
            columns = self._select_columns(select, asfrom, fill, need_expressions, kwargs)
            text = self._compose_select(select, columns, froms, by_from, hint_text, toplevel, kwargs)
            if select._statement_hints:
                text = self._with_statement_hints(select, text)
            if select._suffixes:
                text += " " + self._words_of(select, select._suffixes, kwargs)
            # the members of a set operation share the WITH in front of it
            if self.ctes and (toplevel or compound_index is None and not insert_into):
                text = self._with_ctes(text, toplevel)
        finally:
            stack.pop()
            self._linter = outer_linter
            self._told_apart, self._table_prefixes = names_before
        return text

    def _look_for_namesakes(self, own: List[Any], froms: List[Any], sources: List[Any]) -> None:
        if froms is not sources:
            # some are those of an enclosing statement
            sources = own + [one for source in sources if source not in froms for one in source._from_objects]
        else:
            sources = own
        if self._told_apart or any([source.schema is not None for source in sources]):
            self._tell_apart(own, sources)

    def _compose_select(
        self,
        select: Any,
        columns: List[str],
        froms: List[Any],
        by_from: Any,
        hint_text: Optional[str],
        toplevel: bool,
        kwargs: Dict[str, Any],
    ) -> str:
        extensions = select._syntax_extensions
        text = "SELECT "
        if extensions:
            text += self._extension_text(select, "post_select", "%s ", kwargs)
        if hint_text:
            text += hint_text + " "
        if select._prefixes:
            text += self._words_of(select, select._prefixes, kwargs)
        text += self.get_select_precolumns(select, **kwargs)
        if extensions:
            text += self._extension_text(select, "pre_columns", "%s ", kwargs)
        if columns:
            text += ", ".join(columns)
        elif not froms:
            text = text.rstrip(" ")
        separator = " \n" if columns else "\n"
        linter: Optional[FromLinter] = None
        if self.linting & COLLECT_CARTESIAN_PRODUCTS:
            linter = FromLinter()
            if toplevel:
                self.from_linter = linter
        self._linter = linter
        if froms:
            text += separator + "FROM " + self._from_list(froms, by_from, kwargs)
        else:
            text += self.default_from()
        criteria = select._where_criteria
        if criteria:
            clause = self._and_joined(criteria, kwargs)
            if clause:
                text += " \nWHERE " + clause
        if linter is not None:
            self._linter = None
            if self.linting & WARN_LINTING and len(linter.froms) > 1:
                linter.warn("SELECT", self._line_of(select))
        if select._group_by_clauses:
            text += self.group_by_clause(select, **kwargs)
        if select._having_criteria:
            clause = self._and_joined(select._having_criteria, kwargs)
            if clause:
                text += " \nHAVING " + clause
        if extensions:
            text += self._extension_text(select, "post_criteria", " \n%s", kwargs)
        if select._order_by_clauses:
            text += self.order_by_clause(select, **kwargs)
        text += self._rows_wanted(select, kwargs)
        if select._for_update_arg is not None:
            text += self.for_update_clause(select, **kwargs)
        if extensions:
            text += self._extension_text(select, "post_body", " %s", kwargs)
        return text

    def _from_list(self, froms: List[Visitable], by_from: Any, kwargs: Dict[str, Any]) -> str:
        if by_from:
            kwargs = dict(kwargs, fromhints=by_from)
        if len(froms) == 1:
            return froms[0]._visit_kw(self, asfrom=True, **kwargs)
        return ", ".join([source._visit_kw(self, asfrom=True, **kwargs) for source in froms])

    def _and_joined(self, criteria: Any, kwargs: Dict[str, Any]) -> str:
        """Return the criteria joined with AND, those that say nothing left out."""
        if len(criteria) > 1:
            kept = []
            neutral = None
            for criterion in criteria:
                kind = criterion.__visit_name__
                if kind == "true":
                    neutral = criterion
                elif kind == "false":
                    kept = [criterion]
                    break
                else:
                    kept.append(criterion)
            if len(kept) > 1:
                grouped = [criterion.self_group(against=operators.and_) for criterion in kept]
                if kwargs:
                    texts = [criterion._visit_kw(self, **kwargs) for criterion in grouped]
                else:
                    texts = [criterion._visit(self) for criterion in grouped]
                return " AND ".join([text for text in texts if text])
            criteria = kept or [neutral]
        # a Boolean column compares with 1 where the database has no such type
        only: Visitable = criteria[0].self_group(against=operators._asbool)
        return only._visit_kw(self, **kwargs) if kwargs else only._visit(self)

    def _extension_text(self, select: Any, position: str, template: str, kwargs: Dict[str, Any]) -> str:
        elements = select._extensions_at(position)
        if not elements:
            return ""
        return template % " ".join([self.process(element, **kwargs) for element in elements])

    # -- columns clause

    def _select_columns(
        self, select: Any, asfrom: bool, fill: bool, need_expressions: bool, kwargs: Dict[str, Any]
    ) -> List[str]:
        texts = []
        raw: List[Any] = []
        for column in select._raw_columns:
            raw.extend(column._selected_items)
        for named in name_columns(raw, select._label_style):
            text = self._select_column(select, named, asfrom, fill, need_expressions, kwargs)
            if text:
                texts.append(text)
        return texts

    def _select_column(
        self, select: Any, named: Any, asfrom: bool, fill: bool, need_expressions: bool, kwargs: Dict[str, Any]
    ) -> str:
        column = named.column
        type_ = column.type
        if type_ is None:
            # text and other elements without a type
            return self._select_untyped(column, fill, kwargs)
        impl = type_.dialect_impl(self.dialect)
        shown = column
        if impl._has_column_expression and need_expressions:
            shown = impl.column_expression(column)
        if fill and type_._is_tuple_type:
            self._add_to_result_map("", "", (), type_)
        kind = column.__visit_name__
        if kind == "label":
            return self._select_label(column, shown, fill, kwargs)
        label = named.label
        if kind == "column" and shown is column:
            return self._select_plain_column(column, label, named, asfrom, fill, kwargs)
        if column._is_text_clause:
            return self._select_untyped(column, fill, kwargs)
        if kind == "unary" and shown is column and self._goes_bare(column, asfrom, select._label_style):
            label = None
        elif label is None:
            label = self._implied_label(column, shown, named, asfrom)
        if label is None:
            if fill:
                kwargs = dict(kwargs, add_to_result_map=self._add_to_result_map)
                if shown is not column:
                    kwargs["result_map_targets"] = (column,)
                return self._visit_for_result(shown, column, kwargs)
            return self.process(shown, within_columns_clause=True, **kwargs)
        return self._labelled(column, shown, label, fill, kwargs)

    def _visit_for_result(self, shown: Any, column: Any, kwargs: Dict[str, Any]) -> str:
        """Render a column without a label; it enters the result map whether or not its method adds it."""
        count = len(self._result_columns)
        text = self.process(shown, within_columns_clause=True, **kwargs)
        if len(self._result_columns) == count:
            name = getattr(column, "name", None)
            if name is None:
                name = text
            self._add_to_result_map(name, name, (column,), column.type)
        return text

    def _select_untyped(self, column: Any, fill: bool, kwargs: Dict[str, Any]) -> str:
        if fill:
            return self.process(column, within_columns_clause=True,
                                add_to_result_map=self._add_to_result_map, **kwargs)  # fmt: skip
        return self.process(column, within_columns_clause=True, **kwargs)

    def _select_label(self, label: Any, shown: Any, fill: bool, kwargs: Dict[str, Any]) -> str:
        name = self._label_text(label.name)
        if fill:
            objects = (label, name) + label._alt_names
            self._result_columns.append(ResultColumnsEntry(name, label.name if label.name.__class__ is str else name,
                                                           objects, label.type))  # fmt: skip
        if shown is label:
            shown = label.element
        text: str
        if kwargs:
            text = shown._visit_kw(self, within_columns_clause=True, within_label_clause=True, **kwargs)
        else:
            text = shown._visit(self)
        return text + " AS " + self.preparer.format_label(label, name)

    def _select_plain_column(
        self, column: Any, label: Any, named: Any, asfrom: bool, fill: bool, kwargs: Dict[str, Any]
    ) -> str:
        name = column.name
        if label is None and asfrom and not column.is_literal and column.table is not None:
            label = name
        elif label is None and asfrom and named.repeated and not column.is_literal:
            label = named.fallback
        if label is not None:
            rendered = self._generated_label_text(label)
        elif name.__class__ is not str and name.__class__ is not quoted_name:
            rendered = self._label_text(name)
        elif len(name) > self.label_length - 6:
            rendered = self._subquery_column_text(column, name)
        else:
            rendered = name
        # the label comes first: numbers are given in that order
        text: str = column._visit_kw(self, **kwargs) if kwargs else column._visit(self)
        if fill:
            if rendered == "*":
                self._ordered_columns = False
                self._ad_hoc_textual = True
            objects: Any = (column, rendered, column.key)
            if label is not None:
                alternative = column._qualified_label
                if alternative and label == alternative:
                    # named after its table, a column is found by the table's name with its key as well
                    objects = (column, rendered, column._tq_key_label)
                else:
                    objects = (column, rendered, column.key) if named.repeated is False else (column, rendered)
                    if alternative and not named.repeated:
                        objects += (alternative,)
            else:
                alternative = column._qualified_label
                if alternative:
                    objects += (alternative,)
            self._result_columns.append(ResultColumnsEntry(rendered, name if name.__class__ is str else rendered,
                                                           objects, column.type))  # fmt: skip
        if label is None:
            return text
        return text + " AS " + self.preparer.quote(rendered)

    def _goes_bare(self, unary: Any, asfrom: bool, style: Any) -> bool:
        """Whether an operator before a mere column, at the top of a statement, has no label."""
        if asfrom or unary.wraps_column_expression:
            return False
        if unary.operator not in _AS_BOOLEAN:
            return True
        return self.dialect.supports_native_boolean and style is not LABEL_STYLE_TABLENAME_PLUS_COL

    def _implied_label(self, column: Any, shown: Any, named: Any, asfrom: bool) -> Any:
        """Return the label for a column that nobody labelled, None to render it bare."""
        kind = column.__visit_name__
        if shown is not column:
            return named.fallback if named.fallback is not None else column._anon_name_label
        if not column._may_be_labelled:
            return None
        if kind in ("column", "table_valued_column", "scalar_function_column"):
            return None
        if not getattr(column, "_is_function", False):
            own = column.__dict__.get("name", getattr(type(column), "name", None))
            if own.__class__ is str:
                return None  # it says itself what it is called
        return named.fallback

    def _labelled(self, column: Any, shown: Any, label: Any, fill: bool, kwargs: Dict[str, Any]) -> str:
        name = self._generated_label_text(label)
        if fill:
            own = getattr(column, "name", None)
            objects: Any = (column, name)
            key = column.key
            if key is not None and key.__class__ is str and key != name and column.__visit_name__ == "column":
                objects += (key,)
            tq_label = column._qualified_label
            if tq_label and tq_label.__class__ is str:
                objects += (tq_label,)
            self._result_columns.append(
                ResultColumnsEntry(name, own if own.__class__ is str and shown is not column else name,
                                   objects, column.type)  # fmt: skip
            )
        text: str
        if kwargs:
            text = shown._visit_kw(self, within_columns_clause=True, within_label_clause=True, **kwargs)
        else:
            text = shown._visit(self)
        return text + " AS " + self.preparer.quote(name)

    # -- clauses that dialects override

    def get_select_precolumns(self, select: Any, **kw: Any) -> str:
        """Return what stands between SELECT and its columns, with a space after it."""
        if select._distinct_on:
            warn_deprecated(
                "DISTINCT ON is for PostgreSQL; other dialects ignore its columns", version="1.4"
            )
        return "DISTINCT " if select._distinct else ""

    def default_from(self) -> str:
        """Return what stands for FROM in a SELECT without sources, such as `` FROM DUAL``."""
        return ""

    def group_by_clause(self, select: Any, **kw: Any) -> str:
        """Return GROUP BY with its expressions, with a space before it."""
        text = self._clause_items(select._group_by_clauses, kw)
        return " GROUP BY " + text if text else ""

    def order_by_clause(self, select: Any, **kw: Any) -> str:
        """Return ORDER BY with its expressions, with a space before it."""
        text = self._clause_items(select._order_by_clauses, kw)
        return " ORDER BY " + text if text else ""

    def _clause_items(self, clauses: Any, kw: Dict[str, Any]) -> str:
        if kw:
            texts = [clause._visit_kw(self, **kw) for clause in clauses]
        else:
            texts = [clause._visit(self) for clause in clauses]
        return ", ".join([text for text in texts if text])

    def _rows_wanted(self, select: Any, kw: Dict[str, Any]) -> str:
        """Return FETCH, or LIMIT and OFFSET, as far as the statement has any."""
        if select._fetch_clause is not None:
            return self.fetch_clause(select, **kw)
        if select._limit_clause is not None or select._offset_clause is not None:
            return self.limit_clause(select, **kw)
        return ""

    def limit_clause(self, select: Any, **kw: Any) -> str:
        """Return LIMIT and OFFSET, with a line break before."""
        limit, offset = select._limit_clause, select._offset_clause
        if limit is None and offset is None:
            return ""
        # OFFSET alone is no SQL: -1 stands for all rows
        text = "\n LIMIT " + ("-1" if limit is None else self.process(limit, **kw))
        return text if offset is None else text + " OFFSET " + self.process(offset, **kw)

    def fetch_clause(
        self,
        select: Any,
        fetch_clause: Any = None,
        require_offset: bool = False,
        use_literal_execute_for_simple_int: bool = False,
        **kw: Any,
    ) -> str:
        """Return OFFSET and FETCH FIRST, with a line break before."""

        def number(clause: Any) -> str:
            if use_literal_execute_for_simple_int and select._simple_int_clause(clause):
                clause = clause.render_literal_execute()
            return self.process(clause, **kw)

        unit, rest = "ROWS", "ONLY"
        if fetch_clause is None:
            fetch_clause = select._fetch_clause
            options = select._fetch_clause_options or {}
            unit = "PERCENT ROWS" if options.get("percent") else "ROWS"
            rest = "WITH TIES" if options.get("with_ties") else "ONLY"
        text = ""
        if select._offset_clause is not None:
            text = "\n OFFSET %s ROWS" % number(select._offset_clause)
        elif require_offset:
            text = "\n OFFSET 0 ROWS"
        if fetch_clause is not None:
            text += "\n FETCH FIRST %s %s %s" % (number(fetch_clause), unit, rest)
        return text

    def for_update_clause(self, select: Any, **kw: Any) -> str:
        """Return FOR UPDATE, with a space before it."""
        return " FOR UPDATE"

    # -- hints and prefixes

    def _words_of(self, stmt: Any, prefixes: Any, kw: Dict[str, Any]) -> str:
        name = self.dialect.name
        text = " ".join(
            [self.process(prefix, **kw) for prefix, wanted in prefixes if wanted in (None, "*", name)]
        )
        return text + " " if text else text

    def _hints_of(self, select: Any) -> Any:
        by_from = {
            source: text % {"name": source._visit_kw(self, ashint=True)}
            for source, dialect, text in select._hints
            if dialect in ("*", self.dialect.name)
        }
        return self.get_select_hint_text(by_from), by_from

    def _with_statement_hints(self, select: Any, text: str) -> str:
        wanted = [hint for dialect, hint in select._statement_hints if dialect in ("*", self.dialect.name)]
        return text + " " + self.get_statement_hint_text(wanted) if wanted else text

    def get_from_hint_text(self, table: Any, text: str) -> Optional[str]:
        """Return a hint as it stands after a table, None for none."""
        return None

    def get_select_hint_text(self, byfroms: Any) -> Optional[str]:
        """Return hints as they stand after SELECT, None for none."""
        return None

    def get_statement_hint_text(self, hint_texts: List[str]) -> str:
        """Return the hints that end the statement."""
        return " ".join(hint_texts)

    def get_crud_hint_text(self, table: Any, text: str) -> Optional[str]:
        """Return a hint as it stands after the table of INSERT, UPDATE, DELETE; None for none."""
        return None

    def format_from_hint_text(self, sqltext: str, table: Any, hint: str, iscrud: bool) -> str:
        """Return the text of a table with its hint."""
        hint_text = self.get_from_hint_text(table, hint)
        return sqltext + " " + hint_text if hint_text else sqltext

    # -- names of columns in ORDER BY, GROUP BY, DISTINCT ON

    def _columns_in_scope(self) -> Any:
        """Return the columns that the innermost statement selects and that can be named."""
        frame = self.stack[-1]
        found = frame.compile_state
        if found is None:
            columns = getattr(self._naming_statement(), "_all_selected_columns", ())
            found = frame.compile_state = [column for column in columns if column._allow_label_resolve]
        return found

    def _naming_statement(self) -> Any:
        statement = self.stack[-1].selectable
        while statement.__visit_name__ in ("compound_select", "select_statement_grouping"):
            statement = (
                statement.selects[0] if statement.__visit_name__ == "compound_select" else statement.element
            )
        first = self.stack[-1].first_select
        if first is not None and statement.__visit_name__ == "select" and first.__visit_name__ == "select":
            statement = first
        return statement

    def _selected_by_label(self, name: Any) -> Any:
        """Return the selected column labelled ``name``, or named so with its table, None if there is none."""
        compound = self.stack[-1].compound
        if compound is not None:
            # by the names that the set operation gives to its columns
            found = compound.subquery().c.get(name)
            made_up = found is not None and isinstance(found.name, AnonLabel)
            return None if made_up and self._generated_label_text(found.name) != name else found
        for column in reversed(self._columns_in_scope()):
            if (column._qualified_label or column.key) == name:
                return column
        return None

    def _selected_by_name(self, name: Any) -> Any:
        """Return the selected column that goes by ``name``, None if there is none."""
        found = self._selected_by_label(name)
        if found is None:
            for column in reversed(self._columns_in_scope()):
                if column.key == name:
                    return column
        return found

    def _source_column_by_name(self, name: Any) -> Any:
        if self.stack[-1].compound is not None:
            # behind a set operation there are no sources
            return None
        statement = self._naming_statement()
        if statement.__visit_name__ != "select":
            return None
        found = None
        for source in froms_for(statement):
            for column in source._selected_items:
                if column._allow_label_resolve and column.key == name:
                    found = column
        return found

    def visit_label_reference(self, element: Any, within_columns_clause: bool = False, **kwargs: Any) -> str:
        inner = element.element
        if self.stack and self.dialect.supports_simple_order_by_label:
            label = inner._order_by_label_element
            if label is not None:
                name = label.name
                found = (
                    self._source_column_by_name(name) if within_columns_clause else self._selected_by_name(name)
                )
                if found is not None and (found is label or label.shares_lineage(found)):
                    kwargs["render_label_as_label"] = label
        if within_columns_clause:
            kwargs["within_columns_clause"] = True
        shown: Visitable = inner
        return shown._visit_kw(self, **kwargs) if kwargs else shown._visit(self)

    def visit_textual_label_reference(self, element: Any, within_columns_clause: bool = False, **kwargs: Any) -> str:
        if not self.stack:
            # an expression by itself, where nothing is known of the statement
            return self.preparer.quote(element.element)
        name = element.element
        column = None if within_columns_clause else self._selected_by_label(name)
        if column is None:
            column = self._source_column_by_name(name)
        if column is None:
            return self._unknown_label(element)
        kwargs["render_label_as_label"] = column
        if within_columns_clause:
            kwargs["within_columns_clause"] = True
        return self.process(column, **kwargs)

    def _unknown_label(self, element: Any) -> str:
        raise exc.CompileError(
            "found the text %r in ORDER BY, GROUP BY or DISTINCT, which is neither a label nor a column of the "
            "statement. Write text(%r) if it is meant as SQL text." % (element.element, element.element)
        )

    # -- set operations and other statements that return rows

    def visit_select_statement_grouping(self, grouping: Any, **kwargs: Any) -> str:
        return "(" + self.process(grouping.element, **kwargs) + ")"

    def visit_scalar_select(self, scalar: Any, asfrom: bool = False, **kwargs: Any) -> str:
        # a value also as the argument of a function in FROM: it correlates
        element: Visitable = scalar.element
        text = element._visit_kw(self, **kwargs) if kwargs else element._visit(self)
        return "(" + text + ")"

    def visit_compound_select(
        self, cs: Any, asfrom: bool = False, compound_index: Optional[int] = None, **kwargs: Any
    ) -> str:
        cs = self._lower(cs)
        stack = self.stack
        toplevel = not stack
        outer = stack[-1] if stack else None
        fill = toplevel or bool(
            outer is not None
            and (outer.names_columns or outer.names_columns_of_compound and not compound_index)
        )
        need = fill or bool(outer is not None and outer.names_columns_of_compound)
        if compound_index == 0 and outer is not None:
            outer.first_select = cs.selects[0]
        frame = Frame(
            cs,
            outer.correlate_froms if outer is not None else _NO_FROMS,
            outer.asfrom_froms if outer is not None else _NO_FROMS,
            names_columns_of_compound=need,
        )
        frame.compound = cs
        stack.append(frame)
        try:
            for name in ("insert_into", "from_linter", "lateral", "within_columns_clause", "enclosing_alias",
                         "visiting_cte", "include_table"):
                kwargs.pop(name, None)
            if cs._extra_ctes:
                self._render_independent_ctes(cs, kwargs)
            self._check_widths(cs)
            keyword = " %s " % self.compound_keywords[cs.keyword]
            if not fill and need:
                # a nested set operation: its first SELECT names no result columns either
                start = 1
            else:
                start = 0
            text = keyword.join(
                [
                    select._visit_kw(self, asfrom=asfrom, compound_index=index + start, **kwargs)
                    for index, select in enumerate(cs.selects)
                ]
            )
            kwargs["include_table"] = False
            if cs._group_by_clauses:
                text += self.group_by_clause(cs, **dict(kwargs, asfrom=asfrom))
            if cs._order_by_clauses:
                text += self.order_by_clause(cs, **kwargs)
            text += self._rows_wanted(cs, kwargs)
            if cs._for_update_arg is not None:
                text += self.for_update_clause(cs, **kwargs)
            if self.ctes:
                text = self._with_ctes(text, toplevel, include_following=True)
        finally:
            stack.pop()
        return text

    def _check_widths(self, cs: Any) -> None:
        width = None
        for number, select in enumerate(cs.selects, 1):
            columns = select._all_selected_columns
            if width is None:
                first, width = number, len(columns)
            elif len(columns) != width:
                raise exc.CompileError(
                    "found a set operation whose SELECTs differ in width: number %d has %d columns, number %d has %d"
                    % (first, width, number, len(columns))
                )

    def visit_textual_select(
        self, taf: Any, compound_index: Optional[int] = None, asfrom: bool = False, **kw: Any
    ) -> str:
        stack = self.stack
        toplevel = not stack
        outer = stack[-1] if stack else None
        frame = Frame(
            taf,
            outer.correlate_froms if outer is not None else _NO_FROMS,
            outer.asfrom_froms if outer is not None else _NO_FROMS,
        )
        stack.append(frame)
        try:
            if taf._extra_ctes:
                self._render_independent_ctes(taf, kw)
            fill = toplevel or (
                compound_index == 0 and outer is not None and outer.names_columns_of_compound
            ) or (outer is not None and outer.names_columns)  # fmt: skip
            if fill:
                self._ordered_columns = self._textual_ordered_columns = taf.positional
                self._loose_column_name_matching = not taf.positional and bool(taf.column_args)
                for column in taf.column_args:
                    self.process(
                        column, within_columns_clause=True, add_to_result_map=self._add_to_result_map
                    )
            for name in ("within_columns_clause", "visiting_cte", "enclosing_alias", "insert_into", "lateral"):
                kw.pop(name, None)
            text = self.process(taf.element, **kw)
            if self.ctes:
                text = self._with_ctes(text, toplevel)
        finally:
            stack.pop()
        return text
