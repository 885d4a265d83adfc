"""What users may give as parameters, brought into one form: a sequence of parameter sets.

Turning the sets into what the driver takes is the execution context's work.
"""

from __future__ import annotations

import typing
from collections.abc import Mapping

from ... import exc
from ...util.decorators import warn_deprecated

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Sequence

__all__ = ["distill_driver_parameters", "distill_parameters"]


def distill_parameters(parameters: Any) -> Sequence[Any]:
    """Return the parameter sets of `execute()`: dictionaries."""
    if parameters is None:
        return ()
    if isinstance(parameters, (list, tuple)):
        if not parameters:
            warn_deprecated(
                "execute() was given an empty list of parameter sets, which is deprecated: leave the "
                "parameters out",
                "2.1",
            )
            return ()
        first = parameters[0]
        if not isinstance(first, Mapping):
            raise exc.ArgumentError(
                "parameters are given as a dictionary or a list of dictionaries; "
                "this list contains %s" % type(first).__name__
            )
        return parameters
    if isinstance(parameters, Mapping):
        return (parameters,)
    raise exc.ArgumentError(
        "parameters are given as a dictionary or a list of dictionaries, not as %s"
        % type(parameters).__name__
    )


def distill_driver_parameters(parameters: Any) -> Sequence[Any]:
    """Return the parameter sets of `exec_driver_sql()`: dictionaries or tuples."""
    if parameters is None:
        return ()
    if isinstance(parameters, list):
        if parameters and not isinstance(parameters[0], (tuple, Mapping)):
            raise exc.ArgumentError(
                "a list of parameter sets consists of tuples or dictionaries; this one contains %s"
                % type(parameters[0]).__name__
            )
        return parameters
    if isinstance(parameters, (tuple, Mapping)):
        return [parameters]
    raise exc.ArgumentError(
        "the parameters of a string are a tuple, a dictionary, or a list of such, not %s"
        % type(parameters).__name__
    )
