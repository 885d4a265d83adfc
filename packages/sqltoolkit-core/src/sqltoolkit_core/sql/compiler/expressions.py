"""Chapter of the SQL compiler: operators, functions, casts, labels, columns, literal text.

Bound values are in ``binds``; SELECT and its parts in ``select``.  Reads ``stack``, ``anon_map``, ``preparer`` and
``_linter``; writes ``truncated_names`` and ``isplaintext``, and adds result columns for textual statements.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ... import exc
from ...util.decorators import warn
from .. import operators
from .. import sqltypes
from ..elements import Cast
from ..elements import ColumnElement
from ..elements import literal_column
from ..names import AnonLabel
from ..names import quoted_name
from .base import CompilerFields
from .identifiers import quoted_as
from .identifiers import resolve

if TYPE_CHECKING:
    from typing import Any
    from typing import Callable
    from typing import Dict
    from typing import Optional
    from typing import Tuple

    from ..visitors import Visitable

    _Method = Callable[..., str]

__all__ = [
    "COMPARISONS",
    "ExpressionChapter",
    "FUNCTION_NAMES",
    "OPERATORS",
    "ilike_case_insensitive",
]

# operator -> its text, spaces included
OPERATORS: Dict[Any, str] = {
    operators.and_: " AND ",
    operators.or_: " OR ",
    operators.add: " + ",
    operators.mul: " * ",
    operators.sub: " - ",
    operators.mod: " % ",
    operators.neg: "-",
    operators.lt: " < ",
    operators.le: " <= ",
    operators.ne: " != ",
    operators.gt: " > ",
    operators.ge: " >= ",
    operators.eq: " = ",
    operators.is_distinct_from: " IS DISTINCT FROM ",
    operators.is_not_distinct_from: " IS NOT DISTINCT FROM ",
    operators.concat_op: " || ",
    operators.match_op: " MATCH ",
    operators.not_match_op: " NOT MATCH ",
    operators.in_op: " IN ",
    operators.not_in_op: " NOT IN ",
    operators.comma_op: ", ",
    operators.from_: " FROM ",
    operators.as_: " AS ",
    operators.is_: " IS ",
    operators.is_not: " IS NOT ",
    operators.collate: " COLLATE ",
    operators.exists: "EXISTS ",
    operators.distinct_op: "DISTINCT ",
    operators.inv: "NOT ",
    operators.any_op: "ANY ",
    operators.all_op: "ALL ",
    operators.desc_op: " DESC",
    operators.asc_op: " ASC",
    operators.nulls_first_op: " NULLS FIRST",
    operators.nulls_last_op: " NULLS LAST",
    operators.bitwise_xor_op: " ^ ",
    operators.bitwise_or_op: " | ",
    operators.bitwise_and_op: " & ",
    operators.bitwise_not_op: "~",
    operators.bitwise_lshift_op: " << ",
    operators.bitwise_rshift_op: " >> ",
}
_NULL_COMPARISONS = (OPERATORS[operators.is_], OPERATORS[operators.is_not])
#: the operators whose result is true or false
COMPARISONS = frozenset(op for op in OPERATORS if operators.is_comparison(op))

# visit name suffix of a known function -> its text
FUNCTION_NAMES: Dict[str, str] = {
    "coalesce": "coalesce",
    "current_date": "CURRENT_DATE",
    "current_time": "CURRENT_TIME",
    "current_timestamp": "CURRENT_TIMESTAMP",
    "current_user": "CURRENT_USER",
    "localtime": "LOCALTIME",
    "localtimestamp": "LOCALTIMESTAMP",
    "random": "random",
    "sysdate": "sysdate",
    "session_user": "SESSION_USER",
    "user": "USER",
    "cube": "CUBE",
    "rollup": "ROLLUP",
    "grouping_sets": "GROUPING SETS",
}
EXTRACT_MAP: Dict[str, str] = {
    name: name
    for name in (
        "month", "day", "year", "second", "hour", "doy", "minute", "quarter", "dow", "week", "epoch", "milliseconds",
        "microseconds", "timezone_hour", "timezone_minute",
    )
}  # fmt: skip

_BIND_IN_TEXT = re.compile(r"(?<![:\w\x5c]):(\w+)(?!:)", re.UNICODE)
_ESCAPED_COLON = re.compile(r"\x5c(:[\w\$]*)(?![:\w\$])", re.UNICODE)


def _aliased_by(source: Any) -> Any:
    """Return what a source is another name of, None where it is something of its own."""
    kind = source.__visit_name__
    if kind == "cte":
        return source._cte_alias
    return source.element if kind == "alias" or kind == "tablesample" else None


class ExpressionChapter(CompilerFields):
    """Visit methods of column expressions."""

    extract_map = EXTRACT_MAP
    # text of the operators that have no visit method, filled per class on first use
    _binary_text: Dict[Any, str] = {}

    def __init_subclass__(cls, **kw: Any) -> None:
        super().__init_subclass__(**kw)
        cls._binary_text = {}

    # -- names

    def _short_name(self, ident_class: str, name: Any) -> str:
        """Return the final text of a name that may be anonymous, shortened to the label length."""
        known = self.truncated_names.get((ident_class, name))
        if known is not None:
            return known
        text = resolve(name, self.anon_map) if isinstance(name, AnonLabel) else str(name)
        if len(text) > self.label_length - 6:
            counters = self.anon_map.counters
            number = counters.get((ident_class, None), 0) + 1  # type: ignore[call-overload]
            counters[(ident_class, None)] = number  # type: ignore[index]
            text = "%s_%s" % (text[0 : max(self.label_length - 6, 0)], hex(number)[2:])
        elif ident_class != "bindparam":
            text = quoted_as(name, text)
        self.truncated_names[(ident_class, name)] = text
        return text

    def _label_text(self, name: Any) -> str:
        """Return the text of a label name: anonymous and generated names are resolved, plain ones kept."""
        if name.__class__ is AnonLabel or getattr(name, "truncates", False):
            return self._short_name("colident", name)
        text: str = name
        return text

    def _generated_label_text(self, name: Any) -> str:
        """Return the text of a label that nobody gave, shortened if it is too long."""
        if name.__class__ is str and len(name) <= self.label_length - 6:
            return name
        return self._short_name("colident", name)

    def _subquery_column_text(self, column: Any, name: str) -> str:
        """Return the name of a column; that of a subquery is as short as the label inside."""
        source, inner = column.table, column
        while source is not None:
            aliased = _aliased_by(source)
            if aliased is None:
                break
            source, inner = aliased, inner._proxies[0]
        if column.is_literal or source is None or source.__visit_name__ not in ("subquery", "cte", "lateral"):
            return name
        if source.element.__visit_name__ in ("textual_select", "values") or source.element._is_from_clause:
            return name  # the columns have the names they were given
        if inner._proxies and inner._proxies[0].__visit_name__ == "label":
            return name
        return self._short_name("colident", name)

    def _alias_text(self, name: Any) -> str:
        if name.__class__ is AnonLabel or getattr(name, "truncates", False):
            return self._short_name("alias", name)
        text: str = name
        return text

    def escape_literal_column(self, text: str) -> str:
        """Return the text of a literal column as the driver wants it."""
        return text.replace("%", "%%") if self.preparer._double_percents else text

    def post_process_text(self, text: str) -> str:
        """Return textual SQL as the driver wants it."""
        return text.replace("%", "%%") if self.preparer._double_percents else text

    # -- columns and labels

    def visit_column(
        self,
        column: Any,
        add_to_result_map: Any = None,
        include_table: bool = True,
        result_map_targets: Any = (),
        **kwargs: Any,
    ) -> str:
        name = column.name
        if name.__class__ is not str and name.__class__ is not quoted_name:
            if name is None:
                name = self._fallback_column_name(column)
            name = self._label_text(name)
        elif len(name) > self.label_length - 6 and include_table:
            name = self._subquery_column_text(column, name)
        if add_to_result_map is not None:
            targets = (column, name, column.key) + tuple(result_map_targets)
            if column._qualified_label:
                targets += (column._qualified_label,)
            add_to_result_map(name, column.name, targets, column.type)
        preparer = self.preparer
        if column.is_literal:
            text = self.escape_literal_column(name)
        else:
            text = preparer._strings.get(name) if name.__class__ is str else None  # type: ignore[assignment]
            if text is None:
                text = preparer.quote(name)
        if not include_table:
            return text
        table = column.table
        if table is None:
            return text
        prefix = self._table_prefixes.get(table)
        if prefix is not None:
            return prefix + text
        if not table.named_with_column:
            return text
        return self._table_prefix(table) + text

    def _table_prefix(self, table: Any) -> str:
        preparer = self.preparer
        schema = preparer.schema_for_object(table)
        prefix = preparer.quote_schema(schema) + "." if schema else ""
        prefix += preparer.quote(self._alias_text(table.name)) + "."
        self._table_prefixes[table] = prefix
        return prefix

    def _fallback_column_name(self, column: Any) -> str:
        raise exc.CompileError("found a column without a name, which can't be rendered here: %r" % (column,))

    def visit_label(
        self,
        label: Any,
        add_to_result_map: Any = None,
        within_label_clause: bool = False,
        within_columns_clause: bool = False,
        render_label_as_label: Any = None,
        result_map_targets: Any = (),
        within_tstring: bool = False,
        **kw: Any,
    ) -> str:
        with_as = (within_columns_clause or within_tstring) and not within_label_clause
        only = render_label_as_label is label
        if not (with_as or only):
            element: Visitable = label.element
            return element._visit_kw(self, **kw) if kw else element._visit(self)
        name = self._label_text(label.name)
        if not with_as:
            return self.preparer.format_label(label, name)
        if add_to_result_map is not None:
            targets = (label, name) + label._alt_names + tuple(result_map_targets)
            add_to_result_map(name, label.name, targets, label.type)
        text: str = label.element._visit_kw(self, within_columns_clause=True, within_label_clause=True, **kw)
        return text + " AS " + self.preparer.format_label(label, name)

    # -- literals

    def visit_null(self, expr: Any, **kw: Any) -> str:
        return "NULL"

    def visit_true(self, expr: Any, **kw: Any) -> str:
        return "true" if self.dialect.supports_native_boolean else "1"

    def visit_false(self, expr: Any, **kw: Any) -> str:
        return "false" if self.dialect.supports_native_boolean else "0"

    def visit_typeclause(self, typeclause: Any, **kw: Any) -> str:
        kw["type_expression"] = typeclause
        text: str = self.dialect.type_compiler_instance.process(typeclause.type, **kw)
        return text

    def visit_collation(self, element: Any, **kw: Any) -> str:
        return self.preparer.format_collation(
            element.collation, getattr(element, "collation_schema", None)
        )

    def visit_textclause(self, textclause: Any, add_to_result_map: Any = None, **kw: Any) -> str:
        self._note_plain_text(textclause, add_to_result_map)
        binds = textclause._bindparams

        def put_bind(match: Any) -> str:
            name = match.group(1)
            if name in binds:
                return self.process(binds[name], **kw)
            return self.bindparam_string(name)

        text = _BIND_IN_TEXT.sub(put_bind, self.post_process_text(textclause.text))
        return _ESCAPED_COLON.sub(lambda match: match.group(1), text)

    def _note_plain_text(self, element: Any, add_to_result_map: Any) -> None:
        if not self.stack:
            self.isplaintext = True
        if add_to_result_map is not None:
            # text that stands for one column: looked up by the element itself
            add_to_result_map(None, None, (element,), sqltypes.NULLTYPE)

    def visit_tstring(self, tstring: Any, add_to_result_map: Any = None, **kw: Any) -> str:
        self._note_plain_text(tstring, add_to_result_map)
        kw["within_tstring"] = True
        texts = [self.process(part, **kw) for part in tstring.parts]
        if None in texts:
            raise exc.CompileError("a CTE in a template string inside of another statement has no place for its WITH")
        return "".join(texts)

    def visit_tstring_text(self, element: Any, **kw: Any) -> str:
        return self.post_process_text(element.text)

    # -- lists

    def visit_clauselist(self, clauselist: Any, **kw: Any) -> str:
        return self._joined(clauselist, kw)

    def visit_expression_clauselist(self, clauselist: Any, **kw: Any) -> str:
        operator = clauselist.operator
        if operator.__class__.__name__ == "custom_op":
            separator = " " + self.escape_literal_column(operator.opstring) + " "
        else:
            method: Optional[_Method] = getattr(self, "visit_%s_op_expression_clauselist" % operator.__name__, None)
            if method is not None:
                return method(clauselist, operator, **kw)
            separator = OPERATORS[operator]
        nested = self._inside_operator
        self._inside_operator = True
        result = self._joined_by(clauselist.clauses, separator, kw)
        self._inside_operator = nested
        return result

    def _joined(self, clauselist: Any, kw: Dict[str, Any]) -> str:
        operator = clauselist.operator
        if operator is None:
            separator = " "
        else:
            separator = OPERATORS[operator]
        return self._joined_by(clauselist.clauses, separator, kw)

    def _joined_by(self, clauses: Any, separator: str, kw: Dict[str, Any]) -> str:
        if kw:
            texts = [clause._visit_kw(self, **kw) for clause in clauses]
        else:
            texts = [clause._visit(self) for clause in clauses]
        return separator.join([text for text in texts if text])

    def visit_element_list(self, element: Any, **kw: Any) -> str:
        return self._joined_by(element.clauses, ", ", kw)

    def visit_order_by_list(self, element: Any, **kw: Any) -> str:
        return self._joined_by(element.clauses, ", ", kw)

    def visit_tuple(self, clauselist: Any, **kw: Any) -> str:
        return "(%s)" % self._joined_by(clauselist.clauses, ", ", kw)

    def visit_grouping(self, grouping: Any, asfrom: bool = False, **kwargs: Any) -> str:
        if asfrom:
            kwargs["asfrom"] = True
        element: Visitable = grouping.element
        text = element._visit_kw(self, **kwargs) if kwargs else element._visit(self)
        return "(" + text + ")"

    def visit_lambda_element(self, element: Any, **kw: Any) -> str:
        return self.process(element._resolved, **kw)

    # -- unary

    def visit_unary(self, unary: Any, add_to_result_map: Any = None, result_map_targets: Any = (), **kw: Any) -> str:
        if add_to_result_map is not None:
            kw["add_to_result_map"] = add_to_result_map
            kw["result_map_targets"] = tuple(result_map_targets) + (unary,)
        operator, modifier = unary.operator, unary.modifier
        if operator is not None:
            if modifier is not None:
                raise exc.CompileError(
                    "found a unary expression with an operator and a modifier, expected only one of them"
                )
            method: Optional[_Method] = getattr(self, "visit_%s_unary_operator" % operator.__name__, None)
            if method is not None:
                return method(unary, operator, **kw)
            return self._unary_text(operator) + self.process(unary.element, **kw)
        if modifier is None:
            raise exc.CompileError("found a unary expression without an operator or a modifier")
        placed: Optional[_Method] = getattr(self, "visit_%s_unary_modifier" % modifier.__name__, None)
        if placed is not None:
            return placed(unary, modifier, **kw)
        return self.process(unary.element, **kw) + self._unary_text(modifier)

    def visit_distinct_op_unary_operator(self, element: Any, operator: Any, **kw: Any) -> str:
        if not self._function_depth:
            warn(
                "found DISTINCT at a single expression that is no argument of an aggregate function: "
                "select().distinct() gives SELECT DISTINCT"
            )
        return "DISTINCT " + self.process(element.element, **kw)

    def _unary_text(self, operator: Any) -> str:
        text = OPERATORS.get(operator)
        if text is None:
            raise exc.UnsupportedCompilationError(self, operator)
        return text

    def visit_is_true_unary_operator(self, element: Any, operator: Any, **kw: Any) -> str:
        text = self.process(element.element, **kw)
        native = element._is_implicitly_boolean or self.dialect.supports_native_boolean
        return text if native else "%s = 1" % text

    def visit_is_false_unary_operator(self, element: Any, operator: Any, **kw: Any) -> str:
        text = self.process(element.element, **kw)
        native = element._is_implicitly_boolean or self.dialect.supports_native_boolean
        return "NOT %s" % text if native else "%s = 0" % text

    def visit_custom_op_unary_operator(self, element: Any, operator: Any, **kw: Any) -> str:
        method: Optional[_Method] = getattr(self, "visit_%s_op_unary" % operator.visit_name, None)
        if method is not None:
            return method(element, operator, **kw)
        return self.escape_literal_column(operator.opstring) + " " + self.process(element.element, **kw)

    def visit_custom_op_unary_modifier(self, element: Any, operator: Any, **kw: Any) -> str:
        method: Optional[_Method] = getattr(self, "visit_%s_op_unary" % operator.visit_name, None)
        if method is not None:
            return method(element, operator, **kw)
        return self.process(element.element, **kw) + " " + self.escape_literal_column(operator.opstring)

    # -- binary

    def visit_binary(
        self,
        binary: Any,
        override_operator: Any = None,
        eager_grouping: bool = False,
        from_linter: Any = None,
        lateral_from_linter: Any = None,
        **kw: Any,
    ) -> str:
        operator = override_operator or binary.operator
        linter = self._linter
        if linter is not None and operators.is_comparison(operator):
            linter.connect(binary.left._from_objects, binary.right._from_objects)
        text = self._binary_text.get(operator)
        if text is None:
            text = self._plan_binary(operator)
            if not text:
                return self._special_binary(binary, operator, eager_grouping, kw)
        left: Visitable
        right: Visitable
        left, right = binary.left, binary.right
        if kw or self.ansi_bind_rules:
            return self._generic_binary(binary, text, eager_grouping, kw)
        if self._inside_operator:
            return left._visit(self) + text + right._visit(self)
        self._inside_operator = True
        result = left._visit(self) + text + right._visit(self)
        self._inside_operator = False
        return result

    def _plan_binary(self, operator: Any) -> str:
        """Return the operator's text and remember it, or "" where a method renders it."""
        if operator.__class__.__name__ == "custom_op" or hasattr(self, "visit_%s_binary" % operator.__name__):
            return ""
        text = OPERATORS.get(operator)
        if text is None:
            return ""
        self._binary_text[operator] = text
        return text

    def _special_binary(self, binary: Any, operator: Any, eager_grouping: bool, kw: Dict[str, Any]) -> str:
        name = operator.__name__
        if name == "custom_op":
            kw["eager_grouping"] = eager_grouping
            if operator.visit_name and hasattr(self, "visit_%s_op_binary" % operator.visit_name):
                name = operator.visit_name + "_op"
        method: Optional[_Method] = getattr(self, "visit_%s_binary" % name, None)
        if method is None:
            err = AttributeError("no method for the operator %s" % name)
            raise exc.UnsupportedCompilationError(self, operator) from err
        return method(binary, operator, **kw)

    def _generic_binary(self, binary: Any, text: str, eager_grouping: bool, kw: Dict[str, Any]) -> str:
        left, right = binary.left, binary.right
        if (
            self.ansi_bind_rules
            and left.__visit_name__ == "bindparam"
            and right.__visit_name__ == "bindparam"
        ):
            kw["literal_execute"] = True
        nested = self._inside_operator
        self._inside_operator = True
        if kw:
            outer = self._null_is_fine
            self._null_is_fine = text in _NULL_COMPARISONS
            result = left._visit_kw(self, **kw) + text + right._visit_kw(self, **kw)
            self._null_is_fine = outer
        else:
            result = left._visit(self) + text + right._visit(self)
        self._inside_operator = nested
        return "(%s)" % result if eager_grouping and nested else result

    def render_binary(self, binary: Any, opstring: str, eager_grouping: bool = False, **kw: Any) -> str:
        """Return both operands with ``opstring``, spaces included, between them.

        :param eager_grouping: put parentheses around them wherever they stand inside of another operator.
        """
        return self._generic_binary(binary, opstring, eager_grouping, kw)

    # the name by which compilers of other packages call it
    _generate_generic_binary = render_binary

    def visit_custom_op_binary(self, element: Any, operator: Any, **kw: Any) -> str:
        eager = kw.pop("eager_grouping", False) or operator.eager_grouping
        text = " " + self.escape_literal_column(operator.opstring) + " "
        return self._generic_binary(element, text, eager, kw)

    def visit_function_as_comparison_op_binary(self, element: Any, operator: Any, **kw: Any) -> str:
        return self.process(element.sql_function, **kw)

    def visit_mod_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        return self._generic_binary(binary, " %% " if self.preparer._double_percents else " % ", False, kw)

    def visit_truediv_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        right = binary.right
        if self.dialect.div_is_floordiv:
            # the database would divide integers without a rest, which Python's / does not
            affinity = right.type._type_affinity
            exact = affinity in (sqltypes.Numeric, sqltypes.Float)
            right = Cast(right, right.type if exact else sqltypes.Numeric())
        return self.process(binary.left, **kw) + " / " + self.process(right, **kw)

    def visit_floordiv_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        text = self.process(binary.left, **kw) + " / " + self.process(binary.right, **kw)
        integers = binary.left.type._type_affinity is binary.right.type._type_affinity is sqltypes.Integer
        if self.dialect.div_is_floordiv and integers:
            return text
        return "FLOOR(%s)" % text

    def visit_not_match_op_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        return "NOT %s" % self.visit_binary(binary, override_operator=operators.match_op, **kw)

    def visit_not_in_op_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        # parentheses keep the OR of an empty list inside
        return "(%s)" % self._generic_binary(binary, " NOT IN ", False, kw)

    def visit_in_op_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        return self._generic_binary(binary, " IN ", False, kw)

    def visit_empty_set_op_expr(self, type_: Any, expand_op: Any, **kw: Any) -> str:
        """Return what stands for an empty IN list, without the outermost parentheses."""
        is_tuple = isinstance(type_, (list, tuple)) or type_._is_tuple_type
        if expand_op is operators.not_in_op or expand_op is operators.in_op:
            after = ") OR (1 = 1" if expand_op is operators.not_in_op else ") AND (1 != 1"
            if is_tuple:
                types = type_ if isinstance(type_, (list, tuple)) else type_.types
                return "(%s)%s" % (", ".join("NULL" for _ in types), after)
            return "NULL" + after
        return self.visit_empty_set_expr(type_)

    def visit_empty_set_expr(self, element_types: Any, **kw: Any) -> str:
        raise NotImplementedError(
            "dialect %r has no expression for an empty set, expected visit_empty_set_expr() in its compiler"
            % self.dialect.name
        )

    # -- string matching

    def _percent(self) -> Any:
        return literal_column("'%'", type_=sqltypes.STRINGTYPE)

    def _with_right(self, binary: Any, left: Any, right: Any) -> Any:
        copy = binary._clone()
        copy.left, copy.right = left, right
        return copy

    def _caseless(self, element: Any) -> Any:
        return ilike_case_insensitive(element)

    def _like_text(self, binary: Any, keyword: str, kw: Dict[str, Any]) -> str:
        escape = binary.modifiers.get("escape")
        text = self.process(binary.left, **kw) + keyword + self.process(binary.right, **kw)
        if escape is None:
            return text
        return text + " ESCAPE " + self.render_literal_value(escape, sqltypes.STRINGTYPE)

    def _around(self, binary: Any, before: bool, after: bool, fold: bool) -> Any:
        left, right = binary.left, binary.right
        if fold:
            left, right = self._caseless(left), self._caseless(right)
        percent = self._percent()
        pattern = percent.concat(right) if before else right
        return self._with_right(binary, left, pattern.concat(percent) if after else pattern)

    def visit_contains_op_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        return self.visit_like_op_binary(self._around(binary, True, True, False), operator, **kw)

    def visit_not_contains_op_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        return self.visit_not_like_op_binary(self._around(binary, True, True, False), operator, **kw)

    def visit_icontains_op_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        return self.visit_ilike_op_binary(self._around(binary, True, True, True), operator, **kw)

    def visit_not_icontains_op_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        return self.visit_not_ilike_op_binary(self._around(binary, True, True, True), operator, **kw)

    def visit_startswith_op_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        return self.visit_like_op_binary(self._around(binary, False, True, False), operator, **kw)

    def visit_not_startswith_op_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        return self.visit_not_like_op_binary(self._around(binary, False, True, False), operator, **kw)

    def visit_istartswith_op_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        return self.visit_ilike_op_binary(self._around(binary, False, True, True), operator, **kw)

    def visit_not_istartswith_op_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        return self.visit_not_ilike_op_binary(self._around(binary, False, True, True), operator, **kw)

    def visit_endswith_op_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        return self.visit_like_op_binary(self._around(binary, True, False, False), operator, **kw)

    def visit_not_endswith_op_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        return self.visit_not_like_op_binary(self._around(binary, True, False, False), operator, **kw)

    def visit_iendswith_op_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        return self.visit_ilike_op_binary(self._around(binary, True, False, True), operator, **kw)

    def visit_not_iendswith_op_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        return self.visit_not_ilike_op_binary(self._around(binary, True, False, True), operator, **kw)

    def visit_like_op_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        return self._like_text(binary, " LIKE ", kw)

    def visit_not_like_op_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        return self._like_text(binary, " NOT LIKE ", kw)

    def visit_ilike_case_insensitive_operand(self, element: Any, **kw: Any) -> str:
        return "lower(%s)" % self.process(element.element, **kw)

    def visit_ilike_op_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        return self._like_text(self._folded(binary, operator, operators.ilike_op), " LIKE ", kw)

    def visit_not_ilike_op_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        return self._like_text(self._folded(binary, operator, operators.not_ilike_op), " NOT LIKE ", kw)

    def _folded(self, binary: Any, operator: Any, plain: Any) -> Any:
        if operator is not plain:
            return binary
        return self._with_right(binary, self._caseless(binary.left), self._caseless(binary.right))

    def visit_between_op_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        symmetric = binary.modifiers.get("symmetric", False)
        return self._generic_binary(binary, " BETWEEN SYMMETRIC " if symmetric else " BETWEEN ", False, kw)

    def visit_not_between_op_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        symmetric = binary.modifiers.get("symmetric", False)
        return self._generic_binary(
            binary, " NOT BETWEEN SYMMETRIC " if symmetric else " NOT BETWEEN ", False, kw
        )

    def visit_regexp_match_op_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        raise exc.CompileError("the %s dialect has no regular expressions" % self.dialect.name)

    def visit_not_regexp_match_op_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        raise exc.CompileError("the %s dialect has no regular expressions" % self.dialect.name)

    def visit_regexp_replace_op_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        raise exc.CompileError(
            "the %s dialect has no replacement by regular expressions" % self.dialect.name
        )

    # -- case, cast, extract, over

    def visit_case(self, clause: Any, **kwargs: Any) -> str:
        text = "CASE "
        if clause.value is not None:
            text += self.process(clause.value, **kwargs) + " "
        for condition, result in clause.whens:
            text += "WHEN %s THEN %s " % (self.process(condition, **kwargs), self.process(result, **kwargs))
        if clause.else_ is not None:
            text += "ELSE %s " % self.process(clause.else_, **kwargs)
        return text + "END"

    def visit_type_coerce(self, type_coerce: Any, **kw: Any) -> str:
        element: Visitable = type_coerce.typed_expression
        return element._visit_kw(self, **kw) if kw else element._visit(self)

    def visit_cast(self, cast: Any, **kwargs: Any) -> str:
        type_text = self.process(cast.typeclause, **kwargs)
        inner = self.process(cast.clause, **kwargs)
        # no database takes COLLATE inside of the parentheses
        type_text, collation = self._without_collation(cast.type, type_text)
        return "CAST(%s AS %s)%s" % (inner, type_text, collation)

    def _without_collation(self, type_: Any, text: str) -> Tuple[str, str]:
        """Return the text of a type in two parts: up to COLLATE, and from there on."""
        name = getattr(type_._unwrapped_dialect_impl(self.dialect), "collation", None)
        if name:
            clause = " COLLATE " + self.preparer.format_collation(name)
            return (text[: -len(clause)], clause) if text.endswith(clause) else (text, "")
        collated = re.match("(.*)( COLLATE .*)", text)
        return (collated.group(1), collated.group(2)) if collated else (text, "")

    def visit_try_cast(self, cast: Any, **kwargs: Any) -> str:
        raise exc.UnsupportedCompilationError(self, type(cast))

    def visit_extract(self, extract: Any, **kwargs: Any) -> str:
        field = self.preparer.validate_sql_phrase(self.extract_map.get(extract.field, extract.field))
        return "EXTRACT(%s FROM %s)" % (field, self.process(extract.expr, **kwargs))

    def visit_over(self, over: Any, **kwargs: Any) -> str:
        text = self.process(over.element, **kwargs)
        for keyword in ("range_", "rows", "groups"):
            frame = getattr(over, keyword)
            if frame is not None:
                frame_text = "%s BETWEEN %s" % (keyword.rstrip("_").upper(), self.process(frame, **kwargs))
                exclude = getattr(over, "exclude", None)
                if exclude is not None:
                    frame_text += " EXCLUDE " + self.preparer.validate_sql_phrase(exclude, _EXCLUDE)
                break
        else:
            frame_text = ""
        parts = []
        for keyword, clause in (("PARTITION BY", over.partition_by), ("ORDER BY", over.order_by)):
            if clause is not None and len(clause):
                parts.append("%s %s" % (keyword, self.process(clause, **kwargs)))
        if frame_text:
            parts.append(frame_text)
        return "%s OVER (%s)" % (text, " ".join(parts))

    def visit_frame_clause(self, frameclause: Any, **kw: Any) -> str:
        return "%s AND %s" % (
            self._frame_end(frameclause.lower_type, frameclause.lower_bind, "PRECEDING", kw),
            self._frame_end(frameclause.upper_type, frameclause.upper_bind, "FOLLOWING", kw),
        )

    def _frame_end(self, kind: Any, bind: Any, unbounded: str, kw: Dict[str, Any]) -> str:
        name = kind.name
        if name.endswith("UNBOUNDED"):
            return "UNBOUNDED " + unbounded
        if name.endswith("CURRENT"):
            return "CURRENT ROW"
        direction = "PRECEDING" if name.endswith("PRECEDING") else "FOLLOWING"
        return "%s %s" % (self.process(bind, **kw), direction)

    def visit_withingroup(self, withingroup: Any, **kwargs: Any) -> str:
        return "%s WITHIN GROUP (ORDER BY %s)" % (
            self.process(withingroup.element, **kwargs),
            self.process(withingroup.order_by, **kwargs),
        )

    def visit_funcfilter(self, funcfilter: Any, **kwargs: Any) -> str:
        return "%s FILTER (WHERE %s)" % (
            self.process(funcfilter.func, **kwargs),
            self.process(funcfilter.criterion, **kwargs),
        )

    # -- functions

    def visit_function(self, func: Any, add_to_result_map: Any = None, **kwargs: Any) -> str:
        if add_to_result_map is not None:
            add_to_result_map(func.name, func.name, (func.name,), func.type)
        name = func.name
        method = getattr(self, "visit_%s_func" % name.lower(), None)
        self._function_depth += 1
        if method is not None:
            text: str = method(func, **kwargs)
        else:
            known = FUNCTION_NAMES.get(getattr(func.__class__, "identifier", None))  # type: ignore[arg-type]
            if known:
                text = known + self.function_argspec(func, **kwargs) if func._has_args else known
            else:
                text = self._function_name(name) + self.function_argspec(func, **kwargs)
            packages = func.packagenames
            if packages:
                text = ".".join([self._function_name(part) for part in packages] + [text])
        self._function_depth -= 1
        if func._with_ordinality:
            text += " WITH ORDINALITY"
        return text

    def _function_name(self, name: str) -> str:
        preparer = self.preparer
        if (
            name.__class__ is quoted_name
            or preparer._has_illegal_characters(name)
            or name[0] in preparer.illegal_initial_characters
        ):
            return preparer.quote(name)
        return name

    def visit_next_value_func(self, next_value: Any, **kw: Any) -> str:
        return self.visit_sequence(next_value.sequence)

    def visit_sequence(self, sequence: Any, **kw: Any) -> str:
        raise NotImplementedError(
            "dialect %r can't advance the sequence %r: it has no sequences" % (self.dialect.name, sequence.name)
        )

    def function_argspec(self, func: Any, **kwargs: Any) -> str:
        """Return the arguments of a function, in parentheses."""
        clause: Visitable = func.clause_expr
        return clause._visit_kw(self, **kwargs) if kwargs else clause._visit(self)

    def visit_scalar_function_column(self, element: Any, **kw: Any) -> str:
        return "(%s).%s" % (self.visit_function(element.fn, **kw), self.visit_column(element, **kw))

    def visit_aggregate_strings_func(self, fn: Any, *, use_function_name: str = "", **kw: Any) -> str:
        if not use_function_name:
            raise exc.CompileError(
                "the %s dialect does not say what its function is called that joins strings of many rows"
                % self.dialect.name
            )
        order_by = getattr(fn.clauses, "aggregate_order_by", None)
        literal_execute = kw.pop("literal_execute", False)
        expression, delimiter = list(fn.clauses)
        text = self.process(expression, **kw) + ", " + self.process(
            delimiter, literal_execute=literal_execute or delimiter.__visit_name__ == "bindparam", **kw
        )
        if order_by is not None:
            text += " ORDER BY " + self.process(order_by, **kw)
        return "%s(%s)" % (use_function_name, text)

    def visit_aggregateorderby(self, aggregateorderby: Any, **kwargs: Any) -> str:
        style = self.dialect.aggregate_order_by_style
        if style.name == "WITHIN_GROUP":
            return self.visit_withingroup(aggregateorderby, **kwargs)
        if style.name == "NONE":
            raise exc.CompileError(
                "the %s dialect has no ORDER BY inside of an aggregate function" % self.dialect.name
            )
        return self.visit_aggregate_orderby_inline(aggregateorderby, **kwargs)

    def visit_aggregate_orderby_inline(self, element: Any, **kw: Any) -> str:
        fn = element.element
        text = self.process(fn, **kw)
        self._function_depth += 1
        order_by = self.process(element.order_by, **kw)
        self._function_depth -= 1
        return "%s ORDER BY %s)" % (text[:-1], order_by)

    # -- references to columns of the statement

    def visit_table_valued_column(self, element: Any, **kw: Any) -> str:
        return self.visit_column(element, **kw)

    def visit_savepoint(self, savepoint_stmt: Any, **kw: Any) -> str:
        return "SAVEPOINT %s" % self.preparer.format_savepoint(savepoint_stmt)

    def visit_rollback_to_savepoint(self, savepoint_stmt: Any, **kw: Any) -> str:
        return "ROLLBACK TO SAVEPOINT %s" % self.preparer.format_savepoint(savepoint_stmt)

    def visit_release_savepoint(self, savepoint_stmt: Any, **kw: Any) -> str:
        return "RELEASE SAVEPOINT %s" % self.preparer.format_savepoint(savepoint_stmt)

    def visit_index(self, index: Any, **kwargs: Any) -> str:
        raise exc.UnsupportedCompilationError(self, type(index))


_EXCLUDE = re.compile(r"^(?:CURRENT ROW|GROUP|TIES|NO OTHERS)\Z", re.I)


class ilike_case_insensitive(ColumnElement[str]):
    """An operand that is compared without regard to case."""

    __visit_name__ = "ilike_case_insensitive_operand"
    inherit_cache = False

    def __init__(self, element: Any) -> None:
        self.element = element
        self.type = element.type

    def self_group(self, against: Optional[Any] = None) -> Any:
        return self

    @property
    def _from_objects(self) -> Any:
        return self.element._from_objects
