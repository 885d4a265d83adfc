"""Chapter of the SQL compiler: common table expressions.

Writes ``ctes`` (definition texts, in the order they have to stand), ``ctes_by_level_name``, ``level_name_by_cte`` and
``ctes_recursive``.

Words: the *level* of a CTE is the depth of the statement whose WITH defines it; 1 is the outermost one, where all go
that do not nest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ... import exc
from ..selectable.statement import LABEL_STYLE_DISAMBIGUATE_ONLY
from ..selectable.statement import LABEL_STYLE_NONE
from ..selectable.statement import name_columns
from .base import CompilerFields

if TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import List
    from typing import Optional

__all__ = ["CTEChapter"]

_TOP_LEVEL = 1


class CTEChapter(CompilerFields):
    """Visit methods of CTEs and the WITH clause."""

    def visit_cte(
        self,
        cte: Any,
        asfrom: bool = False,
        ashint: bool = False,
        fromhints: Any = None,
        visiting_cte: Any = None,
        from_linter: Any = None,
        cte_opts: Any = None,
        **kwargs: Any,
    ) -> Optional[str]:
        if not self.stack and not asfrom and not ashint:
            return self._on_its_own(cte, kwargs)
        name = self._alias_text(cte.name)
        nesting = cte.nesting or bool(cte_opts)
        level = len(self.stack) if nesting else _TOP_LEVEL
        reference = cte._defining_cte()
        known = self.level_name_by_cte.get(reference)
        if known is not None:
            level, _, nesting = known
            if cte_opts and known[0] != len(self.stack):
                raise exc.CompileError(
                    "found the CTE %r added with nest_here to more than one statement: it can be defined in one place"
                    % (name,)
                )
        is_new = self._is_new_cte(cte, level, name)
        original = cte._cte_alias
        original_name = None
        if original is not None and not is_new and self._is_restated(cte, level, name):
            # the recursive part of a union that was made from this alias
            original = None
        if original is not None:
            while original._cte_alias is not None:
                original = original._cte_alias
            original_name = self._alias_text(original.name)
            if original not in self.ctes and self._needs_definition(original):
                self.visit_cte(original, cte_opts=cte_opts, **_inherited(kwargs))
        elif is_new:
            self._define_cte(cte, reference, level, name, nesting, kwargs)
        if ashint:
            return self.preparer.format_alias(cte, name)
        if not asfrom:
            return None
        if self._linter is not None:
            self._linter.add(cte, name)
        text: str = self.preparer.format_alias(cte, original_name or name)
        if original is not None:
            text += self.get_render_as_alias_suffix(self.preparer.format_alias(cte, name))
        return text

    def _on_its_own(self, cte: Any, kwargs: Dict[str, Any]) -> str:
        """Return the statement of a CTE, for reading; where it refers to itself there is nothing to define."""
        while cte._cte_alias is not None:
            cte = cte._cte_alias
        name = self._alias_text(cte.name)
        self.ctes_by_level_name[(_TOP_LEVEL, name)] = cte
        self.level_name_by_cte[cte._defining_cte()] = (_TOP_LEVEL, name, False)
        return self.process(cte.element, **_inherited(kwargs))

    def _is_restated(self, cte: Any, level: int, name: str) -> bool:
        existing = self.ctes_by_level_name.get((level, name))
        return existing is not None and _restates_from(existing, cte)

    def _needs_definition(self, cte: Any) -> bool:
        known = self.level_name_by_cte.get(cte._defining_cte())
        if known is None:
            return True
        existing = self.ctes_by_level_name.get((known[0], known[1]))
        return existing is None or not _same_cte(cte, existing)

    def _is_new_cte(self, cte: Any, level: int, name: str) -> bool:
        existing = self.ctes_by_level_name.get((level, name))
        if existing is None:
            return True
        if cte is existing or cte is existing._restates or _same_cte(cte, existing):
            return False
        if existing is cte._restates or _restates_from(cte, existing):
            # the union takes the place of the CTE that it started from
            self.ctes.pop(existing, None)
            return True
        if existing._restates is not None and cte._restates is existing._restates:
            self.ctes.pop(existing, None)
            return True
        raise exc.CompileError(
            "found two different CTEs named %r in one statement: give one of them another name" % (name,)
        )

    def _define_cte(
        self, cte: Any, reference: Any, level: int, name: str, nesting: bool, kwargs: Dict[str, Any]
    ) -> None:
        self.ctes_by_level_name[(level, name)] = cte
        self.level_name_by_cte[reference] = (level, name, nesting)
        if cte.recursive:
            self.ctes_recursive = True
        text: str = self.preparer.format_alias(cte, name)
        if cte.recursive or cte.element.name_cte_columns:
            text += "(%s)" % ", ".join(self._cte_column_names(cte))
        kwargs = _inherited(kwargs)
        outer_linter, self._linter = self._linter, None
        try:
            inner = cte.element._visit_kw(self, asfrom=True, visiting_cte=cte, **kwargs)
        finally:
            self._linter = outer_linter
        prefix = self._words_of(cte, cte._prefixes, kwargs) if cte._prefixes else ""
        text += " AS %s\n(%s)" % (prefix, inner)
        if cte._suffixes:
            text += " " + self._words_of(cte, cte._suffixes, kwargs)
        self.ctes[cte] = text

    def _cte_column_names(self, cte: Any) -> List[str]:
        statement = cte.element
        if statement.name_cte_columns:
            columns = list(statement.c) if statement._is_from_clause else list(statement._all_selected_columns)
            style = LABEL_STYLE_NONE
        else:
            while statement.__visit_name__ in ("compound_select", "select_statement_grouping"):
                statement = (
                    statement.selects[0] if statement.__visit_name__ == "compound_select" else statement.element
                )
            columns = list(statement._all_selected_columns)
            style = getattr(statement, "_label_style", LABEL_STYLE_DISAMBIGUATE_ONLY)
        names = []
        for named in name_columns(columns, style):
            if named.column._is_text_clause:
                continue
            label = named.label if named.label is not None else named.fallback
            names.append(self.preparer.quote(self._label_text(label)))
        return names

    def _render_independent_ctes(self, statement: Any, kw: Dict[str, Any]) -> None:
        """Define the CTEs that were added to a statement by hand."""
        kw = _inherited(kw)
        for cte, nest_here in statement._extra_ctes:
            reference = cte._defining_cte()
            if nest_here and reference not in self.level_name_by_cte:
                # others that are defined here may refer to it
                name = self._alias_text(cte.name)
                self.level_name_by_cte[reference] = (len(self.stack), name, True)
        for cte, nest_here in statement._extra_ctes:
            self.visit_cte(cte, cte_opts=nest_here, **kw)

    # -- WITH

    def _with_ctes(self, text: str, toplevel: bool, include_following: bool = False) -> str:
        """Return the statement with the WITH clause that belongs in front of it."""
        return self._with_text(None if toplevel else len(self.stack), include_following) + text

    def _with_text(self, nesting_level: Optional[int] = None, include_following: bool = False) -> str:
        ctes = self.ctes
        if not ctes:
            return ""
        if nesting_level is not None and nesting_level > _TOP_LEVEL:
            wanted = []
            for cte in ctes:
                level, _, _ = self.level_name_by_cte[cte._defining_cte()]
                if level == nesting_level or include_following and level == nesting_level + 1:
                    wanted.append(cte)
        else:
            wanted = list(ctes)
            if nesting_level == _TOP_LEVEL and len(self.stack) > _TOP_LEVEL:
                return ""
        if not wanted:
            return ""
        recursive = any(cte.recursive for cte in wanted)
        text = self.get_cte_preamble(recursive) + " "
        text += ", \n".join([ctes[cte] for cte in wanted]) + "\n "
        for cte in wanted:
            level, name, _ = self.level_name_by_cte[cte._defining_cte()]
            del ctes[cte]
            self.ctes_by_level_name.pop((level, name), None)
            self.level_name_by_cte.pop(cte._defining_cte(), None)
        return text

    def get_cte_preamble(self, recursive: bool) -> str:
        """Return the keyword of the WITH clause."""
        return "WITH RECURSIVE" if recursive else "WITH"


def _inherited(kwargs: Dict[str, Any]) -> Dict[str, Any]:
    """Return what reaches into the definition of a CTE of the flags around the place that refers to it."""
    if not kwargs:
        return kwargs
    return {name: kwargs[name] for name in ("literal_binds", "render_postcompile") if name in kwargs}


def _restates_from(cte: Any, existing: Any) -> bool:
    ancestor = cte._restates
    while ancestor is not None:
        if ancestor is existing:
            return True
        ancestor = ancestor._restates
    return False


def _same_cte(one: Any, other: Any) -> bool:
    """Tell whether both are copies of one CTE."""
    if one is other:
        return True
    ancestor = other._restates
    while ancestor is not None:
        if ancestor is one:
            return True
        ancestor = ancestor._restates
    if not one._cloned_set.isdisjoint(other._cloned_set):
        return True
    return one._restates is None and other._restates is None and one.element is other.element
