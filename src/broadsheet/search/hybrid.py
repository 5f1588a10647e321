"""Search: by the words of a query and by their meaning, as one list that keeps the scores of both.

query -> question: words, allowed numbers, papers that it names -> what words and meaning find, in one order
nothing found and a slip in the query -> the same for the corrected words
exact identifiers, titles, authors on top -> one page of Results with passages and a word for the strength
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.errors import CollectionError, UsageError, nearest
from broadsheet.core.types import Filters, Mode, Results
from broadsheet.search.arrange import Arrange
from broadsheet.search.author import named_in, papers_of
from broadsheet.search.page import page
from broadsheet.search.question import Given, Question, read
from broadsheet.search.ranking import Alone, Pinned, Ranking
from broadsheet.search.relevance import NOTHING, relevance_of
from broadsheet.search.sets import composed
from broadsheet.search.sides import Lists, find, fused, ordered
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
) -> Results:
    """Find the papers that match a query best: at most ``k`` from place ``offset`` on, each with its parts.

    ``among`` are the row numbers to search (None: all), for example the papers a reader saved. ``filters`` and
    conditions in the query (``author:``, ``since:`` ...) apply inside both searches, so that k results come whenever k
    exist. Without the Space (or the encoder) only the words are searched, without the Lexicon only the meaning, and
    ``note`` says so. Without ``pins`` the query is a text: no operators, no names, no paper first for its title.
    ``stages`` are the further looks at the first papers, by name, in the order in which they are done (None: those that
    the Collection uses; see ``search.stages``). ``arrange`` puts the whole list in another order before a page of it is
    read, as ``near.view`` does. ``mode="rrf"`` (reciprocal rank fusion) is there for comparison.
    ``given`` is what comes with the query: who asks, a document, a vector. A query with set operations is answered
    without stages, each result with what its ``meanings`` added. UsageError for an unknown mode, negative numbers or a
    vector that does not fit; CollectionError when nothing was synced yet.
    """
    if mode not in MODES:
        raise UsageError(f"unknown search mode {mode!r}. {nearest(mode, MODES[:3])}")
    if k < 0 or offset < 0:
        raise UsageError(f"k and offset count from 0; got k={k}, offset={offset}")
    question = read(collection, query, filters, among=among, typed=pins, given=given)
    if question.only_missing:
        note = " ".join(question.notes)
        return Results(query=query, mode="lexical", items=(), offset=offset, note=note, missing=question.missing)
    if not question.asked.words and not question.asked.fields and not question.points:
        return _newest(collection, query, question, k=k, offset=offset, arrange=arrange)
    if question.asked.sets:
        return _by_sets(collection, query, question, mode=mode, k=k, offset=offset, arrange=arrange)
    lists = find(collection, question, mode, offset + k + 1)
    better = _respelled(collection, question) if pins else ""
    searched = better if better and _nothing_near(collection, lists) else ""
    if searched:
        question = replace(question, asked=replace(question.asked, words=searched), missing=())
        lists = find(collection, question, mode, offset + k + 1)
    notes = [*_spelling_notes(searched, better), *question.notes]
    order = _ordered(collection, question, lists, mode=mode, stages=stages)
    if pins and not question.asked.fields:
        order, told = _pin(collection, question, order)
        notes += told
    order = _without_deleted(collection, order).without([*question.near, *question.far])
    order = arrange(collection, order) if arrange else order
    if question.asked.fields and mode != "lexical":
        notes.append(_BY_WORDS)
    why = "" if len(order) else _why_nothing(collection, question)
    notes += [why] if why == _EMPTY else [*lists.notes, why]  # nothing else is worth saying of no papers
    note = " ".join(filter(None, notes))
    results = page(
        collection,
        question.asked,
        order,
        k=k,
        offset=offset,
        mode=lists.mode,
        query=query,
        note=note,
        relevance=NOTHING if question.points else relevance_of(collection, order, lists),
    )
    return replace(results, searched=searched, suggestion="" if searched else better, missing=question.missing)


def _by_sets(
    collection: Collection, query: str, question: Question, *, mode: str, k: int, offset: int, arrange: Arrange | None
) -> Results:
    """A page of the papers for set operations on meanings."""
    order, used, told = composed(collection, question, mode)
    order = _without_deleted(collection, order).without([*question.near, *question.far])
    order = arrange(collection, order) if arrange else order
    notes = [*question.notes, *told, "" if len(order) else _why_nothing(collection, question)]
    note = " ".join(filter(None, notes))
    return page(collection, question.asked, order, k=k, offset=offset, mode=used, query=query, note=note)


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


def _pin(collection: Collection, question: Question, order: Ranking) -> tuple[Ranking, list[str]]:
    """The order with papers on top whose identifier, title or author is the query, and notes on authors."""
    top: dict[int, Pinned] = dict.fromkeys(question.named, "identifier")
    for each in question.titled:
        top.setdefault(each, "title")
    notes = []
    if not top:
        by_author = papers_of(collection, question.asked.words)
        top = dict.fromkeys(by_author, "author")
        name = "" if top else named_in(collection, question.asked.words)
        if top:
            notes.append(f"Papers by {question.asked.words} come first.")
        elif name:
            notes.append(f'To see only papers by {name}, add author:"{name}".')
    if question.allowed is not None:
        top = {number: why for number, why in top.items() if number in question.allowed}
    return (order.pinned(top) if top else order), notes


def _without_deleted(collection: Collection, order: Ranking) -> Ranking:
    """The order without papers deleted since the last sync: deleting takes effect at once."""
    since = min(collection.lexicon.change, collection.space.change)
    return order.without(collection.store.papers.deleted_since(since))


def _newest(
    collection: Collection, query: str, question: Question, *, k: int, offset: int, arrange: Arrange | None
) -> Results:
    """Without words there is nothing to rank by: the newest papers that meet the conditions, or none."""
    if question.allowed is None:
        note = " ".join(["Type some words to search for.", *question.notes])
        return Results(query=query, mode="lexical", items=(), offset=offset, note=note)
    numbers = collection.store.papers.newest_first(question.allowed)
    order = Ranking(Alone(np.array(numbers, dtype=np.int64), -np.arange(len(numbers), dtype=np.float32), side=""))
    order = arrange(collection, order) if arrange else order
    why = "No words to rank by: newest first." if numbers else _why_nothing(collection, question)
    note = " ".join([*question.notes, why])
    return page(collection, question.asked, order, k=k, offset=offset, mode="lexical", query=query, note=note)


def _why_nothing(collection: Collection, question: Question) -> str:
    if not collection.store.papers.count():
        return _EMPTY
    if question.missing:
        return ""  # said already
    if question.allowed is not None and not len(question.allowed):
        return "No paper meets all the conditions."
    return "No paper has any of these words." if question.asked.words else "No paper matches."
