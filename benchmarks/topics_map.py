"""The map of topics: how many of a topic's nearest in meaning are among its nearest on the map, and what it costs.

    ./run.sh bench topics_map FOLDER [FOLDER ...]

Each FOLDER is a Collection with topics. It is not written to. Of each topic, the five others whose centres have the
highest cosine with its own are compared with the five nearest on the plane (`kept`, with a 95 % interval over topics),
next to trustworthiness and continuity (Venna and Kaski 2001, scikit-learn's) with five neighbours: for random places
(the mean of 50 draws), for the two widest axes of the centres, for the embedding as it is stored, and for the circles
as they are drawn on a wide and on a narrow screen, pushed apart for their captions. The embedding was chosen among
t-SNE of perplexity 3 to 30 and metric scaling (SMACOF) on the Collections in docs/benchmarks.md: none was held out.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from common import head, versions
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness

from broadsheet.core.metrics import bootstrap
from broadsheet.core.topic import Topic
from broadsheet.core.vectors import Vectors, unit
from broadsheet.store.store import Store
from broadsheet.topics.map import layout
from broadsheet.web.circles import SIZES, laid

NEAR, _DRAWS = 5, 50
Floats = np.ndarray


def kept(vectors: Vectors, flat: Floats) -> Floats:
    """The share (n,) of each topic's nearest that are among its nearest on the plane."""
    alike, squares = vectors @ vectors.T, ((flat[:, None] - flat[None]) ** 2).sum(axis=2)
    np.fill_diagonal(alike, -np.inf)
    np.fill_diagonal(squares, np.inf)
    high, low = np.argsort(-alike, axis=1)[:, :NEAR].tolist(), np.argsort(squares, axis=1)[:, :NEAR].tolist()
    return np.array([len({*one} & {*other}) / NEAR for one, other in zip(high, low, strict=True)])


def line(name: str, vectors: Vectors, flat: Floats) -> None:
    """Print the measures of one way of placing topics."""
    near = min(NEAR, (len(vectors) - 1) // 2)
    low, high = bootstrap(kept(vectors, flat), seed=0)
    print(f"  {name:22s} {kept(vectors, flat).mean():.3f} [{low:.3f}, {high:.3f}]"
          f"  {trustworthiness(vectors, flat, n_neighbors=near):.3f}"
          f"  {trustworthiness(flat, vectors, n_neighbors=near):.3f}", flush=True)  # fmt: skip


def topics_of(folder: Path) -> tuple[Sequence[Topic], Floats, Vectors]:
    """The topics and fields of a Collection; the numbers (n,) of living topics with a centre, and the centres."""
    with Store.open(folder / "store.db", read_only=True) as store:
        known = [each for each in store.topics.all() if each.papers]
        (space,) = {row[0] for row in store.rows("SELECT DISTINCT space FROM topic_centres")}
        numbers, vectors = store.topics.centres(space)
    living = np.isin(numbers, [each.id for each in known])
    return known, numbers[living], unit(vectors[living])


def report(folder: Path) -> None:
    """Print the measures of one Collection."""
    known, numbers, vectors = topics_of(folder)
    papers = sum(each.papers for each in known if each.level == "topic")
    print(f"\n{folder.name}: {papers:,} papers in {len(numbers)} topics")
    print(f"  {'placed by':22s} kept of {NEAR} [95 %]         trust  contin")
    random = np.random.default_rng(0)
    draws = [kept(vectors, random.normal(size=(len(numbers), 2))).mean() for _ in range(_DRAWS)]
    print(f"  {'random, mean of 50':22s} {np.mean(draws):.3f}")
    line("two widest axes", vectors, PCA(2, random_state=0).fit_transform(vectors))
    start = time.perf_counter()
    places = layout(vectors)
    line(f"map, made in {time.perf_counter() - start:.1f} s", vectors, places)
    at = dict(zip(numbers.tolist(), map(tuple, places.tolist()), strict=True))
    shown = [each for each in known if each.level == "field" or each.id in at]
    for size in SIZES:
        start = time.perf_counter()
        spots, height = laid(shown, at, size, set())
        took = time.perf_counter() - start
        drawn = {spot.topic.id: (spot.x, spot.y) for spot in spots if spot.radius}
        line(f"as drawn, {size.name}", vectors, np.array([drawn[each] for each in numbers.tolist()]))
        named = sum(1 for spot in spots if spot.radius and spot.lines)
        print(f"    {size.width:.0f} x {height:.0f} pixels; {named} topics with a caption; laid out in {took:.2f} s")


def main() -> None:
    """Print the measures of each Collection."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path)
    head("The map of topics", f"versions: {versions('numpy', 'scikit-learn')}")
    for folder in parser.parse_args().folders:
        report(folder)


if __name__ == "__main__":
    main()
