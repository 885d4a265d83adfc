"""Properties whose value is made from other attributes: composites, synonyms, attributes a concrete class lacks."""

from __future__ import annotations

from .composite import Composite as Composite
from .composite import CompositeProperty as CompositeProperty
from .synonym import ConcreteInheritedProperty as ConcreteInheritedProperty
from .synonym import DescriptorProperty as DescriptorProperty
from .synonym import Synonym as Synonym
from .synonym import SynonymProperty as SynonymProperty
