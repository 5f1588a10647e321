"""A model's folder: what is read from which file, and one line that names what does not fit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from bert_kit import edit, open_tiny
from broadsheet.core.errors import ModelError
from broadsheet.encoders.facts import read_facts, read_weights
from broadsheet.encoders.folder import Config, read_tensors
from tinybert import write_tiny


def without(folder: Path, name: str) -> None:
    tensors = load_file(folder / "model.safetensors")
    del tensors[name]
    save_file(tensors, folder / "model.safetensors")


def reshaped(folder: Path) -> None:
    tensors = load_file(folder / "model.safetensors")
    tensors["encoder.layer.1.output.dense.bias"] = np.zeros(5, "f4")
    save_file(tensors, folder / "model.safetensors")


def wrong_type(folder: Path) -> None:
    tensors: dict[str, Any] = load_file(folder / "model.safetensors")
    tensors["encoder.layer.1.output.dense.bias"] = np.zeros(16, "i4")
    save_file(tensors, folder / "model.safetensors")


def infinite(folder: Path) -> None:
    tensors = load_file(folder / "model.safetensors")
    tensors["encoder.layer.1.output.dense.bias"] = np.full(16, np.inf, "f4")
    save_file(tensors, folder / "model.safetensors")


def pickled(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def truncated(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:5000])


def modules(folder: Path, rows: list[dict[str, str]]) -> None:
    (folder / "modules.json").write_text(json.dumps(rows))


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (
            lambda f: without(f, "encoder.layer.0.output.dense.weight"),
            ["no tensor encoder.layer.0.output.dense.weight"],
        ),
        (reshaped, ["encoder.layer.1.output.dense.bias", "(5,)", "(16,)"]),
        (wrong_type, ["encoder.layer.1.output.dense.bias", "I32", "F32"]),
        (infinite, ["encoder.layer.1.output.dense.bias", "not finite"]),
        (pickled, ["no model.safetensors", "pytorch_model.bin is a pickle"]),
        (truncated, ["damaged or incomplete"]),
        (lambda f: (f / "config.json").write_text("{"), ["config.json is not JSON"]),
        (lambda f: (f / "config.json").write_text("[" * 100_000), ["config.json is not JSON"]),
        (lambda f: (f / "config.json").write_text("[]"), ["config.json holds list"]),
        (lambda f: (f / "config.json").unlink(), ["config.json cannot be read"]),
        (lambda f: (f / "config.json").write_bytes(b" " * (2 << 20)), ["config.json is larger than"]),
        (lambda f: edit(f / "config.json", hidden_size=-4), ["hidden_size is -4"]),
        (
            lambda f: modules(f, [{"type": "Transformer", "path": "x" * 999}]),
            ["modules.json has a path that no folder"],
        ),
        (lambda f: modules(f, [{"type": "Transformer", "path": "x\0"}]), ["modules.json has a path that no folder"]),
        (lambda f: edit(f / "config.json", hidden_act=["gelu"]), ["hidden_act is ['gelu']"]),
        (lambda f: edit(f / "config.json", model_type={"bert": 1}), ["model_type is {'bert': 1}"]),
        (lambda f: edit(f / "config.json", model_type="x" * 100_000), ["model_type is 'xxx"]),
        (
            lambda f: (f / "config_sentence_transformers.json").write_text(
                '{"prompts": {"query": "%s"}}' % ("q" * 9_999)
            ),
            ["a prompt has over 2,000 characters"],
        ),
        (lambda f: edit(f / "config.json", num_attention_heads=3), ["16 cannot be divided among 3 heads"]),
        (lambda f: edit(f / "config.json", layer_norm_eps="x"), ["layer_norm_eps is 'x'"]),
        (lambda f: edit(f / "config.json", hidden_act="gelo"), ["hidden_act is 'gelo'", "gelu", "[torch]"]),
        (lambda f: edit(f / "config.json", model_type="deberta-v2"), ["model_type is 'deberta-v2'", "st:NAME"]),
        (lambda f: edit(f / "config.json", position_embedding_type="relative_key"), ["relative_key", "absolute"]),
        (lambda f: edit(f / "1_Pooling/config.json", pooling_mode_max_tokens=True), ["pooling_mode_max_tokens"]),
        (lambda f: edit(f / "1_Pooling/config.json", pooling_mode="lasttoken"), ["lasttoken", "mean or cls"]),
        (lambda f: edit(f / "sentence_bert_config.json", max_seq_length=2), ["maximum length is 2"]),
        (lambda f: modules(f, [{"type": "x.Transformer", "path": ""}, {"type": "x.Dense", "path": "2"}]), ["Dense"]),
        (lambda f: modules(f, [{"type": "x.Transformer", "path": "../.."}]), ["points outside"]),
        (lambda f: (f / "tokenizer.json").write_text("{}"), ["tokenizer.json is not a tokenizer"]),
        (lambda f: (f / "tokenizer.json").unlink(), ["tokenizer.json is not a tokenizer"]),
    ],
)
def test_a_folder_that_does_not_fit_is_named(folder: Path, harm: Any, words: list[str]) -> None:
    harm(folder)
    with pytest.raises(ModelError) as caught:
        open_tiny(folder).encode(["a"])
    for word in words:
        assert word in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_vocabulary_beyond_the_vectors_is_named(tmp_path: Path) -> None:
    write_tiny(tmp_path / "tiny", config={"vocab_size": 10})
    with pytest.raises(ModelError, match="more words than"):
        open_tiny(tmp_path / "tiny").encode(["graph paper"])


def test_weights_are_float32_whatever_the_file_holds(tmp_path: Path) -> None:
    write_tiny(tmp_path / "tiny", dtype="f2")
    tensors = read_weights(read_facts(tmp_path / "tiny"))
    assert {value.dtype for value in tensors.values()} == {np.dtype("f4")}


def test_values_are_checked_as_they_are_taken(tmp_path: Path) -> None:
    (tmp_path / "c.json").write_text('{"n": 3, "x": 0.5, "f": true, "name": "gelu"}')
    config = Config.read(tmp_path / "c.json")
    assert (config.size("n", 4), config.size("m", 4, 2)) == (3, 2)
    assert (config.number("x", 0.1), config.number("y", 10.0, least=1, most=20)) == (0.5, 10.0)
    assert (config.flag("f", default=False), config.flag("g", default=False)) == (True, False)
    assert config.choice("name", {"gelu": 1}) == "gelu"
    for ask in (lambda: config.size("n", 2), lambda: config.size("f", 2), lambda: config.number("f", 0.1),
                lambda: config.number("x", 0.1, least=0.5), lambda: config.flag("n", default=True),
                lambda: config.choice("name", {"relu": 1})):  # fmt: skip
        with pytest.raises(ModelError, match=r"c\.json: (n|f|x|name) is .*"):
            ask()
    assert Config.optional(tmp_path / "absent.json").values == {}


def test_the_prefix_that_fits_best_is_taken(tmp_path: Path) -> None:
    save_file({"bert.a": np.ones(2, "f4"), "bert.b": np.ones(3, "f4")}, tmp_path / "m.safetensors")
    assert set(read_tensors(tmp_path / "m.safetensors", {"a": (2,), "b": (3,)}, ("", "bert."))) == {"a", "b"}
    with pytest.raises(ModelError, match="no tensor c"):
        read_tensors(tmp_path / "m.safetensors", {"a": (2,), "c": (3,)}, ("", "bert."))
