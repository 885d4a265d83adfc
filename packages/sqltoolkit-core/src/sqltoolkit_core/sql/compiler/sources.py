"""Chapter of the SQL compiler: everything that can stand in FROM.

Which sources a SELECT has is computed by ``sql.selectable.froms``; the SELECT around them is in ``select``.  Reads
``preparer``; writes to the linter of the statement being rendered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ... import exc
from ..elements import BindParameter
from ..names import anonymous
from .base import CompilerFields
from .base import FromLinter

if TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import List

    from ..visitors import Visitable

__all__ = ["SourceChapter"]


class SourceChapter(CompilerFields):
    """Visit methods of tables, aliases, joins and other sources."""

    def visit_fromclause(self, fromclause: Any, **kwargs: Any) -> str:
        name: str = fromclause.name
        return name

    def visit_table(
        self,
        table: Any,
        asfrom: bool = False,
        iscrud: bool = False,
        ashint: bool = False,
        fromhints: Any = None,
        use_schema: bool = True,
        from_linter: Any = None,
        enclosing_alias: Any = None,
        within_tstring: bool = False,
        **kwargs: Any,
    ) -> str:
        if self._linter is not None and asfrom:
            self._linter.add(table, table.fullname)
        if not (asfrom or ashint or within_tstring):
            return ""
        preparer = self.preparer
        schema = preparer.schema_for_object(table)
        name = table.name
        if use_schema and schema:
            text = preparer.quote_schema(schema) + "." + preparer.quote(name)
        else:
            text = preparer.quote(name)
        if asfrom and table in self._told_apart and (enclosing_alias is None or enclosing_alias.element is not table):
            text += self.get_render_as_alias_suffix(self._told_apart[table])
        if fromhints and table in fromhints:
            text = self.format_from_hint_text(text, table, fromhints[table], iscrud)
        return text

    def _tell_apart(self, own: List[Any], sources: List[Any]) -> None:
        """Give names of their own to tables in FROM that could be taken for one of the same name in another schema.

        ``own`` are those of the statement's FROM; ``sources`` has those of enclosing statements that it mentions, too.
        """
        schema_of = self.preparer.schema_for_object
        tables = [source for source in sources if source.__visit_name__ == "table"]
        qualified = {table.name for table in tables if schema_of(table)}
        bare = [table for table in tables if table.name in qualified and not schema_of(table)]
        outer = self._told_apart
        names = {table: name for table, name in outer.items() if table not in own}
        for table in bare:
            if table in own:
                names[table] = self._apart_name(table)
        # the name of a table further out, which stays as it is, must not be taken for that of one here
        kept = {table.name for table in bare if table not in names}
        for table in own:
            if kept and table.__visit_name__ == "table" and table.name in kept:
                names[table] = self._apart_name(table)
        self._told_apart = names
        self._table_prefixes = {
            table: prefix for table, prefix in self._table_prefixes.items() if table not in names and table not in outer
        }
        for table, name in names.items():
            self._table_prefixes[table] = name + "."

    def _apart_name(self, table: Any) -> str:
        key = (self.preparer.schema_for_object(table), table.name)
        label = self._apart_labels.get(key)
        if label is None:
            self._apart_labels = dict(self._apart_labels)
            label = self._apart_labels[key] = anonymous(table.name)
        return self.preparer.format_alias(None, self._alias_text(label))

    def get_render_as_alias_suffix(self, alias_name_text: str) -> str:
        """Return what names a source: `` AS name``."""
        return " AS " + alias_name_text

    def visit_alias(
        self,
        alias: Any,
        asfrom: bool = False,
        ashint: bool = False,
        iscrud: bool = False,
        fromhints: Any = None,
        subquery: bool = False,
        lateral: bool = False,
        enclosing_alias: Any = None,
        from_linter: Any = None,
        within_tstring: bool = False,
        **kwargs: Any,
    ) -> str:
        if lateral and "enclosing_lateral" not in kwargs:
            kwargs["enclosing_lateral"] = alias
        if enclosing_alias is not None and enclosing_alias.element is alias:
            inner = self._alias_inner(alias, asfrom, ashint, iscrud, fromhints, lateral, kwargs)
            return "(%s)" % inner if subquery and (asfrom or lateral) else inner
        if not (asfrom or ashint or within_tstring):
            # an alias among expressions: it stands for what it is made of
            if lateral and alias.element._is_from_clause:
                kwargs["lateral"] = True
            text = self.process(alias.element, **kwargs)
            return "(%s)" % text if lateral and subquery else text
        preparer = self.preparer
        name = self._alias_text(alias.name)
        if ashint:
            return preparer.format_alias(alias, name)
        linter = self._linter
        if linter is not None and not getattr(alias, "joins_implicitly", False):
            linter.add(alias, name)
        inner = self._alias_inner(alias, True, ashint, iscrud, None, lateral, kwargs)
        if subquery:
            inner = "(%s)" % inner
        text = inner + self.get_render_as_alias_suffix(preparer.format_alias(alias, name))
        if getattr(alias, "_render_derived", False):
            text += self._derived_columns(alias)
        if fromhints and alias in fromhints:
            text = self.format_from_hint_text(text, alias, fromhints[alias], iscrud)
        return text

    def _alias_inner(
        self, alias: Any, asfrom: bool, ashint: bool, iscrud: bool, fromhints: Any, lateral: bool, kwargs: Any
    ) -> str:
        options: Dict[str, Any] = {"enclosing_alias": alias, "asfrom": asfrom}
        if ashint:
            options["ashint"] = True
        if iscrud:
            options["iscrud"] = True
        if lateral:
            options["lateral"] = True
        kwargs = {key: value for key, value in kwargs.items() if key != "enclosing_lateral"}
        outer_linter = self._linter
        # the inner source is not a member of this FROM list
        self._linter = None
        element: Visitable = alias.element
        try:
            return element._visit_kw(self, **options, **kwargs)
        finally:
            self._linter = outer_linter

    def _derived_columns(self, alias: Any) -> str:
        preparer = self.preparer
        texts = []
        for column in alias.c:
            text = preparer.quote(self._label_text(column.name))
            if alias._render_derived_w_types:
                text += " " + self.dialect.type_compiler_instance.process(column.type)
            texts.append(text)
        return "(%s)" % ", ".join(texts)

    def visit_subquery(self, subquery: Any, **kw: Any) -> str:
        kw["subquery"] = True
        return self.visit_alias(subquery, **kw)

    def visit_lateral(self, lateral_: Any, **kw: Any) -> str:
        kw["lateral"] = True
        if lateral_.__visit_name__ == "lateral":
            element = lateral_.element
            if not getattr(element, "_is_function", False) and not element._is_from_clause:
                kw["subquery"] = True
        if self._linter is not None:
            self._link_lateral(self._linter, lateral_)
        return "LATERAL %s" % self.visit_alias(lateral_, **kw)

    @staticmethod
    def _link_lateral(linter: Any, lateral_: Any) -> None:
        """Tell the linter which sources beside it a LATERAL subquery depends on."""
        inner = lateral_.element
        while not inner._is_select_statement and hasattr(inner, "element"):
            inner = inner.element
        for criterion in getattr(inner, "_where_criteria", ()):
            linter.connect([lateral_], criterion._from_objects)

    def visit_tablesample(self, tablesample: Any, asfrom: bool = False, **kw: Any) -> str:
        text = "%s TABLESAMPLE %s" % (
            self.visit_alias(tablesample, asfrom=True, **kw),
            self.process(tablesample._get_method(), **kw),
        )
        if tablesample.seed is not None:
            text += " REPEATABLE (%s)" % self.process(tablesample.seed, **kw)
        return text

    def visit_table_valued_alias(self, element: Any, **kw: Any) -> str:
        if element.is_lateral:
            return self.visit_lateral(element, **kw)
        return self.visit_alias(element, **kw)

    def visit_values(
        self, element: Any, asfrom: bool = False, from_linter: Any = None, visiting_cte: Any = None, **kw: Any
    ) -> str:
        if element._extra_ctes:
            self._render_independent_ctes(element, kw)
        kw.pop("enclosing_alias", None)
        kw.pop("fromhints", None)
        values = self._values_text(element, kw)
        name = None if element._unnamed else self._alias_text(element.name)
        if self._linter is not None:
            self._linter.add(element, name if name is not None else "(unnamed VALUES element)")
        lateral = "LATERAL " if element.is_lateral else ""
        if visiting_cte is not None and visiting_cte.element is element:
            if element.is_lateral:
                raise exc.CompileError("found LATERAL VALUES as the statement of a CTE, which can't be lateral")
            return values
        if not asfrom:
            return values
        if not name:
            return "%s(%s)" % (lateral, values)
        columns = ", ".join([self.visit_column(column, include_table=False) for column in element.c])
        suffix = self.get_render_as_alias_suffix(self.preparer.quote(name))
        return "%s(%s)%s (%s)" % (lateral, values, suffix, columns)

    def visit_scalar_values(self, element: Any, **kw: Any) -> str:
        return "(%s)" % self._values_text(element, kw)

    def _values_text(self, element: Any, kw: Dict[str, Any]) -> str:
        kw = dict(kw)
        if element.literal_binds:
            kw["literal_binds"] = True
        kw.pop("asfrom", None)
        types = element._column_types
        rows = []
        for chunk in element._data:
            for row in chunk:
                if len(row) != len(types):
                    raise exc.ArgumentError(
                        "found a row of %d elements in VALUES, expected %d as there are columns: %r"
                        % (len(row), len(types), tuple(getattr(cell, "value", cell) for cell in row))
                    )
                cells = [
                    self.process(cell if hasattr(cell, "_visit_kw") else BindParameter(None, cell, type_=type_), **kw)
                    for cell, type_ in zip(row, types)
                ]
                rows.append("(%s)" % ", ".join(cells))
        return "VALUES " + ", ".join(rows)

    def visit_join(self, join: Any, asfrom: bool = False, from_linter: Any = None, **kwargs: Any) -> str:
        linter = self._linter
        kwargs.pop("enclosing_alias", None)
        left: str = join.left._visit_kw(self, asfrom=True, **kwargs)
        right: str = join.right._visit_kw(self, asfrom=True, **kwargs)
        if linter is not None:
            self._connect_join(join, linter)
        kwargs.pop("fromhints", None)
        condition: Visitable = join.onclause
        on_text = condition._visit_kw(self, **kwargs) if kwargs else condition._visit(self)
        return left + self._join_keyword(join) + right + " ON " + on_text

    def _join_keyword(self, join: Any) -> str:
        if join.full:
            return " FULL OUTER JOIN "
        return " LEFT OUTER JOIN " if join.isouter else " JOIN "

    def _connect_join(self, join: Any, linter: FromLinter) -> None:
        # an ON clause that names neither side, such as ON true, joins them on purpose
        linter.connect(join.left._from_objects, join.right._from_objects)

