"""Token vectors go in, are replaced, removed and compacted; how often each token is follows every change."""

from __future__ import annotations

import json
import math
import multiprocessing
import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest

from broadsheet.core.codes import BITS, packed, unpacked
from broadsheet.core.errors import BroadsheetError, CollectionError, ModelError
from broadsheet.core.protocols import TokenVectors
from broadsheet.core.vectors import unit
from broadsheet.space.pointer import TokenManifest
from broadsheet.space.tokens import TokenSpace, terms_of
from space_kit import key
from tokens_kit import MANIFEST, add, frequency, tokens

pytestmark = pytest.mark.xdist_group("timed")


@pytest.fixture
def space(tmp_path: Path) -> TokenSpace:
    made = TokenSpace(tmp_path / "spaces" / "test" / "tokens")
    made.create(MANIFEST)
    return made


def assert_holds(folder: Path, numbers: list[int]) -> None:
    """It holds these papers and no others, with their codes, and knows how often each token is."""
    state = TokenSpace(folder).snapshot()
    assert sorted(state.numbers[state.live].tolist()) == sorted(numbers)
    codes, starts = state.of(np.array(numbers, np.int64))
    for place, number in enumerate(numbers):
        expected = packed(unit(tokens(number).vectors), state.manifest.bits)
        np.testing.assert_array_equal(codes[starts[place] : starts[place + 1]], expected)
    assert state.tokens == sum(len(tokens(number).tokens) for number in numbers)
    for name, count in frequency(numbers).items():
        expected_idf = math.log((len(numbers) + 1) / (count + 1))
        assert state.idf([name])[0] == pytest.approx(expected_idf, abs=1e-6)


def test_what_comes_is_replaced_removed_and_counted(space):
    add(space, range(1, 31), change=1)
    assert_holds(space.folder, list(range(1, 31)))
    space.append([7], [tokens(60)], [key(60)])
    space.remove([2, 4, 99])
    space.commit(2)
    left = [number for number in range(1, 31) if number not in (2, 4, 7)]
    state = space.snapshot()
    assert state.count == len(left) + 1
    np.testing.assert_array_equal(state.of(np.array([7]))[0], packed(unit(tokens(60).vectors), 1))
    space.remove([7])
    space.commit(3)
    assert_holds(space.folder, left)
    codes, starts = space.snapshot().of(np.array([2, 99, 3]))
    assert starts.tolist() == [0, 0, 0, len(codes)]
    add(space, [2, 4, 7], change=4)
    assert_holds(space.folder, [*left, 2, 4, 7])


@pytest.mark.parametrize("bits", BITS)
def test_each_number_of_bits_gives_back_what_it_stands_for(tmp_path, bits):
    space = TokenSpace(tmp_path / "t")
    space.create(TokenManifest("test", "abc", 16, bits, rotation=3))
    add(space, [5, 6], change=1)
    state = space.snapshot()
    turned = state.turned(unit(tokens(5).vectors))
    np.testing.assert_array_equal(state.unpacked(state.of(np.array([5]))[0]), unpacked(packed(turned, bits), 16, bits))
    assert sum(state.sizes.values()) == sum((space.folder / "g000001" / name).stat().st_size for name in state.sizes)


def test_a_compaction_changes_nothing_but_size(space):
    add(space, range(1, 60), change=1)
    add(space, range(1, 30), change=2)
    space.remove(range(50, 60))
    space.commit(3)
    assert not space.compact(least=10_000)
    assert space.compact(least=10)
    assert space.snapshot().pointer.rows == 49
    assert_holds(space.folder, list(range(1, 50)))
    add(space, [70], change=4)
    assert_holds(space.folder, [*range(1, 50), 70])


def test_what_was_not_committed_does_not_count_and_is_overwritten(space):
    add(space, [1, 2], change=2)
    space.append([3, 4], [tokens(3), tokens(4)], [key(3), key(4)])  # killed before commit
    assert TokenSpace(space.folder).snapshot().count == 2
    add(TokenSpace(space.folder), [5], change=4)
    assert_holds(space.folder, [1, 2, 5])


