"""Names as the compiler sees them: quoted names and anonymous labels.

How a name is quoted and how anonymous labels are numbered is the compiler's business (``compiler.identifiers``).
"""

from __future__ import annotations

import itertools
import re
from typing import Any, Dict, Optional, Tuple

__all__ = [
    "AnonLabel", "AnonToken", "LastingToken", "anonymous", "anonymous_parameter", "is_anonymous", "lasting_token",
    "quoted_name",
]  # fmt: skip

_numbers = itertools.count(1)
_unsafe = re.compile(r"[%\(\) \$]+")
_unsafe_in_parameters = re.compile(r"[%\(\) \$\.\[\]:]+")


class quoted_name(str):
    """A string that also says whether it has to be quoted when rendered as an identifier.

    :param value: the name.
    :param quote: True: always quote; False: never; None: as the name itself requires.
    """

    quote: Optional[bool]

    def __new__(cls, value: str, quote: Optional[bool]) -> quoted_name:
        if value is None:
            raise TypeError("quoted_name() needs a string, not None")
        if value.__class__ is cls and (quote is None or value.quote == quote):
            return value
        self = str.__new__(cls, value)
        self.quote = quote
        return self

    @classmethod
    def construct(cls, value: Optional[str], quote: Optional[bool]) -> Optional[quoted_name]:
        """Return ``value`` as a quoted name, or None when there is no value."""
        if value is None:
            return None
        return cls(value, quote)

    def __reduce__(self) -> Tuple[Any, ...]:
        return quoted_name, (str(self), self.quote)

    def lower(self) -> str:
        """Return the name itself when it is quoted, else its lower-case form."""
        if self.quote:
            return self
        return str(self).lower()

    def upper(self) -> str:
        """Return the name itself when it is quoted, else its upper-case form."""
        if self.quote:
            return self
        return str(self).upper()

    def __str__(self) -> str:
        return str.__str__(self) if self.__class__ is str else "".join(self)

    def __repr__(self) -> str:
        return str.__repr__(self)


class AnonToken:
    """The identity of something without a name; copies made by pickle get an identity of their own."""

    __slots__ = ("number",)

    def __init__(self) -> None:
        self.number = next(_numbers)

    def __reduce__(self) -> Tuple[Any, ...]:
        return AnonToken, ()


class LastingToken(AnonToken):
    """The identity of something without a name of which a process has one, such as NULL: found again by pickle."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def __reduce__(self) -> Tuple[Any, ...]:
        return lasting_token, (self.name,)


_lasting: Dict[str, LastingToken] = {}


def lasting_token(name: str) -> LastingToken:
    """Return the token of that name, always the same one."""
    found = _lasting.get(name)
    return _lasting.setdefault(name, LastingToken(name)) if found is None else found


class AnonLabel(str):
    """A name that is only chosen while compiling: ``base`` plus a number given in order of rendering.

    Labels are equal when token and base are. The text of the string is unique in the process and is never rendered.
    ``parts`` holds text and further labels when a label was combined with something else.
    """

    token: AnonToken
    base: str
    parts: Tuple[Any, ...]

    def __new__(cls, token: AnonToken, base: str, parts: Tuple[Any, ...] = ()) -> AnonLabel:
        text = "".join(parts) if parts else "%%(%d %s)s" % (token.number, base)
        self = str.__new__(cls, text)
        self.token = token
        self.base = base
        self.parts = parts
        return self

    def __reduce__(self) -> Tuple[Any, ...]:
        return AnonLabel, (self.token, self.base, self.parts)

    def __add__(self, other: str) -> AnonLabel:
        return AnonLabel(self.token, self.base, (self.parts or (self,)) + _parts_of(other))

    def __radd__(self, other: str) -> AnonLabel:
        return AnonLabel(self.token, self.base, _parts_of(other) + (self.parts or (self,)))


def _parts_of(text: str) -> Tuple[Any, ...]:
    if isinstance(text, AnonLabel):
        return text.parts or (text,)
    return (text,)


def anonymous(base: str, token: Optional[AnonToken] = None) -> AnonLabel:
    """Return a new label with that base name; unsafe characters of the base are dropped."""
    if not base.isidentifier():
        base = _unsafe.sub("_", base)
    return AnonLabel(token or AnonToken(), base)


def anonymous_parameter(base: str) -> AnonLabel:
    """Return a new name for a parameter; what drivers may not take in one is dropped from the base."""
    return AnonLabel(AnonToken(), _unsafe_in_parameters.sub("_", base).strip("_"))


def is_anonymous(name: Any) -> bool:
    """Tell whether the compiler still has to choose this name."""
    return isinstance(name, AnonLabel)
