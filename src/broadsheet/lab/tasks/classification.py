"""Classification: how well do features tell labels apart? Muennighoff et al. 2023, "MTEB"; the nearest neighbours:
Cover and Hart 1967.

features of texts to learn from -> logistic regression, and the labels of the 5 nearest -> accuracy and macro F1
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.vectors import Vectors
from broadsheet.lab.task import Ability, Figure, Row, Subject
from broadsheet.lab.tasks.labelled import Labelled

_NEIGHBOURS = 5
_ROUNDS = 1_000  # of the solver, at most
Labels = NDArray[np.int64]


class Classification(Labelled):
    """A linear probe (logistic regression, C = 1) and the 5 nearest neighbours by cosine, both by scikit-learn."""

    kind = "classification"
    figures: tuple[Figure, ...] = (
        Figure("accuracy"), Figure("macro F1", "macro_f1"), Figure("kNN accuracy"), Figure("kNN macro F1", "macro_f1"),
    )  # fmt: skip
    needs: Ability = "features"

    def rows(self, subject: Subject, *, known: Container[str] = (), seed: int = 0) -> Iterator[Row]:  # noqa: ARG002
        """Yield whether each text's label is predicted, and (predicted, true)."""
        wanted = [text for text in self.read() if text.item not in known]
        if not wanted:
            return
        labels = np.array([text.label for text in self.train], np.int64)
        learned = subject.features([text.text for text in self.train])
        tested = subject.features([text.text for text in wanted])
        predicted = predictions(learned, labels, tested)
        for place, text in enumerate(wanted):
            for figure in self.figures:
                guess = int(predicted["kNN" if figure.name.startswith("kNN") else "probe"][place])
                pair = (float(guess), float(text.label))
                yield Row(
                    figure.name, text.item, pair if figure.statistic == "macro_f1" else (float(pair[0] == pair[1]),)
                )


def predictions(learned: Vectors, labels: Labels, tested: Vectors) -> Mapping[str, Labels]:
    """Return the labels (m,) that a linear ``probe`` and ``kNN`` give the tested features (m, dim), of learned ones
    (n, dim) with labels (n,)."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.neighbors import KNeighborsClassifier

    models: dict[str, Any] = {"probe": LogisticRegression, "kNN": KNeighborsClassifier}
    settings: dict[str, dict[str, Any]] = {
        "probe": {"max_iter": _ROUNDS},
        "kNN": {"n_neighbors": min(_NEIGHBOURS, len(learned)), "metric": "cosine", "algorithm": "brute"},
    }
    return {name: model(**settings[name]).fit(learned, labels).predict(tested) for name, model in models.items()}
