"""The two sides of a search: what the words find and what the meaning finds, and one order of both.

best 100 by words, best 1,000 by meaning, both among the allowed numbers; where one side fails, the other answers
union of both first hundreds -> z-scores, half and half -> below it the next by meaning: paging never reorders

The setting ``hybrid`` was chosen by measurement: see docs/benchmarks.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.errors import BroadsheetError
from broadsheet.core.fusion import reciprocal_ranks, z_sum
from broadsheet.core.types import Manifest, Mode
from broadsheet.core.vectors import Rows, Vectors, unit
from broadsheet.search.depth import layered, whole
from broadsheet.search.question import Question
from broadsheet.search.ranking import Alone, Fused, Ranking, Side
from broadsheet.space import Snapshot

FUSED = 100  # papers of each list that are joined; a deeper union lets weak matches move the scale
_UNREAD = "The encoder {name} does not know any of these words, so their meaning was not searched."
_NONE: tuple[Rows, Vectors] = (np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32))


@dataclass
class Lists:
    """What both sides found: numbers and scores, best first; ``notes`` say why a side is missing."""

    lexical: tuple[Rows, Vectors] = _NONE
    semantic: tuple[Rows, Vectors] = _NONE
    vector: Vectors | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def mode(self) -> Mode:
        """How the search was done in the end."""
        if self.vector is None:
            return "lexical"
        return "hybrid" if len(self.lexical[0]) else "semantic"


def find(collection: Collection, question: Question, mode: str, shown: int) -> Lists:
    """Search by words and by meaning; where one fails, a note says so and the other answers."""
    asked, allowed = question.asked, question.allowed
    lists = Lists()
    jobs: list[tuple[str, Callable[[], None]]] = []

    def by_words() -> None:
        lexicon = collection.lexicon
        fields = {name: lexicon.terms(words) for name, words in asked.fields.items()}
        terms = lexicon.terms(asked.words)

        def best(most: int) -> tuple[Rows, Vectors]:
            return lexicon.search(terms, most, allowed=allowed, fields=fields)

        lists.lexical = whole(best, shown) if mode == "lexical" or fields else best(FUSED)

    def by_meaning() -> None:
        snapshot = collection.space.snapshot()
        if not question.points and _unread(collection, asked.words):
            lists.notes.append(_UNREAD.format(name=collection.encoder_name))
            return
        vector = _vector(collection, question, snapshot)
        lists.semantic = layered(lambda most: snapshot.search(vector, most, allowed=allowed), shown)
        lists.vector = vector

    if mode != "semantic" or asked.fields:  # what a title or abstract must hold is a matter of words
        jobs.append(("Only the meaning was searched, not the words", by_words))
    if mode != "lexical" and (asked.words or question.points) and not asked.fields:
        jobs.append(("Only the words were searched, not their meaning", by_meaning))
    failed: dict[str, BroadsheetError] = {}
    for without, job in jobs:  # one after the other: at once they would slow the encoder, which uses every core
        try:
            job()
        except BroadsheetError as error:
            failed[without] = error
    if len(failed) == len(jobs):
        raise next(iter(failed.values()))
    lists.notes += [f"{without}: {str(error).removesuffix('.')}." for without, error in failed.items()]
    return lists


def _vector(collection: Collection, question: Question, snapshot: Snapshot) -> Vectors:
    """The unit vector (dim,) of the words, moved by the papers and vectors that the question points to."""
    words = question.asked.words
    text = query_vector(collection, words)[None] if words else np.empty((0, snapshot.manifest.dim), np.float32)
    if not (question.points or question.far):
        return np.asarray(text[0])
    near = snapshot.of(np.array(question.near, dtype=np.int64))
    given = question.vectors if len(question.vectors) else text[:0]
    return towards(np.concatenate([text, near, given]), snapshot.of(np.array(question.far, dtype=np.int64)))


AWAY = 0.5  # weight of the mean of the disliked papers against that of the liked


def towards(near: Vectors, far: Vectors) -> Vectors:
    """Return the unit vector (dim,) of the mean of ``near`` (n, dim) less half that of ``far`` (m, dim; m may be 0).

    Rocchio 1971, "Relevance feedback in information retrieval", on unit vectors.
    """
    mean = unit(near.mean(axis=0, keepdims=True))
    moved = unit(mean - AWAY * unit(far.mean(axis=0, keepdims=True))) if len(far) else mean
    return np.asarray(moved[0])


def _unread(collection: Collection, words: str) -> bool:
    """Whether the encoder knows none of these words, so that its vector says nothing."""
    unread = getattr(collection.encoder, "unread", None)
    return bool(unread([words])[0]) if unread else False


def query_vector(collection: Collection, words: str) -> Vectors:
    """Return the unit vector (dim,) of a query under the Collection's encoder; ModelError where another model made the
    vectors that are stored under this encoder's name."""
    own = getattr(collection.encoder, "manifest", None)
    if isinstance(own, Manifest) and collection.space.exists:
        collection.space.check(own)
    vector: Vectors = collection.encoder.encode([words], role="query")[0]
    return vector


def ordered(lists: Lists, head: Fused | None) -> Ranking:
    """Return the whole list, best first, ties still by number: ``head``, and below it the next by meaning; or without
    a head the list of the side that answered."""
    if head is not None:
        return Ranking(head, Alone(*lists.semantic, floor=float(head.scores[-1])))
    return Ranking(Alone(*lists.lexical, side="lexical") if lists.vector is None else Alone(*lists.semantic))


def fused(collection: Collection, lists: Lists, mode: str) -> Fused | None:
    """Return the union of both first hundreds, by the sum of what each side adds; None where one side alone
    answered."""
    if lists.vector is None or not len(lists.lexical[0]):
        return None
    numbers = np.union1d(lists.lexical[0][:FUSED], lists.semantic[0][:FUSED])
    by_words, word_ranks = _aligned(numbers, *lists.lexical, missing=0.0)
    by_meaning, meaning_ranks = _aligned(numbers, lists.semantic[0][:FUSED], lists.semantic[1][:FUSED], missing=np.nan)
    gaps = np.isnan(by_meaning)
    if gaps.any():
        by_meaning[gaps] = collection.space.snapshot().scores(lists.vector, numbers[gaps])
    if mode == "rrf":
        adds = reciprocal_ranks(word_ranks), reciprocal_ranks(meaning_ranks)
    else:
        adds = z_sum(by_words, by_meaning)
    sides = {"lexical": Side(by_words, word_ranks, adds[0]), "semantic": Side(by_meaning, meaning_ranks, adds[1])}
    return Fused.of(numbers, sides)


def _aligned(numbers: Rows, found: Rows, scores: Vectors, *, missing: float) -> tuple[Vectors, Rows]:
    """Scores and ranks (0: not in the list) of a found list, in the order of sorted ``numbers``."""
    places = np.searchsorted(numbers, found)
    out, ranks = np.full(len(numbers), missing, dtype=np.float32), np.zeros(len(numbers), dtype=np.int64)
    out[places], ranks[places] = scores, np.arange(1, len(found) + 1)
    return out, ranks
