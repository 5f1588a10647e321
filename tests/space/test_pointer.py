"""Whatever a disk makes of the two small files of a Space, they are read as they were meant, or refused in one line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.core.errors import CollectionError
from broadsheet.core.types import Manifest
from broadsheet.space.pointer import FORMAT, Pointer, format_of, read_format, read_manifest, read_pointer
from broadsheet.space.space import Space
from fuzzing import json_values, mutated
from space_kit import MANIFEST, add, vectors

odd = json_values | st.sampled_from([-1, 0, 7, 2**60, 10**400, float("inf"), float("nan"), "9", [], {}, True])
some = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def written(path: Path, values: Any) -> Path:
    path.write_text(json.dumps(values).replace("Infinity", "1e400"), "utf-8")
    return path


def test_what_was_written_is_read(tmp_path: Path) -> None:
    pointer = {"generation": 3, "rows": 5, "change": 9, "format": 1}
    assert read_pointer(written(tmp_path / "p", pointer)) == Pointer(3, 5, 9)
    manifest = {"encoder": "e", "version": "", "weights": "w", "dim": 4, "prompts": {"query": "q: "}, "max_length": 8}
    assert read_manifest(written(tmp_path / "m", manifest)) == Manifest(**manifest)
    turned = manifest | {"rotation": 7}
    assert read_manifest(written(tmp_path / "m", turned)) == Manifest(**turned)
    assert Manifest(**turned).key == Manifest(**manifest).key
    several = turned | {"turns": 4}
    assert read_manifest(written(tmp_path / "m", several)) == Manifest(**several)
    assert Manifest(**several).key == Manifest(**manifest).key
    assert [format_of(Manifest(**each)) for each in (manifest, turned, several)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"generation": 1, "rows": -1, "change": 1}, "rows is -1"),
        ({"generation": 1, "rows": 1, "change": float("inf")}, "change is inf"),
        ({"generation": 1, "rows": 10**30, "change": 1}, "rows is a very long number"),
        ({"generation": 1, "rows": True, "change": 1}, "rows is True"),
        ({"generation": 1, "change": 1}, "has no rows"),
        ({"generation": 1, "rows": 1, "change": 1, "colour": 1}, "the unknown field 'colour'"),
        ([1, 2], "contains list"),
    ],
)
def test_a_damaged_pointer_names_the_field(tmp_path: Path, values: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_pointer(written(tmp_path / "p", values))


@pytest.mark.parametrize(
    ("field", "value"),
    [("dim", 0), ("dim", "16"), ("dim", 10**9), ("encoder", 1), ("prompts", ["q"]), ("prompts", {"query": 1}),
     ("max_length", "8"), ("max_length", 0), ("weights", None), ("precision", []), ("rotation", -1), ("rotation", "1"),
     ("turns", 0), ("turns", 2), ("turns", "1")],
)  # fmt: skip
def test_a_damaged_manifest_names_the_field(tmp_path: Path, field: str, value: Any) -> None:
    values = {"encoder": "e", "version": "", "weights": "w", "dim": 4} | {field: value}
    with pytest.raises(ValueError, match=f"{field} is "):
        read_manifest(written(tmp_path / "m", values))


def test_the_format_of_a_newer_version_is_read_whatever_else_there_is(tmp_path: Path) -> None:
    assert read_format(written(tmp_path / "p", {"format": 2, "shards": []})) == 2
    assert read_format(written(tmp_path / "p", {"format": float("inf")})) == 0
    assert read_format(tmp_path / "none") == 0


@pytest.fixture
def filled(space: Space) -> Space:
    add(space, *range(1, 40), change=39)
    return space


def answers_or_damaged(folder: Path) -> bool:
    """Whether the Space can be searched; if not, it must say so in one line, and be made again."""
    space = Space(folder)
    try:
        state = space.snapshot()
        state.search(vectors(1)[0], 5)
        assert state.bands
    except CollectionError as error:
        assert "run sync" in str(error) or "newer" in str(error)  # noqa: PT017
        assert "\n" not in str(error)  # noqa: PT017
        space.create(MANIFEST)
        add(space, 1, change=1)
        assert Space(folder).snapshot().count == 1
        return False
    return True


@some
@given(name=st.sampled_from(["current.json", "g000001/manifest.json"]), data=st.data())
def test_any_value_of_any_field_is_right_or_damaged(filled: Space, name: str, data: st.DataObject) -> None:
    path = filled.folder / name
    before = {each: each.read_bytes() for each in filled.folder.rglob("*") if each.is_file()}
    values = json.loads(path.read_text())
    values[data.draw(st.sampled_from([*values, "colour"]))] = data.draw(odd)
    written(path, values)
    answers_or_damaged(filled.folder)
    restored(filled, before)


@some
@given(name=st.sampled_from(["current.json", "g000001/manifest.json"]), data=st.data())
def test_any_bytes_are_right_or_damaged(filled: Space, name: str, data: st.DataObject) -> None:
    path = filled.folder / name
    before = {each: each.read_bytes() for each in filled.folder.rglob("*") if each.is_file()}
    path.write_bytes(data.draw(mutated(path.read_bytes())))
    answers_or_damaged(filled.folder)
    restored(filled, before)


def restored(space: Space, before: dict[Path, bytes]) -> None:
    for path, content in before.items():
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)


@pytest.mark.parametrize("dim", [1, 7, 15, 17, 64, 65, 384])
def test_another_dimension_than_that_of_the_vectors_is_damage(filled: Space, dim: int) -> None:
    path = filled.folder / "g000001" / "manifest.json"
    written(path, json.loads(path.read_text()) | {"dim": dim})
    assert not answers_or_damaged(filled.folder)


@pytest.mark.parametrize("name", ["numbers", "codes", "vectors"])
def test_files_of_noise_are_damage(filled: Space, name: str) -> None:
    path = filled.folder / "g000001" / name
    path.write_bytes(np.random.default_rng(1).bytes(path.stat().st_size))
    assert not answers_or_damaged(filled.folder)


@pytest.mark.parametrize("pair", [("numbers", "keys"), ("codes", "vectors"), ("cut", "numbers")])
def test_files_that_changed_places_are_damage(filled: Space, pair: tuple[str, str]) -> None:
    one, other = (filled.folder / "g000001" / name for name in pair)
    swapped = one.read_bytes(), other.read_bytes()
    other.write_bytes(swapped[0])
    one.write_bytes(swapped[1])
    assert not answers_or_damaged(filled.folder)


def test_a_vector_that_is_not_finite_is_damage_once_it_is_met(filled: Space) -> None:
    assert filled.snapshot().sound
    path = filled.folder / "g000001" / "vectors"
    stored = np.frombuffer(path.read_bytes(), "<f4").copy()
    stored[16 * 20 + 3] = np.nan
    path.write_bytes(stored.tobytes())
    state = Space(filled.folder).snapshot()
    assert not state.sound
    assert len(state.search(vectors(1)[0], 5)[0]) == 5
    with pytest.raises(CollectionError, match="run sync"):
        state.search(vectors(1)[0], 39)


def test_all_formats_are_read() -> None:
    assert FORMAT == 3, "a new number needs a way to read the old ones"
