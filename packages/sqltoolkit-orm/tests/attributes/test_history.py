"""The History tuple."""

from hypothesis import given, strategies as st
from sqltoolkit_orm.attributes import HISTORY_BLANK, History

parts = st.lists(st.integers(), max_size=4)


@given(parts, parts, parts)
def test_sums_and_truth(added, unchanged, deleted):
    history = History(added, unchanged, deleted)
    assert (history.added, history.unchanged, history.deleted) == tuple(history) == (added, unchanged, deleted)
    assert history.sum() == added + unchanged + deleted
    assert history.non_deleted() == added + unchanged and history.non_added() == unchanged + deleted
    assert bool(history) == history.has_changes() == bool(added or deleted)
    assert history.empty() == (not (added or unchanged or deleted))


def test_blank():
    assert HISTORY_BLANK.empty() and not HISTORY_BLANK
