"""Trending on a Collection: what speaks when there are votes, a prior, or neither, and where a prior came from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from math import log2
from pathlib import Path

import numpy as np
import pytest

import broadsheet as bs
from broadsheet.collection import Collection
from broadsheet.core.errors import UsageError
from broadsheet.core.types import Document
from broadsheet.trending.prior import ENOUGH, learn, prior
from broadsheet.trending.ranking import opened, risen
from broadsheet.trending.score import HALF_LIFE, Parts, Trend
from broadsheet.trending.table import tend, trends
from fakes import NOW, WordEncoder, paper

TODAY = NOW.date()


@dataclass(frozen=True)
class Shown:
    """A paper, its trend, and the parts of its score now. ``rank`` counts from 1."""

    rank: int
    document: Document
    trend: Trend
    parts: Parts


def trending(collection: Collection, *, days: int = 7, k: int = 50) -> list[Shown]:
    """What trends, with every score opened."""
    cards = risen(collection, now=NOW, zone=UTC, days=days, k=k).cards
    scores = opened(collection, cards, now=NOW)
    of = [(card.document, scores[card.document.id]) for card in cards]
    return [Shown(rank, document, score.trend, score.parts) for rank, (document, score) in enumerate(of, 1)]


class BlindEncoder(WordEncoder):
    """To which all texts are alike."""

    def encode(self, texts: Sequence[str], *, role: str = "document") -> np.ndarray:
        return super().encode(["alike"] * len(texts), role=role)


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with bs.open(tmp_path / "c", encoder=WordEncoder()) as made:
        yield made


def put(collection: Collection, papers: list[Document]) -> None:
    collection.store.put(papers, now=NOW)
    bs.sync(collection)


def past_days(days: int) -> list[Document]:
    """Days on which papers about bridges are liked and papers about soup are not."""
    papers = []
    for back in range(1, days + 1):
        for place in range(6):
            word, votes = ("bridge", 40 + place) if place % 2 else ("soup", place)
            title = f"{word} {'abcdefghijklmnopqrstuvwxyz'[back % 26]} {place}"
            papers.append(paper(back * 10 + place, title, listed=TODAY - timedelta(days=back), votes=votes))
    return papers


def test_votes_of_sources_and_readers_decide_and_open(collection: Collection) -> None:
    put(collection, [paper(1, "one thing", listed=TODAY), paper(2, "another thing", listed=TODAY, votes=3, comments=2)])
    assert [each.document.id for each in trending(collection)] == ["made:002", "made:001"]
    store = collection.store
    number = store.numbers(["made:001"])["made:001"]
    people = [store.add_person(f"{name}@example.org", "reader", now=NOW).number for name in ("ada", "bo", "cy")]
    for person in people:
        store.mark("votes", person, [number], now=NOW)
        store.save(person, store.list_named(person, "Read", now=NOW), [number], now=NOW)
        store.save(person, store.list_named(person, "Later", now=NOW), [number], now=NOW)
    store.unmark("votes", people[0], [number])
    store.unsave(people[0], [number])
    first, second = trending(collection)
    assert (first.rank, first.document.id) == (1, "made:001")
    assert first.parts.votes == pytest.approx(2)
    assert first.parts.saves == pytest.approx(3)
    assert log2(first.parts.total) + first.parts.day / HALF_LIFE == pytest.approx(first.trend.score)
    assert first.parts.score > second.parts.score


def test_only_listed_papers_of_the_asked_days_trend(collection: Collection) -> None:
    yesterday = paper(3, "yesterday", listed=TODAY - timedelta(days=1))
    put(collection, [yesterday, paper(1, "old", listed=TODAY - timedelta(days=7)), paper(4, "today", listed=TODAY)])
    put(collection, [paper(2, "dayless", submitted=TODAY)])
    assert [each.document.id for each in trending(collection)] == ["made:004", "made:003"]
    assert [each.document.id for each in trending(collection, days=1)] == ["made:004"]
    assert len(trending(collection, k=1)) == 1
    assert trends(collection, [99]) == {}
    with pytest.raises(UsageError, match="1 to 31 days; got 0"):
        trending(collection, days=0)


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


def test_a_learned_prior_ranks_papers_without_votes(collection: Collection) -> None:
    put(collection, past_days(ENOUGH + 10))
    made = learn(collection, now=NOW)
    kept = prior(collection)
    assert kept is not None
    assert (kept.days, kept.papers, kept.last) == (made.days, made.papers, TODAY - timedelta(days=3))
    assert kept.learned == NOW
    assert np.array_equal(kept.ridge.weights, made.ridge.weights)
    assert kept.ridge.worth == made.ridge.worth != {}
    assert kept.ridge.usual == made.ridge.usual
    put(collection, [paper(1, "soup fresh", listed=TODAY), paper(2, "bridge fresh", listed=TODAY)])
    first, second = trending(collection, days=1)
    assert (first.document.id, second.document.id) == ("made:002", "made:001")
    assert first.parts.text is not None
    assert second.parts.text is not None
    assert first.parts.text > 0 > second.parts.text
    assert first.parts.topic is None


def test_a_prior_of_another_encoder_does_not_speak(tmp_path: Path) -> None:
    with bs.open(tmp_path / "c", encoder=WordEncoder()) as collection:
        put(collection, past_days(ENOUGH + 10))
        learn(collection, now=NOW)
    with bs.open(tmp_path / "c", encoder=WordEncoder(version="2")) as collection:
        bs.sync(collection, rebuild=True)
        found = trending(collection)
        assert found
        assert {each.parts.text for each in found} == {None}


def test_a_prior_from_before_wording_counted_is_learned_anew(collection: Collection) -> None:
    put(collection, past_days(ENOUGH + 10))
    learn(collection, now=NOW)
    kept = collection.store.facts("trending.prior")
    del kept["worth"], kept["usual"]
    kept |= {"mean": kept["mean"][:-2], "weights": kept["weights"][:-2]}
    collection.store.set_fact("trending.prior", kept)
    assert prior(collection) is None
    assert {each.parts.text for each in trending(collection)} == {None}
    assert tend(collection, now=NOW).startswith("learned from ")
    assert None not in {each.parts.text for each in trending(collection)}


def test_a_liked_word_speaks_where_vectors_say_nothing(tmp_path: Path) -> None:
    with bs.open(tmp_path / "c", encoder=BlindEncoder()) as collection:
        put(collection, past_days(ENOUGH + 40))
        made = learn(collection, now=NOW)
        assert made.ridge.worth["bridge"] > 0 > made.ridge.worth["soup"]
        put(collection, [paper(1, "soup fresh", listed=TODAY), paper(2, "bridge fresh", listed=TODAY)])
        assert [each.document.id for each in trending(collection, days=1)] == ["made:002", "made:001"]


def test_a_prior_needs_days_with_votes(collection: Collection) -> None:
    put(collection, past_days(5))
    with pytest.raises(UsageError, match="there are 3"):
        learn(collection, now=NOW)
    assert prior(collection) is None


def test_without_vectors_the_counts_still_speak(collection: Collection) -> None:
    collection.store.put([paper(1, "one", listed=TODAY), paper(2, "two", listed=TODAY, votes=1)], now=NOW)
    found = trending(collection)
    assert [each.document.id for each in found] == ["made:002", "made:001"]
    assert found[0].parts.text is found[0].parts.topic is None
