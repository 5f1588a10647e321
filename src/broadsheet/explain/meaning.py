"""What the words of two texts add to their similarity: the cosine as a sum over pairs of words.

both texts -> the vectors of their tokens -> what each pair adds (``core.attribution``) -> pairs of words, by stems

Pairs are exact where an encoder pools by mean, or sums: MiniLM, static and hash encoders. Where the sum is off by more
than 1 % of the cosine, nothing is shown. What a word is worth to the model is found by leaving it out: slower, for any
encoder. Both are measured by ``bench faithfulness``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from broadsheet.collection import Collection
from broadsheet.core.attribution import Floats, gathered, pair_parts, shapley
from broadsheet.core.protocols import Role, TokenVectors
from broadsheet.core.units import Units, units
from broadsheet.core.vectors import Rows, Vectors

PAIRS = 10
"""Pairs of words that are shown."""
LONGEST = 20_000
"""Characters of a text that are read."""
PLAYERS = 16
"""Words of a text that are left out one after the other."""
_WORDS = 16  # of the other text
_OFF = 0.01  # of the cosine: what the sum of the pairs may miss


class Text(NamedTuple):
    """A text and the role in which it is encoded."""

    text: str
    role: Role = "document"


@dataclass(frozen=True, slots=True)
class Pair:
    """A word of the one text, a word of the other, and what all their occurrences add to the cosine."""

    one: str
    other: str
    part: float


@dataclass(frozen=True, slots=True)
class Lost:
    """A word, and how far the similarity falls without it."""

    word: str
    fall: float


@dataclass(frozen=True, slots=True)
class Meaning:
    """The ``cosine`` of two texts; the ``pairs`` of words that add most to it, the largest first, and what all
    ``others`` add: they sum to the cosine. ``words``: what each word of the other text adds, the largest first,
    at most 16. Stop words count among the others."""

    cosine: float
    pairs: tuple[Pair, ...]
    others: float
    words: tuple[tuple[str, float], ...]


def by_words(collection: Collection, one: Text, other: Text, cosine: float) -> Meaning | None:
    """Split the cosine of two texts among their words. None where the encoder gives no vectors of tokens, or these do
    not sum to the cosine: it does not pool by mean, or stored vectors are another model's. ModelError when the encoder
    cannot be loaded."""
    encoder = collection.encoder
    tokens: Callable[..., list[TokenVectors]] | None = getattr(encoder, "token_vectors", None)
    tokens = tokens or getattr(encoder, "word_vectors", None)
    if tokens is None:
        return None
    texts = [text[:LONGEST] for text, _ in (one, other)]
    first, second = (tokens([text], role=role)[0] for text, role in zip(texts, (one.role, other.role), strict=True))
    parts = pair_parts(first.vectors, second.vectors)
    if abs(float(parts.sum()) - cosine) > _OFF * max(abs(cosine), 0.1):
        return None
    own = [units(text, _key(collection)) for text in texts]
    table = gathered(parts, own[0].at(first.spans), own[1].at(second.spans))
    return _meaning(collection, cosine, table, one=own[0], other=own[1])


def by_leaving_out(collection: Collection, one: Vectors, other: Text, first: Sequence[str]) -> tuple[Lost, ...]:
    """Return how much each of a text's ``first`` words adds to its similarity with a unit vector (dim,), the most
    first: on average over an order of leaving them out, wherever they occur, and its reverse. At most 16 words; without
    ``first``, the text's most frequent ones. About 34 texts are encoded. ModelError when the encoder cannot be
    loaded."""
    key, text = _key(collection), other.text[:LONGEST]
    own = units(text, key)
    saying = _saying(collection, own)
    wanted = [key(word) for word in first] or [key(own.names[each]) for each in saying[np.argsort(-own.counts[saying])]]
    places = {key(own.names[each]): int(each) for each in saying}
    players = np.array([places[each] for each in dict.fromkeys(wanted) if each in places][:PLAYERS], dtype=np.int64)

    def value(masks: NDArray[np.bool_]) -> Floats:
        stays = np.ones((len(masks), len(own.names)), dtype=np.bool_)
        stays[:, players] = masks
        return (collection.encoder.encode([own.only(mask) for mask in stays], role=other.role) @ one).astype(np.float64)

    worth = shapley(value, len(players), rounds=1) if len(players) else np.zeros(0)
    order = np.argsort(-worth, kind="stable")
    return tuple(Lost(own.names[players[each]], float(worth[each])) for each in order)


def _meaning(collection: Collection, cosine: float, parts: Floats, *, one: Units, other: Units) -> Meaning:
    """The largest pairs and words of a table of parts; what is in no word, or in a stop word, is among the others."""
    rows, columns = _saying(collection, one), _saying(collection, other)
    words = parts[np.ix_(rows[rows < len(parts)], columns[columns < parts.shape[1]])]
    across = max(1, words.shape[1])
    first = [int(place) for place in np.argsort(-words, axis=None, kind="stable")[:PAIRS]]
    pairs = tuple(
        Pair(one.names[rows[place // across]], other.names[columns[place % across]], float(words.flat[place]))
        for place in first if words.flat[place] > 0
    )  # fmt: skip
    totals = parts.sum(axis=0)
    named = sorted(((other.names[each], float(totals[each])) for each in columns if each < len(totals)),
                   key=lambda word: -word[1])  # fmt: skip
    return Meaning(
        cosine, pairs, cosine - sum(each.part for each in pairs), tuple(each for each in named[:_WORDS] if each[1] > 0)
    )


def _saying(collection: Collection, own: Units) -> Rows:
    """The units that are no stop words."""
    return np.array([place for place, name in enumerate(own.names) if any(collection.stems[name])], dtype=np.int64)


def _key(collection: Collection) -> Callable[[str], str]:
    """What the forms of a word have in common."""

    def key(word: str) -> str:
        return " ".join(collection.stems[word]).strip() or word.casefold()

    return key
