"""A TCP proxy on the loopback interface that breaks connections in known ways, for tests of dialects and pools.

Put it between a driver and its server: ``FaultProxy`` forwards bytes until a fault is set.  What a driver has to do
about a fault is the business of its tests; drivers that fail without a network are in the tests of the core.
"""

from __future__ import annotations

import select
import socket
import struct
import threading
import time
from typing import TYPE_CHECKING

from .. import exc

if TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import List
    from typing import Optional
    from typing import Tuple

__all__ = ["BOTH", "FaultProxy", "TO_CLIENT", "TO_SERVER"]

#: the way from the driver to the server
TO_SERVER = "to_server"
#: the way from the server to the driver
TO_CLIENT = "to_client"
#: both ways
BOTH = "both"

_POLL = 0.02
_CHUNK = 65536


class _Fault:
    """What to do with each connection once ``after`` bytes have passed in ``direction`` since the fault was set."""

    def __init__(self, kind: str, after: int, direction: str) -> None:
        if direction not in (TO_SERVER, TO_CLIENT, BOTH):
            raise exc.ArgumentError("found the direction %r, expected TO_SERVER, TO_CLIENT or BOTH" % (direction,))
        if after < 0:
            raise exc.ArgumentError("found %r for the bytes to let pass, expected 0 or more" % (after,))
        self.kind = kind
        self.after = after
        self.direction = direction
        self._passed: Dict[Any, int] = {}

    def left(self, pump: Any) -> Optional[int]:
        """Return how many bytes may pass yet, None if the fault does not concern this direction."""
        if self.direction not in (BOTH, pump.direction):
            return None
        return self.after - self._passed.get(pump, 0)

    def count(self, pump: Any, size: int) -> None:
        self._passed[pump] = self._passed.get(pump, 0) + size


class _Link:
    """One connection of a client and the one to the server that belongs to it."""

    def __init__(self, proxy: FaultProxy, client: Any, server: Any) -> None:
        self.proxy = proxy
        self.sockets = (client, server)
        self.ended = threading.Event()
        self.reset = False
        self._running = 2
        self._lock = threading.Lock()
        for one in self.sockets:
            one.setblocking(False)
        self.pumps = (_Pump(self, client, server, TO_SERVER), _Pump(self, server, client, TO_CLIENT))

    def end(self, reset: bool = False) -> None:
        """Have both directions stop; the last one closes the sockets."""
        self.reset = self.reset or reset
        self.ended.set()

    def pump_stopped(self) -> None:
        with self._lock:
            self._running -= 1
            if self._running:
                return
        for one in self.sockets:
            if self.reset:
                # closing without lingering sends RST instead of FIN
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            one.close()
        self.proxy._forget(self)


class _Pump:
    """Forwards what comes from one socket to another one, in a thread."""

    def __init__(self, link: _Link, source: Any, target: Any, direction: str) -> None:
        self.link = link
        self.source = source
        self.target = target
        self.direction = direction
        self.thread = threading.Thread(target=self._run, name="fault-proxy-" + direction, daemon=True)

    def _run(self) -> None:
        link = self.link
        try:
            while not link.ended.is_set() and not link.proxy._expired():
                if not self._step():
                    break
            else:
                link.end()
        except OSError:
            # one of the ends is gone
            link.end(reset=True)
        finally:
            link.pump_stopped()

    def _step(self) -> bool:
        """Forward what is there; return False when nothing more will come in this direction."""
        fault = self.link.proxy._fault
        left = None if fault is None else fault.left(self)
        if left is not None and left <= 0:
            if fault.kind == "cut":  # type: ignore[union-attr]
                self.link.end(reset=True)
                return False
            if fault.kind == "truncate":  # type: ignore[union-attr]
                return self._swallow()
            self.link.ended.wait(_POLL)
            return True
        if not select.select([self.source], [], [], _POLL)[0]:
            return True
        if fault is not self.link.proxy._fault:
            return True
        data = self.source.recv(_CHUNK if left is None else min(left, _CHUNK))
        if not data:
            self.target.shutdown(socket.SHUT_WR)
            return False
        self._send(data)
        if fault is not None:
            fault.count(self, len(data))
        self.link.proxy._count(self.direction, len(data))
        return True

    def _send(self, data: bytes) -> None:
        while data and not self.link.ended.is_set() and not self.link.proxy._expired():
            if select.select([], [self.target], [], _POLL)[1]:
                data = data[self.target.send(data) :]

    def _swallow(self) -> bool:
        """End this direction for the target, and read what the source still sends to nowhere."""
        self.target.shutdown(socket.SHUT_WR)
        while not self.link.ended.is_set() and not self.link.proxy._expired():
            if select.select([self.source], [], [], _POLL)[0] and not self.source.recv(_CHUNK):
                break
        return False


