"""Declarative mapping: classes that say in their body what they are mapped to."""

from __future__ import annotations

from .bases import DeclarativeBase as DeclarativeBase
from .bases import DeclarativeBaseNoMeta as DeclarativeBaseNoMeta
from .bases import MappedAsDataclass as MappedAsDataclass
from .bases import MappedClassProtocol as MappedClassProtocol
from .bases import add_mapped_attribute as add_mapped_attribute
from .bases import as_declarative as as_declarative
from .bases import declarative_base as declarative_base
from .bases import declarative_mixin as declarative_mixin
from .bases import mapped_as_dataclass as mapped_as_dataclass
from .bases import unmapped_dataclass as unmapped_dataclass
from .declared import declared_attr as declared_attr
from .declared import has_inherited_table as has_inherited_table
from .registry import DeclarativeAttributeIntercept as DeclarativeAttributeIntercept
from .registry import DeclarativeMeta as DeclarativeMeta
from .registry import TypeResolve as TypeResolve
from .registry import registry as registry
from .typed_tables import Unmapped as Unmapped
from .typed_tables import as_typed_table as as_typed_table
