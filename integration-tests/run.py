"""Tests that only built wheels can answer, each in a fresh virtual environment.

    python integration-tests/run.py [core] [orm] [vendored]

core: the wheel alone imports, works, pulls in nothing but typing-extensions, and knows of no ORM.
orm: the ORM on an installed core wheel passes its own tests, and the example program survives being killed.
vendored: copies of the core and of a third-party dialect inside a downstream project, originals hidden.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HERE = Path(__file__).resolve().parent


def say(text: str) -> None:
    print("-- " + text, flush=True)


def clean_environment() -> dict[str, str]:
    """The caller's variables without anything that makes the checkout importable."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


def call(*command: str, cwd: Path | None = None) -> None:
    status = subprocess.call(list(command), cwd=str(cwd) if cwd else None, env=clean_environment())
    if status:
        sys.exit("failed (%d): %s" % (status, " ".join(command)))


def build(folder: Path) -> dict[str, str]:
    """Build every distribution's wheel into a folder; distribution name -> wheel path."""
    wheels = {}
    for package in sorted((ROOT / "packages").glob("sqltoolkit-*")):
        say("building %s" % package.name)
        subprocess.check_output(
            [sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", str(folder), str(package)]
        )
        (wheel,) = folder.glob(package.name.replace("-", "_") + "-*.whl")
        wheels[package.name] = str(wheel)
    return wheels


def fresh(folder: Path, *requirements: str) -> str:
    """The Python of a new virtual environment with these requirements installed."""
    venv.create(str(folder), with_pip=True, clear=True)
    python = str(folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
    if requirements:
        call(python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *requirements)
    return python


def core(work: Path, wheels: dict[str, str]) -> None:
    say("the core alone")
    python = fresh(work / "core", wheels["sqltoolkit-core"])
    call(python, str(HERE / "wheels" / "core_alone.py"), cwd=work)


def orm(work: Path, wheels: dict[str, str]) -> None:
    say("the ORM on an installed core")
    requirements = ("-r", str(ROOT / "ci" / "requirements-tests.txt"))
    python = fresh(work / "orm", wheels["sqltoolkit-core"], wheels["sqltoolkit-orm"], *requirements)
    call(python, str(HERE / "wheels" / "orm_on_core.py"), cwd=work)
    call(python, str(HERE / "wheels" / "main_job.py"), str(ROOT / "docs/examples/stdlib_index.py"), cwd=work)
    call(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(ROOT / "packages/sqltoolkit-orm/tests"), cwd=work)


def vendored(work: Path, wheels: dict[str, str]) -> None:
    say("a dialect vendored into a downstream project")
    python = fresh(work / "vendored", "typing-extensions", "pytest")
    call(python, str(HERE / "vendored" / "vendor.py"), str(ROOT), str(work / "downstream"), cwd=work)


JOBS = {"core": core, "orm": orm, "vendored": vendored}


def main(arguments: list[str]) -> int:
    unknown = [name for name in arguments if name not in JOBS]
    if unknown:
        sys.exit("unknown: %s; known: %s" % (", ".join(unknown), ", ".join(JOBS)))
    with tempfile.TemporaryDirectory(prefix="integration-") as folder:
        work = Path(folder)
        wheels = build(work)
        for name in arguments or list(JOBS):
            JOBS[name](work, wheels)
    say("integration: everything held")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
