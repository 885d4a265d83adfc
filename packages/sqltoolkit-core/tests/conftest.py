"""Settings of generated examples that hold on every machine and interpreter."""

from __future__ import annotations

import os

from hypothesis import HealthCheck
from hypothesis import settings

# how long an example takes says something about the machine, and a lot about a compiler that is still warming up
settings.register_profile(
    "suite",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    # the same examples on each run, so that a change is what makes a test fail; other ones where they are asked for
    derandomize="SQLTOOLKIT_RANDOM" not in os.environ,
)
settings.load_profile("suite")
