"""The learned weights of a Collection: brought up to the Store where its owner chose the stage ``sparse``.

changes after the weights' own change number -> terms of new content -> append, remove, commit, batch by batch
weights of another model, damaged or lost -> made again
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.errors import BroadsheetError, CollectionError
from broadsheet.core.protocols import SparseEncoder, SparseVectors
from broadsheet.core.types import Document, Manifest
from broadsheet.names import folder
from broadsheet.search.stages.model import model_of, scorer_of
from broadsheet.space.columns import decide
from broadsheet.space.sparse import SparseSpace

_BATCH = 256


def weights_of(collection: Collection) -> SparseSpace:
    """Return the weights of the model that the stage has, whether they are made yet or not."""
    own = collection.path / "sparse" / folder(model_of(collection, "sparse"))
    return collection.memory(("sparse", own), lambda: SparseSpace(own))


def sparse_encoder(collection: Collection) -> tuple[SparseEncoder, Manifest]:
    """Return the loaded model of the stage, and its manifest. Errors as ``scorer_of``."""
    encoder = cast("SparseEncoder", scorer_of(collection, "sparse"))
    manifest: Manifest = encoder.manifest  # type: ignore[attr-defined]
    return encoder, manifest


def remade(collection: Collection, documents: Sequence[Document]) -> SparseVectors:
    """Return the weighted terms that documents would have now. Errors as ``sparse_encoder``; BroadsheetError for terms
    that are not theirs."""
    encoder, manifest = sparse_encoder(collection)
    weights_of(collection).check(manifest)
    return _checked(encoder.sparse_vectors([each.content for each in documents]), len(documents), manifest)


def bring_up(collection: Collection, tell: Callable[[int], None], *, anew: bool = False) -> int:
    """Bring the weights up to the Store, or make them ``anew``, and return how many papers got new ones; ``tell`` takes
    changes done. The caller holds the Collection's lock. ModelError when the model cannot be loaded, CollectionError
    for weights of a newer version."""
    encoder, manifest = sparse_encoder(collection)
    papers, made = collection.store.papers, 0
    space = SparseSpace(weights_of(collection).folder)  # as it is on the disk now: a lost file is seen
    if space.newer and not anew:
        raise CollectionError(
            f"{space.folder} was written by a newer Broadsheet: run `pip install --upgrade broadsheet`, or "
            "`broadsheet sync --rebuild` to make it again with this one"
        )
    if anew or not _usable(collection, space, manifest):
        space.create(manifest)
    while changes := papers.changes(space.snapshot().pointer.change, limit=_BATCH):
        fresh, gone = decide(space.snapshot(), changes)
        if fresh:
            vectors = _checked(encoder.sparse_vectors([each.content for _, each in fresh]), len(fresh), manifest)
            space.append([number for number, _ in fresh], vectors, [each.content_key for _, each in fresh])
        space.remove(gone)
        space.commit(changes[-1].sequence)
        made += len(fresh)
        tell(len(changes))
    space.compact()
    return made


def _usable(collection: Collection, space: SparseSpace, manifest: Manifest) -> bool:
    """Whether what is there can be continued: whole, of this model, and of this Store."""
    if not space.ready:
        return False
    state, papers = space.snapshot(), collection.store.papers
    change, last = state.pointer.change, papers.last_change()
    lost = change == last and state.count != papers.count()
    return state.manifest.key == manifest.key and change <= last and not lost


def _checked(vectors: SparseVectors, rows: int, manifest: Manifest) -> SparseVectors:
    whole = len(vectors.starts) == rows + 1 and len(vectors.terms) == len(vectors.weights) == vectors.starts[-1]
    if not (whole and vectors.size == manifest.dim and np.isfinite(vectors.weights).all()):
        raise BroadsheetError(f"{manifest.encoder} returned terms that are not those of {rows} texts")
    return vectors
