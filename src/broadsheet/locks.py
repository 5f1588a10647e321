"""Locks across processes: a locked file, which the system frees when the process that holds it dies."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from broadsheet.core.errors import CollectionError

if sys.platform == "win32":  # pragma: no cover
    import msvcrt
else:
    import fcntl

_PAUSE = 0.02


@contextmanager
def held(path: Path, *, timeout: float = 10.0, what: str = "the Collection") -> Iterator[None]:
    """Hold the lock in ``path`` for the block; CollectionError after ``timeout`` seconds of waiting."""
    descriptor = _opened(path)
    try:
        if not _patiently(descriptor, timeout):
            raise CollectionError(
                f"{path} is held by another process, which is writing to {what}: wait for it to end, or stop it"
            )
        yield
    finally:
        os.close(descriptor)


@contextmanager
def attempted(path: Path) -> Iterator[bool]:
    """Hold the lock in ``path`` for the block if it is free; yield whether it was. Never wait."""
    descriptor = _opened(path)
    try:
        yield _try(descriptor)
    finally:
        os.close(descriptor)


class Tenure:
    """A lock in ``path`` that many processes may ``share`` or one may ``own``, until they give it up.

    Where the file can be neither opened nor made (on a read-only medium), no process can own it and all share it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def share(self, *, timeout: float) -> bool:
        """Share the lock (an owner begins to share it); return False if another owns it for ``timeout`` seconds."""
        try:
            self._open()
        except OSError:
            return True
        return self._take(timeout, shared=True)

    def own(self, *, timeout: float) -> bool:
        """Own the lock alone; give it up and return False if others share or own it for ``timeout`` seconds."""
        self._open()
        return self._take(timeout, shared=False)

    def give_up(self) -> None:
        """Release the lock."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _open(self) -> None:
        if self._descriptor is None:
            try:
                self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            except OSError:
                self._descriptor = os.open(self._path, os.O_RDONLY)  # locking does not need write permission

    def _take(self, timeout: float, *, shared: bool) -> bool:
        taken = self._descriptor is not None and _patiently(self._descriptor, timeout, shared=shared)
        if not taken:
            self.give_up()
        return taken


def is_held(path: Path) -> bool:
    """Return whether a process holds the lock in ``path`` at this moment. Never wait, and make no file."""
    if not path.is_file():
        return False
    try:
        with held(path, timeout=0):
            return False
    except CollectionError:
        return True
    except OSError:  # a folder that cannot be written to: no process can sync it
        return False


def _opened(path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def _patiently(descriptor: int, timeout: float, *, shared: bool = False) -> bool:
    """Take the lock, trying for so many seconds; return whether it was taken."""
    deadline = time.monotonic() + timeout
    while not _try(descriptor, shared=shared):
        if time.monotonic() >= deadline:
            return False
        time.sleep(_PAUSE)
    return True


def _try(descriptor: int, *, shared: bool = False) -> bool:
    if sys.platform == "win32":  # pragma: no cover
        if shared:  # byte locks cannot be shared there: all are let in
            return True
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
