"""Scores of pairs, a query and a text read together, from a model's folder and without torch: ``pair:FOLDER``.

query, texts -> token ids by the tokenizer's own template for pairs, the longer one cut first -> batches -> OpenVINO:
a number a label -> sigmoid or not, as the folder says; the chance of a label where there are several

Nogueira and Cho 2019, "Passage Re-ranking with BERT".
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.errors import ModelError, UsageError
from broadsheet.core.types import Manifest
from broadsheet.encoders.batches import Batches
from broadsheet.encoders.engine import Engine
from broadsheet.encoders.facts import read_facts, read_weights
from broadsheet.encoders.families.operations import Inputs
from broadsheet.encoders.folder import Config
from broadsheet.encoders.heads.classifier import (
    Classifier,
    build_logits,
    read_classifier,
    read_classifier_tensors,
)
from broadsheet.encoders.heads.vector import Head, read_scoring_head, weights_digest
from broadsheet.encoders.models import find
from broadsheet.encoders.modules import read_steps
from broadsheet.encoders.quiet import op, ov
from broadsheet.encoders.scheme import require_scheme
from broadsheet.encoders.switches import cut_named, read
from broadsheet.encoders.token_ids import TokenIds, parts


def named(rest: str, *, models: Path | None = None, cache: Path | None = None) -> PairModel:
    """``pair:FOLDER`` or ``pair:ORG/NAME``, a cross-encoder; where it has several labels, ``?label=entailment`` says
    whose chance is the score."""
    where, switches = cut_named(rest, "pair")
    label = read(switches, {"label"}).get("label", "")
    found = find(where, models)
    return PairModel(found.folder, name=f"pair:{rest}", version=found.version, label=label, cache=cache)


class PairModel:
    """Score how well texts answer a query with the cross-encoder in a folder. ``label`` names the one whose chance is
    the score, where the model has several. ``cache`` is a folder for compiled models. Nothing is loaded until the first
    pair is scored. Safe for threads."""

    def __init__(
        self, folder: Path, *, name: str, version: str = "", label: str = "", cache: Path | None = None
    ) -> None:
        self.name, self._version = name, version
        steps = read_steps(folder)
        require_scheme("pair", folder, steps)
        own = len(steps) > 1 and (folder / "modules.json").is_file()
        self.facts = facts = read_facts(folder, head=read_scoring_head(steps) if own else Head())
        self._head = read_classifier(facts, Config.optional(folder / "config_sentence_transformers.json"))
        self._label = _chosen(self._head, label, folder)
        self._kinds = int(getattr(facts.shape, "kinds", 1))
        path = facts.folder / "tokenizer.json"
        self._ids = TokenIds(path, max_length=facts.max_length, lower=facts.lower, pairs=True, words=facts.shape.words)
        self._batches = Batches(folder, max_length=facts.max_length, words=facts.shape.words)
        self._engine = Engine(self._graph, self._identity, cache)

    @cached_property
    def manifest(self) -> Manifest:
        """Return what must be equal for two scores to be comparable; there are no vectors, so ``dim`` is 1."""
        facts, head = self.facts, self._head
        label = f" of {head.labels[self._label]}" if len(head.labels) > 1 else ""
        return Manifest(
            encoder=self.name, version=self._version, weights=self._weights, dim=1,
            pooling=f"{self._steps}{head.finish}{label}", max_length=facts.max_length, precision=self._engine.precision,
        )  # fmt: skip

    def score(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return how well each text answers a query, float32 (n,): more is better."""
        scores = [np.empty(0, np.float32)]
        for part in parts(texts):
            pairs = self._ids.pairs(query, part)
            self._require_kinds(pairs)
            kinds = [kinds for _, kinds in pairs] if self._kinds > 1 else None
            out = np.empty((len(part), len(self._head.labels)), np.float32)
            for rows, made in self._batches.made(self._engine, [ids for ids, _ in pairs], kinds):
                out[rows] = made
            scores.append(_finished(out, self._head.finish)[:, self._label])
        return np.concatenate(scores)

    def _require_kinds(self, pairs: Sequence[tuple[list[int], list[int]]]) -> None:
        most = max((max(kinds, default=0) for _, kinds in pairs), default=0)
        if self._kinds > 1 and most >= self._kinds:
            raise ModelError(
                f"{self._ids.path}: a part of a pair has the kind {most}; config.json has {self._kinds} kinds."
            )

    @property
    def _identity(self) -> str:
        facts = self.facts
        return repr((self._weights, facts.kind, facts.shape, self._head, *([facts.steps] if facts.steps else [])))

    @cached_property
    def _weights(self) -> str:
        return weights_digest(self.facts.weights, self.facts.steps)

    @property
    def _steps(self) -> str:
        """How the manifest says what modules.json does before the end."""
        facts = self.facts
        return "".join(f"{each}, then " for each in (facts.pooling, *facts.steps)) if facts.steps else ""

    def _graph(self) -> Any:
        self._ids.tokenizer  # noqa: B018 - a file that cannot be used is refused before the graph is built
        facts = self.facts
        ids, kinds = (op.parameter([-1, -1], np.int32, name=name) for name in ("ids", "kinds"))
        mask = op.parameter([-1, -1], np.float32, name="mask")
        inputs = [ids, mask, kinds] if self._kinds > 1 else [ids, mask]
        states = facts.family.states(facts.shape, read_weights(facts), Inputs(*inputs))
        rows = build_logits(facts, read_classifier_tensors(facts, self._head), self._head, states[-1], mask)
        return ov.Model([rows], inputs, "pair classifier")


def _chosen(head: Classifier, label: str, folder: Path) -> int:
    """The place of the label whose score counts."""
    if label or len(head.labels) > 1:
        try:
            return head.label(label)
        except ValueError as error:
            raise UsageError(
                f"{folder} has the labels {', '.join(head.labels)[:200]}; {error} Say ?label=..."
            ) from None
    return 0


def _finished(logits: NDArray[np.float32], finish: str) -> NDArray[np.float32]:
    if finish == "softmax":
        chances = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(chances / chances.sum(axis=1, keepdims=True), np.float32)
    return np.asarray(1 / (1 + np.exp(-logits)), np.float32) if finish == "sigmoid" else logits
