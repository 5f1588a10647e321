"""Log lines, as text or as JSON, that can be kept for years: private data is removed before they are written.

Removed: email addresses, what follows a question mark in a URL, and words that look like a secret. The message of an
unforeseen error may quote a reader's request, so a line gives only its kind and where it was raised.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TextIO

_ADDRESS = re.compile(r"[^\s<>\"'(),;:]{1,64}@[^\s<>\"'(),;]{1,255}")
_QUERY = re.compile(r"(?<=[\w/])\?[^\s\"']+")
_SECRET = re.compile(r"(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{24,}(?![\w-])")
_MOST_FRAMES = 12
_ALIKE, _WINDOW = 30, 60.0  # lines of one kind in so many seconds; what comes on top is counted
_KINDS = 1_000  # that are counted at once


@contextmanager
def logging_to(*, as_json: bool, debug: bool = False, stream: TextIO | None = None) -> Iterator[None]:
    """Log to ``stream`` (else standard error) while the block runs: our lines from INFO on, warnings of packages.

    ``debug`` adds the messages of unforeseen errors.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(Lines(as_json=as_json, debug=debug))
    handler.addFilter(Repeats())
    ours = logging.getLogger("broadsheet")
    before = ours.level
    ours.setLevel(logging.INFO)
    logging.root.addHandler(handler)
    try:
        yield
    finally:
        logging.root.removeHandler(handler)
        ours.setLevel(before)


def scrub(text: str) -> str:
    """Remove from a message what a log must not hold, and bring it to one line."""
    for pattern, shown in ((_ADDRESS, "[address]"), (_QUERY, "?[query]"), (_SECRET, "[secret]")):
        text = pattern.sub(shown, text)
    return " ".join(text.split())


class Repeats(logging.Filter):
    """Let ``most`` lines of one kind through in each window of ``seconds``; the next that follows counts the others.

    Lines are of one kind if they come from one place of the program at one level, whatever they name.
    """

    def __init__(self, *, most: int = _ALIKE, seconds: float = _WINDOW) -> None:
        super().__init__()
        self._most, self._seconds = most, seconds
        self._counts: dict[tuple[object, ...], tuple[float, int]] = {}
        self._counting = threading.Lock()

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a line is written; the first of a new window says how many were not."""
        kind = record.name, record.levelno, record.pathname, record.lineno
        with self._counting:
            if len(self._counts) > _KINDS:
                self._counts.clear()
            begun, count = self._counts.get(kind, (record.created, 0))
            if not 0 <= record.created - begun < self._seconds:
                missing, begun, count = count - self._most, record.created, 0
                if missing > 0:
                    record.msg, record.args = f"{record.getMessage()} (and {missing:,} more lines like it before)", None
            self._counts[kind] = begun, count + 1
            return count < self._most


class Lines(logging.Formatter):
    """One line per record: moment, level, part of the program, message; as JSON an object with these as keys."""

    def __init__(self, *, as_json: bool, debug: bool = False) -> None:
        super().__init__()
        self._as_json, self._debug = as_json, debug

    def format(self, record: logging.LogRecord) -> str:
        """Write the line of a record."""
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        message, where = scrub(record.getMessage()), self._where(record)
        if self._as_json:
            line = {"time": moment, "level": record.levelname.lower(), "part": record.name, "said": message}
            return json.dumps({**line, **({"error": where} if where else {})}, ensure_ascii=False)
        return " ".join(filter(None, (moment, record.levelname, f"{record.name}:", message, where and f"[{where}]")))

    def _where(self, record: logging.LogRecord) -> str:
        if not record.exc_info or record.exc_info[0] is None:
            return ""
        kind, error, frames = record.exc_info
        walked = traceback.extract_tb(frames)[-_MOST_FRAMES:]
        steps = " > ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in walked)
        message = f": {scrub(str(error))}" if self._debug else ""
        return f"{kind.__name__}{message} at {steps}"
