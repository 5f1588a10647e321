"""``docs/FORMAT.md`` is enough to read a Collection: it is read here as that page says, and Broadsheet says the same.

What reads uses SQLite, JSON and NumPy alone; ``broadsheet`` gives only the answers to compare with.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import broadsheet as bs
from broadsheet.core.errors import CollectionError
from broadsheet.store import Store

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "FORMAT.md").read_text("utf-8")
NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)
OLD = ROOT / "tests" / "fixtures" / "collection-0.1"
Rows = list[tuple[Any, ...]]


# What the page says


def section(title: str) -> str:
    """The text under a heading, up to the next heading of any level."""
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#|\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, f"FORMAT.md has no section {title!r}"
    return found[1]


def names(text: str, head: str) -> dict[str, str]:
    """The names in the first column of the table whose heading is ``head``, each with the rest of its line."""
    table = re.search(rf"^\| {re.escape(head)} \|.*?\n\|[-|]+\|\n(.*?)(?:\n\n|\Z)", text, re.MULTILINE | re.DOTALL)
    assert table, f"FORMAT.md has no table with the column {head!r}"
    lines = [line.strip("|").split("|", 1) for line in table[1].strip().splitlines()]
    return {name: rest.strip() for first, rest in lines for name in re.findall(r"`([^`]+)`", first)}


def tables(page: str) -> dict[str, dict[str, str]]:
    """Each table of the Store as the page has it: its columns, each with its meaning."""
    parts = re.findall(r"^#### `(\w+)`\n(.*?)(?=^#|\Z)", page, re.MULTILINE | re.DOTALL)
    return {name: names(text, "column") for name, text in parts}


BODY = re.search(r"SELECT (coalesce\(.*?\))\s+FROM documents", PAGE, re.DOTALL)
FIELDS = names(section("A document as JSON"), "field")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+00:00")


# A reader by the page alone


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of an old Collection, brought up to the present format."""
    shutil.copytree(OLD / "collection", tmp_path / "collection")
    with Store.open(tmp_path / "collection" / "store.db"):
        pass
    return tmp_path / "collection"


@contextmanager
def store(folder: Path) -> Iterator[sqlite3.Connection]:
    """The Store of a Collection, as any reader opens it."""
    with closing(sqlite3.connect(f"{(folder / 'store.db').as_uri()}?mode=ro", uri=True)) as db:
        yield db


def documents(db: sqlite3.Connection) -> dict[int, dict[str, Any]]:
    """Row number -> document."""
    assert BODY
    rows = db.execute(f"SELECT number, {BODY[1]} FROM documents WHERE deleted = 0")
    return {number: json.loads(body) for number, body in rows}


def content(document: dict[str, Any]) -> str:
    """What encoders read."""
    title = document.get("readable_title") or document["title"]
    return f"{title} {document.get('readable_text') or document.get('text', '')}".strip()


