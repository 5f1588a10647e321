"""What the small files of a model's folder say: everything the graph and the manifest need but the weights.

config.json -> the family and its Shape; modules.json, 1_Pooling -> what follows it; the longest text; the prompts
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from broadsheet.core.errors import ModelError
from broadsheet.encoders.families import FAMILIES
from broadsheet.encoders.families.family import Family, Shape
from broadsheet.encoders.families.operations import Tensors
from broadsheet.encoders.folder import WEIGHTS, Config, read_tensors, require_model
from broadsheet.encoders.modules import Pooling, read_modules
from broadsheet.encoders.places import WAYS, reach

Long = Literal["cut", "pool", "stretch", "group", "repeat"]
_LONGEST_PROMPT = 2_000  # characters before every text


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A model as it runs. ``shape.layers`` run; the states of those in ``mix`` are averaged, where it is empty the last
    one's are taken. ``max_length`` tokens are read at once; ``long`` is what becomes of longer texts: cut, read in
    chunks and pooled together, or with the places of ``encoders.places``.
    """

    folder: Path
    kind: str
    shape: Shape
    pooling: Pooling
    max_length: int
    lower: bool = False
    prompts: Mapping[str, str] = field(default_factory=dict)
    mix: tuple[int, ...] = ()
    long: Long = "cut"

    @property
    def family(self) -> Family:
        """Return the family that its ``kind``, the model_type of config.json, names."""
        return FAMILIES[self.kind]

    @property
    def way(self) -> str | None:
        """Return the way in which places are stretched, None where they are not."""
        return self.long if self.long in WAYS else None

    @property
    def reach(self) -> int:
        """Return how many tokens one run of the model reads of a text, marks included."""
        return reach(self.max_length) if self.way else self.max_length

    @property
    def weights(self) -> Path:
        """Return the file with the weights."""
        return self.folder / WEIGHTS


def read_facts(folder: Path) -> Facts:
    """Return facts of the encoder in ``folder``; ModelError if a file is missing or asks for what is not offered."""
    require_model(folder)
    config = Config.read(folder / "config.json")
    kind = config.choice("model_type", FAMILIES)
    shape = FAMILIES[kind].read(config)
    limits = Config.optional(folder / "sentence_bert_config.json").values
    return Facts(
        folder=folder, kind=kind, shape=shape, pooling=read_modules(folder),
        max_length=_max_length(folder, limits, shape.positions), lower=bool(limits.get("do_lower_case", False)),
        prompts=_prompts(folder),
    )  # fmt: skip


def read_weights(facts: Facts) -> Tensors:
    """Return the encoder's tensors as float32 by name; ModelError if one is missing or has another shape or kind."""
    return read_tensors(facts.weights, facts.family.layout(facts.shape), facts.family.prefixes)


def _prompts(folder: Path) -> dict[str, str]:
    """Return what precedes a text in each role; for documents, the first of three names in use."""
    config = Config.optional(folder / "config_sentence_transformers.json")
    prompts = config.values.get("prompts")
    texts = {k: v for k, v in prompts.items() if isinstance(v, str) and v} if isinstance(prompts, dict) else {}
    if max(map(len, texts.values()), default=0) > _LONGEST_PROMPT:
        raise config.error(f"a prompt has over {_LONGEST_PROMPT:,} characters. Do not trust this model.")
    documents = [texts[name] for name in ("document", "passage", "corpus") if name in texts]
    query = {"query": texts["query"]} if "query" in texts else {}
    return query | ({"document": documents[0]} if documents else {})


def _max_length(folder: Path, limits: Mapping[str, Any], positions: int) -> int:
    """sentence_bert_config.json decides (tokenizer.json of MiniLM says 128, config.json 512; both are wrong)."""
    limit = limits.get("max_seq_length") or Config.optional(folder / "tokenizer_config.json").values.get(
        "model_max_length"
    )
    length = limit if isinstance(limit, int) and not isinstance(limit, bool) else positions
    if min(length, positions) < 3:
        raise ModelError(f"{folder}: the maximum length is {min(length, positions)}; expected at least 3 tokens.")
    return min(length, positions)
