"""Relationships between mapped classes: what the user says, what follows for joins, and the SQL operators."""

from __future__ import annotations

from .arguments import CascadeOptions as CascadeOptions
from .arguments import foreign as foreign
from .arguments import remote as remote
from .relationship import Relationship as Relationship
from .relationship import RelationshipProperty as RelationshipProperty
