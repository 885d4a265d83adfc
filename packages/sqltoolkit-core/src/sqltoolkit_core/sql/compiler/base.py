"""Compiled, the declared state of a compiler, and the check for unintended cartesian products.

All state that the chapters of the SQL compiler read and write is declared here, in ``CompilerFields``, and nowhere
else.  What each chapter does with it is said in the chapter.

Words: a *frame* is one entry of the statement stack, made for each SELECT, INSERT, UPDATE, DELETE while it renders; a
*marker* stands for a bound value in the text of a positional statement until its place is known.
"""

from __future__ import annotations

import collections
import enum
import time
from typing import TYPE_CHECKING

from ... import exc
from ...util.collections import immutabledict
from ...util.decorators import warn
from ..names import AnonLabel

if TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import FrozenSet
    from typing import List
    from typing import Mapping
    from typing import Optional
    from typing import Sequence
    from typing import Set
    from typing import Tuple

    from .identifiers import IdentifierPreparer
    from .sql import SQLCompiler

    _Names = Dict[AnonLabel, str]
else:
    _Names = dict

__all__ = [
    "COLLECT_CARTESIAN_PRODUCTS",
    "AnonMap",
    "Compiled",
    "CompilerFields",
    "CompilerState",
    "EMPTY_OPTIONS",
    "ExpandedState",
    "FROM_LINTING",
    "Frame",
    "FromLinter",
    "NO_LINTING",
    "ResultColumnsEntry",
    "WARN_LINTING",
    "original_of",
]

#: FROM lists are not looked at
NO_LINTING = 0
#: note which FROM elements are joined
COLLECT_CARTESIAN_PRODUCTS = 1
#: warn of FROM elements that nothing joins
WARN_LINTING = 2
#: note and warn: the default of engines
FROM_LINTING = COLLECT_CARTESIAN_PRODUCTS | WARN_LINTING

#: no options, where a mapping is expected
EMPTY_OPTIONS: Any = immutabledict()

MARK_OPEN = "\x02"
MARK_CLOSE = "\x03"

# final placeholder by paramstyle; positional ones are put in once the text is complete
BIND_TEMPLATES = {
    "pyformat": "%%(%(name)s)s",
    "qmark": "?",
    "format": "%s",
    "numeric": ":[_POSITION]",
    "numeric_dollar": "$[_POSITION]",
    "named": ":%(name)s",
}
POSITIONAL_STYLES = frozenset(["qmark", "format", "numeric", "numeric_dollar"])


class CompilerState(enum.IntEnum):
    """How far a Compiled object has come."""

    COMPILING = 0
    STRING_APPLIED = 1
    NO_STATEMENT = 2


_EntryBase = collections.namedtuple("_EntryBase", ["keyname", "name", "objects", "type"])


class ResultColumnsEntry(_EntryBase):
    """What one column of the result answers for.

    ``keyname`` the name to look a row's value up by, ``name`` the name in the statement, ``objects`` every element and
    string that finds it, ``type`` the type that converts its values.
    """

    __slots__ = ()


_ExpandedBase = collections.namedtuple(
    "_ExpandedBase", ["statement", "parameters", "processors", "positiontup", "parameter_expansion"]
)


class ExpandedState(_ExpandedBase):
    """A statement whose IN lists and late literals are written out for one set of parameters."""

    __slots__ = ()

    @property
    def positional_parameters(self) -> Tuple[Any, ...]:
        """Return the parameters in the order of their placeholders."""
        if self.positiontup is None:
            raise exc.InvalidRequestError(
                "the statement has named placeholders, so its parameters have no positions; use .parameters"
            )
        return tuple(self.parameters[key] for key in self.positiontup)

    @property
    def additional_parameters(self) -> Mapping[str, Any]:
        """Return the same as ``parameters``."""
        parameters: Mapping[str, Any] = self.parameters
        return parameters


class AnonMap(_Names):
    """Anonymous label to its name; names are numbered by base, in order of first use."""

    __slots__ = ("counters",)

    def __init__(self) -> None:
        self.counters: Dict[str, int] = {}

    def __missing__(self, label: AnonLabel) -> str:
        base = label.base
        number = self.counters.get(base, 0) + 1
        self.counters[base] = number
        name = self[label] = "%s_%d" % (base, number)
        return name


