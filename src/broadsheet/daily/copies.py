"""The same work under several identifiers as one card. Records stay as they are: joining is done at each look.

take the papers; the Store names those that may be the same work as one of them; ``works`` decides which are
and so on from those that are, until nobody is new; what a reader has set apart or joined is so
what was found is remembered until a paper changes that could have a part in it
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from broadsheet.collection import Collection
from broadsheet.core import works
from broadsheet.core.errors import NotFoundError, UsageError
from broadsheet.core.recent import Recent
from broadsheet.core.types import Document
from broadsheet.core.works import Said

_FACTS = {"apart": "works.apart", "same": "works.same"}  # facts of the Store: pairs of ids, each sorted
_FURTHEST = 3  # steps from a paper to the copies of its copies
_MOST_SAID = 10_000
_MOST_KNOWN, _ROOM = 256, 16_000_000  # lists of papers of which the works are remembered, and about their bytes
_PAPER = 160  # bytes of one in such a list, and in its work

Group = tuple[int, ...]
Word = Literal["apart", "same"]
Pairs = frozenset[frozenset[str]]


@dataclass(slots=True)
class _Known:
    """The works of a list of papers, as of a change of the Store and what readers had said."""

    change: int
    said: tuple[Pairs, Pairs]
    groups: list[Group]


class _Memory(Recent[tuple[int, ...], _Known]):
    """What was found for lists of papers. What readers say is the same for all, and held once."""

    def __init__(self) -> None:
        super().__init__(_MOST_KNOWN, size=_ROOM)
        self._said: tuple[Pairs, Pairs] = (frozenset(), frozenset())

    def once(self, said: tuple[Pairs, Pairs]) -> tuple[Pairs, Pairs]:
        """The same, as it is held already where nothing was said since."""
        if said != self._said:
            self._said = said
        return self._said


def joined(collection: Collection, numbers: Sequence[int]) -> list[Group]:
    """The works that these papers belong to, by row numbers (one alone is a work too), each with all its papers,
    wherever they stand."""
    memory = _memory(collection)
    key, change = tuple(map(int, numbers)), collection.store.papers.last_change()
    said = memory.once((_said(collection, "apart"), _said(collection, "same")))
    known = memory.get(key)
    if known is None or known.said != said or not _stands(collection, known):
        known = _Known(change, said, _found(collection, key, *said))
    known.change = change
    memory.keep(key, known, size=_PAPER * (2 + len(key)))
    return known.groups


def _memory(collection: Collection) -> _Memory:
    return collection.memory("copies", _Memory)


def _stands(collection: Collection, known: _Known) -> bool:
    """Whether nothing that changed since has a part in the works that were found."""
    store = collection.store
    if store.papers.last_change() == known.change:
        return True
    most = sum(map(len, known.groups))
    if store.papers.pending(known.change) > most:  # to look through those costs more than to begin anew
        return False
    changed = store.papers.changed(known.change)
    touched = {*changed, *(other for _, other in store.days.twins(changed))}
    return touched.isdisjoint(number for group in known.groups for number in group)


def _found(collection: Collection, numbers: Sequence[int], apart: Pairs, same: Pairs) -> list[Group]:
    is_apart, is_same = _saying(apart), _saying(same)
    hinted = _hinted(collection, same)
    papers: dict[int, Document] = {}
    tied, seen, new = set[tuple[int, int]](), set[int](), set(numbers)
    for _ in range(_FURTHEST):
        if not new:
            break
        seen |= new
        pairs = {*collection.store.days.twins(sorted(new)), *((a, b) for a, b in hinted if a in new)}
        papers |= collection.store.papers.by_numbers(
            sorted({number for pair in pairs for number in pair} - papers.keys())
        )
        tied |= {pair for pair in pairs if _may_be_one(papers, pair, is_same)}
        new = {other for _, other in tied} - seen
    groups = works.groups(papers, tied, is_apart, is_same)
    of = {number: group for group in groups for number in group}
    return list(dict.fromkeys(of.get(number, (number,)) for number in numbers))


def _may_be_one(papers: dict[int, Document], pair: tuple[int, int], same: Said) -> bool:
    one, other = papers.get(pair[0]), papers.get(pair[1])
    return bool(one and other and (same(one.id, other.id) or works.tie(one, other)))


def _hinted(collection: Collection, same: Pairs) -> list[tuple[int, int]]:
    """The pairs that a reader has joined, by row numbers, both ways round."""
    if not same:
        return []
    numbers = collection.store.papers.numbers([name for pair in same for name in pair])
    both = [[numbers[name] for name in pair if name in numbers] for pair in same]
    return [pair for each in both if len(each) == 2 for pair in ((each[0], each[1]), (each[1], each[0]))]


def appearances(collection: Collection, document: Document) -> list[Document]:
    """The same work's other papers, by id."""
    number = collection.store.papers.number(document.id)
    if number is None:
        return []
    others = [other for other in joined(collection, [number])[0] if other != number]
    return sorted(collection.store.papers.by_numbers(others).values(), key=lambda other: other.id)


