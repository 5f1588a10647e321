"""What makes rows alike in size: Normalize, to length 1, and LayerNorm (Ba et al. 2016)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from broadsheet.encoders.families.family import Layout, pair
from broadsheet.encoders.families.operations import Tensors, normalised, wholes
from broadsheet.encoders.modules import Step
from broadsheet.encoders.quiet import op

_EPSILON = 1e-5  # torch's own, which a step cannot change
_WIDEST = 1 << 17


@dataclass(frozen=True, slots=True)
class Normalize:
    """The step that gives each row length 1, as the end of every vector model does."""

    step: Step = field(repr=False, compare=False)

    @property
    def layout(self) -> Layout:
        """Return no tensors."""
        return {}

    def width(self, inside: int) -> int:
        """Return the dimension of what comes in."""
        return inside

    def apply(self, tensors: Tensors, rows: Any) -> Any:  # noqa: ARG002 - as the other steps
        """Return the node of the rows of length 1."""
        return unit_rows(rows)

    def __str__(self) -> str:
        return "length 1"


@dataclass(frozen=True, slots=True)
class LayerNorm:
    """The step that centres and scales each row, then each axis."""

    step: Step = field(repr=False, compare=False)
    size: int

    @property
    def layout(self) -> Layout:
        """Return name -> shape of the tensors in the step's own file."""
        return pair("norm", self.size)

    def width(self, inside: int) -> int:
        """Return the dimension of what comes in; ModelError unless it is the step's own."""
        if inside != self.size:
            raise self.step.config().error(f"dimension is {self.size}; expected {inside}, which comes before it.")
        return inside

    def apply(self, tensors: Tensors, rows: Any) -> Any:
        """Return the node of the rows normalised."""
        return normalised(tensors, f"{self.step.name}.norm", rows, _EPSILON)

    def __str__(self) -> str:
        return "layer norm"


def read_normalize(step: Step) -> Normalize:
    """Read a step, which has no tensors; ModelError where its config.json, if any, is about tokens."""
    path = step.folder / "config.json"
    values = step.config().values if step.name and path.is_file() else {}
    names = [values.get(key) or "sentence_embedding" for key in ("module_input_name", "module_output_name")]
    if names != ["sentence_embedding"] * 2:
        raise step.error(f"it turns {str(names[0])[:60]} into {str(names[1])[:60]}, not the text's row into another")
    return Normalize(step)


def read_layer_norm(step: Step) -> LayerNorm:
    """Read a step's config.json; ModelError if its dimension is not a size."""
    return LayerNorm(step, step.config().size("dimension", _WIDEST))


def unit_rows(rows: Any, axis: int = 1) -> Any:
    """Return the node that gives each row of (n, dim) length 1, or with ``axis`` 2 that of each token of (n, length,
    dim)."""
    return op.normalize_l2(rows, wholes([axis]), 1e-12, "max")
