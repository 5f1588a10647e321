"""Papers of the same work among others, each pair with the probability that it is one work.

pairs that share a title, an identifier or a part of their texts, and pairs with near vectors -> which are one work?
a reader said so; or the rule of ``core.works`` finds it; or the probability of ``core.confidence`` is high enough
readers and sources that keep two papers apart are heeded; nothing is deleted and no id changes
"""

from __future__ import annotations

from collections.abc import Collection as Several
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core import titles, works
from broadsheet.core.confidence import SURE, confidence
from broadsheet.core.errors import CollectionError
from broadsheet.core.types import Document
from broadsheet.core.vectors import products
from broadsheet.core.works import Tie
from broadsheet.near import decisions
from broadsheet.near.decisions import decided
from broadsheet.near.vectors import above_chance, rows_of, snapshot_of

_DEVIATIONS, _NEAR = 6.0, 0.95  # how far above chance two copies lie at least; the highest cosine that this may mean
_NEAREST = 20  # papers near one that are looked at as copies of it
_READERS = 1.0  # the confidence of a pair that a reader joined
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Copy:
    """Another paper that may be the same work, the probability that it is, and whether it counts as the same work."""

    document: Document
    confidence: float
    same: bool


def likely(one: Document, other: Document) -> Tie | None:
    """Return what makes two papers one work: the rule, else a high probability; None for what sources keep apart."""
    if (kind := works.tie(one, other)) or works.apart(one, other):
        return kind
    strangers = one.authors and other.authors and not works.in_common(one.authors, other.authors)
    if strangers and not titles.similar(one.shown_title, other.shown_title):
        return None  # whatever their texts share, the probability is too low: quicker than to compare them
    return "likely" if confidence(one, other) >= SURE else None


def groups(collection: Collection, numbers: Sequence[int]) -> list[list[tuple[int, float]]]:
    """Return the works of which two or more papers are among ``numbers``: the papers of each in the order given, each
    with the probability that it is the same work as the first."""
    same = decided(collection, "same")
    pairs = _candidates(collection, numbers, same)
    papers = collection.store.papers.by_numbers(sorted({number for pair in pairs for number in pair}))
    pairs = [(one, other) for one, other in pairs if one in papers and other in papers]
    is_apart, is_same = decisions.among(decided(collection, "apart")), decisions.among(same)
    found = works.groups(papers, pairs, is_apart, is_same, rule=likely)
    place = {number: at for at, number in enumerate(numbers)}
    ordered = [sorted(group, key=place.__getitem__) for group in found]
    return [[(first, 1.0), *((n, _sure(papers, (first, n), same)) for n in rest)] for first, *rest in ordered]


def copies_of(collection: Collection, document: Document) -> list[Copy]:
    """Return the papers that may be the same work as one, the most probable first; only those at least as likely as
    not, or that are the same work by the rule."""
    number = collection.store.papers.number(document.id)
    if number is None:
        return []
    others = {other for _, other in collection.store.days.twins([number])} | set(_near(collection, number))
    same = decided(collection, "same")
    others |= {other for pair in _joined(collection, same, None) if number in pair for other in pair}
    is_apart, is_same = decisions.among(decided(collection, "apart")), decisions.among(same)
    found = []
    for other in collection.store.papers.by_numbers(sorted(others - {number})).values():
        joined = is_same(document.id, other.id)
        sure = _READERS if joined else confidence(document, other)
        one_work = joined or (not is_apart(document.id, other.id) and likely(document, other) is not None)
        if one_work or sure >= 0.5:
            found.append(Copy(other, sure, one_work))
    return sorted(found, key=lambda each: (-each.confidence, each.document.id))


def _candidates(collection: Collection, numbers: Sequence[int], same: decisions.Pairs) -> list[Pair]:
    """The pairs among these papers that may be one work."""
    pairs = collection.store.days.shared(numbers) | _joined(collection, same, set(numbers))
    snapshot = snapshot_of(collection)
    if snapshot is None or len(numbers) < 2:
        return sorted(pairs)
    vectors = rows_of(snapshot, numbers)
    least = above_chance(snapshot, _DEVIATIONS, most=_NEAR)
    near = np.argwhere(np.triu(products(vectors, vectors), 1) >= least)  # NaN is never near
    pairs |= {(min(pair), max(pair)) for one, other in near.tolist() if (pair := (numbers[one], numbers[other]))}
    return sorted(pairs)


def _near(collection: Collection, number: int) -> list[int]:
    """The papers whose vectors are as near as those of copies."""
    snapshot = snapshot_of(collection)
    vectors = rows_of(snapshot, [number])
    if snapshot is None or not np.isfinite(vectors).all():
        return []
    try:
        numbers, cosines = snapshot.search(vectors[0], _NEAREST + 1)
    except CollectionError:  # vectors turn out to be damaged; the next sync makes them again
        return []
    near: list[int] = numbers[cosines >= above_chance(snapshot, _DEVIATIONS, most=_NEAR)].tolist()
    return near


def _joined(collection: Collection, same: decisions.Pairs, wanted: Several[int] | None) -> set[Pair]:
    """The pairs that readers joined, by row numbers, both of them ``wanted`` (None: any)."""
    if not same:
        return set()
    number = collection.store.papers.numbers(sorted({name for pair in same for name in pair}))
    pairs = [sorted(number[name] for name in pair) for pair in same if all(name in number for name in pair)]
    return {(a, b) for a, b in pairs if wanted is None or (a in wanted and b in wanted)}


def _sure(papers: Mapping[int, Document], pair: Pair, same: decisions.Pairs) -> float:
    one, other = papers[pair[0]], papers[pair[1]]
    return _READERS if frozenset((one.id, other.id)) in same else confidence(one, other)
