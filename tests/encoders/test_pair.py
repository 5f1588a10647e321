"""Scores of pairs are those of sentence-transformers, and what does not fit is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from broadsheet.core.errors import ModelError, UsageError
from broadsheet.core.protocols import Encoder, PairScorer, SparseEncoder
from broadsheet.encoders.bert import BertEncoder
from broadsheet.encoders.pair import PairModel, named
from model_kit import MODELS, copy_model
from parity_texts import TEXTS

QUERIES = (7, 20, 35)
NAMES = ["pair-bert", "pair-distilbert", "pair-modernbert", "pair-mpnet", "pair-roberta", "pair-steps"]


def opened(name: str, **options: Any) -> PairModel:
    return PairModel(MODELS / name, name=f"pair:{name}", **options)


def edited(folder: Path, file: str, **values: Any) -> Path:
    made = copy_model("pair-bert", folder)
    (made / file).write_text(json.dumps(json.loads((made / file).read_text()) | values))
    return made


@pytest.mark.usefixtures("exact")
@pytest.mark.parametrize("name", NAMES)
def test_scores_are_those_of_sentence_transformers(name: str) -> None:
    reference = np.load(MODELS / name / "scores.npy")[:, :, 0]
    scores = np.stack([opened(name).score(TEXTS[query], TEXTS) for query in QUERIES])
    np.testing.assert_allclose(scores, reference, atol=2e-5)
    gaps = np.abs(reference[:, :, None] - reference[:, None, :]) > 1e-4
    same = (scores[:, :, None] < scores[:, None, :]) == (reference[:, :, None] < reference[:, None, :])
    assert gaps.mean() > 0.5, "most texts have one score, so that their order says nothing"
    assert same[gaps].all()


@pytest.mark.usefixtures("exact")
@pytest.mark.parametrize(("label", "place"), [("contradiction", 0), ("entailment", 1), ("neutral", 2)])
def test_of_several_labels_the_chance_of_one_is_the_score(label: str, place: int) -> None:
    reference = np.load(MODELS / "pair-labels" / "scores.npy")
    model = opened("pair-labels", label=label)
    for row, query in enumerate(QUERIES):
        np.testing.assert_allclose(model.score(TEXTS[query], TEXTS), reference[row, :, place], atol=2e-5)
    assert model.manifest.pooling == f"softmax of {label}"


def test_steps_of_its_own_are_part_of_it(tmp_path: Path) -> None:
    model = opened("pair-steps")
    assert model.manifest.pooling == (
        "cls, then dense 16 to 16, GELU, then layer norm, then dense 16 to 1, Identity, then identity"
    )
    folder = copy_model("pair-steps", tmp_path / "copy")
    last = folder / "4_Dense" / "model.safetensors"
    save_file({name: 2 * each for name, each in load_file(last).items()}, last)
    other = PairModel(folder, name="pair:pair-steps")
    assert other.manifest.key != model.manifest.key
    np.testing.assert_allclose(other.score("a", TEXTS), 2 * model.score("a", TEXTS), rtol=0.02, atol=0.02)
    (folder / "modules.json").write_text(
        json.dumps([row for row in json.loads((folder / "modules.json").read_text()) if "4_Dense" not in row["path"]])
    )
    with pytest.raises(ModelError, match="is a model of one vector a text, not a cross-encoder"):
        PairModel(folder, name="pair:cut")
    with pytest.raises(ModelError, match="is a cross-encoder, not a model of one vector"):
        BertEncoder(MODELS / "pair-steps", name="bert:pair-steps", version="")


def test_it_is_a_scorer_of_pairs_and_nothing_else() -> None:
    model = opened("pair-bert")
    assert isinstance(model, PairScorer)
    assert not isinstance(model, Encoder | SparseEncoder)
    assert (model.score("a", []).shape, model.score("a", []).dtype) == ((0,), np.float32)
    assert (model.manifest.dim, model.manifest.pooling, model.manifest.max_length) == (1, "sigmoid", 48)


def test_a_pair_has_the_same_score_alone_and_among_others() -> None:
    model = opened("pair-bert")
    whole = model.score("graph", TEXTS)
    alone = np.concatenate([model.score("graph", [text]) for text in TEXTS])
    np.testing.assert_allclose(alone, whole, atol=0.02)  # bf16, where the processor has it


def test_the_label_must_be_one_of_the_models() -> None:
    with pytest.raises(UsageError, match=r"labels contradiction, entailment, neutral.*label=\.\.\."):
        named(str(MODELS / "pair-labels"))
    with pytest.raises(UsageError, match="Did you mean entailment"):
        named(f"{MODELS / 'pair-labels'}?label=entailmnt")
    made = named(f"{MODELS / 'pair-labels'}?label=entailment")
    assert made.name == f"pair:{MODELS / 'pair-labels'}?label=entailment"
    with pytest.raises(UsageError, match="needs a folder"):
        named("")


def test_a_model_of_vectors_is_refused_and_one_of_pairs_by_the_other_scheme() -> None:
    with pytest.raises(ModelError, match=r"not a cross-encoder\. Name it bert:"):
        opened("bert")


@pytest.mark.parametrize(
    ("file", "values", "words"),
    [
        ("config.json", {"id2label": {"1": "A"}}, "id2label has no label 0"),
        ("config.json", {"id2label": {}}, "expected 1 to 1,000 labels"),
        ("config.json", {"id2label": {"0": "A", "1": "B"}}, "labels A, B"),
        ("config_sentence_transformers.json", {"activation_fn": "os.system"}, "'os.system'; expected torch's Identity"),
    ],
)
def test_what_is_not_offered_is_named(tmp_path: Path, file: str, values: dict[str, Any], words: str) -> None:
    with pytest.raises((ModelError, UsageError), match=words):
        PairModel(edited(tmp_path / "copy", file, **values), name="pair:copy")


def test_a_template_for_pairs_is_read_with_mistrust(tmp_path: Path) -> None:
    folder = copy_model("pair-bert", tmp_path / "copy")
    path = folder / "tokenizer.json"
    values = json.loads(path.read_text())
    values["post_processor"]["pair"] += [{"Sequence": {"id": "A", "type_id": 0}}]
    path.write_text(json.dumps(values))
    with pytest.raises(ModelError, match=r"post_processor\.pair.*texts A and B once"):
        PairModel(folder, name="pair:copy").score("a", ["b"])


def test_a_kind_that_the_model_does_not_have_is_named(tmp_path: Path) -> None:
    folder = copy_model("pair-bert", tmp_path / "copy")
    path = folder / "tokenizer.json"
    path.write_text(path.read_text().replace('"type_id": 1', '"type_id": 7'))
    with pytest.raises(ModelError, match=r"has the kind 7; config\.json has 2 kinds"):
        PairModel(folder, name="pair:copy").score("a", ["b"])
