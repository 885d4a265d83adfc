"""Names to classes: by call, by a module beside the package, or by an installed entry point.

Which names there are is said by the owners of the registries (``engine/url.py`` for dialects).
"""

from __future__ import annotations

import threading
import typing

from .. import exc

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Callable
    from typing import Dict
    from typing import List
    from typing import Optional

__all__ = ["PluginLoader"]


class PluginLoader:
    """A registry of named objects, loaded when first asked for.

    ``group`` is the entry-point group searched for names that nobody registered; ``auto_fn(name)`` may answer with a
    function that loads the object, before entry points are looked at.
    """

    def __init__(
        self, group: str, auto_fn: Optional[Callable[[str], Optional[Callable[[], Any]]]] = None
    ) -> None:
        self.group = group
        self.impls: Dict[str, Callable[[], Any]] = {}
        self.auto_fn = auto_fn
        self._loaded: Dict[str, Any] = {}
        self._lock = threading.Lock()

    def clear(self) -> None:
        """Forget everything registered and loaded."""
        with self._lock:
            self.impls.clear()
            self._loaded.clear()

    def load(self, name: str) -> Any:
        """Return the object registered as ``name``; ``NoSuchModuleError`` if there is none."""
        found = self._loaded.get(name)
        if found is not None:
            return found
        loader = self.impls.get(name)
        if loader is None and self.auto_fn is not None:
            loader = self.auto_fn(name)
        if loader is None:
            loader = self._installed(name)
        if loader is None:
            raise exc.NoSuchModuleError(
                "Nothing is registered as %s:%s; install the package that provides it, or register() it%s"
                % (self.group, name, self._hint(name))
            )
        found = loader()
        with self._lock:
            return self._loaded.setdefault(name, found)

    def _installed(self, name: str) -> Optional[Callable[[], Any]]:
        # importlib.metadata takes a third of the import budget: only an unknown name pays for it
        for entry_point in _entry_points(self.group):
            if entry_point.name == name:
                load: Callable[[], Any] = entry_point.load
                return load
        return None

    def _hint(self, name: str) -> str:
        import difflib

        near = difflib.get_close_matches(name, sorted(set(self.impls) | set(self._loaded)), 1)
        return " (is %r meant?)" % near[0] if near else ""

    def register(
        self,
        name: str,
        modulepath: Any,
        objname: Optional[str] = None,
        package: Optional[str] = None,
    ) -> None:
        """Register ``name``.

        ``modulepath`` and ``objname`` say where the object is; or ``modulepath`` is the object itself, or, with a
        ``package``, a module path relative to it.
        """
        if objname is None:
            target = modulepath

            def loader() -> Any:
                return target

        else:
            wanted = objname

            def loader() -> Any:
                import importlib

                return getattr(importlib.import_module(modulepath, package), wanted)

        with self._lock:
            self.impls[name] = loader
            self._loaded.pop(name, None)

    def deregister(self, name: str) -> None:
        """Forget ``name``; nothing happens where it is unknown."""
        with self._lock:
            self.impls.pop(name, None)
            self._loaded.pop(name, None)


def _entry_points(group: str) -> List[Any]:
    try:
        from importlib import metadata
    except ImportError:
        return _entry_points_by_setuptools(group)
    found: Any = metadata.entry_points()
    if hasattr(found, "select"):
        return list(found.select(group=group))
    return list(found.get(group, ()))


def _entry_points_by_setuptools(group: str) -> List[Any]:
    # Python 3.7 has no importlib.metadata; setuptools is there wherever packages are installed
    try:
        import pkg_resources  # type: ignore[import-not-found]
    except ImportError:
        return []
    return list(pkg_resources.iter_entry_points(group))
