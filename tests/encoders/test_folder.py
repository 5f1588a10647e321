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
from broadsheet.encoders.folder import Config, nearest_layout, read_tensors, tensor_names
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
        (lambda f: edit(f / "sentence_bert_config.json", max_seq_length=2), ["maximum length is 2"]),
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
        open_tiny(tmp_path / "tiny").encode(["a"])  # whose own words the model has


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


def bf16(values: np.ndarray) -> bytes:
    """The upper half of each float32's bits."""
    return (values.view("<u4") >> 16).astype("<u2").tobytes()


def test_bf16_weights_are_read_as_what_they_stand_for(tmp_path: Path) -> None:
    values = np.array([[1.0, -2.5, 0.0078125], [3.140625, -0.0, 1e30]], "f4")
    kept = (values.view("<u4") & 0xFFFF0000).view("f4")
    write_bf16(tmp_path / "m.safetensors", {"first": np.ones(3, "f4"), "x.second": values})
    read = read_tensors(tmp_path / "m.safetensors", {"second": (2, 3)}, ("", "x."))
    np.testing.assert_array_equal(read["second"], kept)
    with pytest.raises(ModelError, match=r"second is BF16 \(2, 3\); expected F32, F16 or BF16 \(3, 2\)"):
        read_tensors(tmp_path / "m.safetensors", {"second": (3, 2)}, ("", "x."))
    write_bf16(tmp_path / "m.safetensors", {"second": np.array([1, np.nan], "f4")})
    with pytest.raises(ModelError, match="second contains numbers that are not finite"):
        read_tensors(tmp_path / "m.safetensors", {"second": (2,)})


def write_bf16(path: Path, tensors: dict[str, np.ndarray]) -> None:
    """A file by the format's description: length of the header, header, numbers."""
    header, data = {}, b""
    for name, values in tensors.items():
        places = [len(data), len(data) + 2 * values.size]
        header[name] = {"dtype": "BF16", "shape": list(values.shape), "data_offsets": places}
        data += bf16(values)
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)


@pytest.mark.parametrize("size", [0, 7, 8, 1 << 40])
def test_a_header_that_lies_about_its_length_takes_no_memory(tmp_path: Path, size: int) -> None:
    (tmp_path / "m.safetensors").write_bytes(size.to_bytes(8, "little") + b"{}")
    with pytest.raises(ModelError, match=r"damaged or incomplete|no tensor"):
        read_tensors(tmp_path / "m.safetensors", {"a": (1 << 21, 1 << 14)})


def test_the_names_of_old_files_are_known(tmp_path: Path) -> None:
    """gamma and beta are what BERT's first files call the weight and the bias of a LayerNorm."""
    tensors = {"bert.LayerNorm.gamma": np.full(2, 3, "f4"), "bert.LayerNorm.beta": np.full(2, 4, "f4")}
    save_file(tensors, tmp_path / "m.safetensors")
    wanted = {"LayerNorm.weight": (2,), "LayerNorm.bias": (2,)}
    read = read_tensors(tmp_path / "m.safetensors", wanted, ("", "bert."))
    assert {name: each[0] for name, each in read.items()} == {"LayerNorm.weight": 3, "LayerNorm.bias": 4}
    with pytest.raises(ModelError, match=r"no tensor dense\.weight"):
        read_tensors(tmp_path / "m.safetensors", {"dense.weight": (2,)}, ("", "bert."))


def test_the_names_of_tensors_are_told_as_they_are_now(tmp_path: Path) -> None:
    save_file({"bert.LayerNorm.gamma": np.ones(2, "f4"), "x.bias": np.ones(2, "f4")}, tmp_path / "m.safetensors")
    assert tensor_names(tmp_path / "m.safetensors") == {"bert.LayerNorm.weight", "x.bias"}
    (tmp_path / "m.safetensors").write_bytes(b"x" * 100)
    with pytest.raises(ModelError, match="damaged or incomplete"):
        tensor_names(tmp_path / "m.safetensors")


def test_an_object_inside_a_file_names_its_place() -> None:
    config = Config(Path("c"), {"rope": {"theta": "x"}, "none": None, "text": "t"})
    with pytest.raises(ModelError, match=r"^c: rope\.theta is 'x'; expected a number"):
        config.part("rope").number("theta", 1.0)
    assert config.part("none").values == config.part("missing").values == {}
    with pytest.raises(ModelError, match=r"^c: text is 't'; expected an object of names and values"):
        config.part("text")


def test_the_layout_that_a_file_has_is_chosen(tmp_path: Path) -> None:
    save_file({"x.new": np.zeros(2, "f4"), "x.both": np.zeros(2, "f4")}, tmp_path / "m.safetensors")
    old, new = {"old": (2,), "both": (2,)}, {"new": (2,), "both": (2,)}
    assert nearest_layout(tmp_path / "m.safetensors", [old, new], ("", "x.")) == new
    assert nearest_layout(tmp_path / "m.safetensors", [new, old], ("", "x.")) == new
    assert nearest_layout(tmp_path / "missing", [old]) == old
    (tmp_path / "m.safetensors").write_bytes(b"no tensors")
    with pytest.raises(ModelError, match=r"m\.safetensors is damaged or incomplete"):
        nearest_layout(tmp_path / "m.safetensors", [old, new])
