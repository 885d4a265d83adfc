"""Names that are imported when they are first asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest

from sqltoolkit_core.util.lazy import lazy_names


def test_names_are_found_kept_and_listed() -> None:
    namespace = {"__name__": "sqltoolkit_core.util"}
    find, listing = lazy_names(namespace, {".topological": "sort find_cycles", ".frames": "hide_frames"}, "plugins")
    assert "sort" not in namespace and "sort" in listing()
    from sqltoolkit_core.util import plugins, topological

    assert find("sort") is topological.sort is namespace["sort"]
    assert find("plugins") is plugins
    with pytest.raises(AttributeError, match="'sqltoolkit_core.util' has no attribute 'sorted'"):
        find("sorted")


@pytest.mark.parametrize("package", ["sqltoolkit_core", "sqltoolkit_core.sql", "sqltoolkit_core.engine", "sqltoolkit_core.pool"])
def test_all_names_of_lazy_packages_are_there(package) -> None:
    # in a process of its own: here most of them are imported already
    code = "import importlib; m = importlib.import_module(%r); [getattr(m, n) for n in m.__all__]" % package
    code += "; assert set(m.__all__) <= set(dir(m))"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_engine_is_imported_when_it_is_needed() -> None:
    code = "import sqltoolkit_core, sys; assert not [n for n in sys.modules if n.startswith(('sqltoolkit_core.engine', 'sqltoolkit_core.pool'))]"
    code += "; from sqltoolkit_core.engine import Row; assert 'sqltoolkit_core.engine.base.connection' not in sys.modules"
    code += "; sqltoolkit_core.engine.url.make_url('sqlite://')"
    subprocess.run([sys.executable, "-c", code], check=True)
