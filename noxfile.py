"""Every task of the repository: `nox -l` lists them, `nox` runs what a change must pass.

A session that needs an interpreter which is not installed is skipped by name, never silently.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import nox

ROOT = Path(__file__).parent
DISTRIBUTIONS = ("sqltoolkit-core", "sqltoolkit-orm")
# The release whose behaviour is ours; it is run beside this library, as a black box.
COMPARED_WITH = "2.1.9"
PYTHONS = ("3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15", "pypy3")
# Tools that read or check the code run on one current Python; the rules hold on all.
TOOL_PYTHONS = ("3.13", "3.12", "3.14", "3.11", "3.10")

nox.options.sessions = ["arch", "lint", "types", "tests", "differential", "docs", "integration"]
nox.options.error_on_missing_interpreters = False
nox.options.reuse_existing_virtualenvs = True
nox.options.default_venv_backend = "venv"


def find_python(version: str) -> str | None:
    """The path of the interpreter named `3.x` or `pypy3`, on PATH or where pyenv keeps it."""
    name = version if version.startswith("pypy") else "python" + version
    found = shutil.which(name)
    if found is not None and works(found):
        return found
    kept = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for candidate in sorted(kept.glob(version + "*"), reverse=True):
        executable = candidate / "bin" / "python"
        if candidate.name.startswith(version + ".") and executable.exists():
            return str(executable)
    return None


def works(executable: str) -> bool:
    """Whether an interpreter answers (a pyenv shim may name a version that is not installed)."""
    import subprocess

    call = subprocess.run([executable, "-c", "pass"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return call.returncode == 0


INTERPRETERS = {version: find_python(version) for version in PYTHONS}
TOOL_PYTHON = next((INTERPRETERS[v] for v in TOOL_PYTHONS if INTERPRETERS[v]), sys.executable)
# What a change must pass on every machine: the oldest Python, the newest, and the one that runs nox.
CURRENT = "%d.%d" % sys.version_info[:2]
GATE = [v for v in PYTHONS if INTERPRETERS[v] and v in ("3.7", CURRENT, "3.13")] or [CURRENT]


def source_install(session: nox.Session, *distributions: str) -> None:
    """Install distributions of this checkout, in the given order."""
    session.install("-q", *("./packages/" + name for name in distributions))


def development_path(*distributions: str) -> dict[str, str]:
    """An environment in which the sources of this checkout are importable."""
    sources = [str(ROOT / "packages" / name / "src") for name in distributions]
    return {"PYTHONPATH": os.pathsep.join(sources)}


@nox.session(python=False)
def tests(session: nox.Session) -> None:
    """The unit, compile, compliance and behaviour suites; `nox -s tests -- 3.9 pypy3` names Pythons."""
    wanted = [argument for argument in session.posargs if argument in PYTHONS] or GATE
    for version in wanted:
        if not INTERPRETERS.get(version):
            session.log("SKIPPED tests on %s: no such interpreter on this machine", version)
            continue
        for distribution in DISTRIBUTIONS:
            session.notify("suite-%s(%s)" % (version, distribution))


def define_suite(version: str) -> None:
    @nox.session(name="suite-" + version, python=INTERPRETERS[version], tags=["suite"])
    @nox.parametrize("distribution", DISTRIBUTIONS, ids=DISTRIBUTIONS)
    def suite(session: nox.Session, distribution: str) -> None:
        """One distribution's tests on one Python."""
        session.install("-q", "-r", "ci/requirements-tests.txt")
        needed = DISTRIBUTIONS[: DISTRIBUTIONS.index(distribution) + 1]
        session.run(
            "python", "-m", "pytest", "-q", "packages/%s/tests" % distribution, env=development_path(*needed)
        )


for _version, _path in INTERPRETERS.items():
    if _path is not None:
        define_suite(_version)


