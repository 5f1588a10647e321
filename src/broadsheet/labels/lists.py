"""Which list of a reader does a paper belong to, and because of which papers in it?

the newest papers of each list, and the vectors of the lists' names -> ``core.memory`` -> the paper's list
sure, and much nearer to it than the papers of the Collection are? -> a suggestion, with the three nearest papers
what is known of a reader's lists is remembered until they, or the vectors, change

Stored vectors alone, in bounds, so that a page may ask. A name that has no vector yet is encoded only where the encoder
is loaded; until then it does not count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from broadsheet.alerts.memory import query_vectors, stored_vectors
from broadsheet.collection import Collection
from broadsheet.core.errors import CollectionError, ModelError
from broadsheet.core.memory import Filing, Memory
from broadsheet.core.metrics import Floats
from broadsheet.core.recent import Recent
from broadsheet.core.types import Document
from broadsheet.core.vectors import Rows, Vectors
from broadsheet.daily.copies import works_of
from broadsheet.space import Snapshot
from broadsheet.store import Store
from broadsheet.store.lists import SAVED, SavedList

MOST_LISTS = 40
"""Lists of a reader that are considered, the largest first."""
MOST_PAPERS = 30
"""Papers of a list that are considered, newest save first."""
RARE = 1.5
"""How many standard deviations nearer to its list a suggested paper must be than the Collection's papers are."""
_SAMPLE = 200  # papers of the Collection that a list is compared with
_MOST_REMEMBERED, _ROOM = 256, 64_000_000  # readers whose lists are remembered, and roughly their bytes
_BYTES = 16  # of a paper's vector and of what is made of it, for each dimension


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The list that a paper belongs to, how sure that is, and the nearest papers in the list with their cosines; a list
    without papers is suggested by its name."""

    list: SavedList
    confidence: float
    because: tuple[tuple[Document, float], ...]


def suggest(collection: Collection, person: int, paper: Document) -> Suggestion | None:
    """Suggest a list of a person for a paper. None when the person has no list but the usual one, when the paper or a
    copy of it is in one of the lists already, when it has no vector, and when it is not sure."""
    store = collection.store
    lists = sorted(store.lists.of(person), key=lambda each: (-each.papers, each.number))
    lists = [each for each in lists if each.name != SAVED][:MOST_LISTS]
    number = store.papers.number(paper.id) if lists else None
    if number is None or not collection.space.ready:
        return None
    own = works_of(collection, [number])[0]
    holding = {list_ for lists_ in store.lists.saved_in(person, own).values() for list_ in lists_}
    if holding & {each.number for each in lists}:
        return None
    snapshot = collection.space.snapshot()
    known = _known(collection, snapshot, person, lists)
    asked = _finite(snapshot, [number, *own])[1][:1]
    if known is None or not len(asked):
        return None
    [filing] = known.memory.file(asked, nearest=1)
    (label, score), *_ = filing.labels
    if not filing.sure or score < known.usual[label]:
        return None
    return Suggestion(known.lists[label], filing.confidence, _because(store, known, filing))


@dataclass(frozen=True, slots=True)
class _Known:
    """The ``lists`` of which something is known, the ``numbers`` of the papers in them by the rows of their ``memory``,
    and the score of each list that a paper must reach, because the Collection's papers usually do not."""

    lists: Sequence[SavedList]
    numbers: Rows
    memory: Memory
    usual: Floats


_Remembered = Recent[int, tuple[Any, _Known | None]]  # person -> what their lists are known by, and what is known


def _known(collection: Collection, snapshot: Snapshot, person: int, lists: Sequence[SavedList]) -> _Known | None:
    """What is known of the lists of a person, remembered while nothing changes that it is made from."""
    memory: _Remembered = collection.memory("lists", lambda: Recent(_MOST_REMEMBERED, size=_ROOM))
    papers = collection.store.lists.newest_of_each(person, MOST_PAPERS)
    names = _names(collection, [each.name for each in lists])
    basis = ([(each.number, each.name) for each in lists], papers, set(names), snapshot.pointer, snapshot.manifest.key)
    found = memory.get(person)
    if found is None or found[0] != basis:
        found = basis, _made(snapshot, lists, papers=papers, names=names)
        memory.keep(person, found, size=_BYTES * snapshot.manifest.dim * (sum(map(len, papers.values())) + len(lists)))
    return None if found[1] is None else replace(found[1], lists=_as_now(found[1].lists, lists))


def _as_now(known: Sequence[SavedList], lists: Sequence[SavedList]) -> list[SavedList]:
    """The same lists with the counts that they have now."""
    now = {each.number: each for each in lists}
    return [now[each.number] for each in known]


def _made(
    snapshot: Snapshot, lists: Sequence[SavedList], *, papers: Mapping[int, Sequence[int]], names: Mapping[str, Vectors]
) -> _Known | None:
    members = {each.number: _finite(snapshot, papers.get(each.number, ())) for each in lists}
    some = [each for each in lists if len(members[each.number][0]) or each.name in names]
    if not some:
        return None
    nothing = np.zeros(snapshot.manifest.dim, dtype=np.float32)
    descriptions = np.stack([names.get(each.name, nothing) for each in some])
    own = [members[each.number] for each in some]
    of = np.repeat(np.arange(len(some)), [len(numbers) for numbers, _ in own])
    numbers = np.concatenate([numbers for numbers, _ in own])
    memory = Memory(np.concatenate([vectors for _, vectors in own]), of, descriptions)
    return _Known(some, numbers, memory, _usual(snapshot, memory, numbers))


def _usual(snapshot: Snapshot, memory: Memory, numbers: Rows) -> Floats:
    """The score of each list that lies so far above that of the Collection's papers, of which some are looked at."""
    living = snapshot.numbers[snapshot.live]
    some = living[:: max(1, len(living) // _SAMPLE)][:_SAMPLE]
    _, others = _finite(snapshot, some[~np.isin(some, numbers)].tolist())
    scores = memory.scores(others)
    if not len(others):
        return np.full(scores.shape[1], -np.inf)
    return np.asarray(scores.mean(axis=0) + RARE * scores.std(axis=0))


def _finite(snapshot: Snapshot, numbers: Sequence[int]) -> tuple[Rows, Vectors]:
    """Those of these papers that have a vector, and the vectors."""
    some = np.array(numbers, dtype=np.int64)
    some = some[snapshot.rows(some) >= 0]
    vectors = snapshot.of(some)
    real = np.isfinite(vectors).all(axis=1)
    return some[real], vectors[real]


def _because(store: Store, known: _Known, filing: Filing) -> tuple[tuple[Document, float], ...]:
    cosines = {int(known.numbers[reason.row]): reason.cosine for reason in filing.because}
    papers = store.papers.by_numbers(list(cosines))
    return tuple((papers[number], cosine) for number, cosine in cosines.items() if number in papers)


def _names(collection: Collection, names: Sequence[str]) -> Mapping[str, Vectors]:
    """The vectors of names, as far as they can be had at once."""
    known = stored_vectors(collection, names)
    missing = [name for name in names if name not in known]
    if missing and collection.encoder_loaded:
        with suppress(ModelError, CollectionError):
            known |= dict(zip(missing, query_vectors(collection, missing), strict=True))
    return known
