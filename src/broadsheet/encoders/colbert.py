"""Token vectors of texts from a model's folder, without torch: ``colbert:FOLDER``.

texts, with the mark of their role -> token ids; queries filled up with masks -> batches -> OpenVINO: a state a token
-> projected, length 1 -> the vectors of the tokens that count

Khattab and Zaharia 2020, "ColBERT: Efficient and Effective Passage Search via Contextualized Late Interaction".
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from broadsheet.core.errors import ModelError
from broadsheet.core.protocols import Role, TokenVectors
from broadsheet.core.types import Manifest
from broadsheet.encoders.batches import Batches
from broadsheet.encoders.engine import Engine
from broadsheet.encoders.facts import read_facts, read_weights
from broadsheet.encoders.families.operations import Inputs, linear
from broadsheet.encoders.folder import Config
from broadsheet.encoders.heads.norm import unit_rows
from broadsheet.encoders.heads.tokens import read_own_tensors, read_reading
from broadsheet.encoders.heads.vector import Head, read_head_tensors, weights_digest
from broadsheet.encoders.models import find
from broadsheet.encoders.modules import read_steps
from broadsheet.encoders.quiet import op, ov
from broadsheet.encoders.scheme import require_scheme
from broadsheet.encoders.switches import cut_named, read
from broadsheet.encoders.token_ids import TokenIds, parts
from broadsheet.encoders.tokenizer import unknown_word

_ROLES: tuple[Role, ...] = ("query", "document")


def named(rest: str, *, models: Path | None = None, cache: Path | None = None) -> ColbertEncoder:
    """``colbert:FOLDER`` or ``colbert:ORG/NAME``, a model of token vectors as sentence-transformers, PyLate or
    ColBERT's own code stores it."""
    where, switches = cut_named(rest, "colbert")
    read(switches, ())
    found = find(where, models)
    return ColbertEncoder(found.folder, name=f"colbert:{rest}", version=found.version, cache=cache)


