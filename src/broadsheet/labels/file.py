"""The file of a memory: a table that a person can edit, with the columns label, text and description.

    label,text,description
    billing,,questions about invoices and payments      (what the label means)
    billing,why was I charged twice,                    (an example of it)

One row for each thing that is known: it is added, moved or deleted by hand, in any editor or spreadsheet, and a table
of texts that were labelled elsewhere is a memory as it is. ``.tsv`` and ``.jsonl`` have the same fields. Other columns
stay as they are. Read within bounds: UsageError names the file, the line and what was expected.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from broadsheet import files
from broadsheet.core.errors import NotFoundError, UsageError, on_disk
from broadsheet.core.text import squeeze

MOST_BYTES, MOST_ROWS, MOST_LABELS = 64_000_000, 100_000, 2_000
LONGEST_TEXT, LONGEST_LABEL = 100_000, 200
_FIELDS = ("label", "text", "description")
_ENDINGS = {".csv": ",", ".tsv": "\t", ".jsonl": "", ".ndjson": ""}
_WORD = re.compile(r"[^\W\d_]{3}")
Row = dict[str, str]


class Example(NamedTuple):
    """A text that has a label."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Contents:
    """What a memory knows. ``examples``: each once, sorted, so that nothing depends on their order in the file;
    ``descriptions`` by label; ``labels``: all names, sorted; ``repeated``: how many rows say what another says."""

    examples: tuple[Example, ...]
    descriptions: Mapping[str, str]
    labels: tuple[str, ...]
    repeated: int = 0

    def meaning(self, label: str) -> str:
        """Return what describes a label: its description, else its name where that has a word; else nothing."""
        return self.descriptions.get(label) or (label.replace("_", " ") if _WORD.search(label) else "")


@dataclass(slots=True)
class MemoryFile:
    """The rows of a memory's file, to be read and edited; ``save`` writes them in one step."""

    path: Path
    rows: list[Row] = field(default_factory=list)
    columns: list[str] = field(default_factory=lambda: list(_FIELDS))

    @classmethod
    def read(cls, path: Path, *, new: bool = False) -> MemoryFile:
        """Read a file. NotFoundError when there is no such file, unless ``new`` allows that; UsageError for a file
        that is not a memory."""
        if path.suffix.lower() not in _ENDINGS:
            raise UsageError(f"{path} is not a memory by its name: expected {', '.join(_ENDINGS)}.")
        if not path.is_file():
            if new and not path.exists():
                return cls(path)
            raise NotFoundError(f"{path} is not a file. Make a memory with `broadsheet label {path} --add LABEL TEXT`.")
        made = cls(path)
        made._parse(_decoded(path))
        return made

    def contents(self) -> Contents:
        """Return what the rows say. UsageError for a label with two descriptions, and for more labels than allowed."""
        examples = [Example(row["label"], row["text"]) for row in self.rows if row.get("text")]
        descriptions: dict[str, str] = {}
        for row in self.rows:
            label, given = row["label"], row.get("description") or ""
            if given and descriptions.setdefault(label, given) != given:
                raise UsageError(f"{self.path}: the label {label!r} has two descriptions; keep one of them.")
        labels = tuple(sorted({row["label"] for row in self.rows}))
        if len(labels) > MOST_LABELS:
            raise UsageError(f"{self.path} has {len(labels):,} labels; at most {MOST_LABELS:,} are read.")
        once = tuple(sorted(set(examples)))
        return Contents(once, descriptions, labels, len(examples) - len(once))

    def add(self, label: str, text: str) -> bool:
        """Add an example; return False when it is there already. UsageError for an empty or endless text or label."""
        row = {"label": _label(label, "--add"), "text": _text(text, "the example")}
        return self._add(row)

    def describe(self, label: str, description: str) -> bool:
        """Give a label a description, in place of one it has; return False when it has this one already."""
        name, words = _label(label, "--describe"), _text(description, "the description")
        own = [row for row in self.rows if row["label"] == name and row.get("description")]
        if own and all(row["description"] == words for row in own):
            return False
        self._drop([row for row in own if not row.get("text")])
        for row in own:
            row["description"] = ""
        return self._add({"label": name, "description": words})

    def remove(self, text: str, *, label: str = "") -> int:
        """Remove the examples with this text (of one label, or of all), and return how many rows said so."""
        words = squeeze(text)
        gone = [row for row in self.rows if row.get("text") == words and label in ("", row["label"])]
        for row in gone:
            row["text"] = ""
        self._drop([row for row in gone if not row.get("description")])
        return len(gone)

    def forget(self, label: str) -> int:
        """Remove a label with all that is known of it, and return how many rows it had."""
        gone = [row for row in self.rows if row["label"] == squeeze(label)]
        self._drop(gone)
        return len(gone)

    def save(self) -> None:
        """Write the rows in place of the file, in one step. CollectionError when it cannot be written."""
        with on_disk(self.path):
            files.write(self.path, self._written())

    def _add(self, row: Row) -> bool:
        shown = {name: row.get(name, "") for name in _FIELDS}
        if any(all(other.get(name, "") == value for name, value in shown.items()) for other in self.rows):
            return False
        if len(self.rows) >= MOST_ROWS:
            raise UsageError(f"{self.path} has {len(self.rows):,} rows; no more are allowed. Remove some first.")
        self.columns += [name for name in row if name not in self.columns]
        self.rows.append(row)
        return True

    def _drop(self, gone: Sequence[Row]) -> None:
        places = {id(row) for row in gone}
        self.rows = [row for row in self.rows if id(row) not in places]

    def _parse(self, text: str) -> None:
        mark = _ENDINGS[self.path.suffix.lower()]
        rows = _table(text, mark, self.path) if mark else _objects(text, self.path)
        for where, row in rows:
            self.rows.append(_checked(row, where))
            self.columns += [name for name in row if name not in self.columns]
            if len(self.rows) > MOST_ROWS:
                raise UsageError(f"{where}: a memory has at most {MOST_ROWS:,} rows.")

    def _written(self) -> str:
        out = io.StringIO()
        if mark := _ENDINGS[self.path.suffix.lower()]:
            writer = csv.DictWriter(out, self.columns, restval="", delimiter=mark, lineterminator="\n")
            writer.writeheader()
            writer.writerows(self.rows)
        else:
            for row in self.rows:
                out.write(json.dumps({name: value for name, value in row.items() if value}, ensure_ascii=False) + "\n")
        return out.getvalue()


