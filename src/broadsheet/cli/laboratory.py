"""Measuring and making encoders: encoders, evaluate, distil."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from broadsheet.cli import options
from broadsheet.cli.options import AsJson, Data
from broadsheet.cli.terminal import bars, note, print_json, progress, table
from broadsheet.errors import BroadsheetError

if TYPE_CHECKING:
    from broadsheet.lab.evaluate import Row

Folders = Annotated[list[str], typer.Argument(metavar="DIR", help="Folders with corpus, queries and qrels.")]
Encoder = Annotated[str | None, typer.Option("--encoder", metavar="NAME", help="Else the Collection's, else minilm.")]
Measures = Annotated[
    list[str] | None, typer.Option("--measure", metavar="NAME", help="Such as nDCG@10 (the default), R@100; repeats.")
]
Chosen = Annotated[
    list[str] | None,
    typer.Option("--setting", metavar="NAME", help="lexical, semantic, rrf or hybrid (default: all); repeats."),
]
Vectors = Annotated[
    Path | None, typer.Option("--cache", metavar="DIR", help="Keep the vectors of the texts here for another time.")
]
Dim = Annotated[int, typer.Option("--dim", metavar="N", min=2, help="Dimensions of its vectors.")]
Teacher = Annotated[str, typer.Option("--encoder", metavar="NAME", help="What to make it from: minilm or bert:FOLDER.")]


def add_to(app: typer.Typer) -> None:
    """Register this file's commands."""
    options.command(app, encoders)
    options.command(app, evaluate)
    options.command(app, distil)


def encoders(data: Data = None, as_json: AsJson = False) -> None:
    """List the encoders and whether each can be loaded.

    Example: broadsheet encoders
    """
    from broadsheet import config, names

    folder = config.collection_folder(data)
    rows = [_encoder(name, folder) for name in names.known(names.ENCODERS)]
    if as_json:
        print_json(rows)
        return
    shown = [
        [row["name"], "ready" if row["ready"] else "not ready", str(row["dim"] or ""),
         str(row["max_length"] or ("no limit" if row["ready"] else "")), row["precision"] or "", row["why"]]
        for row in rows
    ]  # fmt: skip
    table(["encoder", "state", "#dimensions", "#tokens", "precision", "why not"], shown)


def _encoder(name: str, folder: Path) -> dict[str, Any]:
    """What an encoder says of itself, or why it cannot be had under its bare name."""
    from broadsheet import names
    from broadsheet.sync import manifest_of

    try:
        made = manifest_of(names.encoder(name, models=folder / "models", cache=folder / "cache"), name)
    except BroadsheetError as error:
        return {"name": name, "ready": False, "dim": None, "max_length": None, "precision": None, "why": str(error)}
    return {
        "name": name, "ready": True, "dim": made.dim, "max_length": made.max_length, "precision": made.precision,
        "why": "",
    }  # fmt: skip


def evaluate(
    folders: Folders,
    encoder: Encoder = None,
    setting: Chosen = None,
    measure: Measures = None,
    cache: Vectors = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Measure the search on judged sets.

    A set is a folder with corpus.jsonl, queries.jsonl and qrels.tsv (also .gz). Each value is the mean over the
    queries, with its 95 % bootstrap interval.

    Example: broadsheet evaluate data/scifact data/cranfield --cache vectors
    """
    from broadsheet import config, names
    from broadsheet.collection import DEFAULT_ENCODER
    from broadsheet.lab import evaluate as lab

    folder = config.collection_folder(data)
    name = encoder or config.load(folder).encoder or DEFAULT_ENCODER
    made = names.encoder(name, models=folder / "models", cache=folder / "cache")
    if cache:
        from broadsheet.lab.cache import CachedEncoder

        made = CachedEncoder.under(made, cache)
    with bars() as begin:
        rows = lab.evaluate(
            folders, encoder=made, now=options.now(), settings=setting or lab.SETTINGS,
            measures=measure or ["nDCG@10"], progress=begin,
        )  # fmt: skip
    if as_json:
        print_json(lab.to_json(rows))
    else:
        _print_rows(rows)


def distil(dim: Dim = 256, encoder: Teacher = "minilm", data: Data = None, as_json: AsJson = False) -> None:
    """Make the encoder `static` from a slower one.

    It reads far more texts a second for some of the quality. Each word goes through the slower encoder once; how rare
    each is, the Collection's own texts say. Then `encoder = "static"` in broadsheet.toml and `broadsheet sync` use it.

    Example: broadsheet distil --dim 256
    """
    from broadsheet import names
    from broadsheet.lab.distil import distil as make
    from broadsheet.wiring import contents, opened

    with opened(data, create=False) as collection:
        teacher = names.encoder(encoder, models=collection.models, cache=collection.cache)
        with progress("Encoding the words") as told:
            made = make(teacher, contents(collection), collection.models / "static", dim=dim, progress=told)
    if as_json:
        print_json(asdict(made))
    else:
        note(
            f"{made.words:,} words in {made.dim} dimensions, weighed by {made.texts:,} texts, are in {made.folder}. "
            'To use them: encoder = "static" in broadsheet.toml, then `broadsheet sync`.'
        )


def _print_rows(rows: list[Row]) -> None:
    shown = [
        [row.set, row.setting, row.measure, f"{row.value:.3f}", f"{row.low:.3f} – {row.high:.3f}", f"{row.queries:,}"]
        for row in rows
    ]
    table(["set", "setting", "measure", "#value", "#95 % interval", "#queries"], shown)
    note("Intervals are by bootstrap over the queries; how far `hybrid` is above each setting is in --json.")
