"""Verify: compare everything that is derived from the Store with it, and say what must be made again, and how.

the file -> the tables filled from the records of sources -> the Lexicon -> the Space, with a few texts encoded again
-> the topics, whose papers lie nearest to their centres
each gives a Verdict; a part that only lags behind is not a fault: the next sync brings it up to date
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.errors import BroadsheetError, CollectionError
from broadsheet.core.sparse import products
from broadsheet.core.types import Document
from broadsheet.core.vectors import Rows, Vectors, cosines, unit
from broadsheet.names import manifest_of
from broadsheet.search.stages.holding import holding
from broadsheet.search.stages.weights import remade, weights_of
from broadsheet.space import Snapshot, TokenSnapshot
from broadsheet.space.columns import Kept
from broadsheet.space.sparse import SparseSnapshot
from broadsheet.store.topics import Placed
from broadsheet.tokens import recoded, whole

USUAL = 500  # papers that are checked by default
_BATCH = 500
_MOST_WORDS = 12  # of a text, to search for in the Lexicon
_ENCODED = 16  # texts that are encoded again
_CODES_ALIKE = 0.7  # of the bytes of token vectors: other batches and processors round a few numbers to the other side
_ALIKE = 0.99  # cosine of a text's vector with a new one; bf16 against f32 is 0.9996
_UNIT = 1e-3
_MEND = "broadsheet verify --mend, then broadsheet sync"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was found out about a part (``said``), whether it is at ``fault``, what to do about it, and the bare
    facts."""

    said: str
    fault: bool = False
    advice: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


def file(collection: Collection, *, most: int | None = USUAL) -> Verdict:
    """Check the Store's file with SQLite's own checks: quick ones, or (``most`` is None) of every index."""
    lines = collection.store.check.soundness(whole=most is None)
    if lines:
        return Verdict(said=f"{len(lines)} faults, first: {lines[0]}", fault=True, advice="broadsheet restore BACKUP",
                       facts={"faults": lines})  # fmt: skip
    return Verdict(said="sound" if most is None else "sound by a quick check")


def tables(collection: Collection, *, most: int | None = USUAL) -> Verdict:
    """Check the columns, side tables and merged views of papers against the records of their sources."""
    store = collection.store
    looked = store.check.some_numbers(most)
    unlike, strays = store.check.unlike(looked), store.check.strays()
    facts = {"looked": len(looked), "unlike": unlike[:100], "strays": strays[:100]}
    if unlike or strays:
        words = (
            f"{len(unlike):,} of {len(looked):,} papers are not filed as their records say; "
            f"{len(strays):,} deleted papers left rows behind"
        )
        return Verdict(said=words, fault=True, advice=_MEND, facts=facts)
    return Verdict(said=f"{len(looked):,} papers are filed as their records say", facts=facts)


def trends(collection: Collection, *, most: int | None = USUAL) -> Verdict:  # noqa: ARG001 - all are counted at once
    """Check stored trends against their papers. Trends of an older state are never read, and not a fault."""
    stale, ahead = collection.store.check.stale_trends()
    facts = {"stale": stale, "ahead": ahead}
    if ahead:
        return Verdict(said=f"{ahead:,} are newer than their papers", fault=True, advice=_MEND, facts=facts)
    return Verdict(said=f"sound; {stale:,} papers that have changed wait for the job trending", facts=facts)


def lexicon(collection: Collection, *, most: int | None = USUAL) -> Verdict:
    """Check the Lexicon: it has as many papers as the Store, and finds each by the words of its title and text."""
    part, store = collection.lexicon, collection.store
    advice = f"delete {part.folder} and run broadsheet sync"
    if not (change := part.reached):
        return Verdict(said="not made yet", advice="broadsheet sync")
    if change > store.papers.last_change():
        return _ahead(collection, advice)
    settled = _settled(collection, change, most)
    try:
        part.check()
        lost = [number for number, document in settled if not _is_found(collection, number, document)]
    except CollectionError as error:
        return Verdict(said=str(error), fault=True, advice="broadsheet sync")
    extra = part.count - store.papers.count() if store.papers.last_change() == change else 0
    facts = {"looked": len(settled), "lost": lost[:100], "extra": extra}
    if lost or extra:
        words = f"{len(lost):,} of {len(settled):,} papers are not found by their words; {abs(extra):,} too "
        return Verdict(said=words + ("many" if extra > 0 else "few"), fault=True, advice=advice, facts=facts)
    return Verdict(said=f"{len(settled):,} papers are found by their words{_waiting(collection, change)}", facts=facts)


