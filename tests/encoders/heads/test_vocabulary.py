"""The masked-language head: which tensors it reads from which file, and what does not fit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from broadsheet.core.errors import ModelError
from broadsheet.encoders.facts import read_facts
from broadsheet.encoders.heads.vector import Head
from broadsheet.encoders.heads.vocabulary import Vocabulary, Weighing, read_vocabulary, read_weighing
from model_kit import MODELS, copy_model


def head_of(folder: Path) -> Vocabulary:
    facts = read_facts(folder, head=Head())
    return read_vocabulary(facts.folder, facts.weights, facts.shape)


def edited(folder: Path, **config: Any) -> Path:
    made = copy_model("splade-bert", folder)
    path = made / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | config))
    return made


def test_a_tied_table_is_the_models_and_one_that_is_not_the_heads() -> None:
    tied, own = head_of(MODELS / "splade-bert"), head_of(MODELS / "splade-sum")
    assert (tied.tied, tied.bias) == (True, "cls.predictions.bias")
    assert (own.tied, own.bias) == (False, "cls.predictions.decoder.bias")
    assert (tied.activation, own.activation) == ("erf", "tanh")
    assert own.tensors["cls.predictions.decoder.weight"].shape == (400, 16)
    assert "cls.predictions.decoder.weight" not in tied.tensors


def test_a_family_has_its_own_names() -> None:
    assert head_of(MODELS / "splade-roberta").bias == "lm_head.bias"
    assert head_of(MODELS / "splade-distilbert").bias == "vocab_projector.bias"


def test_how_logits_become_weights_is_said_by_the_folder(tmp_path: Path) -> None:
    assert read_weighing(MODELS / "splade-sum") == Weighing("sum", "log1p_relu")
    assert read_weighing(tmp_path) == Weighing("max", "relu")


def test_a_head_without_a_table_of_its_own_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no tensor cls\.predictions\.decoder\.weight"):
        head_of(edited(tmp_path / "copy", tie_word_embeddings=False))
    with pytest.raises(ModelError, match="tie_word_embeddings is 'yes'"):
        head_of(edited(tmp_path / "other", tie_word_embeddings="yes"))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (np.zeros(5, np.float32), r"cls.predictions.bias is F32 \(5,\); expected F32, F16 or BF16 \(400,\)"),
        (np.zeros(400, np.int32), "cls.predictions.bias is I32"),
        (np.full(400, np.nan, np.float32), "not finite"),
    ],
)
def test_a_head_that_does_not_fit_is_refused(tmp_path: Path, values: np.ndarray, words: str) -> None:
    path = copy_model("splade-bert", tmp_path / "copy") / "model.safetensors"
    save_file(load_file(path) | {"cls.predictions.bias": values}, path)
    with pytest.raises(ModelError, match=words):
        head_of(path.parent)
