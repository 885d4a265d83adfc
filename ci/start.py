"""The two commands of README.md, for a machine that has nothing but Python 3.7 or newer.

    python3 ci/start.py example      run the main job: index this Python's standard library, ask it questions
    python3 ci/start.py tests        run every check and every test suite

Each makes a virtual environment in the checkout, installs into it what the job needs, says so, and runs the job.
Further arguments go to the example, or to nox.
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
USAGE = "usage: python3 ci/start.py example|tests [argument ...]"


def environment(name: str) -> str:
    """The Python of the virtual environment `name`, which is made if it is not there."""
    folder = ROOT / name
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not usable(python):
        print("-- making the virtual environment %s" % folder, flush=True)
        venv.create(str(folder), with_pip=True, clear=True)
    return str(python)


def usable(python: Path) -> bool:
    if not python.exists():
        return False
    return subprocess.call([str(python), "-m", "pip", "--version"], stdout=subprocess.DEVNULL) == 0


def install(python: str, *requirements: str) -> None:
    print("-- installing %s" % " ".join(requirements), flush=True)
    quiet = ["-q", "--disable-pip-version-check", "--no-warn-script-location"]
    status = subprocess.call([python, "-m", "pip", "install"] + quiet + list(requirements), cwd=str(ROOT))
    if status:
        sys.exit(
            "pip could not install %s (see above); a package index must be reachable once"
            % " ".join(requirements)
        )


def run(*command: str) -> int:
    print("-- running %s" % " ".join(command), flush=True)
    return subprocess.call(list(command), cwd=os.getcwd())


def example(arguments: list[str]) -> int:
    python = environment(".venv-example")
    install(python, "./packages/sqltoolkit-core", "./packages/sqltoolkit-orm")
    return run(python, str(ROOT / "docs" / "examples" / "stdlib_index.py"), *arguments)


def tests(arguments: list[str]) -> int:
    python = environment(".venv-tests")
    install(python, "nox")
    return run(python, "-m", "nox", "-f", str(ROOT / "noxfile.py"), *arguments)


def main(arguments: list[str]) -> int:
    jobs = {"example": example, "tests": tests}
    if sys.version_info < (3, 7):
        sys.exit("Python 3.7 or newer is needed; this is %s" % sys.version.split()[0])
    if not arguments or arguments[0] not in jobs:
        sys.exit(USAGE)
    return jobs[arguments[0]](arguments[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
