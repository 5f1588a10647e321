"""Every error that a user can meet: one base, a few kinds. A message names the thing, the value and the way out."""

from __future__ import annotations

import difflib
import errno
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path


class BroadsheetError(Exception):
    """The base of all errors raised on purpose. ``exit_code`` is the exit status of the command line."""

    exit_code = 1


class UsageError(BroadsheetError):
    """The call itself is wrong: an unknown name, an impossible option, a malformed filter."""

    exit_code = 2


class NotFoundError(BroadsheetError):
    """Nothing has the name that was requested: a paper, a file, a test set."""

    exit_code = 3


class SourceError(BroadsheetError):
    """A source could not be read to its end: it is missing, truncated or hostile, or the network failed."""

    exit_code = 4


class CollectionError(BroadsheetError):
    """The Collection cannot be opened or written: it is locked, read-only, damaged or newer, or the disk is full."""

    exit_code = 5


class ModelError(BroadsheetError):
    """An encoder cannot be loaded or does not match the stored vectors."""

    exit_code = 6


class MailError(BroadsheetError):
    """Email cannot be sent at all: no server, no TLS, a refused login, an outbox that cannot be written."""

    exit_code = 7


_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_DENIED = {errno.EACCES, errno.EPERM, errno.EROFS}


def system(error: OSError, path: object = "") -> str:
    """Describe an error of the operating system in one line: the file (else ``path``), the fault, the way out."""
    where = f"{error.filename or path}: " if error.filename or path else ""
    if error.errno in _FULL:
        return f"{where}the disk is full: free some space and run the command again; nothing committed is lost"
    way_out = "permissions of the file and its folder" if error.errno in _DENIED else "name and its folder"
    return f"{where}{error.strerror or error}: check the {way_out}"


@contextmanager
def on_disk(path: Path) -> Iterator[None]:
    """Turn errors of the operating system into a CollectionError that names the file (else ``path``)."""
    try:
        yield
    except OSError as error:
        raise CollectionError(system(error, path)) from error


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a sentence with the known names closest to a mistaken one, or with all of them: the end of a message."""
    names = sorted(set(known))
    close = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    if close:
        return f"Did you mean {' or '.join(close)}?"
    return f"Known: {', '.join(names)}." if names else "No names are known yet."
