"""One lock across processes: a file that one holder at a time has locked, freed by the system when its process dies."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from broadsheet.errors import CollectionError

_PAUSE = 0.02


@contextmanager
def held(path: Path, *, timeout: float = 10.0, what: str = "the Collection") -> Iterator[None]:
    """Hold the lock in ``path`` for the block; CollectionError after ``timeout`` seconds of waiting."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        deadline = time.monotonic() + timeout
        while not _try(descriptor):
            if time.monotonic() >= deadline:
                raise CollectionError(
                    f"{path} is held by another process, which is writing to {what}: wait for it to end, or stop it"
                )
            time.sleep(_PAUSE)
        yield
    finally:
        os.close(descriptor)


def is_held(path: Path) -> bool:
    """Whether somebody holds the lock in ``path`` at this moment; never waits for it, and makes no file."""
    if not path.is_file():
        return False
    try:
        with held(path, timeout=0):
            return False
    except CollectionError:
        return True
    except OSError:  # a folder that cannot be written to: nobody can sync it
        return False


def _try(descriptor: int) -> bool:
    if os.name == "nt":  # pragma: no cover
        import msvcrt

        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
