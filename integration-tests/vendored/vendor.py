"""Make a downstream project that carries its own copies of the core and of a dialect, and run it.

    python vendor.py CHECKOUT TARGET

The copies lie in `app/_vendor/`; every `sqltoolkit_core` import is rewritten as a vendoring tool would do it, and the
project runs in a Python where the originals cannot be imported and no entry points exist.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
IMPORT = re.compile(r"^(\s*)from (sqltoolkit_core|ledger_dialect)([\w.]*) import ", re.MULTILINE)


def rewrite(folder: Path) -> None:
    for path in folder.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        changed = IMPORT.sub(r"\1from app._vendor.\2\3 import ", text)
        if changed != text:
            path.write_text(changed, encoding="utf-8")


def make(checkout: Path, target: Path) -> None:
    vendor = target / "app" / "_vendor"
    shutil.copytree(str(HERE / "downstream"), str(target))
    for source in (
        checkout / "packages/sqltoolkit-core/src/sqltoolkit_core",
        HERE / "ledger_dialect",
    ):
        shutil.copytree(str(source), str(vendor / source.name), ignore=shutil.ignore_patterns("__pycache__"))
    (vendor / "__init__.py").write_text("", encoding="utf-8")
    rewrite(target)


def main(checkout: str, target: str) -> int:
    make(Path(checkout), Path(target))
    return subprocess.call([sys.executable, "-m", "app"], cwd=target)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
