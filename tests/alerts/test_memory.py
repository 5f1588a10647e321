"""Vectors of queries that are kept between runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from broadsheet.alerts import memory
from broadsheet.alerts.memory import query_vectors
from broadsheet.collection import Collection, open_collection
from broadsheet.ingest import ingest
from broadsheet.sync import sync
from fakes import NOW, WordEncoder, paper
from site_kit import Given


class Counting(WordEncoder):
    """Keeps the queries that it encodes."""

    def __init__(self, version: str = "1") -> None:
        super().__init__(version=version)
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str], *, role: str = "document") -> np.ndarray:
        if role == "query":
            self.asked += texts
        return super().encode(texts, role=role)


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Collection]:
    with open_collection(tmp_path / "c", encoder=Counting()) as made:
        ingest(made, Given([paper(1, "Tides"), paper(2, "Knots")]), now=NOW)
        sync(made)
        yield made


def asked(made: Collection) -> list[str]:
    assert isinstance(made.encoder, Counting)
    return made.encoder.asked


def kept(made: Collection) -> Path:
    manifest = made.space.snapshot().manifest
    return made.cache / "queries" / f"{manifest.key}-{manifest.precision}"


def test_each_text_is_encoded_once(made: Collection) -> None:
    first = query_vectors(made, ["tides", "knots", "tides"])
    again = query_vectors(made, ["knots", "owls", "tides"])
    assert asked(made) == ["tides", "knots", "owls"]
    assert np.array_equal(first[[1, 0]], again[[0, 2]])
    assert np.array_equal(first[0], first[2])
    assert np.allclose(first, WordEncoder().encode(["tides", "knots", "tides"], role="query"))
    assert query_vectors(made, []).shape == (0, 32)


@pytest.mark.parametrize("damage", [b"", b"\0" * 144 * 2, b"half a row"])
def test_a_file_that_is_gone_or_damaged_is_made_again(made: Collection, damage: bytes) -> None:
    first = query_vectors(made, ["tides"])
    kept(made).write_bytes(damage)
    assert np.array_equal(query_vectors(made, ["tides"]), first)
    assert np.array_equal(query_vectors(made, ["tides"]), first)
    assert asked(made) == ["tides", "tides"]


def test_vectors_of_another_model_are_not_kept_as_this_ones(made: Collection) -> None:
    other = Counting(version="2")
    made._encoder = other
    query_vectors(made, ["tides"])
    query_vectors(made, ["tides"])
    assert other.asked == ["tides", "tides"]


def test_it_does_not_grow_for_ever(made: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MOST", 3)
    for number in range(5):
        query_vectors(made, [f"text {number}"])
    assert kept(made).stat().st_size == 2 * (16 + 32 * 4)


def test_shapes_are_stored_until_the_space_has_grown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_FEW", 20)
    with open_collection(tmp_path / "c", encoder=WordEncoder()) as opened:
        ingest(opened, Given([paper(n, f"tide{n} knots{n % 5}") for n in range(40)]), now=NOW)
        sync(opened)
        texts = ["knots1", "tide3"]
        vectors = query_vectors(opened, texts)
        first = memory.query_shapes(opened, texts, vectors)
        exact = memory.shapes(opened, vectors)
        for stored, made in zip(memory.query_shapes(opened, texts, vectors), exact, strict=True):
            assert (stored.top, stored.near) == pytest.approx((made.top, made.near), abs=1e-6)
            assert (stored.mean, stored.spread) == pytest.approx((made.mean, made.spread))
            assert stored.scale == made.scale
        monkeypatch.setattr(memory, "shapes", lambda *_: pytest.fail("searched again"))
        assert memory.query_shapes(opened, texts, vectors)[0].top == pytest.approx(first[0].top, abs=1e-6)
        monkeypatch.undo()
        monkeypatch.setattr(memory, "_FEW", 20)
        ingest(opened, Given([paper(100 + n, f"knots1 tide{n}") for n in range(40)]), now=NOW)
        sync(opened)
        grown = memory.query_shapes(opened, texts, vectors)
        assert grown[0].near > first[0].near, "twice the papers: made again"
        files = [each.name for each in (opened.cache / "queries").glob("*-shapes-*") if each.suffix != ".lock"]
        assert len(files) == 1, "that of the smaller Space is gone"
