"""A reader's lists, and what is put into them and taken out."""

from __future__ import annotations

import pytest

from broadsheet.collection import Collection
from broadsheet.core.errors import NotFoundError, UsageError
from broadsheet.people import lists
from broadsheet.store.people import Person
from copies_kit import COPY, OTHER, PAPER, numbers, scores
from site_kit import NOW


def test_a_list_is_made_once_renamed_and_removed(collection: Collection, ada: Person) -> None:
    store, me = collection.store, ada.number
    herbs = lists.make(store, me, name=" Pressed  herbs ", now=NOW)
    assert lists.make(store, me, name="Pressed herbs", now=NOW) == herbs
    tides = lists.make(store, me, name="Tides", now=NOW)
    with pytest.raises(lists.NameTakenError, match="you have another list with this name"):
        lists.rename(store, me, number=herbs, name="Tides")
    with pytest.raises(UsageError, match="The name is empty"):
        lists.rename(store, me, number=herbs, name=" ")
    lists.rename(store, me, number=herbs, name="Herbs")
    with pytest.raises(lists.NameTakenError, match="already have a list called “Tides”") as taken:
        lists.create(store, me, name="Tides ", now=NOW)
    assert taken.value.number == tides
    lists.put(collection, me, papers=[PAPER], into=tides, now=NOW)
    kept = store.lists.saved(me, tides)
    removed = lists.remove(collection, me, number=tides)
    assert [(each.number, each.name) for each in store.lists.of(me)] == [(herbs, "Herbs")]
    lists.put_back(collection, me, removed)
    assert [(each.number, each.name) for each in store.lists.of(me)] == [(herbs, "Herbs"), (tides, "Tides")]
    assert store.lists.saved(me, tides) == kept != []
    again = lists.remove(collection, me, number=tides)
    assert again == removed
    lists.create(store, me, name="Tides", now=NOW)
    with pytest.raises(lists.NameTakenError):
        lists.put_back(collection, me, again)


def test_nobody_else_reaches_a_list(collection: Collection, ada: Person) -> None:
    store = collection.store
    number = lists.make(store, ada.number, name="Herbs", now=NOW)
    lists.put(collection, ada.number, papers=[PAPER], into=number, now=NOW)
    ben = store.people.add("ben@example.org", "reader", now=NOW).number
    for refused in (
        lambda: lists.own(store, ben, number),
        lambda: lists.rename(store, ben, number=number, name="Mine"),
        lambda: lists.remove(collection, ben, number=number),
        lambda: lists.put(collection, ben, papers=[OTHER], into=number, now=NOW),
        lambda: lists.take_out(collection, ben, papers=[PAPER], out_of=number),
    ):
        with pytest.raises(NotFoundError, match="You have no list"):
            refused()
    assert lists.take_out(collection, ben, papers=[PAPER]) == 0
    assert store.lists.saved(ada.number, number) == numbers(collection, PAPER)


def test_papers_go_in_by_the_lists_name_or_number(collection: Collection, ada: Person) -> None:
    store, me = collection.store, ada.number
    assert lists.put(collection, me, papers=[PAPER, OTHER], now=NOW) == 2
    assert lists.put(collection, me, papers=[PAPER], into="Herbs", now=NOW) == 1
    number = lists.make(store, me, name="Herbs", now=NOW)
    assert lists.put(collection, me, papers=[PAPER, OTHER], into=number, now=NOW) == 1
    assert [(each.name, each.papers) for each in store.lists.of(me)] == [("Herbs", 2), ("Saved", 2)]


@pytest.mark.parametrize("by", ["name", "number", "all"])
def test_a_work_comes_out_by_any_of_its_papers(collection: Collection, ada: Person, by: str) -> None:
    store, me = collection.store, ada.number
    number = lists.make(store, me, name="Herbs", now=NOW)
    lists.put(collection, me, papers=[PAPER, OTHER], into=number, now=NOW)
    out_of = {"name": " Herbs ", "number": number, "all": None}[by]
    assert lists.take_out(collection, me, papers=[COPY], out_of=out_of) == 1
    assert lists.take_out(collection, me, papers=[COPY], out_of=out_of) == 0
    assert store.lists.saved(me) == numbers(collection, OTHER)


def test_a_name_that_no_list_has_takes_nothing_out(collection: Collection, ada: Person) -> None:
    lists.put(collection, ada.number, papers=[PAPER], now=NOW)
    assert lists.take_out(collection, ada.number, papers=[PAPER], out_of="None of mine") == 0
    with pytest.raises(UsageError, match="The name is empty"):
        lists.take_out(collection, ada.number, papers=[PAPER], out_of=" ")


def test_the_stored_score_falls_when_a_list_is_removed(collection: Collection, ada: Person) -> None:
    number = lists.make(collection.store, ada.number, name="Herbs", now=NOW)
    lists.take_out(collection, ada.number, papers=[PAPER])
    [before] = scores(collection, PAPER)
    lists.put(collection, ada.number, papers=[PAPER], into=number, now=NOW)
    assert scores(collection, PAPER) != [before]
    lists.remove(collection, ada.number, number=number)
    assert scores(collection, PAPER) == [pytest.approx(before)]
