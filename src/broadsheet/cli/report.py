"""A report of the lab as a file: what the ending of its name says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from broadsheet import config
from broadsheet.cli.terminal import bars, harmless
from broadsheet.core.errors import UsageError
from broadsheet.files import whole
from broadsheet.lab.agreement.models import agreement, encode, sample
from broadsheet.lab.cache import CachedEncoder
from broadsheet.lab.corpus.texts import ALL, read_corpus
from broadsheet.lab.geometry.health import health
from broadsheet.lab.geometry.rows import Rows
from broadsheet.lab.probe import parts
from broadsheet.lab.report import page, record
from broadsheet.lab.report.content import Report
from broadsheet.lab.report.results import with_likeness, with_shape
from broadsheet.lab.subjects import CONTROLS
from broadsheet.wiring.collection import configured_encoder, open_configured

File = Annotated[
    Path | None,
    typer.Option("--report", metavar="FILE", help="Write a report: .html (one page with plots), .csv or .json."),
]
Papers = Annotated[
    int | None,
    typer.Option(
        "--papers",
        metavar="N",
        min=20,
        max=20_000,
        help="With --report: how alike the encoders see N papers of the Collection, and the geometry of their vectors.",
    ),
]
_FORMS: dict[str, Callable[[Report], str | bytes]] = {
    ".html": page.page,
    ".csv": record.to_csv,
    ".json": lambda report: harmless(record.to_text(report)),
}


@dataclass(frozen=True, slots=True)
class Target:
    """The ``file`` to write a report to, and the number of ``papers`` on which encoders are compared in it. UsageError
    for a file whose ending says no form or whose folder is missing, and for papers without a file."""

    file: Path | None = None
    papers: int | None = None

    def __post_init__(self) -> None:
        if self.file and self.file.suffix.lower() not in _FORMS:
            raise UsageError(f"A report is a file that ends in .html, .csv or .json; got {self.file.name!r}.")
        if self.file and not self.file.parent.is_dir():
            raise UsageError(f"The folder {self.file.parent} is not there: make it, or name another file for --report.")
        if self.papers and not self.file:
            raise UsageError("--papers adds to a report: name its file with --report, too.")


def deliver(report: Report, target: Target, *, stored: Path, cache: Path, data: Path | None) -> None:
    """Write a report to its file; where the folder ``stored`` is a Collection, store it for the site, too."""
    if target.papers:
        report = _with_vectors(report, target.papers, cache, data)
    if (stored / "store.db").is_file():
        record.write(stored / record.NAME, report)
    if target.file:
        write(report, target.file)


def write(report: Report, path: Path) -> None:
    """Write a report to a file, as a whole or not at all."""
    whole.write(path, _FORMS[path.suffix.lower()](report))


def _with_vectors(report: Report, papers: int, cache: Path, data: Path | None) -> Report:
    """Add the likeness of the report's encoders on papers of the Collection, and the geometry of their vectors."""
    folder = config.collection_folder(data)
    subjects = [name for name in report.subjects if name not in CONTROLS and parts(name) == ("semantic", name)]
    made = {name: CachedEncoder.under(configured_encoder(name, folder), cache.expanduser()) for name in subjects}
    with open_configured(data, create=False) as collection, bars() as begin:
        texts, _ = sample(read_corpus(ALL, collection).texts, most=papers)
        if len(made) > 1:
            report = with_likeness(report, agreement(texts, made, most=papers, shown=0, progress=begin))
        for name, encoder in made.items():
            report = with_shape(report, name, health(Rows(encode(texts, encoder), name=name), progress=begin))
    return report
