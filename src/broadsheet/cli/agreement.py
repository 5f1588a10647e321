"""How alike encoders see the same texts: agreement."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from broadsheet import config
from broadsheet.cli.options import AsJson, Data
from broadsheet.cli.terminal import bars, note, print_json, table
from broadsheet.core.errors import UsageError
from broadsheet.core.text import clipped
from broadsheet.lab.agreement.models import TREE, Agreement, Value, agreement
from broadsheet.lab.agreement.tree import groups
from broadsheet.lab.cache import CachedEncoder
from broadsheet.lab.corpus.texts import ALL, read_corpus
from broadsheet.wiring.collection import configured_encoder, open_configured

Names = Annotated[list[str], typer.Argument(metavar="ENCODER...", help="Names of two or more encoders.")]
Texts = Annotated[
    str,
    typer.Option("--texts", metavar="FILE", help="Lines of text, .jsonl, .csv, or conditions; default: all papers."),
]
Most = Annotated[
    int, typer.Option("--most", metavar="N", min=20, max=20_000, help="At most this many texts, taken at random.")
]
Shown = Annotated[
    int, typer.Option("--show", metavar="N", min=0, max=100, help="Show this many texts on which a pair differs most.")
]
Vectors = Annotated[Path, typer.Option("--cache", metavar="DIR", help="Folder that keeps the vectors of the texts.")]

VECTORS = Path("~/.cache/broadsheet/evaluate")
_ALIKE = 0.5  # distance of the tree below which encoders are one group
_WIDE = 100  # characters of a text


def agree(
    encoders: Names,
    texts: Texts = ALL,
    most: Most = 2_000,
    show: Shown = 3,
    cache: Vectors = VECTORS,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Measure how alike encoders see the same texts, and show where two differ.

    CKA and the Procrustes residual compare whole spaces, Jaccard@k and rank-biased overlap (RBO) the nearest texts of
    each text. Two encoders with the same nearest texts can replace each other in search; two with little in common are
    worth combining. Each value has its 95 % interval over texts.

    Example: broadsheet agree minilm static hash --texts 'category:cs.CL'
    """
    repeated = [name for name in dict.fromkeys(encoders) if encoders.count(name) > 1]
    if repeated:
        raise UsageError(f"{repeated[0]!r} is given twice; expected different encoders.")
    folder = config.collection_folder(data)
    made = {name: CachedEncoder.under(configured_encoder(name, folder), cache) for name in encoders}
    if Path(texts).expanduser().is_file():
        corpus = read_corpus(texts)
    else:
        with open_configured(data, create=False) as collection:
            corpus = read_corpus(texts, collection)
    with bars() as begin:
        found = agreement(corpus.texts, made, most=most, shown=show, progress=begin)
    if as_json:
        print_json(found.to_json())
    else:
        _print(found, show)


def _print(found: Agreement, show: int) -> None:
    measures = [value.measure for value in found.pairs[0].values]
    rows = [[pair.one, pair.other, *map(_written, pair.values)] for pair in found.pairs]
    table(["encoder", "encoder", *(f"#{name}" for name in measures)], rows)
    note(
        f"{found.texts:,} of {found.total:,} different texts, compared with one another; 95 % intervals over texts. "
        "CKA, RSA, Jaccard and RBO are 1 for equal spaces, the Procrustes residual is 0."
    )
    together = [each for each in groups(found.names, found.tree, most=_ALIKE) if len(each) > 1]
    for group in together:
        note(f"Alike ({TREE} above {1 - _ALIKE:g} on average): {', '.join(group)}.")
    if not together:
        note(f"No two of them are alike ({TREE} above {1 - _ALIKE:g}).")
    if show:
        rows = [
            [f"{one}, {other}", f"{each.overlap:.2f}", *map(_short, (each.text, each.one, each.other))]
            for (one, other), texts in found.apart.items()
            for each in texts
        ]
        columns = ["encoders", "#RBO", "text", "nearest to the first", "nearest to the second"]
        table(columns, rows, title="Where they differ most")


def _written(value: Value) -> str:
    return f"{value.value:.3f} ({value.low:.3f} – {value.high:.3f})"


def _short(text: str) -> str:
    return clipped(text, _WIDE)
