"""For you: picks name the interest and one's own papers, nothing known comes back, and every empty list says why."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from broadsheet.collection import Collection, open_collection
from broadsheet.core.errors import UsageError
from broadsheet.core.types import Filters
from broadsheet.foryou import picks as foryou
from broadsheet.foryou.picks import ForYou, for_you
from broadsheet.foryou.profile import Liked, pool, profile
from broadsheet.ingest import ingest
from broadsheet.sync import sync
from fakes import NOW, WordEncoder
from foryou_kit import KINDS, numbers, papers


def kinds(found: ForYou) -> list[str]:
    return [found.documents[each.number].categories[0] for each in found.picks]


def test_two_interests_are_found_named_and_served(collection: Collection) -> None:
    liked = [Liked(number) for number in numbers(collection, *range(8), *range(40, 44))]
    found = for_you(collection, liked, k=10)
    assert found.note == ""
    assert len(found.interests) == 2
    bridges, soups = found.interests
    assert (bridges.papers, soups.papers) == (8, 4)
    assert bridges.share > soups.share
    assert set(soups.words) <= set(KINDS["soup"].split())
    assert soups.title == ", ".join(soups.words)
    assert soups.name == ""
    assert set(bridges.central) <= set(numbers(collection, *range(8)))
    assert kinds(found).count("bridge") >= 4
    assert kinds(found).count("soup") >= 3
    assert "owl" not in kinds(found)


def test_each_pick_says_why(collection: Collection) -> None:
    liked = [Liked(number) for number in numbers(collection, *range(5), *range(40, 45))]
    found = for_you(collection, liked, k=8)
    snapshot = collection.space.snapshot()
    assert {each.number for each in found.picks}.isdisjoint(each.number for each in liked)
    for each in found.picks:
        kind = found.documents[each.number].categories
        assert [found.documents[near.number].categories for near in each.near] == [kind] * len(each.near)
        assert each.near
        assert [near.cosine for near in each.near] == sorted((near.cosine for near in each.near), reverse=True)
        one, other = snapshot.of(np.array([each.number, each.near[0].number]))
        assert each.near[0].cosine == pytest.approx(float(one @ other), abs=1e-5)
        assert found.documents[found.interests[each.interest].central[0]].categories == kind
        assert each.strength in ("strong", "good", "fair")
    far = for_you(collection, liked, candidates=numbers(collection, *range(80, 90)))
    assert {each.strength for each in far.picks} == {"weak"}


def test_a_list_and_a_standing_query_are_interests_by_name(collection: Collection) -> None:
    query = collection.encoder.encode(["owl feather"], role="query")[0]
    liked = [Liked(number, group="To read") for number in numbers(collection, 0, 1, 40)]
    found = for_you(collection, [*liked, Liked(vector=query, group="owls at night")], k=9)
    assert [each.title for each in found.interests] == ["To read", "owls at night"]
    owls = [each for each in found.picks if each.interest == 1]
    assert len(owls) >= 3
    assert {found.documents[each.number].categories[0] for each in owls} == {"owl"}
    assert owls[0].near == ()
    assert found.interests[1].central == ()


def test_what_was_declined_sinks_and_does_not_come_back(collection: Collection) -> None:
    liked = [Liked(number) for number in numbers(collection, 0, 1, 2, 40, 41, 42)]
    refused = numbers(collection, 43, 44, 45, 46)
    before, after = (for_you(collection, liked, declined=each, k=20) for each in ([], refused))
    assert set(refused).isdisjoint(each.number for each in after.picks)
    assert kinds(after).count("soup") < kinds(before).count("soup")


def test_candidates_and_filters_narrow_it(collection: Collection) -> None:
    liked = [Liked(number) for number in numbers(collection, 0, 1)]
    some = numbers(collection, 5, 6, 45, 46, 0)
    assert {each.number for each in for_you(collection, liked, candidates=some).picks} == set(some[:4])
    both = for_you(collection, liked, candidates=some, filters=Filters(categories=("soup",)))
    assert {each.number for each in both.picks} == set(some[2:4])
    assert set(kinds(for_you(collection, liked, filters=Filters(categories=("owl",))))) == {"owl"}


def test_of_many_the_nearest_are_looked_at(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    liked = [Liked(number) for number in numbers(collection, *range(6), *range(40, 44))]
    whole = for_you(collection, liked, k=6)
    monkeypatch.setattr(foryou, "_MANY", 10)
    monkeypatch.setattr(foryou, "_CLOSELY", 20)
    monkeypatch.setattr(foryou, "_AT_ONCE", 16)
    assert [each.number for each in for_you(collection, liked, k=6).picks] == [each.number for each in whole.picks]


def test_the_shortlist_is_by_the_cosines_that_count(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = collection.space.snapshot()
    made = profile(snapshot, [Liked(number) for number in numbers(collection, *range(6))])
    assert made is not None
    monkeypatch.setattr(foryou, "_MANY", 1)
    monkeypatch.setattr(foryou, "_CLOSELY", 20)
    everything = snapshot.numbers[snapshot.live]
    whole = pool(snapshot, np.setdiff1d(everything, made.known))
    order = np.argsort(-(whole.rows @ made.interests.centres.T), axis=0)[:20]
    assert foryou._nearest(snapshot, made, everything).tolist() == np.unique(whole.numbers[order]).tolist()


def test_empty_lists_say_why(collection: Collection, tmp_path: Path) -> None:
    liked = [Liked(number) for number in numbers(collection, 0, 1)]
    assert "Nothing to go by yet" in for_you(collection, []).note
    assert "None of the 2 papers that you like has a vector" in for_you(collection, [Liked(9_001), Liked(9_002)]).note
    assert "no new papers" in for_you(collection, liked, candidates=[]).note
    assert "meets the filters" in for_you(collection, liked, filters=Filters(venues=("nowhere",))).note
    assert "None of the 1 new papers has a vector" in for_you(collection, liked, candidates=[9_001]).note
    known = numbers(collection, 0, 1)
    assert "every one of these" in for_you(collection, liked, candidates=known).note
    assert for_you(collection, liked, k=0).picks == ()
    partly = for_you(collection, [*liked, Liked(9_001)], k=2)
    assert len(partly.picks) == 2
    assert partly.note.startswith("1 of the papers that you like")
    with open_collection(tmp_path / "new", encoder=WordEncoder()) as empty:
        assert "run `broadsheet sync`" in for_you(empty, [Liked(1)]).note


def test_what_was_deleted_since_the_sync_is_not_picked(tmp_path: Path) -> None:
    with open_collection(tmp_path / "c", encoder=WordEncoder(64)) as own:
        ingest(own, papers()[:12], now=NOW, name="jsonl:made.jsonl")
        sync(own)
        own.store.papers.delete(["made:005"], now=NOW)
        found = for_you(own, [Liked(number) for number in numbers(own, 0, 1)], k=20)
        assert len(found.picks) == 9


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (Liked(), "neither"),
        (Liked(1, vector=np.ones(64, dtype=np.float32)), "both"),
        (Liked(1, weight=0), "above 0"),
        (Liked(1, weight=float("nan")), "above 0"),
        (Liked(vector=np.ones(3, dtype=np.float32)), "expected \\(64,\\)"),
        (Liked(vector=np.full(64, np.nan, dtype=np.float32)), "finite"),
    ],
)
def test_items_that_are_none_are_refused(collection: Collection, item: Liked, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        for_you(collection, [item])
    with pytest.raises(UsageError, match="counts from 0"):
        for_you(collection, [], k=-1)
