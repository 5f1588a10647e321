from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from broadsheet.core.errors import CollectionError, UsageError
from broadsheet.encoders.bert import BertEncoder
from broadsheet.encoders.hash import HashEncoder
from broadsheet.encoders.static import named
from broadsheet.lab.distil import RARITY, distil
from broadsheet.testing import check_encoder
from tinybert import WORDS, write_tiny

TEXTS = ["graph paper graph word", "word graph, and 3 more", "graph graph graph \ud800"]


@pytest.fixture
def teacher(tmp_path: Path) -> BertEncoder:
    write_tiny(tmp_path / "teacher")
    return BertEncoder(tmp_path / "teacher", name="bert:teacher", version="1")


def test_what_is_made_is_a_static_encoder(teacher: BertEncoder, tmp_path: Path) -> None:
    steps: list[tuple[int, int | None]] = []
    made = distil(teacher, iter(TEXTS), tmp_path / "static", dim=6, progress=lambda *step: steps.append(step))
    assert (made.words, made.texts, made.dim) == (len(WORDS), 3, 6)
    assert 3 < made.seen < 30
    assert steps[-1] == (len(WORDS), len(WORDS))
    rows = check_encoder(named("", models=tmp_path))
    assert rows.shape[1] == 6


def test_frequent_words_weigh_less(teacher: BertEncoder, tmp_path: Path) -> None:
    """A word as likely as RARITY weighs half of one that was never seen; marks of the tokenizer weigh nothing."""
    distil(teacher, ["graph"] + ["a b c d"] * 300, tmp_path / "rare", dim=6)
    distil(teacher, ["graph"] * 300 + ["a b c d"], tmp_path / "often", dim=6)
    rare, often = (named(name, models=tmp_path)._table for name in ("rare", "often"))
    graph, unseen = WORDS.index("graph"), WORDS.index("paper")
    ratios = [np.linalg.norm(t[graph]) / np.linalg.norm(t[unseen]) for t in (rare, often)]
    assert ratios[0] > 20 * ratios[1]
    assert not rare[WORDS.index("[SEP]")].any()
    assert RARITY / (RARITY + 300 / 304) < 0.0011


def test_axes_are_of_equal_variance_by_mass(teacher: BertEncoder, tmp_path: Path) -> None:
    texts = [" ".join(np.random.default_rng(i).permutation(WORDS[4:40])) for i in range(50)]
    distil(teacher, texts, tmp_path / "static", dim=6)
    table = named("", models=tmp_path)._table[4:40]
    mean, deviation = table.mean(axis=0), table.std(axis=0)
    assert np.abs(mean / deviation).max() < 0.1
    assert deviation.max() / deviation.min() < 1.2


def test_the_same_twice_and_replaced_when_whole(teacher: BertEncoder, tmp_path: Path) -> None:
    for _ in range(2):
        distil(teacher, TEXTS, tmp_path / "static", dim=4)
    first = (tmp_path / "static/model.safetensors").read_bytes()
    distil(teacher, TEXTS, tmp_path / "again", dim=4)
    assert (tmp_path / "again/model.safetensors").read_bytes() == first
    assert sorted(p.name for p in tmp_path.iterdir()) == ["again", "static", "teacher"]


def test_the_files_are_those_of_model2vec(teacher: BertEncoder, tmp_path: Path) -> None:
    distil(teacher, TEXTS, tmp_path / "static", dim=4)
    config = json.loads((tmp_path / "static/config.json").read_text())
    assert config["model_type"] == "model2vec"
    assert config["normalize"] is True
    tokenizer = json.loads((tmp_path / "static/tokenizer.json").read_text())
    assert (tokenizer["padding"], tokenizer["truncation"]) == (None, None)


@pytest.mark.parametrize("dim", [1, 17])
def test_an_impossible_dimension_is_named(teacher: BertEncoder, tmp_path: Path, dim: int) -> None:
    with pytest.raises(UsageError, match=f"dimension is {dim}; expected 2 to 16"):
        distil(teacher, TEXTS, tmp_path / "static", dim=dim)


@pytest.mark.parametrize("texts", [[], ["", " "]])
def test_no_texts_say_what_to_do(teacher: BertEncoder, tmp_path: Path, texts: list[str]) -> None:
    with pytest.raises(UsageError, match="broadsheet ingest"):
        distil(teacher, texts, tmp_path / "static", dim=4)


def test_an_encoder_without_a_vocabulary_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="hash has no vocabulary"):
        distil(HashEncoder(), TEXTS, tmp_path / "static")


def test_a_folder_that_cannot_be_made_is_named(teacher: BertEncoder, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CollectionError, match="cannot be written"):
        distil(teacher, TEXTS, tmp_path / "file" / "static", dim=4)
