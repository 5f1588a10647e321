"""Whatever a source brings, good records are kept, bad ones counted with their reason; the run says how it ended."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

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
