"""Sync: bring Lexicon and Space up to the Store.

for each batch of changes after the part's own change number, in the Store's order:
    Lexicon: remove, add, commit                Space: encode new content, append, commit
    where the stage `sparse` was chosen, the learned weights after them
    token vectors: of the same pass where they are up to the Space; otherwise after it, from where they are
make again what was lost or damaged; killed at any instant, the next sync goes on from the last commit
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from broadsheet.collection import Collection
from broadsheet.core.errors import BroadsheetError, CollectionError, on_disk
from broadsheet.core.protocols import Encoder, Progress, Usage
from broadsheet.core.types import Change, Document, Manifest
from broadsheet.core.vectors import Vectors
from broadsheet.locks import held
from broadsheet.names import manifest_of
from broadsheet.search.stages import chosen
from broadsheet.search.stages.weights import bring_up
from broadsheet.space import Space
from broadsheet.space.columns import decide
from broadsheet.tokens import TokenWriter, encode_both

_LEXICON_BATCH = 5_000
_SPACE_BATCH = 256


@dataclass(frozen=True, slots=True)
class Synced:
    """What a sync did: documents ``indexed`` in the Lexicon, texts ``encoded``, documents whose vector is still right
    (``kept``), documents ``removed``, how many living texts are longer than the encoder reads (``cut``), and how many
    ``tokens`` a service read for it, ``estimated`` of them by estimate; ``note``: what could not be made, and why."""

    indexed: int = 0
    encoded: int = 0
    kept: int = 0
    removed: int = 0
    cut: int = 0
    tokens: int = 0
    estimated: int = 0
    note: str = ""


def sync(
    collection: Collection, *, progress: Progress | None = None, rebuild: bool = False, timeout: float = 10.0
) -> Synced:
    """Bring the Lexicon, then the Space of the Collection's encoder, up to the Store.

    Both can be searched meanwhile. ``progress`` takes changes done and to do, Lexicon and Space together. ``rebuild``
    makes both again from the start. Where learned weights cannot be made, the papers are synced all the same, and
    ``note`` says why. ModelError when the encoder cannot be loaded or the vectors are another encoder's;
    CollectionError when another process keeps syncing for ``timeout`` seconds, when the disk is full or not writable,
    and when a newer Broadsheet wrote the files.
    """
    with on_disk(collection.path), held(collection.lock, timeout=timeout, what="the Lexicon and Spaces"):
        if not rebuild:
            _refuse_newer(collection)
            collection.require_store()
        _heal_lexicon(collection, anew=rebuild)
        after = _space_change(collection, anew=rebuild)
        tokens = TokenWriter(collection, anew=rebuild) if collection.token_bits or collection.tokens.exists else None
        papers = collection.store.papers
        todo = papers.pending(collection.lexicon.change) + papers.pending(after)
        if tokens and tokens.needed and tokens.change < after:
            todo += papers.pending(tokens.change)
        tell, before = _Counter(progress, todo), _usage(collection)
        indexed = _sync_lexicon(collection, tell)
        encoded, kept, removed = _sync_space(collection, tell, anew=rebuild or after == 0, tokens=tokens)
        _sync_tokens(collection, tell, tokens)
        collection.space.compact()
        if encoded:
            collection.space.tune()
        note = _sync_weights(collection, tell, anew=rebuild)
        tokens_read, estimated = (now - then for now, then in zip(_usage(collection), before, strict=True))
        cut = collection.space.snapshot().cut
        return Synced(indexed, encoded, kept, removed, cut, tokens_read, estimated, note)


def _usage(collection: Collection) -> Usage:
    """What the encoder of a service has cost so far; nothing where it is not loaded, or not a service's."""
    return getattr(collection.encoder, "usage", Usage()) if collection.encoder_loaded else Usage()


def _refuse_newer(collection: Collection) -> None:
    """Refuse what a newer version wrote: it may have taken long to make, and is replaced only on request."""
    for part in (collection.lexicon, collection.space, collection.tokens):
        if part.newer:
            raise CollectionError(
                f"{part.folder} was written by a newer Broadsheet: run `pip install --upgrade broadsheet`, or "
                "`broadsheet sync --rebuild` to make it again with this one"
            )


