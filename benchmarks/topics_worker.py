"""BERTopic (Grootendorst 2022) as its documentation has it, for topics.py: UMAP, HDBSCAN, c-TF-IDF.

    PYTHON topics_worker.py GIVEN.npz MADE.npz COUNT

Given: vectors and texts. The least size of a topic is BERTopic's own 10, or less where that gives fewer topics than
asked; then its own reduction to COUNT. Made: topics as they are (-1: outliers), and after its own ``reduce_outliers``.
Runs under any interpreter that has bertopic; it needs no torch, since the vectors are given.
"""

from __future__ import annotations

import sys
import time
from importlib.metadata import version

import numpy as np
from bertopic import BERTopic
from bertopic.backend import BaseEmbedder
from hdbscan import HDBSCAN
from sklearn.feature_extraction.text import CountVectorizer
from umap import UMAP


class Reduced:
    """UMAP's vectors, made once for all least sizes."""

    def __init__(self, rows: np.ndarray) -> None:
        self.rows = rows

    def fit(self, *_: object, **__: object) -> Reduced:
        return self

    def transform(self, _: object) -> np.ndarray:
        return self.rows


def main(given: str, made: str, count: int) -> None:
    """Fit, reduce, save."""
    with np.load(given) as arrays:
        vectors, texts = arrays["vectors"], arrays["texts"].tolist()
    began = time.perf_counter()
    umap = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=0, low_memory=False)
    reduced = umap.fit_transform(vectors)
    least = least_size(reduced, count)
    model = BERTopic(
        embedding_model=BaseEmbedder(), umap_model=Reduced(reduced), nr_topics=count + 1,
        hdbscan_model=HDBSCAN(min_cluster_size=least, metric="euclidean", cluster_selection_method="eom"),
        vectorizer_model=CountVectorizer(stop_words="english"),
    )  # fmt: skip
    topics, _ = model.fit_transform(texts, vectors)
    seconds = time.perf_counter() - began
    found = {"BERTopic": topics}
    for name, strategy in (("c-TF-IDF", "c-tf-idf"), ("vectors", "embeddings")):
        placed = model.reduce_outliers(texts, topics, strategy=strategy, embeddings=vectors)
        found[f"BERTopic, outliers by {name}"] = placed
    np.savez(made, **{name: np.array(each) for name, each in found.items()})
    names = ", ".join(f"{name} {version(name)}" for name in ("bertopic", "umap-learn", "hdbscan"))
    print(f"BERTopic: {names}; least size {least}, {seconds:.0f} s")


def least_size(reduced: np.ndarray, count: int) -> int:
    """The largest least size of a topic, of 10 or fewer, that gives ``count`` topics."""
    for least in range(10, 2, -1):
        if HDBSCAN(min_cluster_size=least).fit_predict(reduced).max() + 1 >= count:
            return least
    return 2


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
