"""Rows go in, are replaced, removed and compacted; what was committed survives a kill."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from broadsheet.core.errors import CollectionError, ModelError
from broadsheet.core.types import Manifest
from broadsheet.core.vectors import unit
from broadsheet.space.space import ENOUGH, Space
from space_kit import add, key, vectors

pytestmark = pytest.mark.xdist_group("timed")


def test_missing_says_what_to_do(tmp_path):
    with pytest.raises(CollectionError, match="run sync"):
        Space(tmp_path / "none").snapshot()


def test_update_replaces_and_remove_removes(space):
    add(space, 1, 2, 3, change=3)
    space.append([2], vectors(9), [key(9)], np.ones(1, dtype=bool))
    space.commit(4)
    state = space.snapshot()
    assert state.count == 3
    assert state.cut == 1
    assert np.allclose(state.of(np.array([2])), vectors(9))
    space.remove([1, 77])
    space.commit(5)
    state = space.snapshot()
    assert state.count == 2
    assert 1 not in state.search(vectors(1)[0], 10)[0]
    assert np.isnan(state.scores(vectors(1)[0], np.array([1]))).all()
    add(space, 1, change=6)
    assert space.snapshot().count == 3


def test_what_was_not_committed_does_not_count_and_is_overwritten(space):
    add(space, 1, 2, change=2)
    space.append([3], vectors(3), [key(3)], np.zeros(1, dtype=bool))  # killed before commit
    after = Space(space.folder)
    assert after.snapshot().count == 2
    add(after, 4, change=4)
    state = Space(space.folder).snapshot()
    assert sorted(state.numbers[state.live].tolist()) == [1, 2, 4]
    assert np.allclose(state.of(np.array([4])), vectors(4))


def test_compaction_changes_nothing_but_size(space):
    for change in range(1, 6):
        add(space, *range(1, 41), change=change)
    before = space.snapshot().search(vectors(5)[0], 10)
    assert not space.compact(least=10_000)
    assert space.compact(least=10)
    state = space.snapshot()
    assert state.pointer.rows == state.count == 40
    assert state.pointer.change == 5
    after = state.search(vectors(5)[0], 10)
    assert before[0].tolist() == after[0].tolist()
    assert np.allclose(before[1], after[1])
    assert [p.name for p in space.folder.glob("g*")] == ["g000002"]


def test_rows_left_behind_cut_nothing_that_another_wrote(space):
    space.append([1], vectors(1), [key(1)], np.zeros(1, dtype=bool))  # interrupted before its commit
    add(Space(space.folder), 2, 3, 4, change=4)
    add(space, 5, change=5)
    state = Space(space.folder).snapshot()
    assert sorted(state.numbers[state.live].tolist()) == [2, 3, 4, 5]
    assert np.allclose(state.of(np.array([2, 3, 4, 5])), vectors(2, 3, 4, 5))


def test_another_manifest_never_meets_it(space):
    add(space, 1, change=1)
    space.check(Manifest(encoder="test", version="1", weights="none", dim=16, precision="bf16"))
    with pytest.raises(ModelError, match="sync --rebuild"):
        space.check(Manifest(encoder="test", version="2", weights="none", dim=16))


def test_damage_is_told(space):
    add(space, 1, 2, 3, change=3)
    path = space.folder / "g000001" / "vectors"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(CollectionError, match="run sync"):
        Space(space.folder).snapshot()
    (space.folder / "current.json").write_text("{")
    with pytest.raises(CollectionError, match="run sync"):
        Space(space.folder).snapshot()


def _write_for_ever(folder: Path) -> None:
    space, number = Space(folder), 0
    number = space.snapshot().pointer.change
    while True:
        number += 1
        space.append([number], vectors(number), [key(number)], np.zeros(1, dtype=bool))
        space.commit(number)


def test_killed_at_any_instant_it_holds_all_up_to_its_change(space):
    for round_ in range(8):
        process = multiprocessing.get_context("spawn").Process(target=_write_for_ever, args=(space.folder,))
        process.start()
        before = Space(space.folder).snapshot().pointer.change
        while Space(space.folder).snapshot().pointer.change < before + 3:
            time.sleep(0.01)
        time.sleep(0.003 * round_)
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        state = Space(space.folder).snapshot()
        assert state.numbers.tolist() == list(range(1, state.pointer.change + 1))
        assert np.allclose(state.vectors, vectors(*range(1, state.pointer.change + 1)))


WIDE = Manifest(encoder="falling", version="1", weights="none", dim=96)


def filled(space: Space, *, falling: bool, count: int = 9_000, first: int = 1) -> np.ndarray:
    """Rows around centres, whose axes are alike or fall off in scale; return their vectors."""
    rng = np.random.default_rng(first)
    centres = np.random.default_rng(0).normal(size=(150, 96))
    rows = centres[rng.integers(0, 150, count)] + 0.8 * rng.normal(size=(count, 96))
    made = unit(rows / (np.arange(1, 97) if falling else 1))
    numbers = range(first, first + count)
    space.append(numbers, made, [key(number) for number in numbers], np.zeros(count, dtype=bool))
    space.commit(first + count)
    return made


def test_codes_that_miss_too_much_are_made_again_in_other_axes(tmp_path):
    space = Space(tmp_path / "falling")
    space.create(WIDE)
    made = filled(space, falling=True)
    before = space.snapshot()
    assert before.recall() < 0.9
    assert space.tune()
    state = Space(space.folder).snapshot()
    assert state.recall() > 0.99
    assert (state.manifest.key, state.pointer.change, state.count) == (WIDE.key, before.pointer.change, 9_000)
    assert json.loads((space.folder / "current.json").read_text())["format"] == 2
    assert (np.asarray(state.vectors) == made).all()
    assert not space.tune()
    filled(space, falling=True, count=500, first=20_000)  # what comes later is turned, too
    later = Space(space.folder).snapshot()
    assert json.loads((space.folder / "current.json").read_text())["format"] == 2
    assert (later.codes_of(np.asarray(later.vectors)) == later.codes).all()
    assert later.count == 9_500


def test_good_codes_and_few_rows_stay_as_they_are(tmp_path):
    space = Space(tmp_path / "even")
    space.create(WIDE)
    filled(space, falling=False, count=9_000)
    assert space.snapshot().recall() >= ENOUGH
    assert not space.tune()
    assert "rotation" not in json.loads((space.folder / "g000001" / "manifest.json").read_text())
    few = Space(tmp_path / "few")
    few.create(WIDE)
    filled(few, falling=True, count=300)
    assert not few.tune()


def test_a_rotated_space_stays_so_when_it_is_compacted(tmp_path):
    space = Space(tmp_path / "falling")
    space.create(WIDE)
    filled(space, falling=True)
    assert space.tune()
    space.remove(range(1, 4_000))
    space.commit(30_000)
    assert space.compact()
    state = Space(space.folder).snapshot()
    assert state.manifest.rotation
    assert json.loads((space.folder / "current.json").read_text())["format"] == 2
    assert (state.codes_of(np.asarray(state.vectors)) == state.codes).all()
    assert state.count == 5_001


def test_vectors_of_few_axes_get_more_than_one_bit_of_each(tmp_path):
    space = Space(tmp_path / "few")
    space.create(replace(WIDE, dim=16))
    random = np.random.default_rng(5)
    made = unit(random.normal(size=(9_000, 16)))
    space.append(range(1, 9_001), made, ["00" * 16] * 9_000, np.zeros(9_000, dtype=np.bool_))
    space.commit(9_000)
    before = space.snapshot().recall()
    assert before < ENOUGH
    assert space.tune()
    state = Space(space.folder).snapshot()
    assert state.manifest.turns > 1
    assert state.recall() > before
    assert json.loads((space.folder / "current.json").read_text())["format"] == 3
    assert (state.codes_of(np.asarray(state.vectors)) == state.codes).all()
    assert not space.tune(), "there is nothing more to try"