class FaultProxy:
    """Forward connections from a free port of 127.0.0.1 to a server, and break them on demand.

    :param host: where the server is.
    :param port: its port.
    :param lifetime: seconds after which the proxy closes everything by itself.
    :param max_connections: connections at one time; further ones are closed at once.

    Used as a context manager; ``proxy.host`` and ``proxy.port`` are where clients connect to.  A fault concerns
    connections that are there and those that come, each by itself, until another one is set or ``restore()`` is called.
    """

    def __init__(self, host: str, port: int, *, lifetime: float = 60.0, max_connections: int = 64) -> None:
        self.server_address = (host, port)
        self.max_connections = max_connections
        self.forwarded: Dict[str, int] = {TO_SERVER: 0, TO_CLIENT: 0}
        self.accepted = 0
        self._fault: Optional[_Fault] = None
        self._until = time.monotonic() + lifetime
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._links: List[_Link] = []
        self.host, self.port = "127.0.0.1", 0
        self._listener: Any = None
        self._thread: Any = None
        self._listen()

    # -- faults

    def cut(self, after: int = 0, direction: str = BOTH) -> None:
        """Reset both ends of a connection once ``after`` bytes have passed in ``direction``."""
        self._fault = _Fault("cut", after, direction)

    def stall(self, after: int = 0, direction: str = BOTH) -> None:
        """Hold back everything behind the first ``after`` bytes, leaving connections open, until ``restore()``."""
        self._fault = _Fault("stall", after, direction)

    def truncate(self, after: int = 0, direction: str = TO_CLIENT) -> None:
        """End ``direction`` in good order behind the first ``after`` bytes; the sender learns nothing of it."""
        self._fault = _Fault("truncate", after, direction)

    def refuse(self) -> None:
        """Stop listening, so that new connections are refused; those that are there stay."""
        self._stop_listening()

    def restore(self) -> None:
        """Lift the fault that is set, and listen again on the same port."""
        self._fault = None
        if self._listener is None and not self._closed.is_set():
            self._listen()

    # -- state

    @property
    def connections(self) -> int:
        """Return how many connections are open."""
        with self._lock:
            return len(self._links)

    @property
    def address(self) -> Tuple[str, int]:
        """Return host and port to connect to."""
        return self.host, self.port

    def close(self, timeout: float = 5.0) -> None:
        """Close all connections and wait for the threads, up to ``timeout`` seconds."""
        self._closed.set()
        self._stop_listening()
        with self._lock:
            links = list(self._links)
        deadline = time.monotonic() + timeout
        for link in links:
            link.end()
            for pump in link.pumps:
                pump.thread.join(max(0.0, deadline - time.monotonic()))

    def __enter__(self) -> FaultProxy:
        return self

    def __exit__(self, type_: Any, value: Any, traceback: Any) -> None:
        self.close()

    # -- inside

    def _expired(self) -> bool:
        return self._closed.is_set() or time.monotonic() > self._until

    def _count(self, direction: str, size: int) -> None:
        with self._lock:
            self.forwarded[direction] += size

    def _forget(self, link: _Link) -> None:
        with self._lock:
            if link in self._links:
                self._links.remove(link)

    def _listen(self) -> None:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((self.host, self.port))
            listener.listen(self.max_connections)
        except OSError:
            listener.close()
            raise
        listener.setblocking(False)
        self.port = listener.getsockname()[1]
        stop = threading.Event()
        thread = threading.Thread(
            target=self._accept_all, args=(listener, stop), name="fault-proxy-accept", daemon=True
        )
        self._listener, self._thread = (listener, stop), thread
        thread.start()

    def _stop_listening(self) -> None:
        listening, self._listener = self._listener, None
        if listening is not None:
            listening[1].set()
            self._thread.join(5.0)

    def _accept_all(self, listener: Any, stop: threading.Event) -> None:
        try:
            while not stop.is_set() and not self._expired():
                if select.select([listener], [], [], _POLL)[0]:
                    self._accept(listener)
        finally:
            listener.close()

    def _accept(self, listener: Any) -> None:
        try:
            client, _ = listener.accept()
        except OSError:
            # the client was gone before
            return
        self.accepted += 1
        server = None
        if self.connections < self.max_connections:
            try:
                server = socket.create_connection(self.server_address, timeout=5.0)
            except OSError:
                server = None
        if server is None:
            client.close()
            return
        link = _Link(self, client, server)
        with self._lock:
            self._links.append(link)
        for pump in link.pumps:
            pump.thread.start()
