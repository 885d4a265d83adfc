"""What the SQLite dialect says of itself, by version."""

from __future__ import annotations

import pytest

from sqltoolkit_core import create_engine
from sqltoolkit_core import exc
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


@pytest.mark.parametrize(
    "message, kind, details",
    [
        ("UNIQUE constraint failed: t.a, t.b", exc.UniqueViolation, ["a", "b"]),
        ("NOT NULL constraint failed: t.a", exc.NotNullViolation, ["a"]),
        ("CHECK constraint failed: name", exc.CheckViolation, []),
        ("FOREIGN KEY constraint failed", exc.ForeignKeyViolation, None),
    ],
)
def test_messages(message, kind, details):
    found, arguments = dialect().violation_of(Exception(message), None)
    assert found is kind and arguments.get("columns") == details
    assert dialect().violation_of(Exception("datatype mismatch"), None) is None


def test_violation_in_text_names_the_table():
    with create_engine("sqlite://").connect() as connection:
        connection.exec_driver_sql("create table t (a unique)")
        connection.exec_driver_sql("insert into t values (1)")
        with pytest.raises(exc.UniqueViolation) as caught:
            connection.exec_driver_sql("insert into t values (1)")
    assert caught.value.table is None and caught.value.table_name == "t" and caught.value.columns == ("a",)
