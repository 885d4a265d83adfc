"""Run in an environment where only the core wheel is installed."""

from __future__ import annotations

import subprocess
import sys

import sqltoolkit_core as core

# Modules whose import would cost every program start-up time, or which must not be needed at all.
DENIED = ("asyncio", "greenlet", "aiosqlite", "importlib.metadata", "dataclasses", "sqltoolkit_orm", "pytest")


def installed() -> set[str]:
    listing = subprocess.check_output([sys.executable, "-m", "pip", "list", "--format=freeze"]).decode()
    return {line.split("==")[0].split(" @ ")[0].lower().replace("_", "-") for line in listing.split("\n") if line}


def main() -> None:
    distributions = installed() - {"pip", "setuptools", "wheel"}
    assert distributions == {"sqltoolkit-core", "typing-extensions"}, distributions
    loaded = (
        subprocess.check_output(
            [
                sys.executable,
                "-S",
                "-c",
                "import sys; sys.path[:0] = %r; import sqltoolkit_core; print(*sys.modules)" % sys.path,
            ]
        )
        .decode()
        .split()
    )
    unwanted = [name for name in DENIED if name in loaded]
    assert not unwanted, "import sqltoolkit_core loads %s" % ", ".join(unwanted)

    engine = core.create_engine("sqlite://")
    metadata = core.MetaData()
    books = core.Table(
        "books", metadata, core.Column("id", core.Integer, primary_key=True), core.Column("title", core.String(80))
    )
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(core.insert(books), [{"title": "Dune"}, {"title": "Emma"}])
        titles = connection.scalars(core.select(books.c.title).order_by(books.c.title)).all()
    assert titles == ["Dune", "Emma"], titles
    print("core alone: works, and loads nothing it need not")


if __name__ == "__main__":
    main()
