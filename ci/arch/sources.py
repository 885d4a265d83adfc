"""Where the sources and tests of each distribution are, for the guards beside this file."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Iterator

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ROOT / "packages"


def distributions() -> Iterator[tuple[str, Path, Path]]:
    """(distribution name, import package folder, tests folder), the core first."""
    folders = sorted(PACKAGES.glob("sqltoolkit-*"), key=lambda folder: (folder.name != "sqltoolkit-core", folder.name))
    for folder in folders:
        yield folder.name, folder / "src" / folder.name.replace("-", "_"), folder / "tests"


def modules(package: Path) -> list[Path]:
    """Every Python file below a package folder, in a stable order."""
    return sorted(path for path in package.rglob("*.py") if "__pycache__" not in path.parts)


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def dotted(path: Path, package: Path) -> str:
    """The import name of a file below a package folder."""
    parts = (package.name,) + path.relative_to(package).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def finish(guard: str, problems: list[str], told: str) -> int:
    """Print what was found; the exit status is 1 if there was anything."""
    for problem in problems:
        print(problem)
    print("%s: %s" % (guard, "%d problem(s)" % len(problems) if problems else told))
    return 1 if problems else 0
