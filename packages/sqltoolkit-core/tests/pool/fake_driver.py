"""A driver whose connections remember what was done to them."""

from __future__ import annotations

import threading


class Connection:
    def __init__(self, driver):
        self.driver = driver
        self.closed = False
        self.calls = []
        self.alive = True
        self.in_transaction = False

    def _do(self, name):
        self.calls.append(name)
        if name in self.driver.failing:
            raise self.driver.failing[name]

    def rollback(self):
        self._do("rollback")

    def commit(self):
        self._do("commit")

    def cursor(self):
        return object()

    def close(self):
        self.closed = True
        self._do("close")


class Driver:
    def __init__(self):
        self.opened = []
        self.failing = {}
        self.lock = threading.Lock()

    def connect(self):
        if "connect" in self.failing:
            raise self.failing["connect"]
        made = Connection(self)
        with self.lock:
            self.opened.append(made)
        return made

    @property
    def open(self):
        return [one for one in self.opened if not one.closed]


class Dialect:
    is_async = False
    has_terminate = False

    def __init__(self):
        self.calls = []

    def do_rollback(self, connection):
        self.calls.append("rollback")
        connection.rollback()

    def do_commit(self, connection):
        self.calls.append("commit")
        connection.commit()

    def do_close(self, connection):
        self.calls.append("close")
        connection.close()

    def do_terminate(self, connection):
        self.calls.append("terminate")
        connection.close()

    def do_ping(self, connection):
        self.calls.append("ping")
        if not connection.alive:
            raise OSError("gone")
        return True

    def is_disconnect(self, error, connection, cursor):
        return isinstance(error, OSError)

    def get_driver_connection(self, connection):
        return connection
