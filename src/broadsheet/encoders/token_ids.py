"""Token ids of texts: cut at the model's length or, whole, in pieces of that length."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.errors import ModelError
from broadsheet.encoders.chunks import Marks, counted
from broadsheet.encoders.tokenizer import read_tokenizer, unbroken, unknown_word

CHUNK = 4_096  # texts tokenised at a time, so that memory stays bounded
_PIECE, _WHOLE = 50_000, 1_000_000  # characters of a text that are looked at, cut or whole
_SHARED = 65_536  # tokens of a text in pieces that share some: their states are in memory together
Pieces = list[list[int]]


class TokenIds:
    """Read texts with a model's tokenizer.json, which is loaded when it is first needed. Safe for threads.

    ``max_length`` tokens are read of a text, marks included; ``whole`` reads what follows in further pieces, each of
    which begins with the last ``shared`` tokens of the one before, if any, and 65,536 tokens in all. ``lower`` makes
    small letters first; ``pairs`` has the file's template for two texts checked too; words of the vocabulary that are
    among ``marks`` are one token each. A vocabulary larger than the model's ``words`` is another model's.
    """

    def __init__(
        self, path: Path, *, max_length: int, whole: bool = False, shared: int = 0, lower: bool = False,
        pairs: bool = False, marks: Sequence[str] = (), words: int | None = None,
    ) -> None:  # fmt: skip
        self.path, self.max_length, self.whole, self.shared, self._lower = path, max_length, whole, shared, lower
        self._pairs, self._marks, self._words = pairs, marks, words

    @cached_property
    def tokenizer(self) -> Any:
        """Return the tokenizer; ModelError for a file that cannot be used."""
        made = read_tokenizer(
            self.path, max_length=self.max_length, shared=self.shared, pairs=self._pairs, marks=self._marks
        )
        size = made.get_vocab_size(with_added_tokens=False)
        if self._words is not None and size > self._words:
            raise ModelError(
                f"{self.path} has more words than config.json's vocab_size: {size:,}, not {self._words:,}."
            )
        return made

    @cached_property
    def around(self) -> Marks:
        """Return how many marks are around each piece."""
        mask = [*self._encodings(["a"])[0].special_tokens_mask, 0]
        return Marks(mask.index(0), mask[-2::-1].index(0) if 0 in mask[:-1] else 0)

    def pieces(self, texts: Sequence[str]) -> list[Pieces]:
        """Return the token ids of each text's pieces: one piece a text unless ``whole``."""
        encodings = self._encodings(texts)
        if not self.whole:
            return [[each.ids] for each in encodings]
        return [[each.ids, *(more.ids for more in each.overflowing[: self._further])] for each in encodings]

    def spans(self, pieces: Sequence[Sequence[Any]]) -> list[slice]:
        """Return which tokens count of each piece of one text: all, unless pieces share some."""
        lengths = [len(piece) for piece in pieces]
        return counted(lengths, self.shared, self.around) if self.shared else [slice(length) for length in lengths]

    def pairs(self, query: str, texts: Sequence[str]) -> list[tuple[list[int], list[int]]]:
        """Return the token ids of a query read together with each text, the longer one cut first, and which of the two
        each token is of."""
        tokenizer, first = self.tokenizer, self._clean(query)
        with unbroken(self.path):
            encodings = tokenizer.encode_batch([(first, self._clean(text)) for text in texts])
        return [(each.ids, each.type_ids) for each in encodings]

    def encodings(self, texts: Sequence[str]) -> list[list[Any]]:
        """Return each text's pieces as the library gives them, with tokens and places in the text."""
        with unbroken(self.path):
            encodings = self.tokenizer.encode_batch([self._clean(text) for text in texts])
        return [[each, *each.overflowing[: self._further]] if self.whole else [each] for each in encodings]

    def before(self, prompt: str) -> int:
        """Count the tokens of a prompt by itself, the mark of the beginning included, and that of the end not."""
        encoding = self._encodings([prompt])[0]
        closed: list[int] = encoding.special_tokens_mask[-1:]
        return len(encoding.ids) - sum(closed)

    def cut(self, texts: Sequence[str]) -> list[bool]:
        """Tell for each text whether it is longer than what is read of it."""
        if self._further is None:
            return [len(text) > self._most for text in texts]
        most, encodings = self._further, self._encodings(texts)
        return [len(t) > self._most or len(e.overflowing) > most for t, e in zip(texts, encodings, strict=True)]

    def unread(self, texts: Sequence[str]) -> NDArray[np.bool_]:
        """Return bool (n,): which texts have words, but none that the tokenizer knows."""
        unknown = unknown_word(self.tokenizer)
        encodings = self.tokenizer.encode_batch_fast([self._clean(text) for text in texts], add_special_tokens=False)
        return np.array([bool(each.ids) and set(each.ids) == {unknown} for each in encodings], bool)

    def _encodings(self, texts: Sequence[str]) -> list[Any]:
        tokenizer = self.tokenizer
        with unbroken(self.path):
            encodings: list[Any] = tokenizer.encode_batch_fast([self._clean(text) for text in texts])
        return encodings

    @property
    def _further(self) -> int | None:
        """Pieces that are read after the first; None: all."""
        if not self.whole:
            return 0
        return _SHARED // (self.max_length - self.shared) if self.shared else None

    @property
    def _most(self) -> int:
        """Characters of a text that are looked at."""
        return _WHOLE if self.whole else _PIECE

    def _clean(self, text: str) -> str:
        text = text[: self._most].encode("utf-8", "replace").decode()
        return text.lower() if self._lower else text


def parts(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield the texts, so many at a time that memory stays bounded."""
    return (texts[start : start + CHUNK] for start in range(0, len(texts), CHUNK))
