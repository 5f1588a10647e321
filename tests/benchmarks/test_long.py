"""Passkeys and needles: where a sentence is hidden, and how abstracts become long texts."""

from __future__ import annotations

import random
from typing import Any

import pytest

from benchmark_kit import benchmark

long = benchmark("long")

SENTENCES = [f"Sentence {number} of a text." for number in range(20)]


def test_a_sentence_is_hidden_between_two_others_at_any_place() -> None:
    hay = " ".join(SENTENCES)
    ends = [place + 2 for place in range(len(hay)) if hay.startswith(". ", place)]
    draw = random.Random(0)
    hidden = [long._hidden(hay, ends, "The pass key for A B is 1. ", draw) for _ in range(400)]
    assert {text.replace("The pass key for A B is 1. ", "") for text in hidden} == {hay}
    places = {text.index("The pass key") for text in hidden}
    assert places == {0, *ends}


def test_abstracts_are_joined_up_to_the_length_and_each_is_in_one_text(monkeypatch: pytest.MonkeyPatch) -> None:
    class Words:
        """A tokenizer of words, and an encoder that reads ten of them."""

        facts: Any

        def encode_batch_fast(self, texts: list[str], **_: Any) -> list[Any]:
            made = [Words() for _ in texts]
            for each, text in zip(made, texts, strict=True):
                each.ids = text.split()
            return made

        ids: list[str]
        max_length = 10

    words = Words()
    words.facts = words
    rows = [{"_id": str(number), "title": "T", "text": "a b c d e f"} for number in range(10)]
    monkeypatch.setattr(long, "tokenizer", lambda _: words)
    monkeypatch.setattr(long, "plain", lambda _: words)
    monkeypatch.setattr(long, "_abstracts", lambda _: rows)
    texts, place_of = long._bundles.__wrapped__("minilm", "any")
    assert max(len(text.split()) for text in texts.values()) <= 40 - 8
    assert sorted(place_of, key=int) == [row["_id"] for row in rows]
    assert {place: sum(own == place for own in place_of.values()) for place in texts} == {"0": 4, "1": 4, "2": 2}
