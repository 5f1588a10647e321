"""Encoders: what there is, and making a fast one: encoders, distil."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from broadsheet import config, names
from broadsheet.cli.options import AsJson, Data
from broadsheet.cli.terminal import note, print_json, progress, table
from broadsheet.core.errors import BroadsheetError
from broadsheet.lab.distil import distil as make
from broadsheet.sync import manifest_of
from broadsheet.wiring.collection import open_configured, texts

Dim = Annotated[int, typer.Option("--dim", metavar="N", min=2, help="Dimensions of its vectors.")]
Teacher = Annotated[str, typer.Option("--encoder", metavar="NAME", help="What to make it from: minilm or bert:FOLDER.")]


def encoders(data: Data = None, as_json: AsJson = False) -> None:
    """List the encoders and whether each can be loaded.

    Example: broadsheet encoders
    """
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
    try:
        made = manifest_of(names.encoder(name, models=folder / "models", cache=folder / "cache"), name)
    except BroadsheetError as error:
        return {"name": name, "ready": False, "dim": None, "max_length": None, "precision": None, "why": str(error)}
    return {
        "name": name, "ready": True, "dim": made.dim, "max_length": made.max_length, "precision": made.precision,
        "why": "",
    }  # fmt: skip


def distil(dim: Dim = 256, encoder: Teacher = "minilm", data: Data = None, as_json: AsJson = False) -> None:
    """Make the encoder `static` from a slower one.

    It reads far more texts a second for some of the quality. Each word goes through the slower encoder once; how rare
    each is, the Collection's own texts say. Then `encoder = "static"` in broadsheet.toml and `broadsheet sync` use it.

    Example: broadsheet distil --dim 256
    """
    with open_configured(data, create=False) as collection:
        teacher = names.encoder(encoder, models=collection.models, cache=collection.cache)
        with progress("Encoding the words") as told:
            made = make(teacher, texts(collection), collection.models / "static", dim=dim, progress=told)
    if as_json:
        print_json(asdict(made))
    else:
        note(
            f"{made.words:,} words in {made.dim} dimensions, weighed by {made.texts:,} texts, are in {made.folder}. "
            'To use them: encoder = "static" in broadsheet.toml, then `broadsheet sync`.'
        )
