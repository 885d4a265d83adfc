"""Asynchronous engines on a file, and running coroutines."""

from __future__ import annotations

import asyncio
import importlib.util

import pytest

if not (importlib.util.find_spec("greenlet") and importlib.util.find_spec("aiosqlite")):
    # the tests here are those of the extra "asyncio"
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture()
def run():
    """A function that runs a coroutine in a loop of its own and fails where something was left running."""

    def run_in_new_loop(coroutine):
        loop = asyncio.new_event_loop()
        try:
            return loop.run_until_complete(asyncio.wait_for(coroutine, 30))
        finally:
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()

    return run_in_new_loop


@pytest.fixture()
def url(tmp_path):
    return "sqlite+aiosqlite:///%s" % (tmp_path / "test.db")
