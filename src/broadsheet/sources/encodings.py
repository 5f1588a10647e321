"""Text files in the encodings that programs really write: UTF-8, UTF-16 and UTF-32, and Windows-1252 as Excel saves it.

the first bytes tell the wide encodings; without a mark, the zeros among them do
any other file is read once: is it UTF-8, or do most of its lines that are not ASCII fail as UTF-8?
its lines are then yielded as text, each of bounded length, whatever its line ends are
"""

from __future__ import annotations

from codecs import BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE, getincrementaldecoder
from collections.abc import Iterator
from io import IncrementalNewlineDecoder
from itertools import chain
from pathlib import Path

from broadsheet.core.errors import SourceError
from broadsheet.core.types import BadRecord
from broadsheet.sources import files
from broadsheet.sources.files import bad, chunks

UTF8, WINDOWS = "utf-8", "cp1252"
_MARKS = {BOM_UTF32_LE: "utf-32", BOM_UTF32_BE: "utf-32", BOM_UTF16_LE: "utf-16", BOM_UTF16_BE: "utf-16"}
_HEAD = 1_000
_WEIGHED = 64 * 2**20  # bytes that are read to tell UTF-8 from Windows-1252
_SHOWN = 500


def encoding(path: Path) -> str:
    """Return the name of a file's encoding, as Python calls it: ``utf-8``, ``utf-16``, ``utf-16-le``, ``cp1252`` ..."""
    fine = broken = 0
    for number, line in enumerate(_raw_lines(path)):
        if number == 0 and (wide := wide_encoding(line)):
            return wide
        if not line.isascii():
            fine, broken = (fine + 1, broken) if _is_utf8(line) else (fine, broken + 1)
    return WINDOWS if broken > fine else UTF8


def _raw_lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of the first part of a file, up to a break; one that is too long is left out."""
    rest, left = b"", _WEIGHED
    try:
        for data in chunks(path):
            if left == _WEIGHED and wide_encoding(data):
                yield data[:_HEAD]
                return
            *lines, rest = (rest + data).split(b"\n")
            yield from lines
            rest, left = rest[: files.LONGEST_LINE], left - len(data)
            if left < 0:
                return
    except SourceError:  # the reader of the lines meets it again, after what comes before it
        return
    yield rest


def wide_encoding(head: bytes) -> str:
    """Return the encoding of a text with two or four bytes for each letter, from its beginning; empty for others."""
    for mark, name in _MARKS.items():
        if head.startswith(mark):
            return name
    sample = head[: _HEAD - _HEAD % 2]
    zeros = len(sample) // 4  # most letters of a table are ASCII: every second byte is zero
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) <= zeros or min(even, odd) or len(sample) < 4:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def text_lines(path: Path, codec: str) -> Iterator[str | BadRecord]:
    """Yield the lines as text that ends in ``\\n``, without NUL; one over 8 MiB is a BadRecord, never held whole.

    What is not UTF-8 in a file that is becomes lone surrogates, and what Windows-1252 does not define, too: the record
    in which they are is then refused (see ``files.decoded``).
    """
    errors = "surrogateescape" if codec in (UTF8, WINDOWS) else "replace"
    decoder = IncrementalNewlineDecoder(getincrementaldecoder(codec)(errors), translate=True)
    line = _Line(path)
    for data in chain(chunks(path), (b"",)):
        text = decoder.decode(data, final=not data)
        first, *others = text.replace("\0", "").split("\n")
        line.add(first)
        for other in others:
            yield line.ended()
            line.add(other)
    if line:
        yield line.ended()


class _Line:
    """A line that grows by pieces; of one that is too long only the beginning is held."""

    def __init__(self, path: Path) -> None:
        self._path, self._number = path, 1
        self._pieces: list[str] = []
        self._length = 0

    def __bool__(self) -> bool:
        return self._length > 0

    def add(self, piece: str) -> None:
        self._length += len(piece)
        if self._length <= files.LONGEST_LINE or not self._pieces:
            self._pieces.append(piece[: files.LONGEST_LINE])

    def ended(self) -> str | BadRecord:
        """Return the line, and begin the next one."""
        text, length, number = "".join(self._pieces), self._length, self._number
        self._pieces, self._length, self._number = [], 0, number + 1
        if length <= files.LONGEST_LINE:
            return text + "\n"
        where = f"{self._path.name}:{number}"
        return bad(where, f"the line is longer than {files.LONGEST_LINE:,} characters", text[:_SHOWN])


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True
