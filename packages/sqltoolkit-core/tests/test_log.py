"""Loggers of instances and the echo flag."""

from __future__ import annotations

import logging

import pytest

from sqltoolkit_core import exc
from sqltoolkit_core import log


@log.class_logger
class Thing(log.Identified):
    echo = log.echo_property()

    def __init__(self, echo=None, name=None):
        self.logging_name = name
        log.instance_logger(self, echoflag=echo)


@pytest.mark.parametrize(
    "echo, info, debug", [(None, False, False), (True, True, False), ("debug", True, True)]
)
def test_echo_sets_the_level_of_one_instance(echo, info, debug) -> None:
    thing = Thing(echo)
    assert thing._should_log_info() is info
    assert thing._should_log_debug() is debug
    assert thing.echo == echo
    assert not Thing()._should_log_info()


def test_echo_can_be_changed() -> None:
    thing = Thing()
    thing.echo = True
    assert thing._should_log_info() and thing.echo is True
    thing.echo = False
    assert not thing._should_log_info() and thing.echo is False


@pytest.mark.parametrize("value", ["yes", "true", 2])
def test_echo_takes_known_values_only(value) -> None:
    with pytest.raises(exc.ArgumentError, match="'debug'"):
        Thing(value)


def test_standard_output_is_for_programs_without_handlers(capsys, monkeypatch) -> None:
    """Where logging is set up, lines go to its handlers alone, and so appear once."""
    above, own = logging.getLogger(), logging.getLogger(log.rootlogger_name)
    monkeypatch.setattr(own, "handlers", [])
    Thing = log.class_logger(type("Thing", (log.Identified,), {"__module__": own.name, "logging_name": None}))
    first = Thing()
    log.instance_logger(first, True)
    first.logger.info("to the handlers")
    assert own.handlers == [] and capsys.readouterr().out == ""
    monkeypatch.setattr(above, "handlers", [])
    log.instance_logger(first, True)
    first.logger.info("to the screen")
    assert capsys.readouterr().out.endswith(" INFO %s.Thing to the screen\n" % own.name)


def test_messages_go_to_the_named_logger(caplog) -> None:
    name = "%s.Thing.mine" % __name__
    thing = Thing("debug", "mine")
    thing.logger.debug("value %s", 5)
    (record,) = caplog.records
    assert (record.name, record.getMessage()) == (name, "value 5")
    # Python 3.7 always names the line that calls the logging module
    assert record.filename == ("test_log.py" if log.STACKLEVEL else "log.py")


@pytest.mark.skipif(not log.STACKLEVEL, reason="Python 3.7 always names the line that calls the logging module")
def test_messages_name_the_line_that_writes_them(caplog) -> None:
    logger = Thing("debug", "mine").logger

    def inside():
        logger.warning("one further out", stacklevel=2)

    logger.log(30, "by level")
    logger.warning("by method")
    inside()
    assert [(record.filename, record.funcName) for record in caplog.records] == [
        ("test_log.py", "test_messages_name_the_line_that_writes_them")
    ] * 3


def test_logger_configured_later_is_obeyed(caplog) -> None:
    thing = Thing(None, "later")
    assert not thing._should_log_info()
    with caplog.at_level(logging.INFO, logger="%s.Thing.later" % __name__):
        assert thing._should_log_info()
        thing.logger.info("now")
    assert "now" in caplog.text
