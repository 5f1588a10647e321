"""Options that several commands share: days as they are typed, and filters."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from broadsheet.cli import options
from broadsheet.core.errors import UsageError
from broadsheet.core.types import Filters


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(options, "now", lambda: datetime(2026, 3, 2, 12, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        (None, None, None),
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024-05-31", date(2024, 5, 31), date(2024, 5, 31)),
        ("30d", date(2026, 1, 31), date(2026, 1, 31)),
        (" 0d ", date(2026, 3, 2), date(2026, 3, 2)),
    ],
)
def test_a_day_as_typed(text: str | None, first: date | None, last: date | None) -> None:
    assert options.day(text, "--since") == first
    assert options.day(text, "--until", last=True) == last


@pytest.mark.parametrize("text", ["", "soon", "2024-13", "2024-02-30", "d", "-3d", "30 d", "1e3d"])
def test_anything_else_names_the_option_and_what_was_typed(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        options.day(text, "--since")
    assert "--since" in str(caught.value)
    assert repr(text) in str(caught.value)
    assert "2024-05-31" in str(caught.value)


def test_filters_say_what_was_given_and_nothing_else() -> None:
    nothing = dict.fromkeys(("sources", "venues", "categories", "topics", "authors", "has_code", "min_votes"))
    assert options.filters(None, None, **nothing) == Filters()
    given = options.filters(
        "2024", "2024", **nothing | {"venues": ["LEAF"], "topics": ["tides"], "has_code": False, "min_votes": 0}
    )
    assert given == Filters(
        since=date(2024, 1, 1),
        until=date(2024, 12, 31),
        venues=("LEAF",),
        topics=("tides",),
        has_code=False,
        min_votes=0,
    )
