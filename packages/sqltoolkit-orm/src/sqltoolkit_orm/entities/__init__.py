"""Entities of statements: aliases, bundles, joins between entities, criteria that follow an entity."""

from __future__ import annotations

from .aliased import AliasedClass as AliasedClass
from .aliased import aliased as aliased
from .aliased import AliasedInsp as AliasedInsp
from .aliased import with_polymorphic as with_polymorphic
from .bundle import Bundle as Bundle
from .bundle import DictBundle as DictBundle
from .criteria import LoaderCriteriaOption as LoaderCriteriaOption
from .criteria import with_loader_criteria as with_loader_criteria
from .join import join as join
from .join import outerjoin as outerjoin
from .join import with_parent as with_parent

__all__ = [
    "AliasedClass",
    "AliasedInsp",
    "Bundle",
    "DictBundle",
    "LoaderCriteriaOption",
    "aliased",
    "join",
    "outerjoin",
    "with_loader_criteria",
    "with_parent",
    "with_polymorphic",
]
