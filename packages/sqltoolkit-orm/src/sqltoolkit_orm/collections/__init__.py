"""Collections of related objects that report their changes; see ``adapter`` and ``keyed``."""

from __future__ import annotations

from .adapter import ADAPTER_ATTR as ADAPTER_ATTR
from .adapter import CollectionAdapter as CollectionAdapter
from .adapter import bulk_replace as bulk_replace
from .adapter import collection_adapter as collection_adapter
from .instrument import InstrumentedDict as InstrumentedDict
from .instrument import InstrumentedList as InstrumentedList
from .instrument import InstrumentedSet as InstrumentedSet
from .instrument import collection as collection
from .instrument import container_kind as container_kind
from .instrument import instrument_class as instrument_class
from .instrument import prepare_factory as prepare_factory
from .keyed import KeyFuncDict as KeyFuncDict
from .keyed import MappedCollection as MappedCollection
from .keyed import attribute_keyed_dict as attribute_keyed_dict
from .keyed import attribute_mapped_collection as attribute_mapped_collection
from .keyed import column_keyed_dict as column_keyed_dict
from .keyed import column_mapped_collection as column_mapped_collection
from .keyed import keyfunc_mapping as keyfunc_mapping
from .keyed import mapped_collection as mapped_collection
