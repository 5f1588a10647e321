"""Clustering: do texts of one label fall into one cluster? Muennighoff et al. 2023, "MTEB".

features of the texts -> k-means with as many clusters as labels, the best of several starts -> V-measure
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any

from broadsheet.lab.task import Ability, Figure, Row, Subject
from broadsheet.lab.tasks.labelled import Labelled

_STARTS = 5


class Clustering(Labelled):
    """k-means by scikit-learn, with ``seed``. V-measure: Rosenberg and Hirschberg 2007. All texts are measured at once:
    the clusters of some depend on the others."""

    kind = "clustering"
    figures: tuple[Figure, ...] = (Figure("V-measure", "v_measure"),)
    learns = False
    needs: Ability = "features"
    seeded = True  # k-means draws where it begins

    def rows(self, subject: Subject, *, known: Container[str] = (), seed: int = 0) -> Iterator[Row]:
        """Yield (cluster, label) of each text."""
        from sklearn.cluster import KMeans

        texts = self.read()
        if all(text.item in known for text in texts):
            return
        count = len({text.label for text in texts})
        features = subject.features([text.text for text in texts])
        model: Any = KMeans
        clusters = model(n_clusters=count, n_init=_STARTS, random_state=seed).fit_predict(features)
        for text, cluster in zip(texts, clusters.tolist(), strict=True):
            yield Row("V-measure", text.item, (float(cluster), float(text.label)))
