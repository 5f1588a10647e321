"""A Collection: Store, Lexicon and Spaces of one folder, opened together.

store.db and models/ hold the originals; lexicon/, spaces/ and cache/ can be deleted, and ``sync`` makes them again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Hashable
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from broadsheet import names
from broadsheet.core.codes import BITS
from broadsheet.core.errors import CollectionError
from broadsheet.core.protocols import Encoder
from broadsheet.core.recent import Memories
from broadsheet.lexicon import Lexicon
from broadsheet.space import Space, TokenSpace
from broadsheet.space.sentences import Sentences
from broadsheet.store import Store
from broadsheet.store.faults import denied

DEFAULT_ENCODER = "minilm"
_T = TypeVar("_T")
_log = logging.getLogger("broadsheet.collection")


class Collection:
    """Open one with ``open_collection`` (``broadsheet.open``); close it, or use it as a context manager."""

    def __init__(self, path: Path, store: Store, *, encoder: str | Encoder, language: str) -> None:
        self.path = path
        self.store = store
        self.lexicon = Lexicon(path / "lexicon", language=language)
        self.models = path / "models"
        self.cache = path / "cache"
        self._encoder = None if isinstance(encoder, str) else encoder
        self._loading = threading.Lock()
        self._memories = Memories()
        self.stems = self.lexicon.stems
        self.encoder_name = (
            encoder if isinstance(encoder, str) else str(getattr(encoder, "name", type(encoder).__name__))
        )
        self.space = self.space_of(self.encoder_name)
        self.tokens = TokenSpace(self.space.folder / "tokens")

    @property
    def encoder(self) -> Encoder:
        """The encoder, loaded at first use; ModelError when it cannot be loaded."""
        with self._loading:
            if self._encoder is None:
                self._encoder = names.encoder(self.encoder_name, models=self.models, cache=self.cache)
            return self._encoder

    @property
    def encoder_loaded(self) -> bool:
        """Whether the encoder is loaded, so that a page may ask it for a few vectors."""
        return self._encoder is not None

    @property
    def lock(self) -> Path:
        """The lock file that a process holds while it writes to Lexicon or Spaces."""
        return self.cache / "sync.lock"

    @property
    def token_bits(self) -> int:
        """In how many bits a dimension the Collection has token vectors; 0: it has none."""
        bits = self.store.journal.fact("tokens")
        return bits if bits in BITS else 0

    @property
    def bands(self) -> tuple[float, float, float]:
        """The cosines from which a match is called fair, good and strong: see ``Snapshot.bands``."""
        return self.space.snapshot().bands

    def space_of(self, encoder_name: str) -> Space:
        """Return the Space of an encoder by name, whether it exists yet or not."""
        return Space(self.path / "spaces" / names.folder(encoder_name))

    @property
    def sentences(self) -> Sentences:
        """The vectors of sentences, with their roles, under the Collection's encoder, whether they exist yet or not."""
        return self.memory("sentences", lambda: Sentences(self.space.folder / "sentences"))

    def require_store(self) -> None:
        """Raise CollectionError when Lexicon and Space both know more changes than the Store: it was lost, and they may
        be all that is left of it. Where only one of them is ahead, it is that one that is damaged."""
        reached = [change for change in (self.lexicon.change, self.space.change) if change]
        last = self.store.papers.last_change()  # after the others: a sync elsewhere may run
        if reached and min(reached) > last:
            raise CollectionError(
                f"{self.path / 'store.db'} ends at change {last:,}, but what was made from it reached "
                f"{min(reached):,}: the Store was lost or replaced. Run `broadsheet restore BACKUP`; if this Store is "
                "the right one, delete the folders lexicon and spaces next to it and run sync"
            )

    def memory(self, key: Hashable, make: Callable[[], _T]) -> _T:
        """Return what a part of the program remembers of this Collection under ``key``, made by ``make`` when it is
        asked for first. It is forgotten when the Collection is closed; its maker bounds its size."""
        return self._memories.get(key, make)

    def close(self) -> None:
        """Close the Store and the Lexicon, and forget what was remembered."""
        self._memories.clear()
        self.lexicon.close()
        self.store.close()

    def __enter__(self) -> Collection:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_collection(
    path: str | Path, *, encoder: str | Encoder | None = None, language: str | None = None, create: bool = True
) -> Collection:
    """Open the Collection in a folder, and make it when it is missing and ``create`` is true.

    ``encoder`` (a name, for example ``minilm``, or an object with ``encode``) and ``language`` (of the stemmer) are
    stored with the Collection when first given, and taken from there when left out. CollectionError when the folder
    cannot be used, or has an empty Store next to what was made from a lost one; UsageError for an unknown encoder or
    language.
    """
    folder = Path(path).expanduser()
    if isinstance(encoder, str):
        names.require_encoder(encoder)
    if not create and not (folder / "store.db").is_file():
        raise CollectionError(
            f"no Collection in {folder}: run `broadsheet up` or `broadsheet ingest SOURCE` to make one"
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CollectionError(f"{folder} cannot be used as a Collection: {error.strerror or error}") from error
    store = _opened(folder / "store.db")
    try:
        chosen = str(store.journal.fact("encoder") or DEFAULT_ENCODER) if encoder is None else encoder
        spoken = str(store.journal.fact("language") or "english") if language is None else language
        made = Collection(folder, store, encoder=chosen, language=spoken)
        if not store.papers.last_change():
            made.require_store()
        _keep(store, "encoder", encoder if isinstance(encoder, str) else None)
        _keep(store, "language", language)
        return made
    except BaseException:
        store.close()
        raise


def _opened(path: Path) -> Store:
    """The Store, for reading alone, with a warning, where it may not be written."""
    try:
        return Store.open(path)
    except CollectionError as error:
        if not path.is_file() or not denied(error.__cause__):
            raise
        store = Store.open(path, read_only=True)
    _log.warning("%s is read-only: you can search and read, but nothing can be changed", path.parent)
    return store


def _keep(store: Store, key: str, given: str | None) -> None:
    """Store a setting of the Collection when it is first given."""
    if given is not None and not store.read_only and store.journal.fact(key) is None:
        store.journal.set_fact(key, given)
