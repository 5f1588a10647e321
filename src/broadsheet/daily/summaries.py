"""Summaries: what a card says of a paper, from its source or from its abstract.

reading: the summary that its source gave -> else the sentence that was stored for it -> else the best by its text alone
after a sync: new papers without a summary -> sentences close to the best -> their vectors -> another one? -> store it

What is stored is derived: delete it, and sentences are chosen by their text alone until they are chosen again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from broadsheet import files
from broadsheet.collection import Collection
from broadsheet.core.card import source_summary
from broadsheet.core.contribution import MOST_SENTENCES, WEIGHTS, Abstract, abstract, shortened
from broadsheet.core.errors import CollectionError
from broadsheet.core.protocols import Encoder, Progress
from broadsheet.core.recent import Recent
from broadsheet.core.types import Change, Document
from broadsheet.core.vectors import Vectors
from broadsheet.files.vectors import VectorFile
from broadsheet.space import Snapshot

By = Literal["source", "abstract", ""]
BY_ITS_SOURCE = "Summary by its source"
"""What is written next to a summary that the source gave."""
_MOST = 200_000  # choices that are stored: 29 MB
_NEWEST = 5_000  # changes that a run looks back on at most; what is older keeps the choice by its text
_BATCH = 256  # papers
_REMEMBERED, _BYTES = 20_000, 8_000_000
_DIGITS = 20  # of a change number


@dataclass(frozen=True, slots=True)
class Summary:
    """What a paper does, in at most 300 characters: ``by`` its source, or a sentence of its abstract; empty without
    either."""

    text: str = ""
    by: By = ""


def summaries(collection: Collection, papers: Iterable[Document]) -> dict[str, Summary]:
    """Return the summary of each of these papers by its id. Nothing is encoded."""
    found = {paper.id: paper for paper in papers}
    given = {id: Summary(shortened(text), "source") for id, paper in found.items() if (text := source_summary(paper))}
    others = [paper for id, paper in found.items() if id not in given and paper.shown_text.strip()]
    stored = _stored(collection, others) if others else {}
    read = {paper.id: Summary(_sentence(collection, paper, stored), "abstract") for paper in others}
    return dict.fromkeys(found, Summary()) | given | read


def _sentence(collection: Collection, paper: Document, stored: Mapping[str, int]) -> str:
    """The sentence of an abstract, from memory if it was read before."""
    known: Recent[tuple[str, int | None], str]
    known = collection.memory("summaries", lambda: Recent(_REMEMBERED, size=_BYTES))
    key = paper.content_key
    place = stored.get(key)
    text = known.get((key, place))
    if text is None:
        own = abstract(paper.shown_title, paper.shown_text)
        chosen = place if place is not None and place < len(own.sentences) else own.chosen()
        text = shortened(own.sentences[chosen])
        known.keep((key, place), text, size=len(text) + len(key))
    return text


def _stored(collection: Collection, papers: Sequence[Document]) -> dict[str, int]:
    """The places of sentences that are stored for papers, by content key."""
    try:
        file = _file(collection, collection.space.snapshot())
    except CollectionError:
        return {}  # it was never synced
    keys = [bytes.fromhex(paper.content_key) for paper in papers]
    return {key.hex(): int(row.argmax()) for key, row in file.read(keys).items()}


def _path(collection: Collection, space: Snapshot) -> Path:
    """Where the choices under the Space's encoder by these weights are."""
    weights = "-".join(f"{1000 * value:.0f}" for value in WEIGHTS)
    return collection.cache / "summaries" / f"{space.manifest.key}-{weights}"


def _file(collection: Collection, space: Snapshot) -> VectorFile:
    """The choices: rows of 1 at the place of the sentence, else 0."""
    path = _path(collection, space)
    return collection.memory(("summaries", path), lambda: VectorFile(path, MOST_SENTENCES, most=_MOST))


def is_behind(collection: Collection) -> bool:
    """Tell whether the Space is up to the Store, and summaries are not up to the Space. Cheap."""
    try:
        space = collection.space.snapshot()
    except CollectionError:
        return False
    ready = space.pointer.change == collection.store.papers.last_change() > 0
    return ready and _reached(collection, space) < space.pointer.change


def _reached(collection: Collection, space: Snapshot) -> int:
    """The change up to which sentences were chosen; 0 where that is not known."""
    try:
        text = _reached_path(collection, space).read_text("ascii")[:_DIGITS]
    except (OSError, ValueError):
        return 0
    change = int(text) if text.isdigit() else 0
    return change if change <= collection.store.papers.last_change() else 0


def _reached_path(collection: Collection, space: Snapshot) -> Path:
    path = _path(collection, space)
    return path.with_name(f"{path.name}.reached")


def bring_up(collection: Collection, *, progress: Progress | None = None) -> int:
    """Choose sentences of new papers with the encoder, and return of how many papers it chose another than their text
    alone would. It looks at the newest 5,000 changes at most, and asks no encoder that is a service.

    CollectionError before the first sync, or when another process holds the file; ModelError when the encoder cannot be
    loaded; OSError when the disk is full.
    """
    space, papers = collection.space.snapshot(), collection.store.papers
    start = after = max(_reached(collection, space), space.pointer.change - _NEWEST)
    other = 0
    while changes := papers.changes(after, limit=_BATCH):
        changes = [each for each in changes if each.sequence <= space.pointer.change]
        if not changes:
            break
        made = _chosen(collection, space, changes)
        if made:
            _file(collection, space).append(made)
        after, other = changes[-1].sequence, other + len(made)
        if progress:
            progress(after - start, space.pointer.change - start)
    _path(collection, space).parent.mkdir(parents=True, exist_ok=True)
    files.write(_reached_path(collection, space), str(space.pointer.change).encode())
    return other


def _chosen(collection: Collection, space: Snapshot, changes: Sequence[Change]) -> dict[bytes, Vectors]:
    """The rows of papers of which nearness chooses another sentence, by content key."""
    papers = [(each.number, each.document) for each in changes if each.document and not source_summary(each.document)]
    vectors = space.rows(np.array([number for number, _ in papers], dtype=np.int64)).tolist()
    read = [
        (row, paper.content_key, own)
        for row, (_, paper) in zip(vectors, papers, strict=True)
        if row >= 0 and len((own := abstract(paper.shown_title, paper.shown_text)).close) > 1
    ]
    if not read or hasattr(collection.encoder, "usage"):
        return {}
    nearness = _nearness(collection.encoder, space, [(row, own) for row, _, own in read])
    places = [(key, own.chosen(near), own.chosen()) for near, (_, key, own) in zip(nearness, read, strict=True)]
    ones = np.eye(MOST_SENTENCES, dtype=np.float32)
    return {bytes.fromhex(key): ones[place] for key, place, before in places if place != before}


def _nearness(encoder: Encoder, space: Snapshot, read: Sequence[tuple[int, Abstract]]) -> list[dict[int, float]]:
    """The cosine of each close sentence to its paper, which is a row of the Space, by place."""
    flat = [(paper, place) for paper, (_, own) in enumerate(read) for place in own.close]
    vectors = encoder.encode([read[paper][1].sentences[place] for paper, place in flat], role="document")
    whole = np.asarray(space.vectors[[read[paper][0] for paper, _ in flat]])
    found: list[dict[int, float]] = [{} for _ in read]
    for (paper, place), cosine in zip(flat, np.einsum("nd,nd->n", vectors, whole).tolist(), strict=True):
        found[paper][place] = cosine
    return found
