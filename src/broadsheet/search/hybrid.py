"""Search: by the words of a query and by their meaning, as one list that keeps the scores of both.

    query -> conditions -> allowed numbers -> best 100 by words, best 1,000 by meaning, both among the allowed
    union of both first hundreds -> z-scores, half and half -> below it the next by meaning: paging never reorders
    exact identifiers and titles on top -> one page of Results with passages and a word for the strength

The setting ``hybrid`` was chosen by measurement: see docs/benchmarks.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.errors import BroadsheetError, UsageError, nearest
from broadsheet.core.fusion import reciprocal_ranks, z_sum
from broadsheet.core.identity import lookup
from broadsheet.core.query import Asked, ask
from broadsheet.core.text import plain
from broadsheet.core.types import Filters, Mode, Results
from broadsheet.core.vectors import Rows, Vectors
from broadsheet.search.depth import layered, whole
from broadsheet.search.page import page
from broadsheet.search.ranking import Alone, Fused, Pinned, Ranking, Side

FUSED = 100  # papers of each list that are joined; a deeper union lets weak matches move the scale
MODES = ("hybrid", "lexical", "semantic", "rrf")
_BY_WORDS = "Conditions on the title or abstract are matched by words alone."
_NONE: tuple[Rows, Vectors] = (np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32))


@dataclass
class Lists:
    """What both sides found: numbers and scores, best first; ``notes`` say why a side is missing."""

    lexical: tuple[Rows, Vectors] = _NONE
    semantic: tuple[Rows, Vectors] = _NONE
    vector: Vectors | None = None
    notes: list[str] = field(default_factory=list)


def search(
    collection: Collection,
    query: str,
    *,
    k: int = 10,
    mode: Mode | Literal["rrf"] = "hybrid",
    filters: Filters | None = None,
    offset: int = 0,
    pins: bool = True,
    among: Sequence[int] | None = None,
) -> Results:
    """Find the papers that match a query best: at most ``k`` from place ``offset`` on, each with its parts.

    ``among`` are the row numbers to search (None: all), for example the papers a reader saved. ``filters`` and
    conditions in the query (``author:``, ``since:`` ...) apply inside both searches, so that k results come whenever k
    exist. Without the Space (or the encoder) only the words are searched, without the Lexicon only the meaning, and
    ``note`` says so. ``mode="rrf"`` (reciprocal rank fusion) is there for comparison. UsageError for an unknown mode or
    negative numbers; CollectionError when nothing was synced yet.
    """
    if mode not in MODES:
        raise UsageError(f"unknown search mode {mode!r}. {nearest(mode, MODES[:3])}")
    if k < 0 or offset < 0:
        raise UsageError(f"k and offset count from 0; got k={k}, offset={offset}")
    asked = ask(query, filters)
    narrowed = asked.filters or among is not None
    allowed = collection.store.papers.numbers_where(asked.filters, among=among) if narrowed else None
    if not asked.words and not asked.fields:
        return _newest(collection, query, asked, allowed, k, offset)
    lists = _find(collection, asked, mode, allowed, shown=offset + k + 1)
    order = _ordered(collection, lists, mode)
    if pins and not asked.fields:
        order = _pin(collection, asked.words, allowed, order)
    order = _without_deleted(collection, order)
    done: Mode = (
        "semantic" if not len(lists.lexical[0]) and lists.vector is not None and mode != "lexical" else "hybrid"
    )
    done = "lexical" if lists.vector is None else done
    by_words = _BY_WORDS if asked.fields and mode != "lexical" else ""
    notes = [asked.note, by_words, *lists.notes, "" if len(order) else _why_nothing(collection, asked, allowed)]
    return page(
        collection, asked, order, k=k, offset=offset, mode=done, query=query, note=" ".join(filter(None, notes))
    )


def _find(collection: Collection, asked: Asked, mode: str, allowed: Rows | None, *, shown: int) -> Lists:
    """Search by words and by meaning; where one fails, a note says so and the other answers."""
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
        vector = query_vector(collection, asked.words)
        lists.semantic = layered(lambda most: snapshot.search(vector, most, allowed=allowed), shown)
        lists.vector = vector

    if mode != "semantic" or asked.fields:  # what a title or abstract must hold is a matter of words
        jobs.append(("Only the meaning was searched, not the words", by_words))
    if mode != "lexical" and asked.words and not asked.fields:
        jobs.append(("Only the words were searched, not their meaning", by_meaning))
    failed: dict[str, BroadsheetError] = {}
    for without, job in jobs:  # one after the other: at once they would slow the encoder, which uses every core
        try:
            job()
        except BroadsheetError as error:
            failed[without] = error
    if len(failed) == len(jobs):
        raise next(iter(failed.values()))
    lists.notes += [f"{without}: {error}." for without, error in failed.items()]
    return lists


def query_vector(collection: Collection, words: str) -> Vectors:
    """Return the unit vector (dim,) of a query under the Collection's encoder."""
    vector: Vectors = collection.encoder.encode([words], role="query")[0]
    return vector


