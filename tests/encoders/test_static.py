from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from broadsheet.core.errors import ModelError
from broadsheet.encoders.static import CHUNK, named
from broadsheet.testing import check_encoder
from tinybert import WORDS, tiny_tokenizer

TABLE = np.random.default_rng(3).normal(size=(len(WORDS), 6)).astype("f4")


def write_static(folder: Path, *, config: dict[str, Any] | None = None, **tensors: np.ndarray) -> Path:
    folder.mkdir(parents=True)
    save_file({"embeddings": TABLE} | tensors, folder / "model.safetensors")
    tiny_tokenizer().save(str(folder / "tokenizer.json"))
    (folder / "config.json").write_text(json.dumps(config or {"normalize": True}))
    return folder


def mean(text: str, table: np.ndarray, limit: int | None = None) -> np.ndarray:
    tokenizer = tiny_tokenizer()
    tokenizer.no_padding()
    tokenizer.no_truncation()
    ids = [i for i in tokenizer.encode(text, add_special_tokens=False).ids[:limit] if i != WORDS.index("[UNK]")]
    total = table[ids].mean(axis=0)
    return total / np.linalg.norm(total)


TEXTS = ["graph paper", "Graphing, word by word", "a-1", "unknown ∑ graph"]


def test_a_text_is_the_mean_of_its_tokens(tmp_path: Path) -> None:
    encoder = named(str(write_static(tmp_path / "s")))
    np.testing.assert_allclose(encoder.encode(TEXTS), [mean(t, TABLE) for t in TEXTS], atol=1e-5)


def test_weights_and_mapping_are_read(tmp_path: Path) -> None:
    weights = np.linspace(0, 1, len(WORDS)).astype("f4")
    mapping = (np.arange(len(WORDS)) % 9).astype("i8")
    folder = write_static(tmp_path / "s", embeddings=TABLE[:9].astype("f2"), weights=weights, mapping=mapping)
    table = TABLE[:9].astype("f2").astype("f4")[mapping] * weights[:, None]
    np.testing.assert_allclose(named(str(folder)).encode(TEXTS), [mean(t, table) for t in TEXTS], atol=1e-5)


def test_token_vectors_are_those_that_are_summed(tmp_path: Path) -> None:
    encoder = named(str(write_static(tmp_path / "s", config={"max_length": 4})))
    for text, made in zip(TEXTS, encoder.token_vectors(TEXTS), strict=True):
        total = made.vectors.sum(axis=0)
        np.testing.assert_allclose(encoder.encode([text])[0], total / np.linalg.norm(total), atol=1e-5)
        assert len(made.tokens) == len(made.spans) == len(made.vectors)
    assert [TEXTS[0][start:end] for start, end in encoder.token_vectors(TEXTS)[0].spans] == ["graph", "paper"]


def test_it_keeps_the_promises(tmp_path: Path) -> None:
    check_encoder(named(str(write_static(tmp_path / "s"))))


def test_many_texts_come_in_order(tmp_path: Path) -> None:
    encoder = named(str(write_static(tmp_path / "s")))
    texts = [f"word {i} graph {i * 7}" for i in range(3 * CHUNK + 1)]
    rows = encoder.encode(texts)
    np.testing.assert_array_equal(rows[-5:], encoder.encode(texts[-5:]))
    np.testing.assert_array_equal(rows[CHUNK - 2 : CHUNK + 2], encoder.encode(texts[CHUNK - 2 : CHUNK + 2]))


def test_a_length_in_the_config_cuts_and_is_told(tmp_path: Path) -> None:
    encoder = named(str(write_static(tmp_path / "s", config={"max_length": 3})))
    assert encoder.too_long(["word word word", "word word word word"]).tolist() == [False, True]
    np.testing.assert_allclose(encoder.encode(["graph a b paper"])[0], mean("graph a b", TABLE), atol=1e-5)
    assert encoder.manifest.max_length == 3


