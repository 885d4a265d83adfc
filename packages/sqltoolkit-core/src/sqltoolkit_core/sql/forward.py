"""Late slots: the few constructors that lower layers call and higher layers define.

The package's ``__init__`` fills each slot once. Anything else that needs something from above registers for it.
"""

from __future__ import annotations

from typing import Any, Dict

__all__ = ["Slots", "slots", "string_dialect"]


class Slots:
    """The slots by name; an empty one raises when it is used."""

    # statements and FROM elements that columns, tables and text() make
    select: Any
    insert: Any
    update: Any
    delete: Any
    join: Any
    alias: Any
    lateral: Any
    tablesample: Any
    subquery: Any
    textual_select: Any
    scalar_select: Any
    select_grouping: Any
    function: Any
    table: Any
    label_style_none: Any
    clause_adapter: Any
    # compiling and running
    compile_element: Any
    compile_with_cache: Any
    string_dialect: Any
    load_dialect: Any
    # DDL
    schema_create_all: Any
    schema_drop_all: Any
    create_table_as: Any
    # lambdas
    lambda_element: Any

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(
            "the slot %r of sql.forward is not filled: import the sqltoolkit_core package, which fills it" % name
        )

    def fill(self, **values: Any) -> None:
        """Put values into slots."""
        unknown = [name for name in values if name not in Slots.__annotations__]
        if unknown:
            raise AttributeError("sql.forward has no slot named %s" % ", ".join(sorted(unknown)))
        self.__dict__.update(values)

    def missing(self) -> Dict[str, str]:
        """Return the names of empty slots."""
        return {name: "empty" for name in Slots.__annotations__ if name not in self.__dict__}


slots = Slots()


def string_dialect() -> Any:
    """Return the dialect that ``str()`` of an element is compiled for."""
    return slots.string_dialect()
