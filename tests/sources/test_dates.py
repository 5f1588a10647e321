"""What foreign dates mean, and that no value fails."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.sources.dates import when


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-06-30", date(2026, 6, 30)),
        ("2026-6-3", date(2026, 6, 3)),
        ("2026/6/3", date(2026, 6, 3)),
        ("2026-08-31T00:00:00Z", date(2026, 8, 31)),
        ("2026-08-31T00:00:00+09:00", date(2026, 8, 31)),
        ("2026-08-30T20:00:00-06:00", date(2026, 8, 31)),
        ("2024-05-27T03:50:58.348Z", date(2024, 5, 27)),
        ("2024-10-16 01:56:29", date(2024, 10, 16)),
        ("20240131", date(2024, 1, 31)),
        ("Mon, 07 Oct 2024 10:45:05 GMT", date(2024, 10, 7)),
        ("Mon, 07 Oct 2024 23:45:05 -0500", date(2024, 10, 8)),
        ("12 March 2021", date(2021, 3, 12)),
        ("March 12th, 2021", date(2021, 3, 12)),
        ("2021 Mar 12", date(2021, 3, 12)),
        ("25/12/2020", date(2020, 12, 25)),
        ("12/25/2020", date(2020, 12, 25)),
        ("2014/03/12/Spring", date(2014, 3, 12)),
        ("2021-05-01/2021-05-03", date(2021, 5, 1)),
        (1_700_000_000, date(2023, 11, 14)),
        (1_700_000_000_000, date(2023, 11, 14)),
        ("2021", 2021),
        (2021, 2021),
        (2021.0, 2021),
        ("2014//", 2014),
        ("2021-03", 2021),
        ("March 2021", 2021),
        ("03/04/2021", 2021),
        ("in press 2020", 2020),
        ("2021-02-30", 2021),
        ("1999-2004", None),
        ("soon", None),
        ("", None),
        (None, None),
        (True, None),
        (float("nan"), None),
        (12, None),
        ("9999-01-01", None),
        (["2021"], None),
    ],
)
def test_dates(value: Any, expected: Any) -> None:
    assert when(value) == expected
    assert type(when(value)) is type(expected)


@given(st.text(max_size=40) | st.floats() | st.integers() | st.from_regex(r"\d{1,4}[-/. ]\d{1,4}[-/. ]\d{1,4}.{0,9}"))
def test_dates_never_fail(value: Any) -> None:
    found = when(value)
    assert found is None or isinstance(found, date) or 1000 <= found <= 2999
