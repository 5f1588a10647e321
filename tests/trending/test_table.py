"""Scores that are kept: fresh as long as nothing changed that they were computed from, and changed by an act alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, timedelta
from pathlib import Path

import pytest

import broadsheet as bs
from broadsheet.collection import Collection
from broadsheet.core.types import Document
from broadsheet.trending import table as kept_module
from broadsheet.trending.prior import ENOUGH, learn, prior, why_not_due
from broadsheet.trending.ranking import trending_feed
from broadsheet.trending.score import HALF_LIFE, Trend, day_of
from broadsheet.trending.table import interest, keep, scores, tend, touch, trends
from fakes import NOW, WordEncoder, paper

TODAY = NOW.date()


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with bs.open(tmp_path / "c", encoder=WordEncoder()) as made:
        papers = [paper(n, f"thing {n % 5}", listed=TODAY - timedelta(days=n % 4), votes=n) for n in range(1, 9)]
        made.store.papers.put([*papers, paper(90, "of no day")], now=NOW)
        bs.sync(made)
        yield made


def counted(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of papers that are computed from here on."""
    computed: list[int] = []
    subjects = collection.store.trends.subjects
    monkeypatch.setattr(
        collection.store.trends, "subjects", lambda numbers: computed.extend(numbers) or subjects(numbers)
    )
    return computed


def everything(collection: Collection) -> list[int]:
    return list(collection.store.papers.numbers([f"made:{n:03}" for n in (*range(1, 9), 90)]).values())


def rows(collection: Collection) -> int:
    return len(collection.store.trends.bodies(everything(collection)))


