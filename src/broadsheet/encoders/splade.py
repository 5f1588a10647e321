"""Sparse vectors of texts from a model's folder, without torch: ``splade:FOLDER``.

texts -> token ids, cut at the model's length -> batches -> OpenVINO: what each word of the vocabulary weighs in a text
of each row the words above 0, the heaviest where a switch says how many -> SparseVectors

Formal et al. 2021, "SPLADE v2: Sparse Lexical and Expansion Model for Information Retrieval".
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from broadsheet.core.errors import UsageError
from broadsheet.core.protocols import Role, SparseVectors
from broadsheet.core.sparse import joined, reordered, sparse_of
from broadsheet.core.types import Manifest
from broadsheet.encoders.batches import Batches
from broadsheet.encoders.engine import Engine
from broadsheet.encoders.facts import read_facts, read_weights
from broadsheet.encoders.families.operations import Inputs
from broadsheet.encoders.folder import sha256
from broadsheet.encoders.heads.vector import Head
from broadsheet.encoders.heads.vocabulary import build_weights, read_vocabulary, read_weighing
from broadsheet.encoders.models import find
from broadsheet.encoders.quiet import op, ov
from broadsheet.encoders.switches import cut_named, read
from broadsheet.encoders.token_ids import TokenIds, parts

_MOST = 4_096  # terms of a text: real models give hundreds, an untrained head would give every word it has


def named(rest: str, *, models: Path | None = None, cache: Path | None = None) -> SpladeEncoder:
    """``splade:FOLDER``, ``splade:ORG/NAME``, or with ``?terms=128``, which keeps the heaviest of each text."""
    where, switches = cut_named(rest, "splade")
    terms = _terms(read(switches, {"terms"}).get("terms", str(_MOST)))
    name = f"splade:{where}" + (f"?terms={terms}" if terms < _MOST else "")
    found = find(where, models)
    return SpladeEncoder(found.folder, name=name, version=found.version, terms=terms, cache=cache)


def _terms(value: str) -> int:
    if not (value.isascii() and value.isdigit() and 0 < int(value[:9]) <= _MOST):
        raise UsageError(f"terms is {value[:60]!r}; expected a whole number from 1 to {_MOST:,}.")
    return int(value)


class SpladeEncoder:
    """Make weighted terms from a model folder with a masked-language head. ``terms`` is how many of each text are kept,
    the heaviest; ``cache`` is a folder for compiled models. Nothing is loaded until the first text is encoded. Safe
    for threads."""

    def __init__(
        self, folder: Path, *, name: str, version: str = "", terms: int = _MOST, cache: Path | None = None
    ) -> None:
        self.name, self._version, self._most = name, version, terms
        self._weighing = read_weighing(folder)
        self.facts = facts = read_facts(folder, head=Head())
        self._ids = TokenIds(facts.folder / "tokenizer.json", max_length=facts.max_length, lower=facts.lower,
                             words=facts.shape.words)  # fmt: skip
        self._batches = Batches(folder, max_length=facts.max_length, words=facts.shape.words)
        self._engine = Engine(self._graph, self._identity, cache)

    @cached_property
    def manifest(self) -> Manifest:
        """Return what must be equal for two sparse vectors to be comparable; ``dim`` is the number of terms."""
        facts, kept = self.facts, f", {self._most} terms" if self._most < _MOST else ""
        return Manifest(
            encoder=self.name, version=self._version, weights=sha256(facts.weights), dim=facts.shape.words,
            pooling=f"{self._weighing.strategy} of {self._weighing.activation}{kept}", prompts=facts.prompts,
            max_length=facts.max_length, precision=self._engine.precision,
        )  # fmt: skip

    def sparse_vectors(self, texts: Sequence[str], *, role: Role = "document") -> SparseVectors:
        """Return the terms of each text, in the given order. A text may have none."""
        prompt, size = self.facts.prompts.get(role, ""), self.facts.shape.words
        return joined([self._encoded([prompt + text for text in part], size) for part in parts(texts)], size)

    def _encoded(self, texts: Sequence[str], size: int) -> SparseVectors:
        flat = [ids for pieces in self._ids.pieces(texts) for ids in pieces]
        places: list[int] = []
        made: list[SparseVectors] = []
        for rows, weights in self._batches.made(self._engine, flat):
            places += rows.tolist()
            made.append(sparse_of(weights, most=self._most))
        return reordered(joined(made, size), np.argsort(places))

    @property
    def _identity(self) -> str:
        return repr((sha256(self.facts.weights), self.facts.kind, self.facts.shape, self._weighing))

    def _graph(self) -> Any:
        self._ids.tokenizer  # noqa: B018 - a file that cannot be used is refused before the graph is built
        facts, tensors = self.facts, read_weights(self.facts)
        head = read_vocabulary(facts.folder, facts.weights, facts.shape)
        ids = op.parameter([-1, -1], np.int32, name="ids")
        mask = op.parameter([-1, -1], np.float32, name="mask")
        states = facts.family.states(facts.shape, tensors, Inputs(ids, mask))
        rows = build_weights(facts.shape, tensors, head, self._weighing, states[-1], mask)
        return ov.Model([rows], [ids, mask], "sparse encoder")
