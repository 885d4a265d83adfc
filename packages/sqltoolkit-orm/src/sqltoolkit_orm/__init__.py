"""Object-relational mapping: classes to tables, sessions, loading, units of work.

Everything is defined in the modules below; this one only names it.  ``asyncio`` and the extensions are imported by
themselves.
"""

from __future__ import annotations

from . import strategies as strategies
from . import unitofwork as unitofwork
from . import util as util
from ._version import __version__ as __version__
from .attributes.impl import AttributeEventToken as AttributeEventToken
from .attributes.instrumented import InstrumentedAttribute as InstrumentedAttribute
from .attributes.instrumented import QueryableAttribute as QueryableAttribute
from .base import DynamicMapped as DynamicMapped
from .base import EXT_CONTINUE as EXT_CONTINUE
from .base import EXT_SKIP as EXT_SKIP
from .base import EXT_STOP as EXT_STOP
from .base import LoaderCallableStatus as LoaderCallableStatus
from .base import MANYTOMANY as MANYTOMANY
from .base import MANYTOONE as MANYTOONE
from .base import Mapped as Mapped
from .base import NO_KEY as NO_KEY
from .base import NO_VALUE as NO_VALUE
from .base import ONETOMANY as ONETOMANY
from .base import ORMDescriptor as ORMDescriptor
from .base import PassiveFlag as PassiveFlag
from .base import RelationshipDirection as RelationshipDirection
from .base import SQLORMExpression as SQLORMExpression
from .base import WriteOnlyMapped as WriteOnlyMapped
from .base import class_mapper as class_mapper
from .base import object_mapper as object_mapper
from .collections.keyed import KeyFuncDict as KeyFuncDict
from .collections.keyed import MappedCollection as MappedCollection
from .collections.keyed import attribute_keyed_dict as attribute_keyed_dict
from .collections.keyed import attribute_mapped_collection as attribute_mapped_collection
from .collections.keyed import column_keyed_dict as column_keyed_dict
from .collections.keyed import column_mapped_collection as column_mapped_collection
from .collections.keyed import keyfunc_mapping as keyfunc_mapping
from .collections.keyed import mapped_collection as mapped_collection
from .constructors import backref as backref
from .constructors import column_property as column_property
from .constructors import composite as composite
from .constructors import deferred as deferred
from .constructors import dynamic_loader as dynamic_loader
from .constructors import mapped_column as mapped_column
from .constructors import orm_insert_sentinel as orm_insert_sentinel
from .constructors import query_expression as query_expression
from .constructors import relationship as relationship
from .constructors import synonym as synonym
from .constructors import synonym_for as synonym_for
from .constructors import unmapped_column as unmapped_column
from .context.nesting import FromStatement as FromStatement
from .decl_api.bases import DeclarativeBase as DeclarativeBase
from .decl_api.bases import DeclarativeBaseNoMeta as DeclarativeBaseNoMeta
from .decl_api.bases import MappedAsDataclass as MappedAsDataclass
from .decl_api.bases import MappedClassProtocol as MappedClassProtocol
from .decl_api.bases import add_mapped_attribute as add_mapped_attribute
from .decl_api.bases import as_declarative as as_declarative
from .decl_api.bases import declarative_base as declarative_base
from .decl_api.bases import declarative_mixin as declarative_mixin
from .decl_api.bases import mapped_as_dataclass as mapped_as_dataclass
from .decl_api.bases import unmapped_dataclass as unmapped_dataclass
from .decl_api.declared import declared_attr as declared_attr
from .decl_api.declared import has_inherited_table as has_inherited_table
from .decl_api.registry import DeclarativeMeta as DeclarativeMeta
from .decl_api.registry import TypeResolve as TypeResolve
from .decl_api.registry import registry as registry
from .decl_api.typed_tables import Unmapped as Unmapped
from .decl_api.typed_tables import as_typed_table as as_typed_table
from .descriptor_props.composite import Composite as Composite
from .descriptor_props.composite import CompositeProperty as CompositeProperty
from .descriptor_props.synonym import Synonym as Synonym
from .descriptor_props.synonym import SynonymProperty as SynonymProperty
from .dynamic import AppenderQuery as AppenderQuery
from .entities.aliased import aliased as aliased
from .entities.aliased import with_polymorphic as with_polymorphic
from .entities.bundle import Bundle as Bundle
from .entities.bundle import DictBundle as DictBundle
from .entities.criteria import LoaderCriteriaOption as LoaderCriteriaOption
from .entities.criteria import with_loader_criteria as with_loader_criteria
from .entities.join import join as join
from .entities.join import outerjoin as outerjoin
from .entities.join import with_parent as with_parent
from .events.mapping import AttributeEvents as AttributeEvents
from .events.mapping import InstanceEvents as InstanceEvents
from .events.mapping import InstrumentationEvents as InstrumentationEvents
from .events.mapping import MapperEvents as MapperEvents
from .events.mapping import RegistryEvents as RegistryEvents
from .events.runtime import QueryEvents as QueryEvents
from .events.runtime import SessionEvents as SessionEvents
from .identity import IdentityMap as IdentityMap
from .instrumentation import ClassManager as ClassManager
from .interfaces import InspectionAttr as InspectionAttr
from .interfaces import InspectionAttrExtensionType as InspectionAttrExtensionType
from .interfaces import InspectionAttrInfo as InspectionAttrInfo
from .interfaces import MapperProperty as MapperProperty
from .interfaces import NotExtension as NotExtension
from .interfaces import PropComparator as PropComparator
from .interfaces import UserDefinedOption as UserDefinedOption
from .mapper.configure import clear_mappers as clear_mappers
from .mapper.configure import configure_mappers as configure_mappers
from .mapper.configure import reconstructor as reconstructor
from .mapper.configure import validates as validates
from .mapper.mapper import Mapper as Mapper
from .mapper.polymorphic import polymorphic_union as polymorphic_union
from .properties import ColumnProperty as ColumnProperty
from .properties import MappedColumn as MappedColumn
from .properties import MappedSQLExpression as MappedSQLExpression
from .query.merging import merge_frozen_result as merge_frozen_result
from .query.query import Query as Query
from .relationships.arguments import CascadeOptions as CascadeOptions
from .relationships.arguments import foreign as foreign
from .relationships.arguments import remote as remote
from .relationships.relationship import Relationship as Relationship
from .relationships.relationship import RelationshipProperty as RelationshipProperty
from .scoping import QueryPropertyDescriptor as QueryPropertyDescriptor
from .scoping import scoped_session as scoped_session
from .session.execution import ORMExecuteState as ORMExecuteState
from .session.factory import close_all_sessions as close_all_sessions
from .session.factory import create_session as create_session
from .session.factory import make_transient as make_transient
from .session.factory import make_transient_to_detached as make_transient_to_detached
from .session.factory import object_session as object_session
from .session.factory import sessionmaker as sessionmaker
from .session.factory import was_deleted as was_deleted
from .session.session import Session as Session
from .session.transaction import SessionTransaction as SessionTransaction
from .session.transaction import SessionTransactionOrigin as SessionTransactionOrigin
from .state import AttributeState as AttributeState
from .state import InstanceState as InstanceState
from .strategies.writeonly import WriteOnlyCollection as WriteOnlyCollection
from .strategy_options.load import AliasOption as AliasOption
from .strategy_options.load import Load as Load
from .strategy_options.options import contains_alias as contains_alias
from .strategy_options.options import contains_eager as contains_eager
from .strategy_options.options import defaultload as defaultload
from .strategy_options.options import defer as defer
from .strategy_options.options import immediateload as immediateload
from .strategy_options.options import joinedload as joinedload
from .strategy_options.options import lazyload as lazyload
from .strategy_options.options import load_only as load_only
from .strategy_options.options import noload as noload
from .strategy_options.options import raiseload as raiseload
from .strategy_options.options import selectin_polymorphic as selectin_polymorphic
from .strategy_options.options import selectinload as selectinload
from .strategy_options.options import subqueryload as subqueryload
from .strategy_options.options import undefer as undefer
from .strategy_options.options import undefer_group as undefer_group
from .strategy_options.options import with_expression as with_expression
from .unitofwork import UOWTransaction as UOWTransaction
from .dependency import rule_for as _rule_for

