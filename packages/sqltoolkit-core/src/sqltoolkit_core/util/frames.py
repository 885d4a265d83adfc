"""Whose line it is: frames of the library are passed over when a report names the code that used it.

What is reported is the business of who asks; a pool says who took a connection, for example.
"""

from __future__ import annotations

import contextlib
import os
from typing import Any, Tuple

__all__ = ["hide_frames", "visible_frame"]

# where code stands that does things for others
_hidden: Tuple[str, ...] = (os.path.join(os.path.dirname(os.path.dirname(__file__)), ""), contextlib.__file__)


def hide_frames(folder: str) -> None:
    """Have the lines of a folder passed over in reports; for libraries on top of this one."""
    global _hidden
    _hidden += (os.path.join(folder, ""),)


def visible_frame(frame: Any) -> Any:
    """Return the frame, or the nearest of its callers that is not hidden; None where all are."""
    while frame is not None and frame.f_code.co_filename.startswith(_hidden):
        frame = frame.f_back
    return frame
