"""Everything goes out in one file and comes back the same; what is no such file changes nothing."""

from __future__ import annotations

import io
import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.errors import CollectionError, UsageError
from broadsheet.store import Store
from broadsheet.store.archive_rows import TABLES, ArchiveRows
from broadsheet.upkeep import archive
from fakes import paper
from store_kit import LEFT_OUT, OF_PAPERS

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
FILL = {
    "facts": "INSERT INTO facts VALUES ('language', '\"german\"')",
    "sources": "INSERT INTO sources VALUES ('arxiv:cs.IR', 'AT')",
    "people": "INSERT INTO people VALUES (2, 'eve@example.org', 'Eve \u2028 \\', 'admin', 'AT', 3)",
    "invitations": "INSERT INTO invitations VALUES ('new@example.org', 'reader', 'AT')",
    "votes": "INSERT INTO votes VALUES (1, 3, 'AT')",
    "declined": "INSERT INTO declined VALUES (1, 2, 'AT')",
    "read_papers": "INSERT INTO read_papers VALUES (2, 3, 'AT')",
    "notes": "INSERT INTO notes VALUES (1, 3, 'nice', 'AT')",
    "lists": "INSERT INTO lists VALUES (7, 1, 'tea', 'AT')",
    "saves": "INSERT INTO saves VALUES (7, 3, 'AT')",
    "queries": "INSERT INTO queries (query, person, name, text, without, least, made)"
    " VALUES (4, 1, 'q', 'tea', '[]', 'fair', 'AT')",
    "followed_authors": "INSERT INTO followed_authors VALUES (1, 'Ada Blum', 'AT')",
    "topics": "INSERT INTO topics VALUES (3, 'topic', 4, 'Tea', '', 'tea', '[\"green tea\"]', 1, NULL, 'AT'),"
    " (4, 'field', NULL, 'Drinks', '', 'drinks', '[]', 0, NULL, 'AT'),"
    " (5, 'topic', 4, 'Chai', 'Masala', 'masala', '[]', 0, 3, 'AT')",
    "topic_centres": "INSERT INTO topic_centres VALUES (3, 'key', 'AACAPw==')",
    "followed_topics": "INSERT INTO followed_topics VALUES (1, 5, 'AT')",
    "comments": "INSERT INTO comments VALUES (5, 3, 1, 'hm', 'AT', NULL, 0)",
    "submissions": "INSERT INTO submissions VALUES (6, 1, '2401.1', 'queued', '', NULL, 'AT', NULL)",
    "desk": "INSERT INTO desk VALUES (3, 'pick', 2, 'AT')",
    "day_lines": "INSERT INTO day_lines VALUES (739000, 'A day.', 2, 'AT')",
    "subscriptions": "INSERT INTO subscriptions VALUES (1, 'daily', 'UTC', 7, 9, 'fair', 'skip', 'both', 'AT', NULL)",
    "suppressions": "INSERT INTO suppressions VALUES ('x@example.org', 'bounce', '', 'AT')",
    "bounces": "INSERT INTO bounces VALUES (8, 'x@example.org', 'hard', '', 'AT')",
    "editions": "INSERT INTO editions VALUES (9, '2026-03-01', 0, '{}', 'AT')",
    "deliveries": "INSERT INTO deliveries (period, person, address, state, due, changed)"
    " VALUES ('2026-03-01', 1, 'a@example.org', 'sent', 'AT', 'AT')",
    "former_texts": "INSERT INTO former_texts VALUES (3, 'jsonl:made.jsonl', 'AT', 1, '2026-01-01', 'Tea', 'Old tea.')",
    "vote_counts": "INSERT INTO vote_counts VALUES (3, 'jsonl:made.jsonl', 'AT', 2)",
}


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Store]:
    """A Store with a row in every table; its paper 1 is deleted."""
    with Store.open(tmp_path / "full" / "store.db") as store:
        store.papers.put([paper(1, "Gone"), paper(2, "Milk", "White."), paper(3, "Tea", "Green.", votes=3)], now=NOW)
        store.papers.put([paper(3, "Tea!", "Green tea, longer.", source="arxiv:cs.IR")], now=NOW)
        store.people.add("ada@example.org", "reader", now=NOW)
        store.people.begin_session("digest", 1, now=NOW, ends=NOW + timedelta(days=9))
        with store.writing() as db:
            for sql in FILL.values():
                db.execute(sql.replace("AT", NOW.isoformat()))
            db.execute("INSERT INTO votes VALUES (1, 1, '2026-01-01T00:00:00+00:00')")
        store.papers.delete(["made:001"], now=NOW)
        yield store


def written(store: Store, folder: Path, **options: Any) -> Path:
    stream = io.StringIO()
    archive.write(store, stream, now=NOW, **options)
    path = folder / "all.jsonl"
    path.write_text(stream.getvalue(), "utf-8")
    return path


def all_of(store: Store) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {table: [] for table in TABLES}
    for table, row in store.archive.rows():
        found[table].append(row)
    return {table: sorted(rows, key=repr) for table, rows in found.items()}


