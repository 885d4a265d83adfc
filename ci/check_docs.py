"""Execute every example of the documentation and README, and follow every relative link.

A fenced block marked `python` is executed; blocks of one page share a namespace, from top to bottom. Lines that follow
a `>>>` prompt are checked as doctests. A block marked `python no-run` is shown only, and must say why in the line
above. Pages may import the modules of docs/examples, which are also run as programs. A link leads to a file of the
repository, and its fragment to a heading of that page.
"""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
import tempfile
import types
from functools import lru_cache
from pathlib import Path
from typing import Any, Iterator
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "docs" / "examples"
FENCE = re.compile(r"^```python([^\n]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
ANY_FENCE = re.compile(r"^( *)(```+)[^\n]*\n.*?^\1\2", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#{1,6} +(.+?)\s*$", re.MULTILINE)
CODE_SPAN = re.compile(r"(`+)(?:.+?)\1")
LINK = re.compile(r"\]\(([^()\s]+(?:\([^()]*\)[^()\s]*)*)\)")
SCHEME = re.compile(r"^[a-z]+:")
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
    for program in sorted(EXAMPLES.glob("*.py")):
        with tempfile.TemporaryDirectory() as folder:
            arguments = ["--limit", "60"] if program.stem == "stdlib_index" else []
            call = subprocess.run(
                [sys.executable, str(program)] + arguments, cwd=folder, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, env=dict(os.environ),
            )
        if call.returncode:
            problems.append("%s failed:\n%s" % (program.name, call.stdout.decode(errors="replace")[-4000:]))
    return problems


@lru_cache(maxsize=None)
def anchors(path: Path) -> frozenset[str]:
    """The fragments that a code host gives to the headings of a page; repeated ones are numbered."""
    found: set[str] = set()
    for match in HEADING.finditer(ANY_FENCE.sub("", path.read_text(encoding="utf-8"))):
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", match.group(1))
        slug = re.sub(r"[^\w\- ]", "", text.lower()).strip().replace(" ", "-")
        number = 0
        while (slug if not number else "%s-%d" % (slug, number)) in found:
            number += 1
        found.add(slug if not number else "%s-%d" % (slug, number))
    return frozenset(found)


def check_links(path: Path) -> Iterator[str]:
    """Relative links of a page that lead nowhere."""
    text = path.read_text(encoding="utf-8")
    prose = ANY_FENCE.sub(lambda match: "\n" * match.group().count("\n"), text)
    prose = CODE_SPAN.sub("", prose)
    for match in LINK.finditer(prose):
        target, _, fragment = match.group(1).partition("#")
        if SCHEME.match(target):
            continue
        where = "%s:%d" % (path.relative_to(ROOT), prose.count("\n", 0, match.start()) + 1)
        page = (path.parent / unquote(target)).resolve() if target else path
        if not page.exists():
            yield "%s: the link to %s leads to no file" % (where, target)
        elif fragment and page.suffix == ".md" and fragment not in anchors(page):
            yield "%s: %s has no heading for #%s" % (where, page.relative_to(ROOT), fragment)


def main(arguments: list[str]) -> int:
    pages = [Path(a).resolve() for a in arguments] or [ROOT / "README.md"] + sorted((ROOT / "docs").rglob("*.md"))
    others = [] if arguments else [ROOT / "CONTRIBUTING.md"] + sorted(ROOT.glob("packages/*/*.md"))
    sys.path.insert(0, str(EXAMPLES))
    problems = []
    for page in pages:
        for example in EXAMPLES.glob("*.py"):
            # each page begins with examples of its own: it may attach listeners to their classes
            sys.modules.pop(example.stem, None)
        problems += run_page(page)
    for page in pages + others:
        problems += check_links(page)
    if not arguments:
        problems += run_examples()
    for problem in problems:
        print(problem)
    print("docs: %d page(s), %d problem(s)" % (len(pages), len(problems)))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
