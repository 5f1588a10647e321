"""Search: by the words of a query and by their meaning, as one list that keeps the scores of both.

query -> question: words, allowed numbers, papers that it names -> what words and meaning find, in one order
nothing relevant found and a slip in the query -> the same for the corrected words
exact identifiers, titles, authors on top -> what is relevant by date or votes, if that is asked for
-> one page of Results with passages, a word for the strength, and facets of what is relevant
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.errors import CollectionError, UsageError, nearest
from broadsheet.core.types import Filters, Mode, Results, Sort
from broadsheet.search.arrange import Arrange
from broadsheet.search.facets import READ, facets
from broadsheet.search.page import page
from broadsheet.search.question import Given, Question, read
from broadsheet.search.ranking import Alone, Pinned, Ranking
from broadsheet.search.recognition import Recognised, recognise
from broadsheet.search.relevance import NOTHING, Relevance, relevance_of
from broadsheet.search.sets import composed
from broadsheet.search.sides import Lists, find, fused, ordered
from broadsheet.search.sort import SORTS, UNTOLD, relevant, sorted_by
from broadsheet.search.spelling import corrected
from broadsheet.search.stages import chosen, staged
from broadsheet.search.stages.aspect import in_aspect

MODES = ("hybrid", "lexical", "semantic", "rrf")
_EMPTY = "The Collection is empty: ingest a source, then sync."
_BY_WORDS = "Conditions on the title or abstract are matched by words alone."


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
    stages: Sequence[str] | None = None,
    given: Given | None = None,
    arrange: Arrange | None = None,
    sort: Sort = "best",
    with_facets: bool = False,
) -> Results:
    """Find the papers that match a query best: at most ``k`` from place ``offset`` on, each with its parts.

    ``among`` are the row numbers to search (None: all), for example the papers a reader saved. ``filters`` and
    conditions in the query (``author:``, ``since:`` ...) apply inside both searches, so that k results come whenever k
    exist. Without the Space (or the encoder) only the words are searched, without the Lexicon only the meaning, and
    ``note`` says so. Without ``pins`` the query is a text: no operators, no names, no paper first for its title.
    ``stages`` are the further looks at the first papers, by name, in the order in which they are done (None: those that
    the Collection uses; see ``search.stages``). ``arrange`` puts the whole list in another order before a page of it is
    read, as ``near.view`` does. ``sort`` puts the relevant papers by date or votes (see ``search.sort``), and
    ``with_facets`` counts what they have in common. ``mode="rrf"`` (reciprocal rank fusion) is there for comparison.
    ``given`` is what comes with the query: who asks, a document, a vector. A query with set operations is answered
    without stages, each result with what its ``meanings`` added. UsageError for an unknown mode or sort, negative
    numbers or a vector that does not fit; CollectionError when nothing was synced yet.
    """
    if mode not in MODES:
        raise UsageError(f"unknown search mode {mode!r}. {nearest(mode, MODES[:3])}")
    if sort not in SORTS:
        raise UsageError(f"unknown order {sort!r}. {nearest(sort, SORTS)}")
    if k < 0 or offset < 0:
        raise UsageError(f"k and offset count from 0; got k={k}, offset={offset}")
    question = read(collection, query, filters, among=among, typed=pins, given=given)
    wanted = _Wanted(query, k, offset, arrange, sort, with_facets)
    if question.only_missing:
        note = " ".join(question.notes)
        return Results(
            query=query, mode="lexical", items=(), offset=offset, note=note, missing=question.missing,
            restated=(question.missing_note,), sort=sort,
        )  # fmt: skip
    if not question.asked.words and not question.asked.fields and not question.points:
        return _newest(collection, question, wanted)
    if question.asked.sets:
        return _by_sets(collection, question, wanted, mode=mode)
    ask = partial(_asked, collection, wanted=wanted, mode=mode, stages=stages, pins=pins)
    found = ask(question)
    better = _respelled(collection, question) if pins and not found.seen.numbers else ""  # names are not respelled
    searched = ""
    if better and found.nothing:
        other = replace(question, asked=replace(question.asked, words=better), missing=())
        again = ask(other)
        if again.nothing:
            better = ""  # neither says anything
        else:
            question, found, searched = other, again, better
    spelling = _spelling_notes(searched, better)
    notes = [*spelling, *question.notes, *found.seen.notes]
    if question.asked.fields and mode != "lexical":
        notes.append(_BY_WORDS)
    why = "" if len(found.order) else _why_nothing(collection, question)
    notes += [why] if why == _EMPTY else [*found.lists.notes, why]  # nothing else is worth saying of no papers
    results = _page(
        collection, question, found.order, wanted, mode=found.lists.mode, notes=notes, relevance=found.relevance
    )
    return replace(
        results,
        searched=searched,
        suggestion="" if searched else better,
        missing=question.missing,
        named=found.seen.named,
        restated=tuple(filter(None, (*spelling, *found.seen.notes, question.missing_note))),
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """A whole list: its order, what both sides found, what the query names, and how relevant the places are;
    ``nears`` is whether any paper has a word of the query or is near to it in meaning."""

    order: Ranking
    lists: Lists
    seen: Recognised
    relevance: Relevance
    nears: bool

    @property
    def nothing(self) -> bool:
        """Whether nothing was found that can be about the query."""
        return not self.nears or relevant(self.order, self.relevance) == 0


def _asked(
    collection: Collection,
    question: Question,
    *,
    wanted: _Wanted,
    mode: str,
    stages: Sequence[str] | None,
    pins: bool,
) -> _Found:
    """The whole list of a question."""
    lists = find(collection, question, mode, wanted.depth)
    order = _ordered(collection, question, lists, mode=mode, stages=stages)
    named = pins and not question.asked.fields
    seen = recognise(collection, question) if named else Recognised()
    order = _arranged(collection, question, _pin(question, order, seen) if named else order, wanted.arrange)
    relevance = NOTHING if question.points else relevance_of(collection, order, lists)
    return _Found(order, lists, seen, relevance, not _nothing_near(collection, lists))


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which part of the list of a query is wanted, and how."""

    query: str
    k: int
    offset: int
    arrange: Arrange | None
    sort: Sort
    with_facets: bool

    @property
    def depth(self) -> int:
        """How many places are needed."""
        least = UNTOLD if self.with_facets or self.sort != "best" else 0
        return max(least, self.offset + self.k + 1)


