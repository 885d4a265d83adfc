"""Whose line it is: frames of the library are passed over when a report names the code that used it.

What is reported is the business of who asks; a pool says who took a connection, for example.
"""

from __future__ import annotations

import contextlib
import os
from typing import Any, Dict, Tuple

__all__ = ["hide_frames", "line_at", "visible_frame"]

# where code stands that does things for others
_hidden: Tuple[str, ...] = (os.path.join(os.path.dirname(os.path.dirname(__file__)), ""), contextlib.__file__)

# by file name, which are as many as there are files of code
_verdicts: Dict[str, bool] = {}


def hide_frames(folder: str) -> None:
    """Have the lines of a folder passed over in reports; for libraries on top of this one."""
    global _hidden
    _hidden += (os.path.join(folder, ""),)
    _verdicts.clear()


def visible_frame(frame: Any) -> Any:
    """Return the frame, or the nearest of its callers that is not hidden; None where all are."""
    verdicts = _verdicts
    while frame is not None:
        name = frame.f_code.co_filename
        try:
            hidden = verdicts[name]
        except KeyError:
            hidden = verdicts[name] = name.startswith(_hidden)
        if not hidden:
            return frame
        frame = frame.f_back
    return None


def line_at(code: Any, offset: int) -> int:
    """Return the number of the line that an instruction of a code object belongs to.

    ``frame.f_lineno`` says the same, and looks for it each time; this is for places that are seldom shown.
    """
    import dis  # takes longer to import than all else here

    found: int = code.co_firstlineno
    for start, line in dis.findlinestarts(code):
        if start > offset:
            break
        found = line or found
    return found
