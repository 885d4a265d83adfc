"""The dialects of this distribution, and the registries of all dialects and engine plugins.

``registry.register("name.driver", "module", "Class")`` makes a dialect known for the life of the process.  The names of
the dialects here are registered in ``engine/url.py``; they are loaded when first used.
"""

from __future__ import annotations

import importlib
import typing

from ..engine.url import plugins as plugins
from ..engine.url import registry as registry

if typing.TYPE_CHECKING:
    from typing import Any

__all__ = ["plugins", "registry", "sqlite"]


def __getattr__(name: str) -> Any:
    if name == "sqlite":
        return importlib.import_module("." + name, __name__)
    raise AttributeError("module %r has no attribute %r" % (__name__, name))
