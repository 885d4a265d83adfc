"""Everything that gives rows: tables, joins, aliases, subqueries, CTEs and the SELECT statements.

INSERT, UPDATE and DELETE are in ``sql.dml``.
"""

from __future__ import annotations

from . import coercing as coercing
from .base import FromClause as FromClause
from .base import NamedFromClause as NamedFromClause
from .base import HasHints as HasHints
from .base import HasPrefixes as HasPrefixes
from .base import HasSuffixes as HasSuffixes
from .base import HasSyntaxExtensions as HasSyntaxExtensions
from .base import ReturnsRows as ReturnsRows
from .base import Selectable as Selectable
from .froms import columns_clause_froms as columns_clause_froms
from .froms import correlated as correlated
from .froms import derive_froms as derive_froms
from .froms import explicit_froms as explicit_froms
from .froms import find_left_sides as find_left_sides
from .froms import froms_for as froms_for
from .join import FromGrouping as FromGrouping
from .join import Join as Join
from .join import can_join as can_join
from .join import join_condition as join_condition
from .join import reduce_columns as reduce_columns
from .parts import CompoundParts as CompoundParts
from .parts import SelectParts as SelectParts
from .parts import StatementParts as StatementParts
from .select import Select as Select
from .sources import CTE as CTE
from .sources import Alias as Alias
from .sources import AliasedReturnsRows as AliasedReturnsRows
from .sources import HasCTE as HasCTE
from .sources import Lateral as Lateral
from .sources import ScalarValues as ScalarValues
from .sources import Subquery as Subquery
from .sources import TableClause as TableClause
from .sources import TableSample as TableSample
from .sources import TableValuedAlias as TableValuedAlias
from .sources import Values as Values
from .statement import LABEL_STYLE_DEFAULT as LABEL_STYLE_DEFAULT
from .statement import LABEL_STYLE_DISAMBIGUATE_ONLY as LABEL_STYLE_DISAMBIGUATE_ONLY
from .statement import LABEL_STYLE_NONE as LABEL_STYLE_NONE
from .statement import LABEL_STYLE_TABLENAME_PLUS_COL as LABEL_STYLE_TABLENAME_PLUS_COL
from .statement import ColumnName as ColumnName
from .statement import CompoundKeyword as CompoundKeyword
from .statement import CompoundSelect as CompoundSelect
from .statement import Exists as Exists
from .statement import ForUpdateArg as ForUpdateArg
from .statement import GenerativeSelect as GenerativeSelect
from .statement import ScalarSelect as ScalarSelect
from .statement import SelectBase as SelectBase
from .statement import SelectLabelStyle as SelectLabelStyle
from .statement import SelectStatementGrouping as SelectStatementGrouping
from .statement import TextAsFrom as TextAsFrom
from .statement import TextualSelect as TextualSelect
from .statement import label_namer as label_namer

# last, so that select and join are the functions and not the modules, for type checkers too
from .constructors import alias as alias
from .constructors import cte as cte
from .constructors import except_ as except_
from .constructors import except_all as except_all
from .constructors import exists as exists
from .constructors import intersect as intersect
from .constructors import intersect_all as intersect_all
from .constructors import join as join
from .constructors import lateral as lateral
from .constructors import outerjoin as outerjoin
from .constructors import select as select
from .constructors import table as table
from .constructors import tablesample as tablesample
from .constructors import union as union
from .constructors import union_all as union_all
from .constructors import values as values

__all__ = [
    "CTE", "LABEL_STYLE_DEFAULT", "LABEL_STYLE_DISAMBIGUATE_ONLY", "LABEL_STYLE_NONE",
    "LABEL_STYLE_TABLENAME_PLUS_COL", "Alias", "AliasedReturnsRows", "ColumnName", "CompoundKeyword",
    "CompoundParts", "CompoundSelect", "Exists", "ForUpdateArg", "FromClause", "FromGrouping",
    "GenerativeSelect", "HasCTE", "HasHints", "HasPrefixes", "HasSuffixes", "HasSyntaxExtensions", "Join",
    "Lateral", "ReturnsRows", "ScalarSelect", "ScalarValues", "Select", "SelectBase", "SelectLabelStyle",
    "SelectParts", "SelectStatementGrouping", "Selectable", "StatementParts", "Subquery", "TableClause",
    "TableSample", "TableValuedAlias", "TextAsFrom", "TextualSelect", "Values", "alias", "can_join",
    "columns_clause_froms", "correlated", "cte", "derive_froms", "except_", "except_all", "exists",
    "explicit_froms", "find_left_sides", "froms_for", "intersect", "intersect_all", "join",
    "join_condition", "label_namer", "lateral", "outerjoin", "reduce_columns", "select", "table",
    "tablesample", "union", "union_all", "values",
]  # fmt: skip