class Frame:
    """One statement that is being rendered, on the compiler's ``stack``."""

    __slots__ = (
        "asfrom_froms",
        "compile_state",
        "compound",
        "correlate_froms",
        "first_select",
        "insert_from_select",
        "names_columns",
        "names_columns_of_compound",
        "selectable",
    )

    def __init__(
        self,
        selectable: Any,
        correlate_froms: FrozenSet[Any] = frozenset(),
        asfrom_froms: FrozenSet[Any] = frozenset(),
        compile_state: Any = None,
        names_columns: bool = False,
        names_columns_of_compound: bool = False,
    ) -> None:
        self.selectable = selectable
        self.correlate_froms = correlate_froms
        self.asfrom_froms = asfrom_froms
        self.compile_state = compile_state
        self.names_columns = names_columns
        self.names_columns_of_compound = names_columns_of_compound
        self.compound: Any = None
        self.first_select: Any = None
        self.insert_from_select: Any = None

    def __getitem__(self, name: str) -> Any:
        try:
            return getattr(self, name)
        except AttributeError:
            raise KeyError(name) from None


def original_of(element: Any) -> Any:
    """Return what an element was copied from, or itself."""
    origin = element._copied_from
    return element if origin is None else origin


class FromLinter:
    """The FROM elements of one statement and the comparisons that connect them."""

    __slots__ = ("edges", "froms")

    def __init__(self) -> None:
        self.froms: Dict[Any, str] = {}
        self.edges: Set[Tuple[Any, Any]] = set()

    def connect(self, lefts: Sequence[Any], rights: Sequence[Any]) -> None:
        """Note that each of ``lefts`` is compared with each of ``rights``."""
        for left in lefts:
            for right in rights:
                if left is not right:
                    self.edges.add((original_of(left), original_of(right)))

    def add(self, element: Any, name: str) -> None:
        """Note a FROM element and the name it has in warnings."""
        self.froms[original_of(element)] = name

    def lint(self, start: Any = None) -> Tuple[Optional[Set[Any]], Any]:
        """Return the FROM elements that nothing connects to the first one, and the first one.

        The first item is None where all are connected.
        """
        froms = self.froms
        if len(froms) < 2:
            return None, None
        neighbours: Dict[Any, List[Any]] = {element: [] for element in froms}
        for left, right in self.edges:
            if left in neighbours and right in neighbours:
                neighbours[left].append(right)
                neighbours[right].append(left)
        if start is None:
            start = next(iter(froms))
        reached = {start}
        waiting = [start]
        while waiting:
            for element in neighbours[waiting.pop()]:
                if element not in reached:
                    reached.add(element)
                    waiting.append(element)
        if len(reached) == len(froms):
            return None, None
        return {element for element in froms if element not in reached}, start

    def warn(self, stmt_type: str = "SELECT", built_at: Optional[str] = None) -> None:
        """Emit SAWarning if some FROM elements are not connected.

        :param built_at: the line that built the statement.
        """
        rest, start = self.lint()
        if not rest:
            return
        where = " built at %s" % built_at if built_at else ""
        unconnected = ", ".join('"%s"' % name for element, name in self.froms.items() if element in rest)
        warn(
            "%s statement%s makes a cartesian product: nothing joins or compares %s with \"%s\", so every row of the "
            "one is paired with every row of the other. Connect them by a join or a criterion; where all pairs are "
            "wanted, say so with a join on true()." % (stmt_type, where, unconnected, self.froms[start])
        )


