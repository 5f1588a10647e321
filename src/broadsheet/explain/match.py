"""Why a paper matches a query: its place, its words, its meaning and its concepts, as parts that sum to scores.

query -> ``search.question``: its words -> the paper's place and the parts of its score, among the first results
words -> BM25 term by term;  meaning -> pairs of words, and the nearest sentence;  both vectors -> concepts
what cannot be said is left out, and a note says why
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.errors import BroadsheetError, CollectionError, UsageError
from broadsheet.core.types import Document, Result, Results
from broadsheet.core.vectors import Vectors
from broadsheet.explain.concepts import Shares, Turns, Weight, concepts_of
from broadsheet.explain.meaning import Lost, Meaning, Text, by_leaving_out, by_words
from broadsheet.explain.sentences import nearest, pieces
from broadsheet.explain.words import Term, terms
from broadsheet.search.depth import Found, layered
from broadsheet.search.hybrid import search
from broadsheet.search.page import page
from broadsheet.search.question import read
from broadsheet.search.ranking import Alone, Ranking
from broadsheet.search.relevance import relevance_of
from broadsheet.search.sides import Lists, query_vector
from broadsheet.search.similar import similar
from broadsheet.search.stages.tokens import TokenMatch, token_matches

DEEP = 200
"""Results among which a paper is looked for."""
NO_TOKENS = "The encoder {name} has no vectors of words that sum to that of a text: no cosine is split by words."
STOP_WORDS = "The query has no words but stop words, so nothing is explained by words."
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Why a ``document`` matches a ``query``.

    ``result`` is its place and the parts of its score, None where it is not among the first 200, and ``following`` the
    paper after it. ``terms`` sum to the
    score by words. ``meaning`` splits the cosine among pairs of words, ``shares`` among concepts; None where that
    cannot be done, and ``notes`` say why. ``sentence`` is the paper's sentence nearest to the query, and its
    cosine. ``lost``: how far the cosine falls without each word of the paper, if that was asked for.
    ``tokens``: the token of the paper that answers each of the query, by late interaction; they sum to the score of
    that stage. Empty in a Collection without token vectors.
    """

    query: str
    document: Document
    result: Result | None
    terms: tuple[Term, ...]
    meaning: Meaning | None
    shares: Shares | None
    sentence: tuple[str, float] | None
    tokens: tuple[TokenMatch, ...]
    lost: tuple[Lost, ...]
    notes: tuple[str, ...]
    following: Result | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a query says: the ``concepts`` in it, the papers under it when concepts are turned, and notes."""

    query: str
    concepts: tuple[Weight, ...]
    results: Results
    notes: tuple[str, ...]


class Notes:
    """What could not be said, and why; each once."""

    def __init__(self) -> None:
        self._said: dict[str, None] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._said)

    def add(self, note: str) -> None:
        """Add a note; an empty one is not added."""
        if note:
            self._said[note] = None

    def unless(self, make: Callable[[], _T]) -> _T | None:
        """Return what ``make`` returns, or None when it cannot, and note why."""
        try:
            return make()
        except UsageError:
            raise
        except BroadsheetError as error:
            self.add(f"{str(error).removesuffix('.')}.")
            return None


def match(collection: Collection, query: str, document: Document, *, deep: bool = False) -> Match:
    """Explain why a paper matches a query; ``deep`` also leaves words out, which takes as long as to encode 34 texts.
    UsageError for a query without words."""
    words = asked_words(collection, query)
    notes, number = Notes(), collection.store.papers.number(document.id)
    result, following = notes.unless(lambda: _place(collection, query, document)) or (None, None)
    if result is None:
        notes.add(f"The paper is not among the first {DEEP} results of this query.")
    found = () if number is None else notes.unless(lambda: terms(collection, words, number)) or ()
    if not found and not collection.stems.of(words):
        notes.add(STOP_WORDS)
    tokens = () if number is None else notes.unless(lambda: tuple(token_matches(collection, words, number))) or ()
    vector = notes.unless(lambda: query_vector(collection, words))
    own = None if number is None else notes.unless(lambda: stored(collection, document.id))
    if own is not None and not document.shown_text:
        notes.add("The paper has no abstract: only its title is explained.")
    meaning, shares, sentence, lost = None, None, None, None
    if vector is not None and own is not None:
        meaning = notes.unless(lambda: _by_words(collection, words, document, float(vector @ own)))
        if meaning is None:
            notes.add(NO_TOKENS.format(name=collection.encoder_name))
        sentence = notes.unless(lambda: nearest(collection, vector, pieces(document)))
        shares = notes.unless(lambda: concepts_of(collection).shares(vector, own))
        if deep:
            first = [word for word, _ in meaning.words] if meaning else []
            lost = notes.unless(lambda: by_leaving_out(collection, vector, Text(document.content), first))
    return Match(
        query=query, document=document, result=result, terms=found, meaning=meaning, shares=shares, sentence=sentence,
        tokens=tokens,
        lost=lost or (), notes=tuple(notes), following=following,
    )  # fmt: skip


def said(collection: Collection, query: str, turns: Turns | None = None, *, k: int = 10, offset: int = 0) -> Said:
    """Describe a query by concepts, and find at most ``k`` papers nearest to what it says once concepts are turned.

    UsageError for a query without words, an unknown concept, or negative numbers; CollectionError without vectors or
    concepts.
    """
    if k < 0 or offset < 0:
        raise UsageError(f"k and offset count from 0; got k={k}, offset={offset}")
    words = asked_words(collection, query)
    question, snapshot = read(collection, query), collection.space.snapshot()
    vector, concepts = query_vector(collection, words), concepts_of(collection)
    turned = concepts.turned(vector, turns) if turns else vector

    def near(most: int) -> Found:
        return snapshot.search(turned, most, allowed=question.allowed)

    numbers, scores = layered(near, offset + k + 1)
    order = Ranking(Alone(numbers, scores))
    order = order.without(collection.store.papers.deleted_since(snapshot.pointer.change))
    known = relevance_of(collection, order, Lists(semantic=(numbers, scores), vector=turned))
    found = page(
        collection, question.asked, order, k=k, offset=offset, mode="semantic", query=query, note="", relevance=known
    )
    return Said(query=query, concepts=concepts.of(turned), results=found, notes=question.notes)


def of_paper(collection: Collection, document: Document, *, k: int = 10) -> Said:
    """Describe a paper by concepts, with at most ``k`` papers nearest to it. CollectionError without its vector."""
    vector = stored(collection, document.id)
    found = similar(collection, document.id, k=k)
    return Said(query=document.shown_title, concepts=concepts_of(collection).of(vector), results=found, notes=())


def asked_words(collection: Collection, query: str) -> str:
    """Return the words of a query without its conditions. UsageError when there are none."""
    words = read(collection, query).asked.words
    if not words.strip():
        raise UsageError("The query has no words to explain: type what you look for.")
    return words


def stored(collection: Collection, id_: str) -> Vectors:
    """Return the stored vector (dim,) of a paper. CollectionError when it has none, or one that is not a number."""
    numbers = list(collection.store.papers.numbers([id_]).values())
    from_space = collection.space.snapshot().of(np.array(numbers, dtype=np.int64))
    if not len(from_space):
        raise CollectionError(f"{id_} has no vector yet: run `broadsheet sync`")
    if not np.isfinite(from_space).all():
        raise CollectionError(f"The vector of {id_} is damaged: run `broadsheet sync --rebuild`")
    return np.asarray(from_space[0])


def _by_words(collection: Collection, words: str, document: Document, cosine: float) -> Meaning | None:
    return by_words(collection, Text(words, "query"), Text(document.content), cosine)


def _place(collection: Collection, query: str, document: Document) -> tuple[Result | None, Result | None]:
    """The paper among the first results of a query, and the one after it."""
    found = search(collection, query, k=DEEP).items
    place = next((at for at, each in enumerate(found) if each.document.id == document.id), None)
    return (None, None) if place is None else (found[place], next(iter(found[place + 1 :]), None))
