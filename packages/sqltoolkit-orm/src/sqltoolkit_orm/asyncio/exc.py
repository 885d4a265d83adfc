"""Errors of asynchronous sessions."""

from __future__ import annotations

from sqltoolkit_core import exc

__all__ = ["AsyncBindNotFound"]


class AsyncBindNotFound(exc.InvalidRequestError):
    """A session has a bind, but it was not given as an asynchronous one."""
