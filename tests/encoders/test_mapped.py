"""An encoder with a map keeps the promises of an encoder, and its vectors never mix with others."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import numpy as np
import pytest

from broadsheet import names
from broadsheet.collection import open_collection
from broadsheet.core.errors import ModelError, UsageError
from broadsheet.core.maps import fit
from broadsheet.core.types import Document
from broadsheet.encoders.hash import HashEncoder
from broadsheet.encoders.mapped import MappedEncoder, map_path, named, read_map
from broadsheet.lab.geometry.trial import moments_of
from broadsheet.search.hybrid import search
from broadsheet.sync import sync
from broadsheet.testing import check_encoder

TEXTS = [
    f"the {word} of a {other}" for word in ("song", "river", "stone", "light") for other in ("bird", "town", "tree")
]
NOW = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The entry point, also where the installed package is older than the code."""
    entry = EntryPoint("mapped", "broadsheet.encoders.mapped:named", names.ENCODERS)
    monkeypatch.setattr(names, "entry_points", lambda group: [*entry_points(group=group), entry])


def stored(models: Path, name: str = "even", recipe: str = "whiten:0.5") -> Path:
    path = map_path(models, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(fit(recipe, moments_of(HashEncoder().encode(TEXTS))).to_npz())
    return path


def test_it_is_an_encoder(tmp_path: Path) -> None:
    stored(tmp_path, recipe="rotate:1+axes:64")
    made = names.encoder("hash?map=even", models=tmp_path)
    assert isinstance(made, MappedEncoder)
    rows = check_encoder(made, TEXTS)
    assert rows.shape == (12, 64)
    np.testing.assert_allclose(rows, made.map.apply(HashEncoder().encode(TEXTS)), atol=1e-6)


def test_the_manifest_carries_the_map(tmp_path: Path) -> None:
    stored(tmp_path)
    one = names.encoder("hash?map=even", models=tmp_path).manifest  # type: ignore[attr-defined]
    stored(tmp_path, recipe="centre")
    other = names.encoder("hash?map=even", models=tmp_path).manifest  # type: ignore[attr-defined]
    assert one.encoder == other.encoder == "hash?map=even"
    assert "whiten:0.5" in one.pooling
    assert len({one.key, other.key, HashEncoder().manifest.key}) == 3


def test_both_spellings_are_one_encoder(tmp_path: Path) -> None:
    stored(tmp_path)
    short = names.encoder("hash:128?map=even", models=tmp_path)
    long = names.encoder("mapped:even|hash:128", models=tmp_path)
    assert short.name == long.name == "hash:128?map=even"  # type: ignore[attr-defined]
    assert names.encoder("hash?map=even&map=even", models=tmp_path).name == "hash?map=even&map=even"  # type: ignore[attr-defined]


def test_the_rest_is_the_encoders_own(tmp_path: Path) -> None:
    stored(tmp_path)
    made = names.encoder("hash?map=even", models=tmp_path)
    assert made.too_long(["a"]).tolist() == [False]  # type: ignore[attr-defined]
    assert made.dim == 256  # type: ignore[attr-defined]
    assert not hasattr(made, "token_vectors")
    assert not hasattr(made, "unheard")


def test_other_dimensions_are_refused_when_it_encodes(tmp_path: Path) -> None:
    stored(tmp_path)
    with pytest.raises(ModelError, match="Fit the map again"):
        names.encoder("hash:64?map=even", models=tmp_path).encode(TEXTS)


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    stored(tmp_path)
    with pytest.raises(ModelError, match="Did you mean even"):
        names.encoder("hash?map=evn", models=tmp_path)
    with pytest.raises(ModelError, match="belongs to a Collection"):
        names.encoder("hash?map=even")
    for bad in ("../x", "a/b", "", ".hidden"):
        with pytest.raises(UsageError, match="cannot be called"):
            map_path(tmp_path, bad)
    with pytest.raises(UsageError, match=r"ENCODER\?map=NAME"):
        named("even", models=tmp_path)
    with pytest.raises(UsageError, match="Unknown encoder"):
        names.require_encoder("hush?map=even")
    map_path(tmp_path, "broken").write_bytes(b"not a map")
    with pytest.raises(ModelError, match="not a stored map"):
        read_map(tmp_path, "broken")


def test_an_encoder_without_a_manifest_has_none_with_a_map() -> None:
    class Bare:
        def encode(self, texts: list[str], *, role: str = "document") -> np.ndarray:
            return np.ones((len(texts), 2), np.float32)

    with pytest.raises(ModelError, match="no manifest"):
        _ = MappedEncoder(Bare(), fit("centre", moments_of(np.eye(2))), name="x").manifest  # type: ignore[arg-type]


def test_a_collection_changes_its_space_and_back(tmp_path: Path) -> None:
    """Search goes through the map; without the switch, the former Space is there again and nothing is encoded."""
    papers = [Document(id=f"p{n}", title=text, source="jsonl:x") for n, text in enumerate(TEXTS)]
    with open_collection(tmp_path, encoder="hash") as collection:
        collection.store.papers.put(papers, now=NOW)
        sync(collection)
        before = [item.document.id for item in search(collection, "a song", k=5, mode="semantic").items]
        plain = collection.space.snapshot().of(np.array([1, 2]))
    stored(tmp_path / "models", recipe="top:1")
    with open_collection(tmp_path, encoder="hash?map=even") as collection:
        assert sync(collection).encoded == len(papers)
        snapshot = collection.space.snapshot()
        assert snapshot.manifest.encoder == "hash?map=even"
        mapped = read_map(tmp_path / "models", "even").apply(plain)
        np.testing.assert_allclose(snapshot.of(np.array([1, 2])), mapped, atol=1e-6)
        assert search(collection, "a song", k=5, mode="semantic").items
    stored(tmp_path / "models", recipe="centre")
    with open_collection(tmp_path, encoder="hash?map=even") as collection:
        collection.store.papers.put([Document(id="new", title="a new song", source="jsonl:x")], now=NOW)
        with pytest.raises(ModelError, match="rebuild"):
            sync(collection)
    with open_collection(tmp_path, encoder="hash") as collection:
        assert sync(collection).encoded == 1
        found = [item.document.id for item in search(collection, "a song", k=6, mode="semantic").items]
        assert [each for each in found if each != "new"][:5] == before