def _ahead(collection: Collection, advice: str) -> Verdict:
    """A part that knows changes that the Store does not have."""
    try:
        collection.require_store()
    except CollectionError as error:
        return Verdict(said=str(error), fault=True, advice="broadsheet restore BACKUP")
    return Verdict(said="it is ahead of the Store", fault=True, advice=advice)


def _waiting(collection: Collection, change: int) -> str:
    pending = collection.store.papers.pending(change)
    return f"; {pending:,} changes wait for a sync" if pending else ""


def _settled(collection: Collection, change: int, most: int | None) -> list[tuple[int, Document]]:
    """Living papers, all or some, that have not changed since a part of the Collection reached ``change``."""
    store = collection.store
    lagging = {each.number for each in _changes(collection, change)}
    numbers = [number for number in store.check.some_numbers(most) if number not in lagging]
    documents: dict[int, Document] = {}
    for start in range(0, len(numbers), _BATCH):
        documents |= store.papers.by_numbers(numbers[start : start + _BATCH])
    return sorted(documents.items())


def _changes(collection: Collection, after: int) -> list[Any]:
    changes = []
    while batch := collection.store.papers.changes(after):
        changes += batch
        after = batch[-1].sequence
    return changes


def _is_found(collection: Collection, number: int, document: Document) -> bool:
    """Whether the Lexicon finds a paper by all words of its title and the first words of its text."""
    part = collection.lexicon
    words = {"title": part.terms(document.shown_title), "abstract": part.terms(document.shown_text)[:_MOST_WORDS]}
    if not any(words.values()):
        return True
    numbers, _ = part.search([], 1, allowed=np.array([number], dtype=np.int64), fields=words)
    return len(numbers) == 1


def space(collection: Collection, *, most: int | None = USUAL) -> Verdict:
    """Check the Space in use: its manifest, a row for each paper and no others, contents, codes, and vectors."""
    if not collection.space.exists:
        return Verdict(said="not made yet", advice="broadsheet sync")
    advice = f"delete {collection.space.folder} and run broadsheet sync"
    try:
        state = collection.space.snapshot()
    except CollectionError as error:
        return Verdict(said=str(error), fault=True, advice="broadsheet sync")
    if state.pointer.change > collection.store.papers.last_change():
        return _ahead(collection, advice)
    settled = _settled(collection, state.pointer.change, most)
    faults = {name: check(collection, state, settled) for name, check in _FAULTS.items()}
    wrong = [f"{len(numbers):,} {name}" for name, numbers in faults.items() if numbers]
    facts = {"looked": len(settled), **{name: numbers[:100] for name, numbers in faults.items()}}
    if wrong:
        words = f"of {len(settled):,} papers checked: {', '.join(wrong)}"
        return Verdict(said=words, fault=True, advice=advice, facts=facts)
    anew = min(len(settled), _ENCODED)
    words = f"{len(settled):,} papers have the vector of their text; {anew} were encoded again"
    return Verdict(said=words + _waiting(collection, state.pointer.change), facts=facts)


Settled = Sequence[tuple[int, Document]]


def _numbers(settled: Settled) -> Rows:
    return np.array([number for number, _ in settled], dtype=np.int64)


def _missing(state: Kept, settled: Settled) -> list[int]:
    numbers = _numbers(settled)
    return [int(number) for number in numbers[state.rows(numbers) < 0]]


def _orphans(collection: Collection, state: Snapshot, _: Settled) -> list[int]:
    """Rows of numbers that no living paper has, and that no pending change removes."""
    living = set(collection.store.check.some_numbers(None))
    living |= {each.number for each in _changes(collection, state.pointer.change)}
    return [number for number in state.numbers[state.live].tolist() if number not in living]


def _other_texts(state: Kept, settled: Settled) -> list[int]:
    rows = state.rows(_numbers(settled)).tolist()
    return [
        number
        for (number, document), row in zip(settled, rows, strict=True)
        if row >= 0 and state.keys[row].tobytes().hex() != document.content_key
    ]


