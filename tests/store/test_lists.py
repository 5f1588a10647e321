"""Lists of saved papers, as the Store holds them."""

from __future__ import annotations

import pytest

from broadsheet.core.errors import UsageError
from broadsheet.store import Store
from broadsheet.store.lists import SavedList, list_name
from fakes import NOW, paper
from store_kit import FIVE, LATER, numbers


@pytest.fixture
def store(store: Store) -> Store:
    store.papers.put(FIVE, now=NOW)
    return store


def test_a_deleted_paper_is_on_no_list_and_comes_back_with_its_marks(store: Store) -> None:
    ada = store.people.add("ada@example.org", "reader", now=NOW).number
    one, *_ = numbers(store)
    saved = store.lists.named(ada, "Saved", now=NOW)
    store.lists.save(ada, saved, [one], now=NOW)
    store.reactions.mark("votes", ada, [one], now=NOW)
    store.papers.delete(["made:000"], now=NOW)
    assert store.lists.saved(ada) == store.reactions.marked("votes", ada) == []
    store.papers.put([paper(0, "Paper 0")], now=NOW)
    assert store.lists.saved(ada) == store.reactions.marked("votes", ada) == [one]


def test_lists_belong_to_one_person(store: Store) -> None:
    ada, ben = (store.people.add(f"{name}@example.org", "reader", now=NOW).number for name in ("ada", "ben"))
    one, two, *_ = numbers(store)
    mine = store.lists.named(ada, "Plants", now=NOW)
    assert store.lists.named(ada, "Plants", now=LATER) == mine
    assert store.lists.save(ada, mine, [one, two, one], now=NOW) == 2
    assert store.lists.save(ben, mine, [one], now=NOW) == 0
    assert not store.lists.remove(ben, mine)
    assert not store.lists.rename(ben, mine, "Mine")
    other = store.lists.named(ada, "Seas", now=NOW)
    assert not store.lists.rename(ada, other, "Plants")
    store.lists.save(ada, other, [two], now=LATER)
    assert store.lists.saved(ada) == [two, one]
    assert store.lists.saved_in(ada, [one, two]) == {one: (mine,), two: (mine, other)}
    assert store.lists.unsave(ben, [two]) == 0
    assert store.lists.unsave(ada, [two], other) == 1
    assert [(each.name, each.papers) for each in store.lists.of(ada)] == [("Plants", 2), ("Seas", 0)]
    assert store.lists.remove(ada, mine)
    assert store.lists.saved(ada) == []


def test_a_list_comes_back_whole_and_counts_what_is_there(store: Store) -> None:
    ada = store.people.add("ada@example.org", "reader", now=NOW).number
    one, two, *_ = numbers(store)
    number = store.lists.named(ada, "Plants", now=NOW)
    store.lists.save(ada, number, [one, two], now=NOW)
    assert store.lists.of(ada) == [SavedList(number, "Plants", 2, NOW)]
    store.papers.delete(["made:001"], now=LATER)
    assert store.lists.of(ada) == [SavedList(number, "Plants", 1, NOW)]
    assert store.lists.rename(ada, number, "Plants"), "its own name is no other list's"


def test_names_of_lists_are_one_line_of_letters() -> None:
    assert list_name("  Tide \n tables ") == "Tide tables"
    assert list_name("x" * 300) == "x" * 100
    for text in ("", " \n", "a\x00b", "\u202eab"):
        with pytest.raises(UsageError, match="name"):
            list_name(text)


def test_the_newest_papers_of_each_list(store: Store) -> None:
    ada, ben = (store.people.add(f"{name}@example.org", "reader", now=NOW).number for name in ("ada", "ben"))
    one, two, *_ = numbers(store)
    plants, seas = (store.lists.named(ada, name, now=NOW) for name in ("Plants", "Seas"))
    store.lists.save(ada, plants, [two], now=NOW)
    store.lists.save(ada, plants, [one], now=LATER)
    store.lists.save(ada, seas, [two], now=NOW)
    store.lists.save(ben, store.lists.named(ben, "Mine", now=NOW), [one], now=NOW)
    assert store.lists.newest_of_each(ada, 5) == {plants: [one, two], seas: [two]}
    assert store.lists.newest_of_each(ada, 1) == {plants: [one], seas: [two]}
