"""Every file parses with the grammar of Python 3.7 and starts with `from __future__ import annotations`."""

from __future__ import annotations

import ast
import sys

from sources import distributions, finish, modules, shown


def has_future(tree: ast.Module) -> bool:
    body = [node for node in tree.body if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))]
    if not body:
        return True
    first = body[0]
    return isinstance(first, ast.ImportFrom) and first.module == "__future__"


def main() -> int:
    problems = []
    for _, package, tests in distributions():
        for path in modules(package) + (modules(tests) if tests.exists() else []):
            text = path.read_text(encoding="utf-8")
            try:
                tree = ast.parse(text, filename=str(path), feature_version=(3, 7))
            except SyntaxError as error:
                if not text.startswith("# requires-python: "):
                    problems.append("%s:%s: not Python 3.7: %s" % (shown(path), error.lineno, error.msg))
                continue
            if package in path.parents and not has_future(tree):
                problems.append("%s: does not start with 'from __future__ import annotations'" % shown(path))
    return finish("python 3.7", problems, "every file parses")


if __name__ == "__main__":
    sys.exit(main())
