"""An encoder whose vectors go through a stored map: ``minilm?map=NAME``, with ``models/maps/NAME.npz``.

texts -> the encoder's unit rows -> the map -> unit rows, whose manifest carries the map's sha256

So vectors of different maps never mix: a map that was changed makes another Space, and the name without the switch is
the encoder as it was, with the Space that it had.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from broadsheet import names
from broadsheet.core.errors import ModelError, UsageError, nearest, system
from broadsheet.core.maps import LARGEST, VectorMap, from_npz
from broadsheet.core.protocols import Encoder, Role, Vectors
from broadsheet.core.types import Manifest

FOLDER = "maps"  # in models/
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def named(rest: str = "", *, models: Path | None = None, cache: Path | None = None) -> MappedEncoder:
    """``mapped:NAME|ENCODER``, the long form of ``ENCODER?map=NAME``."""
    name, mark, base = rest.partition("|")
    if not mark or not base:
        raise UsageError(f"mapped:{rest[:100]} is not understood; expected ENCODER?map=NAME, like minilm?map=centred.")
    if models is None:
        raise ModelError(f"The map {name!r} belongs to a Collection: open one whose folder models/{FOLDER} has it.")
    stored = read_map(models, name)
    return MappedEncoder(names.encoder(base, models=models, cache=cache), stored, name=f"{base}{_mark(base)}map={name}")


def map_path(models: Path, name: str) -> Path:
    """Return where the map of this name is stored under ``models``; UsageError for a name that no file may have."""
    if not _NAME.fullmatch(name):
        raise UsageError(f"A map cannot be called {name[:60]!r}; expected letters, digits, '.', '_' and '-'.")
    return models / FOLDER / f"{name}.npz"


def read_map(models: Path, name: str) -> VectorMap:
    """Read a stored map by its name; ModelError when it is not there or not whole."""
    path = map_path(models, name)
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except FileNotFoundError:
        near = nearest(name, (each.stem for each in path.parent.glob("*.npz")))
        raise ModelError(f"No map {name!r} in {path.parent}. {near} `broadsheet geometry --try` makes one.") from None
    except OSError as error:
        raise ModelError(system(error, path)) from error
    return from_npz(data, str(path))


_OWN = ("encoder", "token_vectors", "encode_both")  # vectors of tokens are not mapped


class MappedEncoder:
    """Encode with ``encoder`` and map the vectors. All other attributes are the encoder's own. Safe for threads if it
    is."""

    def __init__(self, encoder: Encoder, stored: VectorMap, *, name: str) -> None:
        self.encoder, self.map, self.name = encoder, stored, name

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name in (
            "encoder",
            "token_vectors",
            "encode_both",
        ):  # vectors of tokens are not mapped
            raise AttributeError(name)
        return getattr(self.encoder, name)

    @cached_property
    def manifest(self) -> Manifest:
        """Return the encoder's manifest with the sha256 of the map next to its weights; ModelError if it has none."""
        own = getattr(self.encoder, "manifest", None)
        if not isinstance(own, Manifest):
            raise ModelError(f"The encoder {self.encoder!r} has no manifest, so that a map of its vectors has none.")
        weights = f"{own.weights} map {self.map.digest}".strip()
        return replace(own, encoder=self.name, weights=weights, dim=self.map.dim,
                       pooling=f"{own.pooling}, {self.map.recipe}")  # fmt: skip

    def encode(self, texts: Sequence[str], *, role: Role = "document") -> Vectors:
        """Return unit rows, float32 (n, dim of the map), in the order given; ModelError where the dimensions differ."""
        try:
            return self.map.apply(self.encoder.encode(texts, role=role))
        except UsageError as error:
            raise ModelError(f"{self.name}: {error} Fit the map again to this encoder's vectors.") from None


def _mark(base: str) -> str:
    return "&" if "?" in base else "?"
