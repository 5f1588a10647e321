from __future__ import annotations

import sys
import types
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from broadsheet.core.errors import ModelError, UsageError
from broadsheet.encoders.st import named
from broadsheet.testing import check_encoder
from tinybert import write_tiny


class FakeModel:
    """The part of SentenceTransformer's face that is used; rows are not of length 1, as with many real models."""

    prompts: ClassVar = {"query": "find: ", "document": ""}
    opened: ClassVar[list[tuple[str, dict[str, Any]]]] = []

    def __init__(self, where: str, **options: Any) -> None:
        if "absent" in where:
            raise OSError(f"{where} is not a local folder\nand a long explanation")
        self.opened.append((where, options))

    def __getitem__(self, index: int) -> object:
        return object()

    def get_embedding_dimension(self) -> int:
        return 4

    def get_max_seq_length(self) -> int:
        return 5

    def encode_document(self, texts: list[str], **options: Any) -> np.ndarray:
        return np.array([[len(t) + 1, t.count("a"), t.count("e"), 2] for t in texts], "f4")

    def encode_query(self, texts: list[str], **options: Any) -> np.ndarray:
        return self.encode_document([self.prompts["query"] + text for text in texts])

    def tokenizer(self, text: str, verbose: bool) -> Any:
        return types.SimpleNamespace(input_ids=text.split())


@pytest.fixture
def torch_side(monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType("sentence_transformers")
    module.SentenceTransformer = FakeModel  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "sentence_transformers", module)
    FakeModel.opened.clear()


@pytest.mark.usefixtures("torch_side")
def test_it_keeps_the_promises() -> None:
    check_encoder(named("org/model"))


@pytest.mark.usefixtures("torch_side")
def test_only_safetensors_and_no_foreign_code_are_asked_for() -> None:
    named("org/model").encode(["a"])
    where, options = FakeModel.opened[0]
    assert where == "org/model"
    assert options["trust_remote_code"] is False
    assert options["model_kwargs"]["use_safetensors"] is True


@pytest.mark.usefixtures("torch_side")
def test_roles_prompts_and_lengths_are_the_models() -> None:
    encoder = named("org/model")
    assert encoder.manifest.prompts == {"query": "find: "}
    assert not np.allclose(encoder.encode(["a"]), encoder.encode(["a"], role="query"))
    assert encoder.too_long(["a b c d e", "a b c d e f"]).tolist() == [False, True]


@pytest.mark.usefixtures("torch_side")
def test_a_model_that_was_added_from_the_hub_leaves_its_vectors_as_they_were(tmp_path: Path) -> None:
    write_tiny(tmp_path / "org" / "model")
    (tmp_path / "org" / "model" / "hub.json").write_text("{}")
    encoder = named("org/model", models=tmp_path)
    assert (encoder.manifest.weights, FakeModel.opened[0][0]) == ("", "org/model")


@pytest.mark.usefixtures("torch_side")
def test_a_folder_among_the_models_is_named_by_its_weights(tmp_path: Path) -> None:
    write_tiny(tmp_path / "tiny")
    encoder = named("tiny", models=tmp_path)
    assert len(encoder.manifest.weights) == 64
    assert FakeModel.opened[0][0] == str(tmp_path / "tiny")


@pytest.mark.usefixtures("torch_side")
def test_a_model_that_cannot_be_loaded_is_one_line() -> None:
    with pytest.raises(ModelError, match="st:org/absent cannot be loaded: org/absent is not a local folder") as caught:
        named("org/absent").encode(["a"])
    assert "\n" not in str(caught.value)


def test_without_torch_the_install_line_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(ModelError, match=r'pip install "broadsheet\[torch\]"'):
        named("org/model").encode(["a"])


def test_st_alone_is_not_enough() -> None:
    with pytest.raises(UsageError, match="st:ORG/NAME"):
        named("")
