"""Retrieval tasks: reading a folder of documents, queries and judgements in the layout of BEIR (Thakur et al. 2021).

    qrels.tsv: query-id, corpus-id, score [, split] -> judgements, of the split `test`, or `dev` without one
    queries.jsonl: _id, text -> the queries that have judgements
    corpus.jsonl: _id, title, text -> Documents, one at a time

Each may be gzipped; `qrels/test.tsv` or `qrels/dev.tsv` may replace `qrels.tsv`. The task has the folder's name.
Everything is bounded; malformed input ends the reading with an error that names file and line.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from broadsheet.core.errors import NotFoundError, SourceError, nearest
from broadsheet.core.types import Document

LONGEST_LINE = 16_000_000  # bytes
MOST_LINES = 20_000_000  # of one file
_LONGEST_TITLE = 200  # characters of a text used in place of a missing title
_COLUMNS = ("query-id", "corpus-id", "score")

Judgements = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class RetrievalTask:
    """``queries`` by id, each with judgements; ``judged`` is {query id: {document id: grade}} with the same keys."""

    name: str
    folder: Path
    queries: Mapping[str, str]
    judged: Judgements
    split: str = ""

    def documents(self) -> Iterator[Document]:
        """Read the corpus, its ids unchanged; a document with neither title nor text is left out."""
        path = _path(self.folder, "corpus.jsonl")
        for line, row in _rows(path):
            name, title, text = _id(path, line, row), _text(path, line, row, "title"), _text(path, line, row, "text")
            if not title.strip():
                title, text = headed(text)
            if title:
                yield Document(id=name, title=title, text=text, source=f"evaluate:{self.name}")


def read_task(folder: str | Path) -> RetrievalTask:
    """Read the task in a folder, except its corpus. NotFoundError when a file is missing, SourceError when bad."""
    where = Path(folder).expanduser()
    if not where.is_dir():
        raise NotFoundError(f"{where} is not a folder: expected one with corpus.jsonl, queries.jsonl and qrels.tsv")
    _path(where, "corpus.jsonl")
    judged, split = _judgements(_path(where, "qrels.tsv", "qrels/test.tsv", "qrels/dev.tsv"))
    queries = _queries(_path(where, "queries.jsonl"), judged)
    return RetrievalTask(where.resolve().name, where, queries, {name: judged[name] for name in queries}, split)


def headed(text: str) -> tuple[str, str]:
    """Cut a text without a title at a space near its beginning, so that title + " " + text reads the same."""
    clean = text.strip()
    cut = re.match(rf".{{1,{_LONGEST_TITLE}}}(?=\s|$)", clean, re.DOTALL)
    head = cut[0] if cut else clean[:_LONGEST_TITLE]
    return head, clean[len(head) :].lstrip()


def _queries(path: Path, judged: Judgements) -> dict[str, str]:
    queries: dict[str, str] = {}
    for line, row in _rows(path):
        name, text = _id(path, line, row), _text(path, line, row, "text")
        if name in judged:
            queries[name] = text
    if not queries:
        _wrong(path, None, f"has none of the {len(judged):,} queries that are judged in qrels.tsv")
    return queries


def _judgements(path: Path) -> tuple[dict[str, dict[str, int]], str]:
    """The judgements of the split that counts, in the file's order, and its name (empty without a split column)."""
    lines = _lines(path)
    columns = _header(path, next(lines, (1, ""))[1])
    by_split: dict[str, dict[str, dict[str, int]]] = {}
    for line, text in lines:
        cells = text.split("\t")
        if len(cells) < len(columns):
            _wrong(path, line, f"has {len(cells)} cells, expected {len(columns)}: {', '.join(columns)}")
        query, document, score, split = (
            cells[columns[name]] if name in columns else "" for name in (*_COLUMNS, "split")
        )
        by_split.setdefault(split, {}).setdefault(query, {})[document] = _grade(path, line, score)
    split = _split(path, by_split, split_column="split" in columns)
    return by_split[split], split


def _split(path: Path, splits: Mapping[str, Any], *, split_column: bool) -> str:
    known = ("test", "dev") if split_column else ("",)
    present = [name for name in known if name in splits]
    if not present:
        has = f"has the splits {', '.join(sorted(splits))}" if splits else "has no judgements"
        _wrong(path, None, f"{has}; expected some of {' or '.join(known)}" if split_column else has)
    return present[0]


def _header(path: Path, text: str) -> dict[str, int]:
    names = [name.strip().lower() for name in text.removeprefix("\ufeff").split("\t")]
    columns = {name: place for place, name in enumerate(names)}
    for name in _COLUMNS:
        if name not in columns:
            _wrong(
                path, 1, f"has no column {name!r} in its header, tab-separated. {nearest(name, filter(None, names))}"
            )
    return columns


def _grade(path: Path, line: int, score: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,9}", score.strip()):
        _wrong(path, line, f"has the score {score[:40]!r}, expected a whole number")
    return int(score)


def _path(folder: Path, *names: str) -> Path:
    """The first of these files that is there, plain or compressed."""
    for name in names:
        for path in (folder / name, folder / f"{name}.gz"):
            if path.is_file():
                return path
    raise NotFoundError(
        f"no {names[0]} or {names[0]}.gz in {folder}: a task folder has corpus.jsonl, queries.jsonl and qrels.tsv"
    )


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for line, text in _lines(path):
        try:
            row = json.loads(text)
        except (ValueError, RecursionError) as error:
            _wrong(path, line, f"is not JSON ({error})")
        if not isinstance(row, dict):
            _wrong(path, line, f"is a JSON {type(row).__name__}, expected an object")
        yield line, row


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Line numbers and lines that are not blank, without their ends."""
    try:
        with _opened(path) as file:
            for line in range(1, MOST_LINES + 1):
                raw = file.readline(LONGEST_LINE + 1)
                if not raw:
                    return
                if len(raw) > LONGEST_LINE:
                    _wrong(path, line, f"is longer than {LONGEST_LINE:,} bytes")
                text = raw.decode("utf-8").rstrip("\r\n")
                if text.strip():
                    yield line, text
    except UnicodeDecodeError as error:
        _wrong(path, line, f"is not UTF-8 ({error.reason} at byte {error.start})")
    except (OSError, EOFError, zlib.error) as error:
        raise SourceError(f"{path} cannot be read to its end ({error}): download it again") from error
    _wrong(path, None, f"has more than {MOST_LINES:,} lines")


def _opened(path: Path) -> BinaryIO:
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]


def _id(path: Path, line: int, row: Mapping[str, Any]) -> str:
    name = row.get("_id")
    if isinstance(name, int) and not isinstance(name, bool):
        return str(name)
    if not isinstance(name, str) or not name:
        _wrong(
            path, line, f"has no _id that is a string; its fields are {', '.join(map(repr, list(row)[:10])) or 'none'}"
        )
    return name


def _text(path: Path, line: int, row: Mapping[str, Any], field: str) -> str:
    value = row.get(field)
    if value is None and field == "title":
        return ""
    if not isinstance(value, str):
        _wrong(
            path,
            line,
            f"has no field {field!r} that is a string; its fields are {', '.join(map(repr, list(row)[:10]))}",
        )
    return value


def _wrong(path: Path, line: int | None, what: str) -> NoReturn:
    raise SourceError(f"{path}{'' if line is None else f', line {line}'} {what}")
