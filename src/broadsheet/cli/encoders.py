"""Encoders: list them, add a model from the hub, remove it, make a fast one (encoders, distil)."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from broadsheet import config, names
from broadsheet.cli.options import AsJson, Data
from broadsheet.cli.terminal import bars, clean, note, out, print_json, progress, table
from broadsheet.core.errors import BroadsheetError, UsageError
from broadsheet.core.protocols import Progress
from broadsheet.encoders import models
from broadsheet.encoders.hub import Listing, require_reference
from broadsheet.encoders.models import Record
from broadsheet.lab.distil import distil as make
from broadsheet.names import manifest_of
from broadsheet.wiring.collection import configured_encoder, open_configured, texts
from broadsheet.wiring.models import About, schemes
from broadsheet.wiring.models import add as add_model

Dim = Annotated[int, typer.Option("--dim", metavar="N", min=2, help="Number of dimensions of its vectors.")]
Model = Annotated[str, typer.Argument(metavar="NAME", help="The model's name on the hub: ORG/NAME.")]
Revision = Annotated[
    str, typer.Option("--revision", metavar="R", help="A branch, tag or commit; default: the main branch now.")
]
Teacher = Annotated[
    str, typer.Option("--encoder", metavar="NAME", help="The encoder to make it from: minilm or bert:FOLDER.")
]


def list_all(data: Data = None, as_json: AsJson = False) -> None:
    """List encoders and scorers, and whether each can be loaded.

    Scorers rank texts but fill no Space. Models that were added from the hub are among them. `broadsheet encoders`
    alone does the same.

    Example: broadsheet encoders list
    """
    folder = config.collection_folder(data)
    own = [name for model in models.list_models(folder / "models") for name in _names_of(model, folder)]
    rows = [_model(name, folder) for name in [*names.known(names.ENCODERS), *names.known(names.SCORERS), *own]]
    if as_json:
        print_json(rows)
        return
    shown = [
        [row["name"], "ready" if row["ready"] else "not ready", str(row["dim"] or ""),
         str(row["max_length"] or ("no limit" if row["ready"] else "")), row["precision"] or "", row["why"]]
        for row in rows
    ]  # fmt: skip
    table(["encoder", "state", "#dimensions", "#tokens", "precision", "why not"], shown)


def _names_of(model: str, folder: Path) -> list[str]:
    """The names under which an added model can be loaded; the first kind's where it cannot be."""
    every = [f"{scheme}:{model}" for scheme in schemes()]
    return [name for name in every if _model(name, folder)["ready"]] or every[:1]


def _model(name: str, folder: Path) -> dict[str, Any]:
    """Describe an encoder or a scorer, or say why its bare name cannot be loaded."""
    kind = "scorer" if name.partition(":")[0] in names.known(names.SCORERS) else "encoder"
    try:
        made = manifest_of(names.model(name, models=folder / "models", cache=folder / "cache"), name)
    except BroadsheetError as error:
        return {"name": name, "kind": kind, "ready": False, "dim": None, "max_length": None, "precision": None,
                "why": str(error)}  # fmt: skip
    return {
        "name": name, "kind": kind, "ready": True, "dim": made.dim, "max_length": made.max_length,
        "precision": made.precision, "why": "",
    }  # fmt: skip


def add(model: Model, revision: Revision = "", data: Data = None, as_json: AsJson = False) -> None:
    """Fetch a model from the hub, check that it runs here, and say how to use it.

    Only json files, the tokenizer and safetensors are fetched, and each is compared with the hash that the hub
    announced. The model stays at the commit that the revision names now. A model that needs a token takes it from
    HF_TOKEN. What was fetched when the network broke is not fetched again.

    Example: broadsheet encoders add ORG/NAME
    """
    reference = require_reference(f"{model}@{revision}" if revision else model)
    folder = config.collection_folder(data)
    with bars() as begin:

        def listed(listing: Listing) -> Progress:
            note(f"Fetching {listing} from the hub.")
            step: Progress = begin("Fetching")
            return step

        record, about = add_model(reference, folder=folder, settings=config.load(folder), listed=listed)
    if as_json:
        print_json({**_facts(record, about), "size": record.size, "files": len(record.files)})
        return
    _print_added(record, about)


