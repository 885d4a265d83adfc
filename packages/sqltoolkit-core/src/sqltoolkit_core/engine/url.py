"""Database URLs, and the registries of dialects and engine plugins.

What a dialect does with the parts of a URL is its own business (``Dialect.create_connect_args``).
"""

from __future__ import annotations

import collections
import collections.abc
import copy
import re
import typing
from typing import Any

from .. import exc
from ..util import PluginLoader
from ..util import immutabledict

if typing.TYPE_CHECKING:
    from typing import Dict
    from typing import Iterable
    from typing import List
    from typing import Mapping
    from typing import Optional
    from typing import Sequence
    from typing import Tuple
    from typing import Type
    from typing import Union

    from .interfaces import Dialect

    QueryValues = Union[str, Sequence[str]]

__all__ = ["URL", "make_url", "plugins", "register", "registry"]

#: names of dialects to their classes; `register()` adds one
registry = PluginLoader("sqltoolkit.dialects")
#: names of engine plugins to their classes
plugins = PluginLoader("sqltoolkit.plugins")

# those of this distribution stand above this module: they are known by name, and loaded when they are asked for
for _name, _module in (
    ("sqlite", "pysqlite"),
    ("sqlite.pysqlite", "pysqlite"),
    ("sqlite.pysqlcipher", "pysqlcipher"),
    ("sqlite.aiosqlite", "aiosqlite"),
):
    registry.register(_name, "..dialects.sqlite." + _module, "dialect", package=__package__)

_NO_QUERY: immutabledict[str, Any] = immutabledict()
_DRIVER_NAME = re.compile(r"[\w+]+\Z")
_PARTS = collections.namedtuple(
    "_PARTS", "drivername username password host port database query"
)
_CONNECT_PARTS = ("host", "database", "username", "password", "port")


def register(name: str, modulepath: Any, objname: Any = None) -> None:
    """Register a dialect class for the URL name ``name``, ``"database"`` or ``"database.driver"``.

    Give the class itself, or the path of a module and the name in it, which is then loaded when first used.
    """
    registry.register(name, modulepath, objname)


