"""Vectors are kept by content: encoded once, right in any order, whole after a kill, and never another encoder's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.core.errors import ModelError
from broadsheet.core.protocols import Encoder, Role, Vectors
from broadsheet.core.types import Manifest
from broadsheet.core.vectors import unit
from broadsheet.files.vectors import text_key
from broadsheet.lab.cache import CachedEncoder


class Counting:
    """A fake encoder: a vector drawn from the text's own hash, and a list of what it was asked."""

    def __init__(self, dim: int = 6, version: str = "1") -> None:
        self.manifest = Manifest(encoder="fake:one", version=version, weights="", dim=dim)
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str], *, role: Role = "document") -> Vectors:
        self.asked += texts
        rows = [
            np.random.default_rng(list((role + text).encode("utf-8", "surrogatepass"))).normal(size=self.manifest.dim)
            for text in texts
        ]
        return unit(np.array(rows).reshape(len(texts), self.manifest.dim))

    def too_long(self, texts: Sequence[str]) -> np.ndarray:
        return np.array([len(text) > 3 for text in texts])


def kept(cached: CachedEncoder, *texts: str) -> set[str]:
    """Those of these texts whose vectors are in the file."""
    keys = {text_key(text): text for text in texts}
    return {keys[key] for key in cached.file.read(keys)}


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.text(max_size=5), max_size=6), max_size=5))
def test_gives_what_the_encoder_gives(tmp_path_factory: pytest.TempPathFactory, batches: list[list[str]]) -> None:
    folder = tmp_path_factory.mktemp("cache")
    inner, cached = Counting(), CachedEncoder(Counting(), folder)
    for texts in batches:
        vectors = cached.encode(texts)
        assert vectors.dtype == np.float32
        assert np.array_equal(vectors, inner.encode(texts))
    again = CachedEncoder(asked := Counting(), folder)
    for texts in batches:
        assert np.array_equal(again.encode(texts), inner.encode(texts))
    assert asked.asked == []


def test_each_text_is_encoded_once(tmp_path: Path) -> None:
    inner = Counting()
    cached = CachedEncoder(inner, tmp_path)
    cached.encode(["a", "b", "a"])
    cached.encode(["b", "c"])
    assert inner.asked == ["a", "b", "c"]
    assert kept(cached, "a", "b", "c", "d") == {"a", "b", "c"}


def test_queries_go_straight_through(tmp_path: Path) -> None:
    inner = Counting()
    cached = CachedEncoder(inner, tmp_path)
    assert np.array_equal(cached.encode(["a"], role="query"), Counting().encode(["a"], role="query"))
    assert not kept(cached, "a")


def test_is_the_encoder_in_all_else(tmp_path: Path) -> None:
    cached = CachedEncoder(Counting(), tmp_path)
    assert isinstance(cached, Encoder)
    assert cached.manifest == Counting().manifest
    assert cached.too_long(["long one", "s"]).tolist() == [True, False]
    assert not hasattr(cached, "nothing_of_the_kind")


def test_without_keep_nothing_is_written(tmp_path: Path) -> None:
    CachedEncoder(Counting(), tmp_path).encode(["a"])
    with (tmp_path / "vectors.rows").open("ab") as file:  # a writer at work
        file.write(b"half")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    reader = CachedEncoder(Counting(), tmp_path, keep=False)
    assert np.array_equal(reader.encode(["b", "a", "b"]), Counting().encode(["b", "a", "b"]))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("lost", [1, 17, 30, 45])
def test_a_torn_tail_is_cut_and_made_again(tmp_path: Path, lost: int) -> None:
    CachedEncoder(Counting(), tmp_path).encode(["a", "b", "c"])
    path = tmp_path / "vectors.rows"
    path.write_bytes(path.read_bytes()[:-lost])
    inner = Counting()
    cached = CachedEncoder(inner, tmp_path)
    for texts in (["d", "c"], ["c", "b", "a", "d"]):
        assert np.array_equal(cached.encode(texts), Counting().encode(texts))
    assert "c" in inner.asked
    assert path.stat().st_size == 4 * (16 + 6 * 4)


def test_two_writers_of_one_folder(tmp_path: Path) -> None:
    one, other = CachedEncoder(Counting(), tmp_path), CachedEncoder(Counting(), tmp_path)
    one.encode(["a", "b"])
    other.encode(["b", "c"])
    one.encode(["d"])
    texts = ["a", "b", "c", "d"]
    assert np.array_equal(CachedEncoder(inner := Counting(), tmp_path).encode(texts), Counting().encode(texts))
    assert inner.asked == []


def test_each_manifest_and_precision_has_its_own_folder(tmp_path: Path) -> None:
    first, second = (CachedEncoder.under(Counting(version=version), tmp_path) for version in "12")
    folder = first.file.path.parent
    assert folder != second.file.path.parent
    assert folder.parent == tmp_path
    assert folder.name.endswith("-f32")
    first.encode(["a"])
    assert kept(CachedEncoder.under(Counting(version="1"), tmp_path), "a")
    assert not kept(second, "a")


def test_a_long_name_has_a_folder_too(tmp_path: Path) -> None:
    inner = Counting()
    inner.manifest = replace(inner.manifest, encoder="bert:x?query_prompt=" + "a%20word%20" * 200)
    cached = CachedEncoder.under(inner, tmp_path)
    cached.encode(["a"])
    assert cached.file.path.parent.name.endswith(f"-{inner.manifest.key}-f32")


def test_an_encoder_that_does_not_say_what_it_is_cannot_be_kept_apart(tmp_path: Path) -> None:
    inner = Counting()
    del inner.manifest
    with pytest.raises(ModelError, match="no manifest"):
        CachedEncoder.under(inner, tmp_path)