class Compiled:
    """A statement turned into text for one dialect.

    :param dialect: the dialect whose SQL is written.
    :param statement: the element to render.
    :param schema_translate_map: schema names to replace.
    :param render_schema_translate: replace them in the text at once, not per execution.
    :param compile_kwargs: keyword arguments for the visit methods.
    """

    is_sql = False
    is_ddl = False
    state: CompilerState
    statement: Any = None
    string: str = ""
    cache_key: Any = None
    compile_state: Any = None
    dml_compile_state: Any = None
    execution_options: Any = EMPTY_OPTIONS
    schema_translate_map: Any = None
    can_execute = False
    preparer: IdentifierPreparer
    _result_columns: Any = ()
    lowered: Any = None
    #: whether the compiled statement may serve statements with an equal cache key
    cacheable = True

    def __init__(
        self,
        dialect: Any,
        statement: Any,
        schema_translate_map: Optional[Mapping[Optional[str], Optional[str]]] = None,
        render_schema_translate: bool = False,
        compile_kwargs: Mapping[str, Any] = EMPTY_OPTIONS,
    ) -> None:
        self.dialect = dialect
        self.preparer = dialect.identifier_preparer
        if schema_translate_map:
            self.schema_translate_map = schema_translate_map
            self.preparer = self.preparer.with_schema_translate(schema_translate_map)
        if statement is None:
            self.state = CompilerState.NO_STATEMENT
            return
        self.state = CompilerState.COMPILING
        self.statement = statement
        self.can_execute = statement.supports_execution
        if self.can_execute:
            self.execution_options = statement._execution_options
        if compile_kwargs:
            self.string = statement._visit_kw(self, **compile_kwargs)
        else:
            self.string = statement._visit(self)
        if render_schema_translate and schema_translate_map:
            self.string = self.preparer.render_schema_translates(self.string, schema_translate_map)
        self.state = CompilerState.STRING_APPLIED
        self._gen_time = time.perf_counter()

    def __str__(self) -> str:
        return self.string if self.state is CompilerState.STRING_APPLIED else ""

    def _execute_on_connection(
        self, connection: Any, distilled_params: Any, execution_options: Any
    ) -> Any:
        if not self.can_execute:
            raise exc.ObjectNotExecutableError(self.statement)
        return connection._execute_compiled(self, distilled_params, execution_options)

    def visit_unsupported_compilation(self, element: Any, err: Any, **kw: Any) -> str:
        """Raise UnsupportedCompilationError: this compiler has no method for that element."""
        raise exc.UnsupportedCompilationError(self, type(element)) from err

    @property
    def sql_compiler(self) -> SQLCompiler:
        """Return a compiler that renders SQL expressions for the same dialect."""
        raise NotImplementedError("%s has no SQL compiler" % type(self).__name__)

    def process(self, obj: Any, **kwargs: Any) -> str:
        """Return the text of an element."""
        text: str = obj._visit_kw(self, **kwargs) if kwargs else obj._visit(self)
        return text

    def construct_params(
        self, params: Any = None, extracted_parameters: Any = None, escape_names: bool = True
    ) -> Any:
        """Return the bound values by name."""
        raise NotImplementedError("%s has no parameters" % type(self).__name__)

    @property
    def params(self) -> Any:
        """Return the bound values by name, as given at construction."""
        return self.construct_params()


