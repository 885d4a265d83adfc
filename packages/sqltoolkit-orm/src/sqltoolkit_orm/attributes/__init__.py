"""Mapped attributes: their class-level face, their behaviour on objects and the record of their changes."""

from __future__ import annotations

from ..base import ATTR_EMPTY as ATTR_EMPTY
from ..base import ATTR_WAS_SET as ATTR_WAS_SET
from ..base import NEVER_SET as NEVER_SET
from ..base import NO_KEY as NO_KEY
from ..base import NO_VALUE as NO_VALUE
from ..base import PASSIVE_NO_FETCH as PASSIVE_NO_FETCH
from ..base import PASSIVE_NO_FETCH_RELATED as PASSIVE_NO_FETCH_RELATED
from ..base import PASSIVE_NO_INITIALIZE as PASSIVE_NO_INITIALIZE
from ..base import PASSIVE_NO_RESULT as PASSIVE_NO_RESULT
from ..base import PASSIVE_OFF as PASSIVE_OFF
from ..base import PASSIVE_ONLY_PERSISTENT as PASSIVE_ONLY_PERSISTENT
from ..base import PASSIVE_RETURN_NO_VALUE as PASSIVE_RETURN_NO_VALUE
from ..base import instance_dict as instance_dict
from ..base import instance_state as instance_state
from ..base import manager_of_class as manager_of_class
from .backrefs import BackrefFollower as BackrefFollower
from .history import HISTORY_BLANK as HISTORY_BLANK
from .history import History as History
from .impl import AttributeEventToken as AttributeEventToken
from .impl import AttributeImpl as AttributeImpl
from .impl import CollectionAttributeImpl as CollectionAttributeImpl
from .impl import OP_APPEND as OP_APPEND
from .impl import OP_BULK_REPLACE as OP_BULK_REPLACE
from .impl import OP_MODIFIED as OP_MODIFIED
from .impl import OP_REMOVE as OP_REMOVE
from .impl import OP_REPLACE as OP_REPLACE
from .impl import PendingCollection as PendingCollection
from .impl import ScalarAttributeImpl as ScalarAttributeImpl
from .impl import ScalarObjectAttributeImpl as ScalarObjectAttributeImpl
from .instrumented import DataInstrumentedAttribute as DataInstrumentedAttribute
from .instrumented import InstrumentedAttribute as InstrumentedAttribute
from .instrumented import QueryableAttribute as QueryableAttribute
from .instrumented import create_proxied_attribute as create_proxied_attribute
from .instrumented import del_attribute as del_attribute
from .instrumented import flag_dirty as flag_dirty
from .instrumented import flag_modified as flag_modified
from .instrumented import get_attribute as get_attribute
from .instrumented import get_history as get_history
from .instrumented import get_state_history as get_state_history
from .instrumented import has_parent as has_parent
from .instrumented import init_collection as init_collection
from .instrumented import init_state_collection as init_state_collection
from .instrumented import set_attribute as set_attribute
from .instrumented import set_committed_value as set_committed_value
