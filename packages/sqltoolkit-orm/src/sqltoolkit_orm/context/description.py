"""``column_descriptions`` of ORM statements."""

from __future__ import annotations

import typing

from sqltoolkit_core.sql.analysis import extract_first_column_annotation
from sqltoolkit_core.sql.elements import ColumnElement
from sqltoolkit_core.sql.selectable import FromClause
from sqltoolkit_core.sql.selectable import SelectLabelStyle
from sqltoolkit_core.sql.selectable import label_namer

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Callable
    from typing import Dict
    from typing import List
    from typing import Optional

__all__ = ["describe_columns", "is_source", "row_namer"]


def is_source(raw: Any) -> bool:
    """Tell whether an entry of the columns clause is a FROM element (functions are both, and columns here)."""
    return isinstance(raw, FromClause) and not isinstance(raw, ColumnElement)


def row_namer(style: SelectLabelStyle) -> Callable[[Any], Optional[str]]:
    """Return a function that tells the key in rows of each expression given to it in turn.

    A Query gives none to what has no name of its own.
    """
    return _key_in_query if style is SelectLabelStyle.LABEL_STYLE_LEGACY_ORM else label_namer(style)


def _key_in_query(raw: Any) -> Optional[str]:
    found: Optional[str] = raw.annotations.get("proxy_key") or raw.key
    return found


def describe_columns(statement: Any) -> List[Dict[str, Any]]:
    """Return the column descriptions of an ORM statement."""
    namer = row_namer(statement.parts.label_style)
    found: List[Dict[str, Any]] = []
    for raw in statement.parts.columns:
        annotations = raw.annotations
        entity = annotations.get("parententity")
        if "bundle" in annotations:
            bundle = annotations["bundle"]
            found.append(
                {
                    "name": bundle.name,
                    "type": type(bundle),
                    "aliased": False,
                    "expr": bundle,
                    "entity": _entity_of(entity),
                }
            )
        elif is_source(raw) and entity is not None:
            aliased = bool(getattr(entity, "is_aliased_class", False))
            name = entity.mapper.class_.__name__
            if aliased:
                name = entity.name if type(entity.name) is str else None
            found.append(
                {
                    "name": name,
                    "type": entity.mapper.class_,
                    "aliased": aliased,
                    "expr": entity.entity,
                    "entity": entity.entity,
                }
            )
        elif is_source(raw):
            for column in raw.c:
                found.append(
                    {"name": namer(column), "type": column.type, "aliased": False, "expr": column, "entity": None}
                )
        elif raw.__visit_name__ == "textclause":
            found.append({"name": None, "type": raw.type, "aliased": False, "expr": raw, "entity": None})
        else:
            name = namer(raw)
            expr = raw
            if entity is None:
                entity = extract_first_column_annotation(raw, "parententity")
            if entity is not None and annotations.get("proxy_key") is not None:
                expr = getattr(entity.entity, annotations["proxy_key"], raw)
            found.append(
                {
                    "name": name,
                    "type": raw.type,
                    "aliased": bool(getattr(entity, "is_aliased_class", False)),
                    "expr": expr,
                    "entity": _entity_of(entity),
                }
            )
    return found


def _entity_of(entity: Any) -> Any:
    return None if entity is None else entity.entity
