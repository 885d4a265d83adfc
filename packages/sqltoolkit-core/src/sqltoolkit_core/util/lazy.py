"""Packages whose names are imported when they are first asked for (PEP 562).

What the names are, and where they come from, is said by the packages.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Callable, Dict, List, Mapping, Tuple

__all__ = ["lazy_names"]


def lazy_names(
    namespace: Dict[str, Any], places: Mapping[str, str], submodules: str = ""
) -> Tuple[Callable[[str], Any], Callable[[], List[str]]]:
    """Return the functions ``__getattr__`` and ``__dir__`` of a package.

    :param namespace: the ``globals()`` of the package; names found are kept there.
    :param places: by relative module name, the names that it defines, separated by spaces.
    :param submodules: modules of the package that are names themselves, separated by spaces.
    """
    package = namespace["__name__"]
    found_in = {name: module for module, names in places.items() for name in names.split()}
    modules = frozenset(submodules.split())

    def __getattr__(name: str) -> Any:
        module = found_in.get(name)
        if module is None:
            if name in modules:
                return import_module("." + name, package)
            raise AttributeError("module %r has no attribute %r" % (package, name))
        value = namespace[name] = getattr(import_module(module, package), name)
        return value

    def __dir__() -> List[str]:
        return sorted(set(namespace).union(found_in))

    return __getattr__, __dir__
