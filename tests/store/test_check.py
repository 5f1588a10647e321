"""The Store doubts itself: what its tables should hold follows from what sources said, and can be filled again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from broadsheet.store import Store
from broadsheet.store.check import Check
from fakes import NOW
from store_kit import FIVE


@pytest.fixture
def store(store: Store) -> Store:
    """Three papers, the first of two sources, and one that was deleted."""
    rich = replace(FIVE[0], authors=("Ada Blum",), categories=("cs.IR",), aliases=("10.1/x",), listed=date(2026, 3, 2))
    store.papers.put([rich, replace(rich, source="csv:b", text="More words."), *FIVE[1:4]], now=NOW)
    store.papers.delete([FIVE[3].id], now=NOW)
    return store


def write(store: Store, sql: str) -> None:
    with store.writing() as db:
        db.execute(sql)


def test_a_store_that_is_well(store: Store) -> None:
    check = Check(store)
    numbers = check.some_numbers(None)
    assert numbers == [1, 2, 3], "only papers that are there"
    assert check.soundness(whole=False) == check.soundness(whole=True) == []
    assert check.unlike(numbers) == check.strays() == []


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE documents SET title = 'x' WHERE number = 1",
        "UPDATE documents SET votes = 99 WHERE number = 1",
        "UPDATE documents SET day = NULL WHERE number = 1",
        "DELETE FROM merged WHERE number = 1",
        "DELETE FROM aliases WHERE number = 1",
        "DELETE FROM author_words WHERE number = 1 AND word = 'blum'",
        "INSERT INTO categories (number, category) VALUES (1, 'odd')",
    ],
)
def test_what_does_not_follow_is_found_and_filled_again(store: Store, harm: str) -> None:
    before = store.papers.get(FIVE[0].id)
    write(store, harm)
    assert store.check.unlike([1, 2, 3]) == [1]
    assert store.check.unlike([2, 3]) == []
    last = store.papers.last_change()
    store.check.refill([1])
    assert store.check.unlike([1, 2, 3]) == []
    assert store.papers.get(FIVE[0].id) == before
    assert [change.number for change in store.papers.changes(last)] == [1], "it is looked at again"


def test_rows_of_a_deleted_paper_are_strays(store: Store) -> None:
    write(store, "INSERT INTO categories (number, category) VALUES (4, 'odd')")
    write(
        store, "INSERT INTO records (number, source, digests, heard, body) VALUES (4, 's', '', '', '{\"id\": \"a\"}')"
    )
    assert store.check.strays() == [4]
    store.check.refill([4])
    assert store.check.strays() == []


def test_some_numbers_are_as_many_as_asked(store: Store) -> None:
    assert len(store.check.some_numbers(2)) == 2
    assert set(store.check.some_numbers(2)) < {1, 2, 3}
    assert store.check.some_numbers(99) == [1, 2, 3]


def test_trends_of_another_state_are_counted_and_dropped(store: Store) -> None:
    now = store.papers.changes(0)
    of = {change.number: change.sequence for change in now}
    store.trends.put([(1, of[1], 1.0, "{}"), (2, of[2] - 1, 1.0, "{}"), (3, of[3] + 9, 1.0, "{}")])
    assert store.check.stale_trends() == (1, 1)
    assert store.check.drop_trends() == 2
    assert store.check.stale_trends() == (0, 0)
    assert set(store.trends.bodies([1, 2, 3])) == {1}


def test_a_row_that_points_nowhere_is_told(store: Store) -> None:
    with store.writing() as db:
        db.execute("PRAGMA defer_foreign_keys = ON")
        db.execute("INSERT INTO people (address, role, joined) VALUES ('a', 'reader', '')")
    with store.reading() as db:
        db.execute("PRAGMA foreign_keys = 0")
        db.execute("INSERT INTO votes (person, number, at) VALUES (1, 999, '')")
        db.commit()
        db.execute("PRAGMA foreign_keys = 1")
    (line,) = store.check.soundness(whole=False)
    assert "votes" in line
    assert "documents" in line
