"""Telling words: words that some texts use far more often than others do. Pure functions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import log

_WORD = re.compile(r"[^\W\d_][\w-]+[^\W_]")
_ROOT = 5  # words with the same first letters count as forms of one word
_MOST_READ = 5_000  # characters of a text


def frequencies(texts: Iterable[str]) -> Counter[str]:
    """Count in how many of the texts each word occurs."""
    return Counter(word for text in texts for word in _words(text))


def telling_words(texts: Sequence[str], others: Mapping[str, int], of: int, *, k: int = 3) -> tuple[str, ...]:
    """Find at most k words that occur in many of ``texts`` and in few of ``of`` other texts (frequencies: ``others``).

    They are ranked by share times log of rarity (Spärck Jones 1972); a word that only one text uses counts when there
    is no other text. Of words that begin alike the first is taken. Ties are sorted alphabetically.
    """
    least = 1 if len(texts) == 1 else 2
    worth = {
        word: count / len(texts) * log((of + 2) / (others.get(word, 0) + 1))
        for word, count in frequencies(texts).items()
        if count >= least
    }
    chosen: dict[str, str] = {}
    for word in sorted(worth, key=lambda each: (-worth[each], each)):
        chosen.setdefault(word.rstrip("s")[:_ROOT], word)
        if len(chosen) == k:
            break
    return tuple(chosen.values())


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text[:_MOST_READ].casefold()))
