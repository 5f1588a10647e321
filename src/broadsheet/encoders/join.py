"""Several encoders as one: ``join:minilm|static``. The cosine of its vectors is the mean of the encoders' cosines.

texts -> the unit rows of each encoder -> next to one another -> length 1
``join:minilm|splade:FOLDER``: the vectors of the first, and the weighted terms of the second, which comes last

Yin and Schütze 2016, "Learning Word Meta-Embeddings": concatenation as the baseline that is hard to beat.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from broadsheet import names
from broadsheet.core.errors import ModelError, UsageError
from broadsheet.core.protocols import Encoder, Role, Scorer, SparseEncoder, SparseVectors, Usage, Vectors
from broadsheet.core.types import Manifest
from broadsheet.core.vectors import unit

_MOST = 8  # encoders


def named(rest: str = "", *, models: Path | None = None, cache: Path | None = None) -> JoinEncoder:
    """``join:NAME|NAME``, two to eight names of encoders, each with its own switches if it has some. The last may be a
    sparse encoder."""
    parts = rest.split("|")
    if not 2 <= len(parts) <= _MOST or any(not each or each.startswith("join") for each in parts):
        raise UsageError(
            f"join:{rest[:100]} is not understood; expected 2 to {_MOST} encoders, for example join:minilm|hash."
        )
    *first, last = [names.model(each, models=models, cache=cache) for each in parts]
    encoders = [_encoder(each, rest) for each in first]
    if isinstance(last, Encoder):
        return JoinEncoder([*encoders, last], name=f"join:{rest}")
    if not isinstance(last, SparseEncoder):
        raise UsageError(f"join:{rest[:100]} ends with a model that has neither vectors nor terms of a text.")
    return TermsEncoder(encoders, last, name=f"join:{rest}")


def _encoder(model: Encoder | Scorer, rest: str) -> Encoder:
    if not isinstance(model, Encoder):
        raise UsageError(f"join:{rest[:100]} has a model without vectors; only the last may have terms in their place.")
    return model


class JoinEncoder:
    """Put the vectors of several encoders next to one another, each with the same weight. Safe for threads if they
    are."""

    def __init__(self, encoders: Sequence[Encoder], *, name: str) -> None:
        self.encoders, self.name = tuple(encoders), name

    @cached_property
    def manifest(self) -> Manifest:
        """Return what must be equal for two vectors to be comparable: the manifests of all encoders. ModelError if one
        has no manifest."""
        parts = [_manifest(each) for each in self.encoders]
        return Manifest(
            encoder=self.name, version=" ".join(each.version for each in parts),
            weights=" ".join(each.key for each in parts), dim=sum(each.dim for each in parts), pooling="side by side",
            precision="bf16" if any(each.precision == "bf16" for each in parts) else "f32",
        )  # fmt: skip

    @property
    def usage(self) -> Usage:
        """Return what services have read for all encoders."""
        parts = [getattr(each, "usage", Usage()) for each in self.encoders]
        return Usage(sum(each.tokens for each in parts), sum(each.estimated for each in parts))

    def encode(self, texts: Sequence[str], *, role: Role = "document") -> Vectors:
        """Return unit rows, float32 (n, sum of the dimensions), in the order given."""
        return unit(np.hstack([each.encode(texts, role=role) for each in self.encoders]))

    def too_long(self, texts: Sequence[str]) -> NDArray[np.bool_]:
        """Return bool (n,): which texts one of the encoders does not read whole."""
        cut = [each.too_long(texts) for each in self.encoders if hasattr(each, "too_long")]
        return np.logical_or.reduce(cut, dtype=bool) if cut else np.zeros(len(texts), bool)

    def unread(self, texts: Sequence[str]) -> NDArray[np.bool_]:
        """Return bool (n,): which texts have words, but none that one of the encoders knows."""
        unknown = [each.unread(texts) if hasattr(each, "unread") else np.zeros(len(texts), bool)
                   for each in self.encoders]  # fmt: skip
        return np.asarray(np.logical_and.reduce(unknown, dtype=bool))


class TermsEncoder(JoinEncoder):
    """Joined encoders, and next to their vectors the weighted terms of a sparse one: both of one text from one
    object."""

    def __init__(self, encoders: Sequence[Encoder], sparse: SparseEncoder, *, name: str) -> None:
        super().__init__(encoders, name=name)
        self._sparse = sparse

    def sparse_vectors(self, texts: Sequence[str], *, role: Role = "document") -> SparseVectors:
        """Return the terms of each text, in the given order."""
        return self._sparse.sparse_vectors(texts, role=role)


def _manifest(encoder: Encoder) -> Manifest:
    manifest = getattr(encoder, "manifest", None)
    if not isinstance(manifest, Manifest):
        raise ModelError(f"The encoder {encoder!r} has no manifest, so its vectors cannot be joined with others.")
    return manifest
