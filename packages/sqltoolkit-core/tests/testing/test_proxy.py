"""The proxy for fault tests, before a server that sends back what it gets."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from sqltoolkit_core import exc
from sqltoolkit_core.testing.proxy import BOTH
from sqltoolkit_core.testing.proxy import TO_CLIENT
from sqltoolkit_core.testing.proxy import TO_SERVER
from sqltoolkit_core.testing.proxy import FaultProxy


def _echo(connection):
    with connection:
        try:
            while True:
                data = connection.recv(65536)
                if not data:
                    return
                connection.sendall(data)
        except OSError:
            return


@pytest.fixture
def echo_server():
    listener = socket.create_server(("127.0.0.1", 0)) if hasattr(socket, "create_server") else socket.socket()
    if not listener.getsockname()[1]:
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)

    def serve():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=_echo, args=(connection,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    yield listener.getsockname()
    listener.close()


@pytest.fixture
def proxy(echo_server):
    with FaultProxy(*echo_server, lifetime=20) as made:
        yield made


def connect(proxy):
    made = socket.create_connection(proxy.address, timeout=3)
    made.settimeout(3)
    return made


def read(connection, size):
    data = b""
    while len(data) < size:
        more = connection.recv(size - len(data))
        if not more:
            break
        data += more
    return data


def wait_until(condition):
    deadline = time.monotonic() + 3
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert condition()


def refuses(proxy):
    try:
        connect(proxy).close()
    except OSError:
        return True
    return False


def test_forwards(proxy):
    payload = bytes(range(256)) * 4000
    with connect(proxy) as client:
        sender = threading.Thread(target=client.sendall, args=(payload,))
        sender.start()
        assert read(client, len(payload)) == payload
        sender.join()
        client.shutdown(socket.SHUT_WR)
        assert client.recv(1) == b""
    assert proxy.forwarded == {TO_SERVER: len(payload), TO_CLIENT: len(payload)}
    wait_until(lambda: proxy.connections == 0)


def test_cut(proxy):
    with connect(proxy) as client:
        proxy.cut(after=5, direction=TO_CLIENT)
        client.sendall(b"123456789")
        assert read(client, 5) == b"12345"
        with pytest.raises(ConnectionError):
            client.recv(1)
    wait_until(lambda: proxy.connections == 0)
    proxy.restore()
    with connect(proxy) as client:
        client.sendall(b"again")
        assert read(client, 5) == b"again"
        proxy.cut()
        with pytest.raises(ConnectionError):
            client.recv(1)


def test_stall_and_restore(proxy):
    with connect(proxy) as client:
        proxy.stall(after=2, direction=TO_CLIENT)
        client.sendall(b"abcd")
        assert read(client, 2) == b"ab"
        client.settimeout(0.2)
        with pytest.raises(socket.timeout):
            client.recv(1)
        client.settimeout(3)
        proxy.restore()
        assert read(client, 2) == b"cd"


def test_truncate(proxy):
    proxy.truncate(after=3)
    with connect(proxy) as client:
        client.sendall(b"abcdef")
        assert read(client, 6) == b"abc"
        # not a reset: sending still works
        client.sendall(b"more")


def test_refuse(proxy):
    with connect(proxy) as client:
        proxy.refuse()
        with pytest.raises(ConnectionRefusedError):
            connect(proxy)
        client.sendall(b"kept")
        assert read(client, 4) == b"kept"
        port = proxy.port
        proxy.restore()
        assert proxy.port == port
        with connect(proxy) as other:
            other.sendall(b"new")
            assert read(other, 3) == b"new"


def test_server_that_is_not_there():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with FaultProxy(*unused.getsockname(), lifetime=10) as proxy, connect(proxy) as client:
            try:
                assert client.recv(1) == b""
            except ConnectionError:
                assert proxy.connections == 0


def test_bounds(echo_server):
    with FaultProxy(*echo_server, lifetime=0.5, max_connections=1) as proxy:
        first = connect(proxy)
        wait_until(lambda: proxy.connections == 1)
        with connect(proxy) as second:
            assert second.recv(1) == b""
        # the lifetime ends
        assert first.recv(1) == b""
        wait_until(lambda: proxy.connections == 0)
        first.close()
        wait_until(lambda: refuses(proxy))


def test_no_thread_is_left(echo_server):
    with FaultProxy(*echo_server, lifetime=20) as proxy:
        proxy.stall()
        client = connect(proxy)
        wait_until(lambda: proxy.connections == 1)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("fault-proxy")]
    client.close()


@pytest.mark.parametrize("arguments", [{"after": -1}, {"direction": "sideways"}])
def test_wrong_arguments(proxy, arguments):
    for fault in (proxy.cut, proxy.stall, proxy.truncate):
        with pytest.raises(exc.ArgumentError):
            fault(**{"direction": BOTH, **arguments})
