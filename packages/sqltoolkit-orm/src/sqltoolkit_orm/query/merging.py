"""Objects of kept results come into a session: ``merge_frozen_result()``."""

from __future__ import annotations

import typing

from ..base import STATE_ATTR

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Callable

__all__ = ["merge_frozen_result"]


def merge_frozen_result(session: Any, statement: Any, frozen_result: Any, load: bool = True) -> Callable[[], Any]:
    """Return a frozen result in which objects of the session stand for those of another one.

    :param session: the session.
    :param statement: the statement that the result is of.
    :param frozen_result: what ``Result.freeze()`` gave; call what is returned for a result, as with it.
    :param load: as for :meth:`Session.merge`; when False, nothing is loaded.
    """
    if load:
        session._autoflush()
    with session.no_autoflush:
        rows = [tuple([_merged(session, value, load) for value in row]) for row in frozen_result().all()]
    merged: Callable[[], Any] = frozen_result.with_new_rows(rows)
    return merged


def _merged(session: Any, value: Any, load: bool) -> Any:
    dict_ = getattr(value, "__dict__", None)
    return value if dict_ is None or STATE_ATTR not in dict_ else session.merge(value, load=load)
