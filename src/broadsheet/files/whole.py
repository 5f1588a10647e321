"""Files that are whole or not there at all.

    write(path, data): a temporary file in the same folder -> fsync -> rename -> fsync of the folder
    replacing(path): the same for a stream; settle(part, path): for a file that another program wrote

Files that only grow (a Space, ``files.vectors``) have protocols of their own: they need ``flush`` alone. Every function
raises OSError as the system does: its caller knows what to call the thing.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO


def write(path: Path, data: str | bytes, *, private: bool = False) -> None:
    """Write text (as UTF-8) or bytes into ``path``, in the place of a file that is there, in one step.

    A reader sees the old file or the new one, and so does one after a power failure. The folder must exist. A
    ``private`` file is its owner's alone.
    """
    with replacing(path, private=private) as file:
        file.write(data.encode() if isinstance(data, str) else data)


@contextmanager
def replacing(path: Path, *, private: bool = False) -> Iterator[IO[bytes]]:
    """Open a stream that becomes the file ``path`` when the block ends well, and leaves nothing when it does not."""
    part = path.with_name(f".{path.stem[-16:]}-{threading.get_native_id()}.tmp")
    try:
        part.unlink(missing_ok=True)  # of a thread with this number that was killed here
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o600 if private else 0o666)
        with os.fdopen(descriptor, "wb") as file:
            yield file
            flush(file)
        _rename(part, path)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def settle(part: Path, path: Path) -> None:
    """Give a whole file its name, in the place of one that has it, once its bytes are on the disk."""
    flush(part)
    _rename(part, path)


def remove(path: Path) -> None:
    """Remove a file, or a folder with everything in it, as far as the system allows."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


def flush(what: IO[bytes] | Path) -> None:
    """Bring to the disk: what was written to an open file, a file by its path, or the names in a folder."""
    if not isinstance(what, Path):
        what.flush()
        os.fsync(what.fileno())
    elif os.name != "nt" or not what.is_dir():  # Windows opens no folder
        descriptor = os.open(what, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


_BINARY = getattr(os, "O_BINARY", 0)  # Windows alone has it, and would write other line ends without


def _rename(part: Path, path: Path) -> None:
    part.replace(path)
    with suppress(OSError):  # some network file systems cannot; the file has its name by now
        flush(path.parent)
