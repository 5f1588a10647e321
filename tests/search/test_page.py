"""One page of Results: passages, marks, strengths, and what is beyond it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import broadsheet as bs
from broadsheet.core.query import ask
from broadsheet.search.page import page
from broadsheet.search.ranking import Alone, Ranking
from fakes import NOW, WordEncoder, paper
from search_kit import PAPERS, ids


def test_passage_and_marks(collection):
    top = bs.search(collection, "camera lanes", k=1).items[0]
    assert top.passage == "Its camera finds lanes at night."
    assert [top.passage[a:b] for a, b in top.matched] == ["camera", "lanes"]


def shown(collection, scores: dict[int, float], *, k: int = 10, offset: int = 0, words: str = "car"):
    numbers = np.array(sorted(scores, key=lambda number: (-scores[number], number)), dtype=np.int64)
    order = Ranking(Alone(numbers, np.array([scores[int(n)] for n in numbers], "f4"), side="lexical"))
    return page(collection, ask(words, None), order, k=k, offset=offset, mode="lexical", query=words, note="")


def test_ties_are_ordered_by_id_across_the_edges_of_pages(collection) -> None:
    last = collection.store.papers.number("made:005")
    collection.store.papers.put([replace(PAPERS[4], id="made:000")], now=NOW)  # the highest number, the lowest id
    first = collection.store.papers.number("made:000")
    scores = dict.fromkeys((1, 2, 3, last, first), 1.0)
    whole = ids(shown(collection, scores))
    assert whole == ["0", "1", "2", "3", "5"]
    assert [ids(shown(collection, scores, k=1, offset=at))[0] for at in range(5)] == whole
    assert [shown(collection, scores, k=2, offset=at).more for at in (0, 2, 3, 4)] == [True, True, False, False]


def test_ranks_count_over_the_whole_list_and_gone_papers_leave_a_gap(collection) -> None:
    results = shown(collection, {1: 3.0, 99: 2.0, 2: 1.0}, k=2, offset=1)
    assert [(each.rank, each.document.id) for each in results] == [(3, "made:002")]


@pytest.mark.parametrize(
    ("words", "strength"), [("car camera road", "good"), ("car plants", "fair"), ("plants whales snow", "weak")]
)
def test_without_a_cosine_the_share_of_the_words_is_the_strength(collection, words: str, strength: str) -> None:
    (only,) = shown(collection, {1: 1.0}, words=words)
    assert only.strength == strength


def test_a_passage_is_clipped_and_marks_are_within_it(collection) -> None:
    long = replace(PAPERS[0], id="made:009", text="Nothing here. " + "wide car lanes " * 100)
    collection.store.papers.put([long], now=NOW)
    number = collection.store.papers.number("made:009")
    (only,) = shown(collection, {number: 1.0}, words="cars")
    assert len(only.passage) <= 401
    assert only.matched
    assert {only.passage[a:b] for a, b in only.matched} == {"car"}


@pytest.mark.parametrize(
    ("query", "text", "marked"),
    [
        ("Muller", "The Müller cell. It sees.", ["Müller"]),
        ("müller evenements", "Muller et ses événements", ["Muller", "événements"]),
        ("NO2", "Much NO₂ here", ["NO₂"]),
        ("GPT-4 C++", "Neither GPT-4 nor C++", ["GPT-4", "C++"]),
        ("神经网络", "一种卷积神经网络模型", ["神经网络"]),
        ("trees", "A tree, trees", ["tree", "trees"]),
    ],
)
def test_marks_are_words_of_the_shown_text(tmp_path, query: str, text: str, marked: list[str]) -> None:
    with bs.open(tmp_path / "c", encoder=WordEncoder()) as collection:
        collection.store.papers.put([paper(1, "Made", text)], now=NOW)
        bs.sync(collection)
        (result,) = bs.search(collection, query, mode="lexical").items
    assert [result.passage[start:end] for start, end in result.matched] == marked
    assert result.strength.name == "GOOD"


def test_the_sentence_with_most_words_is_found_whatever_signs_are_in_it(tmp_path) -> None:
    texts = ("Cars see. A camera, GPT-4 and O'Neill's cars see roads. Roads.", "Lying cars. Dies a road lie, cars? No.")
    with bs.open(tmp_path / "c", encoder=WordEncoder()) as collection:
        collection.store.papers.put([paper(n, f"Made {n}", text) for n, text in enumerate(texts)], now=NOW)
        bs.sync(collection)
        first, second = (
            bs.search(collection, query, mode="lexical", k=1).items[0]
            for query in ("car camera road gpt4", "lying dying cars")
        )
    assert (first.passage, first.strength) == ("A camera, GPT-4 and O'Neill's cars see roads.", "good")
    assert (second.passage, second.strength) == ("Dies a road lie, cars?", "good")
