"""Late slots: the few constructors that lower layers call and higher layers define.

The package's ``__init__`` says once where each slot's value is. Anything else that needs something from above registers
for it.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Dict, List, Mapping, Tuple

__all__ = ["Slots", "slots", "string_dialect"]


class Slots:
    """The slots by name; the module that holds a value is imported when the slot is first read."""

    # statements and FROM elements that columns, tables and text() make
    select: Any
    insert: Any
    update: Any
    delete: Any
    join: Any
    alias: Any
    lateral: Any
    tablesample: Any
    textual_select: Any
    func: Any
    label_style_none: Any
    clause_adapter: Any
    create_table_as: Any
    # running and rendering
    string_dialect_class: Any
    dialect_registry: Any
    # DDL
    schema_create_all: Any
    schema_drop_all: Any
    # lambdas
    lambda_element: Any

    def __init__(self) -> None:
        self.places: Dict[str, Tuple[str, str]] = {}

    def __getattr__(self, name: str) -> Any:
        place = self.__dict__.get("places", {}).get(name)
        if place is None:
            raise AttributeError(
                "the slot %r of sql.forward is not filled: import the top-level package, which fills it" % name
            )
        value = getattr(import_module(place[0]), place[1])
        self.__dict__[name] = value
        return value

    def function(self, name: str, *args: Any) -> Any:
        """Return a call of the SQL function of that name."""
        return getattr(self.func, name)(*args)

    def load_dialect(self, name: str) -> Any:
        """Return the class of the dialect of that name.

        :raises NoSuchModuleError: when there is none.
        """
        return self.dialect_registry.load(name)

    def fill(self, package: str, places: Mapping[str, Tuple[str, str]]) -> None:
        """Say for each slot in which module of ``package`` its value is, under which name."""
        unknown = set(places).symmetric_difference(Slots.__annotations__)
        if unknown:
            raise AttributeError("slots of sql.forward and their places differ: %s" % ", ".join(sorted(unknown)))
        self.places.update({name: (package + module, attr) for name, (module, attr) in places.items()})


#: the slots, filled by the package when it is imported
slots = Slots()


_string_dialect: List[Any] = []


def string_dialect() -> Any:
    """Return the dialect that ``str()`` of an element is compiled for; always the same one."""
    if not _string_dialect:
        _string_dialect.append(slots.string_dialect_class())
    return _string_dialect[0]
