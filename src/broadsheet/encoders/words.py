"""Token ids of many texts, each distinct word cut into pieces once.

    a tokenizer of BERT's kind -> words and marks of what is plain ASCII, the rest cut at spaces -> ids from memory
    any other, or a text that contains a special token ([SEP], for example) -> the tokenizer itself

The same ids either way: such a tokenizer never looks beyond a word. Remembering is several times as fast as cutting.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import Any

_MOST = 100_000  # words remembered; then it starts again
_LONGEST = 100  # characters of a word that is remembered
_WORD = re.compile(r"[0-9a-z]+|[^ 0-9a-z]")


class Words(dict[str, list[int]]):
    """Word -> ids of its pieces; a missing word is cut and kept. Safe for threads."""

    def __init__(self, tokenizer: Any) -> None:
        super().__init__()
        self._tokenizer = tokenizer
        self._added = [token.content for token in tokenizer.get_added_tokens_decoder().values()]
        self._simple = _independent(tokenizer)

    def __missing__(self, word: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(word, add_special_tokens=False).ids
        if len(self) >= _MOST:
            self.clear()
        if len(word) <= _LONGEST:
            self[word] = ids
        return ids

    def ids(self, text: str) -> list[int]:
        """Return the token ids of a text, without marks of beginning and end, uncut."""
        if not self._simple or any(token in text for token in self._added):
            ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
            return ids
        return list(chain.from_iterable(map(self.__getitem__, _words(text))))


def _words(text: str) -> Iterator[str]:
    """The words and marks of ASCII pieces in lower case, other pieces between spaces as they are."""
    if text.isascii() and text.isprintable():
        yield from _WORD.findall(text.lower())
        return
    for piece in text.split(" "):
        if piece.isascii() and piece.isprintable():
            yield from _WORD.findall(piece.lower())
        else:
            yield piece


def _independent(tokenizer: Any) -> bool:
    """Whether it lower-cases, cuts at white space and marks, and then looks at each word alone."""
    kinds = [type(part).__name__ for part in (tokenizer.normalizer, tokenizer.pre_tokenizer, tokenizer.model)]
    if kinds != ["BertNormalizer", "BertPreTokenizer", "WordPiece"]:
        return False
    plain = not any(token.normalized for token in tokenizer.get_added_tokens_decoder().values())
    return plain and bool(tokenizer.normalizer.lowercase)
