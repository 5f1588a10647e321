"""Submissions, decisions and lines of the day, as the Store holds them."""

from __future__ import annotations

import pytest

from broadsheet.store import Store
from broadsheet.store.desk import Submission
from fakes import NOW, paper
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


def test_a_submission_comes_back_whole_and_is_found_by_state_and_person(store: Store) -> None:
    ada, ben = (store.people.add(f"{name}@example.org", "reader", now=NOW).number for name in ("ada", "ben"))
    first = store.desk.submit("2401.00001", ada, now=NOW)
    second = store.desk.submit("10.5555/x", ben, now=LATER)
    assert first == Submission(first.id, ada, "2401.00001", "queued", "", None, NOW, None)
    store.desk.settle(second.id, "failed", "offline", now=LATER)
    assert [each.id for each in store.desk.submissions()] == [first.id, second.id]
    assert [each.id for each in store.desk.submissions("failed", person=ada)] == []
    assert [each.tried for each in store.desk.submissions(person=ben)] == [LATER]
    assert store.desk.submission(99) is None


def test_hidden_papers_of_some_days(store: Store) -> None:
    ada = store.people.add("ada@example.org", "editor", now=NOW).number
    day = NOW.date()
    store.papers.put([paper(n, f"Paper {n}", listed=day) for n in (1, 2)], now=LATER)
    one, two, three, *_ = numbers(store)
    for number in (one, two, three):
        store.desk.decide(number, "hide", ada, now=NOW)
    assert store.desk.hidden() == [one, two, three]
    assert store.desk.hidden_on(day, day) == [two, three]
    store.papers.delete(["made:001"], now=LATER)
    assert store.desk.hidden_on(day, day) == [three]
    assert store.desk.hidden_on(LATER.date().replace(year=2020), LATER.date().replace(year=2021)) == []
