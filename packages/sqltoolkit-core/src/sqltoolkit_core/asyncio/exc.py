"""Errors of wrong use of the asynchronous classes; all others are in ``sqltoolkit_core.exc``."""

from __future__ import annotations

from ..exc import InvalidRequestError

__all__ = ["AsyncContextAlreadyStarted", "AsyncContextNotStarted", "AsyncMethodRequired"]


class AsyncMethodRequired(InvalidRequestError):
    """What was asked for can be had by another, asynchronous method only."""


class AsyncContextNotStarted(InvalidRequestError):
    """An object was used before it was awaited or entered."""


class AsyncContextAlreadyStarted(InvalidRequestError):
    """An object was awaited or entered a second time."""
