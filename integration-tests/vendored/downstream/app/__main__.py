"""The downstream program: everything it uses comes from its own `_vendor` folder."""

from __future__ import annotations

import sys

from sqltoolkit_core import Column, Integer, MetaData, String, Table, create_engine, exc, insert, select, update
from ledger_dialect import LedgerDialect, register


def refuse_originals() -> None:
    loaded = [name for name in sys.modules if name.split(".")[0] in ("sqltoolkit_core", "ledger_dialect")]
    assert not loaded, "the originals were imported: %s" % loaded
    try:
        __import__("sqltoolkit_core")
    except ImportError:
        return
    raise AssertionError("the original package is importable here; this run proves nothing")


def exercise(engine: object, ledger: bool = True) -> None:
    metadata = MetaData()
    entries = Table(
        "entries",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("what", String(40)),
        Column("cents", Integer),
    )
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(entries), [{"what": "rent", "cents": -900}, {"what": "wage", "cents": 2000}])
        assert connection.scalars(select(entries.c.cents).order_by(entries.c.id)).all() == [-900, 2000]
    with engine.connect() as connection:
        try:
            connection.execute(update(entries).values(cents=0))
        except exc.CompileError as error:
            assert ledger and "never updated" in str(error)
        else:
            assert not ledger, "the dialect's compiler was not used"


def main() -> None:
    exercise(create_engine("sqlite://"), ledger=False)
    exercise(create_engine("ledger://", dialect=LedgerDialect()))
    register()
    exercise(create_engine("ledger://"))
    refuse_originals()
    print("vendored: the dialect works inside %s" % __package__)


if __name__ == "__main__":
    main()
