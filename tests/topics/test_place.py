"""The place of a paper in its topic: counted by hand on a few papers."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from broadsheet.store.topics import Member
from broadsheet.topics.place import DAYS, WEEKS, place, placed
from site_kit import FILLERS, made
from topics_kit import KNOTS, TIDES, plant

FRIDAY = date(2026, 10, 2)


def member(number: int, day: date | None) -> Member:
    ordinal = day.toordinal() if day else None
    return Member(number, TIDES, 0.5, ordinal, ordinal, 0)


def test_papers_of_thirty_days_are_counted() -> None:
    days = [
        FRIDAY,
        FRIDAY,
        FRIDAY - timedelta(days=DAYS - 1),
        FRIDAY - timedelta(days=DAYS),
        FRIDAY + timedelta(days=1),
    ]
    members = [*(member(number, day) for number, day in enumerate(days, 1)), member(9, None)]
    first, second = placed(members, 1), placed(members, 2)
    assert first
    assert second
    assert (first.rank, first.first) == (2, 3)
    assert (second.rank, second.first) == (3, 3)
    old = placed(members, 4)
    assert old
    assert (old.rank, old.first) == (1, 4)
    assert placed(members, 9) is None
    assert placed(members, 77) is None


def test_weeks_end_with_that_of_the_paper() -> None:
    members = [member(1, FRIDAY), member(2, FRIDAY - timedelta(weeks=1)), member(3, FRIDAY - timedelta(weeks=11))]
    members += [member(4, FRIDAY - timedelta(weeks=12)), member(5, FRIDAY + timedelta(weeks=1))]
    found = placed(members, 1)
    assert found
    assert [papers for _, papers in found.weeks] == [1, *[0] * 9, 1, 1]
    assert (len(found.weeks), found.weeks[-1][0]) == (WEEKS, date(2026, 9, 28))


def test_a_paper_has_its_place_in_its_topic_alone(tmp_path: Path) -> None:
    with made(tmp_path / "c", FILLERS[:5], synced=False) as collection:
        plant(collection, {1: (TIDES, 0.5), 2: (TIDES, 0.9), 3: (KNOTS, 0.7), 4: (TIDES, 0.6)})
        third = place(collection, 4, TIDES)
        assert third
        assert (third.rank, third.first, sum(papers for _, papers in third.weeks)) == (3, 1, 3)
        assert place(collection, 3, TIDES) is None
        assert place(collection, 5, TIDES) is None
