"""Dense: a linear step after the transformer, with an activation: of a text's row, or of the state of each token.

    row -> linear (out, in), with a bias or without -> activation -> the row itself added where the step is residual

Reimers and Gurevych 2019, "Sentence-BERT"; the residual form is that of PyLate (Chaffin and Sourty 2025).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from broadsheet.encoders.families.family import Layout
from broadsheet.encoders.families.operations import Tensors, linear
from broadsheet.encoders.folder import WAY_OUT
from broadsheet.encoders.modules import Step
from broadsheet.encoders.quiet import op

_WIDEST = 1 << 17  # several poolings side by side
_TORCH = "torch.nn.modules."
DENSE_ACTIVATIONS: Mapping[str, Callable[[Any], Any]] = {
    "Identity": lambda rows: rows,
    "Tanh": lambda rows: op.tanh(rows),
    "Sigmoid": lambda rows: op.sigmoid(rows),
    "ReLU": lambda rows: op.relu(rows),
    "GELU": lambda rows: op.gelu(rows, "erf"),
    "SiLU": lambda rows: op.swish(rows),
    "Mish": lambda rows: op.mish(rows),
}
"""The class of torch that config.json names -> what it computes."""


@dataclass(frozen=True, slots=True)
class Dense:
    """One step. ``reads`` is what it is computed of: ``sentence_embedding``, a text's row, or ``token_embeddings``; it
    writes the same, or ``scores``: the last of a cross-encoder."""

    step: Step = field(repr=False, compare=False)
    inside: int
    outside: int
    bias: bool
    activation: str
    residual: bool
    reads: str
    scores: bool = False

    @property
    def layout(self) -> Layout:
        """Return name -> shape of the tensors in the step's own file."""
        names: Layout = {"linear.weight": (self.outside, self.inside)}
        if self.bias:
            names["linear.bias"] = (self.outside,)
        if self.residual and self.inside != self.outside:
            names["residual.weight"] = (self.outside, self.inside)
        return names

    def width(self, inside: int) -> int:
        """Return the dimension of what comes out; ModelError unless it takes the one that comes in."""
        if inside != self.inside:
            raise self.step.config().error(f"in_features is {self.inside}; expected {inside}, which comes before it.")
        return self.outside

    def apply(self, tensors: Tensors, rows: Any) -> Any:
        """Return the node that follows ``rows``, (n, in) or (n, length, in); its tensors have the step's name before
        theirs."""
        name = self.step.name
        made = DENSE_ACTIVATIONS[self.activation](linear(tensors, f"{name}.linear", rows))
        if not self.residual:
            return made
        return op.add(made, rows if self.inside == self.outside else linear(tensors, f"{name}.residual", rows))

    def __str__(self) -> str:
        residual = ", residual" if self.residual else ""
        return f"dense {self.inside} to {self.outside}, {self.activation}{residual}"


def read_dense(step: Step) -> Dense:
    """Read a step's config.json; ModelError for sizes, an activation or an input that are not offered."""
    config = step.config()
    inside, outside = (config.size(name, _WIDEST) for name in ("in_features", "out_features"))
    reads = config.values.get("module_input_name", "sentence_embedding")
    writes = config.values.get("module_output_name") or reads
    scores = (reads, writes) == ("sentence_embedding", "scores")
    if reads not in ("sentence_embedding", "token_embeddings") or not (scores or writes == reads):
        raise config.error(f"the step turns {str(reads)[:60]!r} into {str(writes)[:60]!r}, not offered. {WAY_OUT}")
    return Dense(
        step, inside, outside, config.flag("bias", True), _activation(step), config.flag("use_residual", False), reads,
        scores,
    )  # fmt: skip


def _activation(step: Step) -> str:
    """The class of torch, which is Tanh where none is named; one that is not torch's own is another's code."""
    config = step.config()
    name = config.values.get("activation_function", f"{_TORCH}activation.Tanh")
    short = name.rpartition(".")[2] if isinstance(name, str) and name.startswith(_TORCH) else ""
    if short not in DENSE_ACTIVATIONS:
        known = ", ".join(DENSE_ACTIVATIONS)
        raise config.error(f"activation_function is {repr(name)[:80]}; expected torch's {known}. {WAY_OUT}")
    return short