# the flush knows rules by this name alone: the layer of the rules stands above it
unitofwork.set_rule_factory(_rule_for)

__all__ = [
    "AliasOption",
    "AppenderQuery",
    "AttributeEventToken",
    "AttributeEvents",
    "AttributeState",
    "Bundle",
    "CascadeOptions",
    "ClassManager",
    "ColumnProperty",
    "Composite",
    "CompositeProperty",
    "DeclarativeBase",
    "DeclarativeBaseNoMeta",
    "DeclarativeMeta",
    "DictBundle",
    "DynamicMapped",
    "EXT_CONTINUE",
    "EXT_SKIP",
    "EXT_STOP",
    "FromStatement",
    "IdentityMap",
    "InspectionAttr",
    "InspectionAttrExtensionType",
    "InspectionAttrInfo",
    "InstanceEvents",
    "InstanceState",
    "InstrumentationEvents",
    "InstrumentedAttribute",
    "KeyFuncDict",
    "Load",
    "LoaderCallableStatus",
    "LoaderCriteriaOption",
    "MANYTOMANY",
    "MANYTOONE",
    "Mapped",
    "MappedAsDataclass",
    "MappedClassProtocol",
    "MappedCollection",
    "MappedColumn",
    "MappedSQLExpression",
    "Mapper",
    "MapperEvents",
    "MapperProperty",
    "NO_KEY",
    "NO_VALUE",
    "NotExtension",
    "ONETOMANY",
    "ORMDescriptor",
    "ORMExecuteState",
    "PassiveFlag",
    "PropComparator",
    "Query",
    "QueryEvents",
    "QueryPropertyDescriptor",
    "QueryableAttribute",
    "RegistryEvents",
    "Relationship",
    "RelationshipDirection",
    "RelationshipProperty",
    "SQLORMExpression",
    "Session",
    "SessionEvents",
    "SessionTransaction",
    "SessionTransactionOrigin",
    "Synonym",
    "SynonymProperty",
    "TypeResolve",
    "UOWTransaction",
    "Unmapped",
    "UserDefinedOption",
    "WriteOnlyCollection",
    "WriteOnlyMapped",
    "add_mapped_attribute",
    "aliased",
    "as_declarative",
    "as_typed_table",
    "attribute_keyed_dict",
    "attribute_mapped_collection",
    "backref",
    "class_mapper",
    "clear_mappers",
    "close_all_sessions",
    "column_keyed_dict",
    "column_mapped_collection",
    "column_property",
    "composite",
    "configure_mappers",
    "contains_alias",
    "contains_eager",
    "create_session",
    "declarative_base",
    "declarative_mixin",
    "declared_attr",
    "defaultload",
    "defer",
    "deferred",
    "dynamic_loader",
    "foreign",
    "has_inherited_table",
    "immediateload",
    "join",
    "joinedload",
    "keyfunc_mapping",
    "lazyload",
    "load_only",
    "make_transient",
    "make_transient_to_detached",
    "mapped_as_dataclass",
    "mapped_collection",
    "mapped_column",
    "merge_frozen_result",
    "noload",
    "object_mapper",
    "object_session",
    "orm_insert_sentinel",
    "outerjoin",
    "polymorphic_union",
    "query_expression",
    "raiseload",
    "reconstructor",
    "registry",
    "relationship",
    "remote",
    "scoped_session",
    "selectin_polymorphic",
    "selectinload",
    "sessionmaker",
    "subqueryload",
    "synonym",
    "synonym_for",
    "undefer",
    "undefer_group",
    "unmapped_column",
    "unmapped_dataclass",
    "validates",
    "was_deleted",
    "with_expression",
    "with_loader_criteria",
    "with_parent",
    "with_polymorphic",
]
