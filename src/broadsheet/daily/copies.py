"""The same work under several identifiers as one card. Records stay as they are: papers are joined at each look.

take the papers; the Store names others that may be the same work as one of them; ``works`` decides which are
go on from the new ones until there are no more; pairs that a reader has set apart or joined override the rule
remember the works until a paper changes that could belong to one of them
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from broadsheet.collection import Collection
from broadsheet.core import works
from broadsheet.core.errors import NotFoundError, UsageError
from broadsheet.core.recent import Recent
from broadsheet.core.types import Document
from broadsheet.core.works import Said
from broadsheet.near import decisions
from broadsheet.near.decisions import Pairs, Word, decided

_FURTHEST = 3  # steps from a paper to the copies of its copies
_MOST_PAIRS = 10_000
_MOST_KNOWN, _ROOM = 256, 16_000_000  # lists of papers whose works are remembered, and roughly their bytes
_PAPER = 160  # bytes of one in such a list, and in its work

Group = tuple[int, ...]


@dataclass(slots=True)
class _Known:
    """The works of a list of papers, as of a change of the Store and the pairs that readers decided on."""

    change: int
    decisions: tuple[Pairs, Pairs]
    groups: list[Group]


class _Memory(Recent[tuple[int, ...], _Known]):
    """The works of lists of papers. The pairs that readers decided on are the same for all, and held once."""

    def __init__(self) -> None:
        super().__init__(_MOST_KNOWN, size=_ROOM)
        self._decisions: tuple[Pairs, Pairs] = (frozenset(), frozenset())

    def once(self, decisions: tuple[Pairs, Pairs]) -> tuple[Pairs, Pairs]:
        """Return the pairs already held where they are equal to these."""
        if decisions != self._decisions:
            self._decisions = decisions
        return self._decisions


def works_of(collection: Collection, numbers: Sequence[int]) -> list[Group]:
    """Return the works that these papers belong to, by row numbers (one alone is a work too), each with all its papers,
    wherever they are listed."""
    memory = _memory(collection)
    key, change = tuple(map(int, numbers)), collection.store.papers.last_change()
    decisions = memory.once((decided(collection, "apart"), decided(collection, "same")))
    known = memory.get(key)
    if known is None or known.decisions != decisions or not _is_current(collection, known):
        known = _Known(change, decisions, _find_works(collection, key, *decisions))
    known.change = change
    memory.keep(key, known, size=_PAPER * (2 + len(key)))
    return known.groups


def _memory(collection: Collection) -> _Memory:
    return collection.memory("copies", _Memory)


def _is_current(collection: Collection, known: _Known) -> bool:
    """Whether nothing that changed since belongs to the known works."""
    store = collection.store
    if store.papers.last_change() == known.change:
        return True
    most = sum(map(len, known.groups))
    if store.papers.pending(known.change) > most:  # reading all those costs more than starting again
        return False
    changed = store.papers.changed(known.change)
    touched = {*changed, *(other for _, other in store.days.twins(changed))}
    return touched.isdisjoint(number for group in known.groups for number in group)


def _find_works(collection: Collection, numbers: Sequence[int], apart: Pairs, same: Pairs) -> list[Group]:
    is_apart, is_same = decisions.among(apart), decisions.among(same)
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
    """Find the other papers of the same work, sorted by id."""
    number = collection.store.papers.number(document.id)
    if number is None:
        return []
    others = [other for other in works_of(collection, [number])[0] if other != number]
    return sorted(collection.store.papers.by_numbers(others).values(), key=lambda other: other.id)


def keep_apart(collection: Collection, one: str, other: str, *, apart: bool = True) -> tuple[str, str]:
    """Show two papers on cards of their own from now on; with ``apart`` false follow the rule again.

    Return their ids. NotFoundError for an unknown id, UsageError when both are the same paper.
    """
    return _decide(collection, "apart", _two(collection, one, other), holds=apart)


def bring_together(collection: Collection, one: str, other: str, *, together: bool = True) -> tuple[str, str]:
    """Show two papers on one card from now on, whatever the rule says; with ``together`` false follow it again.

    Papers that are set apart (``keep_apart``) never come onto one card by way of others.
    Return their ids. NotFoundError for an unknown id, UsageError when both are the same paper.
    """
    return _decide(collection, "same", _two(collection, one, other), holds=together)


def join(collection: Collection, one: str, other: str, how: str) -> tuple[str, str]:
    """Show two papers ``together``, ``apart`` or by the ``rule``, as ``how`` says; UsageError for another word."""
    if how == "together":
        return bring_together(collection, one, other)
    if how == "apart":
        return keep_apart(collection, one, other)
    if how != "rule":
        raise UsageError(f"two papers cannot be joined {how[:40]!r}: expected together, apart or rule")
    keep_apart(collection, one, other, apart=False)
    return bring_together(collection, one, other, together=False)


def apart_pairs(collection: Collection) -> list[tuple[str, str]]:
    """Return the pairs of ids that a reader has set apart."""
    return sorted((min(pair), max(pair)) for pair in decided(collection, "apart"))


def _decide(collection: Collection, word: Word, ids: tuple[str, str], *, holds: bool) -> tuple[str, str]:
    """Store a reader's decision on a pair, which replaces the opposite one."""
    pair: frozenset[str] = frozenset(ids)
    other: Word = "same" if word == "apart" else "apart"
    pairs = decided(collection, word) - {pair}
    if holds and len(pairs) >= _MOST_PAIRS:
        raise UsageError(f"{len(pairs):,} pairs are stored as {word!r} already, the most there may be: undo one first")
    decisions.store(collection, word, pairs | {pair} if holds else pairs)
    contrary = decided(collection, other)
    if holds and pair in contrary:
        decisions.store(collection, other, contrary - {pair})
    return ids


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