class ColbertEncoder:
    """Make unit vectors of the tokens of texts. ``cache`` is a folder for compiled models. Nothing is loaded until the
    first text is encoded. Safe for threads."""

    def __init__(self, folder: Path, *, name: str, version: str = "", cache: Path | None = None) -> None:
        self.name, self._version = name, version
        steps = read_steps(folder)
        require_scheme("colbert", folder, steps)
        self.facts = facts = read_facts(folder, head=Head())
        self.reading = reading = read_reading(folder, steps, facts.prompts)
        self.dim = reading.dim(facts.shape.hidden)
        self._ids = {role: self._read(role) for role in _ROLES}
        self._batches = Batches(folder, max_length=facts.max_length, words=facts.shape.words)
        self._engine = Engine(self._graph, self._identity, cache)

    def _read(self, role: Role) -> TokenIds:
        facts, reading = self.facts, self.reading
        marks = tuple(reading.prompts.values()) if reading.marks else ()
        return TokenIds(
            facts.folder / "tokenizer.json", max_length=reading.longest(role, facts.max_length), lower=facts.lower,
            marks=marks, words=facts.shape.words,
        )  # fmt: skip

    @cached_property
    def manifest(self) -> Manifest:
        """Return what must be equal for two token vectors to be comparable."""
        return Manifest(
            encoder=self.name, version=self._version, weights=self._weights, dim=self.dim,
            pooling="none: tokens", prompts=self.reading.prompts, max_length=self._ids["document"].max_length,
            precision=self._engine.precision,
        )  # fmt: skip

    def token_vectors(self, texts: Sequence[str], *, role: Role = "document") -> list[TokenVectors]:
        """Return the tokens of each text that count, with unit vectors, float32 (tokens, dim): of a query those too
        with which it is filled up, of a document not those that are skipped."""
        prompt = self.reading.prompts.get(role, "")
        return [each for part in parts(texts) for each in self._encoded([prompt + text for text in part], role, prompt)]

    def _encoded(self, texts: Sequence[str], role: Role, prompt: str) -> list[TokenVectors]:
        encodings = [each for of_text in self._ids[role].encodings(texts) for each in of_text]
        filled = [self._filled(len(each.ids), role) for each in encodings]
        mask = [self._mask] if any(filled) else []
        flat = [each.ids + mask * more for each, more in zip(encodings, filled, strict=True)]
        attend = int(self.reading.expansion.attend) if self.reading.expansion else 0
        seen = [[1] * len(each.ids) + [attend] * more for each, more in zip(encodings, filled, strict=True)]
        states = self._batches.states(self._engine, flat, seen if any(filled) else None)
        made = zip(encodings, flat, states, strict=True)
        return [self._counted(each, ids, rows, role, len(prompt)) for each, ids, rows in made]

    def _filled(self, length: int, role: Role) -> int:
        """How many tokens a query of this length is filled up with."""
        expansion = self.reading.expansion if role == "query" else None
        return max(0, min(expansion.length, self.facts.max_length) - length) if expansion else 0

    def _counted(self, encoding: Any, ids: list[int], rows: Any, role: Role, prompt: int) -> TokenVectors:
        more = len(ids) - len(encoding.ids)
        tokens = (*encoding.tokens, *(self._ids[role].tokenizer.id_to_token(ids[-1]) for _ in range(more)))
        spans = np.array([*encoding.offsets, *([(0, 0)] * more)], np.int64).reshape(-1, 2)
        spans = np.maximum(np.where(spans.any(axis=1, keepdims=True), spans - prompt, 0), 0)
        count = ~np.isin(ids, self._skipped) if role in self.reading.skipped_in else np.ones(len(ids), np.bool_)
        kept = np.flatnonzero(count)
        return TokenVectors(rows[kept], tuple(tokens[place] for place in kept.tolist()), spans[kept])

    @cached_property
    def _skipped(self) -> list[int]:
        """The ids of the words that do not count; one that the tokenizer does not know as one token is no such word."""
        tokenizer = self._ids["document"].tokenizer
        ids = {tokenizer.token_to_id(word) for word in self.reading.skipped} - {None, unknown_word(tokenizer)}
        return sorted(ids)

    @cached_property
    def _mask(self) -> int:
        """The token with which queries are filled up: as the model says, else the tokenizer's mask."""
        own = self.reading.expansion.token if self.reading.expansion else ""
        named = Config.optional(self.facts.folder / "tokenizer_config.json").values.get("mask_token")
        text = named.get("content") if isinstance(named, dict) else named
        tokenizer = self._ids["query"].tokenizer
        for word in (own,) if own else (text, "[MASK]", "<mask>"):
            if isinstance(word, str) and (found := tokenizer.token_to_id(word)) is not None:
                return int(found)
        raise ModelError(
            f"{self.facts.folder}: the tokenizer has no token {own[:60] or '[MASK]'} to fill queries up with."
        )

    @property
    def _identity(self) -> str:
        facts, reading = self.facts, self.reading
        return repr((self._weights, facts.kind, facts.shape, reading.steps, reading.own, "token vectors"))

    @cached_property
    def _weights(self) -> str:
        return weights_digest(self.facts.weights, self.reading.steps)

    def _graph(self) -> Any:
        self._ids["document"].tokenizer  # noqa: B018 - a file that cannot be used is refused before the graph is built
        facts, reading = self.facts, self.reading
        tensors = {**read_weights(facts), **read_head_tensors(reading.steps)}
        own = read_own_tensors(reading, facts.weights, facts.shape.hidden)
        ids, mask = op.parameter([-1, -1], np.int32, name="ids"), op.parameter([-1, -1], np.float32, name="mask")
        states = facts.family.states(facts.shape, tensors, Inputs(ids, mask))[-1]
        states = linear(own, "linear", states) if own else states
        for step in reading.steps:
            states = step.apply(tensors, states)
        return ov.Model([unit_rows(states, axis=2)], [ids, mask], "token vectors")