def test_without_one_nothing_is_cut(tmp_path: Path) -> None:
    encoder = named(str(write_static(tmp_path / "s", config={"max_length": None})))
    assert not encoder.too_long(["word " * 5000]).any()


def test_static_alone_is_the_collections_own(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="broadsheet distil"):
        named("", models=tmp_path)
    with pytest.raises(ModelError, match="broadsheet distil"):
        named()
    write_static(tmp_path / "static")
    write_static(tmp_path / "other")
    assert named("", models=tmp_path).name == "static"
    assert named("other", models=tmp_path).manifest.encoder == "static:other"


HARMS: dict[str, tuple[Callable[[Path], object], str]] = {
    "few vectors": (lambda f: save_file({"embeddings": TABLE[:5]}, f / "model.safetensors"), "5 vectors"),
    "other name": (
        lambda f: save_file({"vectors": TABLE}, f / "model.safetensors"),
        "no tensor named embeddings, only vectors",
    ),
    "one axis": (lambda f: save_file({"embeddings": TABLE[0]}, f / "model.safetensors"), "expected 2 axes"),
    "few weights": (
        lambda f: save_file({"embeddings": TABLE, "weights": TABLE[:4, 0].copy()}, f / "model.safetensors"),
        "4 weights",
    ),
    "mapping": (
        lambda f: save_file({"embeddings": TABLE, "mapping": np.full(len(WORDS), 999)}, f / "model.safetensors"),
        "mapping points outside",
    ),
    "damaged": (lambda f: (f / "model.safetensors").write_bytes(b"\xff" * 99), "damaged or incomplete"),
    "not a number": (
        lambda f: save_file({"embeddings": TABLE * np.float32("nan")}, f / "model.safetensors"),
        "not finite",
    ),
    "too large": (
        lambda f: save_file({"embeddings": TABLE * np.float32(1e30)}, f / "model.safetensors"),
        r"beyond 1e\+09",
    ),
    "pickle": (lambda f: (f / "model.safetensors").rename(f / "model.pt"), "model.pt is a pickle"),
    "config": (lambda f: (f / "config.json").unlink(), "config.json cannot be read"),
    "tokenizer": (lambda f: (f / "tokenizer.json").write_text("[]"), "tokenizer.json is not a tokenizer"),
}


@pytest.mark.parametrize(("harm", "words"), HARMS.values(), ids=HARMS)
def test_a_folder_that_does_not_fit_is_named(tmp_path: Path, harm: Callable[[Path], object], words: str) -> None:
    folder = write_static(tmp_path / "s")
    harm(folder)
    with pytest.raises(ModelError, match=words):
        named(str(folder)).encode(["a"])


@pytest.mark.parametrize("kind", ["F8_E4M3", "F8_E5M2", "C64", "BOOL", "U8", "I64", "BF16"])
def test_tensors_of_a_kind_that_vectors_do_not_have_are_named(tmp_path: Path, kind: str) -> None:
    """Written by hand: not every kind has a type in numpy."""
    folder = write_static(tmp_path / "s")
    size = {"C64": 8, "I64": 8, "BF16": 2}.get(kind, 1) * len(WORDS) * 4
    head = json.dumps({"embeddings": {"dtype": kind, "shape": [len(WORDS), 4], "data_offsets": [0, size]}}).encode()
    (folder / "model.safetensors").write_bytes(len(head).to_bytes(8, "little") + head + bytes(size))
    with pytest.raises(ModelError, match=f"embeddings is {kind}; expected F16, F32, F64, I8"):
        named(str(folder)).encode(["a"])


def test_no_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="No model folder at"):
        named(str(tmp_path / "absent"))


def test_a_text_without_a_known_word_is_unread(tmp_path: Path) -> None:
    encoder = named(str(write_static(tmp_path / "s")))
    assert encoder.unread(["graph ∑", "∑ 图", ""]).tolist() == [False, True, False]
