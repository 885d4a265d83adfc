"""What the tests share is importable by its name."""

from __future__ import annotations

import importlib.util
import os
import sys

FOLDER = os.path.dirname(os.path.abspath(__file__))
if FOLDER not in sys.path:
    sys.path.insert(0, FOLDER)

if not importlib.util.find_spec("hypothesis"):
    collect_ignore_glob = ["test_*.py"]
