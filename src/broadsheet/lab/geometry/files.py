"""Vectors from files: .npy as it is, .parquet and .jsonl copied once into a temporary .npy, so that memory is bounded.

name -> the reader of its ending -> Rows;  a file of texts -> the lines of the rows that are asked for
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.errors import NotFoundError, SourceError, UsageError
from broadsheet.core.vectors import Rows as Places
from broadsheet.files import unpacked
from broadsheet.lab.geometry.rows import MOST_DIMENSIONS, Rows, read_npy

COLUMNS = ("vector", "embedding", "embeddings", "vectors")
"""The names under which a column or a field of vectors is found, in this order."""
_LONGEST_LINE = 4_000_000  # bytes
_LARGEST = 400_000_000_000  # bytes of the copy
_BATCH = 4_096


def read_vectors(path: Path, scratch: Path) -> Rows:
    """Open a file of vectors; the folder ``scratch`` takes the copy of what is not .npy.

    NotFoundError or SourceError names the file and what is wrong with it; UsageError for an unknown ending.
    """
    if not path.is_file():
        raise NotFoundError(f"{path} is not a file: expected vectors as .npy, .parquet or .jsonl, or a Space's name.")
    ending = path.name.removesuffix(".gz").rpartition(".")[2]
    if path.suffix == ".npy":
        return read_npy(path)
    if ending not in ("parquet", "jsonl"):
        raise UsageError(f"{path} ends in {path.suffix!r}; expected .npy, .parquet or .jsonl.")
    blocks = _parquet(path) if ending == "parquet" else _jsonl(path)
    return Rows(_spooled(path, blocks, scratch / "vectors.raw"), name=str(path))


def lines(path: Path, places: Places) -> list[str]:
    """Return the lines at these places (ascending, from 0) of a text file, or the field ``text`` of those of .jsonl;
    SourceError when the file ends before."""
    wanted, found = iter(places.tolist()), []
    next_place = next(wanted, None)
    for number, line in enumerate(_opened_lines(path)):
        if number == next_place:
            found.append(_text(path, number, line))
            next_place = next(wanted, None)
            if next_place is None:
                return found
    if next_place is not None:
        _wrong(path, f"ends before line {next_place + 1:,}; expected one text for each vector, in the same order")
    return found


def _text(path: Path, number: int, line: str) -> str:
    if path.name.removesuffix(".gz").endswith(".jsonl"):
        value = _object(path, number, line).get("text")
        if not isinstance(value, str):
            _wrong(path, f"line {number + 1:,} has no field 'text' that is a string")
        return value
    return line.rstrip("\r\n")


def _spooled(path: Path, blocks: Iterator[NDArray[np.float32]], copy: Path) -> NDArray[np.float32]:
    rows = dim = 0
    with copy.open("wb") as file:
        for block in blocks:
            dim = dim or block.shape[1]
            if block.shape[1] != dim:
                _wrong(path, f"has vectors of {dim} and of {block.shape[1]} numbers")
            rows += len(block)
            if rows * dim * 4 > _LARGEST:
                _wrong(path, f"holds more than {_LARGEST:,} bytes of vectors")
            file.write(np.ascontiguousarray(block, dtype="<f4").tobytes())
    if not rows:
        _wrong(path, "holds no vectors")
    return np.memmap(copy, dtype="<f4", mode="r", shape=(rows, dim))


def _jsonl(path: Path) -> Iterator[NDArray[np.float32]]:
    batch: list[list[float]] = []
    for number, line in enumerate(_opened_lines(path)):
        if line.strip():
            batch.append(_vector(path, number, _object(path, number, line)))
            if len(batch) == _BATCH:
                yield _matrix(path, batch)
                batch = []
    if batch:
        yield _matrix(path, batch)


def _vector(path: Path, number: int, row: dict[str, Any]) -> list[float]:
    name = next((each for each in COLUMNS if each in row), None)
    vector = row[name] if name else None
    if not isinstance(vector, list) or not 0 < len(vector) <= MOST_DIMENSIONS:
        _wrong(path, f"line {number + 1:,} has no list of numbers under {' or '.join(COLUMNS)}")
    return [float("nan") if each is None else each for each in vector]


def _matrix(path: Path, batch: Sequence[Sequence[float]]) -> NDArray[np.float32]:
    try:
        matrix = np.array(batch, dtype=np.float32)
    except (ValueError, TypeError, OverflowError):
        matrix = np.empty(0, np.float32)
    if matrix.ndim != 2:
        _wrong(path, f"has vectors of {sorted({len(each) for each in batch})[:5]} numbers, or what is not a number")
    return matrix


def _object(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        _wrong(path, f"line {number + 1:,} is not JSON ({error})")
    if not isinstance(row, dict):
        _wrong(path, f"line {number + 1:,} is a JSON {type(row).__name__}, expected an object")
    return row


def _opened_lines(path: Path) -> Iterator[str]:
    if not path.is_file():
        raise NotFoundError(f"{path} is not a file.")
    try:
        with unpacked(path) as file:
            while raw := file.readline(_LONGEST_LINE + 1):
                if len(raw) > _LONGEST_LINE:
                    _wrong(path, f"has a line of more than {_LONGEST_LINE:,} bytes")
                yield raw.decode("utf-8", "replace")
    except (OSError, EOFError, zlib.error) as error:
        raise SourceError(f"{path} cannot be read to its end ({error})") from error


def _parquet(path: Path) -> Iterator[NDArray[np.float32]]:
    try:
        from pyarrow import parquet
        from pyarrow.lib import ArrowException
    except ModuleNotFoundError:
        raise UsageError(f"{path.name} needs the package pyarrow: pip install 'broadsheet[lab]'") from None
    try:
        with parquet.ParquetFile(path) as file:  # type: ignore[no-untyped-call]
            name = next((each for each in COLUMNS if each in file.schema_arrow.names), None)
            if name is None:
                _wrong(path, f"has no column {' or '.join(COLUMNS)}; it has {', '.join(file.schema_arrow.names[:10])}")
            for batch in file.iter_batches(batch_size=_BATCH, columns=[name]):
                yield _arrow_matrix(path, batch.column(0))
    except (ArrowException, OSError) as error:
        raise SourceError(f"{path} cannot be read as Parquet ({error})") from error


def _arrow_matrix(path: Path, column: Any) -> NDArray[np.float32]:
    lengths = {len(each) if each is not None else 0 for each in column}
    if len(lengths) != 1 or not 0 < (dim := lengths.pop()) <= MOST_DIMENSIONS:
        _wrong(path, "has vectors of different lengths, or rows without one")
    values = np.asarray(column.flatten().to_numpy(zero_copy_only=False), dtype=np.float32)
    return values.reshape(-1, dim)


def _wrong(path: Path, what: str) -> NoReturn:
    raise SourceError(f"{path} {what}.")
