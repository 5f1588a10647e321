"""A folder that says what it is for is refused under another scheme, with the name to use."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from broadsheet.core.errors import ModelError
from broadsheet.encoders.facts import read_facts
from broadsheet.encoders.modules import read_steps
from broadsheet.encoders.scheme import require_scheme, scheme_of
from model_kit import MODELS, copy_model


def folder_of(path: Path, files: dict[str, Any]) -> Path:
    for name, values in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(json.dumps(values))
    return path


def steps(*kinds: str) -> dict[str, Any]:
    return {"modules.json": [{"path": "" if not n else f"{n}_{k}", "type": f"x.{k}"} for n, k in enumerate(kinds)]}


TOKENS = {"1_Dense/config.json": {"module_input_name": "token_embeddings"}}
SAID = [
    ("bert", steps("Transformer", "Pooling")),
    ("bert", {"config_sentence_transformers.json": {"model_type": "SentenceTransformer"}}),
    ("splade", steps("MLMTransformer", "SpladePooling")),
    ("splade", {"config_sentence_transformers.json": {"model_type": "SparseEncoder"}}),
    ("colbert", steps("Transformer", "Dense") | TOKENS),
    ("colbert", steps("Transformer", "Dense") | {"config_sentence_transformers.json": {"model_type": "ColBERT"}}),
    ("colbert", {"config.json": {"architectures": ["HF_ColBERT"]}}),
    ("pair", {"config.json": {"architectures": ["BertForSequenceClassification"]}}),
    ("pair", {"config_sentence_transformers.json": {"model_type": "CrossEncoder"}}),
]


@pytest.mark.parametrize(("said", "files"), SAID)
@pytest.mark.parametrize("asked", ["bert", "splade", "colbert", "pair"])
def test_only_the_scheme_that_the_files_name_is_taken(
    tmp_path: Path, asked: str, said: str, files: dict[str, Any]
) -> None:
    folder = folder_of(tmp_path, files)
    assert scheme_of(folder, read_steps(folder)) == said
    if asked == said:
        require_scheme(asked, folder, read_steps(folder))
        return
    with pytest.raises(ModelError, match=re.escape(f"Name it {said}:{folder}.")):
        require_scheme(asked, folder, read_steps(folder))


@pytest.mark.parametrize("files", [{}, {"config.json": {"architectures": ["BertForMaskedLM"]}},
                                   {"config.json": {"architectures": []}}, steps("Transformer", "Dense")])  # fmt: skip
@pytest.mark.parametrize("asked", ["bert", "splade", "colbert", "pair"])
def test_a_folder_that_says_nothing_is_taken_as_named(tmp_path: Path, asked: str, files: dict[str, Any]) -> None:
    folder = folder_of(tmp_path, files)
    assert scheme_of(folder, read_steps(folder)) == ""
    require_scheme(asked, folder, read_steps(folder))


def test_a_model_of_vectors_is_not_made_of_a_sparse_one(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is a model of sparse vectors, not a model of one vector a text"):
        read_facts(MODELS / "splade-bert")
    folder = copy_model("splade-bert", tmp_path / "copy")  # with its masked-language head, but as plain as any BERT
    for name in ("modules.json", "config_sentence_transformers.json"):
        (folder / name).unlink()
    assert read_facts(folder).pooling == "mean"
