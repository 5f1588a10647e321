"""How often, for each key; and that what is kept of keys goes when their time is over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from broadsheet.people import limits
from broadsheet.people.limits import Limit
from fakes import NOW

MINUTE = timedelta(minutes=1)


def test_keys_whose_window_is_over_are_let_go() -> None:
    limit = Limit(2, MINUTE)
    for second in range(300):
        assert limit.wait(f"key {second}", now=NOW + timedelta(seconds=second)) is None
        assert len(limit) <= 60
    assert limit.wait("another", now=NOW + timedelta(days=1)) is None
    assert len(limit) == 1


def test_one_that_is_within_its_window_is_not_let_go() -> None:
    limit = Limit(2, MINUTE)
    assert limit.wait("often", now=NOW) is None
    assert limit.wait("often", now=NOW + MINUTE / 2) is None
    for second in range(45):
        limit.wait(f"key {second}", now=NOW + timedelta(seconds=second))
    assert limit.wait("often", now=NOW + MINUTE * 0.9) == MINUTE * 0.1


def test_a_clock_set_back_forgives() -> None:
    limit = Limit(1, MINUTE)
    assert limit.wait("a", now=NOW) is None
    assert limit.wait("a", now=NOW - timedelta(hours=1)) is None
    assert len(limit) == 1


def test_very_many_keys_at_once_push_the_oldest_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_MOST_KEYS", 5)
    limit = Limit(1, MINUTE)
    for each in range(20):
        limit.wait(str(each), now=NOW)
    assert len(limit) == 5
