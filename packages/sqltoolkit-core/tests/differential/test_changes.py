"""Random INSERT, UPDATE and DELETE: text, parameters and returned names are those of SQLAlchemy."""

from __future__ import annotations

from agreement import Internal
from agreement import agree
from agreement import attempt
from agreement import data
from agreement import examples
from agreement import rendered
from composer_changes import Changes
from hypothesis import given
from hypothesis import strategies as st

column_names = st.lists(st.sampled_from(["id", "x", "name", "select", "mixed", "a b", "tags", "nothing"]), max_size=2)


@examples(400)
@given(data(60), st.one_of(st.none(), column_names))
def test_text(choices, names):
    def work(library):
        composer = Changes(library, choices)
        statement = composer.change()
        if composer.ambiguous and library.lib.__name__ == "sqlalchemy":
            raise Internal()
        keys = names if composer.takes_keys else None
        return [
            rendered(statement, library.default, column_keys=keys),
            rendered(statement, library.sqlite, column_keys=keys),
            attempt(lambda: str(statement)),
        ]

    agree(work)
