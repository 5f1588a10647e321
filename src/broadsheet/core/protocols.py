"""The sockets: one required method each. Anything with that method fits; ``broadsheet.testing`` checks the promises."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.types import BadRecord, Document, Message, Outcome

Role = Literal["query", "document"]
Vectors = NDArray[np.float32]
Progress = Callable[[int, int | None], None]  # done so far, of how many (None: unknown)


@runtime_checkable
class Encoder(Protocol):
    """Texts in, unit vectors out. Optional attributes: ``manifest`` (types.Manifest), ``too_long(texts)``."""

    def encode(self, texts: Sequence[str], *, role: Role = "document") -> Vectors:
        """Float32 of shape (n, dim), rows of length 1, in the order given; n may be 0."""
        ...


class Index(Protocol):
    """Finds the rows nearest to queries; knows row numbers, never ids."""

    def search(
        self, queries: Vectors, k: int, allowed: NDArray[np.bool_] | None = None
    ) -> tuple[NDArray[np.int64], Vectors]:
        """Rows and cosines, both (m, at most k), best first, ties by row; ``allowed`` (n,) masks rows out."""
        ...


@runtime_checkable
class Source(Protocol):
    """Brings Documents from a file or a feed. A bad record is yielded as such and stops nothing. Optional attributes:
    ``live`` (false: it reads files of the server, so that it can only be followed there), ``rolling`` (without
    ``since`` it brings only what is new today), ``single`` (its name means one paper and is an id or alias of that
    paper, so that readers may submit it)."""

    def fetch(self, since: date | None = None) -> Iterable[Document | BadRecord]:
        """Documents newer than ``since`` where the source can tell; raises SourceError when it cannot be read on."""
        ...


class Metric(Protocol):
    """A measure of one ranked list; its ``repr`` is its name, such as ``nDCG@10``."""

    def __call__(self, ranked: Sequence[str], judged: Mapping[str, int]) -> float:
        """The value in [0, 1] for document ids best first against grades by id (0 and absent: not relevant)."""
        ...


class Mailer(Protocol):
    """Hands a Message on: into a folder, to a server."""

    def send(self, message: Message) -> Outcome:
        """What became of it. MailError: nothing was handed over, and the next message would fare no better."""
        ...


@runtime_checkable
class CarefulMailer(Protocol):
    """A Mailer may also offer this: to be told, or stopped, right before a message cannot be taken back."""

    def deliver(self, message: Message, sure: Callable[[], bool]) -> Outcome:
        """As ``send``. ``sure`` is asked once, before the one step after which nobody could tell whether the message
        arrived: it may write that down. If it says no, or fails, the message is not delivered."""
        ...
