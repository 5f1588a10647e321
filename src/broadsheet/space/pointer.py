"""The two small files of a Space, read with mistrust: the pointer ``current.json`` and ``manifest.json``.

Whatever a damaged disk made of them, the result is a Pointer, a Manifest or a ValueError that names the field.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from broadsheet.core.codes import BITS
from broadsheet.core.types import Manifest

FORMAT = 3
"""The highest format that is read: see ``format_of``."""
_LONGEST = 2**20  # bytes of either file
_MOST = 2**53  # of any count
_WIDEST = 2**16  # dimensions of a vector
_MOST_TURNS = 64


@dataclass(frozen=True)
class Pointer:
    """Record that the first ``rows`` rows of ``generation`` hold the Store up to ``change``."""

    generation: int
    rows: int
    change: int
    format: int = 1


@dataclass(frozen=True)
class TokenManifest:
    """Say whose token vectors these are (the name of an encoder, and the ``key`` of its manifest), their dimension, in
    how many ``bits`` each of it is stored, and the seed of the axes (0: as they are)."""

    encoder: str
    key: str
    dim: int
    bits: int = 1
    rotation: int = 0


def format_of(manifest: Manifest) -> int:
    """Return the format of a Space: 2 where codes are of rotated vectors, 3 where of several rotations, otherwise 1."""
    return 3 if manifest.turns > 1 else 2 if manifest.rotation else 1


def facts_of(manifest: Manifest) -> dict[str, Any]:
    """Return what manifest.json says of a manifest."""
    plain = {"rotation": 0, "turns": 1}  # not written, so that a Space without them is what it always was
    return {name: value for name, value in asdict(manifest).items() if value != plain.get(name, ...)}


def read_pointer(path: Path) -> Pointer:
    """Read a pointer file; OSError if it cannot be read, ValueError if it is damaged."""
    values = _fields(path, {"generation": 1, "rows": 1, "change": 1, "format": 0})
    counts = {name: _count(name, value) for name, value in values.items()}
    return Pointer(**counts)


def read_format(path: Path) -> int:
    """Read only the format number of a pointer file, whatever else it contains; 0 if there is none."""
    try:
        return _count("format", _object(path).get("format"))
    except (OSError, ValueError):
        return 0


def read_manifest(path: Path) -> Manifest:
    """Read a manifest file; OSError if it cannot be read, ValueError if it is damaged."""
    needed = ("encoder", "version", "weights", "dim")
    texts = ("encoder", "version", "weights", "pooling", "input_format", "precision")
    others = ("prompts", "max_length", "rotation", "turns")
    values = _fields(path, dict.fromkeys((*texts, *others), 0) | dict.fromkeys(needed, 1))
    for name in texts:
        _require(isinstance(values.get(name, ""), str), name, values)
    _require(0 < _count("dim", values["dim"]) <= _WIDEST, "dim", values)
    prompts, most = values.get("prompts", {}), values.get("max_length")
    _require(isinstance(prompts, dict) and all(isinstance(each, str) for each in prompts.values()), "prompts", values)
    _require(most is None or _count("max_length", most) > 0, "max_length", values)
    rotation, turns = _count("rotation", values.get("rotation", 0)), _count("turns", values.get("turns", 1))
    _require(1 <= turns <= (_MOST_TURNS if rotation else 1), "turns", values)
    return Manifest(**values)


def read_token_manifest(path: Path) -> TokenManifest:
    """Read the manifest of token vectors; OSError if it cannot be read, ValueError if it is damaged."""
    values = _fields(path, {"encoder": 1, "key": 1, "dim": 1, "bits": 1, "rotation": 0})
    for name in ("encoder", "key"):
        _require(isinstance(values[name], str), name, values)
    _require(0 < _count("dim", values["dim"]) <= _WIDEST, "dim", values)
    _require(_count("bits", values["bits"]) in BITS, "bits", values)
    _count("rotation", values.get("rotation", 0))
    return TokenManifest(**values)


def _fields(path: Path, known: Mapping[str, int]) -> dict[str, Any]:
    """The fields of a file; those with a 1 must be there."""
    values = _object(path)
    missing = [name for name, needed in known.items() if needed and name not in values]
    unknown = [name for name in values if name not in known]
    if missing or unknown:
        what = f"has no {missing[0]}" if missing else f"has the unknown field {unknown[0][:40]!r}"
        raise ValueError(f"{path.name} {what}")
    return values


def _object(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        raw = file.read(_LONGEST + 1)
    if len(raw) > _LONGEST:
        raise ValueError(f"{path.name} is longer than {_LONGEST:,} bytes")
    try:
        values = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path.name} is not JSON: {str(error)[:100]}") from None
    if not isinstance(values, dict):
        raise ValueError(f"{path.name} contains {type(values).__name__}, not an object")
    return values


def _count(name: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MOST:
        raise ValueError(f"{name} is {_short(value)}, not a count")
    return value


def _require(condition: bool, name: str, values: Mapping[str, Any]) -> None:
    if not condition:
        raise ValueError(f"{name} is {_short(values[name])}")


def _short(value: object) -> str:
    if isinstance(value, int) and abs(value) > _MOST:  # its digits may be too many to print
        return "a very long number"
    return repr(value)[:40]