class URL(_PARTS):
    """The parts of a database URL, immutable; made by ``make_url()`` or ``URL.create()``.

    ``query`` maps names to a text, or to a tuple of texts where a name came more than once.
    """

    __slots__ = ()

    drivername: str
    username: Optional[str]
    password: Optional[str]
    host: Optional[str]
    port: Optional[int]
    database: Optional[str]
    query: immutabledict[str, Union[Tuple[str, ...], str]]

    @classmethod
    def create(
        cls,
        drivername: str,
        username: Optional[str] = None,
        password: Optional[str] = None,
        host: Optional[str] = None,
        port: Optional[int] = None,
        database: Optional[str] = None,
        query: Mapping[str, Union[Sequence[str], str]] = _NO_QUERY,
    ) -> URL:
        """Return a URL of these parts, none of which is quoted.

        ``password`` may be any object; its ``str()`` is taken when needed.  ``TypeError`` for parts of a wrong type.
        """
        return cls(
            _text(drivername, "drivername"),
            _optional_text(username, "username"),
            password,
            _optional_text(host, "host"),
            _port(port),
            _optional_text(database, "database"),
            _query(query),
        )

    def set(
        self,
        drivername: Optional[str] = None,
        username: Optional[str] = None,
        password: Optional[str] = None,
        host: Optional[str] = None,
        port: Optional[int] = None,
        database: Optional[str] = None,
        query: Optional[Mapping[str, Union[Sequence[str], str]]] = None,
    ) -> URL:
        """Return a URL in which the parts given (those that are not None) are replaced."""
        given = {
            "drivername": drivername,
            "username": username,
            "password": password,
            "host": host,
            "port": port,
            "database": database,
            "query": query,
        }
        parts = self._asdict()
        parts.update((name, value) for name, value in given.items() if value is not None)
        return self.create(**parts)

    def update_query_string(
        self, query_string: str, append: bool = False, *, keep_blank_values: bool = False
    ) -> URL:
        """Return a URL with the parameters of a query string put in; with ``append``, beside those that are there."""
        from urllib.parse import parse_qsl

        pairs = parse_qsl(query_string, keep_blank_values=keep_blank_values)
        return self.update_query_pairs(pairs, append=append)

    def update_query_pairs(
        self, key_value_pairs: Iterable[Tuple[str, QueryValues]], append: bool = False
    ) -> URL:
        """Return a URL with the pairs put into its query; with ``append``, beside those that are there."""
        added: Dict[str, Any] = {}
        for key, value in key_value_pairs:
            added[key] = _joined(added[key], value) if key in added else value
        added = dict(_query(added))
        if append:
            merged = dict(self.query)
            for key, value in added.items():
                merged[key] = _joined(merged[key], value) if key in merged else value
        else:
            merged = dict(self.query)
            merged.update(added)
        return self.set(query=merged)

    def update_query_dict(
        self, query_parameters: Mapping[str, QueryValues], append: bool = False
    ) -> URL:
        """Return a URL with the items put into its query; with ``append``, beside those that are there."""
        return self.update_query_pairs(query_parameters.items(), append=append)

    def difference_update_query(self, names: Iterable[str]) -> URL:
        """Return a URL without the query parameters of these names."""
        dropped = set(names)
        if dropped.isdisjoint(self.query):
            return self
        kept = {key: value for key, value in self.query.items() if key not in dropped}
        return self.set(query=kept)

    @property
    def normalized_query(self) -> Mapping[str, Sequence[str]]:
        """The query, each value a tuple."""
        return immutabledict(
            {
                key: value if isinstance(value, tuple) else (value,)
                for key, value in self.query.items()
            }
        )

    def render_as_string(self, hide_password: bool = True) -> str:
        """Return the URL as text, quoted where needed; the password as three stars unless told otherwise."""
        from urllib.parse import quote

        pieces = [self.drivername, "://"]
        if self.username is not None:
            pieces.append(quote(self.username, safe=" +"))
            if self.password is not None:
                secret = "***" if hide_password else quote(str(self.password), safe=" +")
                pieces.append(":" + secret)
            pieces.append("@")
        if self.host is not None:
            pieces.append("[%s]" % self.host if ":" in self.host else self.host)
        if self.port is not None:
            pieces.append(":%d" % self.port)
        if self.database is not None:
            pieces.append("/" + quote(self.database, safe=" +/"))
        if self.query:
            pieces.append("?" + "&".join(self._query_pieces()))
        return "".join(pieces)

    def _query_pieces(self) -> Iterable[str]:
        from urllib.parse import quote_plus

        for key in sorted(self.query):
            value = self.query[key]
            for one in (value,) if isinstance(value, str) else value:
                yield "%s=%s" % (quote_plus(key), quote_plus(one))

    def __str__(self) -> str:
        return self.render_as_string(hide_password=True)

    __repr__ = __str__

    def __copy__(self) -> URL:
        return self.__class__(*self)

    def __deepcopy__(self, memo: Any) -> URL:
        return self.__class__(*[copy.deepcopy(part, memo) for part in self])

    def __reduce__(self) -> Any:
        return self.__class__, tuple(self)

    def __hash__(self) -> int:
        return hash(self.render_as_string(hide_password=False))

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, URL) and tuple(self) == tuple(other)

    def __ne__(self, other: Any) -> bool:
        return not self == other

    def get_backend_name(self) -> str:
        """Return the name of the database: what stands before the plus sign."""
        return self.drivername.partition("+")[0]

    def get_driver_name(self) -> str:
        """Return the name of the driver: what stands after the plus sign, or the one that the dialect would take."""
        names = self.drivername.split("+")
        return names[1] if len(names) > 1 else self.get_dialect().driver

    def get_dialect(self, _is_async: bool = False) -> Type[Dialect]:
        """Return the dialect class for this URL; ``NoSuchModuleError`` where none is registered."""
        found = self._registered()
        dialect: Type[Dialect] = found.get_async_dialect_cls(self) if _is_async else found.get_dialect_cls(self)
        return dialect

    def _registered(self) -> Any:
        found = registry.load(self.drivername.replace("+", "."))
        # a registered module stands for the dialect that it names so
        inner = getattr(found, "dialect", None)
        return inner if isinstance(inner, type) and not isinstance(found, type) else found

    def translate_connect_args(
        self, names: Optional[List[str]] = None, **kw: Any
    ) -> Dict[str, Any]:
        """Return the parts that are given as arguments for a driver; ``kw`` renames them, ``username="user"``."""
        if names is not None:
            from ..util import warn_deprecated

            warn_deprecated(
                "translate_connect_args() takes other names as keywords; the parameter 'names' is deprecated",
                "1.4",
            )
        given = list(names or ())
        result = {}
        for index, part in enumerate(_CONNECT_PARTS):
            name = given[index] if index < len(given) else kw.get(part, part)
            value = getattr(self, part)
            if name is not None and value:
                result[name] = str(value) if part == "password" else value
        return result

    def instantiate_plugins(self, kwargs: Mapping[str, Any]) -> Tuple[URL, List[Any], Dict[str, Any]]:
        """Return the URL, the engine plugins it and ``kwargs`` name, and ``kwargs`` for the engine.

        Plugins are named by ``?plugin=...`` in the URL and by the keyword ``plugins``.
        """
        named = self.normalized_query.get("plugin", ())
        wanted = list(named) + list(kwargs.get("plugins", ()))
        rest = dict(kwargs)
        made = [plugins.load(name)(self, rest) for name in wanted]
        url = self.difference_update_query(["plugin", "plugins"])
        for plugin in made:
            changed = plugin.update_url(url)
            if changed is not None:
                url = changed
        rest.pop("plugins", None)
        return url, made, rest


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise TypeError("%s must be a string, not %r" % (name, value))
    return value


