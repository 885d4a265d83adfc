"""Chapter of the SQL compiler: which cursor column answers for which expression.

Writes ``_result_columns`` and the flags beside it; the engine matches cursor columns with it, by position where it
can.  A plugin that lowers statements adds columns through ``ResultMap``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ... import exc
from .base import CompilerFields
from .base import ResultColumnsEntry

if TYPE_CHECKING:
    from typing import Any
    from typing import List
    from typing import Sequence
    from typing import Tuple

__all__ = ["ResultMap", "ResultMapChapter"]


class ResultMapChapter(CompilerFields):
    """Collecting result columns while they render."""

    def _add_to_result_map(self, keyname: Any, name: Any, objects: Tuple[Any, ...], type_: Any) -> None:
        if keyname is None or keyname == "*":
            # text or a star: how many columns it stands for, and which, only the cursor knows
            self._ordered_columns = False
            self._ad_hoc_textual = True
        if type_._is_tuple_type:
            raise exc.CompileError(
                "found a tuple as a column of a SELECT, which databases can't return: select its members, or "
                "use Bundle with the ORM"
            )
        self._result_columns.append(ResultColumnsEntry(keyname, name, objects, type_))

    @property
    def result_map(self) -> ResultMap:
        """Return the result columns for code outside of the compiler."""
        return ResultMap(self)


class ResultMap:
    """The result columns of a statement that is being compiled."""

    __slots__ = ("_compiler",)

    def __init__(self, compiler: Any) -> None:
        self._compiler = compiler

    def add(self, key: str, name: str, objects: Sequence[Any], type_: Any) -> None:
        """Say that the next column of the result answers for ``objects`` and has ``type_``."""
        self._compiler._add_to_result_map(key, name, tuple(objects), type_)

    @property
    def ordered(self) -> bool:
        """Whether the columns of the cursor come in the order of the entries."""
        return bool(self._compiler._ordered_columns)

    @ordered.setter
    def ordered(self, value: bool) -> None:
        self._compiler._ordered_columns = value

    @property
    def entries(self) -> List[ResultColumnsEntry]:
        """The columns so far."""
        return list(self._compiler._result_columns)