def test_every_table_is_taken_or_left_out_on_purpose(full: Store) -> None:
    with full.reading() as db:
        there = {row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    assert there - {"sqlite_sequence"} == {*TABLES, *OF_PAPERS, *LEFT_OUT}
    assert set(FILL) == set(TABLES)


def test_everything_comes_back(full: Store, tmp_path: Path) -> None:
    path = written(full, tmp_path)
    with Store.open(tmp_path / "new" / "store.db") as new:
        new.papers.put([paper(9, "Already Here")], now=NOW)  # numbers are others there
        done = archive.read(new, path, now=NOW)
        assert (done.papers, done.people, done.left_out) == (3, 2, 1), "a vote for a paper that is gone"
        before, after = all_of(full), all_of(new)
        before["votes"] = [row for row in before["votes"] if row["paper"] != "made:001"]
        assert after == before
        for name in ("made:002", "made:003"):
            assert new.papers.get(name) == full.papers.get(name)
        assert new.papers.records() != []
        assert [d for d in new.papers.records() if d.id != "made:009"] == full.papers.records()
        assert new.journal.fact("mail.paused") == NOW.isoformat()
        assert new.people.sessions(1, now=NOW) == []
        assert new.people.secret() != full.people.secret()
        with pytest.raises(CollectionError, match="already has people, or data of former ones: import into a new"):
            archive.read(new, path, now=NOW)


def test_the_secret_goes_only_where_it_is_asked_for(full: Store, tmp_path: Path) -> None:
    assert full.people.secret().hex() not in written(full, tmp_path).read_text()
    path = written(full, tmp_path, with_secret=True)
    with Store.open(tmp_path / "new" / "store.db") as new:
        archive.read(new, path, now=NOW)
        assert new.people.secret() == full.people.secret()


def test_nobody_gets_the_number_of_somebody_who_left(full: Store, tmp_path: Path) -> None:
    full.people.add("short@example.org", "reader", now=NOW)
    full.people.remove(3)
    with Store.open(tmp_path / "new" / "store.db") as new:
        archive.read(new, written(full, tmp_path), now=NOW)
        assert new.people.add("next@example.org", "reader", now=NOW).number == 4


HEAD = {"broadsheet": "everything", "format": 1, "numbers": {}}
END = {"end": {"papers": 0, "rows": 1}}
PERSON = {
    "in": "people",
    "row": {"person": 1, "address": "a@b.c", "name": "", "role": "admin", "joined": "2026-01-01T00:00:00+00:00"},
}


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["{}"], "is not an archive: expected a file that `broadsheet export --all` wrote"),
        (["", PERSON], "line 1: not a JSON object in UTF-8"),
        ([], "is cut off or was changed"),
        ([HEAD, PERSON], "is cut off or was changed"),
        ([{**HEAD, "format": 2}], "has format 2; this version reads up to 1: upgrade"),
        ([{**HEAD, "numbers": [1]}], "`numbers` must be an object"),
        ([{**HEAD, "secret": "short"}], "`secret` must be 64 hexadecimal digits"),
        ([HEAD, {"in": "sqlite_schema", "row": {}}, END], "line 2: neither a paper nor a row"),
        ([HEAD, {"in": "people", "row": {"name": ["list"]}}, END], "line 2: neither a paper nor a row"),
        ([HEAD, PERSON, END, PERSON], "line 4: something follows the end"),
        (
            [HEAD, {"in": "people", "row": {**PERSON["row"], "role": "king"}}, END],
            r"row 1 \(people\) cannot be taken in",
        ),
        ([HEAD, {"in": "people", "row": {**PERSON["row"], "x) --": 1}}, END], "unknown column 'x"),
        ([HEAD, {"in": "people", "row": {**PERSON["row"], "person": 2**70}}, END], "a number is too large"),
        ([HEAD, {"in": "people", "row": {**PERSON["row"], "name": "\ud800"}}, END], "cannot be taken in"),
        ([HEAD, {"in": "votes", "row": {"person": 9, "paper": "a", "at": ""}}, END], ""),
        ([HEAD, {"in": "notes", "row": {"person": 9, "text": "", "at": NOW.isoformat()}}, END], "NOT NULL"),
        ([HEAD, {"in": "people", "row": {**PERSON["row"], "joined": "today"}}, END], "Invalid isoformat"),
        ([HEAD, {"in": "people", "row": {**PERSON["row"], "joined": "2026-01-01"}}, END], "with its time zone"),
        ([HEAD, {"in": "people", "row": {**PERSON["row"], "renewals": "many"}}, END], "expected INTEGER"),
        ([HEAD, {"in": "facts", "row": {"key": "encoder", "value": "{"}}, END], "row 1 .facts. cannot be taken in"),
        ([HEAD, {"in": "facts", "row": {"key": "secret", "value": "1"}}, END], "belongs to one instance"),
        ([HEAD, {"paper": {"id": 7}}, {"end": {"papers": 1, "rows": 0}}], "line 2: this is not a paper"),
    ],
)
def test_what_is_no_archive_brings_nobody_in(tmp_path: Path, lines: list[Any], said: str) -> None:
    path = tmp_path / "all.jsonl"
    path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines), "utf-8")
    with Store.open(tmp_path / "store.db") as store:
        if said:
            with pytest.raises(UsageError, match=said) as caught:
                archive.read(store, path, now=NOW)
            assert "\n" not in str(caught.value)
        else:
            assert archive.read(store, path, now=NOW).left_out == 1
        assert not store.archive.is_inhabited()


@given(st.binary(max_size=400))
def test_any_bytes_are_answered_in_a_line(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / "all.jsonl").write_bytes(json.dumps(HEAD).encode() + b"\n" + data)
    with Store.open(folder / "store.db") as store, pytest.raises(UsageError):
        archive.read(store, folder / "all.jsonl", now=NOW)


def test_a_kill_before_the_people_leaves_nobody(full: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(full, tmp_path)
    with Store.open(tmp_path / "new" / "store.db") as new:
        with monkeypatch.context() as killed:
            killed.setattr(ArchiveRows, "take_in", lambda *_: (_ for _ in ()).throw(sqlite3.OperationalError("killed")))
            with pytest.raises(sqlite3.OperationalError):
                archive.read(new, path, now=NOW)
        assert not new.archive.is_inhabited()
        assert new.journal.fact("mail.paused")
        assert archive.read(new, path, now=NOW).people == 2
