"""Outlier detection: texts of other classes that were put into a class. Emmott et al. 2013, "Systematic Construction of
Anomaly Detection Benchmarks from Real Data" (a class as the normal, others as the anomalies); Ramaswamy et al. 2000,
"Efficient Algorithms for Mining Outliers from Large Data Sets" (distance to the nearest neighbours).

labelled texts -> for each class: some of its texts, and a tenth as many of other classes, drawn by the seed
each text -> 1 - mean cosine to its nearest texts in this mixture -> AUC of "is from another class" -> mean over classes
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np

from broadsheet.core.errors import SourceError
from broadsheet.core.metrics import Floats, ranks
from broadsheet.core.vectors import Vectors
from broadsheet.lab.task import Ability, Figure, Row, Subject
from broadsheet.lab.tasks.judged import Judged

NORMAL, STRANGE = 100, 10  # texts of a class, and of others among them
NEAREST = 5
_FEWEST = 20  # texts of a class


class Outliers(Judged):
    """Columns: ``text`` and ``label``. The texts are drawn once, by a generator of the class alone, so that every
    subject and every run sees the same mixtures."""

    kind = "outliers"
    figures: tuple[Figure, ...] = (Figure("AUC"),)
    needs: Ability = "features"

    def rows(self, subject: Subject, *, known: Container[str] = (), seed: int = 0) -> Iterator[Row]:  # noqa: ARG002
        """Yield the AUC of each class."""
        texts = self._texts
        for place, label in enumerate(self.read()):
            if label in known:
                continue
            inside, outside = mixture(texts, label, np.random.default_rng(place))
            distances = 1 - nearness(subject.features([*inside, *outside]), NEAREST)
            yield Row("AUC", label, (auc(distances[len(inside) :], distances[: len(inside)]),))

    def read(self) -> list[str]:
        """Return the classes."""
        return sorted(self._texts)

    @cached_property
    def _texts(self) -> dict[str, list[str]]:
        """The distinct texts of each class that has enough of them."""
        by_label: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for row in self._set.rows():
            by_label[str(row["label"])][str(row["text"])] = None
        enough = {label: list(texts) for label, texts in by_label.items() if len(texts) >= _FEWEST}
        if len(enough) < 2:
            raise SourceError(f"{self.name} has {len(enough)} classes with {_FEWEST} texts; outliers need two.")
        self._note(len(by_label) - len(enough), f"classes have fewer than {_FEWEST} texts and are left out")
        return enough


def mixture(texts: Mapping[str, Sequence[str]], label: str, random: np.random.Generator) -> tuple[list[str], list[str]]:
    """Draw texts of a class, and a tenth as many that only other classes have."""
    own = set(texts[label])
    others = sorted({text for name, each in texts.items() if name != label for text in each} - own)
    count = min(NORMAL, len(own))
    inside = random.choice(len(texts[label]), size=count, replace=False)
    outside = random.choice(len(others), size=max(1, count * STRANGE // NORMAL), replace=False)
    return [texts[label][row] for row in inside], [others[row] for row in outside]


def nearness(vectors: Vectors, k: int) -> Floats:
    """Return the mean cosine of each unit row to the k others that are nearest, (n,)."""
    cosines = (vectors @ vectors.T).astype(np.float64)
    np.fill_diagonal(cosines, -np.inf)
    k = min(k, len(vectors) - 1)
    return np.asarray(-np.sort(-cosines, axis=1)[:, :k].mean(axis=1))


def auc(positives: Floats, negatives: Floats) -> float:
    """Return how often a positive is above a negative, equal ones as one half (Mann and Whitney 1947)."""
    places = ranks(np.concatenate([positives, negatives]))[: len(positives)]
    n, m = len(positives), len(negatives)
    return float((places.sum() - n * (n + 1) / 2) / (n * m))
