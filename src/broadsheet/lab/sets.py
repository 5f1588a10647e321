"""Judged data by name: what is known of each set, in ``sets.toml``, and how its rows are read.

a folder with ``task.toml``, of the reader's own, says the same about itself: kind, files, columns, language

    kind = "sts"                                # a kind in lab/tasks
    files = ["en.jsonl.gz"]                     # jsonl, tsv, csv, also gzipped
    columns = { one = "s1", other = "s2", gold = "score" }
    where = { split = "test" }                  # rows that count
    language = "en"
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any, TextIO

from broadsheet.core.errors import NotFoundError, SourceError, UsageError, nearest

_MOST_ROWS = 5_000_000
_TABS = {"tsv": "\t", "csv": ","}


@dataclass(frozen=True, slots=True, kw_only=True)
class Set:
    """Judged data: its files in a ``folder``, which ``columns`` of theirs a task reads, and the rows that count."""

    name: str
    kind: str
    folder: Path
    files: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    where: Mapping[str, Any] = field(default_factory=dict)
    language: str = "en"
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def present(self) -> bool:
        """Return whether its files are there."""
        return all((self.folder / name).is_file() for name in self.files)

    def rows(self, **where: Any) -> Iterator[dict[str, Any]]:
        """Yield the rows that count, or those of another split, each with the task's names of its columns."""
        wanted = where or self.where
        for name in self.files:
            for number, row in enumerate(_table(self.folder / name), 1):
                if any(row.get(key) != value for key, value in wanted.items()):
                    continue
                missing = [column for column in self.columns.values() if column not in row]
                if missing:
                    raise SourceError(
                        f"{self.folder / name}, row {number} has no {missing[0]!r}. {nearest(missing[0], row)}"
                    )
                yield {ours: row[theirs] for ours, theirs in self.columns.items()}

    def table(self, name: str) -> Iterator[dict[str, Any]]:
        """Yield all rows of one of its files, as they are."""
        return _table(self.folder / name)

    @property
    def data(self) -> str:
        """Return a hash of what is read: its files, and which of their rows and columns count."""
        digest = hashlib.sha256(repr((self.kind, sorted(self.columns.items()), sorted(self.where.items()),
                                      sorted(self.options.items()))).encode())  # fmt: skip
        for name in self.files:
            digest.update((self.folder / name).read_bytes())
        return digest.hexdigest()[:16]


def known(data: Path) -> dict[str, Set]:
    """Return the sets of the package's table by name; their files are in folders of ``data``, if they are at hand."""
    table = tomllib.loads(resources.files(__package__).joinpath("sets.toml").read_text("utf-8"))
    return {name: _set(name, values, data / values["folder"]) for name, values in table.items()}


def own(folder: Path) -> Set:
    """Return the set that a folder's ``task.toml`` describes. UsageError names what is wrong with it."""
    path = folder / "task.toml"
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise NotFoundError(f"{folder} has no task.toml, which says what kind of task its files are for.") from None
    except (ValueError, OSError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from None
    return _set(values.pop("name", folder.resolve().name), values, folder)


def _set(name: str, values: Mapping[str, Any], folder: Path) -> Set:
    fields = {"kind", "files", "columns", "where", "language"}
    if "kind" not in values:
        raise UsageError(f"The set {name!r} names no kind of task.")
    options = {key: value for key, value in values.items() if key not in {*fields, "folder"}}
    given = {key: values[key] for key in fields & set(values)}
    given["files"] = tuple(given.get("files", ()))
    return Set(name=name, folder=folder, options=options, **given)


def _table(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a file of JSON lines, or of a table with a header."""
    form = path.name.removesuffix(".gz").rpartition(".")[2]
    try:
        with _opened(path) as file:
            rows = csv.DictReader(file, delimiter=_TABS[form]) if form in _TABS else map(json.loads, file)
            for number, row in enumerate(rows):
                if number >= _MOST_ROWS:
                    raise SourceError(f"{path} has more than {_MOST_ROWS:,} rows")
                yield dict(row)
    except FileNotFoundError:
        raise NotFoundError(f"{path} is not there.") from None
    except (ValueError, OSError, EOFError, csv.Error) as error:
        raise SourceError(f"{path} cannot be read: {error}") from error


def _opened(path: Path) -> TextIO:
    raw = gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")  # noqa: SIM115 - the wrapper closes it
    return io.TextIOWrapper(raw, encoding="utf-8", newline="")
