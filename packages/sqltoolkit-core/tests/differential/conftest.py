"""The composers beside the tests are importable by their names."""

from __future__ import annotations

import importlib.util
import os
import sys

FOLDER = os.path.dirname(os.path.abspath(__file__))
if FOLDER not in sys.path:
    sys.path.insert(0, FOLDER)

if not (importlib.util.find_spec("hypothesis") and importlib.util.find_spec("sqlalchemy")):
    # everything here compares with SQLAlchemy
    collect_ignore_glob = ["test_*.py"]