def _bad_vectors(_: Collection, state: Snapshot, settled: Settled) -> list[int]:
    """Vectors that are not of length 1 (a text without words may have zeros), and codes that do not fit their
    vectors."""
    numbers = _numbers([each for each in settled if any(map(str.isalnum, each[1].content))])
    rows = state.rows(numbers)
    numbers, rows, bad = numbers[rows >= 0], rows[rows >= 0], []
    for start in range(0, len(rows), _BATCH):
        part = rows[start : start + _BATCH]
        vectors = np.asarray(state.vectors[part])
        length = np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64)
        wrong = ~(np.abs(length - 1) < _UNIT) | (state.codes_of(vectors) != state.codes[part]).any(axis=1)
        bad += numbers[start : start + _BATCH][wrong].tolist()
    return bad


def _unlike_anew(collection: Collection, state: Snapshot, settled: Settled) -> list[int]:
    """The papers, of a few, whose text has another vector when it is encoded again."""
    few = [each for each in settled[:: max(1, len(settled) // _ENCODED)] if state.rows(_numbers([each]))[0] >= 0]
    if not few[:_ENCODED]:
        return []
    encoder = collection.encoder
    collection.space.check(manifest_of(encoder, collection.encoder_name))
    anew = encoder.encode([document.content for _, document in few[:_ENCODED]], role="document")
    stored = state.of(_numbers(few[:_ENCODED]))
    alike = [float(cosines(stored[row : row + 1], anew[row])[0]) for row in range(len(anew))]
    empty = [not np.any(anew[row]) for row in range(len(anew))]
    return [few[row][0] for row in range(len(anew)) if alike[row] < _ALIKE and not empty[row]]


_FAULTS: dict[str, Callable[[Collection, Snapshot, Settled], list[int]]] = {
    "without a vector": lambda _, state, settled: _missing(state, settled),
    "rows of no paper": _orphans,
    "with the vector of another text": lambda _, state, settled: _other_texts(state, settled),
    "with a damaged vector": _bad_vectors,
    "with another vector when encoded again": _unlike_anew,
}


def tokens(collection: Collection, *, most: int | None = USUAL) -> Verdict:
    """Check the token vectors, if the Collection has them: whether each paper has those of its text, and, for a few,
    whether they are the same when they are made again."""
    advice = "broadsheet tokens drop, then broadsheet tokens build"
    if collection.token_bits and not collection.store.papers.count():
        return Verdict(said="there are no papers yet")
    try:
        state = whole(collection)
    except BroadsheetError as error:
        return Verdict(said=str(error), fault=True, advice="broadsheet sync")
    if state is None:
        return Verdict(said="they were not chosen")
    settled = _settled(collection, state.pointer.change, most)
    other = [number for number, document in settled if not state.has(number, document.content_key)]
    again = settled[:: max(1, len(settled) // _ENCODED)][:_ENCODED]
    unlike = [
        number for number, document in again if number not in other and _is_unlike(collection, state, number, document)
    ]
    facts = {"looked": len(settled), "other": other[:100], "unlike": unlike}
    if other or unlike:
        words = f"of {len(settled):,} papers checked: {len(other):,} without those of their text, {len(unlike)} unlike"
        return Verdict(said=words, fault=True, advice=advice, facts=facts)
    words = f"{len(settled):,} papers have those of their text; {len(again)} were made again"
    return Verdict(said=words + _waiting(collection, state.pointer.change), facts=facts)


def _is_unlike(collection: Collection, state: TokenSnapshot, number: int, document: Document) -> bool:
    """Whether the codes of a paper are others when they are made again; a few may round to the other side."""
    stored, made = state.of(_numbers([(number, document)]))[0], recoded(collection, state, document)
    return stored.shape != made.shape or (bool(len(made)) and float((stored == made).mean()) < _CODES_ALIKE)


def sparse(collection: Collection, *, most: int | None = USUAL) -> Verdict:
    """Check the learned weights, if their stage was chosen: whether each paper has those of its text, and, for a few,
    whether they are the same when they are made again."""
    have = holding(collection)
    if not have.model:
        return Verdict(said="they were not chosen")
    space = weights_of(collection)
    if not space.exists:
        return Verdict(said="not made yet", advice="broadsheet sync")
    try:
        state = space.snapshot()
        if state.pointer.change > collection.store.papers.last_change():
            return _ahead(collection, f"delete {space.folder} and run broadsheet sync")
        settled = _settled(collection, state.pointer.change, most)
        other = sorted({*_missing(state, settled), *_other_texts(state, settled)})
        again = [each for each in settled if each[0] not in other]
        again = again[:: max(1, len(again) // _ENCODED)][:_ENCODED]
        unlike = _weights_unlike(collection, state, again)
    except BroadsheetError as error:
        return Verdict(said=str(error), fault=True, advice="broadsheet sync")
    facts = {"looked": len(settled), "other": other[:100], "unlike": unlike}
    if other or unlike:
        words = f"of {len(settled):,} papers checked: {len(other):,} without those of their text, {len(unlike)} unlike"
        return Verdict(said=words, fault=True, advice=f"delete {space.folder} and run broadsheet sync", facts=facts)
    words = f"{len(settled):,} papers have those of their text; {len(again)} were made again"
    return Verdict(said=words + _waiting(collection, state.pointer.change), facts=facts)


def _weights_unlike(collection: Collection, state: SparseSnapshot, some: Settled) -> list[int]:
    """The papers whose weighted terms are others when they are made again, by their cosine."""
    if not some:
        return []
    stored, made = state.of(state.rows(_numbers(some))), remade(collection, [document for _, document in some])
    lengths = np.sqrt(products(stored, stored) * products(made, made))
    unlike = products(stored, made) < _ALIKE * lengths
    empty = (np.diff(stored.starts) == 0) != (np.diff(made.starts) == 0)
    return [number for (number, _), bad in zip(some, (unlike | empty).tolist(), strict=True) if bad]


def topics(collection: Collection, *, most: int | None = USUAL) -> Verdict:
    """Check the centres of topics under the Space in use, and that papers are in the topic of the nearest one."""
    store = collection.store.topics
    if not collection.space.ready:
        return Verdict(said="there is no Space to compare them with")
    state = collection.space.snapshot()
    ids, centres = store.centres(state.manifest.key)
    damaged = store.damaged(state.manifest.key)
    facts: dict[str, Any] = {"damaged": damaged}
    if damaged or centres.shape[1:] not in ((), (state.manifest.dim,)):
        return Verdict(said=f"{len(damaged):,} centres are damaged", fault=True, advice="broadsheet sync", facts=facts)
    if not len(ids):
        return Verdict(said="there are no topics yet")
    waiting = {number for number, _ in store.pending(after=0, limit=collection.store.papers.last_number())}
    settled = [row for row in store.placed() if row.number not in waiting]
    settled = settled[:: max(1, len(settled) // most) if most else 1]
    wrong = _misplaced(state, settled, ids, centres)
    facts = {"looked": len(settled), "wrong": wrong[:100], "waiting": len(waiting)}
    if wrong:
        words = f"{len(wrong):,} of {len(settled):,} papers are not in the topic nearest to them"
        return Verdict(said=words, fault=True, advice=_MEND, facts=facts)
    words = f"{len(settled):,} papers are in the topic nearest to them"
    return Verdict(said=words + (f"; {len(waiting):,} wait for a sync" if waiting else ""), facts=facts)


def _misplaced(state: Snapshot, settled: Sequence[Placed], ids: Rows, centres: Vectors) -> list[int]:
    """The papers that lie nearer to another centre than to that of their topic, or not as near as is noted."""
    wrong = []
    for start in range(0, len(settled), _BATCH):
        rows = [row for row in settled[start : start + _BATCH] if state.rows(np.array([row.number]))[0] >= 0]
        vectors = state.of(np.array([row.number for row in rows], dtype=np.int64))
        good = np.asarray(np.isfinite(vectors).all(axis=1) & vectors.any(axis=1))
        near = unit(np.where(good[:, None], vectors, 0)) @ centres.T
        for row, line, sound in zip(rows, near, good.tolist(), strict=True):
            own = line[ids == row.topic] if row.topic is not None else line.max(keepdims=True)
            if sound and not (len(own) and abs(own[0] - row.nearness) < _UNIT and line.max() < own[0] + _UNIT):
                wrong.append(row.number)
    return wrong


def mend(collection: Collection) -> int:
    """Fill the tables again for every paper that is not filed as its records say, drop outdated trends, and have papers
    placed in topics again if any is in a wrong one; return the number of papers filled."""
    store = collection.store
    wrong = [*store.check.unlike(store.check.some_numbers(None)), *store.check.strays()]
    store.check.refill(wrong)
    store.check.drop_trends()
    if topics(collection, most=None).fault:
        store.topics.place_again()
    return len(wrong)
