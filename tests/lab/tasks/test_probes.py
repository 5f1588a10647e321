"""Sentence-content probes, against scikit-learn's ridge."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from broadsheet.core.errors import SourceError
from broadsheet.lab.tasks.probes import ridge
from judged_kit import HASH, RANDOM, real, rows_of, value, written


def test_the_probe_is_scikit_learns_ridge_on_both_signs_of_each_gap() -> None:
    gaps = np.random.default_rng(0).normal(size=(30, 50)) + 0.2
    strength = np.trace(gaps @ gaps.T) / 30
    both = np.vstack([gaps, -gaps])
    expected = Ridge(alpha=2 * strength, fit_intercept=False).fit(both, [1] * 30 + [-1] * 30).coef_
    assert ridge(gaps) == pytest.approx(expected, abs=1e-9)


def test_vectors_of_words_know_their_sentences_and_random_ones_do_not(data_dir: Path) -> None:
    task = real(data_dir, "roles-probes")
    assert value(task, HASH, "cosine accuracy") > 0.8
    assert value(task, HASH, "linear accuracy") > 0.8
    assert abs(value(task, RANDOM, "cosine accuracy") - 0.5) < 0.09
    assert abs(value(task, RANDOM, "linear accuracy") - 0.5) < 0.12
    assert len(rows_of(task, RANDOM, "linear accuracy")) < len(rows_of(task, RANDOM, "cosine accuracy"))


def test_short_paragraphs_are_not_enough(tmp_path: Path) -> None:
    task = written(tmp_path, 'kind = "probes"\ncolumns = { text = "text" }\n', {"a.jsonl": [{"text": "One sentence."}]})
    with pytest.raises(SourceError, match="0 paragraphs of 3 sentences"):
        list(task.rows(HASH))
