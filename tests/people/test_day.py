"""A reader and a day: what is unread, marking all as read at once over all copies, and the undo of just that."""

from __future__ import annotations

from datetime import date, timedelta

from broadsheet.collection import Collection
from broadsheet.core import periods
from broadsheet.daily.day import works_on
from broadsheet.people.day import is_read, mark_read, undo_read, unread_of, unread_on
from broadsheet.people.reactions import react
from broadsheet.store.people import Person
from copies_kit import COPY, OTHER, PAPER, numbers
from site_kit import NOW

DAY = periods.period("day", date(2026, 9, 30))
LATER = NOW + timedelta(hours=1)


def test_a_day_is_read_with_all_copies_and_only_that_is_undone(collection: Collection, ada: Person) -> None:
    assert unread_on(collection, ada.number, DAY) == 2, "two works, one of them twice"
    react(collection, ada.number, act="read", papers=[OTHER], now=NOW)
    assert unread_on(collection, ada.number, DAY) == 1
    done = mark_read(collection, ada.number, DAY, now=LATER)
    assert (done.works, done.at) == (1, LATER)
    marked = collection.store.reactions.marked("read_papers", ada.number)
    assert set(marked) == set(numbers(collection, PAPER, COPY, OTHER))
    assert unread_on(collection, ada.number, DAY) == 0
    assert mark_read(collection, ada.number, DAY, now=LATER + timedelta(hours=1)).works == 0
    assert undo_read(collection, ada.number, DAY, at=LATER + timedelta(hours=1)) == 0, "nothing was marked then"
    assert undo_read(collection, ada.number, DAY, at=LATER) == 1
    assert collection.store.reactions.marked("read_papers", ada.number) == numbers(collection, OTHER)


def test_a_copy_that_was_read_is_the_work(collection: Collection, ada: Person) -> None:
    react(collection, ada.number, act="read", papers=[COPY], now=NOW)
    works = works_on(collection, DAY)
    assert unread_of(collection.store, ada.number, works) == [tuple(numbers(collection, OTHER))]
    assert is_read(ada.number)(collection, numbers(collection, PAPER, COPY)) == set(numbers(collection, COPY))


def test_another_readers_marks_are_theirs(collection: Collection, ada: Person) -> None:
    ben = collection.store.people.add("ben@example.org", "reader", now=NOW)
    for person in (ada, ben):
        mark_read(collection, person.number, DAY, now=NOW)
    assert undo_read(collection, ada.number, DAY, at=NOW) == 2
    assert unread_on(collection, ben.number, DAY) == 0
    assert unread_on(collection, 0, DAY) == 2, "a stranger has read nothing"


def test_a_day_without_papers_has_nothing_to_mark(collection: Collection, ada: Person) -> None:
    empty = periods.period("day", date(2020, 1, 1))
    assert mark_read(collection, ada.number, empty, now=NOW).works == 0
    assert undo_read(collection, ada.number, empty, at=NOW) == 0


def test_what_the_editor_hides_is_not_counted(collection: Collection, ada: Person) -> None:
    collection.store.desk.decide(numbers(collection, OTHER)[0], "hide", ada.number, now=NOW)
    assert unread_on(collection, ada.number, DAY) == 1
