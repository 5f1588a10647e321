from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file

from broadsheet.core.errors import ModelError
from broadsheet.encoders.bert import STEP, TOKENS, BertEncoder, batches, height
from broadsheet.encoders.engine import Engine
from broadsheet.encoders.folder import ACTIVATIONS, read_facts, read_weights
from broadsheet.testing import check_encoder
from tinybert import CONFIG, forward, tiny_tokenizer, write_tiny

TEXTS = ["graph paper", "", "a", "one word after another, and then more than twelve pieces of it.", "Graphing 2-3"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_tiny(tmp_path / "tiny")
    return tmp_path / "tiny"


@pytest.fixture
def exact(monkeypatch: pytest.MonkeyPatch) -> None:
    """Computes in f32, whatever this processor would choose: the arithmetic is compared digit by digit."""
    monkeypatch.setattr(Engine, "precision", "f32")


def open_tiny(folder: Path, **options: Any) -> BertEncoder:
    return BertEncoder(folder, name="bert:tiny", version="1", **options)


def token_ids(text: str, length: int = 12) -> list[int]:
    tokenizer = tiny_tokenizer()
    tokenizer.no_padding()
    tokenizer.enable_truncation(length)
    return tokenizer.encode(text).ids


def edit(path: Path, **changes: Any) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


@pytest.mark.usefixtures("exact")
@pytest.mark.parametrize(
    ("config", "pooling", "options"),
    [
        ({}, "mean", {}),
        ({}, "cls", {}),
        ({"hidden_act": "gelu_new"}, "mean", {}),
        ({"hidden_act": "relu", "layer_norm_eps": 1e-5}, "mean", {}),
        ({"hidden_act": "silu", "type_vocab_size": 1}, "cls", {"prefix": "bert."}),
        ({"model_type": "roberta", "pad_token_id": 1}, "mean", {"prefix": "roberta."}),
    ],
)
def test_the_graph_computes_what_the_papers_say(
    tmp_path: Path, config: dict[str, Any], pooling: str, options: dict[str, Any]
) -> None:
    full = write_tiny(tmp_path / "tiny", config=config, pooling=pooling, **options)
    offset = 2 if full["model_type"] == "roberta" else 0
    expected = [forward(full, token_ids(text), pooling=pooling, offset=offset) for text in TEXTS]
    np.testing.assert_allclose(open_tiny(tmp_path / "tiny").encode(TEXTS), expected, atol=2e-5)


def test_half_precision_weights_are_read(tmp_path: Path) -> None:
    full = write_tiny(tmp_path / "tiny", dtype="f2")
    row = open_tiny(tmp_path / "tiny").encode(["graph paper"])[0]
    assert row @ forward(full, token_ids("graph paper")) > 0.9999


def test_this_processors_own_precision_stays_near(folder: Path) -> None:
    rows = open_tiny(folder).encode(TEXTS)
    near = [row @ forward(CONFIG, token_ids(text)) for row, text in zip(rows, TEXTS, strict=True)]
    assert min(near) > 0.999


def test_it_keeps_the_promises(folder: Path) -> None:
    check_encoder(open_tiny(folder), TEXTS)
    check_encoder(open_tiny(folder, whole=True), TEXTS)


def test_many_batches_and_threads_give_the_same_rows(folder: Path) -> None:
    encoder = open_tiny(folder)
    texts = [f"{'word ' * (i % 11)}{i}" for i in range(700)]
    rows = encoder.encode(texts)
    with ThreadPoolExecutor(4) as pool:
        again = list(pool.map(encoder.encode, [texts] * 4 + [[text] for text in texts[:40]]))
    for other in again[:4]:
        np.testing.assert_allclose(other, rows, atol=1e-5)
    np.testing.assert_allclose(np.concatenate(again[4:]), rows[:40], atol=1e-5)


def test_few_shapes_are_computed_whatever_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For each shape OpenVINO keeps code and memory, for good."""
    write_tiny(tmp_path / "tiny", config={"max_position_embeddings": 64})
    edit(tmp_path / "tiny" / "sentence_bert_config.json", max_seq_length=64)
    encoder, shapes, matrix = open_tiny(tmp_path / "tiny"), set[tuple[int, ...]](), BertEncoder._matrix

    def seen(self: BertEncoder, *batch: Any) -> Any:
        made = matrix(self, *batch)
        shapes.add(made[0].shape)
        return made

    monkeypatch.setattr(BertEncoder, "_matrix", seen)
    for words in range(1, 70):
        for count in (1, 2, 3, 5, 9, 40, 150):
            assert encoder.encode([f"{'word ' * words}"] * count).shape[0] == count
    assert {width for _, width in shapes} == set(range(STEP, 65, STEP))
    assert len(shapes) <= sum((TOKENS // width).bit_length() + 1 for width in range(STEP, 65, STEP))


def test_cut_texts_are_told(folder: Path) -> None:
    encoder = open_tiny(folder)
    fits, cut = "word " * 10, "word " * 11
    assert encoder.too_long([fits, cut, "", "x" * 11]).tolist() == [False, True, False, True]
    assert not open_tiny(folder, whole=True).too_long([cut]).any()
    np.testing.assert_allclose(encoder.encode([cut]), encoder.encode([fits]), atol=1e-6)


@pytest.mark.usefixtures("exact")
def test_whole_reads_pieces_weighted_by_length(folder: Path) -> None:
    text = "word " * 10 + "graph paper"
    first, second = (forward(CONFIG, token_ids(part)) for part in ("word " * 10, "graph paper"))
    expected = 10 * first + 2 * second
    row = open_tiny(folder, whole=True).encode([text, "a"])[0]
    np.testing.assert_allclose(row, expected / np.linalg.norm(expected), atol=2e-5)


def test_whole_is_another_space_and_precision_is_not(folder: Path) -> None:
    plain, whole = open_tiny(folder).manifest, open_tiny(folder, whole=True).manifest
    assert plain.max_length == 12
    assert plain.key != whole.key
    assert len(plain.weights) == 64


@pytest.mark.usefixtures("exact")
def test_prompts_stand_before_texts_of_their_role(folder: Path) -> None:
    config = {"prompts": {"query": "graph ", "passage": "paper ", "other": "x"}}
    (folder / "config_sentence_transformers.json").write_text(json.dumps(config))
    encoder = open_tiny(folder)
    assert encoder.manifest.prompts == {"query": "graph ", "document": "paper "}
    np.testing.assert_allclose(encoder.encode(["a"], role="query")[0], forward(CONFIG, token_ids("graph a")), atol=2e-5)
    np.testing.assert_allclose(encoder.encode(["a"])[0], forward(CONFIG, token_ids("paper a")), atol=2e-5)


def test_the_compiled_model_is_kept_and_made_again_when_damaged(folder: Path, tmp_path: Path) -> None:
    rows = open_tiny(folder).encode(TEXTS)
    cache = tmp_path / "cache"
    np.testing.assert_allclose(open_tiny(folder, cache=cache).encode(TEXTS), rows, atol=1e-6)
    (blob,) = cache.iterdir()
    kept = blob.stat().st_mtime_ns
    np.testing.assert_allclose(open_tiny(folder, cache=cache).encode(TEXTS), rows, atol=1e-6)
    assert blob.stat().st_mtime_ns == kept
    for damage in (b"", b"nonsense" * 100):
        blob.write_bytes(damage)
        np.testing.assert_allclose(open_tiny(folder, cache=cache).encode(TEXTS), rows, atol=1e-6)
        assert blob.stat().st_size > 10_000


def test_a_cache_that_cannot_be_written_costs_no_answer(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    assert open_tiny(folder, cache=tmp_path / "file").encode(["a"]).shape == (1, 16)


def test_other_weights_have_another_blob(folder: Path, tmp_path: Path) -> None:
    open_tiny(folder, cache=tmp_path / "cache").encode(["a"])
    tensors = {name: value * 1.1 for name, value in load_file(folder / "model.safetensors").items()}
    save_file(tensors, folder / "model.safetensors")
    open_tiny(folder, cache=tmp_path / "cache").encode(["a"])
    assert len(list((tmp_path / "cache").iterdir())) == 2


def test_openvino_comes_late_and_without_telemetry(folder: Path) -> None:
    code = f"""
import sys
from pathlib import Path
from broadsheet.encoders.bert import BertEncoder
encoder = BertEncoder(Path({str(folder)!r}), name="tiny", version="1")
assert "openvino" not in sys.modules
encoder.encode(["a"])
assert "openvino" in sys.modules
assert not [name for name in sys.modules if "telemetry" in name]
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=dict(os.environ)
    )
    assert done.returncode == 0, done.stderr


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
        (lambda f: edit(f / "config.json", num_attention_heads=3), ["16 cannot be shared by 3 heads"]),
        (lambda f: edit(f / "config.json", layer_norm_eps="x"), ["layer_norm_eps is 'x'"]),
        (lambda f: edit(f / "config.json", hidden_act="gelo"), ["hidden_act is 'gelo'", "gelu", "[torch]"]),
        (lambda f: edit(f / "config.json", model_type="mpnet"), ["model_type is 'mpnet'", "st:NAME"]),
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


