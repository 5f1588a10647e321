"""Static encoders in the model2vec file format: a vector a token, a weighted mean a text. No torch, nothing to run.

    texts -> token ids, never the unknown word -> the tokens' vectors, weights already in them, summed -> length 1

The mean's division falls away with the length. Tulkens and van Dongen 2024, "Model2Vec".
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.errors import ModelError
from broadsheet.core.protocols import Role, TokenVectors, Vectors
from broadsheet.core.types import Manifest
from broadsheet.core.vectors import unit
from broadsheet.encoders.folder import read_json, require_model, sha256
from broadsheet.encoders.switches import refuse
from broadsheet.encoders.tokenizer import read_tokenizer, unbroken, unknown_word
from broadsheet.encoders.words import Words

CHUNK = 256  # texts a turn: their vectors stay in the processor's cache
_KINDS = {  # of numbers, by tensor
    "embeddings": {"F64", "F32", "F16", "I8"}, "weights": {"F64", "F32", "F16"},
    "mapping": {"I64", "I32", "I16", "U64", "U32", "U16"},
}  # fmt: skip
_CHARACTERS = 1_000_000  # of one text; what follows is not read
_LARGEST = 1e9  # of one number: the sum over a text, squared and summed again, still fits a float32


def named(rest: str = "", *, models: Path | None = None, cache: Path | None = None) -> StaticEncoder:  # noqa: ARG001
    """``static`` (the folder ``static`` in ``models``) or ``static:FOLDER``, there or in ``models``."""
    if not refuse(rest, "static") and not (models and (models / "static").is_dir()):
        raise ModelError("This Collection has no static encoder yet. Make one: broadsheet distil")
    inside = models / (rest or "static") if models else Path(rest)
    return StaticEncoder(inside if inside.is_dir() else Path(rest).expanduser(), name=f"static:{rest}".rstrip(":"))


class StaticEncoder:
    """Make unit vectors from a folder with model.safetensors, tokenizer.json and config.json. Safe for threads."""

    def __init__(self, folder: Path, *, name: str) -> None:
        require_model(folder)
        self.name, self.folder = name, folder
        config = read_json(folder / "config.json")
        limit = config.get("max_length") if isinstance(config, dict) else None
        self.max_length = limit if isinstance(limit, int) and limit > 0 else None

    @cached_property
    def manifest(self) -> Manifest:
        """Return what must be equal for two vectors to be comparable."""
        return Manifest(
            encoder=self.name, version=self.folder.name, weights=sha256(self.folder / "model.safetensors"),
            dim=self._table.shape[1], pooling="weighted mean of tokens", max_length=self.max_length,
        )  # fmt: skip

    def encode(self, texts: Sequence[str], *, role: Role = "document") -> Vectors:  # noqa: ARG002
        """Return unit rows, float32 (n, dim), in the order given; a text without known tokens is the first axis."""
        parts = [texts[start : start + CHUNK] for start in range(0, len(texts), CHUNK)]
        if len(parts) < 2:
            return unit(self._summed(texts))
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return unit(np.concatenate(list(pool.map(self._summed, parts))))

    def token_vectors(self, texts: Sequence[str], *, role: Role = "document") -> list[TokenVectors]:  # noqa: ARG002
        """Return the known tokens that ``encode`` reads of each text with their weighted vectors, (tokens, dim)."""
        unknown = unknown_word(self._tokenizer)
        with unbroken(self.folder / "tokenizer.json"):
            encodings = [self._tokenizer.encode(_clean(text), add_special_tokens=False) for text in texts]
        made = []
        for each in encodings:
            places = [place for place, token in enumerate(each.ids[: self.max_length]) if token != unknown]
            vectors = self._table.take([each.ids[place] for place in places], axis=0)
            spans = np.array([each.offsets[place] for place in places], np.int64).reshape(-1, 2)
            made.append(TokenVectors(vectors, tuple(each.tokens[place] for place in places), spans))
        return made

    def too_long(self, texts: Sequence[str]) -> NDArray[np.bool_]:
        """Return bool (n,): which texts are longer than what ``encode`` reads of them."""
        lengths = [len(ids) for ids in self._ids(texts)] if self.max_length is not None else [0] * len(texts)
        most = self.max_length or 0
        return np.array([len(t) > _CHARACTERS or n > most for t, n in zip(texts, lengths, strict=True)], dtype=bool)

    def unread(self, texts: Sequence[str]) -> NDArray[np.bool_]:
        """Return bool (n,): which texts have words, but none that the model knows."""
        unknown = {unknown_word(self._tokenizer)}
        return np.array([bool(text.strip()) and set(self._words.ids(_clean(text))) <= unknown for text in texts], bool)

    def tokens(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Return int64 (n,): how many tokens ``encode`` reads of each text."""
        return np.array([len(ids[: self.max_length]) for ids in self._ids(texts)], np.int64)

    def _ids(self, texts: Sequence[str]) -> list[list[int]]:
        words = self._words
        with unbroken(self.folder / "tokenizer.json"):
            return [words.ids(_clean(text)) for text in texts]

    @cached_property
    def _tokenizer(self) -> Any:
        return read_tokenizer(self.folder / "tokenizer.json")

    @cached_property
    def _words(self) -> Words:
        return Words(self._tokenizer)

    @cached_property
    def _table(self) -> Vectors:
        """Float32 (tokens, dim): each token's vector times its weight; the unknown word's is zero."""
        table = _read_table(self.folder / "model.safetensors", 1 + max(self._tokenizer.get_vocab().values()))
        unknown = unknown_word(self._tokenizer)
        if unknown is not None:
            table[unknown] = 0
        return table

    def _summed(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self._table.shape[1]), np.float32)
        return _sums(self._table, [ids[: self.max_length] for ids in self._ids(texts)])


