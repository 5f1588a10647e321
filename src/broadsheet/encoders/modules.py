"""modules.json: the steps of a sentence-transformers model in their order, each with the folder that describes it.

modules.json -> rows of a kind and a folder, bounded, none outside the model -> what follows the transformer
no such file -> a transformer, and the pooling that 1_Pooling/config.json describes if it is there
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from broadsheet.core.errors import ModelError
from broadsheet.encoders.folder import WAY_OUT, WEIGHTS, Config, read_json, require_model

_LONGEST_NAME = 200  # characters of a sub-folder's path, and of a dotted name
_MOST_STEPS = 32


@dataclass(frozen=True, slots=True)
class Step:
    """One step. ``kind`` is the last part of its ``type``, which is dotted: sentence-transformers has called its
    modules by several paths, but by one name each. ``name`` is its folder in the model's, empty for the model's own.
    """

    kind: str
    type: str
    name: str
    folder: Path

    def config(self) -> Config:
        """Read the step's config.json; ModelError if it is not there."""
        path = self.folder / "config.json"
        if not path.is_file():
            raise ModelError(f"modules.json names {self.name[:60]}, but {path} is missing. Copy the model again.")
        return Config.read(path)

    def weights(self) -> Path:
        """Return the step's own file of weights; ModelError if it is not there, or only as a pickle."""
        require_model(self.folder)
        return self.folder / WEIGHTS

    def error(self, reason: str) -> ModelError:
        """Return the error that names the step, says why it is not offered here, and the way out."""
        return ModelError(f"modules.json asks for {self.type} in {self.folder}: {reason}. {WAY_OUT}")


def read_steps(folder: Path) -> tuple[Step, ...]:
    """Return the steps of a model in their order, whatever their kinds; ModelError for a file that names none."""
    path = folder / "modules.json"
    if not path.is_file():
        pooling = Step("Pooling", "Pooling", "1_Pooling", folder / "1_Pooling")
        transformer = Step("Transformer", "Transformer", "", folder)
        return (transformer, pooling) if (pooling.folder / "config.json").is_file() else (transformer,)
    rows = read_json(path)
    if not isinstance(rows, list) or not 0 < len(rows) <= _MOST_STEPS:
        size = f"{len(rows):,} steps" if isinstance(rows, list) else type(rows).__name__
        raise ModelError(f"{path} holds {size}; expected a list of 1 to {_MOST_STEPS} steps.")
    return tuple(_steps(path, rows))


def _steps(path: Path, rows: list[Any]) -> Iterator[Step]:
    for row in rows:
        kind, name = (row.get("type"), row.get("path", "")) if isinstance(row, dict) else (None, None)
        if not isinstance(kind, str) or not isinstance(name, str):
            raise ModelError(f"{path} has the step {repr(row)[:80]}; expected a type and a path.")
        if max(len(kind), len(name)) > _LONGEST_NAME or not (kind + name).isprintable():
            raise ModelError(f"{path} has a path that no folder can have. Copy the model again.")
        if Path(name).is_absolute() or ".." in Path(name).parts:
            raise ModelError(f"{path} points outside its folder. Do not trust this model.")
        yield Step(kind.rsplit(".", 1)[-1], kind, name, path.parent / name)
