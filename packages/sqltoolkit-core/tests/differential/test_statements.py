"""Random SELECTs, set operations and CTEs: text, parameters and names of columns are those of SQLAlchemy."""

from __future__ import annotations

from agreement import Internal
from agreement import agree
from agreement import attempt
from agreement import data
from agreement import examples
from agreement import rendered
from composer_statements import Statements
from hypothesis import given


class Keys(list):
    """The keys of columns; equal to others where SQLAlchemy's are not made up.

    Ours have one rule for the keys of what has no name.
    """

    def __init__(self, columns):
        super().__init__(str(key) for key in columns.keys())

    def __eq__(self, other):
        if "_no_label" in other:
            # text of a subquery, whose name counts here
            return len(self) == len(other)
        return len(self) == len(other) and all(
            one == expected or "%(" in expected or expected.rstrip("0123456789").endswith("_")
            for one, expected in zip(self, other)
        )


def composed(library, choices):
    composer = Statements(library, choices)
    statement = composer.statement()
    if composer.ambiguous and library.lib.__name__ == "sqlalchemy":
        raise Internal()
    return statement


@examples(400)
@given(data(60))
def test_text(choices):
    def work(library):
        statement = composed(library, choices)
        return [
            rendered(statement, library.default),
            rendered(statement, library.sqlite),
            attempt(lambda: str(statement)),
            attempt(lambda: [repr(column.type) for column in statement.subquery().c]),
        ]

    agree(work)


@examples(150)
@given(data(60))
def test_keys(choices):
    def work(library):
        statement = composed(library, choices)
        return [attempt(lambda: Keys(statement.selected_columns))]

    agree(work)
