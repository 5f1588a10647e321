"""What speaks for a paper: votes, and without them how much its topic grows."""

from __future__ import annotations

from datetime import timedelta
from math import log2

import pytest

from broadsheet.collection import Collection
from broadsheet.store.reactions import Happening
from broadsheet.store.trends import Subject
from broadsheet.trending.guess import Guess, Voice, by_paper, guesses, trend, voice, windows, without_vectors
from broadsheet.trending.score import HALF_LIFE
from broadsheet.trending.table import trends
from fakes import NOW, paper
from trend_kit import TODAY, put, trending


def test_votes_of_sources_and_readers_decide_and_open(collection: Collection) -> None:
    put(collection, [paper(1, "one thing", listed=TODAY), paper(2, "another thing", listed=TODAY, votes=3, comments=2)])
    assert [each.document.id for each in trending(collection)] == ["made:002", "made:001"]
    store = collection.store
    number = store.papers.numbers(["made:001"])["made:001"]
    people = [store.people.add(f"{name}@example.org", "reader", now=NOW).number for name in ("ada", "bo", "cy")]
    for person in people:
        store.reactions.mark("votes", person, [number], now=NOW)
        store.lists.save(person, store.lists.named(person, "Read", now=NOW), [number], now=NOW)
        store.lists.save(person, store.lists.named(person, "Later", now=NOW), [number], now=NOW)
    store.reactions.unmark("votes", people[0], [number])
    store.lists.unsave(people[0], [number])
    first, second = trending(collection)
    assert (first.rank, first.document.id) == (1, "made:001")
    assert first.parts.votes == pytest.approx(2)
    assert first.parts.saves == pytest.approx(3)
    assert log2(first.parts.total) + first.parts.day / HALF_LIFE == pytest.approx(first.trend.score)
    assert first.parts.score > second.parts.score


def test_without_votes_the_rising_topic_is_first(collection: Collection) -> None:
    usual = [paper(n, f"soup {n % 7}", listed=TODAY - timedelta(days=8 + n % 40)) for n in range(100, 180)]
    usual += [paper(n, f"soup {n % 7} again", listed=TODAY - timedelta(days=n % 7)) for n in range(200, 206)]
    new = [paper(n, f"bridge {n % 7}", listed=TODAY - timedelta(days=n % 7)) for n in range(300, 312)]
    put(collection, [*usual, *new, paper(1, "bridge of today", listed=TODAY), paper(2, "soup of today", listed=TODAY)])
    first, second = trending(collection, days=1, k=50)[:1] + trending(collection, days=1, k=50)[-1:]
    assert "bridge" in first.document.title
    assert first.parts.topic is not None
    assert second.parts.topic is not None
    assert first.parts.topic > 0 > second.parts.topic
    assert first.parts.text is None


def test_a_topic_growth_never_changes_with_time(collection: Collection) -> None:
    put(collection, [paper(n, f"soup {n % 9}", listed=TODAY - timedelta(days=n % 60)) for n in range(1, 120)])
    before = trends(collection, [60])[60].topic
    put(collection, [paper(n, "soup 4", listed=TODAY + timedelta(days=30)) for n in range(200, 220)])
    assert trends(collection, [60])[60].topic == before


def test_without_vectors_the_counts_still_speak(collection: Collection) -> None:
    collection.store.papers.put([paper(1, "one", listed=TODAY), paper(2, "two", listed=TODAY, votes=1)], now=NOW)
    found = trending(collection)
    assert [each.document.id for each in found] == ["made:002", "made:001"]
    assert found[0].parts.text is found[0].parts.topic is None


def test_without_a_space_every_guess_is_empty_and_on_one_basis(collection: Collection) -> None:
    put(collection, [paper(1, "a", listed=TODAY)])
    silent = Voice(None, None)
    subjects = collection.store.trends.subjects([1])
    assert guesses(collection, silent, subjects) == {1: Guess(silent.basis)}
    assert without_vectors(silent, [1]) == frozenset()
    assert guesses(collection, silent, []) == {}


def test_a_paper_without_a_vector_has_no_basis_until_it_has_one(collection: Collection) -> None:
    put(collection, [paper(1, "soup", listed=TODAY)])
    collection.store.papers.put([paper(2, "bridge", listed=TODAY)], now=NOW)
    speaking = voice(collection)
    assert without_vectors(speaking, [1, 2]) == {2}
    made = guesses(collection, speaking, collection.store.trends.subjects([1, 2]))
    assert (made[2], made[1].basis) == (Guess(""), speaking.basis)


def test_the_week_of_a_day_and_the_weeks_before_do_not_overlap(collection: Collection) -> None:
    put(collection, [paper(n, f"t {n}", listed=TODAY - timedelta(days=n)) for n in range(0, 30)])
    recent, past = windows(collection, TODAY)
    assert not set(recent) & set(past)
    assert collection.store.papers.number("made:000") in recent
    assert collection.store.papers.number("made:007") in past
    assert windows(collection, TODAY - timedelta(days=400)) == ([], [])


def test_events_are_added_to_what_sources_count() -> None:
    subject = Subject(1, TODAY, 1, 4, 2)
    bare = trend(subject, Guess("b"), [])
    voted = trend(subject, Guess("b"), [Happening(1, "votes", NOW), Happening(1, "saves", NOW)])
    assert voted.score > bare.score
    assert trend(Subject(1, TODAY, 1, 9, 2), Guess("b"), []).score > bare.score
    events = [Happening(1, "votes", NOW), Happening(2, "saves", NOW), Happening(1, "comments", NOW)]
    assert {number: len(several) for number, several in by_paper(events).items()} == {1: 2, 2: 1}
