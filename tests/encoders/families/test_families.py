"""Each family is proven: tiny models give the vectors and the ranks that sentence-transformers gives."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from broadsheet.encoders.families import FAMILIES
from model_kit import MODELS, ROUGH, assert_proven, assert_ranks, assert_same, expected, open_model
from parity_texts import MARKED, TEXTS

DENSE = sorted(path.parent.name for path in MODELS.glob("*/expected.npy"))
"""Cases whose ``expected.npy`` is the unit row of each of the fifty texts."""


@pytest.mark.usefixtures("exact")
@pytest.mark.parametrize("name", DENSE)
def test_vectors_and_ranks_are_those_of_sentence_transformers(name: str) -> None:
    assert_proven(name)


@pytest.mark.usefixtures("exact")
@pytest.mark.parametrize("name", sorted(path.parent.name for path in MODELS.glob("*/marked.npy")))
def test_a_text_that_names_the_padding_is_numbered_as_there(name: str) -> None:
    assert_same(open_model(name).encode(MARKED), expected(name, "marked.npy"))


@pytest.mark.parametrize("name", DENSE)
def test_the_precision_that_the_processor_chooses_stays_near(name: str) -> None:
    assert_same(open_model(name).encode(TEXTS), expected(name), least=ROUGH)


def test_every_family_has_a_case() -> None:
    kinds = {json.loads((MODELS / name / "config.json").read_text())["model_type"] for name in DENSE}
    assert kinds >= set(FAMILIES)


@pytest.mark.parametrize("name", DENSE)
def test_the_reference_tells_texts_apart(name: str) -> None:
    rows = expected(name)
    assert np.abs(np.linalg.norm(rows, axis=1) - 1).max() < 1e-5
    cosines = (rows @ rows.T)[np.triu_indices(len(rows), 1)]
    assert np.quantile(cosines, 0.25) < 0.85
    assert cosines.min() < 0.5


@pytest.mark.parametrize("fault", ["moved", "swapped"])
def test_a_fault_is_seen(fault: str) -> None:
    rows = expected("bert")
    wrong = rows + np.float32(0.003) if fault == "moved" else rows[[0, 30, *range(2, 50)]]
    with pytest.raises(AssertionError):
        assert_same(wrong, rows)
    turned = rows.copy()
    turned[5] = rows[4] * 0.5 + rows[30] * 0.5
    with pytest.raises(AssertionError):
        assert_ranks(turned, rows)


def test_a_case_is_small() -> None:
    for folder in {path.parent for path in MODELS.glob("*/config.json")}:
        assert sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file()) < 130_000, folder
