"""Sentences of papers go in, are replaced, removed and compacted; what was committed survives a kill."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from broadsheet.core.errors import CollectionError
from broadsheet.core.types import Manifest
from broadsheet.core.vectors import unit
from broadsheet.space.sentences import Parts, Sentences, nothing
from space_kit import key

MANIFEST = Manifest(encoder="test", version="1", weights="none", dim=16, input_format="sentences, roles of t")


def parts(number: int, count: int | None = None) -> Parts:
    """Some sentences, always the same for a number; the role of a sentence goes round."""
    count = number % 4 if count is None else count
    random = np.random.default_rng(number)
    roles = np.full((count, 4), 0.1, np.float32)
    roles[np.arange(count), np.arange(count) % 4] = 0.7
    spans = np.stack([np.arange(count) * 10, np.arange(count) * 10 + 9], axis=1)
    return Parts(roles, spans, unit(random.normal(size=(count, 16))))


def add(made: Sentences, *numbers: int, change: int) -> None:
    made.append(numbers, [parts(each) for each in numbers], [key(each) for each in numbers])
    made.commit(change)


@pytest.fixture
def made(tmp_path: Path) -> Sentences:
    sentences = Sentences(tmp_path / "sentences")
    sentences.create(MANIFEST)
    return sentences


def same(one: Parts, other: Parts) -> bool:
    return (
        np.allclose(one.roles, other.roles, atol=1 / 500)
        and np.array_equal(one.spans, other.spans)
        and bool((np.sum(one.vectors * other.vectors, axis=1) > 0.999).all())
    )


def test_missing_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CollectionError, match="does not contain any vectors of sentences yet: run `broadsheet aspects"):
        Sentences(tmp_path / "none").snapshot()


def test_what_goes_in_comes_out(made: Sentences) -> None:
    add(made, 1, 2, 3, 4, change=4)
    add(made, 7, change=5)
    state = Sentences(made.folder).snapshot()
    assert (state.count, state.pointer.change, state.pointer.rows) == (5, 5, 5)
    found = state.of(np.array([7, 99, 2, 4]))
    assert [len(each.spans) for each in found] == [3, 0, 2, 0]
    assert same(found[0], parts(7))
    assert same(found[2], parts(2))
    assert np.linalg.norm(found[0].vectors, axis=1) == pytest.approx(1)


def test_update_replaces_and_remove_removes(made: Sentences) -> None:
    add(made, 1, 2, 3, change=3)
    made.append([2], [parts(11)], [key(11)])
    made.remove([3, 77])
    made.commit(5)
    state = made.snapshot()
    assert state.count == 2
    one, other = state.of(np.array([2, 3]))
    assert same(one, parts(11))
    assert not len(other.spans)
    assert state.keys[state.rows(np.array([2]))[0]].tobytes().hex() == key(11)


def test_what_was_not_committed_does_not_count_and_is_overwritten(made: Sentences) -> None:
    add(made, 3, change=1)
    made.append([5], [parts(5)], [key(5)])  # killed before commit
    after = Sentences(made.folder)
    assert after.snapshot().count == 1
    add(after, 7, change=2)
    state = Sentences(made.folder).snapshot()
    assert sorted(state.numbers.tolist()) == [3, 7]
    assert same(state.of(np.array([7]))[0], parts(7))


def test_compaction_changes_nothing_but_size(made: Sentences) -> None:
    for change in range(1, 6):
        add(made, *range(1, 21), change=change)
    before = made.snapshot().sizes["vectors"]
    assert not made.compact(least=1_000)
    assert made.compact(least=10)
    state = Sentences(made.folder).snapshot()
    assert (state.count, state.pointer.change, state.sizes["vectors"]) == (20, 5, before // 5)
    assert all(same(found, parts(n)) for n, found in zip(range(1, 21), state.of(np.arange(1, 21)), strict=True))
    assert not (made.folder / "g000001").exists()
    add(made, 23, change=6)
    assert same(made.snapshot().of(np.array([23]))[0], parts(23))


def test_the_nearest_have_a_sentence_of_the_role(made: Sentences) -> None:
    add(made, *range(1, 60), change=59)
    state = made.snapshot()
    asked = parts(7).vectors[1]  # its method
    numbers, scores = state.nearest(asked, 5, "method")
    assert numbers[0] == 7
    assert scores[0] == pytest.approx(1, abs=0.001)
    assert (np.diff(scores) <= 0).all()
    assert all(number % 4 >= 2 for number in numbers.tolist()), "only papers with a second sentence have a method"
    assert state.nearest(asked, 5, "method", allowed=np.array([2, 3]))[0].tolist() in ([2, 3], [3, 2])
    assert not len(state.nearest(asked, 5, "result")[0]), "no paper has four sentences"
    assert state.having("task") == 45
    assert state.having("result") == 0


def test_an_empty_state_has_nothing(made: Sentences) -> None:
    state = made.snapshot()
    assert not len(state.nearest(parts(1).vectors[0], 3, "task")[0])
    assert state.of(np.array([1]))[0].vectors.shape == (0, 16)
    assert nothing(16).roles.shape == (0, 4)


def test_damage_is_named(made: Sentences) -> None:
    add(made, 1, 2, 3, change=3)
    (made.folder / "g000001" / "vectors").write_bytes(b"short")
    with pytest.raises(CollectionError, match=r"damaged \(the file vectors is missing rows\).*--rebuild"):
        Sentences(made.folder).snapshot()
    (made.folder / "g000001" / "ends").write_bytes(np.array([5, 2, 1], "<i8").tobytes())
    with pytest.raises(CollectionError, match="ends does not ascend"):
        Sentences(made.folder).snapshot()


def test_dropped_it_is_gone(made: Sentences) -> None:
    add(made, 1, change=1)
    made.drop()
    assert not made.exists
    made.drop()
