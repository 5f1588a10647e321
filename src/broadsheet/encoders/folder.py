"""The files of a model's folder, read with mistrust: small JSON with checked values, weights whose shapes are known.

model.safetensors -> arrays whose names and shapes were checked before one byte was read; nothing is ever unpickled
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from broadsheet.core.errors import ModelError, nearest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_JSON_BYTES = 1 << 20
_MOST_NAMES = 2_000  # of tensors that are compared with a missing one
Layout = Mapping[str, tuple[int, ...]]
WEIGHTS = "model.safetensors"
WAY_OUT = "Other models run as st:NAME with the extra [torch]."


def read_json(path: Path, *, limit: int = _JSON_BYTES) -> Any:
    """Return the content of a small JSON file; ModelError says what is wrong with it."""
    try:
        with path.open("rb") as file:
            raw = file.read(limit + 1)
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror or error}. Is this the folder of a model?") from None
    if len(raw) > limit:
        raise ModelError(f"{path} is larger than {limit:,} bytes: too large for the description of a model.")
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{path} is not JSON: {error}. Copy the model again.") from None


def require_folder(folder: Path) -> None:
    """Raise ModelError unless the folder is there."""
    if not folder.is_dir():
        raise ModelError(f"No model folder at {folder}. A model is a folder with model.safetensors and tokenizer.json.")


def require_model(folder: Path) -> None:
    """Raise ModelError unless the folder is there and keeps its weights in safetensors."""
    require_folder(folder)
    if not (folder / "model.safetensors").is_file():
        pickled = [p.name for p in folder.glob("*.bin")] + [p.name for p in folder.glob("*.pt*")]
        reason = f"{pickled[0]} is a pickle and is not read" if pickled else "it has no weights"
        raise ModelError(f"{folder} has no model.safetensors ({reason}). Save the model with safetensors.")


@dataclass(frozen=True)
class Config:
    """The values of a JSON file, checked as they are taken; a ModelError names the file and what was expected."""

    path: Path
    values: Mapping[str, Any]
    at: str = ""  # what stands before every name, within an object inside the file

    @classmethod
    def read(cls, path: Path) -> Config:
        """Read a file that must be there."""
        values = read_json(path)
        if not isinstance(values, dict):
            raise ModelError(f"{path} holds {type(values).__name__}; expected an object of names and values.")
        return cls(path, values)

    @classmethod
    def optional(cls, path: Path) -> Config:
        """Read a file that may be missing: then it says nothing."""
        return cls.read(path) if path.is_file() else cls(path, {})

    def error(self, reason: str) -> ModelError:
        """Return the error that names the file."""
        return ModelError(f"{self.path}: {reason}")

    def part(self, key: str) -> Config:
        """Take an object inside the file; one that is missing or null says nothing."""
        value = self.values.get(key)
        if value is not None and not isinstance(value, dict):
            raise self.error(f"{self.at}{key} is {repr(value)[:80]}; expected an object of names and values.")
        return Config(self.path, value or {}, f"{self.at}{key}.")

    def size(self, key: str, limit: int, default: int | None = None, *, least: int = 1) -> int:
        """Take a whole number from ``least`` to ``limit``."""
        value = self.values.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= limit:
            raise self.error(f"{self.at}{key} is {repr(value)[:80]}; expected a whole number from {least} to {limit}.")
        return value

    def number(self, key: str, default: float, *, least: float = 0.0, most: float = 1.0) -> float:
        """Take a number between ``least`` and ``most``, without these."""
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not least < value < most:
            raise self.error(f"{self.at}{key} is {repr(value)[:80]}; expected a number between {least:g} and {most:g}.")
        return float(value)

    def flag(self, key: str, default: bool) -> bool:
        """Take true or false."""
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            raise self.error(f"{self.at}{key} is {repr(value)[:80]}; expected true or false.")
        return value

    def choice(self, key: str, known: Mapping[str, object]) -> str:
        """Take one of the texts that are ``known`` here; the error names the nearest and the way out."""
        value = self.values.get(key)
        if not isinstance(value, str) or value not in known:
            shown = str(value)[:60]
            raise self.error(f"{self.at}{key} is {repr(value)[:80]}. {nearest(shown, known)} {WAY_OUT}")
        return value


def sha256(path: Path) -> str:
    """Return the sha256 of a file, as hex; large weights are read once while they stay the same file."""
    stat = path.stat()
    return _sha256(path, (stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns))


@lru_cache(maxsize=128)
def _sha256(path: Path, _same: tuple[int, ...]) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_tensors(
    path: Path, shapes: Mapping[str, tuple[int, ...]], prefixes: tuple[str, ...] = ("",)
) -> dict[str, NDArray[np.float32]]:
    """Return tensors as float32 by name; ModelError if one is missing or has another shape or kind.

    ``prefixes``: what stands before every name in some files.
    """
    return dict(_tensors(path, shapes, prefixes))


def tensor_names(path: Path) -> frozenset[str]:
    """Return the names of the tensors in a file of weights, as ``read_tensors`` knows them; ModelError if it is
    damaged."""
    with _opened(path) as file:
        names = frozenset(file.keys())
    return frozenset(
        name.replace("LayerNorm.gamma", "LayerNorm.weight").replace("LayerNorm.beta", "LayerNorm.bias")
        for name in names
    )


def nearest_layout(path: Path, layouts: Sequence[Layout], prefixes: tuple[str, ...] = ("",)) -> Layout:
    """Return the one of several layouts, under different names, of which the file lacks the fewest tensors."""
    if len(layouts) == 1:
        return layouts[0]
    with _opened(path) as file:
        names = set(file.keys())
    return min(layouts, key=lambda each: min(sum(p + n not in names for n in each) for p in prefixes))


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """Open a file of tensors; ModelError for whatever is wrong with it."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            yield file
    except (SafetensorError, OSError) as error:
        raise ModelError(f"{path} is damaged or incomplete: {error}. Copy the model again.") from None


