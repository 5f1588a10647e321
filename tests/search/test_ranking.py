"""The ranked list: two sides fused, a tail below, pins above, and each number once."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.types import Part
from broadsheet.search.ranking import Alone, Fused, Listed, Ranking, Side


def side(scores: list[float], ranks: list[int], adds: list[float]) -> Side:
    return Side(np.array(scores, "f4"), np.array(ranks), np.array(adds))


def fused() -> Fused:
    lexical = side([2.0, 0.0, 1.0], [1, 0, 2], [0.5, -0.5, 0.1])
    semantic = side([0.9, np.nan, 0.8], [2, 0, 1], [0.2, 0.0, 0.6])
    return Fused.of(np.array([7, 5, 9]), {"lexical": lexical, "semantic": semantic})


def numbers(ranking: Ranking) -> list[int]:
    return [ranking[place].number for place in range(len(ranking))]


def test_both_sides_are_added_and_keep_what_they_said() -> None:
    made = fused()
    assert made.numbers.tolist() == [7, 9, 5]
    first, last = made.at(0), made.at(2)
    assert first.score == sum(part.contribution for part in first.parts.values())
    assert first.parts["lexical"] == Part(2.0, 1, 0.5)
    assert last.parts["semantic"] == Part(None, None, 0.0), "no score and no place there"


def test_equal_sums_are_ordered_by_number() -> None:
    even = side([1, 1, 1], [1, 2, 3], [0.5, 0.5, 0.5])
    assert Fused.of(np.array([9, 2, 5]), {"lexical": even, "semantic": even}).numbers.tolist() == [2, 5, 9]


def test_a_tail_falls_from_the_head_and_adds_nothing() -> None:
    head = fused()
    floor = head.at(2).score
    whole = Ranking(head, Alone(np.array([9, 1, 2]), np.array([0.8, 0.7, 0.6], "f4"), floor=floor))
    assert numbers(whole) == [7, 9, 5, 1, 2], "what the head has is not repeated"
    scores = [whole[place].score for place in range(len(whole))]
    assert scores == sorted(scores, reverse=True)
    assert scores[3] < floor
    assert whole[3].parts["semantic"].contribution == 0.0
    assert whole[3].parts["semantic"].rank == 2


def test_a_list_without_a_side_has_no_parts() -> None:
    alone = Alone(np.array([4]), np.array([0.0], "f4"), side="")
    assert alone.at(0) == Listed(4, 0.0)
    assert Alone(np.array([4]), np.array([0.5], "f4"), side="lexical").at(0).parts == {"lexical": Part(0.5, 1, 0.5)}


def test_pins_come_first_with_the_parts_they_have_anyway() -> None:
    pinned = Ranking(fused()).pinned({5: "identifier", 99: "title"})
    assert numbers(pinned) == [5, 99, 7, 9]
    assert (pinned[0].pinned, pinned[1].pinned, pinned[2].pinned) == ("identifier", "title", "")
    assert pinned[0].parts
    assert pinned[1] == Listed(99, 0.0, pinned="title")


@given(st.lists(st.integers(0, 20), unique=True), st.lists(st.integers(0, 20), unique=True),
       st.sets(st.integers(0, 20)), st.sets(st.integers(0, 25), max_size=3))  # fmt: skip
def test_each_number_is_listed_once_and_what_is_gone_is_not(
    one: list[int], other: list[int], gone: set[int], top: set[int]
) -> None:
    lists = [Alone(np.array(each, dtype=np.int64), np.zeros(len(each), "f4")) for each in (one, other)]
    ranking = Ranking(*lists).pinned(dict.fromkeys(sorted(top), "title"))
    assert sorted(numbers(ranking)) == sorted({*one, *other, *top})
    assert [ranking.numbers(most) for most in (0, 3, 99)] == [numbers(ranking)[:most] for most in (0, 3, 99)]
    left = ranking.without(sorted(gone))
    assert numbers(left) == [number for number in numbers(ranking) if number not in gone]
    assert len(left) == len(numbers(left))