def test_kept_scores_are_those_that_would_be_computed(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    before = scores(collection, everything(collection))
    assert rows(collection) == 0, "a look writes nothing"
    assert keep(collection, now=NOW) == 8
    computed = counted(collection, monkeypatch)
    assert scores(collection, everything(collection)) == before
    assert {n: each.score for n, each in trends(collection, everything(collection)).items()} == pytest.approx(before)
    assert computed == []
    assert keep(collection, now=NOW) == 0, "nothing is stale"


def test_an_act_changes_one_row_and_taking_it_back_restores_it(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(collection, now=NOW)
    store, person = collection.store, collection.store.people.add("ada@example.org", "reader", now=NOW).number
    before = scores(collection, everything(collection))
    computed = counted(collection, monkeypatch)
    store.reactions.mark("votes", person, [1], now=NOW + timedelta(hours=3))
    touch(collection, [1])
    assert set(computed) == {1}
    after = scores(collection, everything(collection))
    assert set(computed) == {1}, "the row is fresh"
    assert after[1] > before[1]
    assert {n: after[n] for n in after if n != 1} == {n: before[n] for n in before if n != 1}
    assert after[1] == pytest.approx(trends(collection, [1])[1].score), "the kept parts make the kept score"
    store.reactions.unmark("votes", person, [1])
    touch(collection, [1])
    assert scores(collection, [1])[1] == pytest.approx(before[1])


def test_a_vote_decays_from_its_own_time(collection: Collection) -> None:
    store, person = collection.store, collection.store.people.add("ada@example.org", "reader", now=NOW).number
    late = NOW + timedelta(days=2 * HALF_LIFE)
    store.reactions.mark("votes", person, [1], now=late)
    touch(collection, [1])
    parts = trends(collection, [1])[1].parts(day_of(late))
    listed = day_of(TODAY - timedelta(days=1))
    assert parts.votes == pytest.approx(1 + 0.5 ** ((day_of(late) - listed) / HALF_LIFE))


def test_what_changed_without_a_touch_is_seen_all_the_same(collection: Collection) -> None:
    keep(collection, now=NOW)
    store, person = collection.store, collection.store.people.add("ada@example.org", "reader", now=NOW).number
    before = scores(collection, [1, 2, 3])
    store.comments.add(2, person, "Look here.", now=NOW)
    store.papers.put([paper(3, "thing 3", listed=TODAY - timedelta(days=3), votes=300)], now=NOW)
    after = scores(collection, [1, 2, 3])
    assert (after[1] == before[1], after[2] > before[2], after[3] > before[3]) == (True, True, True)
    assert keep(collection, now=NOW) == 2
    store.people.remove(person)
    assert scores(collection, [2])[2] == pytest.approx(before[2])


def test_what_a_look_computes_is_remembered_but_not_written(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    computed = counted(collection, monkeypatch)
    first = scores(collection, [1, 2])
    assert scores(collection, [1, 2]) == first
    assert sorted(computed) == [1, 2]
    assert rows(collection) == 0


def test_another_prior_makes_every_row_stale(collection: Collection) -> None:
    keep(collection, now=NOW)
    past = [
        paper(back * 10 + place, f"{'bridge' if place % 2 else 'soup'} {chr(97 + back % 26)}", votes=place % 2 * 40,
              listed=TODAY - timedelta(days=back))
        for back in range(4, ENOUGH + 10) for place in range(6)
    ]  # fmt: skip
    collection.store.papers.put(past, now=NOW)
    bs.sync(collection)
    assert all(each.text is None for each in trends(collection, [1, 2]).values())
    learn(collection, now=NOW)
    assert all(each.text is not None for each in trends(collection, [1, 2]).values())
    assert all(json.loads(body)["text"] is None for body in collection.store.trends.bodies([1, 2]).values())
    keep(collection, now=NOW)
    assert all(json.loads(body)["text"] is not None for body in collection.store.trends.bodies([1, 2]).values())


def test_a_topic_is_looked_at_again_when_its_week_has_more_papers(collection: Collection) -> None:
    keep(collection, now=NOW)
    collection.store.papers.put([paper(50, "thing 1", listed=TODAY)], now=NOW)
    bs.sync(collection)
    today = collection.store.days.between(TODAY, TODAY)
    assert keep(collection, now=NOW) == len(today), "other days' weeks are as they were"


def test_only_the_last_days_are_kept(collection: Collection) -> None:
    assert keep(collection, now=NOW, days=2) == 4
    assert rows(collection) == 4


def test_hidden_papers_do_not_trend(collection: Collection) -> None:
    person = collection.store.people.add("ed@example.org", "editor", now=NOW).number
    collection.store.desk.decide(8, "hide", person, now=NOW)
    shown = [card.document.id for card in trending_feed(collection, now=NOW, zone=UTC).cards]
    assert "made:008" not in shown
    assert len(shown) == 7


def test_the_upkeep_says_what_it_did_and_why_no_more(collection: Collection) -> None:
    said = tend(collection, now=NOW)
    assert "nothing to learn from yet: a prior needs 20 days with votes" in said
    assert said.endswith("8 scores updated")
    votes = [paper(100 + n, f"word {n}", listed=TODAY - timedelta(days=5 + n // 3), votes=n % 3) for n in range(90)]
    collection.store.papers.put(votes, now=NOW)
    bs.sync(collection)
    assert "learned from 92 papers of 31 days" in tend(collection, now=NOW)
    made = prior(collection)
    assert made is not None
    assert made.ridge.agreement is not None
    assert "is less than a week old" in tend(collection, now=NOW + timedelta(days=6))
    assert why_not_due(collection, now=NOW + timedelta(days=7)) == ""


def test_nothing_is_learned_before_the_first_sync(tmp_path: Path) -> None:
    with bs.open(tmp_path, encoder=WordEncoder()) as bare:
        assert tend(bare, now=NOW).startswith("nothing to learn before the first sync")


def test_votes_of_readers_alone_are_learned_from(tmp_path: Path) -> None:
    with bs.open(tmp_path, encoder=WordEncoder()) as collection:
        papers = [
            Document(id=f"v:{n:03}", title=f"{'bridge' if n % 4 == 0 else 'soup'} {n}", source="feed:x",
                     listed=TODAY - timedelta(days=5 + n // 4))
            for n in range(100)
        ]  # fmt: skip
        collection.store.papers.put(papers, now=NOW)
        bs.sync(collection)
        person = collection.store.people.add("ada@example.org", "reader", now=NOW).number
        liked = [
            n for name, n in collection.store.papers.numbers([p.id for p in papers]).items() if int(name[2:]) % 4 == 0
        ]
        collection.store.reactions.mark("votes", person, liked, now=NOW)
        made = learn(collection, now=NOW)
        assert (made.days, made.papers) == (25, 100)


def test_memory_has_a_bound(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_module, "_MOST_REMEMBERED", 3)
    assert len(scores(collection, everything(collection))) == 8
    assert len(scores(collection, [1])) == 1
    assert len(kept_module._memory(collection)) <= 8


def test_the_score_of_a_row_is_that_of_its_trend() -> None:
    trend = Trend(listed=10.0, text=1.5).with_event("votes", 11, 3)
    assert trend.parts(11).score == trend.score


def test_what_a_paper_gathered_does_not_fade(collection: Collection) -> None:
    """A vote is a vote, whenever it came: the same sum of terms, without halving."""
    numbers = everything(collection)
    before = interest(collection, numbers)
    assert before.keys() == trends(collection, numbers).keys()
    for number, each in trends(collection, numbers).items():
        counted = sum(kind.value for kind in (each.votes, each.comments, each.saves))
        assert before[number] == pytest.approx(1 + each.expected + counted)
    person = collection.store.people.add("ada@example.org", "reader", now=NOW).number
    first, second = sorted(before)[:2]
    collection.store.reactions.mark("votes", person, [first], now=NOW)
    collection.store.reactions.mark("votes", person, [second], now=NOW + timedelta(days=5))
    after = interest(collection, numbers)
    assert [after[n] - before[n] for n in (first, second)] == pytest.approx([1, 1])
