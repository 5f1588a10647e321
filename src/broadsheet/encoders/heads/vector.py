"""The head of a model that makes one vector of a text: a pooling, then steps that turn a row into a row.

Transformer -> Pooling -> Dense, LayerNorm, Normalize in any order and number -> length 1, whatever came before
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from broadsheet.core.errors import nearest
from broadsheet.encoders.families.family import Layout
from broadsheet.encoders.families.operations import Tensors
from broadsheet.encoders.folder import read_tensors, sha256
from broadsheet.encoders.heads.dense import Dense, read_dense
from broadsheet.encoders.heads.norm import Normalize, read_layer_norm, read_normalize
from broadsheet.encoders.heads.pooling import read_pooling
from broadsheet.encoders.modules import Step


class RowStep(Protocol):
    """A step after pooling. ``layout`` names the tensors of its own file, ``width`` gives the dimension that comes out
    of it or raises ModelError, ``apply`` adds it to a graph; as text, it is what a manifest says of it."""

    @property
    def step(self) -> Step:
        """Return the row of modules.json."""
        ...

    @property
    def layout(self) -> Layout:
        """Return name -> shape."""
        ...

    def width(self, inside: int) -> int:
        """Return the dimension after the step."""
        ...

    def apply(self, tensors: Tensors, rows: Any) -> Any:
        """Return the node after the step."""
        ...


class Head(NamedTuple):
    """What follows the transformer: the ``pooling``, whether it counts the tokens of a prompt, and the ``steps`` after
    it, without a last Normalize: every vector ends with length 1."""

    pooling: str = "mean"
    with_prompt: bool = True
    steps: tuple[RowStep, ...] = ()


def read_head(steps: Sequence[Step]) -> Head:
    """Read the steps of modules.json. ModelError for one that is not offered, and for an order that makes no vector of
    a text. Without a Pooling it is the mean."""
    pooling, rows = _read(steps)
    for row in rows:
        if isinstance(row, Dense) and row.scores:
            raise row.step.error("it gives scores, not a vector")
    while rows and isinstance(rows[-1], Normalize):
        rows.pop()
    return Head(*pooling, tuple(rows))


def read_scoring_head(steps: Sequence[Step]) -> Head:
    """Read the steps of modules.json that score a text or a pair of texts: the last is a Dense that writes scores."""
    pooling, rows = _read(steps)
    scoring = [isinstance(row, Dense) and row.scores for row in rows]
    if sum(scoring) != 1 or not scoring[-1]:
        raise steps[-1].error("a cross-encoder ends with one Dense that writes scores")
    return Head(*pooling, tuple(rows))


def _read(steps: Sequence[Step]) -> tuple[tuple[str, bool], list[RowStep]]:
    """The pooling, and the steps after it."""
    if steps[0].kind != "Transformer":
        raise steps[0].error("a model of vectors begins with a Transformer")
    after = [step for step in steps[1:] if step.kind != "Dropout"]  # which only training needs
    pooling = read_pooling(after.pop(0)) if after and after[0].kind == "Pooling" else ("mean", True)
    return pooling, [_row_step(step) for step in after]


def weights_digest(weights: Path, steps: Sequence[RowStep]) -> str:
    """Return the sha256 of a file of weights, as hex; where steps have files of their own, that of all their sha256."""
    own, more = sha256(weights), [sha256(each.step.weights()) for each in steps if each.layout]
    return hashlib.sha256("".join([own, *more]).encode()).hexdigest() if more else own


def read_head_tensors(steps: Sequence[RowStep]) -> dict[str, Any]:
    """Return the tensors of all steps as float32, each name after that of its step; ModelError as ``read_tensors``."""
    return {
        f"{each.step.name}.{name}": tensor
        for each in steps
        if each.layout
        for name, tensor in read_tensors(each.step.weights(), each.layout).items()
    }


def _row_step(step: Step) -> RowStep:
    if step.kind not in _ROW_STEPS:
        raise step.error(f"the step is not known here. {nearest(step.kind[:60], _ROW_STEPS)}")
    row = _ROW_STEPS[step.kind](step)
    if isinstance(row, Dense) and row.reads != "sentence_embedding":
        raise step.error("it changes the tokens, not the text's row")
    return row


_ROW_STEPS: Mapping[str, Callable[[Step], RowStep]] = {
    "Dense": read_dense, "LayerNorm": read_layer_norm, "Normalize": read_normalize,
}  # fmt: skip
