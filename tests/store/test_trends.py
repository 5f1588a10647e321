"""Scores of papers, each of the state of the document that it was computed from."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

from broadsheet.store import Store
from broadsheet.store.trends import StoredTrend, Subject
from fakes import NOW, paper
from store_kit import LATER

DAY = date(2026, 3, 1)
LISTED = paper(1, "Kites", listed=DAY, votes=5, comments=2)


def body(**more: object) -> str:
    return json.dumps({"basis": "b", "heard": "h", **more})


def test_what_a_trend_begins_with(store: Store) -> None:
    store.papers.put([LISTED, paper(2, "Ropes", listed=DAY), paper(3, "Bells")], now=NOW)
    assert store.trends.subjects([3, 2, 1]) == [Subject(2, DAY, 2, 0, 0), Subject(1, DAY, 1, 5, 2)]
    store.papers.delete(["made:002"], now=NOW)
    assert [each.number for each in store.trends.subjects([1, 2, 3])] == [1]
    assert store.trends.subjects([]) == []


def test_a_score_of_an_older_state_counts_for_nothing(store: Store) -> None:
    store.papers.put([LISTED], now=NOW)
    assert store.trends.rows([1]) == [StoredTrend(1, 1, None, None, None)]
    store.trends.put([(1, 1, 2.5, body())])
    assert store.trends.rows([1]) == [StoredTrend(1, 1, 2.5, "b", "h")]
    assert store.trends.bodies([1, 2]) == {1: body()}
    store.papers.put([replace(LISTED, votes=6)], now=NOW)
    assert store.trends.rows([1]) == [StoredTrend(1, 2, None, None, None)]


def test_a_newer_score_takes_the_place_of_the_older(store: Store) -> None:
    store.papers.put([paper(n, f"P {n}", listed=DAY) for n in range(450)], now=NOW)
    store.trends.put([(n, n, 1.0, body()) for n in range(1, 451)])
    store.trends.put([(7, 7, 9.0, body())])
    scores = {row.number: row.score for row in store.trends.rows(range(1, 451))}
    assert len(scores) == 450
    assert (scores[7], scores[8]) == (9.0, 1.0)


def test_what_is_heard_here_changes_with_each_vote_and_comment(store: Store) -> None:
    store.papers.put([LISTED, paper(2, "Ropes", listed=DAY)], now=NOW)
    ada = store.people.add("ada@example.org", "reader", now=NOW).number
    assert store.trends.heard([1, 2]) == {}
    store.reactions.mark("votes", ada, [1], now=NOW)
    first = store.trends.heard([1, 2])
    assert list(first) == [1]
    comment = store.comments.add(1, ada, "Yes.", now=LATER)
    assert store.trends.heard([1])[1] != first[1]
    store.comments.edit(comment, "", now=LATER)
    assert store.trends.heard([1, 2]) == first, "a deleted comment is heard no more"
