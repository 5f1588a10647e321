"""A corpus: texts with names, from a file or from the papers of a Collection that meet conditions.

    FILE       a text on each line, or JSON lines: the field text (abstract, content ...), after the field title
    otherwise  conditions in the language of search: ``category:cs.CL since:2019 until:2019-12``; ``all`` for everything

Files are untrusted: lines, sizes and counts are bounded; a bad line ends the reading with an error that names it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from broadsheet.collection import Collection
from broadsheet.core import query
from broadsheet.core.errors import NotFoundError, SourceError, UsageError
from broadsheet.core.text import squeeze
from broadsheet.core.types import BadRecord
from broadsheet.sources import files
from broadsheet.sources.encodings import UTF8, text_lines, wide_encoding

MOST = 1_000_000  # texts of a corpus
ALL = "all"  # the name of every paper of a Collection
_FIELDS = ("text", "abstract", "content", "sentence", "question", "query")
_PAPERS = 1_000  # read at a time


@dataclass(frozen=True, slots=True)
class Corpus:
    """Texts, not empty, with the ``ids`` by which to find them: of papers, or ``line 12`` of a file."""

    name: str
    texts: list[str]
    ids: list[str]

    def __len__(self) -> int:
        return len(self.texts)


def read_corpus(name: str, collection: Collection | None = None) -> Corpus:
    """Read the corpus of a file or, where ``name`` is not one, of the papers of a Collection that meet its conditions.

    NotFoundError when it is neither, or no paper meets them; SourceError for a malformed file.
    """
    path = Path(name).expanduser()
    if path.is_file() or name == files.STDIN:
        return of_file(path)
    if collection is None or not (name == ALL or ":" in name):
        raise NotFoundError(
            f"{name!r} is neither a file nor conditions on the papers of a Collection, for example "
            f"'category:cs.CL since:2019', or {ALL}. Check the name of the file."
        )
    return of_papers(collection, "" if name == ALL else name)


def of_file(path: Path) -> Corpus:
    """Read the texts of a file, in its order; empty lines are left out."""
    texts, ids = [], []
    with files.regular(path) as readable:
        for number, line in _lines(readable):
            if text := _text(path, number, line):
                texts.append(text)
                ids.append(f"line {number:,}")
            if len(texts) > MOST:
                raise SourceError(f"{path} has more than {MOST:,} texts: split the file.")
    if not texts:
        raise SourceError(f"{path} has no texts: expected one on each line, or JSON lines with the field text.")
    return Corpus(path.name, texts, ids)


def of_papers(collection: Collection, conditions: str) -> Corpus:
    """Read the papers that meet conditions, oldest number first, title and abstract as encoders get them."""
    asked = query.ask(conditions)
    if asked.words or asked.fields:
        raise UsageError(
            f"{conditions!r} has words besides conditions ({asked.words or 'title: or abstract:'}); expected only "
            "conditions, for example 'category:cs.CL since:2019 until:2019-12'"
        )
    numbers = collection.store.papers.numbers_where(asked.filters).tolist()
    if len(numbers) > MOST:
        raise UsageError(f"{conditions or ALL!r} is met by {len(numbers):,} papers; at most {MOST:,} are compared.")
    texts, ids = [], []
    for start in range(0, len(numbers), _PAPERS):
        papers = collection.store.papers.by_numbers(numbers[start : start + _PAPERS])
        for number in sorted(papers):
            if papers[number].content.strip():
                texts.append(papers[number].content)
                ids.append(papers[number].id)
    if not texts:
        raise NotFoundError(f"No paper of the Collection meets {conditions or ALL!r}. Ingest papers, or widen it.")
    return Corpus(conditions or ALL, texts, ids)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    head = next(files.chunks(path), b"")
    for number, line in enumerate(text_lines(path, wide_encoding(head) or UTF8), 1):
        if isinstance(line, BadRecord):
            raise SourceError(f"{path}, line {number:,}: {line.reason}")
        yield number, line.encode("utf-8", "replace").decode()


def _text(path: Path, number: int, line: str) -> str:
    """The text of a line, empty for an empty one."""
    clean = squeeze(line)
    if not clean.startswith("{"):
        return clean
    try:
        row = json.loads(clean)
    except (ValueError, RecursionError):
        return clean  # a text that happens to begin with a brace
    return _of_fields(path, number, row)


def _of_fields(path: Path, number: int, row: dict[str, Any]) -> str:
    body = next((row[name] for name in _FIELDS if isinstance(row.get(name), str)), "")
    title = row.get("title")
    if not (text := squeeze(f"{title if isinstance(title, str) else ''} {body}")) and row.keys().isdisjoint(
        (*_FIELDS, "title")
    ):
        raise SourceError(
            f"{path}, line {number:,} has no field title, {', '.join(_FIELDS[:-1])} or {_FIELDS[-1]} that is a string; "
            f"its fields are {', '.join(map(repr, list(row)[:10]))}"
        )
    return text
