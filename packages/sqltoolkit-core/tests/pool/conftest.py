"""A driver without a database, and a dialect that notes what it is asked to do."""

from __future__ import annotations

import importlib.util
import os

import pytest

_SPEC = importlib.util.spec_from_file_location(
    "pool_fake_driver", os.path.join(os.path.dirname(__file__), "fake_driver.py")
)
fake_driver = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(fake_driver)


@pytest.fixture()
def driver():
    return fake_driver.Driver()


@pytest.fixture()
def dialect():
    return fake_driver.Dialect()
