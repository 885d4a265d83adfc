"""Loader options: the fluent API and how a statement's options are matched to attributes."""

from __future__ import annotations

from .load import Load as Load
from .load import LoadElement as LoadElement
from .matching import Choice as Choice
from .matching import OptionNode as OptionNode
from .matching import build_nodes as build_nodes
from .options import contains_alias as contains_alias
from .options import contains_eager as contains_eager
from .options import defaultload as defaultload
from .options import defer as defer
from .options import immediateload as immediateload
from .options import joinedload as joinedload
from .options import lazyload as lazyload
from .options import load_only as load_only
from .options import noload as noload
from .options import raiseload as raiseload
from .options import selectin_polymorphic as selectin_polymorphic
from .options import selectinload as selectinload
from .options import subqueryload as subqueryload
from .options import undefer as undefer
from .options import undefer_group as undefer_group
from .options import with_expression as with_expression

__all__ = [
    "Choice",
    "Load",
    "LoadElement",
    "OptionNode",
    "build_nodes",
    "contains_alias",
    "contains_eager",
    "defaultload",
    "defer",
    "immediateload",
    "joinedload",
    "lazyload",
    "load_only",
    "noload",
    "raiseload",
    "selectin_polymorphic",
    "selectinload",
    "subqueryload",
    "undefer",
    "undefer_group",
    "with_expression",
]
