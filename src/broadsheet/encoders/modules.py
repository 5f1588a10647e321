"""modules.json and the folders that it names: what follows the transformer in a sentence-transformers model."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from broadsheet.core.errors import ModelError
from broadsheet.encoders.folder import Config, read_json

Pooling = Literal["mean", "cls", "max", "last", "weighted"]
_LONGEST_NAME = 200  # characters of a sub-folder's path
_STEPS = {"Transformer", "Pooling", "Normalize"}


def read_modules(folder: Path) -> Pooling:
    """Read what follows the transformer; ModelError for a step that is not offered here."""
    pooled = "1_Pooling"
    if (folder / "modules.json").is_file():
        modules = read_json(folder / "modules.json")
        steps = _steps(folder, modules)
        pooled = steps.get("Pooling", "")
    facts = Config.optional(folder / pooled / "config.json").values if pooled and (folder / pooled).is_dir() else {}
    modes = {"cls": "pooling_mode_cls_token", "mean": "pooling_mode_mean_tokens"}
    other = [k for k, v in facts.items() if k.startswith("pooling_mode_") and v is True and k not in modes.values()]
    chosen = facts.get("pooling_mode") or [name for name, key in modes.items() if facts.get(key) is True] or "mean"
    chosen = chosen[0] if isinstance(chosen, list) and len(chosen) == 1 else chosen
    if other or chosen not in ("mean", "cls"):
        raise ModelError(f"{folder / pooled}: pooling is {other or chosen}; expected mean or cls.")
    return "cls" if chosen == "cls" else "mean"


def _steps(folder: Path, modules: Any) -> dict[str, str]:
    """Kind -> sub-folder of the steps of modules.json; a step that is not known here would be left out silently."""
    rows = modules if isinstance(modules, list) else []
    steps = {str(row.get("type")).rsplit(".", 1)[-1]: str(row.get("path")) for row in rows if isinstance(row, dict)}
    unknown = set(steps) - _STEPS
    if unknown or "Transformer" not in steps:
        reason = ", ".join(sorted(unknown)) or "no Transformer"
        raise ModelError(f"{folder / 'modules.json'} asks for {reason}; expected Transformer, Pooling, Normalize.")
    if any(len(path) > _LONGEST_NAME or not path.isprintable() for path in steps.values()):
        raise ModelError(f"{folder / 'modules.json'} has a path that no folder can have. Copy the model again.")
    if any(Path(path).is_absolute() or ".." in Path(path).parts for path in steps.values()):
        raise ModelError(f"{folder / 'modules.json'} points outside its folder. Do not trust this model.")
    return steps
