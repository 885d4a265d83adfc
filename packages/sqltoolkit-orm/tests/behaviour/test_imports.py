"""What importing the package leaves alone: programs that start often pay for every module."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "module", ["asyncio", "dataclasses", "inspect", "sqlite3", "sqltoolkit_core.dialects.sqlite", "sqltoolkit_core.sql.ddl"]
)
def test_modules_that_are_imported_when_they_are_needed(module):
    code = "import sys, sqltoolkit_orm; print(%r in sys.modules)" % module
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(path for path in sys.path if path))
    found = subprocess.run(
        [sys.executable, "-S", "-c", code], env=environment, stdout=subprocess.PIPE, check=True, universal_newlines=True
    )
    assert found.stdout.strip() == "False"
