"""Hostile names and values, and databases to try them on."""

from __future__ import annotations

from hypothesis import HealthCheck
from hypothesis import settings
from hypothesis import strategies as st

from sqltoolkit_core import create_engine
from sqltoolkit_core.pool import StaticPool

PIECES = [
    '"', "'", "`", "[", "]", ";", "--", "/*", "*/", "%", "%s", "%(x)s", ":", ":x", "?", "\\", "\n", "\r", "\t", " ",
    "(", ")", ",", ".", "=", "~~", "select", "DROP TABLE guard", "a", "A", "x_1", "0", "$1", "\u00e9", "\u2028",
    "\U0001f600", "COLLATE", "x" * 70,
]  # fmt: skip
KEYWORDS = ["select", "from", "table", "order", "index", "group", "null", "true"]
# what SQLite keeps for itself
names = (
    st.one_of(
        st.lists(st.sampled_from(PIECES), min_size=1, max_size=5).map("".join),
        st.sampled_from(KEYWORDS),
        st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0\x02\x03\x04\x05"), min_size=1, max_size=12),
        st.integers(200, 2000).map(lambda size: "n'\";-- " * (size // 7)),
    )
    .filter(lambda name: not name.lower().startswith("sqlite_"))
    .filter(lambda name: len({name, "guard"}) == 2)
)
texts = st.one_of(st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), max_size=10), names)
SETTINGS = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


def engine_of(paramstyle="qmark"):
    """An engine with one connection and a table that nothing may touch."""
    engine = create_engine("sqlite://", poolclass=StaticPool, paramstyle=paramstyle)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE guard (id INTEGER)")
    return engine


def objects(connection, kind="table"):
    rows = connection.exec_driver_sql(
        "SELECT name FROM sqlite_master WHERE type = ? AND name NOT LIKE 'sqlite|_%' ESCAPE '|'", (kind,)
    )
    return sorted(row[0] for row in rows)


PARTS = [
    '"', "'", "''", "\\", "\\'", "%", "%%", "%s", "%(x)s", "_", "/", ":", ":x", "?", ";", "--", "/*", "*/", "\n", "(",
    ")", "[", "]", ".", "~~", "'; DROP TABLE guard; --", "$1", "a", "\u00e9", "\U0001f600", "{", "}", "\t", "$",
]  # fmt: skip
strings = st.one_of(
    st.lists(st.sampled_from(PARTS), max_size=5).map("".join),
    st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0\x02\x03\x04\x05"), max_size=12),
)
ENGINES = {
    style: create_engine("sqlite://", poolclass=StaticPool, paramstyle=style) for style in ("qmark", "named", "numeric")
}


def run_literal(statement, engine=ENGINES["qmark"]):
    """Execute the text alone, as one statement of the driver without parameters."""
    sql = str(statement.compile(dialect=engine.dialect, compile_kwargs={"literal_binds": True}))
    with engine.connect() as connection:
        return connection.connection.execute(sql).fetchall()
