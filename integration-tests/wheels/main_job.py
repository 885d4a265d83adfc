"""The example program as a person uses it: run, run again, killed in the middle and run again.

    python main_job.py PROGRAM

Run in an environment with the installed wheels of core and ORM.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LIMIT = "150"
TABLES = ("module", "class", "function", "mention", "module_import", "class_base")


def command(program: str, database: Path) -> list[str]:
    return [sys.executable, program, "--database", str(database), "--limit", LIMIT]


def run(program: str, database: Path) -> str:
    return subprocess.check_output(command(program, database)).decode()


def counts(database: Path) -> dict[str, int]:
    connection = sqlite3.connect(str(database))
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        return {table: connection.execute('SELECT count(*) FROM "%s"' % table).fetchone()[0] for table in TABLES}
    finally:
        connection.close()


def committed_modules(database: Path) -> int:
    if not database.exists():
        return 0
    connection = sqlite3.connect(str(database))
    try:
        return int(connection.execute("SELECT count(*) FROM module WHERE digest IS NOT NULL").fetchone()[0])
    except sqlite3.OperationalError:
        return 0  # the tables are not there yet, or the program is writing right now
    finally:
        connection.close()


def kill_in_the_middle(program: str, database: Path) -> int:
    """Start the program, kill it after its first commit; how many modules it had committed."""
    process = subprocess.Popen(command(program, database), stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not committed_modules(database) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    process.kill()
    process.wait()
    return committed_modules(database)


def main(program: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        whole, broken = Path(folder, "whole.sqlite"), Path(folder, "broken.sqlite")
        first = run(program, whole)
        assert LIMIT + " read" in first, first
        expected = counts(whole)
        assert all(expected.values()), expected
        second = run(program, whole)
        assert "0 read" in second and counts(whole) == expected, second

        done = kill_in_the_middle(program, broken)
        assert 0 < done < int(LIMIT), "killed too late to show anything: %d modules were there" % done
        left = counts(broken)
        assert left["class"] and not left["module_import"], left
        again = run(program, broken)
        assert "%d unchanged" % done in again, again
        assert counts(broken) == expected, (counts(broken), expected)
    print("main job: %s; killed after %d modules and completed" % (expected, done))


if __name__ == "__main__":
    main(*sys.argv[1:])
