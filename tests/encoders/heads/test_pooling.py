"""Pooling: each way as sentence-transformers computes it, from both spellings of its file and by switch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bert_kit import TEXTS as TINY_TEXTS
from bert_kit import edit, open_tiny, token_ids
from broadsheet.core.errors import ModelError
from broadsheet.encoders.heads.pooling import POOLINGS, POOLS, read_pooling, word_weights
from broadsheet.encoders.modules import Step
from model_kit import assert_ranks, assert_same, copy_model, expected, open_model
from parity_texts import TEXTS
from tinybert import WORDS, forward, token_states, write_tiny


def read(folder: Path, **values: Any) -> tuple[str, bool]:
    (folder / "config.json").write_text(json.dumps(values))
    return read_pooling(Step("Pooling", "x.Pooling", "1_Pooling", folder))


@pytest.mark.parametrize(
    ("values", "pooling"),
    [
        ({}, "mean"),
        ({"pooling_mode": "lasttoken"}, "last"),
        ({"pooling_mode": ["weightedmean", "cls"]}, "weighted,cls"),
        ({"pooling_mode": "cls", "pooling_mode_mean_tokens": True}, "cls"),
        ({"pooling_mode_mean_tokens": False}, "mean"),
        ({"pooling_mode_mean_tokens": True, "pooling_mode_cls_token": True}, "cls,mean"),
        ({"pooling_mode_mean_sqrt_len_tokens": True}, "root"),
        ({"pooling_mode_lasttoken": True, "pooling_mode_max_tokens": True}, "max,last"),
    ],
)
def test_both_spellings_are_read_in_the_order_of_their_rows(
    tmp_path: Path, values: dict[str, Any], pooling: str
) -> None:
    assert read(tmp_path, **values) == (pooling, True)
    assert set(pooling.split(",")) <= set(POOLS)


def test_a_prompt_may_not_count(tmp_path: Path) -> None:
    assert read(tmp_path, pooling_mode="mean", include_prompt=False) == ("mean", False)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"pooling_mode": "median"}, ["'median'", "weightedmean, lasttoken", "st:NAME"]),
        ({"pooling_mode": []}, ["[]"]),
        ({"pooling_mode": [["mean"]]}, ["[['mean']]"]),
        ({"pooling_mode": 3}, ["pooling is 3"]),
        ({"pooling_mode": ["mean"] * 7}, ["expected one or several"]),
        ({"pooling_mode_median": True}, ["pooling_mode_median"]),
        ({"include_prompt": "no"}, ["include_prompt is 'no'", "true or false"]),
    ],
)
def test_what_is_not_known_is_named(tmp_path: Path, values: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(ModelError) as caught:
        read(tmp_path, **values)
    assert all(word in str(caught.value) for word in words), str(caught.value)


@pytest.mark.usefixtures("exact")
@pytest.mark.parametrize("pooling", ["max", "last", "weighted", "mean,cls"])
def test_each_way_is_that_of_sentence_transformers(tmp_path: Path, pooling: str) -> None:
    """The model's own head is a Dense over all ways, so the switch works on a copy that ends with the pooling."""
    folder = copy_model("head-poolings", tmp_path / "model")
    rows = json.loads((folder / "modules.json").read_text())
    (folder / "modules.json").write_text(json.dumps(rows[:2]))
    made = open_model("head-poolings", folder=folder, switches=f"pooling={pooling}").encode(TEXTS)
    assert_same(made, expected("head-poolings", f"pooling-{pooling}.npy"))
    assert_ranks(made, expected("head-poolings", f"pooling-{pooling}.npy"))


@pytest.mark.usefixtures("exact")
def test_the_sum_over_the_root_of_the_length_points_where_the_mean_does(tmp_path: Path) -> None:
    folder = copy_model("bert", tmp_path / "model")
    (folder / "1_Pooling/config.json").write_text('{"pooling_mode": "mean_sqrt_len_tokens"}')
    assert_same(open_model("bert", folder=folder).encode(TEXTS), expected("bert"))


@pytest.mark.usefixtures("exact")
def test_rare_words_count_more_by_their_place_in_the_vocabulary(tmp_path: Path) -> None:
    full = write_tiny(tmp_path / "tiny")
    encoder = open_tiny(tmp_path / "tiny", switches="pooling=idf")
    share = 1 / sum(1 / (place + 2) for place in range(len(WORDS)))
    weights = np.array([1e-4 / (1e-4 + share / (place + 2)) for place in range(len(WORDS))])
    np.testing.assert_allclose(word_weights(len(WORDS)), weights, rtol=1e-5)
    rows = np.stack([weights[token_ids(text)] @ token_states(full, token_ids(text)) for text in TINY_TEXTS])
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    np.testing.assert_allclose(encoder.encode(TINY_TEXTS), rows, atol=2e-5)
    assert (encoder.name, encoder.manifest.pooling) == ("bert:tiny?pooling=idf", "idf")


def test_switches_choose_among_those_that_differ() -> None:
    assert set(POOLINGS) == set(POOLS) - {"root"}
    assert np.isfinite(open_model("bert", switches="pooling=cls,max,last").encode(TEXTS[:9])).all()


@pytest.mark.usefixtures("exact")
@pytest.mark.parametrize("pooling", [each for each in POOLINGS if each != "idf"])
@pytest.mark.parametrize(
    ("value", "layers"), [("2", (2,)), ("1", (1,)), ("0", (0,)), ("0,2", (0, 2)), ("last2", (1, 2))]
)
def test_each_layer_and_each_pooling_is_what_the_papers_say(
    tmp_path: Path, pooling: str, value: str, layers: tuple[int, ...]
) -> None:
    full = write_tiny(tmp_path / "tiny")
    encoder = open_tiny(tmp_path / "tiny", switches=f"layers={value}&pooling={pooling}")
    expected = [forward(full, token_ids(text), pooling=pooling, layers=layers) for text in TINY_TEXTS]
    np.testing.assert_allclose(encoder.encode(TINY_TEXTS), expected, atol=2e-5)


@pytest.mark.usefixtures("exact")
def test_the_last_of_many_words_is_found_beyond_what_bf16_can_count(tmp_path: Path) -> None:
    full = write_tiny(tmp_path / "tiny", config={"max_position_embeddings": 400})
    edit(tmp_path / "tiny" / "sentence_bert_config.json", max_seq_length=400)
    text = " ".join("abcdefgh"[i % 8] for i in range(300))
    row = open_tiny(tmp_path / "tiny", switches="pooling=last").encode([text])[0]
    np.testing.assert_allclose(row, forward(full, token_ids(text, 400), pooling="last"), atol=2e-5)
