"""Names of days, weeks and months."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.periods import parse, period


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("2025-09-30", date(2025, 9, 30), date(2025, 9, 30)),
        ("2025-W40", date(2025, 9, 29), date(2025, 10, 5)),
        ("2025-w1", date(2024, 12, 30), date(2025, 1, 5)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
    ],
)
def test_a_name_is_its_days(name: str, first: date, last: date) -> None:
    found = parse(name)
    assert found
    assert (found.first, found.last) == (first, last)


@pytest.mark.parametrize("name", ["", "2025", "2025-13", "2025-02-30", "2025-W54", "0000-01", "today", "2025-09-30x"])
def test_no_name(name: str) -> None:
    assert parse(name) is None


@given(st.dates(), st.sampled_from(["day", "week", "month"]))
def test_a_period_holds_its_day_and_is_read_again(day: date, kind: str) -> None:
    found = period(kind, day)
    assert day in found
    assert found.last == date.max or parse(found.name) == found or found.first.year == 1


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused(name: str) -> None:
    found = parse(name)
    assert found is None or found.first <= found.last
