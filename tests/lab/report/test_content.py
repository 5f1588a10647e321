"""What a report knows: who is first, who is tied, means over sets, and the front."""

from __future__ import annotations

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as some

from broadsheet.lab.report.content import Report, front, letters
from report_kit import entry, made


def test_subjects_are_in_the_order_of_their_places_and_controls_come_last() -> None:
    assert made().subjects == ["deep", "deep?layers=2&pooling=mean", "flat", "words", "random"]


def test_the_best_of_a_set_are_all_that_cannot_be_told_from_the_first() -> None:
    report = made()
    assert report.best("herbs") == {"deep"}
    assert report.best("eels") == {"deep", "words"}
    assert report.best("nothing") == frozenset()


def test_a_mean_has_the_interval_of_independent_sets() -> None:
    [first, *_] = made().means("retrieval")
    one, other = 0.4 / sqrt(300), 0.4 / sqrt(52)
    assert (first.subject, first.sets, first.items) == ("deep", ("herbs", "eels"), 352)
    assert first.value == pytest.approx((0.64 + 0.63) / 2)
    assert first.high - first.value == pytest.approx(1.96 * sqrt(one**2 + other**2) / 2)


def test_a_subject_that_missed_a_set_has_no_mean() -> None:
    report = made()
    less = Report(
        title="",
        made=report.made,
        entries=[each for each in report.entries if (each.set, each.subject) != ("eels", "flat")],
    )
    assert "flat" in {each.subject for each in report.means("retrieval")}
    assert "flat" not in {each.subject for each in less.means("retrieval")}


def test_less_is_better_for_an_error() -> None:
    from dataclasses import replace

    errors = [replace(entry("herbs", name, value), higher=False) for name, value in (("a", 0.3), ("b", 0.1))]
    report = Report(title="", made=made().made, entries=errors)
    assert [each.subject for each in report.ranked("herbs")] == ["b", "a"]
    assert [each.subject for each in report.means("retrieval")] == ["b", "a"]


def test_the_front_holds_who_is_not_beaten_on_both() -> None:
    points = {
        "slow": (0.9, 1.0),
        "fast": (0.4, 100.0),
        "between": (0.6, 10.0),
        "beaten": (0.5, 9.0),
        "twin": (0.9, 1.0),
    }
    assert front(points) == ["fast", "between", "slow", "twin"]
    assert front({}) == []


@given(some.dictionaries(some.text(min_size=1), some.tuples(some.floats(0, 1), some.floats(1, 100)), min_size=1))
def test_everything_off_the_front_is_beaten_by_something_on_it(points: dict[str, tuple[float, float]]) -> None:
    on = front(points)
    assert on
    for name in points.keys() - on:
        assert any(points[each][0] >= points[name][0] and points[each][1] >= points[name][1] for each in on)


def test_who_shares_a_letter_is_in_one_group() -> None:
    assert letters([("x", "y"), ("y", "z")]) == {"x": "a", "y": "ab", "z": "b"}
