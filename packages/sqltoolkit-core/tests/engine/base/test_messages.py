"""Comments behind statements and parameters in the log."""

from __future__ import annotations

import re
from urllib.parse import unquote

from hypothesis import given
from hypothesis import strategies as st

from sqltoolkit_core.engine.base.messages import LoggedParameters
from sqltoolkit_core.engine.base.messages import tagged
from sqltoolkit_core.engine.default import DefaultDialect


@given(st.dictionaries(st.text(min_size=1), st.text(), min_size=1))
def test_tags_cannot_end_the_comment(tags):
    shown = tagged("SELECT 1", tags, DefaultDialect())
    assert shown.startswith("SELECT 1 /*") and shown.count("*/") == 1 and shown.endswith("*/")
    pairs = re.findall(r"([^,=']*)='([^']*)'", shown[11:-2])
    assert {unquote(key): unquote(value) for key, value in pairs} == tags


def test_long_parameters_are_cut():
    assert len(str(LoggedParameters([(n,) for n in range(1000)], True))) < 500
