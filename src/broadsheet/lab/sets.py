"""Judged data by name: what is known of each set, in ``sets.toml``, and how its rows are read.

a folder with ``task.toml``, of the reader's own, says the same about itself: kind, files, columns, language

    kind = "sts"                                # a kind in lab/tasks
    files = ["en.jsonl.gz"]                     # jsonl, tsv, csv, also gzipped; parquet; * in a name for several
    columns = { one = "s1", other = "s2", gold = "score" }
    header = ["s1", "s2", "score"]              # of a tsv or csv that has none of its own
    where = { split = "test" }                  # rows that count
    language = "en"

several tables in one ``task.toml`` are several sets: a pack of a language, say
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import tomllib
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, TextIO

from broadsheet.core.errors import NotFoundError, SourceError, UsageError, nearest
from broadsheet.files import unpacked
from broadsheet.lab import parquet

_MOST_ROWS = 5_000_000
_LONGEST_LINE = 16_000_000  # characters
_TABS: Mapping[str, Mapping[str, Any]] = {
    "tsv": {"delimiter": "\t", "quoting": csv.QUOTE_NONE},
    "csv": {"delimiter": ","},
}
_NAMED = {"columns", "where"}
_FIELDS = {"kind", "files", "header", "language", "licence", "items", *_NAMED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Set:
    """Judged data: its files in a ``folder``, which ``columns`` of theirs a task reads, and the rows that count.

    ``items`` is how many items its task has, as the table says, None where it does not.
    """

    name: str
    kind: str
    folder: Path
    files: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    header: tuple[str, ...] = ()
    where: Mapping[str, Any] = field(default_factory=dict)
    language: str = "en"
    licence: str = ""
    items: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    share: float = 1.0

    @property
    def present(self) -> bool:
        """Return whether its files are there."""
        return all(any(self._paths(name)) for name in self.files)

    def rows(self, **where: Any) -> Iterator[dict[str, Any]]:
        """Yield the rows that count, each with the task's names of its columns; ``where`` says it otherwise, as for
        another split. SourceError names the file and the row in which something is missing."""
        wanted = {**self.where, **where}
        for path in self.paths():
            for number, row in enumerate(_table(path, self.header), 1):
                if any(row.get(key) != value for key, value in wanted.items()):
                    continue
                missing = [column for column in self.columns.values() if row.get(column) is None]
                if missing:
                    raise SourceError(f"{path}, row {number} has no {missing[0]!r}. {_columns(missing[0], row)}")
                rows = _spread({ours: row[theirs] for ours, theirs in self.columns.items()})
                yield from rows if self.share >= 1 else (each for each in rows if _chance(each) < self.share)

    def paths(self) -> list[Path]:
        """Return its files. NotFoundError for one that is not there."""
        paths = []
        for name in self.files:
            some = sorted(self._paths(name))
            if not some:
                raise NotFoundError(f"{self.folder / name} is not there, which the set {self.name!r} needs.")
            paths += some
        return paths

    def table(self, name: str) -> Iterator[dict[str, Any]]:
        """Yield all rows of one of its files, as they are."""
        return _table(self.folder / name, self.header)

    @property
    def data(self) -> str:
        """Return a hash of what is read: its files, and which of their rows and columns count."""
        facts: list[Any] = [self.kind, self.columns, self.header, self.where, self.options]
        facts += [self.share] if self.share < 1 else []
        digest = hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode())
        for path in self.paths():
            stat = path.stat()
            digest.update(_digest(path, stat.st_size, stat.st_mtime_ns))
        return digest.hexdigest()[:16]

    def _paths(self, name: str) -> Iterator[Path]:
        return (path for path in self.folder.glob(name) if path.is_file())


def known(data: Path) -> dict[str, Set]:
    """Return the sets of the package's table by name; their files are in folders of ``data``, if they are at hand."""
    table = tomllib.loads(resources.files(__package__).joinpath("sets.toml").read_text("utf-8"))
    return {name: _set(name, values, data / values["folder"]) for name, values in table.items()}


def own(folder: Path) -> Set:
    """Return the set that a folder's ``task.toml`` describes. UsageError names what is wrong with it."""
    sets = pack(folder)
    if len(sets) > 1:
        raise UsageError(f"{folder / 'task.toml'} describes {len(sets)} sets, expected one: {', '.join(sets)}.")
    return next(iter(sets.values()))


