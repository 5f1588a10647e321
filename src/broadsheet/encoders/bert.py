"""Sentence encoders of the BERT family, without torch.

texts -> token ids, cut at the model's length (or, whole, in pieces of that length)
sorted by length -> batches of about a thousand tokens, filled up to one of few shapes -> OpenVINO -> rows
whole: the pieces' rows, weighted by their tokens, summed -> length 1
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.errors import ModelError
from broadsheet.core.protocols import Role, TokenVectors, Vectors
from broadsheet.core.types import Manifest
from broadsheet.core.vectors import unit
from broadsheet.encoders.engine import Batch, Engine
from broadsheet.encoders.folder import read_facts, read_weights, sha256
from broadsheet.encoders.graph import build
from broadsheet.encoders.switches import switched
from broadsheet.encoders.tokenizer import read_tokenizer, unbroken, unknown_word

TOKENS = 1024  # a batch: measured best on 2 cores, 26 texts/s against 20 for batches of 16 texts
STEP = 16  # lengths of batches are its multiples: OpenVINO keeps half a megabyte or more for each shape it has met
CHUNK = 4_096  # texts tokenised at a time, so that memory stays bounded
_PIECE, _WHOLE = 50_000, 1_000_000  # characters of a text that are looked at, cut or whole
Pieces = list[list[int]]


class BertEncoder:
    """Make unit vectors from a model folder (model.safetensors, config.json, tokenizer.json and files next to them).

    ``whole`` reads long texts in pieces of the model's length instead of cutting them. ``cache`` is a folder for
    compiled models. ``switches`` (``layers=4&pooling=max``) choose other layers and another pooling than the model's
    own, see ``encoders.switches``; the name says them. Nothing is loaded until the first text is encoded. Safe for
    threads.
    """

    def __init__(
        self, folder: Path, *, name: str, version: str, whole: bool = False, cache: Path | None = None,
        switches: str = "",
    ) -> None:  # fmt: skip
        self.version, self.whole = version, whole
        self._own = read_facts(folder)
        self.facts, said = switched(self._own, switches)
        self.name = f"{name}?{said}" if said else name
        self._engine = Engine(self._graph, self._identity, cache)
        self._tokens_engine = Engine(partial(self._graph, pooled=False), f"{self._identity} tokens", cache)

    @cached_property
    def weights(self) -> str:
        """Return the sha256 of the weights, as hex."""
        return sha256(self.facts.weights)

    @property
    def tokenizer_file(self) -> Path:
        """Return the file that holds the vocabulary and the rules that cut texts into tokens."""
        return self.facts.folder / "tokenizer.json"

    @property
    def _identity(self) -> str:
        """What the compiled model depends on."""
        facts = (self.weights, self.facts.layers, self.facts.heads, self.facts.activation, self.facts.pooling,
                 self.facts.offset, self.facts.epsilon)  # fmt: skip
        return repr((*facts, self.facts.mix) if self.facts.mix else facts)

    @cached_property
    def manifest(self) -> Manifest:
        """Return what must be equal for two vectors to be comparable; looks at the processor, loads no model."""
        facts = self.facts
        return Manifest(
            encoder=self.name, version=self.version, weights=self.weights, dim=facts.hidden,
            pooling=self._pooling, prompts=facts.prompts,
            max_length=None if self.whole else facts.max_length, precision=self._engine.precision,
        )  # fmt: skip

    @property
    def _pooling(self) -> str:
        """How the manifest says what a vector is made of."""
        facts, layers = self.facts, ""
        if (facts.layers, facts.mix) != (self._own.layers, ()):
            layers = f" of layers {', '.join(map(str, facts.mix))}" if facts.mix else f" of layer {facts.layers}"
        return f"{facts.pooling}{layers}{' of pieces by length' if self.whole else ''}"

    def encode(self, texts: Sequence[str], *, role: Role = "document") -> Vectors:
        """Return unit rows, float32 (n, dim), in the order given."""
        prompt = self.facts.prompts.get(role, "")
        rows = [np.empty((0, self.facts.hidden), np.float32)]
        for part in _parts(texts):
            rows.append(self._encoded(self._pieces([self._clean(prompt + text) for text in part])))
        return np.concatenate(rows)

    def token_vectors(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Return each document's tokens, the marks of beginning and end included, with their states before pooling:
        float32 (tokens, dim), not of length 1. With mean pooling ``encode`` gives the unit vector of their mean."""
        prompt = self.facts.prompts.get("document", "")
        made: list[TokenVectors] = []
        for part in _parts(texts):
            with unbroken(self.tokenizer_file):
                encodings = self._tokenizer.encode_batch([self._clean(prompt + text) for text in part])
            pieces = [[each, *each.overflowing] if self.whole else [each] for each in encodings]
            states = iter(self._states([each.ids for of_text in pieces for each in of_text]))
            made += [_token_vectors(of_text, [next(states) for _ in of_text], len(prompt)) for of_text in pieces]
        return made

    def too_long(self, texts: Sequence[str]) -> NDArray[np.bool_]:
        """Return bool (n,): which texts are longer than what ``encode`` reads of them."""
        prompt = self.facts.prompts.get("document", "")
        return np.array([cut for part in _parts(texts) for cut in self._cut([prompt + text for text in part])], bool)

    def unread(self, texts: Sequence[str]) -> NDArray[np.bool_]:
        """Return bool (n,): which texts have words, but none that the model knows."""
        unknown = unknown_word(self._tokenizer)
        encodings = self._tokenizer.encode_batch_fast([self._clean(text) for text in texts], add_special_tokens=False)
        return np.array([bool(each.ids) and set(each.ids) == {unknown} for each in encodings], bool)

    def tokens(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Return int64 (n,): how many tokens ``encode`` reads of each document, with the marks of beginning and end."""
        prompt = self.facts.prompts.get("document", "")
        pieces = (self._pieces([self._clean(prompt + text) for text in part]) for part in _parts(texts))
        return np.array([sum(map(len, of_text)) for part in pieces for of_text in part], np.int64)

    def _cut(self, texts: list[str]) -> list[bool]:
        if self.whole:
            return [len(text) > self._most for text in texts]
        encodings = self._tokens([self._clean(text) for text in texts])
        return [len(t) > self._most or bool(e.overflowing) for t, e in zip(texts, encodings, strict=True)]

    @property
    def _most(self) -> int:
        """Characters of a text that are looked at."""
        return _WHOLE if self.whole else _PIECE

    def _clean(self, text: str) -> str:
        text = text[: self._most].encode("utf-8", "replace").decode()
        return text.lower() if self.facts.lower else text

    @cached_property
    def _tokenizer(self) -> Any:
        return read_tokenizer(self.tokenizer_file, max_length=self.facts.max_length)

    def _tokens(self, texts: Sequence[str]) -> list[Any]:
        tokenizer = self._tokenizer
        with unbroken(self.tokenizer_file):
            encodings: list[Any] = tokenizer.encode_batch_fast(texts)
        return encodings

    def _graph(self, *, pooled: bool = True) -> Any:
        self._tokenizer  # noqa: B018 - a file that cannot be used is refused before the graph is built
        return build(self.facts, read_weights(self.facts), pooled=pooled)

    def _pieces(self, texts: Sequence[str]) -> list[Pieces]:
        """Token ids of each text's pieces; one piece a text unless ``whole``."""
        encodings = self._tokens(texts)
        if not self.whole:
            return [[e.ids] for e in encodings]
        return [[e.ids, *(more.ids for more in e.overflowing)] for e in encodings]

    def _encoded(self, pieces: list[Pieces]) -> Vectors:
        flat = [ids for of_text in pieces for ids in of_text]
        rows = self._run(flat)
        if len(flat) == len(pieces):
            return rows
        weights = np.array([max(1, len(ids) - 2) for ids in flat], np.float32)[:, None]
        starts = np.cumsum([0, *(len(of_text) for of_text in pieces[:-1])])
        return unit(np.add.reduceat(rows * weights, starts, axis=0))

    def _run(self, flat: Pieces) -> Vectors:
        groups = list(batches([self._width(len(ids)) for ids in flat], TOKENS))
        if len(groups) == 1:
            return self._ordered([(self._engine.one(self._matrix(flat, groups[0])), groups[0])], len(flat))
        return self._ordered(self._engine.many((self._matrix(flat, rows), rows) for rows in groups), len(flat))

    def _states(self, flat: Pieces) -> list[Vectors]:
        """The states of the tokens of each piece, float32 (tokens, hidden)."""
        groups = batches([self._width(len(ids)) for ids in flat], TOKENS)
        states: list[Vectors] = [np.empty((0, self.facts.hidden), np.float32)] * len(flat)
        for made, rows in self._tokens_engine.many((self._matrix(flat, rows), rows) for rows in groups):
            for state, row in zip(made, rows, strict=False):  # what fills a batch up comes last
                states[row] = np.array(state[: len(flat[row])])
        return states

    def _ordered(self, parts: Any, n: int) -> Vectors:
        out = np.empty((n, self.facts.hidden), np.float32)
        for rows, places in parts:
            out[places] = rows[: len(places)]
        return out

    def _width(self, length: int) -> int:
        """The length of a batch whose longest row has this one."""
        return max(length, min(-(-length // STEP) * STEP, self.facts.max_length))

    def _matrix(self, flat: Pieces, rows: NDArray[np.int64]) -> Batch:
        """The batch of these rows, the last one repeated until their number is one that is met often."""
        width = self._width(max(len(flat[row]) for row in rows))
        rows = np.pad(rows, (0, height(len(rows), TOKENS // width) - len(rows)), mode="edge")
        lengths = np.array([len(flat[row]) for row in rows])
        there = np.arange(width) < lengths[:, None]
        ids = np.zeros(there.shape, np.int32)
        ids[there] = np.concatenate([flat[row] for row in rows])
        if ids.max() >= self.facts.words:
            raise ModelError(f"{self.facts.folder}: tokenizer.json has more words than config.json's vocab_size.")
        return ids, there.astype(np.float32)


def _token_vectors(pieces: Sequence[Any], states: Sequence[Vectors], prompt: int) -> TokenVectors:
    """The pieces of one text joined; ``prompt`` characters before it are not part of it."""
    spans = np.array([span for each in pieces for span in each.offsets], np.int64).reshape(-1, 2) - prompt
    tokens = tuple(token for each in pieces for token in each.tokens)
    return TokenVectors(np.concatenate(states), tokens, np.maximum(spans, 0))


def _parts(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    return (texts[start : start + CHUNK] for start in range(0, len(texts), CHUNK))


def batches(lengths: Sequence[int], tokens: int) -> Iterator[NDArray[np.int64]]:
    """Yield row numbers in groups, longest first, each group times its longest row at most ``tokens`` (or one row)."""
    order = np.argsort(-np.asarray(lengths, np.int64), kind="stable")
    start = 0
    while start < len(order):
        rows = max(1, tokens // max(1, lengths[order[start]]))
        yield order[start : start + rows]
        start += rows


def height(rows: int, most: int) -> int:
    """Return the next power of two, or ``most`` if that is nearer; never fewer than ``rows``."""
    return max(rows, min(1 << (rows - 1).bit_length(), most))
