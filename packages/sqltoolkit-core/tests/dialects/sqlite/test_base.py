"""What the SQLite dialect says of itself, by version."""

from __future__ import annotations


from sqltoolkit_core.dialects.sqlite import dialect


class OldDriver:
    paramstyle = "qmark"
    sqlite_version_info = (3, 31, 0)
    sqlite_version = "3.31.0"


def test_capabilities_follow_the_version():
    old = dialect(dbapi=OldDriver)
    assert not old.insert_returning and not old.insert_executemany_returning
    assert old.insertmanyvalues_max_parameters == 999 and not old.update_returning_multifrom
    assert dialect().insert_executemany_returning_sort_by_parameter_order
