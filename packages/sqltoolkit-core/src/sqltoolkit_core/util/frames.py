"""Whose line it is: frames of the library are passed over when a report names the code that used it.

What is reported is the business of who asks; a pool says who took a connection, for example.
"""

from __future__ import annotations

import contextlib
import os
from typing import Any, Dict, Optional, Tuple

__all__ = ["hide_frames", "line_at", "site_of", "site_text", "visible_frame"]

#: a place in a program: its code, and the offset of an instruction in that
Site = Tuple[Any, int]

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


def site_of(frame: Any) -> Optional[Site]:
    """Return the place where a frame, or the nearest of its callers that is not hidden, is at present."""
    found = visible_frame(frame)
    return None if found is None else (found.f_code, found.f_lasti)


def site_text(site: Optional[Site]) -> Optional[str]:
    """Return a place as ``file:line in function``; None for one that is not known or is hidden."""
    if site is None or site[0].co_filename.startswith(_hidden):
        return None
    code, offset = site
    return "%s:%d in %s" % (code.co_filename, line_at(code, offset), code.co_name)


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
