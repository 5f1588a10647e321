"""A profile: each paper counts once, and it is kept and used again."""

from __future__ import annotations

import pytest

from broadsheet.collection import Collection
from broadsheet.core.errors import ModelError
from broadsheet.foryou.profile import Liked, picks, pool, profile
from foryou_kit import numbers


def test_a_profile_is_kept_and_used_again(collection: Collection) -> None:
    snapshot = collection.space.snapshot()
    liked = [Liked(number) for number in numbers(collection, *range(5))]
    made, day = profile(snapshot, liked), pool(snapshot, [*numbers(collection, *range(3, 30)), 10_000])
    assert made is not None
    assert len(day.numbers) == 27
    once, again = picks(made, day, 5), picks(made, day, 5)
    assert once == again
    assert len(picks(made, day, 100)) == 25
    assert picks(made, day, 0) == []
    with pytest.raises(ModelError, match="make it again"):
        picks(made, type(day)(day.numbers, day.vectors, day.rows, "another"), 5)


def test_the_same_paper_said_twice_counts_once(collection: Collection) -> None:
    one, two = numbers(collection, 0, 40)
    made = profile(collection.space.snapshot(), [Liked(one), Liked(one, group="a"), Liked(two), Liked(two)])
    assert made is not None
    assert made.names == ("a", "")
    assert made.numbers.tolist() == [one, two]
    assert made.interests.shares[1] > made.interests.shares[0]
