"""Answers kept on disk with their validators, so that an unchanged feed costs one short exchange.

Each address has one file: a line of JSON (address, headers), then the body. The oldest files are deleted when the
folder outgrows its bound, and a file that cannot be read counts as absent.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from broadsheet import files

_SUFFIX = ".answer"
_KEPT_HEADERS = ("etag", "last-modified", "content-type", "date")


@dataclass(frozen=True, slots=True)
class Kept:
    """One stored answer: its headers (lower-case names) and its body."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def conditions(self) -> dict[str, str]:
        """Return the request headers that ask for the answer only if it has changed."""
        asks = {"If-None-Match": self.headers.get("etag"), "If-Modified-Since": self.headers.get("last-modified")}
        return {name: value for name, value in asks.items() if value}


class Cache:
    """A folder of at most ``max_bytes`` of answers; without a folder it keeps nothing."""

    def __init__(self, folder: Path | None, *, max_bytes: int = 256 * 2**20) -> None:
        self._folder = folder
        self._max_bytes = max_bytes

    def find(self, url: str, accept: str) -> Kept | None:
        """Return the answer stored for this address in this format; None if it is not stored."""
        if self._folder is None:
            return None
        path = self._path(url, accept)
        try:
            head, _, body = path.read_bytes().partition(b"\n")
            facts = json.loads(head)
            if facts["url"] != url or facts["length"] != len(body):
                return None
            os.utime(path)
            return Kept(dict(facts["headers"]), body)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def keep(self, url: str, accept: str, kept: Kept) -> None:
        """Store an answer that has a validator and may be stored; a full or read-only disk is not an error."""
        headers = {name: kept.headers[name] for name in _KEPT_HEADERS if name in kept.headers}
        forbidden = "no-store" in kept.headers.get("cache-control", "").lower()
        if self._folder is None or forbidden or not kept.conditions or len(kept.body) > self._max_bytes // 4:
            return
        facts = {"url": url, "length": len(kept.body), "headers": headers}
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            body = json.dumps(facts).encode() + b"\n" + kept.body
            files.write(self._path(url, accept), body, private=True)
            self._prune()
        except OSError:
            return

    def _path(self, url: str, accept: str) -> Path:
        assert self._folder is not None
        return self._folder / (hashlib.blake2b(f"{accept} {url}".encode(), digest_size=16).hexdigest() + _SUFFIX)

    def _prune(self) -> None:
        assert self._folder is not None
        files = [(entry.stat(), entry.path) for entry in os.scandir(self._folder) if entry.name.endswith(_SUFFIX)]
        total = sum(stat.st_size for stat, _ in files)
        for stat, path in sorted(files, key=lambda file: file[0].st_mtime_ns):
            if total <= self._max_bytes:
                return
            Path(path).unlink(missing_ok=True)
            total -= stat.st_size