@pytest.mark.parametrize(
    "damage", [b"", b"1234567", b"\x00" * 80, bytes(range(100, 188))], ids=["empty", "odd", "zero", "any"]
)
def test_counts_that_do_not_fit_are_counted_anew(space, damage):
    add(space, range(1, 31), change=1)
    (space.folder / "g000001" / "frequencies").write_bytes(damage)
    assert_holds(space.folder, list(range(1, 31)))
    add(space, [31], change=2)
    assert_holds(space.folder, list(range(1, 32)))


@pytest.mark.parametrize("name", ["numbers", "keys", "tokens", "distinct", "codes", "terms", "manifest.json"])
def test_damage_is_told(space, name):
    add(space, [1, 2, 3], change=3)
    path = space.folder / "g000001" / name
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(CollectionError, match=r"token vectors .* damaged .*run sync to make them again"):
        TokenSpace(space.folder).snapshot()


@pytest.mark.parametrize("change", [{"bits": 3}, {"dim": 0}, {"key": 7}, {"shape": 1}, {"rotation": -1}])
def test_an_impossible_manifest_is_told(space, change):
    path = space.folder / "g000001" / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(CollectionError, match="damaged"):
        TokenSpace(space.folder).snapshot()


def test_numbers_that_no_paper_has_and_a_newer_format_are_refused(space):
    add(space, [1, 2, 3], change=3)
    path = space.folder / "g000001" / "numbers"
    path.write_bytes(np.array([1, 2**50, 3], "<i8").tobytes())
    with pytest.raises(CollectionError, match="numbers that no paper has"):
        TokenSpace(space.folder).snapshot()
    pointer = space.folder / "current.json"
    pointer.write_text(json.dumps({**json.loads(pointer.read_text()), "format": 2}))
    with pytest.raises(CollectionError, match="newer Broadsheet"):
        TokenSpace(space.folder).snapshot()


def test_another_model_and_other_vectors_are_refused(space):
    add(space, [1], change=1)
    space.check("abc", "test")
    with pytest.raises(ModelError, match=r"contains token vectors of test \(abc\), not other \(def\)"):
        space.check("def", "other")
    for vectors in (np.ones((2, 8), "f4"), np.full((2, 16), np.nan, "f4")):
        with pytest.raises(BroadsheetError, match="expected \\(tokens, 16\\) finite numbers"):
            space.append([2], [TokenVectors(vectors, ("a", "b"), np.zeros((2, 2), int))], [key(2)])


def test_none_are_there_before_and_after(tmp_path, space):
    with pytest.raises(CollectionError, match="tokens build"):
        TokenSpace(tmp_path / "none").snapshot()
    space.drop()
    assert not space.exists
    assert not space.folder.exists()


def test_names_are_terms_that_never_change():
    assert terms_of(["graph", "##s"]).tolist() == [2209817334, 2042063327]  # as b2sum -l 32 has them


def _write_for_ever(folder: Path) -> None:
    space = TokenSpace(folder)
    number = space.snapshot().pointer.change
    while True:
        number += 1
        if number % 10 == 0:
            space.remove([number - 5])
        add(space, [number], change=number)
        space.compact(least=2, share=0.01)


def test_killed_at_any_instant_it_holds_all_up_to_its_change(space):
    for round_ in range(6):
        process = multiprocessing.get_context("spawn").Process(target=_write_for_ever, args=(space.folder,))
        process.start()
        before = TokenSpace(space.folder).snapshot().pointer.change
        while TokenSpace(space.folder).snapshot().pointer.change < before + 11:
            time.sleep(0.01)
        time.sleep(0.003 * round_)
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        change = TokenSpace(space.folder).snapshot().pointer.change
        assert_holds(space.folder, [n for n in range(1, change + 1) if n % 10 != 5 or n + 5 > change])
