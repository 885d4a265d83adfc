"""Counters of versions."""

from __future__ import annotations

from typing import Any

import pytest
from two_libraries import Library, agree


@pytest.mark.parametrize("given", [True, False])
def test_version_counters_of_classes_mapped_to_a_select(both, given):
    def program(lib: Library) -> Any:
        core = lib.core
        registry = lib.Base.registry
        table = core.Table(
            "versioned",
            registry.metadata,
            core.Column("id", core.Integer, primary_key=True),
            core.Column("version", core.Integer),
            core.Column("text", core.String),
        )

        class Row:
            pass

        source = table.select().where(table.c.id > 0).alias("current")
        arguments = {"version_id_generator": False} if given else {}
        registry.map_imperatively(Row, source, version_id_col=table.c.version, **arguments)
        lib.create_tables()
        row = Row()
        row.text = "a"
        if given:
            row.version = 1
        lib.session.add(row)
        lib.session.commit()
        row.text = "b"
        if given:
            row.version = 2
            before = list(core.inspect(row).attrs.version.history.deleted)
        else:
            before = None
        lib.session.commit()
        return before, [tuple(found) for found in lib.session.execute(table.select())]

    agree(both, program)
