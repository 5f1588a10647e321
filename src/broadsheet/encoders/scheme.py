"""What kind of model a folder says it is, so that one named as another is refused in a line that says how to name it.

modules.json, config_sentence_transformers.json, config.json -> ``bert``, ``splade``, ``colbert``, ``pair``, or nothing
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from broadsheet.core.errors import ModelError
from broadsheet.encoders.folder import Config
from broadsheet.encoders.modules import Step

_TYPES = {
    "SentenceTransformer": "bert", "SparseEncoder": "splade", "MultiVectorEncoder": "colbert", "ColBERT": "colbert",
    "CrossEncoder": "pair",
}  # fmt: skip
"""``model_type`` of config_sentence_transformers.json."""
_STEPS = {
    "Pooling": "bert", "SpladePooling": "splade", "MLMTransformer": "splade", "MultiVectorMask": "colbert",
    "LogitScore": "pair",
}  # fmt: skip
"""The kind of a step of modules.json."""
_KINDS = {
    "bert": "a model of one vector a text", "splade": "a model of sparse vectors",
    "colbert": "a model of token vectors", "pair": "a cross-encoder",
}  # fmt: skip


def require_scheme(scheme: str, folder: Path, steps: Sequence[Step]) -> None:
    """Raise ModelError, with the name to use, where the folder's files say that it is a model of another kind."""
    said = scheme_of(folder, steps)
    if said and said != scheme:
        raise ModelError(f"{folder} is {_KINDS[said]}, not {_KINDS[scheme]}. Name it {said}:{folder}.")


def scheme_of(folder: Path, steps: Sequence[Step]) -> str:
    """Return the scheme that a folder's files name; empty where they name none."""
    return _by_steps(steps) or _by_type(folder) or _by_architecture(steps[0].folder)


def _by_steps(steps: Sequence[Step]) -> str:
    if any(_values(step.folder / "config.json").get("module_output_name") == "scores" for step in steps[1:]):
        return "pair"
    for step in steps:
        if step.kind in _STEPS:
            return _STEPS[step.kind]
        if step.kind == "Dense" and _values(step.folder / "config.json").get("module_input_name") == "token_embeddings":
            return "colbert"
    return ""


def _by_type(folder: Path) -> str:
    return _TYPES.get(str(_values(folder / "config_sentence_transformers.json").get("model_type")), "")


def _by_architecture(folder: Path) -> str:
    """A masked-language head alone says nothing: models of vectors keep the one that they were trained with."""
    names = _values(folder / "config.json").get("architectures")
    name = str(names[0]) if isinstance(names, list) and names else ""
    return "colbert" if name == "HF_ColBERT" else "pair" if name.endswith("ForSequenceClassification") else ""


def _values(path: Path) -> Mapping[str, Any]:
    return Config.optional(path).values
