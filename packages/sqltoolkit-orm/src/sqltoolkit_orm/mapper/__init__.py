"""Mappers: what a class is mapped to; see ``mapper`` for the face of one mapping and ``configure`` for all of them."""

from __future__ import annotations

from .configure import clear_mappers as clear_mappers
from .configure import configure_mappers as configure_mappers
from .configure import configure_registries as configure_registries
from .configure import reconstructor as reconstructor
from .configure import validates as validates
from .mapper import Mapper as Mapper
