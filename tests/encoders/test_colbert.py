"""Token vectors are those of sentence-transformers, for folders as it, PyLate and ColBERT's own code save them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from broadsheet.core.errors import ModelError, UsageError
from broadsheet.core.maxsim import max_sims, stacked
from broadsheet.core.protocols import Encoder, PairScorer, SparseEncoder, TokenEncoder, TokenVectors
from broadsheet.encoders.colbert import ColbertEncoder, named
from model_kit import MODELS, copy_model
from parity_texts import TEXTS

ASKED = 12
LIMITS = "sentence_bert_config.json"
NAMES = ["colbert", "colbert-first", "colbert-masks", "colbert-pylate"]


def opened(name: str) -> ColbertEncoder:
    return ColbertEncoder(MODELS / name, name=f"colbert:{name}")


def changed(folder: Path, name: str, file: str, **values: Any) -> ColbertEncoder:
    path = copy_model(name, folder) / file
    path.write_text(json.dumps(json.loads(path.read_text()) | values))
    return ColbertEncoder(folder, name="colbert:copy")


def assert_rows(made: list[TokenVectors], reference: np.ndarray, counts: np.ndarray) -> None:
    assert [len(each.vectors) for each in made] == counts.tolist()
    assert [len(each.tokens) for each in made] == [len(each.spans) for each in made] == counts.tolist()
    rows = np.concatenate([each.vectors for each in made])
    np.testing.assert_allclose(rows, reference, atol=2e-5)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


@pytest.mark.usefixtures("exact")
@pytest.mark.parametrize("name", NAMES)
def test_token_vectors_are_those_of_sentence_transformers(name: str) -> None:
    encoder, known = opened(name), np.load(MODELS / name / "tokens.npz")
    queries = encoder.token_vectors(TEXTS[:ASKED], role="query")
    documents = encoder.token_vectors(TEXTS)
    assert_rows(queries, known["query"], known["query_counts"])
    assert_rows(documents, known["document"], known["document_counts"])
    matrix = stacked([each.vectors for each in documents], encoder.dim)
    scores = np.stack([max_sims(each.vectors, matrix) for each in queries])
    np.testing.assert_allclose(scores, known["scores"], atol=0.02)  # documents are kept in float16
    gaps = known["scores"][:, :, None] - known["scores"][:, None, :] > 0.05
    assert gaps.mean() > 0.3
    assert (scores[:, :, None] > scores[:, None, :])[gaps].all()


def test_queries_are_filled_up_and_words_skipped() -> None:
    encoder = opened("colbert-pylate")
    query, document = (encoder.token_vectors(["graph, paper."], role=role)[0] for role in ("query", "document"))  # type: ignore[arg-type]
    assert len(query.tokens) == 24
    assert query.tokens[:2] == ("[CLS]", "[unused0]")
    assert set(query.tokens[-10:]) == {"[MASK]"}
    assert not query.spans[-10:].any()
    assert document.tokens[:2] == ("[CLS]", "[unused1]")
    assert not {",", "."} & set(document.tokens)
    assert {",", "."} <= set(query.tokens)
    first = next(place for place, span in enumerate(document.spans) if span.any())
    assert "graph, paper.".startswith("graph, paper."[slice(*document.spans[first])])


def test_a_text_has_the_same_tokens_alone_and_among_others() -> None:
    encoder = opened("colbert-masks")
    for whole, text in zip(encoder.token_vectors(TEXTS, role="query"), TEXTS, strict=True):
        alone = encoder.token_vectors([text], role="query")[0]
        assert alone.tokens == whole.tokens
        np.testing.assert_allclose(alone.vectors, whole.vectors, atol=0.1)  # bf16, where the processor has it


def test_another_projection_gives_vectors_that_are_not_compared(tmp_path: Path) -> None:
    folder = copy_model("colbert", tmp_path / "copy")
    (last,) = folder.glob("*_Dense/model.safetensors")
    save_file({name: -each for name, each in load_file(last).items()}, last)
    other = ColbertEncoder(folder, name="colbert:colbert")
    assert other.manifest.key != ColbertEncoder(MODELS / "colbert", name="colbert:colbert").manifest.key


def test_it_is_an_encoder_of_tokens_and_nothing_else() -> None:
    encoder = opened("colbert")
    assert isinstance(encoder, TokenEncoder)
    assert not isinstance(encoder, Encoder | PairScorer | SparseEncoder)
    assert encoder.token_vectors([]) == []
    assert (encoder.manifest.dim, encoder.manifest.max_length, encoder.manifest.pooling) == (8, 32, "none: tokens")
    assert encoder.manifest.prompts == {"query": "the query of a reader: ", "document": "a paper: "}


def test_names_and_other_kinds_are_refused() -> None:
    with pytest.raises(UsageError, match="needs a folder"):
        named("")
    with pytest.raises(UsageError, match="switch 'layers' is unknown"):
        named(f"{MODELS / 'colbert'}?layers=1")
    with pytest.raises(ModelError, match=r"a model of one vector a text, not a model of token vectors\. Name it bert:"):
        named(str(MODELS / "bert"))


@pytest.mark.parametrize(
    ("name", "file", "values", "words"),
    [
        ("colbert-masks", LIMITS, {"query_expansion": {"strategy": "max"}}, "strategy fixed or min"),
        ("colbert-masks", LIMITS, {"query_expansion": {"strategy": "min", "length": 0}}, "length is 0"),
        ("colbert-masks", "2_MultiVectorMask/config.json", {"keep_only_token_ids": [3]}, "those of pictures"),
        ("colbert-masks", "2_MultiVectorMask/config.json", {"skiplist_words": "the"}, "expected a list"),
        ("colbert-pylate", "config_sentence_transformers.json", {"query_prefix": 7}, "7 is no word"),
        ("colbert-first", "artifact.metadata", {"dim": 16}, r"linear.weight is F16 \(8, 16\); expected .* \(16, 16\)"),
        ("colbert-first", "artifact.metadata", {"query_maxlen": "many"}, "query_maxlen is 'many'"),
    ],
)  # fmt: skip
def test_what_is_not_offered_is_named(tmp_path: Path, name: str, file: str, values: dict[str, Any], words: str) -> None:
    with pytest.raises(ModelError, match=words):
        changed(tmp_path / "copy", name, file, **values).token_vectors(["a"])


def test_a_tokenizer_without_a_mask_cannot_fill_queries_up(tmp_path: Path) -> None:
    expansion = {"strategy": "fixed", "length": 20, "token": "[NONE]"}
    encoder = changed(tmp_path / "copy", "colbert-masks", "sentence_bert_config.json", query_expansion=expansion)
    with pytest.raises(ModelError, match=r"no token \[NONE\] to fill queries up with"):
        encoder.token_vectors(["a"], role="query")
    assert encoder.token_vectors(["a"])[0].vectors.shape[1] == 8


def test_a_step_that_is_not_offered_is_named(tmp_path: Path) -> None:
    folder = copy_model("colbert", tmp_path / "copy")
    rows = json.loads((folder / "modules.json").read_text())
    rows.append({"path": "4_Pool", "type": "x.HierarchicalTokenPooling"})
    (folder / "modules.json").write_text(json.dumps(rows))
    with pytest.raises(ModelError, match=r"x\.HierarchicalTokenPooling.*not known in a model of token vectors.*st:"):
        ColbertEncoder(folder, name="colbert:copy")
