from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.text import folded
from broadsheet.core.words import forms, places
from broadsheet.core.words import words as words_of


def found(text: str) -> list[str]:
    return [form for _, _, word in places(text) for form in forms(word)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "Scaling BERT-2, T5 and LLaMA-3.1",
            ["scaling", "bert", "2", "bert2", "t5", "and", "llama", "3", "1", "llama31"],
        ),
        ("C++ or C#, C++17 and F", ["c++", "or", "c#", "c++", "17", "and", "f"]),
        (
            "β-γ at O(m^3) for x_i, NO_2 and my_code",
            ["β", "γ", "at", "o", "m3", "for", "xi", "no2", "and", "my", "code"],
        ),
        ("H_2O, Fe_2O_3 and foo_12Bar", ["h2o", "fe2o3", "and", "foo", "12bar"]),
        ("Ann's d'Été, isn't O'Neill", ["ann", "ete", "isn", "neill"]),
        ("1990-2000 at 0.25", ["1990", "2000", "at", "0", "25"]),
        ("Žižek–Łoś, GRÖSSE, Ｆｕｌｌ", ["zizek", "los", "grosse", "full"]),
        ("E\ufb03cient in\u00adfor\u00admation on NO₂", ["efficient", "information", "on", "no2"]),
        ("神经网络 with LSTM模型", ["神经", "经网", "网络", "with", "lstm", "模型"]),
        ("ひらがな 猫 한국어", ["ひら", "らが", "がな", "猫", "한국어"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
    ],
)
def test_words_as_they_are_searched(text: str, words: list[str]) -> None:
    assert found(text) == words


def test_thai_is_cut_into_pairs_with_their_marks() -> None:
    assert found("รู้ดี") == ["รู้ดี"]
    assert found("รู้ดีมาก") == ["รู้ดี", "ดีม", "มา", "าก"]


@given(st.text())
def test_places_are_those_of_the_words(text: str) -> None:
    ends = 0
    for start, end, word in places(text):
        assert text[start:end] == word
        assert start >= ends - len(word)
        ends = end


@given(st.text() | st.text("aB1 .-+#_^'?!\n"))
def test_words_are_those_of_the_places(text: str) -> None:
    assert words_of(text) == [word for _, _, word in places(text)]


@given(st.text())
def test_forms_are_folded_and_without_spaces(text: str) -> None:
    for form in found(text):
        assert form
        assert not any(map(str.isspace, form))
        assert folded(form) == form


@given(st.text(st.characters(categories=["Ll", "Lu"], max_codepoint=0x24F), min_size=2, max_size=50))
def test_a_word_of_letters_is_one_word(word: str) -> None:
    assert len([*places(word)]) == 1


@pytest.mark.parametrize("unit", ["a", "a-1", "_", "a_", "^(", "1.", "+", "'", "中", "é", "\u0301", "a'", "#"])
def test_time_is_bounded(unit: str) -> None:
    begun = time.thread_time()
    found(unit * (50_000 // len(unit)))
    assert time.thread_time() - begun < 1
