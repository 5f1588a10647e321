"""What two papers share, and what each has that the other has not: words, sentences and concepts of their own.

stored vectors -> the cosine, by concepts;  both texts -> pairs of words;  sentences -> the same in other words
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.errors import UsageError
from broadsheet.core.types import Document
from broadsheet.explain.concepts import Shares, Weight, concepts_of
from broadsheet.explain.match import NO_TOKENS, Notes, stored
from broadsheet.explain.meaning import Meaning, Text, by_words
from broadsheet.explain.sentences import Aligned, aligned, alone, pieces
from broadsheet.explain.words import Term, only_in

_FEW = 3  # sentences without a counterpart that are shown of each paper
_SAME = 0.9  # cosine from which sentences say the same, where the papers are so alike that chance gives more
_CONCEPTS = 5  # of one paper more than of the other
_TERMS = 8  # words of one paper that the other does not have


@dataclass(frozen=True, slots=True)
class Own:
    """What a paper has that the other one has not: sentences, words and concepts, the first ones first."""

    document: Document
    sentences: tuple[str, ...]
    terms: tuple[Term, ...]
    concepts: tuple[Weight, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How two papers are alike: the ``cosine`` of their stored vectors (None: one has none), ``shares`` of it by
    concepts, ``meaning`` by pairs of words, the ``aligned`` sentences, and what is in each alone."""

    cosine: float | None
    shares: Shares | None
    meaning: Meaning | None
    aligned: tuple[Aligned, ...]
    one: Own
    other: Own
    notes: tuple[str, ...]


def compare(collection: Collection, one: Document, other: Document) -> Likeness:
    """Explain how two papers are alike and how they differ. UsageError when they are the same paper."""
    if one.id == other.id:
        raise UsageError(f"{one.id} is compared with itself: name two papers.")
    notes = Notes()
    for each in (one, other):
        notes.add("" if each.shown_text else f"{each.id} has no abstract: only its title is compared.")
    first, second = (notes.unless(partial(stored, collection, each.id)) for each in (one, other))
    shares, meaning = None, None
    more: tuple[Weight, ...] = ()
    less: tuple[Weight, ...] = ()
    if first is not None and second is not None:
        cosine = float(first @ second)
        meaning = notes.unless(lambda: by_words(collection, Text(one.content), Text(other.content), cosine))
        notes.add("" if meaning else NO_TOKENS.format(name=collection.encoder_name))
        if (concepts := notes.unless(lambda: concepts_of(collection))) is not None:
            shares = concepts.shares(first, second)
            more, less = concepts.more(first, second, _CONCEPTS), concepts.more(second, first, _CONCEPTS)
    texts = pieces(one), pieces(other)
    cosines = notes.unless(lambda: collection.encoder.encode(texts[0]) @ collection.encoder.encode(texts[1]).T)
    fair, good, _ = notes.unless(lambda: collection.bands) or (-1.0, 1.0, 1.0)
    near = np.empty((len(texts[0]), len(texts[1])), np.float32) if cosines is None else cosines
    own = [
        Own(each, () if cosines is None else alone(own_texts, table, fair, _FEW), _words(collection, notes, pair), said)
        for each, own_texts, table, pair, said in (
            (one, texts[0], near, (one, other), more), (other, texts[1], near.T, (other, one), less),
        )
    ]  # fmt: skip
    return Likeness(
        cosine=None if first is None or second is None else cosine, shares=shares, meaning=meaning,
        aligned=() if cosines is None else aligned(*texts, cosines, min(good, _SAME)), one=own[0], other=own[1],
        notes=tuple(notes),
    )  # fmt: skip


def _words(collection: Collection, notes: Notes, pair: tuple[Document, Document]) -> tuple[Term, ...]:
    """Words that the first of two papers has and the second has not."""
    return notes.unless(lambda: only_in(collection, pair[0].content, pair[1].content, _TERMS)) or ()
