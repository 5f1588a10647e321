"""How two texts compare: the cosine, its parts by words, and the nearest sentences."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bert_kit import open_tiny
from broadsheet.core.errors import UsageError
from broadsheet.encoders.engine import Engine
from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.alignment import LONGEST, compare
from tinybert import write_tiny

A = "Bees were trained to count. They reached four."
B = "A river moves its sand.\n\nBees can be trained to count."


@pytest.mark.parametrize("switches", ["", "layers=1", "layers=0,2"])
def test_the_parts_of_the_words_and_the_marks_sum_to_the_cosine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, switches: str
) -> None:
    monkeypatch.setattr(Engine, "precision", "f32")
    write_tiny(tmp_path / "tiny")
    encoder = open_tiny(tmp_path / "tiny", switches=switches)
    a, b = "graph paper of words", "one word, another word"
    made = compare(encoder, a, b)
    assert [word.text for word in made.a.words] == a.split()
    rows = encoder.encode([a, b])
    states = encoder.token_vectors([a])[0]
    marks = sum(states.vectors[i] @ rows[1] for i in (0, -1)) / np.linalg.norm(states.vectors.sum(0))
    assert sum(word.part for word in made.a.words) + marks == pytest.approx(made.cosine, abs=1e-4)
    assert made.cosine == pytest.approx(float(rows[0] @ rows[1]), abs=1e-6)
    assert made.a.best == sorted(made.a.best, key=lambda word: -word.part)


@pytest.mark.parametrize("switches", ["pooling=max", "pooling=cls", "pooling=weighted", "dim=8", "pooling=cls,mean"])
def test_words_have_no_parts_where_the_parts_would_not_sum_to_the_cosine(tmp_path: Path, switches: str) -> None:
    write_tiny(tmp_path / "tiny")
    made = compare(open_tiny(tmp_path / "tiny", switches=switches), "graph paper of words", "one word, another word")
    assert made.a.words == made.b.words == ()
    assert made.a.best == []


def test_each_sentence_has_the_nearest_of_the_other_text() -> None:
    made = compare(HashEncoder(), A, B)
    first = made.a.matches[0]
    assert (first.text, first.other) == ("Bees were trained to count.", "Bees can be trained to count.")
    assert len(made.b.matches) == 2
    rows = HashEncoder().encode([first.text, first.other])
    assert first.cosine == pytest.approx(float(rows[0] @ rows[1]), abs=1e-6)
    assert compare(HashEncoder(), "one sentence", "another").a.matches == ()


def test_a_cosine_is_placed_among_those_of_chance() -> None:
    chance = np.linspace(-1, 1, 201)
    assert compare(HashEncoder(), "bees", "bees", chance=chance).above == pytest.approx(1, abs=0.01)
    assert compare(HashEncoder(), "bees", "wxyz", chance=chance).above == pytest.approx(0.5, abs=0.1)
    assert compare(HashEncoder(), "bees", "bees").above is None
    assert compare(HashEncoder(), "bees", "bees", chance=np.empty(0)).above is None


def test_what_was_cut_is_said(tmp_path: Path) -> None:
    write_tiny(tmp_path / "tiny")
    made = compare(open_tiny(tmp_path / "tiny"), "graph " * 40, "graph")
    assert (made.a.cut, made.b.cut) == (True, False)
    assert len(made.a.words) == 40
    assert made.a.words[-1].part == 0


@pytest.mark.parametrize(
    ("a", "b", "part"), [(" ", "b", "first text is empty"), ("a", "b" * (LONGEST + 1), "second text has 5,001")]
)
def test_texts_are_bounded(a: str, b: str, part: str) -> None:
    with pytest.raises(UsageError, match=part):
        compare(HashEncoder(), a, b)
