"""Small tools used on both sides of the public interface; each lives in the module named after its kind."""

from __future__ import annotations

from . import codegen as codegen
from . import concurrency as concurrency
from . import topological as topological
from . import typing as typing
from .codegen import TemplateCache as TemplateCache
from .codegen import compile_code as compile_code
from .codegen import define as define
from .codegen import install_visit as install_visit
from .codegen import instantiate as instantiate
from .codegen import source_of as source_of
from .collections import EMPTY_DICT as EMPTY_DICT
from .collections import FacadeDict as FacadeDict
from .collections import IdentitySet as IdentitySet
from .collections import LRUCache as LRUCache
from .collections import NONE_SET as NONE_SET
from .collections import OrderedDict as OrderedDict
from .collections import OrderedIdentitySet as OrderedIdentitySet
from .collections import OrderedSet as OrderedSet
from .collections import PopulateDict as PopulateDict
from .collections import Properties as Properties
from .collections import ReadOnlyProperties as ReadOnlyProperties
from .collections import ScopedRegistry as ScopedRegistry
from .collections import ThreadLocalRegistry as ThreadLocalRegistry
from .collections import UniqueAppender as UniqueAppender
from .collections import WeakSequence as WeakSequence
from .collections import coerce_generator_arg as coerce_generator_arg
from .collections import coerce_to_immutabledict as coerce_to_immutabledict
from .collections import flatten_iterator as flatten_iterator
from .collections import has_dupes as has_dupes
from .collections import has_intersection as has_intersection
from .collections import immutabledict as immutabledict
from .collections import merge_lists_w_ordering as merge_lists_w_ordering
from .collections import sort_dictionary as sort_dictionary
from .collections import to_column_set as to_column_set
from .collections import to_list as to_list
from .collections import to_set as to_set
from .collections import unique_list as unique_list
from .collections import update_copy as update_copy
from .concurrency import AsyncAdaptedLock as AsyncAdaptedLock
from .concurrency import LoopWaiter as LoopWaiter
from .concurrency import ThreadWaiter as ThreadWaiter
from .concurrency import calling_frame as calling_frame
from .concurrency import await_ as await_
from .concurrency import await_only as await_only
from .concurrency import greenlet_spawn as greenlet_spawn
from .concurrency import have_greenlet as have_greenlet
from .concurrency import in_greenlet as in_greenlet
from .concurrency import is_exit_exception as is_exit_exception
from .decorators import HasMemoized as HasMemoized
from .decorators import became_legacy_20 as became_legacy_20
from .decorators import classproperty as classproperty
from .decorators import deprecated as deprecated
from .decorators import deprecated_cls as deprecated_cls
from .decorators import deprecated_params as deprecated_params
from .decorators import generic_fn_descriptor as generic_fn_descriptor
from .decorators import hybridmethod as hybridmethod
from .decorators import hybridproperty as hybridproperty
from .decorators import memoized_instancemethod as memoized_instancemethod
from .decorators import memoized_property as memoized_property
from .decorators import moved_20 as moved_20
from .decorators import non_memoized_property as non_memoized_property
from .decorators import reset_memoizations as reset_memoizations
from .decorators import ro_memoized_property as ro_memoized_property
from .decorators import ro_non_memoized_property as ro_non_memoized_property
from .decorators import rw_hybridproperty as rw_hybridproperty
from .decorators import warn as warn
from .decorators import warn_deprecated as warn_deprecated
from .decorators import warn_limited as warn_limited
from .frames import hide_frames as hide_frames
from .frames import visible_frame as visible_frame
from .introspect import NoneType as NoneType
from .introspect import as_interface as as_interface
from .introspect import asbool as asbool
from .introspect import asint as asint
from .introspect import attrsetter as attrsetter
from .introspect import bool_or_str as bool_or_str
from .introspect import class_hierarchy as class_hierarchy
from .introspect import coerce_kw_type as coerce_kw_type
from .introspect import constructor_copy as constructor_copy
from .introspect import constructor_key as constructor_key
from .introspect import counter as counter
from .introspect import decode_backslashes as decode_backslashes
from .introspect import dictlike_iteritems as dictlike_iteritems
from .introspect import duck_type_collection as duck_type_collection
from .introspect import ellipses_string as ellipses_string
from .introspect import format_argspec as format_argspec
from .introspect import function_named as function_named
from .introspect import generic_repr as generic_repr
from .introspect import get_callable_argspec as get_callable_argspec
from .introspect import get_cls_kwargs as get_cls_kwargs
from .introspect import get_func_kwargs as get_func_kwargs
from .introspect import inject_docstring_text as inject_docstring_text
from .introspect import iterate_attributes as iterate_attributes
from .introspect import method_is_overridden as method_is_overridden
from .introspect import monkeypatch_proxied_specials as monkeypatch_proxied_specials
from .introspect import only_once as only_once
from .introspect import parse_user_argument_for_enum as parse_user_argument_for_enum
from .introspect import quoted_token_parser as quoted_token_parser
from .introspect import repr_tuple_names as repr_tuple_names
from .introspect import safe_reraise as safe_reraise
from .introspect import set_creation_order as set_creation_order
from .introspect import string_or_unprintable as string_or_unprintable
from .introspect import symbol as symbol
from .introspect import unbound_method_to_callable as unbound_method_to_callable
from .introspect import walk_subclasses as walk_subclasses
from .lazy import lazy_names as lazy_names
from .plugins import PluginLoader as PluginLoader