def test_no_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="No model folder at"):
        read_facts(tmp_path / "absent")


def test_lengths_come_from_the_right_file(folder: Path) -> None:
    assert read_facts(folder).max_length == 12
    (folder / "sentence_bert_config.json").unlink()
    (folder / "tokenizer_config.json").write_text('{"model_max_length": 1000000000000000019884624838656}')
    assert read_facts(folder).max_length == 40
    (folder / "tokenizer_config.json").write_text('{"model_max_length": 20}')
    assert read_facts(folder).max_length == 20


def test_pooling_has_a_newer_spelling_and_a_default(folder: Path) -> None:
    (folder / "1_Pooling/config.json").write_text('{"pooling_mode": "cls"}')
    assert read_facts(folder).pooling == "cls"
    (folder / "modules.json").unlink()
    (folder / "1_Pooling/config.json").unlink()
    assert read_facts(folder).pooling == "mean"


def test_weights_are_float32_whatever_the_file_holds(tmp_path: Path) -> None:
    write_tiny(tmp_path / "tiny", dtype="f2")
    tensors = read_weights(read_facts(tmp_path / "tiny"))
    assert {value.dtype for value in tensors.values()} == {np.dtype("f4")}


def test_every_activation_is_one_the_graph_knows() -> None:
    assert set(ACTIVATIONS.values()) == {"erf", "tanh", "relu", "silu"}


@given(st.lists(st.integers(1, 300), max_size=60), st.integers(1, 1024))
def test_batches_hold_every_row_once_and_keep_the_budget(lengths: list[int], tokens: int) -> None:
    groups = [group.tolist() for group in batches(lengths, tokens)]
    assert sorted(row for group in groups for row in group) == list(range(len(lengths)))
    for group in groups:
        assert len(group) == 1 or len(group) * max(lengths[row] for row in group) <= tokens


@given(st.integers(1, 1024), st.integers(0, 1024))
def test_heights_are_few_and_at_most_twice_what_is_there(rows: int, most: int) -> None:
    made = height(rows, most)
    assert rows <= made < 2 * rows or made == rows == 1
    assert made in (rows, most) if rows >= most else made == most or made.bit_count() == 1
