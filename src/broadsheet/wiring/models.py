"""Models from the hub: its address and token, what a model is once it runs here, and what a command fetches.

A command may fetch a model that its encoder names and that is not here; a server that is running fetches nothing.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from broadsheet import names
from broadsheet.config import Settings
from broadsheet.core.errors import BroadsheetError, ModelError, UsageError
from broadsheet.core.protocols import Encoder, Progress
from broadsheet.core.types import Manifest
from broadsheet.encoders import models
from broadsheet.encoders.folder import Config
from broadsheet.encoders.hub import Hub, Listing, Reference, read_reference
from broadsheet.encoders.models import AbsentError, Record
from broadsheet.encoders.modules import read_steps
from broadsheet.encoders.scheme import scheme_of
from broadsheet.http import Client, Limits
from broadsheet.names import manifest_of

_TRIALS: Mapping[str, Callable[[Any], object]] = {
    "bert": lambda made: made.encode([_PROBE]),
    "splade": lambda made: made.sparse_vectors([_PROBE]),
    "colbert": lambda made: made.token_vectors([_PROBE])[0].vectors,
    "pair": lambda made: made.score(_PROBE, [_PROBE]),
}
"""Kinds of encoders and scorers that read a model's folder, in the order in which a new model is tried, and how."""

_LAYERS = ("num_hidden_layers", "n_layer", "n_layers", "num_layers")
_REFERENCES = re.compile(r"(?<!\w)(\w+):(?:whole:)?([A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*(?:@[\w./-]+)?)")
_MOST = 8  # models that one name may stand for
_PROBE = "What is nearest to a text about bees that count?"
_log = logging.getLogger("broadsheet.models")


@dataclass(frozen=True, slots=True)
class About:
    """A model as it runs here: its kind, its architecture and layers by its config.json, and its manifest. ``assumed``:
    no file of it says how states of tokens become a vector."""

    scheme: str
    architecture: str
    layers: int
    manifest: Manifest
    assumed: bool


def hub(settings: Settings, folder: Path) -> Hub:
    """Make the hub that the environment names, with the token that it gives. ModelError without the hub's library or
    where the environment forbids the network."""
    constants = _constants()
    if constants.HF_HUB_OFFLINE:
        raise ModelError("HF_HUB_OFFLINE is set: nothing is fetched from the hub. Unset it, or copy a model's folder.")
    client = Client(
        contact=settings.contact, folder=folder / "cache" / "http", allow_private=settings.allow_private,
        limits=Limits(max_bytes=16 << 20),
    )  # fmt: skip
    return Hub(client, address=constants.ENDPOINT, token=os.environ.get("HF_TOKEN") or _stored(constants.HF_TOKEN_PATH))


def _constants() -> Any:
    try:
        from huggingface_hub import constants
    except ImportError:
        raise ModelError("To fetch models from the hub: pip install huggingface_hub") from None
    return constants


def _stored(path: str) -> str:
    """The token that the hub's library keeps, as one line."""
    try:
        with Path(path).open(encoding="utf-8") as file:
            return file.readline(1_000).strip()
    except (OSError, ValueError):
        return ""


def add(
    reference: Reference, *, folder: Path, settings: Settings, listed: Callable[[Listing], Progress]
) -> tuple[Record, About]:
    """Fetch a model into the Collection in ``folder`` and look at how it runs; see ``encoders.models.add``. Where the
    environment forbids the network, take it from the cache of the hub's library."""
    seen: list[About] = []
    where = {"models": folder / "models", "cache": folder / "cache"}

    def check(part: Path) -> None:
        seen.append(about(part))

    if _constants().HF_HUB_OFFLINE and (copied := models.adopt(reference, check, **where)):
        return copied, seen[-1]
    record = models.add(reference, hub(settings, folder), check, listed=listed, **where)
    return record, seen[-1] if seen else about(folder / "models" / record.repository)


def schemes() -> list[str]:
    """Return the kinds of encoders and scorers that read a model's folder, as far as they are installed."""
    known = [*names.known(names.ENCODERS), *names.known(names.SCORERS)]
    return [scheme for scheme in _TRIALS if scheme in known]


def about(folder: Path) -> About:
    """Try the model in a folder on one text. ModelError if no kind of encoder or scorer can run it, with what the one
    that its files name, else the first, does not understand."""
    values = Config.read(folder / "config.json").values
    modular = any((folder / name).is_file() for name in ("modules.json", "1_Pooling/config.json"))
    said = scheme_of(folder, read_steps(folder))
    wrong: ModelError | None = None
    for scheme in [said] if said in schemes() else schemes():
        try:
            model = names.model(f"{scheme}:{folder}")
            made = _TRIALS[scheme](model)
        except ModelError as error:
            wrong = wrong or error
            continue
        if isinstance(made, np.ndarray) and not np.isfinite(made).all():
            raise ModelError(f"{folder} makes vectors that are not finite. Do not use this model.")
        layers = next((values[key] for key in _LAYERS if isinstance(values.get(key), int)), 0)
        return About(
            scheme, str(values.get("model_type", ""))[:60], layers, manifest_of(model, scheme), assumed=not modular
        )
    assert wrong is not None
    raise wrong


def load(name: str, folder: Path, settings: Settings) -> Encoder:
    """Load an encoder with the models of the Collection in ``folder``, for a command: a model that is not here is
    fetched, and one from the cache of the hub's library is copied, so that it stays as it is. ModelError if it cannot
    be had."""
    fetch(name, folder, settings)
    return names.encoder(name, models=folder / "models", cache=folder / "cache")


def fetch(name: str, folder: Path, settings: Settings) -> None:
    """Fetch what ``load`` would fetch for an encoder's name. ModelError if a model cannot be had; what else is wrong
    with the name is for ``load`` to say."""
    for scheme, text in _REFERENCES.findall(name):
        reference = read_reference(text)
        if reference and scheme in _TRIALS and not Path(text).is_dir():
            with suppress(BroadsheetError):  # a model that cannot be copied or run from there may still be fetched
                models.adopt(reference, about, models=folder / "models", cache=folder / "cache")
    for _ in range(_MOST if "/" in name else 0):
        absent = _absent(name, folder)
        if absent is None:
            return
        add(absent, folder=folder, settings=settings, listed=_logged)


def _absent(name: str, folder: Path) -> Reference | None:
    """The first model of a name that is not here."""
    with suppress(UsageError, ModelError):
        try:
            names.model(name, models=folder / "models", cache=folder / "cache")
        except AbsentError as absent:
            return absent.reference
    return None


def _logged(listing: Listing) -> Progress:
    _log.warning("fetching %s from the hub", listing)
    return lambda _done, _total: None
