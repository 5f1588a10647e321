"""What each word counts: by the scores of a vocabulary, or by its order."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer, models

from bert_kit import TEXTS, open_tiny, token_ids
from broadsheet.encoders.heads.rarity import word_weights
from broadsheet.testing import check_encoder
from model_kit import open_model
from tinybert import WORDS, token_states, write_tiny

A = 1e-4


def test_a_vocabulary_in_its_order_follows_zipf() -> None:
    """Marks, letters and signs are as common as the first word of several letters, wherever they are."""
    words = ["[PAD]", "[UNK]", "the", ".", "of", "##ing", "##s", "Ġand", "▁a"]
    vocabulary = {word: place for place, word in enumerate(words)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    share = 1 / sum(1 / rank for rank in range(1, 5))
    expected = [1, 1, 1, 1, 2, 3, 1, 4, 1]
    made = word_weights(tokenizer, 11)
    np.testing.assert_allclose(made[:9], [A / (A + share / rank) for rank in expected], rtol=1e-5)
    np.testing.assert_array_equal(made[9:], [1, 1])


def test_scores_are_logarithms_of_probabilities() -> None:
    chances = {"▁the": 0.5, "▁graph": 0.01, "s": 0.49}
    vocabulary = [("<s>", 0.0), ("<unk>", 0.0), *((word, float(np.log(chance))) for word, chance in chances.items())]
    made = word_weights(Tokenizer(models.Unigram(vocabulary, unk_id=1, byte_fallback=False)), 5)
    expected = [0.5, 0.5, *chances.values()]
    np.testing.assert_allclose(made, [A / (A + chance) for chance in expected], rtol=1e-5)


def test_a_vocabulary_of_marks_alone_and_a_shorter_table_are_no_fault() -> None:
    tokenizer = Tokenizer(models.WordLevel({"[UNK]": 0, "[CLS]": 1, "the": 2}, unk_token="[UNK]"))
    assert word_weights(tokenizer, 2).tolist() == pytest.approx([A / (A + 1)] * 2)


@pytest.mark.parametrize("name", ["bert", "roberta", "xlm-roberta"])
def test_each_kind_of_vocabulary_gives_weights(name: str) -> None:
    encoder = open_model(name, switches="pooling=idf")
    weights = word_weights(encoder._ids.tokenizer, encoder.facts.shape.words)
    assert weights.shape == (encoder.facts.shape.words,)
    assert 0 < weights.min() < weights.max() <= 1
    check_encoder(encoder, TEXTS)


@pytest.mark.usefixtures("exact")
def test_the_mean_is_weighted_by_them(tmp_path: Path) -> None:
    full = write_tiny(tmp_path / "tiny")
    encoder = open_tiny(tmp_path / "tiny", switches="pooling=idf")
    weights = word_weights(encoder._ids.tokenizer, len(WORDS))
    expected = np.stack([weights[token_ids(text)] @ token_states(full, token_ids(text)) for text in TEXTS])
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    np.testing.assert_allclose(encoder.encode(TEXTS), expected, atol=2e-5)
    assert (encoder.name, encoder.manifest.pooling) == ("bert:tiny?pooling=idf", "idf")


def test_the_vocabulary_is_part_of_what_was_compiled(tmp_path: Path) -> None:
    write_tiny(tmp_path / "tiny")
    before = open_tiny(tmp_path / "tiny", switches="pooling=idf")._identity
    path = tmp_path / "tiny" / "tokenizer.json"
    path.write_text(path.read_text() + "\n")
    assert open_tiny(tmp_path / "tiny", switches="pooling=idf")._identity != before
