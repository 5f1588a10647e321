"""The files of a model's folder, read with mistrust: small JSON with checked values, weights whose shapes are known.

model.safetensors -> arrays whose names and shapes were checked before one byte was read; nothing is ever unpickled
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from broadsheet.core.errors import ModelError, nearest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_JSON_BYTES = 1 << 20
_MOST_NAMES = 2_000  # of tensors that are compared with a missing one
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

    def size(self, key: str, limit: int, default: int | None = None) -> int:
        """Take a whole number from 1 to ``limit``."""
        value = self.values.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= limit:
            raise self.error(f"{key} is {repr(value)[:80]}; expected a whole number from 1 to {limit}.")
        return value

    def number(self, key: str, default: float, *, least: float = 0.0, most: float = 1.0) -> float:
        """Take a number between ``least`` and ``most``, without these."""
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not least < value < most:
            raise self.error(f"{key} is {repr(value)[:80]}; expected a number between {least:g} and {most:g}.")
        return float(value)

    def flag(self, key: str, default: bool) -> bool:
        """Take true or false."""
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            raise self.error(f"{key} is {repr(value)[:80]}; expected true or false.")
        return value

    def choice(self, key: str, known: Mapping[str, object]) -> str:
        """Take one of the texts that are ``known`` here; the error names the nearest and the way out."""
        value = self.values.get(key)
        if not isinstance(value, str) or value not in known:
            shown = str(value)[:60]
            raise self.error(f"{key} is {repr(value)[:80]}. {nearest(shown, known)} {WAY_OUT}")
        return value


def sha256(path: Path) -> str:
    """Return the sha256 of a file, as hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_tensors(
    path: Path, shapes: Mapping[str, tuple[int, ...]], prefixes: tuple[str, ...] = ("",)
) -> dict[str, NDArray[np.float32]]:
    """Return tensors as float32 by name; ModelError if one is missing or has another shape or kind.

    ``prefixes``: what stands before every name in some files.
    """
    return dict(_tensors(path, shapes, prefixes))


def _tensors(
    path: Path, shapes: Mapping[str, tuple[int, ...]], prefixes: tuple[str, ...]
) -> Iterator[tuple[str, NDArray[np.float32]]]:
    import numpy as np
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            names = {_present(name): name for name in file.keys()}  # noqa: SIM118 - the file is no mapping
            prefix = _prefix(path, set(names), shapes, prefixes)
            for name, shape in shapes.items():
                part = file.get_slice(names[prefix + name])
                found, kind = tuple(part.get_shape()), part.get_dtype()
                if found != shape or kind not in ("F32", "F16"):
                    raise ModelError(f"{path}: {name} is {kind} {found}; expected F32 or F16 {shape}.")
                tensor = np.ascontiguousarray(file.get_tensor(names[prefix + name]), dtype=np.float32)
                if not np.isfinite(tensor).all():
                    raise ModelError(f"{path}: {name} contains numbers that are not finite. Copy the model again.")
                yield name, tensor
    except (SafetensorError, OSError) as error:
        raise ModelError(f"{path} is damaged or incomplete: {error}. Copy the model again.") from None


def _present(name: str) -> str:
    """The name that a tensor has now: the first files of BERT have those of TensorFlow for LayerNorm."""
    return name.replace("LayerNorm.gamma", "LayerNorm.weight").replace("LayerNorm.beta", "LayerNorm.bias")


def tensor_names(path: Path) -> frozenset[str]:
    """Return the names of the tensors in a file of weights; ModelError if it is damaged."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            return frozenset(map(_present, file.keys()))
    except (SafetensorError, OSError) as error:
        raise ModelError(f"{path} is damaged or incomplete: {error}. Copy the model again.") from None


def _prefix(path: Path, names: set[str], wanted: Mapping[str, object], prefixes: tuple[str, ...]) -> str:
    """Some files put the model's kind before every name; the missing tensor is named where none fits."""
    missing = {p: [n for n in wanted if p + n not in names] for p in prefixes}
    best = min(missing, key=lambda p: len(missing[p]))
    if missing[best]:
        name, close = missing[best][0], sorted(names)[:_MOST_NAMES]
        raise ModelError(f"{path} has no tensor {name} ({len(missing[best])} missing). {nearest(name, close)}")
    return best
