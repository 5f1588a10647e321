"""Votes, likes, notes and what happened to papers, as the Store holds them."""

from __future__ import annotations

import pytest

from broadsheet.store import Store
from broadsheet.store.reactions import Taste
from fakes import NOW
from store_kit import FIVE, LATER, numbers


@pytest.fixture
def store(store: Store) -> Store:
    store.papers.put(FIVE, now=NOW)
    return store


def test_marks_are_set_once_and_taken_back(store: Store) -> None:
    ada, ben = (store.people.add(f"{name}@example.org", "reader", now=NOW).number for name in ("ada", "ben"))
    one, two, three, *_ = numbers(store)
    assert store.reactions.mark("votes", ada, [one, two], now=NOW) == 2
    assert store.reactions.mark("votes", ada, [two], now=LATER) == 0
    store.reactions.mark("votes", ben, [two], now=LATER)
    assert store.reactions.marked("votes", ada) == [two, one]
    assert store.reactions.marked("votes", ada, [one, three]) == [one]
    assert store.reactions.ballots([one, two, three]) == {one: {ada}, two: {ada, ben}}
    assert store.reactions.unmark("votes", ada, [one, three]) == 1
    assert store.reactions.ballots([one]) == {}
    with pytest.raises(ValueError, match="no mark"):
        store.reactions.mark("documents", ada, [one], now=NOW)  # type: ignore[arg-type]


def test_notes_are_private_and_go_when_empty(store: Store) -> None:
    ada, ben = (store.people.add(f"{name}@example.org", "reader", now=NOW).number for name in ("ada", "ben"))
    one, two, *_ = numbers(store)
    store.reactions.write_note(ada, one, "read again", now=NOW)
    assert store.reactions.notes(ada) == {one: "read again"}
    assert store.reactions.notes(ada, [two]) == store.reactions.notes(ben) == {}
    store.reactions.write_note(ada, one, "", now=NOW)
    assert store.reactions.notes(ada) == {}


def test_what_happened_to_papers(store: Store) -> None:
    ada = store.people.add("ada@example.org", "reader", now=NOW).number
    one, two, *_ = numbers(store)
    for name in ("a", "b"):
        store.lists.save(ada, store.lists.named(ada, name, now=NOW), [one], now=NOW)
    store.reactions.mark("votes", ada, [two], now=LATER)
    store.comments.edit(store.comments.add(two, ada, "x", now=NOW), "", now=NOW)
    found = {(each.number, each.kind, each.at) for each in store.reactions.happenings([one, two])}
    assert found == {(one, "saves", NOW), (two, "votes", LATER)}


def test_tastes_hold_all_that_a_person_likes(store: Store) -> None:
    ada, ben = (store.people.add(f"{name}@example.org", "reader", now=NOW).number for name in ("ada", "ben"))
    one, two, three, *_ = numbers(store)
    store.lists.save(ada, store.lists.named(ada, "Plants", now=NOW), [one], now=NOW)
    store.reactions.mark("votes", ada, [two], now=NOW)
    store.reactions.mark("declined", ada, [three], now=NOW)
    store.reactions.mark("read_papers", ada, [one], now=NOW)
    store.follows.add(ada, "Ada Blum", now=NOW)
    tastes = store.reactions.tastes([ada, ben])
    assert tastes[ada] == Taste(
        saved=[(one, "Plants")], voted=[two], declined=[three], read=[one], authors=["Ada Blum"]
    )
    assert tastes[ben] == Taste()


def test_marks_of_one_moment_can_be_taken_back_alone(store: Store) -> None:
    ada = store.people.add("ada@example.org", "reader", now=NOW).number
    one, two, *_ = numbers(store)
    store.reactions.mark("read_papers", ada, [one], now=NOW)
    store.reactions.mark("read_papers", ada, [one, two], now=LATER)
    assert store.reactions.unmark("read_papers", ada, [one, two], at=LATER) == 1
    assert store.reactions.marked("read_papers", ada) == [one]
