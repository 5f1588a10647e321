"""JSON as files have it: a record on each line, a list, records in a row, or a whole answer of a service.

lines when the first or the second of them is a value of its own; else one value after another, whatever its lines
a value that wraps a list of records gives these; what cannot be read is a BadRecord
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from broadsheet.core.types import BadRecord
from broadsheet.sources.answers import record, records_in
from broadsheet.sources.encodings import UTF8, text_lines, wide_encoding
from broadsheet.sources.files import Record, chunks, decoded, made, stem
from broadsheet.sources.payload import json_value
from broadsheet.sources.stream import json_values


def read(path: Path) -> Iterator[Record]:
    """Yield the Documents and BadRecords of a file of JSON, in its order."""
    head = next(chunks(path), b"")
    codec = wide_encoding(head) or UTF8
    if not _in_lines(path, head, codec):
        for number, text in enumerate(json_values(path, codec), 1):
            yield from (text,) if isinstance(text, BadRecord) else _records(text, f"{path.name}#{number}", stem(path))
        return
    for number, line in enumerate(text_lines(path, codec), 1):
        if isinstance(line, BadRecord):
            yield line
        elif line.strip():
            yield from _records(line, f"{path.name}:{number}", stem(path))


def _in_lines(path: Path, head: bytes, codec: str) -> bool:
    """Return whether each line is a value of its own: the first one is, or the second where the first is only
    broken."""
    text = head.decode(codec, "replace").lstrip()
    if text.startswith("[") or "\n" not in text.replace("\r", "\n"):
        return False
    lines = (line.strip() for line in text_lines(path, codec) if isinstance(line, str))
    first, *others = [*islice(filter(None, lines), 2), ""]
    return _is_value(first) or (not first.endswith(("{", "[", ",", ":")) and any(map(_is_value, others)))


def _is_value(line: str) -> bool:
    try:
        json.loads(line, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        return False
    return True


def _records(raw: str, where: str, prefix: str) -> Iterator[Record]:
    """Yield the records of one JSON value: itself, or the ones in the list that it wraps."""
    rows = made(_rows, raw, where, raw=raw)
    if isinstance(rows, BadRecord):
        yield rows
        return
    make = partial(record, prefix=prefix)
    if len(rows) == 1:
        yield made(make, rows[0], where, raw=raw)
        return
    for number, values in enumerate(rows, 1):
        yield made(make, values, f"{where}/{number}")


def _rows(raw: str) -> list[dict[str, Any]]:
    value = json_value(decoded(raw))
    if not isinstance(value, dict):
        raise ValueError(f"expected a JSON object, got {type(value).__name__}")
    return records_in(value)
