"""Settings of generated examples that hold on every machine and interpreter."""

from __future__ import annotations

from hypothesis import HealthCheck
from hypothesis import settings

# how long an example takes says something about the machine, and a lot about a compiler that is still warming up
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")
