"""Type aliases that the ORM's modules share; no behaviour lives here, the classes they name live beside it."""

from __future__ import annotations

import typing
from typing import Any
from typing import Callable
from typing import Dict
from typing import Tuple
from typing import TypeVar
from typing import Union

__all__ = ["InstanceDict", "InstanceKey", "OptionalKey", "T", "T_co", "T_con", "O", "Protocol", "RelationshipArgument"]

#: any type
T = TypeVar("T", bound=Any)
#: any type, where subclasses may stand for it
T_co = TypeVar("T_co", bound=Any, covariant=True)
#: any type, where base classes may stand for it
T_con = TypeVar("T_con", bound=Any, contravariant=True)
#: a mapped class
O = TypeVar("O", bound=object)

#: the ``__dict__`` of a mapped object
InstanceDict = Dict[str, Any]
#: (class, primary key, identity token)
InstanceKey = Tuple[type, Tuple[Any, ...], Any]
#: the identity of an object, None while it has none
OptionalKey = Union[InstanceKey, None]
#: what relationship() takes as its target
RelationshipArgument = Union[str, type, Callable[[], Any]]

if typing.TYPE_CHECKING:
    from typing_extensions import Protocol as Protocol
else:
    Protocol = object
