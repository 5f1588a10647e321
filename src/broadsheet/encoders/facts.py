"""What the small files of a model's folder say: everything the graph and the manifest need but the weights.

config.json -> the family and its Shape; modules.json and its folders -> the head; the longest text, prompts, the cut
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
from broadsheet.encoders.folder import WEIGHTS, Config, nearest_layout, read_tensors, require_folder, require_model
from broadsheet.encoders.heads.vector import Head, RowStep, read_head, read_head_tensors
from broadsheet.encoders.modules import read_steps
from broadsheet.encoders.places import WAYS, reach
from broadsheet.encoders.scheme import require_scheme

Long = Literal["cut", "pool", "stretch", "group", "repeat"]
LONGEST_PROMPT = 2_000  # characters before every text
_WIDEST = 1 << 17


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A model as it runs. ``shape.layers`` run; the states of those in ``mix`` are averaged, where it is empty the last
    one's are taken. ``pooling`` names one way, or several side by side (``cls,mean``), and counts the tokens of a
    prompt only ``with_prompt``; ``steps`` follow it. ``cut`` is how many axes of the vector stay, 0 for all.
    ``max_length`` tokens are read at once; ``long`` is what becomes of longer texts: cut, read in chunks and pooled
    together, or with the places of ``encoders.places``.
    """

    folder: Path
    kind: str
    shape: Shape
    pooling: str
    max_length: int
    lower: bool = False
    prompts: Mapping[str, str] = field(default_factory=dict)
    mix: tuple[int, ...] = ()
    long: Long = "cut"
    with_prompt: bool = True
    steps: tuple[RowStep, ...] = ()
    cut: int = 0

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
        """Return the file with the weights of the transformer."""
        return self.folder / WEIGHTS

    @property
    def poolings(self) -> list[str]:
        """Return the ways to pool, whose rows stand side by side."""
        return self.pooling.split(",")

    @property
    def width(self) -> int:
        """Return the dimension of a vector before it is cut; ModelError if a step does not take what comes before."""
        width = self.shape.hidden * len(self.poolings)
        for step in self.steps:
            width = step.width(width)
        return width

    @property
    def dim(self) -> int:
        """Return the dimension of a vector."""
        return min(self.cut or self.width, self.width)


def read_facts(folder: Path, *, head: Head | None = None) -> Facts:
    """Return facts of the encoder in ``folder``; ModelError if a file is missing or asks for what is not offered. With
    a ``head`` what follows the transformer is another reader's matter."""
    require_folder(folder)
    steps = read_steps(folder)
    if head is None:
        require_scheme("bert", folder, steps)
    own, head = steps[0].folder, head or read_head(steps)
    require_model(own)
    config = Config.read(own / "config.json")
    kind = config.choice("model_type", FAMILIES)
    shape = FAMILIES[kind].read(config)
    limits = Config.optional(own / "sentence_bert_config.json").values
    whole = Config.optional(folder / "config_sentence_transformers.json")
    return Facts(
        folder=own, kind=kind, shape=shape, pooling=head.pooling, with_prompt=head.with_prompt, steps=head.steps,
        max_length=_max_length(own, limits, shape.positions), lower=bool(limits.get("do_lower_case", False)),
        prompts=_prompts(whole), cut=_cut(whole),
    )  # fmt: skip


def read_weights(facts: Facts) -> Tensors:
    """Return all tensors as float32 by name, those of a step after the step's name; ModelError if one is missing or has
    another shape or kind."""
    family = facts.family
    layouts = [layout(facts.shape) for layout in (family.layout, *family.others)]
    layout = nearest_layout(facts.weights, layouts, family.prefixes)
    return read_tensors(facts.weights, layout, family.prefixes) | read_head_tensors(facts.steps)


def _prompts(config: Config) -> dict[str, str]:
    """Return what precedes a text in each role; for documents, the first of three names in use."""
    prompts = config.values.get("prompts")
    texts = {k: v for k, v in prompts.items() if isinstance(v, str) and v} if isinstance(prompts, dict) else {}
    if max(map(len, texts.values()), default=0) > LONGEST_PROMPT:
        raise config.error(f"a prompt has over {LONGEST_PROMPT:,} characters. Do not trust this model.")
    documents = [texts[name] for name in ("document", "passage", "corpus") if name in texts]
    query = {"query": texts["query"]} if "query" in texts else {}
    return query | ({"document": documents[0]} if documents else {})


def _cut(config: Config) -> int:
    """How many axes the model's author keeps; 0 where the file does not say it."""
    return config.size("truncate_dim", _WIDEST) if config.values.get("truncate_dim") is not None else 0


def _max_length(folder: Path, limits: Mapping[str, Any], positions: int) -> int:
    """sentence_bert_config.json decides (tokenizer.json of MiniLM says 128, config.json 512; both are wrong)."""
    limit = limits.get("max_seq_length") or Config.optional(folder / "tokenizer_config.json").values.get(
        "model_max_length"
    )
    length = limit if isinstance(limit, int) and not isinstance(limit, bool) else positions
    if min(length, positions) < 3:
        raise ModelError(f"{folder}: the maximum length is {min(length, positions)}; expected at least 3 tokens.")
    return min(length, positions)
