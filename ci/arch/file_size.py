"""A source file stays below 1000 lines; above 800 it is named, so that it is split before it must be."""

from __future__ import annotations

import sys

from sources import distributions, finish, modules, shown

WARN, WALL = 800, 1000


def main() -> int:
    problems = []
    for _, package, _ in distributions():
        for path in modules(package):
            lines = len(path.read_text(encoding="utf-8").splitlines())
            if lines > WALL:
                problems.append("%s: %d lines; split it by idea, the wall is %d" % (shown(path), lines, WALL))
            elif lines > WARN:
                print("warning: %s has %d lines (%d is the wall)" % (shown(path), lines, WALL))
    return finish("file size", problems, "no file above %d lines" % WALL)


if __name__ == "__main__":
    sys.exit(main())
