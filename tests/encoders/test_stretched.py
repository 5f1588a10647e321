"""Places stretched: the model as if its table of positions had the rows between, and nothing else changed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from bert_kit import TEXTS, edit, open_tiny, token_ids
from broadsheet.encoders.families import FAMILIES
from broadsheet.encoders.places import WAYS
from broadsheet.testing import check_encoder
from model_kit import copy_model, open_model
from tinybert import CONFIG, forward

LONG = "graph paper word " * 7 + "graphing a, b"


def between(table: np.ndarray, offset: int, trained: int, tokens: int, way: str) -> np.ndarray:
    """The table with rows for so many tokens, each where the way puts it."""
    at = {
        "stretch": np.arange(tokens) * (trained - 1) / (tokens - 1),
        "group": np.arange(tokens) // -(-tokens // trained),
        "repeat": np.arange(tokens) % trained,
    }[way]
    own = table[offset : offset + trained]
    rows = np.stack([np.interp(at, np.arange(trained), axis) for axis in own.T], axis=1)
    return np.concatenate([table[:offset], rows.astype("f4")])


@pytest.mark.usefixtures("exact")
@pytest.mark.parametrize("way", sorted(WAYS))
@pytest.mark.parametrize("name", ["bert", "distilbert", "mpnet", "roberta"])
def test_a_long_text_is_read_as_by_a_model_with_the_rows_between(name: str, way: str, tmp_path: Path) -> None:
    encoder = open_model(name, switches=f"long={way}")
    text, trained, shape = "one word after another, and then " * 12, encoder.facts.max_length, encoder.facts.shape
    tokens = int(encoder.tokens([text])[0])
    assert trained < tokens < encoder.facts.reach
    folder = copy_model(name, tmp_path / name)
    tensors = load_file(folder / "model.safetensors")
    key = next(each for each in tensors if each.endswith("position_embeddings.weight"))
    tensors[key] = between(tensors[key], shape.offset, trained, tokens, way)
    save_file(tensors, folder / "model.safetensors")
    edit(folder / "config.json", max_position_embeddings=len(tensors[key]))
    edit(folder / "sentence_bert_config.json", max_seq_length=tokens)
    reference = open_tiny(folder).encode([text])
    np.testing.assert_allclose(encoder.encode(["a", text, text * 20])[1:2], reference, atol=2e-5)


@pytest.mark.usefixtures("exact")
@pytest.mark.parametrize("way", sorted(WAYS))
def test_short_texts_are_unchanged_among_longer_ones(folder: Path, way: str) -> None:
    plain, stretched = open_tiny(folder), open_tiny(folder, switches=f"long={way}")
    short = [*TEXTS[:3], "word " * 10]
    np.testing.assert_allclose(stretched.encode([*short, LONG])[:4], plain.encode(short), atol=1e-6)
    np.testing.assert_allclose(stretched.encode(["word " * 10])[0], forward(CONFIG, token_ids("word " * 10)), atol=2e-5)


def test_it_keeps_the_promises_and_says_where_it_ends(folder: Path) -> None:
    encoder = open_tiny(folder, switches="long=stretch")
    check_encoder(encoder, [*TEXTS, LONG])
    assert (encoder.name, encoder.manifest.max_length) == ("bert:tiny?long=stretch", 96)
    assert encoder.manifest.pooling == "mean, long texts with places stretched"
    assert encoder.manifest.key != open_tiny(folder).manifest.key
    assert encoder.too_long([LONG, "word " * 94, "word " * 95]).tolist() == [False, False, True]
    assert encoder.tokens(["word " * 95])[0] == 96


def test_a_model_that_is_not_stretched_computes_what_it_did(folder: Path) -> None:
    plain, stretched = open_tiny(folder), open_tiny(folder, switches="long=stretch")
    assert [each.get_friendly_name() for each in plain._graph().get_parameters()] == ["ids", "mask"]
    assert [each.get_friendly_name() for each in stretched._graph().get_parameters()] == [
        "ids",
        "mask",
        "below",
        "share",
    ]
    assert stretched._identity != plain._identity == open_tiny(folder, switches="long=pool")._identity


def test_families_say_whether_their_places_can_be_stretched() -> None:
    known = {name for name, family in FAMILIES.items() if family.stretches}
    assert known >= {"bert", "camembert", "distilbert", "mpnet", "roberta", "xlm-roberta"}
