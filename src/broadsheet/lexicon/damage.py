"""Damage of the Lexicon's files: told by tantivy's checksums before it reads them, and from its errors and panics.

sync and verify compare every byte -> a file that is not as it was written is damage
a search meets damage -> an error, or a panic, which Exception does not cover -> CollectionError with the way out
"""

from __future__ import annotations

import json
import mmap
import os
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from broadsheet.core.errors import CollectionError

META = "meta.json"  # tantivy's list of segments
_FOOTER = 1337  # ends each of tantivy's files, after the length of a JSON object with the checksum of what precedes


def damaged(folder: Path, reason: object) -> CollectionError:
    """Return the error that tells of damage, in one line."""
    line = " ".join(str(reason).split())[:200]
    return CollectionError(f"the Lexicon in {folder} is damaged ({line}): run sync to rebuild it")


@contextmanager
def guard(folder: Path, *, panics: bool = False) -> Iterator[None]:
    """Turn what tantivy raises for damaged files into a CollectionError: its errors, unless only ``panics`` are meant,
    and its panics."""
    try:
        yield
    except BaseException as error:
        panic = type(error).__name__ == "PanicException"
        if not panic and (panics or not isinstance(error, ValueError | OSError)):
            raise
        raise damaged(folder, error) from error


def unsound(folder: Path) -> str:
    """Return the name of the first file of tantivy's segments whose bytes do not have its checksum; empty if all do.

    A file whose checksum cannot be read is left to tantivy, which refuses it.
    """
    try:
        segments = json.loads((folder / META).read_text("utf-8"))["segments"]
        names = [str(each["segment_id"]).replace("-", "") for each in segments]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return META
    for path in sorted(path for path in folder.iterdir() if path.name.partition(".")[0] in names):
        with suppress(OSError, ValueError, KeyError, TypeError):  # removed meanwhile by a merge, or without a checksum
            if not _is_sound(path):
                return path.name
    return ""


def _is_sound(path: Path) -> bool:
    """Whether the bytes of one file have the checksum that its footer records."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        length, mark = (int.from_bytes(data[end - 4 : end], "little") for end in (len(data) - 4, len(data)))
        end = len(data) - 8 - length
        if mark != _FOOTER or end < 0:
            return True
        crc = json.loads(data[end:-8])["crc"]
        with memoryview(data) as view, view[:end] as body:
            return zlib.crc32(body) == int(crc)


class Links:
    """A temporary folder of links to an index in a folder where nothing may be written: tantivy wants a lock file."""

    def __init__(self) -> None:
        self._made: TemporaryDirectory[str] | None = None
        self._of: tuple[Path, int] | None = None

    def place(self, folder: Path) -> Path:
        """Return the folder to open: this one, or the links to it."""
        self.close()
        if os.access(folder, os.W_OK):
            return folder
        self._made = TemporaryDirectory(prefix="broadsheet-lexicon-")
        for file in folder.iterdir():
            if file.is_file() and not file.name.endswith(".lock"):
                _link(file.absolute(), Path(self._made.name) / file.name)
        self._of = folder, _moment(folder)
        return Path(self._made.name)

    @property
    def stale(self) -> bool:
        """Return whether the index has changed since the links were made."""
        return self._of is not None and _moment(self._of[0]) != self._of[1]

    def close(self) -> None:
        """Remove the links."""
        if self._made:
            self._made.cleanup()
        self._made = self._of = None


def _moment(folder: Path) -> int:
    try:
        return (folder / META).stat().st_mtime_ns
    except OSError:
        return 0


def _link(file: Path, link: Path) -> None:
    """Make a link to a file; a copy where the system makes none."""
    try:
        link.symlink_to(file)
    except OSError:
        shutil.copyfile(file, link)
