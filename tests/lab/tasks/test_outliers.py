"""Outlier detection: strange texts among those of a class."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import NearestNeighbors

from broadsheet.core.errors import SourceError
from broadsheet.lab.tasks.outliers import auc, mixture, nearness
from judged_kit import HASH, rows_of, value, written

ABOUT = 'kind = "outliers"\ncolumns = { text = "text", label = "label" }\n'
BOATS = [f"the {size} boat {act} {place}" for size in ("old", "long") for act in ("drifts on", "leaves", "finds")
         for place in ("the lake", "the harbour", "a river", "an island")]  # fmt: skip
BREAD = [f"bread with {extra} {act} in {hours}" for extra in ("rye", "seeds") for act in ("rises", "bakes", "cools")
         for hours in ("one hour", "two hours", "a night", "a day")]  # fmt: skip


def test_area_under_the_curve_is_scikit_learns() -> None:
    random = np.random.default_rng(1)
    one, other = random.normal(0.5, 1, 40).round(1), random.normal(0, 1, 60).round(1)
    expected = roc_auc_score([1] * 40 + [0] * 60, np.concatenate([one, other]))
    assert auc(one, other) == pytest.approx(expected, abs=1e-12)


def test_nearness_is_that_of_scikit_learns_neighbours() -> None:
    vectors = HASH.features([*BOATS, *BREAD])
    distances = NearestNeighbors(n_neighbors=6, metric="cosine").fit(vectors).kneighbors(vectors)[0][:, 1:]
    assert nearness(vectors, 5) == pytest.approx(1 - distances.mean(axis=1), abs=1e-5)


def test_texts_of_another_class_are_found(tmp_path: Path) -> None:
    rows = [{"text": text, "label": label} for label, texts in (("boats", BOATS), ("bread", BREAD)) for text in texts]
    task = written(tmp_path, ABOUT, {"texts.jsonl": [*rows, {"text": "alone", "label": "other"}]})
    assert {row.item for row in rows_of(task, HASH, "AUC")} == {"boats", "bread"}
    assert value(task, HASH, "AUC") > 0.95
    assert "1 classes have fewer than 20 texts" in " ".join(task.warnings)


def test_a_mixture_is_the_same_each_time_and_has_no_text_of_both() -> None:
    texts = {"boats": BOATS, "bread": [*BREAD, BOATS[0]]}
    first, again = (mixture(texts, "boats", np.random.default_rng(3)) for _ in range(2))
    assert first == again
    assert set(first[1]) <= set(BREAD)


def test_one_class_is_not_enough(tmp_path: Path) -> None:
    task = written(tmp_path, ABOUT, {"texts.jsonl": [{"text": text, "label": "boats"} for text in BOATS]})
    with pytest.raises(SourceError, match="outliers need two"):
        list(task.rows(HASH))
