"""Why a day, a week or a month is empty."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from broadsheet.collection import Collection, open_collection
from broadsheet.core.errors import SourceError
from broadsheet.core.periods import Period, parse
from broadsheet.core.types import Document, Run
from broadsheet.daily import why_empty
from broadsheet.daily.day import feed
from broadsheet.ingest import ingest
from daily_kit import NOW, asked


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("2026-10-09", "not come yet"),
        ("2026-10-03", "A Saturday"),
        ("2026-10-02", "No source listed"),
        ("2026-08", "No source listed"),
    ],
)
def test_an_empty_period_says_why(collection: Collection, name: str, said: str) -> None:
    found = asked(collection, name)
    assert found.cards == ()
    assert said in found.note


def test_a_day_after_the_last_good_run_was_not_fetched(collection: Collection) -> None:
    later = asked(collection, "2026-10-08", now=NOW + timedelta(days=2))
    assert later.note == "Not fetched yet: the last successful run was of made:papers, on 7 October 2026."


def test_a_source_that_failed_on_the_day_is_named(collection: Collection) -> None:
    class Broken:
        name = "arxiv:cs.CV"

        def fetch(self, since: date | None = None) -> Iterator[Document]:
            raise SourceError("arXiv did not answer")
            yield

    friday = datetime(2026, 10, 2, 9, tzinfo=UTC)
    ingest(collection, Broken(), now=friday)
    assert asked(collection, "2026-10-02").note == "A source failed on this day: arxiv:cs.CV: arXiv did not answer"
    ingest(collection, [], now=friday + timedelta(hours=1), name="arxiv:cs.CV")
    assert "No source listed" in asked(collection, "2026-10-02").note, "it ended well later that day"


def test_a_file_that_could_not_be_read_is_no_source_that_failed(collection: Collection) -> None:
    friday = datetime(2026, 10, 2, 9, tzinfo=UTC)
    run = collection.store.journal.start_run("jsonl:/srv/secret/typo.jsonl", now=friday)
    failed = Run(source="jsonl:/srv/secret/typo.jsonl", started=friday, ended=friday, error="not JSON")
    collection.store.journal.note_run(run, failed)
    assert "No source listed" in asked(collection, "2026-10-02").note


def test_a_stretch_of_days_is_no_weekend(collection: Collection) -> None:
    stretch = Period("day", date(2026, 9, 5), date(2026, 9, 11))
    note = why_empty.reason(collection.store, stretch, today=NOW.date(), zone=UTC)
    assert note.startswith("No source listed a paper in these days.")


def test_where_nobody_fetches_a_weekend_is_not_to_blame(tmp_path: Path) -> None:
    with open_collection(tmp_path, encoder="hash") as empty:
        sunday = feed(empty, parse("2026-10-04"), now=NOW, zone=UTC)
    assert "No source is followed" in sunday.note


def test_the_ends_of_the_calendar(collection: Collection) -> None:
    assert "No source listed" in asked(collection, "0001-01-01").note
    assert "not come yet" in asked(collection, "9999-12-31").note
