"""Similar in an aspect: the papers whose task, method, data or result is nearest to that of one paper.

the paper's whole vector, and that of the aspect -> the nearest papers by each -> for all of these the cosine of the
whole, and that of the sentences of the aspect by optimal transport -> half and half -> a page, with these sentences
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.aspects import ASPECTS, Aspect, require_aspect
from broadsheet.core.errors import NotFoundError, UsageError
from broadsheet.core.query import Asked as Query
from broadsheet.core.topic import unknown_note
from broadsheet.core.types import Document, Filters, Results
from broadsheet.core.vectors import Rows
from broadsheet.search.arrange import Arrange
from broadsheet.search.aspects.scores import SURE, Asked, alike, aspect_scores, aspect_vectors, weighed
from broadsheet.search.page import page
from broadsheet.search.ranking import Fused, Ranking, Side
from broadsheet.search.recommend import recommend

_NEAR = 500  # papers that are nearest by the whole, and by the aspect


def similar_in(
    collection: Collection,
    id: str,
    aspect: str,
    *,
    k: int = 10,
    filters: Filters | None = None,
    offset: int = 0,
    arrange: Arrange | None = None,
) -> Results:
    """Find at most ``k`` papers that are like one paper, named by id or alias, in an aspect, best first; each with the
    sentences that match. ``note`` says so where the paper has no sentence of that role, or was not read yet.

    UsageError for an unknown aspect or negative numbers, NotFoundError for an unknown id, CollectionError when
    sentences were not built.
    """
    chosen = require_aspect(aspect)
    if k < 0 or offset < 0:
        raise UsageError(f"k and offset count from 0; got k={k}, offset={offset}")
    number = collection.store.papers.number(id)
    paper = collection.store.papers.by_numbers([number]).get(number) if number else None
    if paper is None or number is None:
        raise NotFoundError(f"no paper has the id {id!r} in {collection.path}: find its id with `broadsheet search`")
    state, snapshot = collection.sentences.snapshot(), collection.space.snapshot()
    whole = snapshot.of(np.array([number]))
    own = aspect_vectors(state, np.array([number]), chosen)[0]
    if not len(whole) or np.isnan(own).any():
        note = f"Compared as a whole: the {chosen} of this paper is not known. {_why(collection, number)}"
        found = recommend(collection, [paper.id], k=k, filters=filters, offset=offset, arrange=arrange)
        return replace(found, note=f"{note} {found.note}".strip())
    allowed = collection.store.papers.numbers_where(filters) if filters else None
    near = [snapshot.search(whole[0], _NEAR, allowed=allowed)[0]]
    near.append(state.nearest(own, _NEAR, chosen, allowed=allowed)[0])
    numbers = np.setdiff1d(np.union1d(*near), [number])
    asked = Asked(whole[0], weighed(state.of(np.array([number]))[0], chosen))
    order = _ordered(collection, asked, chosen, numbers)
    order = order.without(collection.store.papers.deleted_since(snapshot.pointer.change))
    order = arrange(collection, order) if arrange else order
    note = " ".join(filter(None, [_note(collection, number, chosen), _unknown(collection, filters)]))
    results = page(collection, Query(""), order, k=k, offset=offset, mode="semantic", query=id, note=note)
    return _with_sentences(collection, results, (number, paper), chosen)


def related(collection: Collection, id: str, *, k: int = 3) -> dict[Aspect, Results]:
    """Return the papers that are like one paper in each aspect. Errors as ``similar_in``."""
    return {aspect: similar_in(collection, id, aspect, k=k) for aspect in ASPECTS}


def _ordered(collection: Collection, asked: Asked, aspect: Aspect, numbers: Rows) -> Ranking:
    whole, own = aspect_scores(collection, asked, aspect, numbers)
    there = np.isfinite(whole)
    numbers, whole, own = numbers[there], whole[there], own[there]
    return Ranking(Fused.of(numbers, {"semantic": _half(whole), "aspect": _half(own)}))


def _half(scores: np.ndarray) -> Side:
    ranks = np.empty(len(scores), np.int64)
    ranks[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
    return Side(scores.astype(np.float32), ranks, scores.astype(np.float64) / 2)


def _with_sentences(collection: Collection, results: Results, paper: tuple[int, Document], aspect: Aspect) -> Results:
    state = collection.sentences.snapshot()
    numbers = collection.store.papers.numbers([each.document.id for each in results.items])
    items = []
    for each in results.items:
        pairs = alike(state, paper, (numbers[each.document.id], each.document), aspect)
        passage = pairs[0].found if pairs else each.passage
        items.append(replace(each, alike=tuple(pairs), passage=passage, matched=() if pairs else each.matched))
    return replace(results, items=tuple(items))


def _note(collection: Collection, number: int, aspect: Aspect) -> str:
    (parts,) = collection.sentences.snapshot().of(np.array([number]))
    if parts.roles[:, ASPECTS.index(aspect)].max(initial=0) >= SURE:
        return ""
    return f"No sentence of this paper clearly says its {aspect}: all are weighed by how likely they do."


def _why(collection: Collection, number: int) -> str:
    if collection.sentences.snapshot().rows(np.array([number]))[0] < 0:
        return "Run `broadsheet aspects build` to read the papers that came since."
    return "It has no abstract."


def _unknown(collection: Collection, filters: Filters | None) -> str:
    return unknown_note(collection.store.topics.unknown(filters or Filters()))
