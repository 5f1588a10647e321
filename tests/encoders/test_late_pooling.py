"""A long text in overlapping chunks, pooled at once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bert_kit import TEXTS, open_tiny, token_ids
from broadsheet.encoders import late_pooling
from broadsheet.testing import check_encoder
from model_kit import open_model
from tinybert import CONFIG, token_states

LONG = "graph paper word " * 7 + "graphing a, b"  # 28 tokens between the marks; chunks of 10 that share 3


def by_hand(text: str) -> np.ndarray:
    """The states of all tokens: each chunk read alone, of shared tokens the first in the chunk before."""
    cls, *words, sep = token_ids(text, 1_000)
    rows, start = list[np.ndarray](), 0
    while True:
        chunk = words[start : start + 10]
        states = token_states(CONFIG, [cls, *chunk, sep])
        first, last = start == 0, start + 10 >= len(words)
        rows.append(states[0 if first else 2 : None if last else len(states) - 3])
        if last:
            return np.concatenate(rows)
        start += 7


@pytest.mark.usefixtures("exact")
@pytest.mark.parametrize("pooling", ["mean", "max", "weighted"])
def test_all_tokens_are_pooled_at_once(folder: Path, pooling: str) -> None:
    encoder, plain = (open_tiny(folder, switches=f"pooling={pooling}{long}") for long in ("&long=pool", ""))
    states = by_hand(LONG)
    assert len(states) == len(token_ids(LONG, 1_000)) == encoder.tokens([LONG])[0]
    pooled = {
        "mean": states.mean(0), "max": states.max(0),
        "weighted": np.average(states, axis=0, weights=np.arange(1, len(states) + 1)),
    }[pooling]  # fmt: skip
    rows = encoder.encode([LONG, "a", LONG, *TEXTS[:3]])
    np.testing.assert_allclose(rows[0], pooled / np.linalg.norm(pooled), atol=2e-5)
    np.testing.assert_allclose(rows[2], rows[0], atol=1e-6)
    np.testing.assert_allclose(rows[[1, 3, 4, 5]], plain.encode(["a", *TEXTS[:3]]), atol=1e-6)


@pytest.mark.usefixtures("exact")
def test_tokens_of_a_long_text_come_once_each(folder: Path) -> None:
    made = open_tiny(folder, switches="long=pool").token_vectors([LONG, "a"])
    np.testing.assert_allclose(made[0].vectors, by_hand(LONG), atol=2e-5)
    assert (made[0].tokens.count("[CLS]"), made[0].tokens.count("[SEP]")) == (1, 1)
    assert "".join(LONG[start:end] for start, end in made[0].spans) == LONG.replace(" ", "")
    assert len(made[1].tokens) == 3


def test_it_keeps_the_promises_and_says_what_it_does(folder: Path) -> None:
    encoder = open_tiny(folder, switches="long=pool")
    check_encoder(encoder, [*TEXTS, LONG])
    assert (encoder.name, encoder.manifest.max_length) == ("bert:tiny?long=pool", None)
    assert encoder.manifest.pooling == "mean, long texts in chunks pooled together"
    assert encoder.encode([]).shape == (0, 16)


def test_texts_are_read_in_groups_and_the_longest_are_cut(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = open_tiny(folder, switches="long=pool")
    texts = [LONG, LONG[:60], LONG * 3, LONG[20:], LONG]
    rows = encoder.encode(texts)
    monkeypatch.setattr(late_pooling, "_AT_ONCE", 60)
    np.testing.assert_allclose(encoder.encode(texts), rows, atol=1e-6)
    monkeypatch.setattr("broadsheet.encoders.token_ids._SHARED", 27)  # the first chunk and 27 // 9 more
    assert encoder.too_long([LONG, LONG * 3]).tolist() == [False, True]
    assert encoder.tokens([LONG * 3])[0] == 12 + 3 * 7


@pytest.mark.usefixtures("exact")
@pytest.mark.parametrize("name", ["mpnet", "roberta", "distilbert"])
def test_other_families_are_pooled_too(name: str) -> None:
    encoder = open_model(name, switches="pooling=mean&long=pool")
    text = "one word after another, and then " * 40
    states = encoder.token_vectors([text])[0].vectors
    assert len(states) > encoder.facts.max_length
    mean = states.mean(0)
    np.testing.assert_allclose(encoder.encode([text])[0], mean / np.linalg.norm(mean), atol=2e-5)


@pytest.mark.usefixtures("exact")
@pytest.mark.parametrize(
    ("name", "pooling"), [("head-dense", "mean,max"), ("head-cut", "mean"), ("head-prompt", "mean,max,weighted")]
)
def test_what_follows_the_transformer_is_the_same_for_one_chunk(name: str, pooling: str) -> None:
    encoder = open_model(name, switches=f"pooling={pooling}&long=pool")
    texts = ["one word after another", "graph paper"]
    prompt, left_out = encoder.facts.prompts.get("document", ""), encoder._left_out("document")
    rows = encoder._late.rows(encoder._ids.pieces([prompt + text for text in texts]), left_out)
    np.testing.assert_allclose(rows, encoder.encode(texts), atol=2e-6)
    assert encoder.encode([texts[0] * 40]).shape == (1, encoder.facts.dim)