def pack(folder: Path) -> dict[str, Set]:
    """Return the sets that a folder's ``task.toml`` describes, by name: one, or one for each of its tables."""
    path = folder / "task.toml"
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise NotFoundError(f"{folder} has no task.toml, which says what kind of task its files are for.") from None
    except (ValueError, OSError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from None
    tables = {name: each for name, each in values.items() if isinstance(each, dict) and name not in _NAMED}
    if "kind" in values or not tables:
        name = str(values.pop("name", folder.resolve().name))
        return {name: _set(name, values, folder)}
    shared = {name: each for name, each in values.items() if name not in tables}
    return {name: _set(name, {**shared, **each}, folder) for name, each in tables.items()}


def _set(name: str, values: Mapping[str, Any], folder: Path) -> Set:
    if not isinstance(values.get("kind"), str):
        raise UsageError(f"The set {name!r} names no kind of task.")
    options = {key: value for key, value in values.items() if key not in {*_FIELDS, "folder"}}
    given = {key: values[key] for key in _FIELDS & set(values)}
    for key in ("files", "header"):
        given[key] = _strings(name, key, given.get(key, []))
    outside = [each for each in given["files"] if Path(each).is_absolute() or ".." in Path(each).parts]
    if outside:
        raise UsageError(f"The set {name!r} names the file {outside[0]!r}; expected a name inside {folder}.")
    for key in _NAMED & set(given):
        if not isinstance(given[key], dict):
            raise UsageError(f'The set {name!r} has {key} = {given[key]!r}; expected a table like {{ one = "s1" }}.')
    return Set(name=name, folder=folder, options=options, **given)


def _strings(name: str, key: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise UsageError(f"The set {name!r} has {key} = {value!r}; expected a list of strings.")
    return tuple(value)


def _spread(row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A row as it is; one whose columns are all lists of the same length is as many rows, as in MTEB."""
    values = list(row.values())
    if values and all(isinstance(value, list) and len(value) == len(values[0]) for value in values):
        yield from (dict(zip(row, cells, strict=True)) for cells in zip(*values, strict=True))
    else:
        yield row


def _chance(row: Mapping[str, Any]) -> float:
    """A number from 0 to 1 by the hash of a row's first text, so that the rows of a query stay together."""
    text = next((str(row[name]) for name in ("query", "one", "text") if name in row), str(next(iter(row.values()), "")))
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()) / 2**64


def _columns(name: str, row: Mapping[Any, Any]) -> str:
    return nearest(name, (str(key) for key in row))


@lru_cache(maxsize=4096)
def _digest(path: Path, size: int, changed: int) -> bytes:  # noqa: ARG001 - a file with another size or time is another
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _table(path: Path, header: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """The rows of a file of JSON lines, of a table, or of a Parquet file."""
    form = path.name.removesuffix(".gz").rpartition(".")[2]
    try:
        for number, row in enumerate(parquet.rows(path) if form == "parquet" else _lines(path, form, header)):
            if number >= _MOST_ROWS:
                raise SourceError(f"{path} has more than {_MOST_ROWS:,} rows: give fewer.")
            if not isinstance(row, dict):
                raise SourceError(f"{path}, row {number + 1} is a JSON {type(row).__name__}, expected an object.")
            yield row
    except FileNotFoundError:
        raise NotFoundError(f"{path} is not there.") from None
    except (ValueError, OSError, EOFError, RecursionError, csv.Error, zlib.error) as error:
        raise SourceError(f"{path} cannot be read: {error}") from error


def _lines(path: Path, form: str, header: tuple[str, ...]) -> Iterator[Any]:
    with _opened(path) as file:
        if form in _TABS:
            yield from csv.DictReader(_bounded(path, file), fieldnames=header or None, **_TABS[form])
        else:
            yield from (json.loads(line) for line in _bounded(path, file) if line.strip())


def _bounded(path: Path, file: TextIO) -> Iterator[str]:
    """Its lines, none of them longer than may be."""
    while line := file.readline(_LONGEST_LINE + 1):
        if len(line) > _LONGEST_LINE:
            raise SourceError(f"{path} has a line of more than {_LONGEST_LINE:,} characters.")
        yield line


def _opened(path: Path) -> TextIO:
    return io.TextIOWrapper(unpacked(path), encoding="utf-8-sig", newline="")