@nox.session(python=TOOL_PYTHON)
def differential(session: nox.Session) -> None:
    """Generated statements and sessions, on SQLAlchemy too; `nox -s differential -- 100` makes 100 times as many."""
    session.install("-q", "-r", "ci/requirements-tests.txt", "sqlalchemy==" + COMPARED_WITH)
    factor = session.posargs[0] if session.posargs else "1"
    for distribution in DISTRIBUTIONS:
        needed = DISTRIBUTIONS[: DISTRIBUTIONS.index(distribution) + 1]
        environment = dict(development_path(*needed), SQLTOOLKIT_EXAMPLES=factor)
        if session.posargs:
            environment["SQLTOOLKIT_RANDOM"] = "1"
        session.run("python", "-m", "pytest", "-q", "packages/%s/tests/differential" % distribution, env=environment)


@nox.session(python=TOOL_PYTHON)
def arch(session: nox.Session) -> None:
    """The layer contracts and the other guards of docs/architecture.md, section 7."""
    session.install("-q", "import-linter>=2.1", "typing-extensions", "greenlet", "aiosqlite")
    environment = development_path(*DISTRIBUTIONS)
    session.run("lint-imports", "--config", "ci/arch/importlinter.toml", "--no-cache", env=environment)
    for guard in ("private_names", "public_api", "upward_annotations", "file_size", "mirror", "py37", "tree"):
        session.run("python", "ci/arch/%s.py" % guard, env=environment)


@nox.session(python=TOOL_PYTHON)
def lint(session: nox.Session) -> None:
    """ruff over everything."""
    session.install("-q", "ruff")
    session.run("ruff", "check", "packages", "ci", "docs", "integration-tests", "noxfile.py")


@nox.session(python=TOOL_PYTHON)
def types(session: nox.Session) -> None:
    """mypy strict on the sources, pyright on the public surface, and the typing tests of both."""
    session.install("-q", "-r", "ci/requirements-types.txt")
    session.run("python", "ci/check_types.py", *session.posargs, env=development_path(*DISTRIBUTIONS))


@nox.session(python=TOOL_PYTHON)
def docs(session: nox.Session) -> None:
    """Every example of the documentation is executed, every link followed; the reference is what the sources say."""
    session.install("-q", "-r", "ci/requirements-tests.txt")
    session.run("python", "ci/check_docs.py", env=development_path(*DISTRIBUTIONS))
    session.run("python", "ci/generate/reference.py", "--check")


@nox.session(python=TOOL_PYTHON)
def build(session: nox.Session) -> None:
    """sdist and wheel of each distribution, into dist/."""
    session.install("-q", "build", "hatchling")
    shutil.rmtree(str(ROOT / "dist"), ignore_errors=True)
    for distribution in DISTRIBUTIONS:
        session.run(
            "python", "-m", "build", "--no-isolation", "-o", "dist", "packages/" + distribution, silent=True
        )


@nox.session(python=TOOL_PYTHON)
def integration(session: nox.Session) -> None:
    """Built wheels in fresh environments: core alone, core with ORM, a vendored dialect."""
    session.install("-q", "build", "hatchling")
    session.run("python", "integration-tests/run.py", *session.posargs)


@nox.session(python=TOOL_PYTHON)
def bench(session: nox.Session) -> None:
    """The benchmark scripts of integration-tests/performance."""
    session.install("-q", "typing-extensions", "greenlet", "aiosqlite")
    session.run(
        "python", "integration-tests/performance/bench.py", *session.posargs, env=development_path(*DISTRIBUTIONS)
    )


@nox.session(python=TOOL_PYTHON)
def api(session: nox.Session) -> None:
    """Rewrite ci/api/*.txt and docs/reference/ after a deliberate change of a public name, signature or docstring."""
    session.install("-q", "typing-extensions", "greenlet", "aiosqlite")
    session.run("python", "ci/arch/public_api.py", "--write", env=development_path(*DISTRIBUTIONS))
    session.run("python", "ci/generate/reference.py")
