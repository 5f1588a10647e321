"""Hard negatives, to be added to a task: texts that are nearly right, made by rule or found in a corpus.

a sentence -> edits of it that say something else: a number, a negation, a name, an opposite -> (kind, text)
    Chen et al. 2023, "xSIM++: An Improved Proxy to Bitext Mining Performance for Low-Resource Languages"
queries with a right document -> the wrong ones that share as many words with the query as the right one does: what is
    left to tell them apart is meaning, and two fields compare at one difficulty. Tang and Yang 2024, "Do We Need
    Domain-Specific Embedding Models?"

Everything is decided by a hash of the sentence: the same sentence gets the same edits on every machine.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from broadsheet.core.vectors import Rows
from broadsheet.encoders.hash import HashEncoder

_WORDS_DIM = 4_096  # of the words that are compared
_AT_ONCE = 512
_SMALL = [
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("twenty", "thirty", "forty", "fifty", "hundred", "thousand", "million", "billion"),
]
_AUXILIARY = re.compile(
    r"\b(is|are|was|were|can|could|will|would|should|must|may|might|has been|have been|had been|does|did)\b", re.I
)
_DENIED = re.compile(
    r"\b(is|are|was|were|can|could|will|would|should|must|may|might|does|did)(?: not|n['\u2019]t)\b", re.I
)
_NUMBER = re.compile(rf"\b\d[\d.,]*\d\b|\b\d\b|\b(?:{'|'.join(_SMALL)})\b", re.I)
_NAME = re.compile(r"(?<=[a-z0-9,;:] )[A-Z][\w'\u2019-]*[a-z][\w'\u2019-]*(?: [A-Z][\w'\u2019-]*)*")
_PAIRS = """increase decrease|increases decreases|increased decreased|increasing decreasing|rise fall|rises falls
rose fell|rising falling|up down|higher lower|high low|more less|most least|before after|above below|over under
inside outside
in out|on off|win lose|wins loses|won lost|open close|opens closes|opened closed|start stop|started stopped|begin end
began ended|first last|early late|earlier later|large small|larger smaller|big little|bigger smaller|long short
longer shorter|good bad|better worse|best worst|strong weak|stronger weaker|young old|younger older|man woman|men women
boy girl|boys girls|male female|black white|hot cold|new old|fast slow|faster slower|easy difficult|near far
with without|always never|all none|accept reject|accepted rejected|allow forbid|allowed forbade
support oppose|supports opposes|supported opposed|buy sell|buys sells|bought sold|push pull|left right|front back
north south|east west|northern southern|eastern western|success failure|positive negative|possible impossible
legal illegal|happy sad|alive dead|day night|morning evening|empty full|wet dry|clean dirty|light dark|loud quiet
standing sitting|climbing descending|causes prevents|caused prevented|gain loss"""
_OPPOSITE = {
    word: other
    for pair in re.split(r"[|\n]", _PAIRS)
    for one, two in [pair.split()]
    for word, other in ((one, two), (two, one))
} | {"because": "although", "although": "because", "because of": "despite", "despite": "because of"}
_OPPOSED = re.compile(rf"\b(?:{'|'.join(sorted(_OPPOSITE, key=len, reverse=True))})\b", re.I)


def edits(text: str, names: Sequence[str] = ()) -> Iterator[tuple[str, str]]:
    """Yield (kind, edit) for each kind that applies to an English sentence: ``number``, ``negation``, ``name`` (another
    of ``names``) and ``opposite`` (of cause, direction, size and so on). An edit is never the sentence itself."""
    for kind, edit in _EDITS.items():
        made = edit(text, names)
        if made is not None and made != text:
            yield kind, made


def names_in(texts: Sequence[str]) -> list[str]:
    """Return the names that stand within sentences, sorted: capitalised words that do not begin one."""
    return sorted({found[0] for text in texts for found in _NAME.finditer(text)})


def matched(queries: Sequence[str], documents: Sequence[str], right: Sequence[int], count: int) -> Rows:
    """Return the rows of ``count`` wrong documents for each query, (n, count): those whose words are as near to the
    query's as the words of its right document are, ``right`` (n,), the nearest to that first."""
    encoder = HashEncoder(_WORDS_DIM)
    rows = encoder.encode(documents)
    found = np.empty((len(queries), min(count, len(documents) - 1)), np.int64)
    for start in range(0, len(queries), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        scores = encoder.encode(queries[part]) @ rows.T
        own = np.asarray(right[part])
        at = np.arange(len(own))
        gaps = np.abs(scores - scores[at, own][:, None])
        gaps[at, own] = np.inf
        found[part] = np.argsort(gaps, axis=1, kind="stable")[:, : found.shape[1]]
    return found


def partners(queries: Sequence[str], documents: Sequence[str]) -> list[int]:
    """Return the row of a wrong document for each query, whose right one is in its own row: two queries take each
    other's, chosen so that their words are as near as those of the right ones. Each document is right once and wrong
    once, so that the document alone says nothing; an odd one out gets -1."""
    encoder = HashEncoder(_WORDS_DIM)
    scores = encoder.encode(queries) @ encoder.encode(documents).T
    gaps = np.abs(scores - np.diag(scores)[:, None])
    gaps = gaps + gaps.T
    found = [-1] * len(queries)
    free = np.ones(len(queries), bool)
    for row in range(len(queries)):
        free[row] &= found[row] < 0
        if free[row] and free[row + 1 :].any():
            other = row + 1 + int(np.argmin(np.where(free[row + 1 :], gaps[row, row + 1 :], np.inf)))
            found[row], found[other] = other, row
            free[other] = False
    return found


def _chosen(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """One of the places where a pattern is found, by a hash of the text."""
    places = list(pattern.finditer(text))
    return places[zlib.crc32(text.encode()) % len(places)] if places else None


def _put(text: str, place: re.Match[str], new: str) -> str:
    """A text with something new in a place, in its case."""
    old = place[0]
    if old.isupper() and len(old) > 1:
        new = new.upper()
    elif old[0].isupper():
        new = new[0].upper() + new[1:]
    return text[: place.start()] + new + text[place.end() :]


def _number(text: str, _: Sequence[str]) -> str | None:
    place = _chosen(_NUMBER, text)
    if place is None:
        return None
    step = 1 + zlib.crc32(text.encode()) % 8
    if place[0].casefold() in _SMALL:
        at = _SMALL.index(place[0].casefold())
        return _put(text, place, _SMALL[(at + step) % len(_SMALL)])
    digits = [at for at, letter in enumerate(place[0]) if letter.isdigit()]
    at = digits[0]
    return _put(text, place, place[0][:at] + str((int(place[0][at]) + step - 1) % 9 + 1) + place[0][at + 1 :])


def _negation(text: str, _: Sequence[str]) -> str | None:
    denied = _chosen(_DENIED, text)
    if denied is not None:
        return _put(text, denied, denied[1])
    place = _chosen(_AUXILIARY, text)
    if place is None:
        return None
    first, *rest = place[0].split()
    return _put(text, place, " ".join([first, "not", *rest]))


def _name(text: str, names: Sequence[str]) -> str | None:
    place = _chosen(_NAME, text)
    others = [name for name in names if name.count(" ") == place[0].count(" ") and name not in text] if place else []
    return _put(text, place, others[zlib.crc32(text.encode()) % len(others)]) if place and others else None


def _opposite(text: str, _: Sequence[str]) -> str | None:
    place = _chosen(_OPPOSED, text)
    return None if place is None else _put(text, place, _OPPOSITE[place[0].casefold()])


_EDITS: Mapping[str, Callable[[str, Sequence[str]], str | None]] = {
    "number": _number, "negation": _negation, "name": _name, "opposite": _opposite,
}  # fmt: skip
KINDS = tuple(_EDITS)
