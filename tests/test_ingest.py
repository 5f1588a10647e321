"""Whatever a source brings, good records are kept, bad ones counted with their reason; the run says how it ended."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.errors import CollectionError, SourceError, UsageError
from broadsheet.core.text import plain
from broadsheet.core.types import BadRecord, Document
from broadsheet.ingest import ingest
from broadsheet.store import Store

NOW = datetime(2026, 1, 2, tzinfo=UTC)
TEA = Document(id="2401.00001", title="On {\\em Tea}", text="Leaves  and water.")
RAIN = Document(id="csv:7", title="Rain", source="csv:b.csv", readable_title="Rain, told")


@dataclass
class Desk:
    """As much of a Collection as an ingest needs."""

    store: Store


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Store.open(tmp_path / "store.db") as store:
        yield Desk(store)


@dataclass
class Feed:
    """A source that brings what it was given and then, it may be, fails."""

    items: Iterable[object]
    failure: BaseException | None = None
    name: str = "feed:x"
    asked: list[date | None] = field(default_factory=list)

    def fetch(self, since: date | None = None) -> Iterator[Document | BadRecord]:
        self.asked.append(since)
        yield from self.items  # type: ignore[misc]
        if self.failure:
            raise self.failure


def test_documents_get_a_source_and_a_readable_form(desk: Desk) -> None:
    run = ingest(desk, [TEA, RAIN], now=NOW, name="mine")
    assert (run.source, run.new, run.error) == ("mine", 2, "")
    assert desk.store.papers.get(TEA.id) == replace(
        TEA, source="mine", readable_title="On Tea", readable_text="Leaves and water."
    )
    assert desk.store.papers.get("csv:7") == RAIN
    assert desk.store.journal.runs() == [run]
    again = ingest(desk, [TEA, RAIN], now=NOW, name="mine")
    assert (again.new, again.changed, again.same) == (0, 0, 2)


def test_a_source_is_asked_for_what_is_new(desk: Desk) -> None:
    feed = Feed([TEA])
    assert ingest(desk, feed, now=NOW, since=date(2026, 1, 1)).source == "feed:x"
    assert feed.asked == [date(2026, 1, 1)]


def test_bad_records_are_counted_and_kept(desk: Desk) -> None:
    items = [BadRecord("line 1", "no title", "{"), TEA, replace(RAIN, title=""), "a string", replace(RAIN, votes="9")]
    run = ingest(desk, Feed(items), now=NOW)
    assert (run.new, run.bad, run.error) == (1, 4, "")
    assert sorted((p.record.where, p.record.reason) for p in desk.store.journal.problems()) == [
        ("csv:7", "field 'title' is empty"),
        ("csv:7", "field 'votes': expected a whole number, got str '9'"),
        ("feed:x", "the reader brought a str; expected a Document or a BadRecord"),
        ("line 1", "no title"),
    ]


def test_what_no_file_can_hold_is_made_fit(desk: Desk) -> None:
    run = ingest(desk, [replace(TEA, title="T\0ea \ud800", authors=("A\0da",))], now=NOW)
    assert (run.new, run.bad) == (1, 0)
    kept = desk.store.papers.get(TEA.id)
    assert kept is not None
    assert (kept.title, kept.shown_title, kept.authors) == ("Tea \ufffd", "Tea \ufffd", ("Ada",))


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (SourceError("page 3 is cut off: fetch it again"), "page 3 is cut off: fetch it again"),
        (UsageError("no such day"), "no such day"),
        (KeyError("title"), "the reader of source 'feed:x' failed (KeyError: 'title'): check that its file"),
        (RecursionError("deep"), "the reader of source 'feed:x' failed (RecursionError: deep)"),
    ],
)
def test_a_source_that_fails_leaves_what_it_brought(desk: Desk, failure: Exception, said: str) -> None:
    run = ingest(desk, Feed([TEA, RAIN], failure), now=NOW)
    assert (run.new, run.ended is not None) == (2, True)
    assert run.error.startswith(said)
    assert desk.store.papers.count() == 2
    assert desk.store.journal.runs() == [run]


def test_an_interrupt_keeps_what_was_committed(desk: Desk) -> None:
    papers = [replace(TEA, id=f"a:{n}") for n in range(1_200)]
    with pytest.raises(KeyboardInterrupt):
        ingest(desk, Feed(papers, KeyboardInterrupt()), now=NOW)
    (run,) = desk.store.journal.runs()
    assert run.error == "interrupted: run it again to go on"
    assert run.new == desk.store.papers.count() >= 1_000
    again = ingest(desk, Feed(papers), now=NOW)
    assert (again.new, again.same) == (1_200 - run.new, run.new)


def test_a_run_that_never_ended_tells_how_far_it_came(desk: Desk) -> None:
    papers = [replace(TEA, id=f"a:{n}") for n in range(1_200)]
    with pytest.raises(SystemExit):  # which, as a kill, nobody catches
        ingest(desk, Feed(papers, SystemExit()), now=NOW)
    (run,) = desk.store.journal.runs()
    assert run.ended is None
    assert run.new == desk.store.papers.count() >= 1_000


def test_progress_is_told_to_the_end(desk: Desk) -> None:
    told: list[tuple[int, int | None]] = []
    papers = [replace(TEA, id=f"a:{n}") for n in range(1_100)]
    ingest(desk, papers, now=NOW, progress=lambda done, of: told.append((done, of)))
    assert len(told) >= 3
    assert told[-1] == (1_100, 1_100)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_an_unknown_source_is_no_run(desk: Desk) -> None:
    with pytest.raises(UsageError, match="jsnol"):
        ingest(desk, "jsnol:a.jsonl", now=NOW)
    assert desk.store.journal.runs() == []


def test_a_store_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    with Store.open(tmp_path / "store.db") as store:
        store.papers.put([TEA], now=NOW)
    with (
        Store.open(tmp_path / "store.db", read_only=True) as store,
        pytest.raises(CollectionError, match="reading only"),
    ):
        ingest(Desk(store), [RAIN], now=NOW)


def test_a_file_by_its_name(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "papers.jsonl"
    rows = [json.dumps({"id": "2401.00001v2", "title": "Tea", "abstract": "Leaves."}), "{broken", "[]"]
    file.write_text("\n".join(rows))
    run = ingest(desk, f"jsonl:{file}", now=NOW)
    assert (run.source, run.new, run.error) == (f"jsonl:{file}", 1, "")
    assert run.bad >= 1
    kept = desk.store.papers.get("2401.00001")
    assert kept is not None
    assert kept.source == f"jsonl:{file}"


@pytest.mark.data
def test_repeated_titles_of_real_papers_stay_apart(desk: Desk, data_dir: Path, tmp_path: Path) -> None:
    with gzip.open(data_dir / "papers_conf" / "papers.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [line for line in file if line.strip()]
    named = [plain(json.loads(row)["title"]) for row in rows]
    titles = Counter(named)
    repeated = [row for row, title in zip(rows, named, strict=True) if titles[title] > 1]
    assert sum(count - 1 for count in titles.values()) == 77
    slice_ = tmp_path / "repeated.jsonl"
    slice_.write_text("".join(repeated), encoding="utf-8")
    run = ingest(desk, f"jsonl:{slice_}", now=NOW)
    assert (run.new, run.changed, run.bad, run.error) == (len(repeated), 0, 0, "")
    assert desk.store.papers.count() == len(repeated)


@dataclass
class News(Feed):
    """A live feed."""

    news: bool = True


UNDATED = [Document(id=f"feed:{n}", title=f"Tides {n}") for n in range(3)]


def test_an_undated_entry_of_a_feed_is_from_the_day_on_which_it_was_first_seen(desk: Desk) -> None:
    for back in range(3):  # the newest entry is on top, and all come again
        now = NOW + timedelta(days=back)
        run = ingest(desk, News(UNDATED[: back + 1]), now=now)
        assert (run.new, run.changed, run.same) == (1, 0, back)
    assert [desk.store.papers.get(f"feed:{n}").day for n in range(3)] == [
        NOW.date() + timedelta(days=back) for back in range(3)
    ]
    ingest(desk, News([replace(UNDATED[0], text="More.")]), now=NOW + timedelta(days=9))
    assert desk.store.papers.get("feed:0").day == NOW.date(), "a new text does not move it"
    ingest(desk, News([replace(UNDATED[0], announced=date(2025, 12, 30))]), now=NOW + timedelta(days=9))
    assert desk.store.papers.get("feed:0").day == date(2025, 12, 30), "a date of its own does"


def test_what_is_old_or_from_a_file_is_not_from_today(desk: Desk) -> None:
    dated = [replace(TEA, id="y", year=2015), replace(TEA, id="s", submitted=date(2015, 3, 1))]
    ingest(desk, News(dated), now=NOW)
    ingest(desk, Feed([TEA]), now=NOW)
    saved = News([replace(TEA, id="f")], name="feed:saved.xml")
    saved.live = False
    ingest(desk, saved, now=NOW)
    ingest(desk, [replace(TEA, id="d")], now=NOW)
    assert [desk.store.papers.get(name).day for name in ("y", "s", "f", "d", TEA.id)] == [None] * 5


def test_an_old_entry_without_a_day_gets_none_when_it_comes_again(desk: Desk) -> None:
    """One that an older version read was first seen then, and not today."""
    ingest(desk, Feed([UNDATED[0]]), now=NOW)
    ingest(desk, News([replace(UNDATED[0], text="More.")]), now=NOW + timedelta(days=9))
    assert desk.store.papers.get("feed:0").day is None


def test_today_is_where_the_reader_lives(desk: Desk) -> None:
    ingest(desk, News(UNDATED[:1]), now=NOW, today=date(2026, 1, 3))
    assert desk.store.papers.get("feed:0").day == date(2026, 1, 3)


def test_a_live_estimate_says_when_it_came(desk: Desk) -> None:
    several = [replace(TEA, id=f"{n}", estimated=NOW.date() - timedelta(days=n)) for n in range(2)]
    ingest(desk, Feed(several), now=NOW)
    on_time, late = desk.store.papers.get("0"), desk.store.papers.get("1")
    assert (on_time.is_late, late.is_late) == (False, True)
    assert desk.store.days.news(range(9)) == {1}


@given(
    days=st.lists(st.lists(st.integers(0, 5), max_size=4), min_size=1, max_size=5),
)
def test_an_undated_feed_read_again_keeps_its_days(days: list[list[int]]) -> None:
    """Whatever comes again in whatever order, and however often on a day."""
    first: dict[str, date] = {}
    with TemporaryDirectory() as folder, Store.open(Path(folder) / "store.db") as store:
        for back, numbers in enumerate(days):
            now = NOW + timedelta(days=back)
            for n in numbers:
                first.setdefault(f"feed:{n}", now.date())
            documents = [Document(id=f"feed:{n}", title=f"Tides {n}", text=f"{back % 2}") for n in numbers]
            ingest(Desk(store), News(documents), now=now)
            ingest(Desk(store), News(documents), now=now + timedelta(hours=1))
        assert {name: paper.day for name, paper in store.papers.many(list(first)).items()} == first
