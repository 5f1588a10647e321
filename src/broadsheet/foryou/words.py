"""Telling words: what texts speak of far more often than others do. Pure sums."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import log

_WORD = re.compile(r"[^\W\d_][\w-]+[^\W_]")
_ROOT = 5  # letters alike at the beginning: one word in two forms
_MOST_READ = 5_000  # characters of a text


def frequencies(texts: Iterable[str]) -> Counter[str]:
    """In how many of the texts each word stands."""
    return Counter(word for text in texts for word in _words(text))


def telling(texts: Sequence[str], others: Mapping[str, int], of: int, *, k: int = 3) -> tuple[str, ...]:
    """At most k words that stand in many of ``texts`` and few of ``of`` other texts, whose frequencies are ``others``.

    Ranked by share times log of rarity (Spärck Jones 1972); a word of one text only counts when there is no other
    text. Of words that begin alike the first is taken. Ties stand in alphabetical order.
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