class CompilerFields(Compiled):
    """Every field of the SQL compiler, with the chapter that writes it."""

    is_sql = True

    def visit_unsupported_compilation(self, element: Any, err: Any, **kw: Any) -> str:
        """Raise UnsupportedCompilationError that names the element and the statement around it."""
        stack = self.stack
        place = None
        if stack and stack[-1].selectable is not element:
            place = "it is part of a %s statement" % stack[-1].selectable.__visit_name__.replace("_", " ").upper()
        raise exc.UnsupportedCompilationError(self, type(element), place) from err

    # names and bound values (expressions)
    anon_map: AnonMap
    binds: Dict[str, Any]
    bind_names: Dict[Any, str]
    bindtemplate: str
    compilation_bindtemplate: str
    bindname_escape_characters: Mapping[str, str] = immutabledict(
        {"%": "P", "(": "A", ")": "Z", ":": "C", ".": "_", "[": "_", "]": "_", " ": "_"}
    )
    escaped_bind_names: Mapping[str, str] = EMPTY_OPTIONS
    literal_execute_params: FrozenSet[Any] = frozenset()
    post_compile_params: FrozenSet[Any] = frozenset()
    has_out_parameters = False
    ansi_bind_rules = False
    render_bind_casts = False
    positional = False
    positiontup: Optional[List[str]] = None
    numeric = False
    label_length: int = 0
    truncated_names: Dict[Tuple[str, Any], str]
    # names of numeric bind parameters in order; None for other styles
    next_numeric_pos: Optional[int] = None
    _text_to_expand: Optional[str] = None
    _places_to_expand: Optional[List[str]] = None
    # which result columns, types and flags (result_map)
    _result_columns: List[ResultColumnsEntry]
    _ordered_columns = True
    _textual_ordered_columns = False
    _ad_hoc_textual = False
    _loose_column_name_matching = False
    isplaintext = False
    # SELECT
    stack: List[Frame]
    # what is written before the columns of a table
    _table_prefixes: Dict[Any, str]
    # the quoted names that tables have here because another one of the statement has theirs, and their labels
    _told_apart: Dict[Any, str] = {}
    _apart_labels: Dict[Any, Any] = {}
    # what the lowerings of nested statements share
    _shared_notes: Dict[Any, Any]
    translate_select_structure: Any = None
    linting = NO_LINTING
    from_linter: Optional[FromLinter] = None
    _linter: Optional[FromLinter] = None
    # whether what is rendered is part of an operand, where some operators want parentheses
    _inside_operator = False
    # whether what is rendered is an operand of IS or IS NOT; kept where values are written as text
    _null_is_fine = False
    # how many functions are around what is rendered
    _function_depth = 0
    # CTE
    ctes: Dict[Any, str]
    ctes_by_level_name: Dict[Any, Any]
    level_name_by_cte: Dict[Any, Any]
    ctes_recursive = False
    cte_positional: Any = None
    # INSERT, UPDATE, DELETE
    column_keys: Optional[Sequence[str]] = None
    for_executemany = False
    isinsert = False
    isupdate = False
    isdelete = False
    inline = False
    returning_precedes_values = False
    render_table_with_column_in_update_from = False
    implicit_returning: Optional[Sequence[Any]] = None
    effective_returning: Optional[Sequence[Any]] = None
    insert_prefetch: Sequence[Any] = ()
    update_prefetch: Sequence[Any] = ()
    postfetch: Any = ()
    postfetch_lastrowid = False
    _insertmanyvalues: Any = None
    _insert_single_values: Optional[str] = None
    _insert_crud_params: Any = None
    _dml_key_getters: Any = None
    # columns that values of the statement being rendered refer to, by key; None: not rendering values
    _dml_targets: Optional[Dict[str, Any]] = None
    # the parameters of the statement that parameters with another name or type were made from
    _bind_origins: Dict[Any, Any]
    # placeholders are marked, also of named styles, in an INSERT of which a row can be repeated
    _mark_binds = False

    if TYPE_CHECKING:
        # what one chapter calls of another

        def _short_name(self, ident_class: str, name: Any) -> str: ...

        def _label_text(self, name: Any) -> str: ...

        def _generated_label_text(self, name: Any) -> str: ...

        def _subquery_column_text(self, column: Any, name: str) -> str: ...

        def _alias_text(self, name: Any) -> str: ...

        def _tell_apart(self, own: List[Any], sources: List[Any]) -> None: ...

        def _add_to_result_map(self, keyname: Any, name: Any, objects: Tuple[Any, ...], type_: Any) -> None: ...

        def _and_joined(self, criteria: Any, kwargs: Dict[str, Any]) -> str: ...

        def _lower(self, statement: Any, in_from: bool = False) -> Any: ...

        def _words_of(self, stmt: Any, prefixes: Any, kw: Dict[str, Any]) -> str: ...

        def _select_column(
            self, select: Any, named: Any, asfrom: bool, fill: bool, need_expressions: bool, kwargs: Dict[str, Any]
        ) -> str: ...

        def _render_independent_ctes(self, statement: Any, kw: Dict[str, Any]) -> None: ...

        def _with_ctes(self, text: str, toplevel: bool, include_following: bool = False) -> str: ...

        def _with_text(self, nesting_level: Optional[int] = None, include_following: bool = False) -> str: ...

        def _dml_frame(self, statement: Any, table: Any, extra_froms: Any) -> Frame: ...

        def _returning_of(
            self, statement: Any, toplevel: bool, sentinel_columns: Any, kw: Dict[str, Any]
        ) -> Optional[str]: ...

        def _prepare_many_values(self, statement: Any, crud: Any, values: str, is_default: bool = False) -> str: ...

        @property
        def _numeric_prefix(self) -> str: ...

        def bindparam_string(self, name: str, **kw: Any) -> str: ...

        def typed_bind(self, bindparam: Any, type_: Any) -> Any: ...

        def render_bind_cast(self, type_: Any, dbapi_type: Any, sqltext: str) -> str: ...

        def render_literal_value(self, value: Any, type_: Any) -> str: ...

        def format_from_hint_text(self, sqltext: str, table: Any, hint: str, iscrud: bool) -> str: ...

        def get_render_as_alias_suffix(self, alias_name_text: str) -> str: ...

        def upsert_clause(self, statement: Any, **kw: Any) -> str: ...

        def visit_column(self, column: Any, **kw: Any) -> str: ...

        def visit_empty_set_op_expr(self, type_: Any, expand_op: Any, **kw: Any) -> str: ...

        def visit_insert(self, insert_stmt: Any, **kw: Any) -> str: ...

    def _line_of(self, statement: Any) -> Optional[str]:
        """Return the line that built a statement, or the statement around it."""
        return getattr(statement, "built_at", None) or getattr(self.statement, "built_at", None)

    @property
    def current_executable(self) -> Any:
        """Return the statement that is being rendered; IndexError-free only while compiling."""
        try:
            return self.stack[-1].selectable
        except IndexError as err:
            raise IndexError("the compiler is not inside of a statement") from err

    def is_subquery(self) -> bool:
        """Tell whether the statement being rendered is inside of another one."""
        return len(self.stack) > 1
