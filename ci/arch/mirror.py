"""Tests mirror sources: `a/b.py` is tested by `tests/a/test_b.py`.

A test file without a source module is an error. Sources without a test file of their own are listed in
`mirror.untested`; the list may only get shorter.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sources import ROOT, distributions, finish, modules, shown

LISTED = Path(__file__).with_name("mirror.untested")
# Folders of tests that belong to no single module.
FREE = ("behaviour", "compliance", "differential", "extending", "faults", "injection", "typing")


def expected_test(path: Path, package: Path, tests: Path) -> Path:
    relative = path.relative_to(package)
    return tests / relative.parent / ("test_" + relative.name.lstrip("_"))


def orphans(package: Path, tests: Path) -> tuple[list[Path], list[Path]]:
    """(sources without a test, tests without a source)."""
    sources = [path for path in modules(package) if path.name != "__init__.py" and path.name != "_version.py"]
    wanted = {expected_test(path, package, tests): path for path in sources}
    packages = {expected_test(path.parent.with_suffix(".py"), package, tests) for path in package.rglob("__init__.py")
                if path.parent != package} | {tests / "test_init.py"}
    present = {path for path in tests.rglob("test_*.py") if path.relative_to(tests).parts[0] not in FREE}
    return [wanted[test] for test in wanted if test not in present], sorted(present - set(wanted) - packages)


def main(arguments: list[str]) -> int:
    problems, untested = [], []
    for _, package, tests in distributions():
        without_test, without_source = orphans(package, tests)
        problems += ["%s: no source module of that name" % shown(path) for path in without_source]
        untested += [shown(path) for path in without_test]
    if "--write" in arguments:
        LISTED.write_text("".join(line + "\n" for line in sorted(untested)), encoding="utf-8")
    allowed = set(LISTED.read_text(encoding="utf-8").split()) if LISTED.exists() else set()
    problems += ["%s: has no %s" % (path, "test file of its own") for path in untested if path not in allowed]
    problems += [
        "%s: is tested or gone; take it out of %s" % (path, shown(LISTED)) for path in sorted(allowed - set(untested))
    ]
    return finish("mirror", problems, "%d sources share another test file" % len(untested))


if __name__ == "__main__":
    assert ROOT.exists()
    sys.exit(main(sys.argv[1:]))