def columns(dim: int) -> dict[str, tuple[str, int]]:
    """File of a generation -> (kind, items a row), as the page has them."""
    shapes = {"int64": ("<i8", 1), "16 bytes": ("V16", 1), "uint8": ("u1", 1)}
    shapes |= {"⌈dim · turns / 64⌉ × uint64": ("<u8", -(-dim // 64)), "dim × float32": ("<f4", dim)}
    table = names(section("A Space").partition("without a header.")[2], "file")
    return {file: shapes[rest.split("|")[0].strip()] for file, rest in table.items()}


def space(folder: Path, name: str) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """The pointer, the manifest and the five files of a Space."""
    place = folder / "spaces" / name
    pointer = json.loads((place / "current.json").read_text("utf-8"))
    generation = place / f"g{pointer['generation']:06}"
    manifest = json.loads((generation / "manifest.json").read_text("utf-8"))
    rows, dim = pointer["rows"], manifest["dim"]
    files = {
        file: np.memmap(generation / file, dtype=kind, mode="r", shape=(rows, items))
        for file, (kind, items) in columns(dim).items()
    }
    return pointer, manifest, files


def row_of(files: dict[str, Any]) -> dict[int, int]:
    """Row number of a document -> the row of its vector that counts."""
    last: dict[int, int] = {}
    for row, number in enumerate(files["numbers"][:, 0].tolist()):
        last.pop(abs(number), None)
        if number > 0:
            last[number] = row
    return last


# The Store


def test_every_table_and_column_is_described_and_no_other(tmp_path: Path) -> None:
    with Store.open(tmp_path / "store.db"), store(tmp_path) as db:
        found = list(db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"))
        columns = {name: db.execute(f"PRAGMA table_info({name})").fetchall() for (name,) in found}
        application, version, journal = (
            db.execute(f"PRAGMA {pragma}").fetchone()[0]
            for pragma in ("application_id", "user_version", "journal_mode")
        )
    described = tables(PAGE)
    assert {table: list(each) for table, each in described.items()} == {
        table: [name for _, name, *_ in each] for table, each in columns.items()
    }
    nullable = {
        (t, name) for t, each in columns.items() for _, name, _, strict, _, key in each if not strict and not key
    }
    assert nullable == {(t, name) for t, each in described.items() for name, text in each.items() if "NULL" in text}
    assert f"`PRAGMA application_id` {application} (" in PAGE
    assert f"describes format {version} of the Store" in PAGE
    assert journal == "wal"


def test_a_column_that_the_page_leaves_out_is_noticed() -> None:
    shorter = PAGE.replace("| `least` | how well these must match |\n", "")
    assert tables(shorter) != tables(PAGE)
    assert "least" not in tables(shorter)["subscriptions"]


def test_the_values_that_a_column_may_have_are_those_that_the_page_names(tmp_path: Path) -> None:
    with Store.open(tmp_path / "store.db"), store(tmp_path) as db:
        rows = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'table'").fetchall()
    checked = [
        (table, column, re.findall(r"'(\w+)'", values))
        for table, sql in rows
        for column, values in re.findall(r"CHECK \((\w+) IN \((.*?)\)\)", sql)
    ]
    assert len(checked) == 9
    for table, column, values in checked:
        if (table, column) != ("invitations", "role"):  # as the role of a person
            assert re.findall(r"`(\w+)`", tables(PAGE)[table][column]) == values


def test_documents_read_by_the_page_are_those_that_broadsheet_answers(folder: Path) -> None:
    with store(folder) as db:
        read = documents(db)
        assert not db.execute("SELECT 1 FROM merged WHERE number NOT IN (SELECT number FROM documents)").fetchall()
        several = db.execute("SELECT number FROM records GROUP BY number HAVING count(*) > 1 ORDER BY 1").fetchall()
        assert several == db.execute("SELECT number FROM merged ORDER BY 1").fetchall() != []
        changes = [change for (change,) in db.execute("SELECT sequence FROM documents ORDER BY sequence")]
    assert {name for document in read.values() for name in document} <= set(FIELDS)
    with bs.open(folder, create=False) as collection:
        assert collection.store.papers.last_change() == changes[-1]
        assert [each.sequence for each in collection.store.papers.changes(changes[3])] == changes[4:]
        answered = collection.store.papers.by_numbers(list(read))
        assert collection.store.papers.count() == len(read) == len(answered)
    for number, document in answered.items():
        for field in FIELDS:
            value = getattr(document, field)
            if field in ("submitted", "updated", "announced", "listed"):
                assert read[number].get(field) == (value and value.isoformat())
            else:
                empty = type(value)() if value is not None else None
                given = read[number].get(field, empty)
                assert (tuple(given) if isinstance(value, tuple) else given) == value
        assert document.content == content(read[number])


def test_columns_for_finding_follow_from_the_body(folder: Path) -> None:
    with store(folder) as db:
        read = documents(db)
        for number, votes, code, day, first in db.execute(
            "SELECT number, votes, has_code, day, first FROM documents WHERE deleted = 0"
        ):
            document = read[number]
            listed = document.get("announced") or document.get("listed")
            assert votes == document.get("votes")
            assert code == ("code" in document.get("links", {}))
            assert day == (date.fromisoformat(listed).toordinal() if listed else None)
            assert not listed or first == day
        aliases: dict[int, set[str]] = {}
        for alias, number in db.execute("SELECT alias, number FROM aliases"):
            aliases.setdefault(number, set()).add(alias)
        assert aliases == {
            number: own for number, each in read.items() if (own := set(each.get("aliases", ())) - {each["id"]})
        }
        for digests, body in db.execute("SELECT digests, body FROM records"):
            assert hashlib.blake2b(body.encode(), digest_size=8).hexdigest() in digests.split(" ")


def test_moments_are_written_as_the_page_says(folder: Path) -> None:
    whole = {"records", "sources", "runs"}
    seen = 0
    with store(folder) as db:
        for table, columns in tables(PAGE).items():
            for column, meaning in columns.items():
                if not re.match(r"(a|the) moment\b", meaning):
                    continue
                for (text,) in db.execute(f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL"):
                    assert MOMENT.fullmatch(text), (table, column, text)
                    assert table in whole or "." in text, (table, column, text)
                    seen += 1
    assert seen > 200
    assert date(2026, 3, 2).toordinal() == 739677


def test_votes_lists_and_alerts_read_by_the_page_are_those_that_broadsheet_answers(folder: Path) -> None:
    with store(folder) as db:
        people = [person for (person,) in db.execute("SELECT person FROM people ORDER BY person")]
        votes = rows(db, "SELECT person, number FROM votes JOIN documents USING (number) WHERE deleted = 0")
        saves = rows(
            db, "SELECT person, name, number FROM lists LEFT JOIN saves USING (list) LEFT JOIN documents USING (number)"
            " WHERE deleted = 0 OR deleted IS NULL",
        )  # fmt: skip
        alerts = rows(db, "SELECT person, name, text, without, least FROM queries")
        comments = rows(db, "SELECT number, text FROM comments WHERE deleted = 0")
    assert min(map(len, (votes, saves, alerts, comments))) > 2
    with bs.open(folder, create=False) as collection:
        parts = collection.store
        assert [each.number for each in parts.people.all()] == people
        assert votes == sorted((who, n) for who in people for n in parts.reactions.marked("votes", who))
        listed = {
            (who, each.name, n)
            for who in people
            for each in parts.lists.of(who)
            for n in parts.lists.saved(who, each.number) or [None]
        }
        assert set(saves) == listed
        assert [(who, name, text, json.loads(without), least) for who, name, text, without, least in alerts] == sorted(
            (who, each.name, each.text, list(each.without), each.least)
            for who in people
            for each in parts.alerts.of(who)
        )
        numbers = sorted({number for number, _ in comments})
        assert comments == sorted((c.number, c.text) for c in parts.comments.on(numbers) if not c.deleted)


def rows(db: sqlite3.Connection, sql: str) -> Rows:
    """All rows, sorted."""
    return sorted(db.execute(sql).fetchall(), key=str) if "LEFT" in sql else sorted(db.execute(sql).fetchall())


def test_every_fact_is_named(folder: Path) -> None:
    with store(folder) as db:
        facts = dict(db.execute("SELECT key, value FROM facts"))
    assert set(facts) <= set(names(section("`facts`"), "key"))
    assert re.fullmatch(r"[0-9a-f]{64}", json.loads(facts["secret"]))


def test_an_edition_says_what_was_sent(folder: Path) -> None:
    with store(folder) as db:
        ids = {document["id"] for document in documents(db).values()}
        frozen = db.execute("SELECT period, person, body FROM editions").fetchall()
        delivered = set(db.execute("SELECT period, person FROM deliveries WHERE state = 'sent'"))
    assert delivered
    assert delivered <= {(period, person) for period, person, _ in frozen}
    for period, _, body in frozen:
        assert re.fullmatch(r"\d{4}-\d\d-\d\d|\d{4}-W\d\d", period)
        assert all(each["id"] in ids and isinstance(each["why"], str) for each in json.loads(body)["papers"])


# A deleted paper, in the Store and in a Space


def test_a_deleted_document_keeps_its_row_and_leaves_the_space(folder: Path) -> None:
    with bs.open(folder, create=False) as collection:
        number = collection.store.papers.number("10.5555/herb.2026.7")
        before = collection.store.papers.last_change()
        assert collection.store.papers.delete(["10.5555/herb.2026.7"], now=NOW) == 1
        with store(folder) as db:
            row = db.execute("SELECT * FROM documents WHERE number = ?", (number,)).fetchone()
            assert row == (number, "10.5555/herb.2026.7", before + 1, 1, "", None, None, "", 0, None, None, "")
            for table in ("records", "merged", "aliases", "categories", "author_words", "sketches"):
                sql = f"SELECT count(*) FROM {table} WHERE number = ?"
                assert db.execute(sql, (number,)).fetchone() == (0,)
        bs.sync(collection)
    pointer, _, files = space(folder, "hash")
    assert pointer["change"] == before + 1
    assert files["numbers"][-1, 0] == -int(number or 0)
    assert number not in row_of(files)


# The derived parts


def test_vectors_read_by_the_page_are_those_that_broadsheet_searches(folder: Path) -> None:
    pointer, manifest, files = space(folder, "hash")
    with store(folder) as db:
        read = documents(db)
        assert pointer["change"] == db.execute("SELECT max(sequence) FROM documents").fetchone()[0]
    assert set(names(section("A Space"), "field")) == set(pointer)
    assert set(files) | {"manifest.json"} == {path.name for path in (folder / "spaces" / "hash").glob("g*/*")}
    assert all(f"`{name}`" in section("A Space") for name in manifest)
    at = row_of(files)
    assert set(at) == set(read)
    for number, row in at.items():
        key = hashlib.blake2b(content(read[number]).encode(), digest_size=16).digest()
        assert files["keys"][row, 0].tobytes() == key
        bits = np.unpackbits(np.asarray(files["codes"][row]).view("u1"), bitorder="little")[: manifest["dim"]]
        assert (bits == (files["vectors"][row] > 0)).all()
        assert abs(float(np.linalg.norm(files["vectors"][row])) - 1) < 1e-5
    with bs.open(folder, create=False) as collection:
        snapshot = collection.space.snapshot()
        numbers = np.array(sorted(at))
        assert (snapshot.of(numbers) == np.stack([files["vectors"][at[number]] for number in sorted(at)])).all()
        assert {name: getattr(snapshot.manifest, name) for name in manifest} == manifest
        vane = next(number for number, document in read.items() if document["id"] == "10.5555/vane.2024.1")
        cosines = {read[n]["id"]: float(files["vectors"][row] @ files["vectors"][at[vane]]) for n, row in at.items()}
        for result in bs.similar(collection, "10.5555/vane.2024.1", k=5):
            assert cosines[result.document.id] == pytest.approx(result.score, abs=1e-6)


def test_rows_behind_the_pointer_do_not_exist(folder: Path) -> None:
    _, manifest, files = space(folder, "hash")
    (generation,) = (folder / "spaces" / "hash").glob("g*")
    for name, file in files.items():
        with (generation / name).open("ab") as stream:
            stream.write(b"\1" * file[:1].nbytes)
    with bs.open(folder, create=False) as collection:
        assert collection.space.snapshot().pointer.rows == len(files["numbers"])
        bs.ingest(collection, [bs.Document(id="own:1", title="A paper behind them", source="own")])
        bs.sync(collection)
        new = collection.store.papers.number("own:1")
    _, _, after = space(folder, "hash")
    assert (after["vectors"][: len(files["vectors"])] == files["vectors"]).all()
    assert after["numbers"][len(files["numbers"]) :, 0].tolist() == [new]
    assert after["vectors"].shape[1] == manifest["dim"]


def test_the_lexicon_says_how_far_it_is_and_when_it_was_made_again(folder: Path) -> None:
    lexicon = folder / "lexicon"
    state, birth = json.loads((lexicon / "state.json").read_text("utf-8")), (lexicon / "birth").read_bytes()
    with store(folder) as db:
        (change,) = db.execute("SELECT max(sequence) FROM documents").fetchone()
    assert state == {"format": 1, "language": "english", "change": change}
    assert len(birth) == 16
    assert set(names(section("The Lexicon"), "file")) == {"state.json", "birth", "before/"}
    shutil.rmtree(lexicon)
    with bs.open(folder, create=False) as collection:
        bs.sync(collection)
        assert json.loads((lexicon / "state.json").read_text("utf-8")) == state | {"format": 2}
        assert (lexicon / "birth").read_bytes() != birth
        assert bs.search(collection, "herbarium", mode="lexical", k=1).items[0].document.id == "10.5555/herb.2026.7"


def test_nothing_lies_in_a_collection_that_the_page_does_not_name(folder: Path) -> None:
    with bs.open(folder, create=False) as collection:
        bs.sync(collection, rebuild=True)
        found = {re.sub(r"before-\d+$", "before-N", path.name) for path in folder.iterdir()}
        cached = {path.name for path in (folder / "cache").iterdir()}
    named = {name.split("/")[0] for name in names(section("The folder"), "name")}
    assert found <= named
    assert cached <= {name.split("/")[1] for name in names(section("The cache"), "name")}
    for mail in (folder / "outbox").iterdir():
        key = re.fullmatch(r"\d{8}T\d{6}Z_[^/]+_([0-9a-f]{16})\.eml", mail.name)
        own = re.search(rb"^Message-ID:\s*<([^>]+)>", mail.read_bytes(), re.MULTILINE | re.IGNORECASE)
        assert key
        assert own
        assert key[1] in {hashlib.blake2b(form, digest_size=8).hexdigest() for form in (own[1], b"<%s>" % own[1])}


# Locks


@contextmanager
def flock(path: Path, kind: int) -> Iterator[None]:
    """A lock as another program takes it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def test_who_has_the_store_open_shares_it(folder: Path) -> None:
    held = folder / "store.db.held"
    with bs.open(folder, create=False), flock(held, fcntl.LOCK_SH):
        pass
    with bs.open(folder, create=False), pytest.raises(BlockingIOError), flock(held, fcntl.LOCK_EX):
        pass
    with flock(held, fcntl.LOCK_EX), pytest.raises(CollectionError):
        Store.open(folder / "store.db", timeout=0.1)


def test_writers_take_turns_and_readers_do_not_wait(folder: Path) -> None:
    with Store.open(folder / "store.db", timeout=0.1) as writer, flock(folder / "store.db.lock", fcntl.LOCK_EX):
        assert writer.papers.count() > 0
        with pytest.raises(CollectionError):
            writer.lists.named(1, "While another writes", now=NOW)


def test_a_second_writer_that_keeps_the_rules_is_read_at_once(folder: Path) -> None:
    with bs.open(folder, create=False) as collection:
        number = collection.store.papers.number("2602.00101")
        with (
            flock(folder / "store.db.held", fcntl.LOCK_SH),
            flock(folder / "store.db.lock", fcntl.LOCK_EX),
            closing(sqlite3.connect(folder / "store.db", isolation_level=None)) as db,
        ):
            db.execute("PRAGMA foreign_keys = ON")
            db.execute("BEGIN IMMEDIATE")
            made = NOW.isoformat(timespec="microseconds")
            own = db.execute("INSERT INTO lists (person, name, made) VALUES (1, 'From outside', ?)", (made,))
            db.execute("INSERT INTO saves (list, number, at) VALUES (?, ?, ?)", (own.lastrowid, number, made))
            db.execute("COMMIT")
        found = {each.name: each.number for each in collection.store.lists.of(1)}
        assert collection.store.lists.saved(1, found["From outside"]) == [number]


# The archive


def test_an_archive_is_laid_out_as_the_page_says(folder: Path) -> None:
    lines = [json.loads(line) for line in (OLD / "everything.jsonl").read_text("utf-8").splitlines()]
    head, *middle, end = lines
    assert set(head) == {"broadsheet", "format", "made", "numbers", "secret"}
    assert (head["broadsheet"], head["format"]) == ("everything", 1)
    papers = [line["paper"] for line in middle if "paper" in line]
    rows_of = [line for line in middle if "in" in line]
    assert [*rows_of, *({"paper": paper} for paper in papers)] == middle
    assert end == {"end": {"papers": len(papers), "rows": len(rows_of)}}
    listed = re.search(r"for each row of (.*?), in this order", section("The archive"), re.DOTALL)
    assert listed
    order = re.findall(r"`(\w+)`", listed[1])
    assert sorted(rows_of, key=lambda line: order.index(line["in"])) == rows_of
    described = tables(PAGE)
    for line in rows_of:
        assert set(line["row"]) == {"paper" if name == "number" else name for name in described[line["in"]]}
        assert line["row"].get("key") not in ("secret", "mail.paused", "topics")
    with store(folder) as db:
        assert sorted(map(str, papers)) == sorted(str(json.loads(b)) for (b,) in db.execute("SELECT body FROM records"))
    assert set(described) - set(order) == {
        "documents", "records", "merged", "aliases", "categories", "author_words", "sketches",
        "sessions", "tokens", "used_links", "jobs", "runs", "clashes", "problems", "trends",
        "topic_papers",
    }  # fmt: skip
