"""The stages of search: each adds its part, and one that fails leaves the list as it was."""

from __future__ import annotations

import numpy as np
import pytest

import broadsheet as bs
from broadsheet.core.errors import CollectionError, UsageError
from broadsheet.search import stages
from broadsheet.search.hybrid import search
from broadsheet.search.ranking import Fused, Side
from broadsheet.search.stages.stage import LateError
from fakes import NOW, WordEncoder
from search_kit import PAPERS


class Turned:
    """A stage that turns the list around, or fails."""

    name, budget = "turned", 1.0

    def __init__(self, error=None):
        self._error = error

    def look(self, collection, candidates, deadline):
        if self._error:
            raise self._error
        places = np.arange(len(candidates.numbers))
        return Side(places.astype("f4"), places[::-1] + 1, 100.0 * places)


@pytest.fixture
def turned(monkeypatch):
    def made(error=None):
        monkeypatch.setitem(stages.STAGES, "turned", Turned(error))

    return made


def names(results):
    return [each.document.id for each in results]


def test_a_stage_adds_its_part_and_the_list_is_sorted_anew(collection, turned):
    turned()
    before, after = search(collection, "car road", stages=()), search(collection, "car road", stages=("turned",))
    assert names(after)[: len(before)] == names(before)[::-1]
    for each in after:
        assert each.score == pytest.approx(sum(part.contribution for part in each.parts.values()), abs=1e-9)
        assert list(each.parts) == ["lexical", "semantic", "turned"]


@pytest.mark.parametrize("error", [CollectionError("its file is missing"), LateError("it took longer than 1 ms")])
def test_a_stage_that_fails_leaves_the_list_and_a_note_says_so(collection, turned, error):
    turned(error)
    before, after = search(collection, "car road", stages=()), search(collection, "car road", stages=("turned",))
    assert names(after) == names(before)
    assert after.note == f"Searched without turned: {error}."


def test_the_owner_chooses_the_stages_of_a_collection(collection):
    assert stages.chosen(collection) == stages.SETTINGS["default"]
    assert stages.choose(collection, "fast") == () == stages.chosen(collection)
    assert all(set(each.parts) <= {"lexical", "semantic"} for each in search(collection, "car road"))
    assert stages.choose(collection, " feedback ,") == ("feedback",)
    assert any("feedback" in each.parts for each in search(collection, "car road"))
    with pytest.raises(UsageError, match=r"unknown stage 'feedbak'\. Did you mean feedback\?"):
        stages.choose(collection, "feedbak")


def test_one_side_alone_has_no_stages(collection):
    for mode in ("lexical", "semantic"):
        assert all(list(each.parts) == [mode] for each in search(collection, "car road", mode=mode))


def test_every_part_has_a_label_and_every_stage_is_described():
    assert set(stages.STAGES) <= set(stages.LABELS)
    assert list(stages.ABOUT) == list(stages.STAGES)


def test_a_damaged_vector_is_left_out(collection):
    snapshot = collection.space.snapshot()
    row = int(snapshot.rows(np.array([2]))[0])
    (file,) = collection.space.folder.glob("g*/vectors")
    rows = np.memmap(file, dtype="<f4", mode="r+", shape=(snapshot.pointer.rows, snapshot.manifest.dim))
    rows[row] = np.nan
    rows.flush()
    numbers = np.sort(snapshot.numbers)
    head = Fused.of(numbers, {"lexical": Side(numbers.astype("f4"), numbers, -numbers.astype("f8"))})
    head, notes = stages.staged(collection, "car", snapshot.of(numbers[:1])[0], head, ["feedback", "neighbours"])
    assert notes == []
    assert np.isfinite(head.scores).all()
    place = head.numbers.tolist().index(2)
    assert [head.sides[name].adds[place] for name in ("feedback", "neighbours")] == [0, 0]


def test_one_paper_alone_is_found(tmp_path):
    with bs.open(tmp_path / "one", encoder=WordEncoder()) as alone:
        alone.store.papers.put(PAPERS[:1], now=NOW)
        bs.sync(alone)
        (only,) = search(alone, PAPERS[0].title, pins=False, stages=("feedback", "neighbours")).items
    assert only.score == pytest.approx(sum(part.contribution for part in only.parts.values()))
