"""Which sentence of an abstract is shown, and how a long one is cut."""

from __future__ import annotations

import time

import numpy as np
import pytest

from broadsheet.core.contribution import (
    CLOSE,
    LONGEST,
    MOST_CLOSE,
    MOST_SENTENCES,
    WEIGHTS,
    Abstract,
    Weights,
    abstract,
    features,
    shortened,
)

TITLE = "HiveMind: counting bees from sound"
TEXT = (
    "Bees have been counted by eye for decades. However, existing counters fail at night. "
    "We propose HiveMind, a method that counts the bees of a hive from the sound they make. "
    "We train it on 40 hives. Experiments show an error below 3%. Code is available at https://hives.test."
)


def chosen(title: str, text: str) -> str:
    own = abstract(title, text)
    return own.sentences[own.chosen()]


def test_the_sentence_that_proposes_something_is_shown() -> None:
    assert chosen(TITLE, TEXT) == (
        "We propose HiveMind, a method that counts the bees of a hive from the sound they make."
    )


@pytest.mark.parametrize(
    "stating",
    [
        "In this paper, we introduce a counter of bees that listens to hives.",
        "This work presents a counter of bees that listens to hives.",
        "A counter of bees that listens to hives is proposed.",
        "I evaluate a counter of bees that listens to hives.",
        "HiveMind is a lightweight method that counts bees by listening to hives.",
        "The authors describe a counter of bees that listens to hives.",
    ],
)
def test_contributions_are_stated_in_many_ways(stating: str) -> None:
    before = "Counting bees from the sound of hives has recently become a popular subject of bee research."
    assert chosen(TITLE, f"{before} {stating} Counters of bees often fail in hives.") == stating


def test_what_authors_do_comes_before_background_in_the_words_of_the_title() -> None:
    text = "Counting bees from sound in the hive mind has been hard for counters. We listen to them with care at night."
    assert chosen(TITLE, text).startswith("We listen")


def test_without_such_a_sentence_the_one_nearest_to_the_whole_is_shown() -> None:
    text = "It rains often in spring. Counting bees from sound needs quiet hives. Hives with many bees are loud hives."
    own = abstract(TITLE, text)
    assert not any(row[Weights._fields.index("states")] for row in features(TITLE, own.sentences))
    assert own.chosen() == 1


def test_a_sentence_is_text_of_the_abstract() -> None:
    own = abstract(TITLE, TEXT)
    assert " ".join(own.sentences) == TEXT
    assert chosen("Bees", "我们提出一种数蜜蜂的方法。它很快。") == "我们提出一种数蜜蜂的方法。它很快。"
    assert chosen("", "Bees.") == "Bees."


def test_a_lost_space_between_sentences_is_put_back() -> None:
    text = "Hives are loud, and nobody has counted bees.We propose a counter of bees.It listens to e.g.The hive."
    assert chosen("A counter of bees", text) == "We propose a counter of bees."


def test_nothing_is_chosen_of_nothing() -> None:
    empty = abstract("Bees", "  ")
    assert (empty.sentences, empty.scores, empty.close) == ((), (), [])


def test_nearness_decides_among_close_sentences_alone() -> None:
    own = Abstract(("a", "b", "c", "d"), (0.5, 0.5 - CLOSE / 2, 0.5 - 2 * CLOSE, 0.5 - 3 * CLOSE))
    assert own.close == [0, 1]
    assert own.chosen() == 0
    assert own.chosen({0: 0.1, 1: 0.1 + CLOSE / 2 / WEIGHTS.near + 0.01}) == 1
    assert own.chosen({0: 0.1, 1: 0.1 + CLOSE / 2 / WEIGHTS.near - 0.01}) == 0
    assert own.chosen({2: 1.0, 3: 1.0}) == 0, "they are too far behind"
    assert len(Abstract(("a",) * 9, (0.5,) * 9).close) == MOST_CLOSE


def test_words_are_weighed_by_a_cosine_and_a_share() -> None:
    """The cosine of binary words of a sentence to counts of words of the paper, by NumPy."""
    title, pieces = "bees counted", ["bees sing loud", "hives sing"]
    rows = features(title, pieces)
    vocabulary = ["bees", "counte", "sing", "loud", "hives"]
    counts = np.array([2, 1, 2, 1, 1], float)
    for row, piece in zip(rows, pieces, strict=True):
        own = np.array([any(word[:6] == each for word in piece.split()) for each in vocabulary], float)
        assert row[1] == pytest.approx(own @ counts / np.linalg.norm(own) / np.linalg.norm(counts))
    assert [row[0] for row in rows] == [0.5, 0.0]


def test_the_sentences_that_are_read_are_bounded() -> None:
    start = time.process_time()
    own = abstract("We", "We propose that hives are " * 40_000 + ". We sing." * 100)
    assert len(own.sentences) == 1
    assert len(abstract("We", "We sing. " * 100).sentences) == MOST_SENTENCES
    assert time.process_time() - start < 30, "no pattern runs away"


def test_a_long_sentence_is_cut_where_a_clause_ends() -> None:
    clause = "We propose a counter of bees that listens to the hive at night (with care, and a clock), " * 2
    long = f"{clause}which works well for hives of every size that we know of, " + "and so on " * 40
    cut = shortened(long)
    assert cut.endswith("we know of…")
    assert len(cut) <= LONGEST
    assert long.startswith(cut[:-1])


def test_it_is_not_cut_inside_parentheses_or_before_the_authors_speak() -> None:
    begin = "While the bees of a hive are known to sing at night, " * 4
    long = (
        f"{begin}we propose to count them by ear with a method whose name is as long as this sentence is " + "x" * 300
    )
    assert "we propose to count them" in shortened(long)
    inside = "We propose " + "y" * 185 + " (one, two, three, " + "and more of them " * 30
    assert shortened(inside).endswith((" more…", " of…", " them…", " and…"))


def test_short_texts_are_left_alone() -> None:
    assert shortened("We sing.") == "We sing."
    assert shortened("x" * LONGEST) == "x" * LONGEST
    assert shortened("x" * 400) == "x" * (LONGEST - 1) + "…"
