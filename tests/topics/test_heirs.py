"""What continues keeps its number; what does not points to where its papers went; pins and merges last."""

from __future__ import annotations

import numpy as np
import pytest

from broadsheet.core.topic import Topic
from broadsheet.core.vectors import Rows, Vectors
from broadsheet.topics.clusters import Tree
from broadsheet.topics.heirs import Old, continued, ended, pinned

FIELD, OTHER, TEA, MILK, RAIN = 1, 2, 3, 4, 5
AXES = np.eye(8, dtype=np.float32)


def old(*, merged: dict[int, int] | None = None, pins: tuple[int, ...] = ()) -> Old:
    """Tea and Milk in one field, Rain in another."""
    fields = [Topic(id=each, level="field", name=f"field {each}") for each in (FIELD, OTHER)]
    topics = [
        Topic(id=each, level="topic", name=f"topic {each}", parent=parent, pinned=each in pins)
        for each, parent in ((TEA, FIELD), (MILK, FIELD), (RAIN, OTHER))
    ]
    centres = {each.id: AXES[each.id] for each in topics}
    return Old({each.id: each for each in (*fields, *topics)}, merged or {}, centres)


def tree(**fields: int) -> Tree:
    """A tree of new topics, ``t12=10``: topic 12 in field 10."""
    known = {int(name[1:]): field for name, field in fields.items()}
    return Tree(AXES[: len(known)], np.array(list(known), dtype=np.int64), known)


def papers(*counts: tuple[int, int, int]) -> tuple[Rows, Rows]:
    """The old and new topics of papers: so many of each pair."""
    pairs = [(one, other) for one, other, count in counts for _ in range(count)]
    before, after = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return before, after


def test_topics_and_fields_of_the_same_papers_keep_their_numbers() -> None:
    before, after = papers((TEA, 12, 9), (TEA, 13, 1), (MILK, 13, 8), (RAIN, 14, 7), (0, 15, 6))
    made = continued(tree(t12=10, t13=10, t14=11, t15=11), old(), before=before, after=after, first=6)
    assert made.topics.tolist() == [TEA, MILK, RAIN, 6]
    assert made.fields == {TEA: FIELD, MILK: FIELD, RAIN: OTHER, 6: OTHER}


def test_a_first_fit_is_numbered_fields_first_without_gaps() -> None:
    before, after = papers((0, 22, 5), (0, 23, 5))
    made = continued(tree(t22=20, t23=21), Old({}, {}, {}), before=before, after=after, first=1)
    assert made.fields == {3: 1, 4: 2}


def test_a_topic_that_falls_apart_ends_and_points_to_its_largest_part() -> None:
    before, after = papers((TEA, 12, 2), (TEA, 13, 5), (TEA, 14, 3), (MILK, 13, 20), (RAIN, 14, 20))
    made = continued(tree(t12=10, t13=10, t14=11), old(), before=before, after=after, first=6)
    now = np.array([{12: 6, 13: MILK, 14: RAIN}[topic] for topic in after.tolist()])
    assert made.fields == {6: FIELD, MILK: FIELD, RAIN: OTHER}
    assert ended(made, old(), before=before, after=now) == {TEA: MILK}


def test_a_field_that_ends_points_to_the_field_of_its_papers() -> None:
    before, after = papers((TEA, 12, 9), (MILK, 13, 9), (RAIN, 14, 2))
    made = continued(tree(t12=10, t13=10, t14=10), old(), before=before, after=after, first=6)
    assert made.fields == {TEA: FIELD, MILK: FIELD, RAIN: FIELD}
    now = np.array([{12: TEA, 13: MILK, 14: RAIN}[topic] for topic in after.tolist()])
    assert ended(made, old(), before=before, after=now) == {OTHER: FIELD}


def test_a_topic_without_papers_points_to_the_nearest_and_an_unknown_one_stays() -> None:
    known = Tree(np.stack([AXES[MILK], AXES[0]]), np.array([MILK, 6]), {MILK: FIELD, 6: FIELD})
    none = np.zeros(3, dtype=np.int64)
    before = old()
    assert ended(known, before, before=none, after=none)[TEA] in (MILK, 6)
    lost = Old(before.topics, {}, {MILK: AXES[MILK]})
    assert ended(known, lost, before=none, after=none) == {}


def test_what_points_to_a_merged_topic_points_to_the_one_that_took_it_in() -> None:
    before, after = papers((TEA, MILK, 9), (MILK, MILK, 9), (RAIN, RAIN, 9))
    made = Tree(AXES[[MILK, RAIN]], np.array([MILK, RAIN]), {MILK: FIELD, RAIN: OTHER})
    assert ended(made, old(merged={MILK: RAIN}), before=before, after=after) == {TEA: RAIN}


def test_a_merged_topic_goes_on_merged_and_stands_in_for_the_one_that_is_gone() -> None:
    both = papers((TEA, 12, 9), (MILK, 13, 9), (RAIN, 14, 9))
    made = continued(tree(t12=10, t13=10, t14=11), old(merged={MILK: TEA}), before=both[0], after=both[1], first=6)
    assert made.topics.tolist() == [TEA, MILK, RAIN]
    one = papers((MILK, 13, 9), (RAIN, 14, 9))
    made = continued(tree(t13=10, t14=11), old(merged={MILK: TEA}), before=one[0], after=one[1], first=6)
    assert made.topics.tolist() == [TEA, RAIN]


@pytest.mark.parametrize("goes_on", [True, False])
def test_a_pinned_topic_keeps_its_centre(goes_on: bool) -> None:
    centre: Vectors = AXES[TEA]
    ids = [TEA if goes_on else 6, MILK, RAIN]
    known = Tree(AXES[[6, 7, 0]], np.array(ids), dict(zip(ids, (FIELD, FIELD, OTHER), strict=True)))
    before, after = papers((TEA, RAIN, 4), (TEA, MILK, 1))
    made = pinned(known, old(pins=(TEA,)), before=before, after=after)
    assert np.array_equal(made.centres[made.topics == TEA], centre[None])
    assert made.fields[TEA] == (FIELD if goes_on else OTHER), "its own, or the field of its papers"
    assert len(made.centres) == (3 if goes_on else 4)
    again = pinned(known, old(pins=(TEA,), merged={TEA: MILK}), before=before, after=after)
    assert np.array_equal(again.centres, known.centres), "one that was merged is not living"