def _tensors(
    path: Path, shapes: Mapping[str, tuple[int, ...]], prefixes: tuple[str, ...]
) -> Iterator[tuple[str, NDArray[np.float32]]]:
    import numpy as np

    with _opened(path) as file:
        stored, halves = _stored(path, set(file.keys()), shapes, prefixes), _Halves(path)
        for name, shape in shapes.items():
            part = file.get_slice(stored[name])
            found, kind = tuple(part.get_shape()), part.get_dtype()
            if found != shape or kind not in ("F32", "F16", "BF16"):
                raise ModelError(f"{path}: {name} is {kind} {found}; expected F32, F16 or BF16 {shape}.")
            read = halves.read(stored[name], shape) if kind == "BF16" else file.get_tensor(stored[name])
            tensor = np.ascontiguousarray(read, dtype=np.float32)
            if not np.isfinite(tensor).all():
                raise ModelError(f"{path}: {name} contains numbers that are not finite. Copy the model again.")
            yield name, tensor


class _Halves:
    """The BF16 tensors of a file that the library has checked: numpy cannot hold them. Each is the first half of the
    bits of a float32."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def _places(self) -> tuple[int, Mapping[str, Any]]:
        """Where the numbers begin, and each tensor's entry by name."""
        with self._path.open("rb") as file:
            size = int.from_bytes(file.read(8), "little")
            return 8 + size, json.loads(file.read(size))

    def read(self, name: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
        """Return a tensor as float32."""
        import numpy as np

        start, entries = self._places
        raw = np.fromfile(self._path, "<u2", math.prod(shape), offset=start + entries[name]["data_offsets"][0])
        return (raw.astype(np.uint32) << np.uint32(16)).view(np.float32).reshape(shape)


def _stored(path: Path, names: set[str], wanted: Iterable[str], prefixes: tuple[str, ...]) -> dict[str, str]:
    """What the file calls each tensor: some put the model's kind before every name, and old ones call the two parts of
    a LayerNorm gamma and beta. The missing tensor is named where none fits."""
    best: dict[str, str] = {}
    missing: list[str] = []
    for prefix in prefixes:
        found = {name: _name(prefix + name, names) for name in wanted}
        lacking = [name for name in wanted if found[name] not in names]
        if not best or len(lacking) < len(missing):
            best, missing = found, lacking
    if missing:
        close = nearest(missing[0], sorted(names)[:_MOST_NAMES])
        raise ModelError(f"{path} has no tensor {missing[0]} ({len(missing)} missing). {close}")
    return best


def _name(name: str, names: set[str]) -> str:
    old = name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta")
    return old if name not in names and old in names else name
