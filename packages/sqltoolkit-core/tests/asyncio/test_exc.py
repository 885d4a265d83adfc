"""Errors of wrong use."""

from __future__ import annotations

import pytest

from sqltoolkit_core.asyncio import exc as async_exc
from sqltoolkit_core.exc import InvalidRequestError


@pytest.mark.parametrize("name", async_exc.__all__)
def test_all_are_invalid_requests(name) -> None:
    assert issubclass(getattr(async_exc, name), InvalidRequestError)
