"""Dense: what its config.json may say, and each activation as torch's documentation defines it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from bert_kit import edit
from broadsheet.core.errors import ModelError
from broadsheet.encoders.heads.dense import DENSE_ACTIVATIONS, read_dense
from broadsheet.encoders.modules import Step
from broadsheet.encoders.quiet import core, op, ov
from model_kit import copy_model, open_model

VALUES = {"in_features": 4, "out_features": 3, "bias": True}
TORCH = "torch.nn.modules.activation."
FORMULAS: dict[str, Callable[[float], float]] = {
    "Identity": lambda x: x,
    "Tanh": math.tanh,
    "Sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "ReLU": lambda x: max(x, 0.0),
    "GELU": lambda x: x * 0.5 * (1 + math.erf(x / math.sqrt(2))),
    "SiLU": lambda x: x / (1 + math.exp(-x)),
    "Mish": lambda x: x * math.tanh(math.log1p(math.exp(x))),
}


def step(folder: Path, **values: Any) -> Step:
    (folder / "config.json").write_text(json.dumps(VALUES | values))
    return Step("Dense", "pylate.models.Dense.Dense", "2_Dense", folder)


def test_a_config_is_read_with_the_values_that_torch_has_where_it_is_silent(tmp_path: Path) -> None:
    made = read_dense(step(tmp_path))
    assert (made.inside, made.outside, made.activation, made.residual) == (4, 3, "Tanh", False)
    assert made.reads == "sentence_embedding"
    assert made.layout == {"linear.weight": (3, 4), "linear.bias": (3,)}
    assert (made.width(4), str(made)) == (3, "dense 4 to 3, Tanh")


def test_a_residual_step_of_tokens_without_a_bias(tmp_path: Path) -> None:
    made = read_dense(
        step(tmp_path, bias=False, use_residual=True, module_input_name="token_embeddings",
             activation_function="torch.nn.modules.linear.Identity")
    )  # fmt: skip
    assert made.layout == {"linear.weight": (3, 4), "residual.weight": (3, 4)}
    assert (made.reads, str(made)) == ("token_embeddings", "dense 4 to 3, Identity, residual")


@pytest.mark.parametrize("name", DENSE_ACTIVATIONS)
def test_each_activation_is_that_of_its_formula(name: str) -> None:
    x = np.linspace(-4, 4, 33, dtype=np.float32)
    given = op.parameter([33], np.float32)
    options = {"INFERENCE_PRECISION_HINT": "f32"}
    model = core().compile_model(ov.Model([DENSE_ACTIVATIONS[name](given)], [given], "x"), "CPU", options)
    np.testing.assert_allclose(model([x])[0], [FORMULAS[name](float(value)) for value in x], atol=2e-5)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"in_features": 0}, ["in_features is 0"]),
        ({"out_features": "3"}, ["out_features is '3'"]),
        ({"bias": 1}, ["bias is 1", "true or false"]),
        ({"activation_function": f"{TORCH}Softmax"}, ["Softmax'", "Tanh", "st:NAME"]),
        ({"activation_function": "someone.modules.Tanh"}, ["'someone.modules.Tanh'", "torch's"]),
        ({"activation_function": ["Tanh"]}, ["activation_function is ['Tanh']"]),
        ({"module_input_name": "all_layer_embeddings"}, ["'all_layer_embeddings'", "st:NAME"]),
        ({"module_output_name": "other"}, ["into 'other'", "st:NAME"]),
    ],
)
def test_what_is_not_offered_is_named(tmp_path: Path, values: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(ModelError) as caught:
        read_dense(step(tmp_path, **values))
    assert all(word in str(caught.value) for word in words), str(caught.value)


def pickled(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def turned(folder: Path) -> None:
    tensors = load_file(folder / "model.safetensors")
    tensors["linear.weight"] = np.ascontiguousarray(tensors["linear.weight"].T)
    save_file(tensors, folder / "model.safetensors")


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (pickled, ["3_Dense has no model.safetensors", "is a pickle"]),
        (turned, ["3_Dense/model.safetensors: linear.weight is F16 (48, 32)", "(32, 48)"]),
        (lambda f: edit(f / "config.json", bias=True), ["no tensor linear.bias"]),
        (lambda f: edit(f / "config.json", in_features=24), ["in_features is 24; expected 48"]),
        (lambda f: edit(f / "config.json", out_features=31), ["in_features is 32; expected 31"]),
        (lambda f: (f / "config.json").unlink(), ["names 3_Dense", "is missing"]),
        (lambda f: (f / "model.safetensors").write_bytes(b"x"), ["damaged or incomplete"]),
    ],
)
def test_a_folder_that_does_not_fit_is_named(tmp_path: Path, harm: Any, words: list[str]) -> None:
    folder = copy_model("head-dense", tmp_path / "model")
    harm(folder / "3_Dense")
    with pytest.raises(ModelError) as caught:
        open_model("head-dense", folder=folder).encode(["a"])
    assert all(word in str(caught.value) for word in words), str(caught.value)
    assert "\n" not in str(caught.value)
