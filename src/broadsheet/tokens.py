"""Token vectors of a Collection: whether it has them, and how they are brought up to the Store.

chosen (a fact of the Store: how many bits) -> each sync writes those of new papers, in the pass of their vectors
not whole yet (chosen later, damaged, deleted) -> the sync goes on from the last commit, batch by batch

They are made when the owner of the Collection says ``broadsheet tokens build``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.codes import Codes, width
from broadsheet.core.errors import BroadsheetError, CollectionError, ModelError
from broadsheet.core.maxsim import of_words
from broadsheet.core.protocols import Encoder, TokenVectors
from broadsheet.core.types import Change, Document, Manifest
from broadsheet.locks import held
from broadsheet.space.pointer import TokenManifest
from broadsheet.space.tokens import TokenSnapshot

Fresh = list[tuple[int, Document]]
_UNFIT = "the encoder {} gives no token vectors whose mean is its vector"


@dataclass(frozen=True, slots=True)
class Holding:
    """What a Collection has of token vectors: the ``bits`` chosen (0: none), ``papers`` that have them of ``total``,
    their ``tokens``, the ``size`` on the disk in bytes, and ``why`` they are not used, in words."""

    bits: int = 0
    papers: int = 0
    total: int = 0
    tokens: int = 0
    size: int = 0
    why: str = ""

    @property
    def words(self) -> str:
        """What there is, in words."""
        if not self.papers:
            return "no token vectors"
        each = f"{self.size / self.papers / 1e3:.1f} kB a paper"
        return (
            f"token vectors of {self.papers:,} of {self.total:,} papers, {self.bits} bit{'s' * (self.bits > 1)} a "
            f"dimension: {self.tokens:,} tokens, {self.size / 1e6:,.1f} MB, {each}"
        )


def fits(encoder: object) -> bool:
    """Return whether an encoder gives token vectors that say what its vectors say: it pools by their mean."""
    manifest = getattr(encoder, "manifest", None)
    pools = isinstance(manifest, Manifest) and manifest.pooling.startswith("mean")
    return pools and hasattr(encoder, "token_vectors")


def whole(collection: Collection) -> TokenSnapshot | None:
    """Return the token vectors that a search may use; None where the Collection has none by choice, or by its encoder.

    CollectionError while some papers of the Space have none yet, and when they are damaged; ModelError when they are
    another model's.
    """
    if not collection.token_bits or not (fits(collection.encoder) and collection.space.exists):
        return None
    state, papers = collection.tokens.snapshot(), collection.space.snapshot()
    if state.pointer.change < papers.pointer.change:
        raise CollectionError(
            f"token vectors of {papers.count - state.count:,} of {papers.count:,} papers are not made yet: "
            "run `broadsheet tokens build`"
        )
    collection.tokens.check(_key(collection), collection.encoder_name)
    return state


def holding(collection: Collection) -> Holding:
    """Return what there is of token vectors, and why they are not used if so."""
    bits, total = collection.token_bits, collection.store.papers.count()
    if not bits:
        return Holding(total=total, why="they were not chosen: run `broadsheet tokens build` to make them")
    try:
        if not fits(collection.encoder):
            return Holding(bits, total=total, why=_UNFIT.format(collection.encoder_name))
        if not total:
            return Holding(bits, why="there are no papers yet")
        state = collection.tokens.snapshot()
    except BroadsheetError as error:
        return Holding(bits, total=total, why=str(error))
    why = "" if state.pointer.change == collection.store.papers.last_change() else "they are not complete: run sync"
    return Holding(bits, state.count, total, state.tokens, sum(state.sizes.values()), why)


def choose(collection: Collection, bits: int = 1, *, timeout: float = 10.0) -> None:
    """Choose token vectors in so many bits a dimension, which the next sync makes; those in other bits, or of a model
    that changed, are deleted first. UsageError for other bits than 1, 4 or 8, ModelError for an encoder without them.
    """
    width(1, bits)
    if not fits(collection.encoder):
        raise ModelError(f"{_UNFIT.format(collection.encoder_name)}: choose another one, for example minilm")
    with held(collection.lock, timeout=timeout, what="the token vectors"):
        space = collection.tokens
        if space.ready and (space.snapshot().manifest.bits, space.snapshot().manifest.key) != (bits, _key(collection)):
            space.drop()
        collection.store.journal.set_fact("tokens", bits)


def drop(collection: Collection, *, timeout: float = 10.0) -> None:
    """Choose to have no token vectors, and delete those that there are."""
    with held(collection.lock, timeout=timeout, what="the token vectors"):
        collection.store.journal.set_fact("tokens", 0)
        collection.tokens.drop()


def encode_both(encoder: Encoder, texts: Sequence[str]) -> tuple[np.ndarray, list[TokenVectors]]:
    """Return the vectors (n, dim) of documents and their token vectors, in one pass where the encoder can."""
    if hasattr(encoder, "encode_both"):
        vectors, tokens = encoder.encode_both(texts)
        return vectors, tokens
    return encoder.encode(texts, role="document"), _token_vectors(encoder, texts)


def recoded(collection: Collection, state: TokenSnapshot, document: Document) -> Codes:
    """Return the codes (tokens, width) that a document would have now."""
    (made,) = _token_vectors(collection.encoder, [document.content])
    return state.codes_of(of_words(made).vectors)


class TokenWriter:
    """Writes token vectors while a sync holds the lock. ``needed`` says whether there is anything to write at all."""

    def __init__(self, collection: Collection, *, anew: bool) -> None:
        self._collection, self._space = collection, collection.tokens
        self.needed = bool(collection.token_bits) and fits(collection.encoder)
        if self.needed and (anew or self._lost()):
            self._space.drop()
        elif not collection.token_bits and self._space.folder.is_dir():
            self._space.drop()  # what a killed process left

    @property
    def change(self) -> int:
        """Return the change number of the Store that was reached."""
        return self._space.change if self._space.exists else 0

    def fresh(self, changes: Sequence[Change]) -> Fresh:
        """Return the documents of these changes whose token vectors are missing or of another text."""
        state = self._space.snapshot() if self._space.exists else None
        present = [(each.number, each.document) for each in changes if each.document]
        return [
            (number, document)
            for number, document in present
            if state is None or not state.has(number, document.content_key)
        ]

    def write(self, changes: Sequence[Change], fresh: Fresh, made: Sequence[TokenVectors] | None) -> None:
        """Write the token vectors of these documents (None: encode them now), remove what was deleted, commit."""
        encoder = self._collection.encoder
        if fresh:
            made = _token_vectors(encoder, [each.content for _, each in fresh]) if made is None else made
            self._open(made[0].vectors.shape[1])
            words = [of_words(each) for each in made]
            self._space.append([number for number, _ in fresh], words, [each.content_key for _, each in fresh])
        if self._space.exists:
            self._space.remove([each.number for each in changes if each.document is None])
            self._space.commit(changes[-1].sequence)

    def _open(self, dim: int) -> None:
        """Make the first generation, or check that what is there is of this encoder."""
        collection = self._collection
        if self._space.exists:
            self._space.check(_key(collection), collection.encoder_name)
        else:
            manifest = TokenManifest(collection.encoder_name, _key(collection), dim, collection.token_bits)
            self._space.create(manifest)

    def _lost(self) -> bool:
        """Whether what is there cannot be continued: damaged, ahead of the Store, papers lost, or other bits."""
        space, papers = self._space, self._collection.store.papers
        if not space.exists:
            return False
        if not space.ready:
            return True
        state, last = space.snapshot(), papers.last_change()
        short = state.pointer.change == last and state.count != papers.count()
        return short or state.pointer.change > last or state.manifest.bits != self._collection.token_bits


def _key(collection: Collection) -> str:
    manifest = getattr(collection.encoder, "manifest", None)
    return manifest.key if isinstance(manifest, Manifest) else collection.encoder_name


def _token_vectors(encoder: object, texts: Sequence[str]) -> list[TokenVectors]:
    made: list[TokenVectors] = encoder.token_vectors(texts, role="document")  # type: ignore[attr-defined]
    return made
