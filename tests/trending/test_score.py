"""The score is the same number at every moment, its parts add up to it, and the guesses learn what is there."""

from __future__ import annotations

from datetime import UTC, date, datetime
from math import log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.metrics import spearman
from broadsheet.core.vectors import unit
from broadsheet.trending.score import HALF_LIFE, Counter, Trend, acceleration, by_day, day_of, standing, train

LISTED = day_of(date(2026, 3, 2))
moments = st.floats(min_value=0, max_value=20)
events = st.lists(st.tuples(st.sampled_from(["votes", "comments", "saves"]), moments), max_size=12)


def trend_of(given: list[tuple[str, float]], **more: float) -> Trend:
    trend = Trend(listed=LISTED, **more)
    for kind, after in given:
        trend = trend.with_event(kind, LISTED + after)
    return trend


def test_at_the_listing_it_is_the_form_of_reddit() -> None:
    trend = Trend(listed=LISTED, text=1.0).with_event("votes", LISTED, 10)
    assert trend.score == pytest.approx(log2(1 + 2 + 10) + LISTED / HALF_LIFE)


@given(events, st.floats(min_value=0, max_value=30))
def test_its_parts_on_any_day_give_the_same_score(happened: list[tuple[str, float]], later: float) -> None:
    trend = trend_of(happened)
    parts = trend.parts(trend.newest + later)
    assert log2(parts.total) + parts.day / HALF_LIFE == pytest.approx(trend.score)


@given(events)
def test_the_order_of_events_does_not_matter(happened: list[tuple[str, float]]) -> None:
    assert trend_of(happened).score == pytest.approx(trend_of(happened[::-1]).score)


@given(events, moments)
def test_a_vote_raises_and_taking_it_back_restores(happened: list[tuple[str, float]], after: float) -> None:
    before = trend_of(happened)
    with_vote = before.with_event("votes", LISTED + after)
    assert with_vote.score > before.score
    assert with_vote.with_event("votes", LISTED + after, -1).score == pytest.approx(before.score, abs=1e-6)


def test_a_vote_is_worth_half_after_a_half_life() -> None:
    counter = Counter().add(100.0).add(100.0 + HALF_LIFE)
    assert counter.value == pytest.approx(1.5)
    assert counter.worth(100.0 + 2 * HALF_LIFE) == pytest.approx(0.75)


def test_years_do_not_overflow() -> None:
    old = Trend(listed=day_of(date(1993, 1, 1)))
    assert old.with_event("votes", LISTED).score > old.score
    assert old.parts(LISTED).total == pytest.approx(0)


def test_a_late_event_before_the_asked_day_opens_at_the_event() -> None:
    trend = Trend(listed=LISTED).with_event("saves", LISTED + 9)
    assert trend.parts(LISTED + 1).day == LISTED + 9


def test_a_topic_speaks_only_without_a_text_prior() -> None:
    assert Trend(listed=0, topic=1.0).expected == 2
    assert Trend(listed=0, topic=1.0, text=-1.0).expected == 0.5
    assert Trend(listed=0, topic=1.0, text=-1.0).parts(0).topic is None


def test_moments_are_days_in_utc() -> None:
    assert day_of(datetime(1970, 1, 2, 12, tzinfo=UTC)) == 1.5
    assert day_of(date(1970, 1, 2)) == 1


def test_standing_is_by_day_and_ties_are_alike() -> None:
    stood = standing(np.array([1.0, 5, 5, 100, 7]), ["a", "a", "a", "b", "c"])
    assert stood[0] < 0 < stood[1] == stood[2]
    assert stood[3] == stood[4] == 0
    assert [rows.tolist() for rows in by_day(["a", "a", "b"])] == [[0, 1], [2]]
    assert by_day([]) == []


