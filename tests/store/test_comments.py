"""Comments, as the Store holds them."""

from __future__ import annotations

import pytest

from broadsheet.store import Store
from broadsheet.store.comments import Comment
from fakes import NOW
from store_kit import FIVE, LATER, numbers


@pytest.fixture
def store(store: Store) -> Store:
    store.papers.put(FIVE, now=NOW)
    return store


def test_comments_keep_their_place(store: Store) -> None:
    ada = store.people.add("ada@example.org", "reader", now=NOW).number
    store.people.set_name(ada, "Ada")
    one, two, *_ = numbers(store)
    first = store.comments.add(one, ada, "one", now=NOW)
    second = store.comments.add(one, ada, "two", now=NOW)
    store.comments.edit(first, "", now=LATER)
    store.comments.edit(second, "three", now=LATER)
    gone, kept = store.comments.on([one, two])
    assert (gone.text, gone.deleted, kept.text, kept.edited, kept.name) == ("", True, "three", LATER, "Ada")
    assert store.comments.counts([one, two]) == {one: 1}
    store.people.remove(ada)
    assert [(each.person, each.deleted) for each in store.comments.on([one])] == [(None, True)] * 2


def test_a_comment_comes_back_whole(store: Store) -> None:
    ada = store.people.add("ada@example.org", "reader", now=NOW).number
    one, two, *_ = numbers(store)
    number = store.comments.add(one, ada, "*Leaves*", now=NOW)
    assert store.comments.get(number) == Comment(number, one, ada, "", "*Leaves*", NOW, None, False)
    assert store.comments.get(number + 1) is None
    assert store.comments.on([two]) == []
    assert store.comments.counts([one, two]) == {one: 1}