def _sums(table: Vectors, ids: list[list[int]]) -> Vectors:
    rows = np.zeros((len(ids), table.shape[1]), np.float32)
    for row, of_text in zip(rows, ids, strict=True):
        if of_text:
            np.add.reduce(table.take(of_text, axis=0), axis=0, out=row)
    return rows


def _clean(text: str) -> str:
    return text[:_CHARACTERS].encode("utf-8", "replace").decode()


def _read_table(path: Path, words: int) -> Vectors:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            tensors = dict(_checked(path, file))
    except (SafetensorError, OSError, TypeError) as error:
        raise ModelError(f"{path} is damaged or incomplete: {error}. Copy the model again.") from None
    table = tensors["embeddings"].astype(np.float32)
    if "mapping" in tensors:
        table = _mapped(path, table, tensors["mapping"])
    weights = tensors.get("weights", np.ones(len(table), np.float32))
    if not words <= len(table) == len(weights):
        raise ModelError(f"{path}: {len(table)} vectors, {len(weights)} weights, {words} words; expected equal.")
    table *= weights.astype(np.float32)[:, None]
    if not max(table.max(), -table.min()) <= _LARGEST:  # nor for one that is not a number
        raise ModelError(f"{path} contains numbers that are not finite, or beyond {_LARGEST:g}. Copy the model again.")
    return table


def _checked(path: Path, file: Any) -> Iterator[tuple[str, NDArray[Any]]]:
    """The tensors of the format that are there, their number of axes right."""
    names = set(file.keys())
    for name, axes in (("embeddings", 2), ("weights", 1), ("mapping", 1)):
        if name in names:
            part = file.get_slice(name)
            shape, kind = part.get_shape(), part.get_dtype()
            if len(shape) != axes or 0 in shape:
                raise ModelError(f"{path}: {name} has the shape {shape}; expected {axes} axes.")
            if kind not in _KINDS[name]:
                raise ModelError(f"{path}: {name} is {kind}; expected {', '.join(sorted(_KINDS[name]))}.")
            yield name, file.get_tensor(name)
        elif name == "embeddings":
            raise ModelError(
                f"{path} has no tensor named embeddings, only {', '.join(sorted(names))}. Is it a static model?"
            )


def _mapped(path: Path, table: Vectors, mapping: NDArray[Any]) -> Vectors:
    if mapping.dtype.kind not in "iu" or mapping.min() < 0 or mapping.max() >= len(table):
        raise ModelError(f"{path}: mapping points outside its {len(table)} vectors. Copy the model again.")
    return np.asarray(table[mapping], dtype=np.float32)