def keep_apart(collection: Collection, one: str, other: str, *, apart: bool = True) -> tuple[str, str]:
    """From now on show two papers on cards of their own; or with ``apart`` false join them again where the rule does.

    Returns their ids. NotFoundError for an unknown id, UsageError when both are the same paper.
    """
    return _say(collection, "apart", _two(collection, one, other), holds=apart)


def bring_together(collection: Collection, one: str, other: str, *, together: bool = True) -> tuple[str, str]:
    """From now on show two papers on one card, whatever the rule says; or with ``together`` false where the rule does.

    Papers that stand apart from one another (``keep_apart``) still never come onto one card by way of others.
    Returns their ids. NotFoundError for an unknown id, UsageError when both are the same paper.
    """
    return _say(collection, "same", _two(collection, one, other), holds=together)


def join(collection: Collection, one: str, other: str, how: str) -> tuple[str, str]:
    """``together``, ``apart``, or by the ``rule`` again; UsageError for another word."""
    if how == "together":
        return bring_together(collection, one, other)
    if how == "apart":
        return keep_apart(collection, one, other)
    if how != "rule":
        raise UsageError(f"{how[:40]!r} cannot be done with two papers: expected together, apart or rule")
    keep_apart(collection, one, other, apart=False)
    return bring_together(collection, one, other, together=False)


def kept_apart(collection: Collection) -> list[tuple[str, str]]:
    """The pairs of ids that a reader has set apart."""
    return sorted((min(pair), max(pair)) for pair in _said(collection, "apart"))


def _say(collection: Collection, word: Word, ids: tuple[str, str], *, holds: bool) -> tuple[str, str]:
    """Keep what a reader says of a pair, of which the other word then holds no more."""
    pair, other = frozenset(ids), "same" if word == "apart" else "apart"
    pairs = _said(collection, word) - {pair}
    if holds and len(pairs) >= _MOST_SAID:
        raise UsageError(f"{len(pairs):,} pairs are kept {word} already, no more are kept")
    _keep(collection, word, pairs | {pair} if holds else pairs)
    contrary = _said(collection, other)
    if holds and pair in contrary:
        _keep(collection, other, contrary - {pair})
    return ids


def _keep(collection: Collection, word: str, pairs: Iterable[Iterable[str]]) -> None:
    collection.store.journal.set_fact(_FACTS[word], sorted(sorted(pair) for pair in pairs))


def _said(collection: Collection, word: str) -> Pairs:
    return frozenset(
        frozenset(map(str, pair)) for pair in collection.store.journal.fact(_FACTS[word]) or [] if len(pair) == 2
    )


def _saying(pairs: Pairs) -> Said:
    return lambda one, other: frozenset((one, other)) in pairs


def _two(collection: Collection, one: str, other: str) -> tuple[str, str]:
    ids = sorted(_id(collection, name) for name in (one, other))
    if ids[0] == ids[1]:
        raise UsageError(f"{one!r} and {other!r} are the same paper {ids[0]!r}: name two")
    return ids[0], ids[1]


def _id(collection: Collection, name: str) -> str:
    document = collection.store.papers.get(name)
    if document is None:
        raise NotFoundError(f"no paper has the id {name[:200]!r}: search for its title to find its id")
    return document.id
