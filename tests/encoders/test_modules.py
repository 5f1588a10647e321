"""modules.json: steps in their order with their folders, and one line that names what does not fit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bert_kit import open_tiny
from broadsheet.core.errors import ModelError
from broadsheet.encoders.facts import read_facts
from broadsheet.encoders.modules import read_steps
from model_kit import copy_model

TRANSFORMER = {"type": "sentence_transformers.models.Transformer", "path": ""}


def modules(folder: Path, rows: Any) -> None:
    (folder / "modules.json").write_text(json.dumps(rows))


def test_steps_come_in_their_order_with_their_folders(tmp_path: Path) -> None:
    folder = copy_model("head-dense", tmp_path / "model")
    steps = read_steps(folder)
    assert [step.kind for step in steps] == ["Transformer", "Pooling", "Normalize", "Dense", "Dense", "LayerNorm"]
    assert [step.folder for step in steps[:2]] == [folder, folder / "1_Pooling"]
    assert steps[3].config().values["in_features"] == 48
    assert steps[3].weights() == folder / "3_Dense" / "model.safetensors"


def test_without_the_file_1_pooling_says_how_or_it_is_the_mean(folder: Path) -> None:
    (folder / "modules.json").unlink()
    (folder / "1_Pooling/config.json").write_text('{"pooling_mode": "cls"}')
    assert read_facts(folder).pooling == "cls"
    (folder / "1_Pooling/config.json").unlink()
    assert [step.kind for step in read_steps(folder)] == ["Transformer"]
    assert read_facts(folder).pooling == "mean"


def test_a_transformer_may_have_a_folder_of_its_own(folder: Path) -> None:
    before = open_tiny(folder)
    (folder / "0_Transformer").mkdir()
    for name in ("config.json", "model.safetensors", "tokenizer.json", "sentence_bert_config.json"):
        (folder / name).rename(folder / "0_Transformer" / name)
    modules(folder, [{"type": "x.Transformer", "path": "0_Transformer"}, {"type": "x.Pooling", "path": "1_Pooling"}])
    after = open_tiny(folder)
    assert (after.manifest, after._identity) == (before.manifest, before._identity)
    assert after.encode(["a"]).shape == (1, 16)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ({}, ["holds dict", "list of 1 to 32"]),
        ([], ["0 steps", "list of 1 to 32"]),
        ([TRANSFORMER] * 10_000, ["10,000 steps"]),
        (["Transformer"], ["the step 'Transformer'", "a type and a path"]),
        ([{"type": 1, "path": ""}], ["expected a type and a path"]),
        ([{"type": "x.Transformer", "path": "x" * 999}], ["modules.json has a path that no folder"]),
        ([{"type": "x" * 999, "path": ""}], ["modules.json has a path that no folder"]),
        ([{"type": "Transformer", "path": "x\0"}], ["modules.json has a path that no folder"]),
        ([{"type": "x.Transformer", "path": "../.."}], ["points outside"]),
        ([{"type": "x.Transformer", "path": "/etc"}], ["points outside"]),
        ([{"type": "x.Transformer", "path": "0"}], ["No model folder at", "/0."]),
        ([TRANSFORMER, {"type": "x.Pooling", "path": "9_Pooling"}], ["names 9_Pooling", "is missing"]),
        ([TRANSFORMER, {"type": "x.models.LSTM", "path": "1_LSTM"}], ["x.models.LSTM", "not known here", "st:NAME"]),
        ([TRANSFORMER, TRANSFORMER], ["models.Transformer", "not known here"]),
        ([{"type": "x.Pooling", "path": "1_Pooling"}], ["x.Pooling", "begins with a Transformer", "st:NAME"]),
        ([{"type": "x.StaticEmbedding", "path": ""}], ["x.StaticEmbedding", "begins with a Transformer"]),
    ],
)
def test_what_is_not_understood_is_named(folder: Path, rows: Any, words: list[str]) -> None:
    modules(folder, rows)
    with pytest.raises(ModelError) as caught:
        open_tiny(folder)
    assert all(word in str(caught.value) for word in words), str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 600