def _ordered(collection: Collection, lists: Lists, mode: str) -> Ranking:
    """The whole list, best first, ties still by number."""
    if lists.vector is None:
        return Ranking(Alone(*lists.lexical, side="lexical"))
    if not len(lists.lexical[0]):
        return Ranking(Alone(*lists.semantic))
    head = _fused(collection, lists, mode)
    return Ranking(head, Alone(*lists.semantic, floor=head.at(len(head.numbers) - 1).score))


def _fused(collection: Collection, lists: Lists, mode: str) -> Fused:
    """The union of both first hundreds, by the sum of what each side adds."""
    numbers = np.union1d(lists.lexical[0][:FUSED], lists.semantic[0][:FUSED])
    by_words, word_ranks = _aligned(numbers, *lists.lexical, missing=0.0)
    by_meaning, meaning_ranks = _aligned(numbers, lists.semantic[0][:FUSED], lists.semantic[1][:FUSED], missing=np.nan)
    gaps = np.isnan(by_meaning)
    if gaps.any() and lists.vector is not None:
        by_meaning[gaps] = collection.space.snapshot().scores(lists.vector, numbers[gaps])
    if mode == "rrf":
        adds = reciprocal_ranks(word_ranks), reciprocal_ranks(meaning_ranks)
    else:
        adds = z_sum(by_words, by_meaning)
    return Fused.of(numbers, Side(by_words, word_ranks, adds[0]), Side(by_meaning, meaning_ranks, adds[1]))


def _aligned(numbers: Rows, found: Rows, scores: Vectors, *, missing: float) -> tuple[Vectors, Rows]:
    """Scores and ranks (0: not in the list) of a found list, in the order of sorted ``numbers``."""
    places = np.searchsorted(numbers, found)
    out, ranks = np.full(len(numbers), missing, dtype=np.float32), np.zeros(len(numbers), dtype=np.int64)
    out[places], ranks[places] = scores, np.arange(1, len(found) + 1)
    return out, ranks


def _pin(collection: Collection, words: str, allowed: Rows | None, order: Ranking) -> Ranking:
    """The order with papers on top whose identifier or title is the query."""
    name = lookup(words)
    number = collection.store.papers.number(name) if name else None
    top: dict[int, Pinned] = {number: "identifier"} if number else {}
    for each in collection.store.papers.with_title(plain(words)):
        top.setdefault(each, "title")
    if allowed is not None:
        top = {number: why for number, why in top.items() if number in allowed}
    return order.pinned(top) if top else order


def _without_deleted(collection: Collection, order: Ranking) -> Ranking:
    """The order without papers deleted since the last sync: deleting takes effect at once."""
    since = min(collection.lexicon.change, collection.space.change)
    return order.without(collection.store.papers.deleted_since(since))


def _newest(collection: Collection, query: str, asked: Asked, allowed: Rows | None, k: int, offset: int) -> Results:
    """Without words there is nothing to rank by: the newest papers that meet the conditions, or none."""
    if allowed is None:
        note = " ".join(filter(None, ["Type some words to search for.", asked.note]))
        return Results(query=query, mode="lexical", items=(), offset=offset, note=note)
    numbers = collection.store.papers.newest_first(allowed)
    order = Ranking(Alone(np.array(numbers, dtype=np.int64), -np.arange(len(numbers), dtype=np.float32), side=""))
    note = "No words to rank by: newest first." if numbers else _why_nothing(collection, asked, allowed)
    return page(collection, asked, order, k=k, offset=offset, mode="lexical", query=query, note=note)


def _why_nothing(collection: Collection, asked: Asked, allowed: Rows | None) -> str:
    if not collection.store.papers.count():
        return "The Collection is empty: ingest a source, then sync."
    if allowed is not None and not len(allowed):
        return "No paper meets all the conditions."
    return "No paper has any of these words." if asked.words else "No paper matches."
