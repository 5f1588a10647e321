"""Why a day, a week or a month is empty."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.collection import Collection, open_collection
from broadsheet.core.errors import SourceError
from broadsheet.core.periods import Period, parse
from broadsheet.core.types import Document, Run
from broadsheet.daily import why_empty
from broadsheet.daily.day import feed
from broadsheet.ingest import ingest
from broadsheet.sources.announcements import appears, silence
from broadsheet.store import Store
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
    coming = Period("day", date(2026, 10, 9), date(2026, 10, 12))
    assert why_empty.reason(collection.store, coming, today=NOW.date(), zone=UTC) == "These days have not come yet."


def test_where_nobody_fetches_a_weekend_is_not_to_blame(tmp_path: Path) -> None:
    with open_collection(tmp_path, encoder="hash") as empty:
        sunday = feed(empty, parse("2026-10-04"), now=NOW, zone=UTC)
    assert "No source is followed" in sunday.note


def test_the_ends_of_the_calendar(collection: Collection) -> None:
    assert "No source listed" in asked(collection, "0001-01-01").note
    assert "not come yet" in asked(collection, "9999-12-31").note


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "store.db") as store:
        yield store


def ran(store: Store, source: str, at: datetime, *, new: int = 0, error: str = "") -> None:
    """A run that began at a moment and has ended."""
    number = store.journal.start_run(source, now=at)
    store.journal.note_run(number, Run(source=source, started=at, ended=at, new=new, error=error))


def at(day: int, hour: int = 9) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def why(store: Store, name: str, *, today: date = date(2026, 11, 30), zone: tzinfo = UTC) -> str:
    period = parse(name)
    assert period
    return why_empty.reason(store, period, today=today, zone=zone)


def test_what_was_read_on_the_day_is_named_and_what_came_then(store: Store) -> None:
    ran(store, "arxiv:cs.IR", at(24), new=3)
    ran(store, "hf:daily", at(24))
    assert why(store, "2026-11-24") == (
        "No source listed a paper on this day. arxiv:cs.IR and hf:daily were read on this day, and brought 3 new "
        "papers of other days or without one."
    )
    assert why(store, "2026-11-23") == (
        "No source listed a paper on this day. No source was read on this day itself, so papers may be missing; the "
        "last successful run was of hf:daily, on 24 November 2026."
    )


def test_a_week_that_is_read_but_not_over_says_so_far(store: Store) -> None:
    ran(store, "arxiv:cs.IR", at(28), new=3)
    assert why(store, "2026-W48", today=date(2026, 11, 28)) == (
        "No source has listed a paper in this week so far. The last successful run was of arxiv:cs.IR, on 28 November "
        "2026."
    )


def test_a_day_without_a_list_of_arxiv_is_told_where_arxiv_is_read(store: Store) -> None:
    ran(store, "arxiv:cs.IR", at(28))
    assert why(store, "2026-11-27") == (
        "arXiv's calendar has no announcement for the day after Thanksgiving. No source listed a paper on this day."
    )
    assert why(store, "2026-11-28").startswith("A Saturday: arXiv announces nothing at weekends.")


def test_a_holiday_of_arxiv_says_nothing_about_other_sources(store: Store) -> None:
    ran(store, "feed:https://journal.test/rss", at(29))
    assert "arXiv" not in why(store, "2026-11-27") + why(store, "2026-11-28")
    ran(store, "arxiv:saved.xml", at(29))
    assert "arXiv" not in why(store, "2026-11-27"), "a file is not the archive"


def test_a_read_before_the_list_of_the_day_appeared_is_none(store: Store) -> None:
    ran(store, "arxiv:cs.IR", at(25, 2))
    assert why(store, "2026-11-25", today=date(2026, 11, 25)) == (
        "Not fetched yet: arXiv's list of this day appears at 05:00, and the last successful run was of arxiv:cs.IR, "
        "on 25 November 2026, at 02:00."
    )
    ran(store, "arxiv:cs.IR", at(25, 6))
    assert "so far" in why(store, "2026-11-25", today=date(2026, 11, 25))


def test_a_file_that_was_imported_is_no_day_that_was_read(store: Store) -> None:
    ran(store, "arxiv:cs.IR", at(24))
    ran(store, "bibtex:refs.bib", at(26))
    assert why(store, "2026-11-25").startswith("Not fetched yet: the last successful run was of arxiv:cs.IR")


def test_a_source_that_failed_and_was_read_again_says_both(store: Store) -> None:
    ran(store, "arxiv:cs.IR", at(24), error="arXiv did not answer")
    ran(store, "arxiv:cs.IR", at(26))
    assert why(store, "2026-11-24") == (
        "A source failed on this day: arxiv:cs.IR: arXiv did not answer. It was read again on 26 November 2026 and "
        "listed no paper on this day."
    )


RUNS = st.lists(
    st.tuples(
        st.sampled_from(["arxiv:cs.IR", "hf:daily", "bibtex:refs.bib"]),
        st.integers(0, 9 * 24),  # hours since 20 November
        st.sampled_from(["", "no answer"]),
        st.integers(0, 2),
    ),
    max_size=6,
)


@settings(deadline=None)
@given(RUNS, st.integers(20, 28), st.sampled_from([UTC, ZoneInfo("Asia/Tokyo"), ZoneInfo("America/New_York")]))
def test_no_state_makes_it_say_what_is_not_so(runs: list[tuple[str, int, str, int]], day: int, zone: tzinfo) -> None:
    begun = [(name, at(20, 0) + timedelta(hours=hours), error, new) for name, hours, error, new in runs]
    with TemporaryDirectory() as folder, Store.open(Path(folder) / "store.db") as store:
        for name, moment, error, new in sorted(begun, key=lambda run: run[1]):
            ran(store, name, moment, error=error, new=new)
        said = why(store, f"2026-11-{day}", zone=zone)
    live = [(name, moment.astimezone(zone), error, new) for name, moment, error, new in begun if "bib" not in name]
    asked = date(2026, 11, day)
    good = [run for run in live if not run[2]]
    on_day = [run for run in good if run[1].date() == asked]
    if "list of this day" in said:
        assert all(moment < appears(asked) for _, moment, _, _ in good)
    elif "Not fetched yet" in said:
        assert not [run for run in good if run[1].date() >= asked]
    if named := re.search(r"day\. (.*) (?:was|were) read on this day[.,]", said):
        assert set(named[1].split(" and ")) == {run[0] for run in on_day}
    if brought := re.search(r"brought (\d+) new", said):
        assert int(brought[1]) == sum(run[3] for run in on_day)
    if "No source was read on this day itself" in said:
        assert not on_day
    if "failed" in said:
        assert any(run[2] and run[1].date() == asked for run in live)
    if "Nothing has been fetched" in said or "No source is followed" in said:
        assert not [run for run in begun if not run[2]]
    if "calendar" in said or "weekends" in said:
        assert silence(asked)
    assert "holiday" not in said, "which day is one is the archive's to say"
