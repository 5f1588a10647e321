"""Retrieval tasks: reading a folder of documents, queries and judgements in the layout of BEIR (Thakur et al. 2021).

    qrels.tsv: query-id, corpus-id, score [, split] -> judgements, of the split `test`, or `dev` without one
    queries.jsonl: _id, text -> the queries that have judgements
    corpus.jsonl: _id, title, text -> Documents, one at a time

Each may be gzipped; `qrels/test.tsv` or `qrels/dev.tsv` may replace `qrels.tsv`. The task has the folder's name.
The layout of MTEB (Muennighoff et al. 2023) is read too: folders `corpus`, `queries` and `qrels` (or `data`), in which
are Parquet files.
Everything is bounded; malformed input ends the reading with an error that names file and line.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from broadsheet.core.errors import NotFoundError, SourceError, nearest
from broadsheet.core.types import Document
from broadsheet.files import unpacked
from broadsheet.lab import parquet

LONGEST_LINE = 16_000_000  # bytes
MOST_LINES = 20_000_000  # of one file
_LONGEST_TITLE = 200  # characters of a text used in place of a missing title
_COLUMNS = ("query-id", "corpus-id", "score")
_CORPUS, _QUERIES, _QRELS = "corpus.jsonl", "queries.jsonl", "qrels.tsv"

Judgements = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class RetrievalTask:
    """``queries`` by id, each with judgements; ``judged`` is {query id: {document id: grade}} with the same keys."""

    name: str
    folder: Path
    queries: Mapping[str, str]
    judged: Judgements
    split: str = ""
    corpus: str = _CORPUS
    warnings: tuple[str, ...] = ()

    def documents(self) -> Iterator[Document]:
        """Read the corpus, its ids unchanged; a document with neither title nor text is left out."""
        path = _path(self.folder, *_spelled(self.corpus))
        for line, row in _rows(path):
            name, title, text = _id(path, line, row), _text(path, line, row, "title"), _text(path, line, row, "text")
            if not title.strip():
                title, text = headed(text)
            if title:
                yield Document(id=name, title=title, text=text, source=f"evaluate:{self.name}")


def read_task(folder: str | Path, *, corpus: str = _CORPUS, queries: str = _QUERIES, answer: str = "") -> RetrievalTask:
    """Read the task in a folder, except its corpus. NotFoundError when a file is missing, SourceError when bad.

    ``corpus`` and ``queries`` are the names of these files where they have others. With ``answer``, a field of the
    queries holds the id of the one document that answers each, and no judgements are read.
    """
    where = Path(folder).expanduser()
    if not where.is_dir():
        raise NotFoundError(f"{where} is not a folder: expected one with corpus.jsonl, queries.jsonl and qrels.tsv")
    _path(where, *_spelled(corpus))
    warnings: list[str] = []
    path = _path(where, *_spelled(queries))
    if answer:
        judged, split = {name: {document: 1} for name, document in _answers(path, answer)}, ""
    else:
        judged, split = _judgements(
            _path(where, _QRELS, "qrels/test.tsv", "qrels/dev.tsv", *_ELSEWHERE[_QRELS]), warnings
        )
    texts = _queries(path, judged)
    if missing := len(judged) - len(texts):
        warnings.append(f"{missing:,} judged queries are not in {path.name} and are left out.")
    kept = {name: judged[name] for name in texts}
    return RetrievalTask(where.resolve().name, where, texts, kept, split, corpus, tuple(warnings))


def files(folder: Path) -> list[Path]:
    """Return the files of the task in a folder that are there."""
    names = [name for each in _ELSEWHERE for name in _spelled(each)]
    return sorted(path for name in names for path in folder.glob(f"{name}*") if path.is_file())


def _answers(path: Path, field: str) -> Iterator[tuple[str, str]]:
    """Each query's id, and the id of the document that answers it."""
    for line, row in _rows(path):
        yield _id(path, line, row), _text(path, line, row, field)


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


def _judgements(path: Path, warnings: list[str]) -> tuple[dict[str, dict[str, int]], str]:
    """The judgements of the split that counts, in the file's order, and its name (empty without a split column).

    SourceError for two different grades of one document for one query; a repeated equal one is worth a warning.
    """
    lines = _cells(path) if path.suffix == ".parquet" else _lines(path)
    columns = _header(path, next(lines, (1, ""))[1])
    by_split: dict[str, dict[str, dict[str, int]]] = {}
    count = 0
    for line, text in lines:
        cells = text.split("\t")
        if len(cells) < len(columns):
            _wrong(path, line, f"has {len(cells)} cells, expected {len(columns)}: {', '.join(columns)}")
        query, document, score, split = (
            cells[columns[name]] if name in columns else "" for name in (*_COLUMNS, "split")
        )
        grades, grade = by_split.setdefault(split, {}).setdefault(query, {}), _grade(path, line, score)
        if grades.setdefault(document, grade) != grade:
            _wrong(path, line, f"grades {document!r} for {query!r} again, {grades[document]} before and {grade} now")
        count += 1
    split = _split(path, by_split, split_column="split" in columns)
    if repeated := count - sum(len(grades) for judged in by_split.values() for grades in judged.values()):
        warnings.append(f"{repeated:,} judgements are in {path.name} twice; each counts once.")
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


_ELSEWHERE = {
    _CORPUS: ("corpus/*.parquet",),
    _QUERIES: ("queries/*.parquet",),
    _QRELS: (
        "qrels/test.tsv",
        "qrels/dev.tsv",
        "qrels/test-*.parquet",
        "data/test-*.parquet",
        "qrels/dev-*.parquet",
        "data/dev-*.parquet",
    ),
}
"""Where else these files may be: the last names are those of MTEB."""


def _spelled(name: str) -> tuple[str, ...]:
    return (name, *_ELSEWHERE.get(name, ()))


def _path(folder: Path, *names: str) -> Path:
    """The first of these files that is there, plain or compressed."""
    for name in names:
        paths = sorted(folder.glob(name)) if "*" in name else [folder / name, folder / f"{name}.gz"]
        if len(some := [path for path in paths if path.is_file()]) > 1 and "*" in name:
            raise SourceError(f"{folder} has {len(some)} files {name}, expected one: put their rows into one file")
        if some:
            return some[0]
    raise NotFoundError(
        f"no {names[0]} or {names[0]}.gz in {folder}: a task folder has corpus.jsonl, queries.jsonl and qrels.tsv"
    )


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    if path.suffix == ".parquet":
        yield from enumerate(parquet.rows(path), 1)
        return
    for line, text in _lines(path):
        try:
            row = json.loads(text)
        except (ValueError, RecursionError) as error:
            _wrong(path, line, f"is not JSON ({error})")
        if not isinstance(row, dict):
            _wrong(path, line, f"is a JSON {type(row).__name__}, expected an object")
        yield line, row


def _cells(path: Path) -> Iterator[tuple[int, str]]:
    """The judgements of a Parquet file as lines of a table, under their header."""
    yield 1, "\t".join(_COLUMNS)
    for number, row in enumerate(parquet.rows(path), 2):
        missing = [name for name in _COLUMNS if row.get(name) is None]
        if missing:
            _wrong(path, number, f"has no {missing[0]!r}. {nearest(missing[0], row)}")
        score = row["score"]
        whole = int(score) if isinstance(score, float) and score.is_integer() else score
        yield number, "\t".join(" ".join(str(cell).split("\t")) for cell in (row["query-id"], row["corpus-id"], whole))


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Line numbers and lines that are not blank, without their ends."""
    try:
        with unpacked(path) as file:
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
