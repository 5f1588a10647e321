"""Submissions, decisions and lines of the day, as the Store holds them."""

from __future__ import annotations

import pytest

from broadsheet.store import Store
from fakes import NOW
from store_kit import FIVE, LATER, numbers


@pytest.fixture
def store(store: Store) -> Store:
    store.papers.put(FIVE, now=NOW)
    return store


def test_a_submission_is_kept_once_and_tried_again(store: Store) -> None:
    ada = store.people.add("ada@example.org", "reader", now=NOW).number
    first = store.desk.submit("2401.00001", ada, now=NOW)
    assert store.desk.submit("2401.00001", ada, now=LATER).id == first.id
    store.desk.settle(first.id, "failed", "offline", now=LATER)
    assert [each.said for each in store.desk.submissions("failed")] == ["offline"]
    assert store.desk.submit("2401.00001", ada, now=LATER).state == "queued"
    store.desk.settle(first.id, "found", "", now=LATER, number=numbers(store)[0])
    assert store.desk.submit("2401.00001", ada, now=LATER).state == "found"


def test_the_desk(store: Store) -> None:
    ada = store.people.add("ada@example.org", "editor", now=NOW).number
    one, two, *_ = numbers(store)
    store.desk.decide(one, "pick", ada, now=NOW)
    store.desk.decide(two, "hide", ada, now=NOW)
    store.desk.decide(two, None, ada, now=NOW)
    assert store.desk.decided([one, two]) == {one: "pick"}
    store.desk.write_line(NOW.date(), "A day of leaves.", ada, now=NOW)
    assert store.desk.line(NOW.date()) == "A day of leaves."
    store.desk.write_line(NOW.date(), "", ada, now=NOW)
    assert store.desk.line(NOW.date()) == ""
