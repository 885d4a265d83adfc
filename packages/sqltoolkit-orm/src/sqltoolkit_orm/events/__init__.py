"""The event families of the ORM: see ``mapping`` for classes and attributes, ``runtime`` for objects and sessions."""

from __future__ import annotations

from .mapping import AttributeEvents as AttributeEvents
from .mapping import InstanceEvents as InstanceEvents
from .mapping import InstrumentationEvents as InstrumentationEvents
from .mapping import MapperEvents as MapperEvents
from .mapping import RegistryEvents as RegistryEvents
