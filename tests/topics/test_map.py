"""The map of topics: near in meaning is near on the plane, better than without an embedding; made once, and kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import spearmanr
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness

from broadsheet.collection import Collection, open_collection
from broadsheet.core.vectors import Vectors, unit
from broadsheet.ingest import ingest
from broadsheet.store.store import Store
from broadsheet.sync import sync
from broadsheet.topics import tree
from broadsheet.topics.map import FACT, LEAST, is_current, layout, places, renew
from fakes import NOW, WordEncoder, paper
from topics_kit import LEAVES, TIDES, plant


def groups(count: int, each: int) -> Vectors:
    """Vectors in groups, near others of their own."""
    random = np.random.default_rng(3)
    middles = unit(random.normal(size=(count, 24)))
    return unit(np.repeat(middles, each, axis=0) + 0.25 * random.normal(size=(count * each, 24)))


def kept(vectors: Vectors, flat: np.ndarray, near: int = 5) -> float:
    """The share of each vector's nearest that are among its nearest on the plane."""
    high = np.argsort(-(vectors @ vectors.T) + 9 * np.eye(len(vectors)), axis=1)[:, :near]
    squares = ((flat[:, None] - flat[None]) ** 2).sum(axis=2) + 9e9 * np.eye(len(flat))
    low = np.argsort(squares, axis=1)[:, :near]
    return float(
        np.mean([len({*one} & {*other}) / near for one, other in zip(high.tolist(), low.tolist(), strict=True)])
    )


def test_neighbours_stay_neighbours_more_than_along_the_widest_axes() -> None:
    vectors = groups(9, 6)
    flat, axes = layout(vectors), PCA(2).fit_transform(vectors)
    random = np.random.default_rng(0).normal(size=flat.shape)
    assert kept(vectors, flat) > kept(vectors, axes) > kept(vectors, random)
    assert trustworthiness(vectors, flat, n_neighbors=5) > trustworthiness(vectors, axes, n_neighbors=5)
    assert flat.min() == 0
    assert flat.max() == 1
    assert np.array_equal(flat, layout(vectors)), "the same each time"


def test_few_topics_lie_along_their_two_widest_axes() -> None:
    vectors = groups(LEAST - 1, 1)
    flat, axes = layout(vectors), PCA(2).fit_transform(vectors)
    for axis in range(2):
        assert abs(spearmanr(flat[:, axis], axes[:, axis]).statistic) == pytest.approx(1)


@pytest.mark.parametrize("count", [1, 2, 5, 6, 7])
def test_any_number_of_topics_has_places(count: int) -> None:
    flat = layout(groups(count, 1))
    assert flat.shape == (count, 2)
    assert np.isfinite(flat).all()
    assert len({*map(tuple, flat.round(3).tolist())}) == count


def test_equal_topics_have_places_too() -> None:
    flat = layout(np.repeat(np.eye(4, dtype=np.float32)[:1], 8, axis=0))
    assert np.isfinite(flat).all()


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with open_collection(tmp_path / "c", encoder=WordEncoder(64)) as opened:
        yield opened


def test_the_map_is_kept_until_topics_change(collection: Collection) -> None:
    plant(collection)
    store = collection.store
    assert not is_current(store, "words")
    renew(store, "words")
    assert is_current(store, "words")
    assert not is_current(store, "another encoder") or store.topics.centred("another encoder") == []
    before = places(store)
    assert {LEAVES, TIDES} < set(before)
    store.topics.join(LEAVES, TIDES)
    assert places(store) == before, "an editor's merge moves nothing"
    with store.writing() as db:
        db.execute("DELETE FROM topic_centres WHERE topic = ?", (LEAVES,))
    assert not is_current(store, "words")


@pytest.mark.parametrize(
    "damage", ["nothing", {"at": 3}, {"at": {"3": [0.1]}}, {"at": {"3": [0.1, 7]}}, {"at": {"x": [0, 0]}}]
)
def test_what_is_damaged_is_left_out(store: Store, damage: object) -> None:
    store.journal.set_fact(FACT, damage)
    assert places(store) == {}


@pytest.fixture
def store(collection: Collection) -> Store:
    return collection.store


def test_a_run_of_topics_makes_the_map_and_one_without_news_leaves_it(collection: Collection) -> None:
    random = np.random.default_rng(0)
    kinds = [[f"{kind}{word}" for word in "abcdefgh"] for kind in ("owl", "tea", "bridge", "tide")]
    papers = [
        replace(paper(place, " ".join(random.choice(kinds[place % 4], 5, replace=False))), announced=NOW.date())
        for place in range(120)
    ]
    ingest(collection, papers, now=NOW, name="jsonl:made.jsonl")
    sync(collection)
    tree.bring_up(collection, now=NOW)
    fact = collection.store.journal.fact(FACT)
    assert set(places(collection.store)) == set(collection.store.topics.centred(fact["space"]))
    assert len(fact["at"]) > 1
    assert not tree.is_behind(collection)
    collection.store.journal.set_fact(FACT, None)
    assert tree.is_behind(collection), "an older Collection gets its map"
    tree.bring_up(collection, now=NOW)
    assert collection.store.journal.fact(FACT) == fact
