"""Build: bring the sentences of a Collection up to the Store, when the command asks for it.

for each batch of changes after the part's own change number, in the Store's order:
    new or changed papers: sentences -> their vectors, each encoded alone -> roles -> append; deleted: remove -> commit
killed at any instant, the next build goes on from the last commit; other weights of roles or vectors: all made again
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.aspects import ASPECTS
from broadsheet.core.errors import BroadsheetError, CollectionError, on_disk
from broadsheet.core.protocols import Encoder, Progress
from broadsheet.core.roles import RoleModel
from broadsheet.core.text import sentences
from broadsheet.core.types import Document, Manifest
from broadsheet.core.vectors import Vectors
from broadsheet.locks import held
from broadsheet.names import manifest_of
from broadsheet.search.aspects.roles import roles_for
from broadsheet.space.columns import decide
from broadsheet.space.sentences import Parts, Sentences, nothing

_BATCH = 128  # papers
_MOST_READ = 20_000  # characters of a paper's text
_MOST_SENTENCES = 64


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did: papers ``read``, papers whose sentences are still right (``kept``), papers ``removed``, and
    which weights read the ``roles``."""

    read: int
    kept: int
    removed: int
    roles: str


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What there is: ``papers`` with sentences, how many ``sentences``, how many papers have one of each role
    (``having``), ``bytes`` on disk, changes that ``wait``, and what is known of the weights that read ``roles``."""

    papers: int
    sentences: int
    having: dict[str, int]
    bytes: int
    wait: int
    roles: Mapping[str, Any]

    @property
    def accuracy(self) -> Mapping[str, float]:
        """Return the share of sentences that the weights read right, by what they were judged on."""
        values: Mapping[str, float] = self.roles.get("accuracy", {})
        return values


def build(
    collection: Collection, *, progress: Progress | None = None, rebuild: bool = False, timeout: float = 10.0
) -> Built:
    """Bring the sentences up to the Store; ``rebuild`` makes them again from the start. Searching goes on meanwhile.

    CollectionError when another process keeps writing for ``timeout`` seconds, or the disk is full; ModelError when the
    encoder cannot be loaded.
    """
    part = collection.sentences
    with on_disk(collection.path), held(collection.lock, timeout=timeout, what="the Lexicon and Spaces"):
        if part.newer and not rebuild:
            raise CollectionError(
                f"{part.folder} was written by a newer Broadsheet: run `pip install --upgrade broadsheet`, or "
                "`broadsheet aspects build --rebuild` to make it again with this one"
            )
        collection.require_store()
        encoder = collection.encoder
        own = manifest_of(encoder, collection.encoder_name)
        model = roles_for(own)
        manifest = sentence_manifest(own, model)
        if rebuild or not _fits(part, manifest, collection):
            part.create(manifest)
        counts = _brought_up(collection, part, _Reader(encoder, model, manifest), progress)
        part.compact()
    return Built(*counts, model.name)


def drop(collection: Collection, *, timeout: float = 10.0) -> bool:
    """Delete what was built; return whether there was anything. CollectionError when another process keeps writing."""
    with on_disk(collection.path), held(collection.lock, timeout=timeout, what="the Lexicon and Spaces"):
        there = collection.sentences.exists
        collection.sentences.drop()
    return there


def about(collection: Collection) -> About:
    """Return what there is; CollectionError when nothing was built yet."""
    state = collection.sentences.snapshot()
    return About(
        papers=state.count,
        sentences=len(state.sentences(np.flatnonzero(state.live))),
        having={aspect: state.having(aspect) for aspect in ASPECTS},
        bytes=sum(state.sizes.values()),
        wait=collection.store.papers.pending(state.pointer.change),
        roles=dict(roles_for(collection.space.snapshot().manifest).about),
    )


def sentence_manifest(own: Manifest, model: RoleModel) -> Manifest:
    """Return the manifest of sentences under an encoder: its own, and which weights read the roles."""
    return replace(own, input_format=f"sentences, roles of {model.name}", rotation=0, turns=1)


def spans_of(text: str, pieces: Sequence[str]) -> list[tuple[int, int]]:
    """Return where each of the sentences is in the text that they were cut from, from and to."""
    spans, at = [], 0
    for piece in pieces:
        start = text.find(piece, at)
        if start < 0:  # white space inside it was another
            start = max(text.find(piece[:_HEAD], at), at)
        at = min(start + len(piece), len(text))
        spans.append((start, at))
    return spans


_HEAD = 16  # characters by which a sentence is found again


class _Reader:
    """Makes the sentences of papers."""

    def __init__(self, encoder: Encoder, model: RoleModel, manifest: Manifest) -> None:
        self._encoder, self._model, self._manifest = encoder, model, manifest

    def parts(self, documents: Sequence[Document]) -> list[Parts]:
        """Return the sentences of each paper; the vectors of all are made at once."""
        pieces = [sentences(each.shown_text[:_MOST_READ])[:_MOST_SENTENCES] for each in documents]
        flat = [piece for of_paper in pieces for piece in of_paper]
        vectors = self._checked(self._encoder.encode(flat, role="document"), len(flat)) if flat else None
        made, at = [], 0
        for document, of_paper in zip(documents, pieces, strict=True):
            if vectors is None or not of_paper:
                made.append(nothing(self._manifest.dim))
                continue
            own = vectors[at : at + len(of_paper)]
            at += len(of_paper)
            before = len(document.content) - len(document.shown_text)
            spans = np.array(spans_of(document.shown_text, of_paper), np.int64).reshape(-1, 2) + before
            made.append(Parts(self._model.probabilities(of_paper, own), spans, own))
        return made

    def _checked(self, vectors: Vectors, count: int) -> Vectors:
        if vectors.shape != (count, self._manifest.dim) or not np.isfinite(vectors).all():
            raise BroadsheetError(
                f"encoder {self._manifest.encoder} returned shape {vectors.shape} or values that are not finite; "
                f"expected ({count}, {self._manifest.dim}) finite numbers: see broadsheet.testing.check_encoder"
            )
        return np.asarray(vectors, dtype=np.float32)


def _fits(part: Sentences, manifest: Manifest, collection: Collection) -> bool:
    """Whether what is there can be continued: whole, of this encoder and these weights, and not ahead of the Store."""
    if not part.ready:
        return False
    state, papers = part.snapshot(), collection.store.papers
    lost = state.pointer.change == papers.last_change() and state.count != papers.count()
    return state.manifest.key == manifest.key and state.pointer.change <= papers.last_change() and not lost


def _brought_up(
    collection: Collection, part: Sentences, reader: _Reader, progress: Progress | None
) -> tuple[int, int, int]:
    papers = collection.store.papers
    todo = papers.pending(part.snapshot().pointer.change)
    done = read = removed = 0
    while changes := papers.changes(part.snapshot().pointer.change, limit=_BATCH):
        fresh, gone = decide(part.snapshot(), changes)
        if fresh:
            parts = reader.parts([document for _, document in fresh])
            part.append([number for number, _ in fresh], parts, [document.content_key for _, document in fresh])
        part.remove(gone)
        part.commit(changes[-1].sequence)
        read, removed, done = read + len(fresh), removed + len(gone), done + len(changes)
        if progress:
            progress(done, max(todo, done))
    return read, part.snapshot().count - read, removed
