"""Which topics rise: shares against the past, shrunk by how few papers there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from scipy import stats

from broadsheet.collection import Collection, open_collection
from broadsheet.core.errors import UsageError
from broadsheet.core.topic import Topic
from broadsheet.core.types import Document
from broadsheet.store.topics import Count, Placed, Planted
from broadsheet.topics.rising import SURENESS, counted, expected, reason, rising, surely
from fakes import WordEncoder

NOW = datetime(2026, 3, 4, 8, tzinfo=UTC)
TODAY = NOW.date()
FIELD, STEADY, GROWING, NEW = 1, 2, 3, 4
TOPICS = (
    Topic(id=FIELD, level="field", name="Field"),
    Topic(id=STEADY, level="topic", name="Steady", parent=FIELD),
    Topic(id=GROWING, level="topic", name="Growing", parent=FIELD),
    Topic(id=NEW, level="topic", name="New", parent=FIELD),
)


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with open_collection(tmp_path, encoder=WordEncoder()) as collection:
        collection.store.topics.plant(Planted(topics=TOPICS, centres={}, space="", heirs={}), now=NOW)
        yield collection


def bring(collection: Collection, topic: int | None, days_ago: Sequence[int], *, votes: int | None = None) -> None:
    """Put a paper into a topic for each of these days."""
    store, start = collection.store, collection.store.papers.last_number() + 1
    days = [TODAY - timedelta(days=ago) for ago in days_ago]
    papers = [
        Document(id=f"p{start + n}", title=f"Paper {start + n}", announced=day, votes=votes)
        for n, day in enumerate(days)
    ]  # fmt: skip
    store.papers.put(papers, now=NOW)
    numbers = store.papers.numbers([each.id for each in papers]).values()
    store.topics.place([Placed(number, topic, 0.5, number) for number in numbers])


def a_past(collection: Collection) -> None:
    """Twelve weeks: a steady topic with a paper a day, and a smaller one with one a week."""
    bring(collection, STEADY, range(91))
    bring(collection, GROWING, range(8, 91, 7))


def test_a_topic_rises_against_its_own_past(collection: Collection) -> None:
    a_past(collection)
    bring(collection, GROWING, [0, 1, 1, 2, 3, 4, 5, 6], votes=2)
    [found] = rising(collection, now=NOW)
    assert (found.topic.id, found.recent, found.votes) == (GROWING, 8, 16)
    assert found.expected == pytest.approx(15 * 12.5 / 97.5)
    assert found.score == pytest.approx(surely(8, found.expected))
    assert found.why == "8 papers in 7 days; its past 12 weeks predict 1.9."


def test_two_papers_against_none_do_not_rise(collection: Collection) -> None:
    a_past(collection)
    bring(collection, NEW, [0, 1])
    assert rising(collection, now=NOW) == []
    assert reason(collection, now=NOW) == "No topic has clearly more papers in the last 7 days than its past predicts."


def test_a_busy_week_for_all_is_not_a_rise_of_any(collection: Collection) -> None:
    a_past(collection)
    bring(collection, STEADY, list(range(7)) * 9)
    bring(collection, GROWING, list(range(7)))
    assert rising(collection, now=NOW) == []


def test_papers_in_no_topic_count_in_the_whole(collection: Collection) -> None:
    a_past(collection)
    bring(collection, STEADY, list(range(91)) * 2)
    bring(collection, None, list(range(7, 91)) * 3)
    [found] = rising(collection, now=NOW)
    assert found.topic.id == STEADY  # half of the past, all of this week


def test_a_merge_counts_at_once(collection: Collection) -> None:
    a_past(collection)
    bring(collection, NEW, [0, 0, 1, 1, 2, 2, 3, 3])
    assert [each.topic.id for each in rising(collection, now=NOW)] == [NEW]
    collection.store.topics.join(NEW, GROWING)
    assert [(each.topic.id, each.recent) for each in rising(collection, now=NOW)] == [(GROWING, 8)]
    collection.store.topics.join(GROWING, STEADY)
    assert rising(collection, now=NOW) == []


def test_new_papers_and_votes_count_at_once(collection: Collection) -> None:
    a_past(collection)
    assert rising(collection, now=NOW) == []
    bring(collection, GROWING, [0, 1, 2, 3, 4, 5, 6, 6])
    [found] = rising(collection, now=NOW)
    reader = collection.store.people.add("a@example.org", role="reader", now=NOW).number
    newest = collection.store.papers.last_number()
    collection.store.reactions.mark("votes", reader, [newest], now=NOW)
    assert [(each.votes, found.votes) for each in rising(collection, now=NOW)] == [(1, 0)]


def test_published_days_count_where_no_list_says_one_and_later_days_do_not(collection: Collection) -> None:
    a_past(collection)
    store, start = collection.store, collection.store.papers.last_number()
    papers = [Document(id=f"s{n}", title=f"Sent {n}", submitted=TODAY) for n in range(8)]
    papers += [Document(id=f"y{n}", title=f"Year {n}", year=TODAY.year) for n in range(8)]
    papers += [Document(id=f"l{n}", title=f"Later {n}", announced=TODAY + timedelta(days=1)) for n in range(8)]
    store.papers.put(papers, now=NOW)
    store.topics.place([Placed(start + n, NEW, 0.5, start + n) for n in range(1, 25)])
    assert [(each.topic.id, each.recent) for each in rising(collection, now=NOW)] == [(NEW, 8)]


def test_a_short_or_thin_past_says_nothing(collection: Collection) -> None:
    bring(collection, STEADY, range(20))
    bring(collection, NEW, [0] * 30)
    assert rising(collection, now=NOW) == []
    assert "too early" in reason(collection, now=NOW)
    bring(collection, STEADY, [40])  # far enough back, but few papers
    assert rising(collection, now=NOW) == []
    bring(collection, STEADY, list(range(7, 47)))
    assert [each.topic.id for each in rising(collection, now=NOW)] == [NEW]
    assert rising(collection, now=NOW)[0].why.endswith("its past 6 weeks predict 0.3.")


def test_without_topics_the_reason_is_theirs(tmp_path: Path) -> None:
    with open_collection(tmp_path, encoder=WordEncoder()) as collection:
        assert rising(collection, now=NOW) == []
        assert "no topics yet" in reason(collection, now=NOW)


@pytest.mark.parametrize("days", [0, 32])
def test_other_windows_are_refused(collection: Collection, days: int) -> None:
    with pytest.raises(UsageError, match="1 to 31 days"):
        rising(collection, now=NOW, days=days)
    with pytest.raises(UsageError, match="k counts from 1"):
        rising(collection, now=NOW, k=0)


@pytest.mark.parametrize(("papers", "predicted"), [(0, 0.0), (2, 0.01), (2, 0.5), (14, 4.2), (40, 45.0), (900, 600.0)])
def test_the_bound_is_the_quantile_of_the_gamma_distribution(papers: int, predicted: float) -> None:
    exact = stats.gamma.ppf(0.1, SURENESS + papers, scale=1 / (SURENESS + predicted))
    assert surely(papers, predicted) == pytest.approx(exact, rel=0.01)


def test_counts_are_of_living_topics(collection: Collection) -> None:
    first = date(2026, 3, 1)
    day = first.toordinal()
    rows = [Count(5, day, 3, 7), Count(6, day - 1, 2, 9), Count(None, day, 4, 0), Count(8, day - 70, 1, 0)]
    window = counted(rows, {5: 5, 6: 5}, first)
    assert (window.recent, window.past, window.votes[5]) == ({5: 3}, {5: 2}, 7)
    assert (window.papers, window.earlier, window.weeks) == (7, 3, 10)
    assert expected(window, 5, 2) == pytest.approx(7 * 2.5 / 4)
