"""Plug-in interfaces, one required method each. ``broadsheet.testing`` checks what each of them promises."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.types import BadRecord, Document, Message, Outcome

Role = Literal["query", "document"]
Vectors = NDArray[np.float32]
Progress = Callable[[int, int | None], None]  # done so far, total (None: unknown)


class TokenVectors(NamedTuple):
    """The tokens of one text: ``vectors`` float32 (tokens, dim), whose mean points where the text's vector does if the
    encoder pools by mean; the ``tokens`` as the encoder writes them; ``spans`` int64 (tokens, 2), the characters that
    each covers, from and to. A mark that the encoder adds covers none."""

    vectors: Vectors
    tokens: tuple[str, ...]
    spans: NDArray[np.int64]


class SparseVectors(NamedTuple):
    """Weighted terms of n texts, row after row: ``starts`` int64 (n + 1,), where each text's terms begin and end in
    ``terms`` int32, ascending within a text, and ``weights`` float32, above 0; ``size`` is the number of terms that
    there are. The similarity of two texts is the sum over the terms of the product of their weights."""

    starts: NDArray[np.int64]
    terms: NDArray[np.int32]
    weights: NDArray[np.float32]
    size: int


@runtime_checkable
class SparseEncoder(Protocol):
    """Texts in, weighted terms out. Optional attribute: ``manifest`` (types.Manifest)."""

    def sparse_vectors(self, texts: Sequence[str], *, role: Role = "document") -> SparseVectors:
        """Return the terms of each text, in the given order; a text may have none."""
        ...


@runtime_checkable
class TokenEncoder(Protocol):
    """Texts in, a vector of each token out. Optional attribute: ``manifest`` (types.Manifest)."""

    def token_vectors(self, texts: Sequence[str], *, role: Role = "document") -> list[TokenVectors]:
        """Return the tokens of each text that count, in the given order."""
        ...


@runtime_checkable
class PairScorer(Protocol):
    """A query and texts in, a score of each text out. Optional attribute: ``manifest`` (types.Manifest)."""

    def score(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return how well each text answers the query, float32 (n,), in the given order: more is better."""
        ...


class Usage(NamedTuple):
    """The ``tokens`` that a service has read for an encoder; how many of them are ``estimated``, since the service did
    not count them."""

    tokens: int = 0
    estimated: int = 0

    def __str__(self) -> str:
        guess = f", {self.estimated:,} of them by estimate" if self.estimated else ""
        return f"{self.tokens:,} tokens{guess}"


@runtime_checkable
class Encoder(Protocol):
    """Texts in, unit vectors out. Optional attributes: ``manifest`` (types.Manifest), ``too_long(texts)``,
    ``unread(texts)``: bool (n,), which texts it does not know a word of, ``token_vectors(texts, role=...)``, as a
    TokenEncoder has it, ``sparse_vectors(texts, role=...)``, as a SparseEncoder has it, and ``usage``: the Usage of a
    service that is paid by what it reads."""

    def encode(self, texts: Sequence[str], *, role: Role = "document") -> Vectors:
        """Return float32 (n, dim), rows of length 1, in the given order; n may be 0."""
        ...


Scorer = SparseEncoder | TokenEncoder | PairScorer
"""What scores texts for a query without one vector of each."""


class Index(Protocol):
    """Finds the rows nearest to queries. It knows row numbers, not ids."""

    def search(
        self, queries: Vectors, k: int, allowed: NDArray[np.bool_] | None = None
    ) -> tuple[NDArray[np.int64], Vectors]:
        """Return rows and cosines, both (m, at most k), best first, ties by row; ``allowed`` (n,) masks rows out."""
        ...


@runtime_checkable
class Source(Protocol):
    """Yields Documents from a file or a feed. A bad record is yielded too and does not stop the others. Optional
    attributes: ``live`` (false: it reads files of the server, so it can only be followed there), ``rolling`` (without
    ``since`` it yields only what is new today), ``single`` (its name is an id or alias of one paper, so readers may
    submit it)."""

    def fetch(self, since: date | None = None) -> Iterable[Document | BadRecord]:
        """Yield Documents newer than ``since`` if the source can tell; SourceError when it cannot be read further."""
        ...


class Metric(Protocol):
    """A measure of one ranked list. Its ``repr`` is its name: ``nDCG@10``."""

    def __call__(self, ranked: Sequence[str], judged: Mapping[str, int]) -> float:
        """Return the value in [0, 1] for document ids, best first, against grades by id (0 or absent: not relevant)."""
        ...


class Mailer(Protocol):
    """Delivers a Message to a folder or a server."""

    def send(self, message: Message) -> Outcome:
        """Send a Message and return its Outcome; MailError when no message can be sent at the moment."""
        ...


@runtime_checkable
class CarefulMailer(Protocol):
    """A Mailer that also asks the caller for permission right before a message cannot be taken back."""

    def deliver(self, message: Message, sure: Callable[[], bool]) -> Outcome:
        """Send as ``send`` does, but call ``sure`` once, before the step after which it is unknown whether the message
        arrived, so that the caller can record it. If ``sure`` returns False or fails, the message is not delivered."""
        ...