__all__ = [
    "AsyncAdaptedLock",
    "EMPTY_DICT",
    "FacadeDict",
    "HasMemoized",
    "IdentitySet",
    "LRUCache",
    "LoopWaiter",
    "NONE_SET",
    "NoneType",
    "OrderedDict",
    "OrderedIdentitySet",
    "OrderedSet",
    "PluginLoader",
    "PopulateDict",
    "Properties",
    "ReadOnlyProperties",
    "ScopedRegistry",
    "TemplateCache",
    "ThreadLocalRegistry",
    "ThreadWaiter",
    "UniqueAppender",
    "WeakSequence",
    "as_interface",
    "asbool",
    "asint",
    "attrsetter",
    "await_",
    "await_only",
    "became_legacy_20",
    "bool_or_str",
    "calling_frame",
    "class_hierarchy",
    "classproperty",
    "codegen",
    "coerce_generator_arg",
    "coerce_kw_type",
    "coerce_to_immutabledict",
    "compile_code",
    "concurrency",
    "constructor_copy",
    "constructor_key",
    "counter",
    "decode_backslashes",
    "define",
    "deprecated",
    "deprecated_cls",
    "deprecated_params",
    "dictlike_iteritems",
    "duck_type_collection",
    "ellipses_string",
    "flatten_iterator",
    "format_argspec",
    "function_named",
    "generic_fn_descriptor",
    "generic_repr",
    "get_callable_argspec",
    "get_cls_kwargs",
    "get_func_kwargs",
    "greenlet_spawn",
    "has_dupes",
    "has_intersection",
    "have_greenlet",
    "hide_frames",
    "hybridmethod",
    "hybridproperty",
    "immutabledict",
    "in_greenlet",
    "inject_docstring_text",
    "install_visit",
    "instantiate",
    "is_exit_exception",
    "iterate_attributes",
    "lazy_names",
    "memoized_instancemethod",
    "memoized_property",
    "merge_lists_w_ordering",
    "method_is_overridden",
    "monkeypatch_proxied_specials",
    "moved_20",
    "non_memoized_property",
    "only_once",
    "parse_user_argument_for_enum",
    "quoted_token_parser",
    "repr_tuple_names",
    "reset_memoizations",
    "ro_memoized_property",
    "ro_non_memoized_property",
    "rw_hybridproperty",
    "safe_reraise",
    "set_creation_order",
    "sort_dictionary",
    "source_of",
    "string_or_unprintable",
    "symbol",
    "to_column_set",
    "to_list",
    "to_set",
    "topological",
    "typing",
    "unbound_method_to_callable",
    "unique_list",
    "update_copy",
    "visible_frame",
    "walk_subclasses",
    "warn",
    "warn_deprecated",
    "warn_limited",
]
