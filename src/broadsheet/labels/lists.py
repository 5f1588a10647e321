"""Which list of a reader does a paper belong to, and because of which papers in it?

the newest papers of each list, and the vectors of the lists' names -> ``core.memory`` -> the paper's list
sure, and much nearer to it than the papers of the Collection are? -> a suggestion, with the three nearest papers

Stored vectors alone, in bounds, so that a page may ask. A name that has no vector yet is encoded only where the encoder
is loaded; until then it does not count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from broadsheet.alerts.memory import query_vectors, stored_vectors
from broadsheet.collection import Collection
from broadsheet.core.errors import CollectionError, ModelError
from broadsheet.core.memory import Filing, Memory
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
_SAMPLE = 200  # papers of the Collection that the paper is compared with


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The list that a paper belongs to, how sure that is, and the nearest papers in the list with their cosines; a list
    without papers is suggested by its name."""

    list: SavedList
    confidence: float
    because: tuple[tuple[Document, float], ...]


def suggest(collection: Collection, person: int, paper: Document) -> Suggestion | None:
    """Suggest a list of a person for a paper. None when the person has no list but the usual one, when the paper has no
    vector, and when it is not sure; also when the paper or a copy of it is in the list already."""
    store = collection.store
    lists = sorted(store.lists.of(person), key=lambda each: (-each.papers, each.number))
    lists = [each for each in lists if each.name != SAVED][:MOST_LISTS]
    number = store.papers.number(paper.id) if lists else None
    if number is None or not collection.space.ready:
        return None
    own = works_of(collection, [number])[0]
    snapshot = collection.space.snapshot()
    known = _known(collection, snapshot, lists, papers=_papers(store, person, own))
    asked = _finite(snapshot, [number, *own])[1][:1]
    if known is None or not len(asked):
        return None
    [filing] = known.memory.file(asked, nearest=1)
    list_ = known.lists[filing.label]
    holding = {each for lists_ in store.lists.saved_in(person, own).values() for each in lists_}
    if not filing.sure or list_.number in holding or not _is_rare(snapshot, known, filing):
        return None
    return Suggestion(list_, filing.confidence, _because(store, known, filing))


@dataclass(frozen=True, slots=True)
class _Known:
    """The lists of which something is known, and the papers in them, by the rows of their memory."""

    lists: Sequence[SavedList]
    numbers: Rows
    memory: Memory


def _papers(store: Store, person: int, own: Sequence[int]) -> dict[int, list[int]]:
    """The newest papers of each list, without the paper that is asked about."""
    saved = store.lists.newest_of_each(person, MOST_PAPERS)
    return {list_: [number for number in numbers if number not in own] for list_, numbers in saved.items()}


def _known(
    collection: Collection, snapshot: Snapshot, lists: Sequence[SavedList], *, papers: Mapping[int, Sequence[int]]
) -> _Known | None:
    names = _names(collection, [each.name for each in lists])
    members = {each.number: _finite(snapshot, papers.get(each.number, ())) for each in lists}
    some = [each for each in lists if len(members[each.number][0]) or each.name in names]
    if not some:
        return None
    nothing = np.zeros(snapshot.manifest.dim, dtype=np.float32)
    descriptions = np.stack([names.get(each.name, nothing) for each in some])
    own = [members[each.number] for each in some]
    of = np.repeat(np.arange(len(some)), [len(numbers) for numbers, _ in own])
    vectors = np.concatenate([vectors for _, vectors in own])
    return _Known(some, np.concatenate([numbers for numbers, _ in own]), Memory(vectors, of, descriptions))


def _finite(snapshot: Snapshot, numbers: Sequence[int]) -> tuple[Rows, Vectors]:
    """Those of these papers that have a vector, and the vectors."""
    some = np.array(numbers, dtype=np.int64)
    some = some[snapshot.rows(some) >= 0]
    vectors = snapshot.of(some)
    real = np.isfinite(vectors).all(axis=1)
    return some[real], vectors[real]


def _is_rare(snapshot: Snapshot, known: _Known, filing: Filing) -> bool:
    """Whether the paper is nearer to its list than most papers of the Collection, of which some are looked at."""
    living = snapshot.numbers[snapshot.live]
    some = living[:: max(1, len(living) // _SAMPLE)][:_SAMPLE]
    _, others = _finite(snapshot, some[~np.isin(some, known.numbers)].tolist())
    (label, score), *_ = filing.labels
    usual = known.memory.scores(others)[:, label]
    return not len(others) or bool(score >= usual.mean() + RARE * usual.std())


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
