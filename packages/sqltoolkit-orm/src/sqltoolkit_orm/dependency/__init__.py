"""What relationships do in a flush."""

from __future__ import annotations

from .base import DependencyRule as DependencyRule
from .rules import rule_for as rule_for

__all__ = ["DependencyRule", "rule_for"]