def _arranged(collection: Collection, question: Question, order: Ranking, arrange: Arrange | None) -> Ranking:
    """The list without deleted papers and those that were pointed to, as it is to be seen."""
    order = _without_deleted(collection, order).without([*question.near, *question.far])
    return arrange(collection, order) if arrange else order


def _page(
    collection: Collection,
    question: Question,
    order: Ranking,
    wanted: _Wanted,
    *,
    mode: Mode,
    notes: Sequence[str],
    relevance: Relevance = NOTHING,
) -> Results:
    """The part of the list that is wanted, in its order, with the facets of what is relevant."""
    order, relevance = sorted_by(collection, order, relevance, wanted.sort)
    note = " ".join(filter(None, notes))
    results = page(
        collection, question.asked, order, k=wanted.k, offset=wanted.offset, mode=mode, query=wanted.query, note=note,
        relevance=relevance,
    )  # fmt: skip
    count = relevant(order, relevance)
    numbers = order.numbers(UNTOLD if count is None else count) if wanted.with_facets else []
    return replace(results, relevant=count, sort=wanted.sort, facets=facets(collection, numbers))


def _by_sets(collection: Collection, question: Question, wanted: _Wanted, *, mode: str) -> Results:
    """A page of the papers for set operations on meanings."""
    order, used, told = composed(collection, question, mode)
    order = _arranged(collection, question, order, wanted.arrange)
    notes = [*question.notes, *told, "" if len(order) else _why_nothing(collection, question)]
    return _page(collection, question, order, wanted, mode=used, notes=notes)


