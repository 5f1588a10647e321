"""The folder of pictures: a file for each address that brought one, a note for each that did not.

NAME.webp: the picture, NAME.json: why there is none, how often it was tried and when again, state.json: how far the
Store was followed. NAME follows from the address alone, so that no table has to say which picture is where.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection as Some
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from broadsheet import files
from broadsheet.core.types import Document
from broadsheet.pictures.address import addresses

NAME = re.compile(r"[0-9a-f]{32}")
WAITS = (timedelta(hours=1), timedelta(days=1), timedelta(days=7))
"""How long after each failure an address is tried again; after the last one never."""
_STATE = "state.json"
_FILE = re.compile(r"[0-9a-f]{32}\.(?:webp|json)")
_LARGEST_NOTE = 10_000  # bytes
_LONGEST_REASON = 300  # characters


def name_of(address: str) -> str:
    """Return the name of the picture of an address: 32 hex digits of its BLAKE2b."""
    return hashlib.blake2b(address.encode("utf-8", "replace"), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class Failure:
    """An address that brought no picture: why, after how many tries, and when it is tried again (None: never)."""

    reason: str
    tries: int
    again: datetime | None


@dataclass(frozen=True, slots=True)
class State:
    """How far the Store was followed, and when the first failed address is tried again."""

    change: int = 0
    again: datetime | None = None


@dataclass(frozen=True, slots=True)
class Holding:
    """How many pictures there are, their ``bytes``, and how many addresses ``failed``."""

    pictures: int
    bytes: int
    failed: int

    @property
    def words(self) -> str:
        """Describe it in one line."""
        failed = f"; {self.failed:,} could not be fetched" if self.failed else ""
        return f"{self.pictures:,} picture{'' if self.pictures == 1 else 's'} ({self.bytes / 1e6:,.1f} MB){failed}"


class Pictures:
    """The pictures in a folder, which need not exist. Errors of the disk are OSError when something is written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def has(self, address: str) -> bool:
        """Tell whether the picture of an address is here."""
        return self._path(address, "webp").is_file()

    def name_for(self, paper: Document) -> str | None:
        """Return the name of the best picture of a paper that is here; None without one."""
        return next((name_of(address) for address in addresses(paper) if self.has(address)), None)

    def read(self, name: str) -> bytes | None:
        """Return the bytes of a picture by its name; None if it is not here, or not a name at all."""
        if not NAME.fullmatch(name):
            return None
        try:
            return (self.folder / f"{name}.webp").read_bytes()
        except OSError:
            return None

    def put(self, address: str, picture: bytes) -> None:
        """Store a picture under its address."""
        self.folder.mkdir(parents=True, exist_ok=True)
        files.write(self._path(address, "webp"), picture)
        self._path(address, "json").unlink(missing_ok=True)

    def failure(self, address: str) -> Failure | None:
        """Return why an address brought no picture; None if it was not tried, or brought one."""
        note = _read(self._path(address, "json"))
        try:
            return Failure(str(note["reason"]), int(note["tries"]), _moment(note["again"])) if note else None
        except (KeyError, TypeError, ValueError):
            return None

    def fail(self, address: str, reason: str, *, final: bool, now: datetime) -> None:
        """Note that an address brought no picture; unless that is ``final`` it is tried again, three times at most."""
        tries = self._tries(address) + 1
        again = None if final or tries > len(WAITS) else now + WAITS[tries - 1]
        self._note(address, Failure(reason, tries, again))

    def postpone(self, address: str, reason: str, *, now: datetime) -> None:
        """Note that an address was not tried, and is to be tried in an hour."""
        self._note(address, Failure(reason, self._tries(address), now + WAITS[0]))

    def _tries(self, address: str) -> int:
        before = self.failure(address)
        return before.tries if before else 0

    def _note(self, address: str, failure: Failure) -> None:
        again = failure.again and failure.again.isoformat()
        note = {"reason": failure.reason[:_LONGEST_REASON], "tries": failure.tries, "again": again}
        self.folder.mkdir(parents=True, exist_ok=True)
        files.write(self._path(address, "json"), json.dumps(note))

    @property
    def state(self) -> State:
        """How far the Store was followed; not at all if no one noted it."""
        note = _read(self.folder / _STATE)
        try:
            return State(int(note["change"]), _moment(note["again"])) if note else State()
        except (KeyError, TypeError, ValueError):
            return State()

    def follow(self, state: State) -> None:
        """Note how far the Store was followed."""
        self.folder.mkdir(parents=True, exist_ok=True)
        note = {"change": state.change, "again": state.again and state.again.isoformat()}
        files.write(self.folder / _STATE, json.dumps(note))

    def prune(self, addresses: Some[str]) -> int:
        """Remove the pictures and notes of all other addresses; return how many pictures went."""
        wanted = {name_of(address) for address in addresses}
        strays = [path for path in self._files() if path.stem not in wanted]
        for path in strays:
            path.unlink(missing_ok=True)
        return sum(path.suffix == ".webp" for path in strays)

    def holding(self) -> Holding:
        """Count what is here."""
        own = self._files()
        pictures = [path for path in own if path.suffix == ".webp"]
        return Holding(len(pictures), sum(path.stat().st_size for path in pictures), len(own) - len(pictures))

    def drop(self) -> None:
        """Delete the folder with everything in it."""
        files.remove(self.folder)

    def _files(self) -> list[Path]:
        if not self.folder.is_dir():
            return []
        return [path for path in self.folder.iterdir() if _FILE.fullmatch(path.name)]

    def _path(self, address: str, ending: str) -> Path:
        return self.folder / f"{name_of(address)}.{ending}"


def _read(path: Path) -> Mapping[str, Any] | None:
    """A note; None if there is none, or it cannot be read."""
    try:
        with path.open("rb") as file:
            note = json.loads(file.read(_LARGEST_NOTE))
        return note if isinstance(note, dict) else None
    except (OSError, ValueError):
        return None


def _moment(text: str | None) -> datetime | None:
    """An aware moment; ValueError for one without a zone, which could not be compared."""
    moment = datetime.fromisoformat(text) if text is not None else None
    if moment is not None and moment.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return moment
