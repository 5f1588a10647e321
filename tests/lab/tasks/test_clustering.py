"""Clusters are those of k-means with the seed, and V-measure is scikit-learn's."""

from __future__ import annotations

from pathlib import Path

import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import v_measure_score

from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.subject import Dense
from broadsheet.lab.tasks import task_of
from broadsheet.lab.tasks.clustering import Clustering
from task_kit import LABELLED, described, values

ABOUT = 'kind = "clustering"\ncolumns = { text = "text", label = "label" }\n'


@pytest.mark.parametrize("seed", [0, 1])
def test_values_are_those_of_scikit_learn(tmp_path: Path, seed: int) -> None:
    vectors = HashEncoder().encode([row["text"] for row in LABELLED])
    clusters = KMeans(3, n_init=5, random_state=seed).fit_predict(vectors)
    theirs = v_measure_score([row["label"] for row in LABELLED], clusters)
    task = task_of(described(tmp_path, LABELLED, ABOUT))
    assert values(task, Dense(HashEncoder(), "hash"), seed=seed) == pytest.approx({"V-measure": theirs})


def test_known_items_are_measured_again_with_the_others(tmp_path: Path) -> None:
    task = task_of(described(tmp_path, LABELLED, ABOUT))
    assert isinstance(task, Clustering)
    items = [text.item for text in task.read()]
    assert len(list(task.rows(Dense(HashEncoder(), "hash"), known=items[1:]))) == len(items)
    assert list(task.rows(Dense(HashEncoder(), "hash"), known=items)) == []