def _ordered(
    collection: Collection, question: Question, lists: Lists, *, mode: str, stages: Sequence[str] | None
) -> Ranking:
    """The whole list, its head after the stages; the notes of these are added to those of the lists."""
    head = fused(collection, lists, mode)
    if head is not None and lists.vector is not None and mode == "hybrid":
        names = chosen(collection) if stages is None else stages
        head, notes = staged(collection, question.asked.words, lists.vector, head, names)
        lists.notes += notes
    if question.asked.aspect:
        head, told = in_aspect(collection, head, lists.vector, question.asked.aspect)
        lists.notes += told
    return ordered(lists, head)


def _respelled(collection: Collection, question: Question) -> str:
    """The words of a question without slips; empty when there are none, or when it says what must occur."""
    if question.titled or question.named or question.asked.required or question.asked.fields or question.points:
        return ""
    try:
        return corrected(collection, question.asked.words)
    except CollectionError:
        return ""


def _nothing_near(collection: Collection, lists: Lists) -> bool:
    """Whether no paper has any of the words, and none is near in meaning."""
    if len(lists.lexical[0]):
        return False
    return lists.vector is None or not len(lists.semantic[1]) or bool(lists.semantic[1][0] < collection.bands[0])


def _spelling_notes(searched: str, better: str) -> list[str]:
    if searched:
        return [f"Showing results for “{searched}”. To search for what you typed, put it in quotes."]
    return [f"Did you mean “{better}”?"] if better else []


def _pin(question: Question, order: Ranking, seen: Recognised) -> Ranking:
    """The order with papers on top whose identifier, title or author is the query."""
    top: dict[int, Pinned] = dict.fromkeys(question.named, "identifier")
    for each in question.titled:
        top.setdefault(each, "title")
    top = top or dict.fromkeys(seen.numbers, "author")
    if question.allowed is not None:
        top = {number: why for number, why in top.items() if number in question.allowed}
    return order.pinned(top) if top else order


def _without_deleted(collection: Collection, order: Ranking) -> Ranking:
    """The order without papers deleted since the last sync: deleting takes effect at once."""
    since = min(collection.lexicon.change, collection.space.change)
    return order.without(collection.store.papers.deleted_since(since))


def _newest(collection: Collection, question: Question, wanted: _Wanted) -> Results:
    """Without words there is nothing to rank by: the newest papers that meet the conditions, or none."""
    if question.allowed is None:
        note = " ".join(["Type some words to search for.", *question.notes])
        return Results(query=wanted.query, mode="lexical", items=(), offset=wanted.offset, note=note, sort=wanted.sort)
    store, votes = collection.store, wanted.sort == "votes"
    numbers = (store.tally.by_votes if votes else store.papers.newest_first)(question.allowed.tolist())
    order = Ranking(Alone(np.array(numbers, dtype=np.int64), -np.arange(len(numbers), dtype=np.float32), side=""))
    order = wanted.arrange(collection, order) if wanted.arrange else order
    seen = recognise(collection, question)
    why = f"No words to rank by: {'most votes' if votes else 'newest'} first."
    note = " ".join([*question.notes, why if numbers else _why_nothing(collection, question)])
    results = page(
        collection, question.asked, order, k=wanted.k, offset=wanted.offset, mode="lexical", query=wanted.query,
        note=note,
    )  # fmt: skip
    shown = order.numbers(READ) if wanted.with_facets else []
    return replace(results, relevant=len(order), sort=wanted.sort, facets=facets(collection, shown), named=seen.named)


def _why_nothing(collection: Collection, question: Question) -> str:
    if not collection.store.papers.count():
        return _EMPTY
    if question.missing:
        return ""  # said already
    if question.allowed is not None and not len(question.allowed):
        return "No paper meets all the conditions."
    return "No paper has any of these words." if question.asked.words else "No paper matches."