def _optional_text(value: Any, name: str) -> Optional[str]:
    if value is not None and not isinstance(value, str):
        raise TypeError("%s must be a string or None, not %r" % (name, value))
    return value


def _port(value: Any) -> Optional[int]:
    if value is None:
        return None
    try:
        return int(value)
    except TypeError:
        raise TypeError("the port of a URL is a number or None, not %r" % (value,)) from None


def _query(given: Any) -> immutabledict[str, Any]:
    if not given:
        return _NO_QUERY
    pairs = given.items() if isinstance(given, collections.abc.Mapping) else given
    result: Dict[str, Any] = {}
    for key, value in pairs:
        if not isinstance(key, str):
            raise TypeError("the names of a URL's query are texts, not %r" % (key,))
        result[key] = _query_value(value)
    return immutabledict(result)


def _query_value(value: Any) -> Any:
    if isinstance(value, str):
        return value
    if isinstance(value, collections.abc.Sequence) and not isinstance(value, (bytes, bytearray)):
        if all(isinstance(one, str) for one in value):
            return tuple(value)
    raise TypeError("a value of a URL's query is a text, or several in a list or tuple, not %r" % (value,))


def _joined(one: Any, other: Any) -> Any:
    left = (one,) if isinstance(one, str) else tuple(one)
    right = (other,) if isinstance(other, str) else tuple(other)
    return left + right


def make_url(name_or_url: Union[str, URL], *, keep_blank_values: bool = False) -> URL:
    """Return the URL that a text means, or the URL given.

    ``ArgumentError`` for what is no URL, ``ValueError`` for a port that is no number.  Query parameters without a value
    are left out unless ``keep_blank_values`` is given.
    """
    if isinstance(name_or_url, str):
        return _parse(name_or_url, keep_blank_values)
    if not isinstance(name_or_url, URL):
        raise exc.ArgumentError("Expected a URL or a text, got %r" % (name_or_url,))
    return name_or_url


def _parse(text: str, keep_blank_values: bool) -> URL:
    from urllib.parse import parse_qsl
    from urllib.parse import unquote

    name, colon, rest = text.partition("://")
    if not colon or not _DRIVER_NAME.match(name):
        # the text may hold a password, and goes to logs
        raise exc.ArgumentError(
            "Could not parse a database URL from the given text; "
            "expected dialect+driver://user:password@host:port/database?name=value"
        )
    username, password, rest = _split_user(rest)
    address, slash, database, query = _split_address(rest)
    host, port = _split_host(address)
    pairs: Dict[str, Any] = {}
    for key, value in parse_qsl(query, keep_blank_values=keep_blank_values):
        pairs[key] = _joined(pairs[key], value) if key in pairs else value
    return URL(
        name,
        None if username is None else unquote(username),
        None if password is None else unquote(password),
        host,
        port,
        unquote(database) if slash else None,
        immutabledict(pairs) if pairs else _NO_QUERY,
    )


def _split_user(rest: str) -> Tuple[Optional[str], Optional[str], str]:
    end = len(rest)
    for index, char in enumerate(rest):
        if char in ":/":
            end = index
            break
    if rest[end : end + 1] == ":":
        # a password may hold anything but an at sign, also slashes and question marks
        at = rest.find("@", end)
        if at >= 0:
            return rest[:end], rest[end + 1 : at], rest[at + 1 :]
    at = rest.rfind("@", 0, end)
    if at >= 0:
        return rest[:at], None, rest[at + 1 :]
    return None, None, rest


def _split_address(rest: str) -> Tuple[str, str, str, str]:
    path, _, query = rest.partition("?")
    address, slash, database = path.partition("/")
    return address, slash, database, query


def _split_host(address: str) -> Tuple[Optional[str], Optional[int]]:
    if address.startswith("["):
        host, bracket, rest = address[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise exc.ArgumentError(
                "Could not parse the host of a database URL: an address in brackets must be closed "
                "and may be followed by a colon and a port only"
            )
        colon, port = rest[:1], rest[1:]
    else:
        host, colon, port = address.partition(":")
    if not colon:
        return host or None, None
    try:
        return host or None, int(port)
    except ValueError:
        raise ValueError("the port of a database URL must be a number, not %r" % port) from None