def made_days(count: int, signal: float) -> tuple[np.ndarray, np.ndarray, list[int]]:
    """Days of eight papers whose votes follow the first feature as strongly as ``signal`` says."""
    random = np.random.default_rng(3)
    features = random.normal(size=(count * 8, 6))
    votes = np.round(np.exp2(2 + signal * features[:, 0] + random.normal(size=count * 8)))
    return features, votes, [row // 8 for row in range(count * 8)]


def test_a_ridge_finds_what_votes_follow() -> None:
    features, votes, days = made_days(60, signal=1.0)
    learned = train(features[:400], votes[:400], days[:400])
    assert spearman(learned.order(features[400:]), votes[400:]) > 0.5
    assert 0.5 < learned.guess(np.eye(6))[0] - learned.guess(-np.eye(6))[0] < 3  # about two powers of two


def test_a_ridge_believes_nothing_where_nothing_is() -> None:
    features, votes, days = made_days(60, signal=0.0)
    assert np.abs(train(features, votes, days).guess(features)).max() < 0.5
    assert train(features[:8], votes[:8], days[:8]).scale == 0


def test_learning_from_the_past_does_not_see_the_order_of_a_day() -> None:
    features, votes, days = made_days(20, signal=1.0)
    turned = np.arange(len(votes)).reshape(-1, 8)[:, ::-1].ravel()
    one, other = train(features, votes, days), train(features[turned], votes[turned], days)
    assert np.allclose(one.weights, other.weights)


def worded_days(count: int, liked: float) -> tuple[np.ndarray, np.ndarray, list[int], list[tuple[str, ...]]]:
    """Days whose votes follow a word as strongly as ``liked`` says, and nothing in the features."""
    features, votes, days = made_days(count, signal=0.0)
    papers = [("bridge", "rope") if row % 3 == 0 else ("rope", "soup") for row in range(len(votes))]
    return features, votes * np.exp2([liked * ("bridge" in paper) for paper in papers]), days, papers


def test_words_are_heard_beside_the_features() -> None:
    features, votes, days, papers = worded_days(60, liked=2.0)
    learned = train(features[:400], votes[:400], days[:400], papers=papers[:400])
    alone = train(features[:400], votes[:400], days[:400])
    order = learned.order(features[400:], papers[400:])
    assert spearman(order, votes[400:]) > 0.4 > spearman(alone.order(features[400:]), votes[400:]) + 0.2
    assert learned.worth["bridge"] > 0 > learned.worth["soup"]
    liked, not_liked = learned.guess(np.zeros((2, 6)), [("bridge", "rope"), ("rope", "soup")])
    assert liked > 0 > not_liked


def test_features_and_words_are_brought_to_the_same_spread() -> None:
    features, votes, days = made_days(60, signal=1.0)
    papers = worded_days(60, liked=0.0)[3]
    both = train(features, votes, days, papers=papers)
    heard = both.order(features, papers) - both.order(features, [()] * len(votes))
    assert both.order(features, papers).mean() == pytest.approx(0, abs=1e-9)
    assert heard.std() == pytest.approx(1)
    assert both.order(features, [()] * len(votes)).std() == pytest.approx(1)


def test_words_that_too_few_papers_have_change_nothing() -> None:
    features, votes, days = made_days(60, signal=1.0)
    papers = [(f"word{row}",) for row in range(len(votes))]
    one, other = train(features, votes, days, papers=papers), train(features, votes, days)
    assert np.array_equal(one.guess(features, papers), other.guess(features))


def around(centre: int, count: int, seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    return unit(np.eye(16)[centre] * 8 + random.normal(size=(count, 16)))


def test_a_topic_that_was_rare_and_is_not_now_rises() -> None:
    recent = np.concatenate([around(0, 30, 1), around(1, 5, 2)])
    past = np.concatenate([around(0, 20, 3), around(1, 300, 4)])
    found = acceleration(recent, recent, past, near=0.6)
    assert found.growth[:30].min() > 0 > found.growth[30:].max()
    assert (found.found[:30] <= 29).all()


def test_few_papers_prove_little() -> None:
    past = around(1, 100, 4)
    alone = acceleration(around(0, 1, 1), around(0, 1, 1), past)
    assert abs(alone.growth[0]) < 0.2
    assert acceleration(past[:3], past[:3], past[:0]).growth.tolist() == [0, 0, 0]


def test_blocks_do_not_matter() -> None:
    recent, past = around(0, 1_100, 1), around(0, 50, 2)
    whole = acceleration(recent, recent, past)
    part = acceleration(recent[600:610], recent, past, near=whole.near)
    assert part.growth.tolist() == whole.growth[600:610].tolist()
