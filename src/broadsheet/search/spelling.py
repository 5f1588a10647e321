"""Slips of the pen: for a word that no paper has, the Collection's own word that was probably meant.

the stem of the word has papers, or the word is short or has digits: it stays
papers with a stem one edit away, else two -> their words that near -> the nearest, of these the most frequent
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from broadsheet.collection import Collection
from broadsheet.core.errors import CollectionError
from broadsheet.core.text import plain

_WORD = re.compile(r"\w+")
_SHORTEST, _TWO_EDITS = 4, 7  # letters of a word that is corrected at all; that may have two edits
_LONGEST = 30
_MOST_WORDS = 12
_MOST_PAPERS = 100  # whose words are looked at
_MOST_READ = 20_000  # characters of a text


def corrected(collection: Collection, words: str) -> str:
    """Return a query with every word that no paper has replaced by the nearest word of the Collection; empty when no
    word has one. CollectionError when nothing was synced."""
    changed = {}
    for word in _unknown(collection, list(dict.fromkeys(_WORD.findall(words)))[:_MOST_WORDS]):
        if better := _nearest(collection, word):
            changed[word] = better
    return _WORD.sub(lambda match: changed.get(match[0], match[0]), words) if changed else ""


def unknown(collection: Collection, words: str) -> list[str]:
    """Return the words of a query that may be corrected and that no paper has; none where there is no Lexicon."""
    try:
        return _unknown(collection, list(dict.fromkeys(_WORD.findall(words)))[:_MOST_WORDS])
    except CollectionError:
        return []


def _unknown(collection: Collection, words: Sequence[str]) -> list[str]:
    """The words that may be corrected and that no paper has."""
    whole = [word for word in words if _SHORTEST <= len(word) <= _LONGEST and word.isalpha()]
    terms = {
        word: each[0] for word, each in zip(whole, collection.lexicon.terms_of(whole), strict=True) if len(each) == 1
    }
    frequencies = collection.lexicon.frequencies(list(terms.values())) if terms else []
    return [word for word, papers in zip(terms, frequencies, strict=True) if not papers]


def _nearest(collection: Collection, word: str) -> str:
    """The word of the Collection that is nearest to a word: the fewest edits, then the most papers; or nothing."""
    typed = plain(word)
    (term,) = collection.lexicon.terms(word)
    for most in (1, 2) if len(typed) >= _TWO_EDITS else (1,):
        edits_of: dict[str, int] = {}
        for other in near(typed, _words(collection, term, most), most):
            edits = distance(typed, other, most=most)
            if 0 < edits <= most:
                edits_of[other] = edits
        if edits_of:
            return min(edits_of, key=lambda other: (edits_of[other], -_papers(collection, other), other))
    return ""


def _words(collection: Collection, term: str, edits: int) -> Iterator[str]:
    """The distinct words, folded, of papers that have a stem so near to this one."""
    numbers = collection.lexicon.near(term, edits, _MOST_PAPERS)
    seen: set[str] = set()
    for paper in collection.store.papers.by_numbers(numbers.tolist()).values():
        new = set(plain(paper.content[:_MOST_READ]).split()) - seen
        yield from new
        seen |= new


def near(typed: str, others: Iterable[str], most: int) -> Iterator[str]:
    """Yield the words that so many edits may turn into what was typed: an edit changes the length by one letter at
    most, and which letters there are by two."""
    letters, lengths = set(typed), range(len(typed) - most, len(typed) + most + 1)
    yield from (each for each in others if len(each) in lengths and len(letters.symmetric_difference(each)) <= 2 * most)


def _papers(collection: Collection, word: str) -> int:
    return sum(collection.lexicon.frequencies(collection.lexicon.terms(word)))


def distance(one: str, other: str, *, most: int) -> int:
    """Return how many letters must be put in, left out, changed or swapped with the next to turn one word into the
    other; ``most + 1`` when it is more than ``most``.

    Optimal string alignment (Damerau, A technique for computer detection and correction of spelling errors, 1964).
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        row = [i]
        for j, right in enumerate(other, 1):
            edits = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                edits = min(edits, before[j - 2] + 1)
            row.append(edits)
        if min(row) > most:
            return most + 1
        before, last = last, row
    return min(last[-1], most + 1)
