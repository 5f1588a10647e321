"""From a ranked list of numbers to a page of Results: documents, passages, and the strength of each match in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from itertools import accumulate, pairwise
from operator import itemgetter

from broadsheet.collection import Collection
from broadsheet.core.query import Asked
from broadsheet.core.relevance import strength
from broadsheet.core.text import clipped, sentences
from broadsheet.core.types import Document, Mode, Result, Results, Same, Strength
from broadsheet.core.words import is_plain, places
from broadsheet.search.ranking import Listed, Ranking
from broadsheet.search.relevance import NOTHING, Relevance

_LONGEST_PASSAGE = 400
_MOST_COUNTED = 100  # papers of a list whose topics are counted, wherever the page begins
_MOST_READ = 20_000  # characters of a text that are searched for a passage
_ALL = 0.99  # the share of a query's words that counts as all of them


def page(
    collection: Collection,
    asked: Asked,
    order: Ranking,
    *,
    k: int,
    offset: int,
    mode: Mode,
    query: str,
    note: str,
    relevance: Relevance = NOTHING,
) -> Results:
    """Return the Results from place ``offset`` on, at most ``k``; equal scores are sorted by id. Where ``relevance`` is
    known, the words for the strength are read off it."""
    window, documents = _window(collection, order, offset, k)
    reader = _Reader(collection, asked.words, collection.bands if mode != "lexical" else ())
    ids = collection.store.papers.ids([number for each in window for number, _ in each.same])
    items = tuple(
        replace(_result(reader, documents[each.number], each, rank, relevance.at(rank - 1)), same=_same(each, ids))
        for rank, each in enumerate(window, offset + 1)
        if each.number in documents
    )
    more = len(order) > offset + k and (bool(items) or not window)  # a page of papers that are gone leads nowhere
    topics = collection.store.topics.counted(order.numbers(_MOST_COUNTED))
    return Results(
        query=query,
        mode=mode,
        items=items,
        offset=offset,
        more=more,
        note=note,
        topics=topics,
        cutoff=relevance.cutoff,
        answerable=relevance.answerable,
    )


def _window(collection: Collection, order: Ranking, offset: int, k: int) -> tuple[list[Listed], dict[int, Document]]:
    """The places to show; ties (of unpinned papers) that reach into them are sorted by id, unless the order is
    final."""
    start, end = min(offset, len(order)), min(offset + k, len(order))
    if order.final:
        shown = [order[place] for place in range(start, end)]
        return shown, collection.store.papers.by_numbers([each.number for each in shown])
    while 0 < start < len(order) and _tied(order[start - 1], order[start]):
        start -= 1
    while start < end < len(order) and _tied(order[end - 1], order[end]):
        end += 1
    part = [order[place] for place in range(start, end)]
    if any(_tied(one, next_) for one, next_ in pairwise(part)):
        ids = collection.store.papers.ids([each.number for each in part])
        runs = accumulate((not _tied(one, next_) for one, next_ in pairwise(part)), initial=0)
        named = zip(runs, (ids.get(each.number, "") for each in part), part, strict=True)
        part = [each for *_, each in sorted(named, key=itemgetter(0, 1))]
    shown = part[offset - start : offset - start + k]
    return shown, collection.store.papers.by_numbers([each.number for each in shown])


def _same(listed: Listed, ids: Mapping[int, str]) -> tuple[Same, ...]:
    return tuple(Same(ids[number], confidence) for number, confidence in listed.same if number in ids)


def _tied(one: Listed, other: Listed) -> bool:
    return one.score == other.score and not one.pinned and not other.pinned


def _result(reader: _Reader, document: Document, listed: Listed, rank: int, probability: float | None) -> Result:
    semantic = listed.parts.get("semantic")
    cosine = semantic.score if semantic else None
    passage, matched, share = reader.passage(document, counted=cosine is None)
    return Result(
        document=document,
        rank=rank,
        score=listed.score,
        strength=_strength(listed, probability) or reader.strength(cosine, share),
        relevance=probability,
        parts=listed.parts,
        meanings=listed.meanings,
        pinned=listed.pinned,
        passage=passage,
        matched=matched,
    )


def _strength(listed: Listed, probability: float | None) -> Strength | None:
    """The word for a match that was named by the query or has a probability; None for others."""
    if listed.pinned:
        return Strength.EXACT
    return None if probability is None else strength(probability)


class _Reader:
    """Reads documents for one query: which of its words they contain, and which sentence has most."""

    def __init__(self, collection: Collection, words: str, bands: Sequence[float]) -> None:
        self._stems = collection.stems
        self._bands = bands
        self._wanted = frozenset(self._stems.of(words))
        self._roots = [(stem, self._stems.root(stem)) for stem in self._wanted]

    def passage(self, document: Document, *, counted: bool) -> tuple[str, tuple[tuple[int, int], ...], float]:
        """Find the sentence with most of the query's words (the first, if none has any), the places of these in it,
        and the share of the query's words that the whole document contains; unless it is to be ``counted``, a share
        below ``_ALL`` may be less."""
        pieces = sentences(document.shown_text[:_MOST_READ])
        best, most, seen = next(iter(pieces), ""), 0, set(self._held(document.shown_title))
        for piece in pieces:
            held = self._may_hold(piece)
            if len(held) > most and len(held := self._held(piece)) > most:
                best, most = piece, len(held)
            seen |= held
        if counted or len(seen) >= _ALL * len(self._wanted):
            seen = set(self._held(document.shown_title)).union(*map(self._held, pieces))
        shown = clipped(best, _LONGEST_PASSAGE)
        marks = _joined(self._marks(shown)) if most else ()
        return shown, marks, len(seen) / len(self._wanted) if self._wanted else 0.0

    def _may_hold(self, text: str) -> AbstractSet[str]:
        """Return words of the query, all those that a text has among them: none whose first letters it lacks."""
        if not is_plain(text):
            return self._wanted
        lower = text.lower()
        return {stem for stem, root in self._roots if root in lower}

    def _held(self, text: str) -> frozenset[str]:
        """Return which of the query's words a text has, in any form with the same stem."""
        return self._wanted.intersection(self._stems.all(text)) if self._wanted else frozenset()

    def _marks(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where the query's words are in a text."""
        for start, end, word in places(text):
            if not self._wanted.isdisjoint(self._stems[word]):
                yield start, end

    def strength(self, cosine: float | None, share: float) -> Strength:
        """Name the strength of a match: the band of its cosine, raised by one where the document has all the words."""
        if cosine is None:
            return Strength.GOOD if share >= _ALL else Strength.FAIR if share >= 0.5 else Strength.WEAK
        return Strength.of(cosine, self._bands, raised=share >= _ALL)


def _joined(marks: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Join places that overlap: pairs of characters do."""
    joined: list[tuple[int, int]] = []
    for start, end in marks:
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return tuple(joined)
