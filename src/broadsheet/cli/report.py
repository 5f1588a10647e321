"""A report of the lab as a file: what the ending of its name says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from broadsheet.cli.terminal import harmless
from broadsheet.core.errors import UsageError
from broadsheet.files import whole
from broadsheet.lab.report import page, record
from broadsheet.lab.report.content import Report

File = Annotated[
    Path | None,
    typer.Option("--report", metavar="FILE", help="Write a report: .html (one page with plots), .csv or .json."),
]
_FORMS: dict[str, Callable[[Report], str | bytes]] = {
    ".html": page.page,
    ".csv": record.to_csv,
    ".json": lambda report: harmless(record.to_text(report)),
}


def check(path: Path | None) -> None:
    """Refuse a file whose ending says no form. UsageError, before anything is measured."""
    if path and path.suffix.lower() not in _FORMS:
        raise UsageError(f"A report is a file that ends in .html, .csv or .json; got {path.name!r}.")
    if path and not path.parent.is_dir():
        raise UsageError(f"The folder {path.parent} is not there: make it, or name another file after --report.")


def write(report: Report, path: Path) -> None:
    """Write a report to a file, as a whole or not at all."""
    whole.write(path, _FORMS[path.suffix.lower()](report))
