"""Sparse vectors are those of sentence-transformers, whatever the batch; folders without such a head are refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from broadsheet.core.errors import ModelError, UsageError
from broadsheet.core.protocols import Encoder, Role, SparseEncoder, SparseVectors
from broadsheet.encoders.splade import SpladeEncoder, named
from model_kit import MODELS, copy_model
from parity_texts import TEXTS


def opened(name: str, **options: Any) -> SpladeEncoder:
    return SpladeEncoder(MODELS / name, name=f"splade:{name}", **options)


def same(made: SparseVectors, file: Path, *, least: float = 1e-4) -> None:
    """Each weight is the reference's; a term that only one of them has weighs almost nothing."""
    known = np.load(file)
    for row in range(len(TEXTS)):
        ours, theirs = np.zeros(made.size), np.zeros(made.size)
        part, there = slice(*made.starts[row : row + 2]), slice(*known["starts"][row : row + 2])
        ours[made.terms[part]], theirs[known["terms"][there]] = made.weights[part], known["weights"][there]
        assert np.abs(ours - theirs).max() < least, f"text {row}, {TEXTS[row][:40]!r}"


@pytest.mark.usefixtures("exact")
@pytest.mark.parametrize(
    "name", ["splade-bert", "splade-distilbert", "splade-modernbert", "splade-roberta", "splade-sum"]
)
def test_terms_are_those_of_sentence_transformers(name: str) -> None:
    made = opened(name).sparse_vectors(TEXTS)
    same(made, MODELS / name / "terms.npz")
    counts = np.diff(made.starts)
    assert counts.min() < counts.max() < made.size, "every text has the same terms, so that nothing was compared"


@pytest.mark.usefixtures("exact")
def test_a_prompt_stands_before_queries() -> None:
    same(opened("splade-bert").sparse_vectors(TEXTS, role="query"), MODELS / "splade-bert" / "terms-query.npz")


@pytest.mark.parametrize("role", ["query", "document"])
def test_a_text_has_the_same_terms_alone_and_among_others(role: Role) -> None:
    encoder = opened("splade-bert")
    whole = encoder.sparse_vectors(TEXTS, role=role)
    for row, text in enumerate(TEXTS):
        alone = encoder.sparse_vectors([text], role=role)
        part = slice(*whole.starts[row : row + 2])
        heavy = {t for t, w in zip(whole.terms[part].tolist(), whole.weights[part].tolist(), strict=True) if w > 0.05}
        assert heavy <= set(alone.terms.tolist()), text[:40]
    assert (np.diff(whole.terms) > 0).sum() >= len(whole.terms) - len(TEXTS), "terms ascend within a text"


def test_no_text_gives_no_rows_and_it_is_no_encoder_of_vectors() -> None:
    encoder = opened("splade-bert")
    made = encoder.sparse_vectors([])
    assert (made.starts.tolist(), len(made.terms), made.size) == ([0], 0, 400)
    assert isinstance(encoder, SparseEncoder)
    assert not isinstance(encoder, Encoder)


def test_terms_are_as_many_as_the_switch_says_and_the_manifest_knows() -> None:
    folder = MODELS / "splade-bert"
    plain, few = named(str(folder)), named(f"{folder}?terms=3")
    assert np.diff(few.sparse_vectors(TEXTS).starts).max() == 3
    assert (plain.name, few.name) == (f"splade:{folder}", f"splade:{folder}?terms=3")
    assert plain.manifest.key != few.manifest.key
    assert plain.manifest.dim == 400
    assert plain.manifest.pooling == "max of relu"


@pytest.mark.parametrize(
    ("rest", "words"),
    [
        ("", "needs a folder"),
        ("x?terms=0", "terms is '0'"),
        ("x?terms=many", "whole number"),
        ("x?layers=1", "unknown"),
    ],
)
def test_a_name_that_says_nothing_is_refused(rest: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        named(rest)


def test_a_model_without_the_head_says_what_it_is_for() -> None:
    with pytest.raises(
        ModelError, match=r"a model of one vector a text, not a model of sparse vectors\. Name it bert:"
    ):
        opened("bert")


def test_a_model_that_does_not_say_what_it_is_for_is_refused_by_its_tensors(tmp_path: Path) -> None:
    folder = copy_model("bert", tmp_path / "copy")
    (folder / "modules.json").unlink()
    (folder / "config_sentence_transformers.json").unlink()
    shutil.rmtree(folder / "1_Pooling")
    with pytest.raises(ModelError, match=r"no masked-language head \(cls.predictions.transform.dense.weight\)"):
        SpladeEncoder(folder, name="splade:copy").sparse_vectors(["a"])


def test_steps_that_are_not_offered_are_named(tmp_path: Path) -> None:
    folder = copy_model("splade-bert", tmp_path / "copy")
    path = folder / "modules.json"
    rows = json.loads(path.read_text())
    path.write_text(json.dumps([*rows, {"path": "2_SparseAutoEncoder", "type": "x.SparseAutoEncoder"}]))
    with pytest.raises(ModelError, match=r"x\.SparseAutoEncoder.*nothing may follow.*st:NAME"):
        SpladeEncoder(folder, name="splade:copy")
    path.write_text(json.dumps([{"path": "", "type": "x.Router"}, rows[1]]))
    with pytest.raises(ModelError, match="splade is a transformer and a SpladePooling"):
        SpladeEncoder(folder, name="splade:copy")


@pytest.mark.parametrize(("key", "value"), [("pooling_strategy", "mean"), ("activation_function", "tanh")])
def test_another_weighing_is_refused(tmp_path: Path, key: str, value: str) -> None:
    folder = copy_model("splade-bert", tmp_path / "copy")
    path = folder / "1_SpladePooling" / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {key: value}))
    with pytest.raises(ModelError, match=f"{key} is '{value}'"):
        SpladeEncoder(folder, name="splade:copy")
