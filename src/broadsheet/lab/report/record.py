"""A report as JSON and CSV: one for programs and for the page of a Collection, the other for spreadsheets.

a Report -> JSON -> the same Report;  its values -> a table, in which no cell is ever a formula
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from broadsheet.core.errors import CollectionError
from broadsheet.exports.csv import as_text
from broadsheet.files import whole
from broadsheet.lab.report.content import Cost, Entry, Likeness, Report, Shape, Sight, Ties

NAME = "lab.json"
_COLUMNS = ("set", "kind", "figure", "subject", "value", "low", "high", "error", "items", "main", "control", "warnings")
_LONGEST = 16_000_000  # bytes of a stored report
_ROWS = {"entries": Entry, "costs": Cost, "ties": Ties, "sights": Sight, "shapes": Shape, "likeness": Likeness}


def to_json(report: Report) -> dict[str, Any]:
    """Return all of a report as JSON values."""
    return asdict(report) | {"made": report.made.isoformat()}


def to_text(report: Report) -> str:
    """Return a report as a line of JSON."""
    return json.dumps(to_json(report), ensure_ascii=False)


def from_json(values: Mapping[str, Any]) -> Report:
    """Return the report of JSON values; what they have more than this version knows is left out. ValueError,
    TypeError or KeyError for other values."""
    given = {each.name: values[each.name] for each in fields(Report) if each.name in values}
    for name, kind in _ROWS.items():
        rows = given.get(name)
        given[name] = [_row(kind, each) for each in rows or ()] if name != "likeness" else rows and _row(kind, rows)
    given["facts"] = [(str(name), str(value)) for name, value in given.get("facts", ())]
    return Report(**given | {"made": datetime.fromisoformat(values["made"]), "title": str(values["title"])})


def _row(kind: type[Any], values: Mapping[str, Any]) -> Any:
    return kind(**{each.name: _frozen(values[each.name]) for each in fields(kind) if each.name in values})


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def write(path: Path, report: Report) -> None:
    """Store a report, as a whole or not at all."""
    whole.write(path, to_text(report))


def read(path: Path) -> Report | None:
    """Return the stored report; None where there is no file. CollectionError for a file that cannot be read."""
    try:
        with path.open("rb") as file:
            stored = file.read(_LONGEST + 1)
    except FileNotFoundError:
        return None
    try:
        if len(stored) > _LONGEST:
            raise ValueError(f"it has more than {_LONGEST:,} bytes")
        return from_json(json.loads(stored))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise CollectionError(
            f"{path.name} is not a report of this version ({error}). Write it again: broadsheet evaluate --again"
        ) from error


def to_csv(report: Report) -> bytes:
    """Return a header and one row for each value, in UTF-8 with a byte order mark."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(_COLUMNS)
    writer.writerows([[_cell(getattr(each, name)) for name in _COLUMNS] for each in report.entries])
    return file.getvalue().encode("utf-8-sig", "replace")


def _cell(value: Any) -> Any:
    if isinstance(value, tuple):
        return as_text(" ".join(value))
    return as_text(value) if isinstance(value, str) else value
