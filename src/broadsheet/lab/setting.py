"""Settings of the search, measured through the same search that readers use.

documents -> a Collection made for them in a temporary folder, and sync -> each query through ``search`` -> ranked ids
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Literal, get_args

import numpy as np

from broadsheet.collection import Collection, open_collection
from broadsheet.core.errors import CollectionError, SourceError, UsageError, nearest
from broadsheet.core.protocols import Encoder, Progress, Role
from broadsheet.core.types import Document
from broadsheet.core.vectors import Rows, Vectors
from broadsheet.lab.subject import CorpusOnly, Dense
from broadsheet.lab.task import Ranker
from broadsheet.search.hybrid import search
from broadsheet.search.stages import SETTINGS as STAGES
from broadsheet.sync import sync
from broadsheet.tokens import choose, drop, fits

Setting = Literal["lexical", "semantic", "rrf", "hybrid", "default"]
SETTINGS: tuple[Setting, ...] = get_args(Setting)
_VERSION = 1  # raised when the search ranks in another way


def setting(name: str) -> Setting:
    """Return the setting of a name. UsageError when it is unknown."""
    for each in SETTINGS:
        if each == name:
            return each
    raise UsageError(f"unknown setting {name!r}. {nearest(name, SETTINGS)}")


class SearchSetting(CorpusOnly):
    """A setting of the search with an encoder. It ranks; it has neither similarities nor features of its own."""

    def __init__(self, chosen: Setting, encoder: Encoder, name: str, *, now: datetime) -> None:
        self.name, self._setting, self._encoder, self._now = name, chosen, encoder, now
        stages = "".join(f"-{each}" for each in STAGES["default"]) if chosen == "default" else ""
        self.key = f"{chosen}-{_VERSION}{stages}-{Dense(encoder, name).key}"

    @contextmanager
    def corpus(self, documents: Sequence[Document], *, role: Role = "query") -> Iterator[Ranker]:  # noqa: ARG002
        """Put documents into a temporary Collection; queries are searched there, always as queries."""
        with (
            tempfile.TemporaryDirectory(prefix="broadsheet-lab-") as folder,
            open_collection(folder, encoder=self._encoder) as collection,
        ):
            fill(collection, documents, now=self._now, tokens=needs_tokens(self._setting))
            yield _Filled(collection, self._setting, {each.id: row for row, each in enumerate(documents)})


class _Filled:
    """A Collection that waits for queries."""

    def __init__(self, collection: Collection, chosen: Setting, rows: Mapping[str, int]) -> None:
        self._collection, self._setting, self._rows = collection, chosen, rows

    def rank(self, queries: Sequence[str], k: int) -> tuple[Rows, Vectors]:
        """Return rows and the scores of the search, both (m, at most k), filled up with -1 and minus infinity."""
        asked = {str(number): text for number, text in enumerate(queries)}
        lists = rank(self._collection, asked, self._setting, k=k, progress=lambda _done, _total: None)
        width = min(k, len(self._rows))
        rows, scores = np.full((len(queries), width), -1), np.full((len(queries), width), -np.inf, np.float32)
        for place, found in enumerate(lists.values()):
            rows[place, : len(found)] = [self._rows[name] for name in found]
            scores[place, : len(found)] = list(found.values())
        return rows, scores


def needs_tokens(chosen: Setting) -> bool:
    """Return whether a setting looks at token vectors."""
    return chosen == "default" and "tokens" in STAGES["default"]


def fill(
    collection: Collection,
    documents: Iterable[Document],
    *,
    now: datetime,
    progress: Progress | None = None,
    tokens: bool = False,
) -> None:
    """Put documents into an empty Collection, each under its own id, and sync; with token vectors if they are needed,
    and the encoder gives them."""
    if tokens and fits(collection.encoder):
        choose(collection)
    else:
        drop(collection)
    counts = collection.store.papers.put(documents, now=now)
    if counts.bad:
        first = counts.bad[0]
        raise SourceError(f"{len(counts.bad)} documents cannot be kept; the first, {first.where!r}: {first.reason}")
    sync(collection, progress=progress)


def rank(
    collection: Collection, queries: Mapping[str, str], chosen: Setting, *, k: int, progress: Progress
) -> dict[str, dict[str, float]]:
    """Rank documents for each query under a setting: the scores of the first k by id, best first, without pinned
    titles or identifiers.

    CollectionError when the search fell back to the words alone.
    """
    lists: dict[str, dict[str, float]] = {}
    for done, (name, text) in enumerate(queries.items(), 1):
        if chosen == "default":
            results = search(collection, text, k=k, pins=False, stages=STAGES["default"])
        else:
            results = search(collection, text, k=k, mode=chosen, pins=False, stages=())
        if (
            results.items and results.mode == "lexical" != chosen
        ):  # a fallback, which readers see in a note, must not be measured
            raise CollectionError(f"the setting {chosen} could not be measured. {results.note}")
        lists[name] = {result.document.id: result.score for result in results.items}
        progress(done, len(queries))
    return lists