def _facts(record: Record, about: About) -> dict[str, Any]:
    made = about.manifest
    return {
        "name": f"{about.scheme}:{record.repository}", "repository": record.repository, "commit": record.commit,
        "architecture": about.architecture, "layers": about.layers, "dim": made.dim, "max_length": made.max_length,
        "pooling": made.pooling, "prompts": dict(made.prompts), "licence": record.licence,
    }  # fmt: skip


def _kind_of(about: About) -> str:
    return "a scorer" if about.scheme in names.known(names.SCORERS) else "an encoder"


def _print_added(record: Record, about: About) -> None:
    made, name = about.manifest, f"{about.scheme}:{record.repository}"
    prompts = ", ".join(f"{role}: {text!r}" for role, text in made.prompts.items()) or "none"
    rows = {
        "commit": record.commit,
        "architecture": f"{about.architecture}, {about.layers} layers",
        "dimensions": f"{made.dim}",
        "longest text": f"{made.max_length} tokens" if made.max_length else "no limit",
        "pooling": made.pooling + (" (assumed: no file of the model says it)" if about.assumed else ""),
        "prompts": prompts,
        "licence": record.licence or "its model card names none",
        "size": f"{record.size / 1e6:,.1f} MB in {len(record.files)} files",
    }
    out().print(f"{record.repository} is here. Its name as {_kind_of(about)}: {name}", markup=False)
    for label, value in rows.items():
        out().print(f"  {label:<13} {clean(value)}", markup=False)
    out().print("To measure it on judged sets, and next to minilm:", markup=False)
    if about.scheme in names.known(names.SCORERS):
        subject = f"second:minilm|{name}" if about.scheme == "pair" else name
        out().print(f"  broadsheet compare '{subject}' minilm scifact", markup=False)
        return
    out().print(f"  broadsheet evaluate sts scifact --encoder {name}", markup=False)
    out().print(f"  broadsheet compare {name} minilm scifact stsb-en", markup=False)
    note(f'To search with it: encoder = "{name}" in broadsheet.toml, then `broadsheet sync`.')


def remove(model: Model, data: Data = None) -> None:
    """Delete a model that was added from the hub.

    Example: broadsheet encoders remove ORG/NAME
    """
    folder = config.collection_folder(data)
    reference = require_reference(model)
    if reference.repository in config.load(folder).encoder:
        raise UsageError(f"{reference} is the encoder of this Collection: name another in broadsheet.toml first")
    record = models.remove(reference, models=folder / "models")
    out().print(f"Removed {record.repository}: {record.size / 1e6:,.1f} MB.", markup=False)


def distil(dim: Dim = 256, encoder: Teacher = "minilm", data: Data = None, as_json: AsJson = False) -> None:
    """Make the fast encoder `static` from a slower one.

    It encodes far more texts a second and gives up some of the quality. Each word goes through the slower encoder
    once; the Collection's own texts tell how rare each word is. To use it, set `encoder = "static"` in broadsheet.toml
    and run `broadsheet sync`.

    Example: broadsheet distil --dim 256
    """
    with open_configured(data, create=False) as collection:
        teacher = configured_encoder(encoder, collection.path)
        with progress("Encoding the words") as advance:
            made = make(teacher, texts(collection), collection.models / "static", dim=dim, progress=advance)
    if as_json:
        print_json(asdict(made))
    else:
        note(
            f"Wrote {made.words:,} words in {made.dim} dimensions, weighted by {made.texts:,} texts, to {made.folder}. "
            'To use the encoder: encoder = "static" in broadsheet.toml, then `broadsheet sync`.'
        )
