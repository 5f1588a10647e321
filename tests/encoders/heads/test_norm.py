"""LayerNorm and Normalize: what their files may say, and rows of length 1."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from broadsheet.core.errors import ModelError
from broadsheet.encoders.heads.norm import read_layer_norm, read_normalize, unit_rows
from broadsheet.encoders.modules import Step
from broadsheet.encoders.quiet import core, op, ov


def test_a_layer_norm_takes_what_it_was_made_for(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"dimension": 8}')
    made = read_layer_norm(Step("LayerNorm", "x.LayerNorm", "3_LayerNorm", tmp_path))
    assert made.layout == {"norm.weight": (8,), "norm.bias": (8,)}
    assert (made.width(8), str(made)) == (8, "layer norm")
    with pytest.raises(ModelError, match="dimension is 8; expected 9"):
        made.width(9)
    (tmp_path / "config.json").write_text('{"dimension": true}')
    with pytest.raises(ModelError, match="dimension is True"):
        read_layer_norm(made.step)


def test_normalize_needs_no_folder_and_is_about_rows(tmp_path: Path) -> None:
    step = Step("Normalize", "x.Normalize", "2_Normalize", tmp_path / "2_Normalize")
    assert (read_normalize(step).width(5), read_normalize(step).layout) == (5, {})
    step.folder.mkdir()
    (step.folder / "config.json").write_text(json.dumps({"module_input_name": "token_embeddings"}))
    with pytest.raises(ModelError, match="it turns token_embeddings into sentence_embedding"):
        read_normalize(step)
    (step.folder / "config.json").write_text(json.dumps({"module_output_name": [[]]}))
    with pytest.raises(ModelError, match="it turns sentence_embedding into"):
        read_normalize(step)


def test_rows_have_length_one_and_a_row_of_zeros_stays() -> None:
    given = op.parameter([2, 3], np.float32)
    options = {"INFERENCE_PRECISION_HINT": "f32"}
    model = core().compile_model(ov.Model([unit_rows(given)], [given], "x"), "CPU", options)
    rows = model([np.array([[3, 0, 4], [0, 0, 0]], np.float32)])[0]
    np.testing.assert_allclose(rows, [[0.6, 0, 0.8], [0, 0, 0]], atol=1e-6)
