"""The past of papers: what sources counted, and when; who was here at a moment; acts with their times."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from broadsheet.core.types import Document
from broadsheet.store.history import MOST, Reading
from broadsheet.store.store import Store
from fakes import NOW

TEA = Document(id="2401.00001", title="On Tea", text="Leaves are green.", votes=3, source="hf:daily")


def read(store: Store, *votes: int | None) -> None:
    """The same paper with so many votes, each an hour after the one before."""
    for hours, count in enumerate(votes):
        store.papers.put([replace(TEA, votes=count)], now=NOW + timedelta(hours=hours))


def at(hours: int, votes: int) -> Reading:
    return Reading(NOW + timedelta(hours=hours), votes)


def test_each_count_stays_with_the_moment_at_which_it_was_first_read(store: Store) -> None:
    read(store, 3, 3, 5, 5, 9)
    assert store.history.readings([1]) == {1: [at(0, 3), at(2, 5), at(4, 9)]}
    assert store.history.counted_since([1], NOW + timedelta(hours=3)) == [1]
    assert store.history.counted_since([1], NOW + timedelta(hours=4)) == []


def test_a_change_of_the_text_alone_is_not_another_count(store: Store) -> None:
    read(store, 3, 5)
    store.papers.put([replace(TEA, votes=5, text="Leaves are brown.")], now=NOW + timedelta(hours=7))
    assert store.history.readings([1]) == {1: [at(0, 3), at(1, 5)]}


def test_a_paper_read_once_has_one_reading_and_one_without_votes_none(store: Store) -> None:
    store.papers.put([TEA, replace(TEA, id="2401.00002", title="Soup", votes=None)], now=NOW)
    assert store.history.readings([1, 2, 99]) == {1: [at(0, 3)]}


def test_a_count_that_falls_is_kept_as_it_was_read(store: Store) -> None:
    read(store, 9, 4)
    assert store.history.readings([1])[1] == [at(0, 9), at(1, 4)]


def test_of_two_sources_the_one_that_was_read_last_counts(store: Store) -> None:
    read(store, 3, 5)
    store.papers.put([replace(TEA, votes=40, source="openalex:x")], now=NOW + timedelta(hours=8))
    document = store.papers.get(TEA.id)
    assert document is not None
    assert document.votes == 40
    assert store.history.readings([1]) == {1: [at(8, 40)]}


def test_the_counts_of_a_paper_are_bounded_and_go_with_its_record(store: Store) -> None:
    read(store, *range(MOST + 20))
    readings = store.history.readings([1])[1]
    assert len(readings) == MOST
    assert readings[-1].votes == MOST + 19
    store.papers.delete_source("hf:daily", now=NOW)
    assert store.rows("SELECT * FROM vote_counts") == []


def test_which_papers_were_surely_here_at_a_moment(store: Store) -> None:
    for number in range(3):
        store.papers.put(
            [replace(TEA, id=f"2401.0000{number}", title=f"Tea {number}")], now=NOW + timedelta(hours=number)
        )
    assert [store.history.last_number(NOW + timedelta(hours=hours)) for hours in (-1, 0, 1, 9)] == [0, 1, 2, 3]
    store.papers.put([replace(TEA, id="2401.00002", title="Tea 2", votes=8)], now=NOW + timedelta(hours=6))
    assert store.history.last_number(NOW + timedelta(hours=3)) == 3, "it was read then, with other votes"


def test_acts_come_with_their_person_and_time_oldest_first(store: Store) -> None:
    store.papers.put([TEA], now=NOW)
    ada, bob = (store.people.add(f"{name}@example.org", "reader", now=NOW).number for name in ("ada", "bob"))
    store.reactions.mark("votes", bob, [1], now=NOW + timedelta(hours=2))
    store.reactions.mark("votes", ada, [1], now=NOW + timedelta(hours=1))
    found = store.history.acts([1, 2])
    assert [(act.kind, act.person, act.at) for act in found] == [
        ("votes", ada, NOW + timedelta(hours=1)), ("votes", bob, NOW + timedelta(hours=2)),
    ]  # fmt: skip
