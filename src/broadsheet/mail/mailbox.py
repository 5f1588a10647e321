"""Email on the disk, one letter after another: an mbox file or a Maildir folder. Nothing is changed there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from broadsheet.core.errors import MailError, NotFoundError, system
from broadsheet.mail.bounces import MOST_BYTES

_LONGEST_LINE = 64 * 1024


def letters(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield each letter as a key that identifies it, and its first 256 KiB.

    NotFoundError when there is nothing at ``path``, MailError when it is neither kind or cannot be read.
    """
    if not path.exists():
        raise NotFoundError(f"{path} does not exist: expected an mbox file or a Maildir folder")
    contents = _maildir(path) if path.is_dir() else _mbox(path)
    try:
        for data in contents:
            yield hashlib.blake2b(data, digest_size=16).hexdigest(), data
    except OSError as error:
        raise MailError(system(error, path)) from error


def _maildir(folder: Path) -> Iterator[bytes]:
    boxes = [folder / name for name in ("new", "cur") if (folder / name).is_dir()]
    if not boxes:
        raise MailError(f"{folder} is not a Maildir folder: it has no folder 'new' or 'cur' in it")
    for file in sorted(entry for box in boxes for entry in box.iterdir()):
        if file.name.startswith(".") or file.is_symlink() or not file.is_file():
            continue
        try:
            with file.open("rb") as opened:
                yield opened.read(MOST_BYTES)
        except FileNotFoundError:  # a mail program moved it meanwhile: it is read next time
            continue


def _mbox(path: Path) -> Iterator[bytes]:
    """Yield the letters: each begins with a line ``From `` at the front or after an empty line."""
    with path.open("rb") as file:
        letter: list[bytes] = []
        size, begun, empty = 0, False, True
        for line in _lines(file):
            if line.startswith(b"From ") and empty:
                if begun:
                    yield b"".join(letter)
                letter, size, begun, empty = [], 0, True, False
                continue
            if not begun:
                raise MailError(f"{path} is not an mbox file: it does not begin with 'From '")
            empty = not line.rstrip(b"\r\n")
            if size < MOST_BYTES:
                letter.append(_unquoted(line))
                size += len(line)
        if begun:
            yield b"".join(letter)


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield the lines; one that is longer than email allows comes in pieces."""
    while line := file.readline(_LONGEST_LINE):
        yield line


def _unquoted(line: bytes) -> bytes:
    quoted = line.startswith(b">") and line.lstrip(b">").startswith(b"From ")
    return line[1:] if quoted else line
