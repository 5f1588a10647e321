"""Encoders: list them, make a fast one (encoders, distil)."""

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

Dim = Annotated[int, typer.Option("--dim", metavar="N", min=2, help="Number of dimensions of its vectors.")]
Teacher = Annotated[
    str, typer.Option("--encoder", metavar="NAME", help="The encoder to make it from: minilm or bert:FOLDER.")
]

_UNKNOWN: dict[str, Any] = {
    "kind": "encoder", "ready": False, "dim": None, "max_length": None, "precision": None,
}  # fmt: skip
_SCORER = "needs a folder or a hub name, and is measured by `broadsheet evaluate`; it cannot be a Collection's encoder"


def encoders(data: Data = None, as_json: AsJson = False) -> None:
    """List the encoders and whether each can be loaded, then the scorers, which rank texts but fill no Space.

    Example: broadsheet encoders
    """
    folder = config.collection_folder(data)
    rows = [_encoder(name, folder) for name in names.known(names.ENCODERS)]
    rows += [{**_UNKNOWN, "name": name, "kind": "scorer", "why": _SCORER} for name in names.known(names.SCORERS)]
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
    """Describe an encoder, or say why its bare name cannot be loaded."""
    try:
        made = manifest_of(names.encoder(name, models=folder / "models", cache=folder / "cache"), name)
    except BroadsheetError as error:
        return {**_UNKNOWN, "name": name, "why": str(error)}
    return {
        "name": name, "kind": "encoder", "ready": True, "dim": made.dim, "max_length": made.max_length,
        "precision": made.precision, "why": "",
    }  # fmt: skip


def distil(dim: Dim = 256, encoder: Teacher = "minilm", data: Data = None, as_json: AsJson = False) -> None:
    """Make the fast encoder `static` from a slower one.

    It encodes far more texts a second and gives up some of the quality. Each word goes through the slower encoder
    once; the Collection's own texts tell how rare each word is. To use it, set `encoder = "static"` in broadsheet.toml
    and run `broadsheet sync`.

    Example: broadsheet distil --dim 256
    """
    with open_configured(data, create=False) as collection:
        teacher = names.encoder(encoder, models=collection.models, cache=collection.cache)
        with progress("Encoding the words") as advance:
            made = make(teacher, texts(collection), collection.models / "static", dim=dim, progress=advance)
    if as_json:
        print_json(asdict(made))
    else:
        note(
            f"Wrote {made.words:,} words in {made.dim} dimensions, weighted by {made.texts:,} texts, to {made.folder}. "
            'To use the encoder: encoder = "static" in broadsheet.toml, then `broadsheet sync`.'
        )
