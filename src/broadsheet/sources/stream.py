"""JSON values one after another out of a file too large to load: a list of any length, or objects without commas.

fill the buffer; cut the next whole value off its front
a value that is cut short: read on, twice as much each time
a value that is broken: a BadRecord, then continue at the next object
"""

from __future__ import annotations

import json
import re
from codecs import getincrementaldecoder
from collections.abc import Iterator
from pathlib import Path

from broadsheet.core.errors import SourceError
from broadsheet.core.types import BadRecord
from broadsheet.sources.files import bad, chunks

LONGEST_VALUE = 32 * 2**20
MOST_BROKEN = 10_000
_STEP = 2**16  # an error counts the lines before it in memory: of little memory
_GAP = re.compile(r"[\s,]*")
_FIRST_KEY = re.compile(r'\{\s*("(?:[^"\\]|\\.)*"\s*:)')
_NEAR_END = 256  # an error this near to the buffer's end, or the beginning of a record there, may only be cut short


def json_values(path: Path, codec: str = "utf-8") -> Iterator[str | BadRecord]:
    """Yield the texts of the values in one list, or in a row; SourceError if the file is cut off or goes on.

    ``codec`` is the encoding of the file.
    """
    buffer = _Buffer(path, codec)
    listed = buffer.skip() == "["
    if listed:
        buffer.drop(1)
    buffer.in_lines = not listed
    number = 0
    while (first := buffer.skip()) and not (listed and first == "]"):
        number += 1
        yield buffer.value(f"{path.name}#{number}")
    if listed and not first:
        raise SourceError(f"{str(path)!r} ends inside its list, after {number} records; get the file again.")
    buffer.drop(1)
    if listed and buffer.skip():
        raise SourceError(f"{str(path)!r} goes on after the end of its list of {number} records; check the file.")


class _Buffer:
    """The part of the text that is in memory: it grows at its end and is dropped from its front."""

    def __init__(self, path: Path, codec: str) -> None:
        self._path = path
        self._chunks = (data[i : i + _STEP] for data in chunks(path) for i in range(0, len(data), _STEP))
        self._decode = getincrementaldecoder(codec)("surrogateescape" if codec == "utf-8" else "replace").decode
        self._text, self._at, self._ended, self._broken_so_far = "", 0, False, 0
        self._next = re.compile(r"(?<=[},\s])\{")
        self.in_lines = False  # whether a brace that begins a line begins a record
        self._scan = json.JSONDecoder(parse_int=str, parse_constant=str).raw_decode

    def skip(self) -> str:
        """Skip white space and commas; return the next character, empty at the end."""
        while True:
            match = _GAP.match(self._text, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._grow():
                return ""

    def drop(self, length: int) -> None:
        self._at += length

    def value(self, where: str) -> str | BadRecord:
        """Return the text of the value that begins here."""
        while True:
            start = self._at
            try:
                _, end = self._scan(self._text, start)
            except json.JSONDecodeError as error:
                if self._cut_short(error) and len(self._text) - start <= LONGEST_VALUE and self._grow():
                    continue
                return self._broken(where, error.msg, self._at + error.pos - start)  # growing moves the text
            except RecursionError:
                return self._broken(where, "nested too deeply", start)
            self._at = end
            self._learn(start)
            return self._text[start:end]

    def _learn(self, start: int) -> None:
        """Learn how records begin: the first key of the last one seen is used to find the one after a broken record."""
        if first := _FIRST_KEY.match(self._text, start):
            line = r"(?<=\n\{)|" if self.in_lines else ""  # all begin with a brace, which makes the search quick
            self._next = re.compile(r"\{(?:" + line + r"\s*" + re.escape(first[1]) + ")")

    def _cut_short(self, error: json.JSONDecodeError) -> bool:
        return error.msg.startswith("Unterminated") or error.pos >= len(self._text) - _NEAR_END

    def _broken(self, where: str, reason: str, position: int) -> BadRecord:
        self._broken_so_far += 1
        if self._broken_so_far > MOST_BROKEN:
            raise SourceError(
                f"{str(self._path)!r} has more than {MOST_BROKEN:,} values that are not JSON; check the kind of file."
            )
        self._learn(self._at)
        record = bad(where, reason, self._text[self._at : self._at + 2_000])
        while not (match := self._next.search(self._text, max(position, self._at + 1))):
            self._at = position = max(self._at, len(self._text) - _NEAR_END)
            if not self._grow():
                raise SourceError(f"{str(self._path)!r} cannot be read after {where}: {reason}; get the file again.")
            position = self._at
        self._at = match.start()
        return record

    def _grow(self) -> bool:
        """Double what is in memory, so that a long value costs at most twice its reading; return False at the end."""
        self._text, self._at = self._text[self._at :], 0
        target = 2 * len(self._text)
        while not self._ended and len(self._text) <= target:
            data = next(self._chunks, b"")
            self._ended = not data
            self._text += self._decode(data, self._ended)
        return len(self._text) > target // 2
