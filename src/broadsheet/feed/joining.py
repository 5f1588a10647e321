"""The same work under several identifiers as one card. Records stay as they are: joining is done anew at each look.

take the papers; the Store names those that may be the same work as one of them, and so on until nobody is new
``works`` decides which are; what a reader has set apart stays apart
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from broadsheet import works
from broadsheet.collection import Collection
from broadsheet.errors import NotFoundError, UsageError
from broadsheet.types import Document

_APART = "works.apart"  # the fact of the Store: pairs of ids, each sorted
_FURTHEST = 3  # steps from a paper to the copies of its copies
_MOST_APART = 10_000

Group = tuple[int, ...]


def joined(collection: Collection, numbers: Sequence[int]) -> tuple[list[Group], dict[int, Document]]:
    """The works that these papers belong to, by row numbers (one alone is a work too), each with all its papers,
    wherever they stand; and the documents that had to be read for it."""
    pairs = _pairs(collection, numbers)
    papers = collection.store.by_numbers(sorted({number for pair in pairs for number in pair}))
    known = [pair for pair in pairs if pair[0] in papers and pair[1] in papers]
    groups = works.groups(papers, known, _set_apart(collection))
    of = {number: group for group in groups for number in group}
    return list(dict.fromkeys(of.get(number, (number,)) for number in numbers)), papers


def _pairs(collection: Collection, numbers: Sequence[int]) -> set[tuple[int, int]]:
    pairs, seen, new = set[tuple[int, int]](), set[int](), set(numbers)
    for _ in range(_FURTHEST):
        if not new:
            break
        seen |= new
        found = set(collection.store.twins(sorted(new)))
        pairs |= found
        new = {other for _, other in found} - seen
    return pairs


def appearances(collection: Collection, document: Document) -> list[Document]:
    """The same work's other papers, by id."""
    number = collection.store.number(document.id)
    if number is None:
        return []
    groups, papers = joined(collection, [number])
    return sorted((papers[n] for n in groups[0] if n != number), key=lambda other: other.id)


def keep_apart(collection: Collection, one: str, other: str, *, apart: bool = True) -> tuple[str, str]:
    """From now on show two papers on cards of their own; or with ``apart`` false join them again where the rule does.

    Returns their ids. NotFoundError for an unknown id, UsageError when both are the same paper.
    """
    ids = sorted(_id(collection, name) for name in (one, other))
    if ids[0] == ids[1]:
        raise UsageError(f"{one!r} and {other!r} are the same paper {ids[0]!r}: name two")
    pairs = [pair for pair in _kept(collection) if pair != ids]
    if apart and len(pairs) >= _MOST_APART:
        raise UsageError(f"{len(pairs):,} pairs are kept apart already, no more are kept")
    collection.store.set_fact(_APART, sorted([*pairs, ids] if apart else pairs))
    return ids[0], ids[1]


def kept_apart(collection: Collection) -> list[tuple[str, str]]:
    """The pairs of ids that a reader has set apart."""
    return [(one, other) for one, other in _kept(collection)]


def _kept(collection: Collection) -> list[list[str]]:
    return [list(map(str, pair)) for pair in collection.store.facts(_APART) or [] if len(pair) == 2]


def _set_apart(collection: Collection) -> Callable[[str, str], bool]:
    pairs = {frozenset(pair) for pair in _kept(collection)}
    return lambda one, other: frozenset((one, other)) in pairs


def _id(collection: Collection, name: str) -> str:
    document = collection.store.get(name)
    if document is None:
        raise NotFoundError(f"no paper has the id {name[:200]!r}: search for its title to find its id")
    return document.id