class _Counter:
    """Adds up the changes done and reports them."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0
        self.add(0)

    def add(self, count: int) -> None:
        self._done += count
        if self._progress:
            self._progress(self._done, max(self._total, self._done))


def _heal_lexicon(collection: Collection, *, anew: bool) -> None:
    """Clear a Lexicon that is damaged or has lost documents, so that the sync fills it from the start."""
    lexicon, store = collection.lexicon, collection.store
    if not anew and lexicon.change == 0:
        return
    try:
        lost = lexicon.change == store.papers.last_change() and lexicon.count != store.papers.count()
        lexicon.check()
        lexicon.search(["any"], 1)  # a lost file shows only when words are looked up
    except CollectionError:
        lost = True
    if anew or lost or lexicon.change > store.papers.last_change():
        lexicon.clear()


def _space_change(collection: Collection, *, anew: bool) -> int:
    """The change number of the Space; 0 when it must be made again (lost, damaged, or ahead of the Store)."""
    space, papers = collection.space, collection.store.papers
    if anew or not space.ready:
        return 0
    state, last = space.snapshot(), papers.last_change()
    lost = state.pointer.change == last and state.count != papers.count()
    return state.pointer.change if state.pointer.change <= last and not lost and state.sound else 0


def _sync_lexicon(collection: Collection, tell: _Counter) -> int:
    indexed = 0
    while changes := collection.store.papers.changes(collection.lexicon.change, limit=_LEXICON_BATCH):
        collection.lexicon.update(changes, change=changes[-1].sequence)
        indexed += sum(change.document is not None for change in changes)
        tell.add(len(changes))
    return indexed


def _sync_space(
    collection: Collection, tell: _Counter, *, anew: bool, tokens: TokenWriter | None
) -> tuple[int, int, int]:
    space, store = collection.space, collection.store
    encoded = kept = removed = 0
    encoder = None
    if anew:
        encoder = collection.encoder
        space.create(manifest_of(encoder, collection.encoder_name))
    if tokens and not (tokens.needed and tokens.change >= space.snapshot().pointer.change):
        tokens = None  # they follow by themselves
    while changes := store.papers.changes(space.snapshot().pointer.change, limit=_SPACE_BATCH):
        fresh, gone = decide(space.snapshot(), changes)
        if fresh:
            encoder = encoder or _check(collection)
            _encode(space, encoder, fresh, changes=changes, tokens=tokens)
        elif tokens:
            tokens.write(changes, tokens.fresh(changes), None)
        space.remove(gone)
        space.commit(changes[-1].sequence)
        encoded, removed = encoded + len(fresh), removed + len(gone)
        kept += sum(change.document is not None for change in changes) - len(fresh)
        tell.add(len(changes))
    return encoded, kept, removed


def _sync_tokens(collection: Collection, tell: _Counter, tokens: TokenWriter | None) -> None:
    """Make the token vectors that the Space is ahead of."""
    if tokens is None or not tokens.needed:
        return
    after = tokens.change
    while changes := collection.store.papers.changes(after, limit=_SPACE_BATCH):
        tokens.write(changes, tokens.fresh(changes), None)
        after = changes[-1].sequence
        tell.add(len(changes))
    if collection.tokens.exists:
        collection.tokens.compact()


def _sync_weights(collection: Collection, tell: _Counter, *, anew: bool) -> str:
    """Make the learned weights of the stage ``sparse`` where it was chosen; return why that failed."""
    if "sparse" not in chosen(collection):
        return ""
    try:
        bring_up(collection, tell.add, anew=anew)
    except BroadsheetError as error:
        return f"Learned weights are not up to date: {str(error).removesuffix('.')}."
    return ""


def _check(collection: Collection) -> Encoder:
    encoder = collection.encoder
    collection.space.check(manifest_of(encoder, collection.encoder_name))
    return encoder


def _encode(
    space: Space,
    encoder: Encoder,
    fresh: Sequence[tuple[int, Document]],
    *,
    changes: Sequence[Change],
    tokens: TokenWriter | None,
) -> None:
    """Append the vectors of these documents; write their token vectors first, so that these are never behind."""
    texts, made = [document.content for _, document in fresh], None
    lacking = tokens.fresh(changes) if tokens else []
    if lacking == fresh:
        encoded, made = encode_both(encoder, texts)
    else:
        encoded = encoder.encode(texts, role="document")
    vectors = _check_vectors(encoded, len(texts), space.snapshot().manifest)
    if tokens:
        tokens.write(changes, lacking, made)
    cut = encoder.too_long(texts) if hasattr(encoder, "too_long") else np.zeros(len(texts), dtype=np.bool_)
    keys = [document.content_key for _, document in fresh]
    space.append([number for number, _ in fresh], vectors, keys, np.asarray(cut, dtype=np.bool_))


def _check_vectors(vectors: NDArray[np.floating], rows: int, manifest: Manifest) -> Vectors:
    """The vectors of an encoder, after checking what every Space relies on."""
    if vectors.shape != (rows, manifest.dim) or not np.isfinite(vectors).all():
        raise BroadsheetError(
            f"encoder {manifest.encoder} returned shape {vectors.shape} or values that are not finite; "
            f"expected ({rows}, {manifest.dim}) finite numbers: see broadsheet.testing.check_encoder"
        )
    return np.asarray(vectors, dtype=np.float32)
