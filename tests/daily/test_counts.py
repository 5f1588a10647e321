"""Votes and comments of people here count beside those of sources, and the editor's word on a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from broadsheet.collection import Collection, open_collection
from broadsheet.core.periods import parse
from broadsheet.core.types import Document, Filters
from broadsheet.daily.counts import total, with_local_counts
from broadsheet.daily.day import Feed, Wanted
from broadsheet.trending.ranking import feed
from fakes import NOW

DAY = date(2026, 3, 2)


def made(name: str, title: str, **more: object) -> Document:
    return Document(id=f"made:{name}", title=title, **{"source": "hf:daily", "authors": (f"Ann {name}",), **more})


PAPERS = (
    made("a", "Kites in Winter Storms", listed=DAY, votes=5, comments=1),
    made("b", "Ropes of Paper and Glue", listed=DAY, votes=4),
    made("c", "Bells Heard Under Water", listed=DAY),
    made("b2", "Ropes of Paper and Glue", source="csv:conf", authors=("Ann b",), votes=2),
)


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with open_collection(tmp_path, encoder="hash") as opened:
        opened.store.papers.put(PAPERS, now=NOW)
        yield opened


def asked(collection: Collection, **wanted: object) -> Feed:
    return feed(collection, parse(str(DAY)), now=NOW, wanted=Wanted(**wanted))


def names(found: Feed) -> list[str]:
    return [card.document.id.removeprefix("made:") for card in found.cards]


def number(collection: Collection, name: str) -> int:
    return collection.store.papers.numbers([f"made:{name}"])[f"made:{name}"]


def people(collection: Collection, count: int) -> list[int]:
    return [collection.store.people.add(f"p{n}@example.org", "reader", now=NOW).number for n in range(count)]


def test_votes_here_are_added_each_person_once_a_work_and_sorted_by(collection: Collection) -> None:
    assert names(asked(collection)) == ["a", "b", "c"]
    ada, bo = people(collection, 2)
    both = [number(collection, "b"), number(collection, "b2")]
    collection.store.reactions.mark("votes", ada, both, now=NOW)
    collection.store.reactions.mark("votes", bo, both[1:], now=NOW)
    found = asked(collection)
    assert names(found) == ["b", "a", "c"]
    assert (found.cards[0].votes, found.cards[0].counted) == (6, 4)
    assert (found.cards[2].votes, found.cards[2].counted) == (None, None)
    collection.store.reactions.unmark("votes", bo, both)
    assert asked(collection).cards[1].votes == 5


def test_a_first_vote_here_makes_a_count_of_none(collection: Collection) -> None:
    collection.store.reactions.mark("votes", people(collection, 1)[0], [number(collection, "c")], now=NOW)
    assert asked(collection).cards[2].votes == 1


def test_comments_here_are_added(collection: Collection) -> None:
    (ada,) = people(collection, 1)
    collection.store.comments.add(number(collection, "a"), ada, "Fine.", now=NOW)
    gone = collection.store.comments.add(number(collection, "a"), ada, "Never mind.", now=NOW)
    collection.store.comments.edit(gone, "", now=NOW)
    collection.store.comments.add(number(collection, "b2"), ada, "A copy.", now=NOW)
    assert [card.comments for card in asked(collection).cards] == [2, 1, None]


def test_counts_of_a_work_beside_any_list(collection: Collection) -> None:
    (ada,) = people(collection, 1)
    collection.store.reactions.mark("votes", ada, [number(collection, "b2")], now=NOW)
    (shown,) = with_local_counts(collection, [[PAPERS[1], PAPERS[3]]])
    assert (shown.id, shown.votes) == ("made:b", 5)
    assert total([None, 3, 7], 0) == 7
    assert total([None], 2) == 2
    assert total([], 0) is None


def test_a_least_number_of_votes_counts_those_given_here(collection: Collection) -> None:
    collection.store.reactions.mark("votes", people(collection, 2)[1], [number(collection, "b")], now=NOW)
    collection.store.reactions.mark("votes", people(collection, 2)[0], [number(collection, "c")], now=NOW)
    assert sorted(names(asked(collection, filters=Filters(min_votes=5)))) == ["a", "b"]
    assert sorted(names(asked(collection, filters=Filters(min_votes=1)))) == ["a", "b", "c"]
    assert names(asked(collection, filters=Filters(min_votes=6))) == []


def test_picks_come_first_and_hidden_papers_are_gone(collection: Collection) -> None:
    (editor,) = people(collection, 1)
    collection.store.desk.decide(number(collection, "c"), "pick", editor, now=NOW)
    collection.store.desk.decide(number(collection, "b2"), "hide", editor, now=NOW)
    for sort in ("votes", "newest", "trending"):
        found = asked(collection, sort=sort)
        assert names(found) == ["c", "a"], sort
        assert [card.picked for card in found.cards] == [True, False]
        assert (found.total, found.hidden) == (2, 1)
    collection.store.desk.decide(number(collection, "b2"), None, editor, now=NOW)
    assert names(asked(collection)) == ["c", "a", "b"]


def test_an_own_order_does_not_put_picks_first(collection: Collection) -> None:
    collection.store.desk.decide(number(collection, "c"), "pick", people(collection, 1)[0], now=NOW)
    found = asked(collection, sort="mine", order=lambda _collection, found, _now: [work.votes or 0 for work in found])
    assert names(found) == ["a", "b", "c"]


def test_a_day_that_is_all_hidden_says_so(collection: Collection) -> None:
    (editor,) = people(collection, 1)
    for name in "abc":
        collection.store.desk.decide(number(collection, name), "hide", editor, now=NOW)
    assert asked(collection).note == "The editor has hidden the 3 papers of this day."
