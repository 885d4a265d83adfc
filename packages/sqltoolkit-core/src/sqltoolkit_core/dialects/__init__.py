"""The dialects of this distribution; their names are registered in ``engine/url.py`` and loaded when first used."""

from __future__ import annotations

import importlib
import typing

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import List

__all__: List[str] = ["sqlite"]


def __getattr__(name: str) -> Any:
    if name == "sqlite":
        return importlib.import_module("." + name, __name__)
    raise AttributeError("module %r has no attribute %r" % (__name__, name))
