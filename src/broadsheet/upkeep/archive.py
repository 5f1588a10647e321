"""The archive: everything of an instance in one file of JSON lines, and back into a Collection without people.

first line: kind of file, format, when it was made (and the instance's secret, if requested)
then one line for each row of people, votes, lists and so on, one for each source's record of a paper, last the counts
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from broadsheet.core import records
from broadsheet.core.errors import CollectionError, UsageError
from broadsheet.core.protocols import Progress
from broadsheet.core.types import Document
from broadsheet.store import Store
from broadsheet.store.archive_rows import TABLES

FORMAT = 1
_NAME = "everything"
_LONGEST = 32 * 2**20  # characters of a line
_BATCH = 500
_PLAIN = (str, int, float, type(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """What was written or read: ``papers`` (their records, when written), ``people``, ``rows`` that belong to people;
    ``left_out`` counts rows about deleted papers, and refused papers."""

    papers: int
    people: int
    rows: int
    left_out: int = 0


def write(
    store: Store, stream: TextIO, *, now: datetime, with_secret: bool = False, progress: Progress | None = None
) -> Archived:
    """Write everything to ``stream`` except sessions, tokens, jobs and runs."""
    head = {"broadsheet": _NAME, "format": FORMAT, "made": now.astimezone(UTC).isoformat()}
    given = {
        "numbers": store.archive.numbers_given(),
        **({"secret": store.people.secret().hex()} if with_secret else {}),
    }
    _put(stream, {**head, **given})
    counts = dict.fromkeys(TABLES, 0)
    for table, row in store.archive.rows():
        counts[table] += 1
        _put(stream, {"in": table, "row": row})
    papers = 0
    for document in _records(store):
        papers += 1
        _put(stream, {"paper": _paper(document)})
        if progress and papers % _BATCH == 0:
            progress(papers, None)
    rows = sum(counts.values())
    _put(stream, {"end": {"papers": papers, "rows": rows}})
    return Archived(papers=papers, people=counts["people"], rows=rows)


def _paper(document: Document) -> dict[str, Any]:
    """The paper; with the mark of an export if a version that reads archives might not read it."""
    mark = records.mark_of(document)
    return records.to_dict(document) | ({records.MARK: mark} if mark > 1 else {})


def _put(stream: TextIO, value: Any) -> None:
    stream.write(json.dumps(value, separators=(",", ":")) + "\n")


def _records(store: Store) -> Iterator[Document]:
    after = ""
    while batch := store.papers.records(after, _BATCH):
        yield from batch
        after = batch[-1].id


def read(store: Store, file: Path, *, now: datetime, progress: Progress | None = None) -> Archived:
    """Import what ``write`` wrote, and pause sending: the fact ``mail.paused`` says since when.

    The whole file is checked before anything is written. The papers come first, and a second attempt finds them there;
    then all rows or none. CollectionError where there are people already, UsageError for a file that is not an
    archive, is of a newer version, is cut off, or has a bad line.
    """
    if store.archive.is_inhabited():
        raise CollectionError(
            f"{store.path} already has people, or data of former ones: import into a new folder with --data DIR"
        )
    head = _check(file)
    store.journal.set_fact("mail.paused", now.astimezone(UTC).isoformat())  # before there are people to send email to
    if "secret" in head:
        store.journal.set_fact("secret", head["secret"])
    total = sum(1 for _ in _parts(file, "paper"))
    seen: set[int] = set()
    done = store.papers.put(_reporting(_documents(file), total, progress), now=now, seen=seen)
    rows = ((str(line["in"]), line["row"]) for _, line in _parts(file, "in"))
    taken, left_out = store.archive.take_in(rows, head["numbers"])
    people = len(store.people.all())
    return Archived(papers=store.papers.count(), people=people, rows=taken, left_out=left_out + len(done.bad))


def _reporting(documents: Iterator[Document], total: int, progress: Progress | None) -> Iterator[Document]:
    for done, document in enumerate(documents, 1):
        yield document
        if progress and done % _BATCH == 0:
            progress(done, total)


def _documents(file: Path) -> Iterator[Document]:
    for number, line in _parts(file, "paper"):
        try:
            yield records.from_dict(line["paper"])
        except (ValueError, TypeError, AttributeError) as error:
            raise UsageError(f"{file}, line {number}: this is not a paper ({error})") from error


def _parts(file: Path, kind: str) -> Iterator[tuple[int, dict[str, Any]]]:
    return ((number, line) for number, line in _lines(file) if kind in line)


def _lines(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Every line as an object, with its number; UsageError for a line that is not an object."""
    with file.open(encoding="utf-8") as stream:
        number = 0
        try:
            while text := stream.readline(_LONGEST):
                number += 1
                value = json.loads(text)
                if not isinstance(value, dict):
                    raise ValueError("not an object")
                yield number, value
        except (ValueError, RecursionError) as error:
            raise UsageError(f"{file}, line {number or 1}: not a JSON object in UTF-8 ({error})") from error


def _check(file: Path) -> dict[str, Any]:
    """The first line, after checking that the whole file is an archive that can be read."""
    head: dict[str, Any] = {}
    counted, ended = {"papers": 0, "rows": 0}, None
    for number, line in _lines(file):
        if not head:
            head = _head(file, line)
        elif ended is not None:
            raise UsageError(f"{file}, line {number}: something follows the end of the archive")
        elif "end" in line:
            ended = line["end"]
        else:
            counted["papers" if "paper" in line else "rows"] += 1
            _require_row(file, number, line)
    if ended != counted:
        raise UsageError(f"{file} is cut off or was changed: it holds {counted}, but its last line says {ended}")
    return head


def _head(file: Path, line: dict[str, Any]) -> dict[str, Any]:
    if line.get("broadsheet") != _NAME or not isinstance(line.get("format"), int):
        raise UsageError(f"{file} is not an archive: expected a file that `broadsheet export --all` wrote")
    if line["format"] > FORMAT:
        raise UsageError(f"{file} has format {line['format']}; this version reads up to {FORMAT}: upgrade Broadsheet")
    numbers, secret = line.get("numbers"), line.get("secret", "00" * 32)
    if not isinstance(numbers, dict) or not all(
        isinstance(each, int) and 0 <= each < 2**62 for each in numbers.values()
    ):
        raise UsageError(f"{file}, line 1: `numbers` must be an object of whole numbers")
    if not isinstance(secret, str) or len(secret) != 64 or set(secret) - set("0123456789abcdef"):
        raise UsageError(f"{file}, line 1: `secret` must be 64 hexadecimal digits")
    return line


def _require_row(file: Path, number: int, line: dict[str, Any]) -> None:
    if isinstance(line.get("paper"), dict):
        return
    row = line.get("row")
    if (
        line.get("in") not in TABLES
        or not isinstance(row, dict)
        or not all(isinstance(v, _PLAIN) for v in row.values())
    ):
        raise UsageError(f"{file}, line {number}: neither a paper nor a row of a known table")
