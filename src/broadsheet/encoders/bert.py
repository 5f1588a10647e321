"""Sentence encoders from a model's folder, without torch: every family that ``families`` has.

texts -> token ids, cut at the model's length (or, whole, in pieces of that length)
sorted by length -> batches of about a thousand tokens, filled up to one of few shapes -> OpenVINO -> rows
whole: the pieces' rows, weighted by their tokens, summed -> length 1; long=pool: see ``encoders.late_pooling``;
long=stretch: see ``encoders.places``
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.errors import ModelError, UsageError
from broadsheet.core.protocols import Role, TokenVectors, Vectors
from broadsheet.core.types import Manifest
from broadsheet.core.vectors import unit
from broadsheet.encoders.batches import Batches
from broadsheet.encoders.chunks import overlap
from broadsheet.encoders.engine import Engine
from broadsheet.encoders.facts import read_facts, read_weights
from broadsheet.encoders.families.bert import BertShape
from broadsheet.encoders.graph import build, build_head
from broadsheet.encoders.heads.vector import read_head_tensors, weights_digest
from broadsheet.encoders.late_pooling import LatePooling
from broadsheet.encoders.places import places
from broadsheet.encoders.switches import switched
from broadsheet.encoders.token_ids import Pieces, TokenIds, parts

_LONG = {
    "pool": "in chunks pooled together", "stretch": "with places stretched", "group": "with places grouped",
    "repeat": "with places repeated",
}  # fmt: skip


class BertEncoder:
    """Make unit vectors from a model folder (model.safetensors, config.json, tokenizer.json and files next to them).

    ``whole`` reads long texts in pieces of the model's length instead of cutting them. ``cache`` is a folder for
    compiled models. ``switches`` (``layers=4&pooling=max``) choose other layers, another pooling, prompts or dimension
    than the model's own, see ``encoders.switches``; the name says them. Nothing is loaded until the first text is
    encoded. Safe for threads.
    """

    def __init__(
        self, folder: Path, *, name: str, version: str, whole: bool = False, cache: Path | None = None,
        switches: str = "",
    ) -> None:  # fmt: skip
        self.version, self.whole = version, whole
        self._own = read_facts(folder)
        self.facts, said = switched(self._own, switches)
        self.name = f"{name}?{said}" if said else name
        facts, pool = self.facts, self.facts.long == "pool"
        if whole and facts.prompts and not facts.with_prompt:
            raise ModelError(f"{folder} leaves its prompt out of pooling, which needs texts that are cut, not whole.")
        if whole and facts.long != "cut":
            raise UsageError(f"{self.name} asks for two ways to read long texts: choose whole or long={facts.long}.")
        self._ids = TokenIds(
            self.tokenizer_file, max_length=facts.reach, whole=whole or pool,
            shared=overlap(facts.max_length) if pool else 0, lower=facts.lower,
            words=facts.shape.words,
        )  # fmt: skip
        trained, padding = facts.max_length, facts.shape.offset - 1
        stretched = partial(places, way=facts.way, trained=trained, padding=padding) if facts.way else None
        self._batches = Batches(folder, max_length=facts.reach, words=facts.shape.words, places=stretched)
        self._engine = Engine(self._graph, self._identity, cache)
        self._tokens_engine = Engine(partial(self._graph, pooled=False), f"{self._identity} tokens", cache)
        self._both_engine = Engine(partial(self._graph, states=True), f"{self._identity} both", cache)
        head = Engine(self._head, f"{self._identity} head", cache)
        self._late = LatePooling(partial(self._batches.states, self._tokens_engine), head, self._ids)

    @cached_property
    def weights(self) -> str:
        """Return the sha256 of the weights, as hex; where steps have files of their own, that of all their sha256."""
        return weights_digest(self.facts.weights, self.facts.steps)

    @property
    def tokenizer_file(self) -> Path:
        """Return the file that holds the vocabulary and the rules that cut texts into tokens."""
        return self.facts.folder / "tokenizer.json"

    @property
    def _identity(self) -> str:
        """What the compiled model depends on; a plain BERT's is said as it was when there was no other."""
        facts, shape = self.facts, self.facts.shape
        plain = (self.weights, shape.layers, shape.heads, shape.activation, facts.pooling, shape.offset, shape.epsilon)
        more = [*([facts.mix] if facts.mix else []), *([] if isinstance(shape, BertShape) else [facts.kind, shape])]
        head = (facts.steps, facts.dim if facts.dim < facts.width else 0, facts.with_prompt)
        more += [*([head] if head != ((), 0, True) else []), *(["stretched"] if facts.way else [])]
        return repr((*plain, *more))

    @cached_property
    def manifest(self) -> Manifest:
        """Return what must be equal for two vectors to be comparable; looks at the processor, loads no model."""
        facts = self.facts
        return Manifest(
            encoder=self.name, version=self.version, weights=self.weights, dim=facts.dim,
            pooling=self._pooling, prompts=facts.prompts,
            max_length=None if self._ids.whole else facts.reach, precision=self._engine.precision,
        )  # fmt: skip

    @property
    def _pooling(self) -> str:
        """How the manifest says what a vector is made of."""
        facts, layers = self.facts, ""
        if (facts.shape.layers, facts.mix) != (self._own.shape.layers, ()):
            layers = f" of layers {', '.join(map(str, facts.mix))}" if facts.mix else f" of layer {facts.shape.layers}"
        prompt = "" if facts.with_prompt or not facts.prompts else " without the prompt"
        steps = "".join(f", then {step}" for step in facts.steps)
        long = f", long texts {_LONG[facts.long]}" if facts.long != "cut" else ""
        return f"{facts.pooling}{layers}{prompt}{steps}{' of pieces by length' if self.whole else ''}{long}"

    def encode(self, texts: Sequence[str], *, role: Role = "document") -> Vectors:
        """Return unit rows, float32 (n, dim), in the order given."""
        prompt, left_out = self.facts.prompts.get(role, ""), self._left_out(role)
        rows = [np.empty((0, self.facts.dim), np.float32)]
        rows += [self._encoded(self._ids.pieces([prompt + text for text in part]), left_out) for part in parts(texts)]
        return np.concatenate(rows)

    def token_vectors(self, texts: Sequence[str], *, role: Role = "document") -> list[TokenVectors]:
        """Return each text's tokens, the marks of beginning and end included, with their states before pooling:
        float32 (tokens, hidden), not of length 1. With mean pooling, and no step after it, ``encode`` gives the unit
        vector of their mean. Tokens of a prompt that pooling leaves out are not among them."""
        prompt, left_out = self.facts.prompts.get(role, ""), self._left_out(role)
        made: list[TokenVectors] = []
        for part in parts(texts):
            pieces = self._ids.encodings([prompt + text for text in part])
            states = iter(self._batches.states(self._tokens_engine, [each.ids for text in pieces for each in text]))
            for of_text in pieces:
                spans = self._ids.spans(of_text)
                each = _token_vectors(of_text, spans, [next(states)[span] for span in spans], len(prompt))
                made.append(_from(each, left_out) if left_out else each)
        return made

    def encode_both(self, texts: Sequence[str]) -> tuple[Vectors, list[TokenVectors]]:
        """Return what ``encode`` and ``token_vectors`` return of documents. The rows are those of ``encode``, bit for
        bit. Texts that are read as one piece go through the transformer once for both."""
        if self._ids.whole:
            return self.encode(texts), self.token_vectors(texts)
        prompt, left_out = self.facts.prompts.get("document", ""), self._left_out("document")
        rows, tokens = [np.empty((0, self.facts.dim), np.float32)], []
        for part in parts(texts):
            pieces = self._ids.encodings([prompt + text for text in part])
            flat = [each.ids for (each,) in pieces]
            pooled, states = self._batches.both(self._both_engine, flat, self.facts.dim, left_out=left_out)
            rows.append(pooled)
            for of_text, state in zip(pieces, states, strict=True):
                made = _token_vectors(of_text, [slice(None)], [state], len(prompt))
                tokens.append(_from(made, left_out) if left_out else made)
        return np.concatenate(rows), tokens

    def too_long(self, texts: Sequence[str]) -> NDArray[np.bool_]:
        """Return bool (n,): which texts are longer than what ``encode`` reads of them."""
        prompt = self.facts.prompts.get("document", "")
        return np.array([cut for part in parts(texts) for cut in self._ids.cut([prompt + text for text in part])], bool)

    def unread(self, texts: Sequence[str]) -> NDArray[np.bool_]:
        """Return bool (n,): which texts have words, but none that the model knows."""
        return self._ids.unread(texts)

    def tokens(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Return int64 (n,): how many tokens ``encode`` reads of each document, with the marks of beginning and end."""
        prompt = self.facts.prompts.get("document", "")
        pieces = (self._ids.pieces([prompt + text for text in part]) for part in parts(texts))
        return np.array([self._count(of_text) for part in pieces for of_text in part], np.int64)

    def _count(self, pieces: Pieces) -> int:
        return sum(len(ids[span]) for ids, span in zip(pieces, self._ids.spans(pieces), strict=True))

    def _graph(self, *, pooled: bool = True, states: bool = False) -> Any:
        self._ids.tokenizer  # noqa: B018 - a file that cannot be used is refused before the graph is built
        return build(self.facts, read_weights(self.facts), pooled=pooled, states=states)

    def _head(self) -> Any:
        return build_head(self.facts, read_head_tensors(self.facts.steps))

    def _left_out(self, role: Role) -> int:
        """How many tokens of a prompt pooling leaves out. ModelError for a prompt that leaves no room for a text."""
        prompt = self.facts.prompts.get(role, "")
        tokens = self._ids.before(prompt) if prompt else 0
        if prompt and tokens > self.facts.max_length - 2:
            most = self.facts.max_length
            raise ModelError(f"{self.name}: the prompt {prompt[:60]!r} fills all {most} tokens. Give a shorter one.")
        return 0 if self.facts.with_prompt else tokens

    def _encoded(self, pieces: list[Pieces], left_out: int) -> Vectors:
        if self.facts.long == "pool":
            return self._pooled(pieces, left_out)
        flat = [ids for of_text in pieces for ids in of_text]
        rows = self._batches.rows(self._engine, flat, self.facts.dim, left_out=left_out)
        if len(flat) == len(pieces):
            return rows
        weights = np.array([max(1, len(ids) - 2) for ids in flat], np.float32)[:, None]
        starts = np.cumsum([0, *(len(of_text) for of_text in pieces[:-1])])
        return unit(np.add.reduceat(rows * weights, starts, axis=0))

    def _pooled(self, pieces: list[Pieces], left_out: int) -> Vectors:
        """The rows of texts in chunks; a text of one chunk has the row that it always has."""
        several = np.array([len(of_text) > 1 for of_text in pieces])
        short = [of_text[0] for of_text in pieces if len(of_text) == 1]
        rows = np.empty((len(pieces), self.facts.dim), np.float32)
        rows[~several] = self._batches.rows(self._engine, short, self.facts.dim, left_out=left_out)
        if several.any():
            rows[several] = self._late.rows([of_text for of_text in pieces if len(of_text) > 1], left_out)
        return rows


def _token_vectors(
    pieces: Sequence[Any], counted: Sequence[slice], states: Sequence[Vectors], prompt: int
) -> TokenVectors:
    """The pieces of one text joined, as far as their tokens count; ``prompt`` characters before it are not part of
    it."""
    read = list(zip(pieces, counted, strict=True))
    spans = np.array([span for each, part in read for span in each.offsets[part]], np.int64).reshape(-1, 2) - prompt
    tokens = tuple(token for each, part in read for token in each.tokens[part])
    return TokenVectors(np.concatenate(states), tokens, np.maximum(spans, 0))


def _from(each: TokenVectors, place: int) -> TokenVectors:
    """What follows the first tokens, at least the last one."""
    start = min(place, len(each.tokens) - 1)
    return TokenVectors(each.vectors[start:], each.tokens[start:], each.spans[start:])