def _decoded(path: Path) -> str:
    with on_disk(path):
        if path.stat().st_size > MOST_BYTES:
            raise UsageError(f"{path} is larger than {MOST_BYTES:,} bytes; a memory is a file of examples.")
        data = path.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise UsageError(f"{path}, line {line}: is not UTF-8 ({error.reason}); save the file as UTF-8.") from None


def _table(text: str, mark: str, path: Path) -> Iterator[tuple[str, Row]]:
    """The rows of a table below its row of names, each with its place."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    try:
        header = [name.strip().casefold() for name in next(reader, [])]
        if "label" not in header or not {"text", "description"} & set(header) or len(set(header)) < len(header):
            raise UsageError(
                f"{path}, line 1: is {mark.join(header)[:80]!r}; expected the names of columns, each once: label, "
                "text, description."
            )
        for cells in reader:
            where = f"{path}, line {reader.line_num}"
            if len(cells) > len(header):
                raise UsageError(f"{where}: has {len(cells)} cells, the first line {len(header)}. Is a quote missing?")
            if any(cell.strip() for cell in cells):
                yield where, dict(zip(header, cells, strict=False))
    except csv.Error as error:
        raise UsageError(f"{path}, line {reader.line_num}: {error}. Is a quote missing?") from None


def _objects(text: str, path: Path) -> Iterator[tuple[str, Row]]:
    """The objects of JSON lines, each with its place; only texts and numbers are read."""
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        where = f"{path}, line {number}"
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict):
            raise UsageError(f"{where}: is {line.strip()[:60]!r}; expected an object with label and text.")
        for name in _FIELDS:
            if not isinstance(row.get(name, ""), str | int):
                raise UsageError(f"{where}: {name} is a {type(row[name]).__name__}; expected a text.")
        yield where, {str(name): value if isinstance(value, str) else json.dumps(value) for name, value in row.items()}


def _checked(row: Row, where: str) -> Row:
    """A row whose label and texts are on one line and within bounds."""
    cleaned = {"label": _label(row.get("label", ""), where)}
    for name in ("text", "description"):
        value = row.get(name) or ""
        if value.strip():
            cleaned[name] = _text(value, where)
    return {**row, "text": "", "description": "", **cleaned}


def _label(text: str, where: str) -> str:
    name = squeeze(text)
    if not name or len(name) > LONGEST_LABEL:
        raise UsageError(f"{where}: the label is {name[:40]!r}; expected 1 to {LONGEST_LABEL} characters.")
    return name


def _text(text: str, where: str) -> str:
    words = squeeze(text)
    if not words or len(words) > LONGEST_TEXT:
        raise UsageError(f"{where}: has {len(words):,} characters; expected 1 to {LONGEST_TEXT:,}.")
    return words
