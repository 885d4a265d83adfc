"""mypy strict on the sources, pyright on the public surface, and both on the typing tests.

`tests/typing/*.py` hold `reveal_type` assertions as comments: `reveal_type(x)  # expect: builtins.int`; what each
checker
says must match, pyright's spelling being the part after the last dot.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from typing import Iterator

ROOT = Path(__file__).resolve().parent.parent
EXPECT = re.compile(r"reveal_type\(.*\)\s+# expect: (.+)$")
CONFIG = str(ROOT / "ci" / "mypy.ini")


def sources() -> list[str]:
    return [str(path) for path in sorted((ROOT / "packages").glob("*/src/*")) if path.is_dir()]


def typing_tests() -> list[Path]:
    return sorted((ROOT / "packages").glob("*/tests/typing/*.py"))


def mypy_strict() -> bool:
    print("-- mypy strict", flush=True)
    return subprocess.call([sys.executable, "-m", "mypy", "--config-file", CONFIG] + sources()) == 0


def expectations(path: Path) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        found = EXPECT.search(line)
        if found:
            yield number, found.group(1).strip()


def simple(text: str) -> str:
    """A revealed type without module names, the spelling both checkers can agree on."""
    short = re.sub(r"[\w.]*\.(\w+)", r"\1", text).replace("?", "").replace("*", "").strip("\"'")
    # mypy spells a subclass of tuple as the tuple and its class
    short = re.sub(r"tuple\[[^\[\]]*, fallback=(\w+\[[^\[\]]*\])\]", r"\1", short)
    return re.sub(r"\b(List|Dict|Tuple|Type|Set)\[", lambda found: found.group(0).lower(), short)


def compare(checker: str, revealed: dict[tuple[str, int], str]) -> bool:
    good = True
    for path in typing_tests():
        for line, expected in expectations(path):
            said = revealed.get((str(path), line), "nothing")
            if simple(said) != simple(expected):
                print("%s:%d: %s reveals %s, expected %s" % (path.relative_to(ROOT), line, checker, said, expected))
                good = False
    return good


def mypy_reveals() -> bool:
    files = [str(path) for path in typing_tests()]
    if not files:
        return True
    call = subprocess.run([sys.executable, "-m", "mypy", "--config-file", CONFIG] + files, stdout=subprocess.PIPE)
    output = call.stdout.decode()
    pattern = re.compile(r'^(.*?):(\d+): note: Revealed type is "(.*)"$', re.MULTILINE)
    revealed = {(str(ROOT / m.group(1)) if not m.group(1).startswith("/") else m.group(1), int(m.group(2))): m.group(3)
                for m in pattern.finditer(output)}
    errors = [line for line in output.splitlines() if ": error:" in line and "/tests/typing/" in line]
    for line in errors:
        print(line)
    return compare("mypy", revealed) and not errors


def pyright() -> bool:
    """Public surface: the typing tests, which use only public names, without an error and as revealed."""
    print("-- pyright", flush=True)
    files = [str(path) for path in typing_tests()]
    if not files:
        return True
    call = subprocess.run([sys.executable, "-m", "pyright", "--outputjson"] + files, stdout=subprocess.PIPE)
    report = json.loads(call.stdout.decode() or "{}")
    revealed, good = {}, True
    for entry in report.get("generalDiagnostics", ()):
        line = entry["range"]["start"]["line"] + 1
        found = re.match(r'Type of ".*" is "(.*)"$', entry["message"], re.DOTALL)
        if found:
            revealed[entry["file"], line] = found.group(1)
        elif entry["severity"] == "error":
            print("%s:%d: pyright: %s" % (entry["file"], line, entry["message"]))
            good = False
    return compare("pyright", revealed) and good


def main() -> int:
    results = [mypy_strict(), mypy_reveals(), pyright()]
    print("types: %s" % ("clean" if all(results) else "see above"))
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
