"""The layers that BERT's relatives share: the tensors that they need, by whatever names a file gives them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bert_kit import TEXTS, open_tiny
from broadsheet.encoders.families.family import Shape
from broadsheet.encoders.families.layers import Names, layout
from tinybert import write_tiny

NAMES = Names(*(f"block.{{}}.{part}" for part in ("q", "k", "v", "o", "norm", "wide", "narrow", "end")))


def test_names_are_those_of_one_layer() -> None:
    assert NAMES.of(11).query == "block.11.q"
    assert NAMES.of(0)[-1] == "block.0.end"


def test_the_tensors_follow_from_sizes_and_names() -> None:
    shape = Shape(hidden=8, layers=2, heads=2, inner=12, words=5, positions=6, offset=2, activation="erf", epsilon=1e-5)
    needed = layout(shape, NAMES)
    assert needed["embeddings.position_embeddings.weight"] == (8, 8)
    assert needed["block.1.wide.weight"] == (12, 8)
    assert needed["block.1.narrow.weight"] == (8, 12)
    assert {name.split(".")[1] for name in needed if name.startswith("block")} == {"0", "1"}
    assert len(needed) == 4 + 2 * 2 * len(NAMES)


@pytest.mark.usefixtures("exact")
def test_a_layer_attends_to_what_is_there_alone(tmp_path: Path) -> None:
    """A text's vector is the same, whatever is in its batch."""
    write_tiny(tmp_path / "tiny")
    encoder = open_tiny(tmp_path / "tiny")
    together = encoder.encode(TEXTS)
    alone = np.concatenate([encoder.encode([text]) for text in TEXTS])
    np.testing.assert_allclose(together, alone, atol=1e-6)
