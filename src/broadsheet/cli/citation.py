"""The command cite: papers as they are cited."""

from __future__ import annotations

from typing import Annotated

import typer

from broadsheet.cli.options import Data
from broadsheet.cli.search import Ids
from broadsheet.core.errors import UsageError
from broadsheet.exports.citations import CITATIONS
from broadsheet.wiring.collection import open_configured
from broadsheet.wiring.paper import paper

Style = Annotated[str, typer.Option("--style", metavar="STYLE", help="apa, ieee, bibtex, ris or csl.")]


def cite(ids: Ids, style: Style = "apa", data: Data = None) -> None:
    """Cite papers: as text in the style of the APA or the IEEE, or as BibTeX, RIS or CSL.

    Example: broadsheet cite arxiv:2401.00001 --style bibtex
    """
    if style not in CITATIONS:
        raise UsageError(f"--style is {style[:40]!r}; expected one of {', '.join(CITATIONS)}")
    with open_configured(data, create=False) as collection:
        documents = [paper(collection, each) for each in ids]
    typer.echo(CITATIONS[style].write(documents), nl=style == "csl")
