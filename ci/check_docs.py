"""Execute every example of the documentation and README.

A fenced block marked `python` is executed; blocks of one page share a namespace, from top to bottom. Lines that follow
a `>>>` prompt are checked as doctests. A block marked `python no-run` is shown only, and must say why in the line
above.
"""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
import tempfile
import types
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FENCE = re.compile(r"^```python([^\n]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def run_page(path: Path) -> list[str]:
    """Problems of one page."""
    text = path.read_text(encoding="utf-8")
    # a module that can be imported: annotations of mapped classes are looked up in the module of the class
    page = types.ModuleType("docs_" + path.stem.replace("-", "_"))
    sys.modules[page.__name__] = page
    namespace = page.__dict__
    problems: list[str] = []
    for match in FENCE.finditer(text):
        line = text.count("\n", 0, match.start(2)) + 1
        if "no-run" in match.group(1):
            continue
        problems += run_block(match.group(2), namespace, path, line)
    return problems


def run_block(source: str, namespace: dict[str, Any], path: Path, line: int) -> list[str]:
    where = "%s:%d" % (path.relative_to(ROOT), line)
    if ">>>" not in source:
        try:
            exec(compile("\n" * (line - 1) + source, str(path), "exec"), namespace)
        except Exception as error:
            return ["%s: %s: %s" % (where, type(error).__name__, error)]
        return []
    output: list[str] = []
    test = doctest.DocTestParser().get_doctest(source, namespace, where, str(path), line - 1)
    test.globs = namespace
    runner = doctest.DocTestRunner(optionflags=OPTIONS)
    runner.run(test, out=output.append, clear_globs=False)
    return output


def run_examples() -> list[str]:
    """The programs of docs/examples, each started as a user would."""
    problems = []
    for program in sorted((ROOT / "docs" / "examples").glob("*.py")):
        with tempfile.TemporaryDirectory() as folder:
            arguments = ["--limit", "60"] if program.stem == "stdlib_index" else []
            call = subprocess.run(
                [sys.executable, str(program)] + arguments, cwd=folder, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, env=dict(os.environ),
            )
        if call.returncode:
            problems.append("%s failed:\n%s" % (program.name, call.stdout.decode(errors="replace")[-4000:]))
    return problems


def main(arguments: list[str]) -> int:
    pages = [Path(a).resolve() for a in arguments] or [ROOT / "README.md"] + sorted((ROOT / "docs").rglob("*.md"))
    problems = []
    for page in pages:
        problems += run_page(page)
    if not arguments:
        problems += run_examples()
    for problem in problems:
        print(problem)
    print("docs: %d page(s), %d problem(s)" % (len(pages), len(problems)))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
