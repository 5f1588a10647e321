"""The classifier of a cross-encoder: its labels, what is pooled and what a score goes through."""

from __future__ import annotations

import pytest

from broadsheet.encoders.facts import read_facts
from broadsheet.encoders.folder import Config
from broadsheet.encoders.heads.classifier import Classifier, read_classifier
from broadsheet.encoders.heads.vector import Head
from model_kit import MODELS


def head_of(name: str) -> Classifier:
    folder = MODELS / name
    return read_classifier(
        read_facts(folder, head=Head()), Config.optional(folder / "config_sentence_transformers.json")
    )


@pytest.mark.parametrize(
    ("name", "out", "activation", "finish"),
    [
        ("pair-bert", "classifier", "tanh", "sigmoid"),
        ("pair-distilbert", "classifier", "relu", "identity"),
        ("pair-mpnet", "classifier.out_proj", "tanh", "sigmoid"),
        ("pair-roberta", "classifier.out_proj", "tanh", "identity"),
    ],
)
def test_each_family_has_its_own_head(name: str, out: str, activation: str, finish: str) -> None:
    head = head_of(name)
    assert (head.names.out, head.activation, head.finish, head.pooling) == (out, activation, finish, "cls")
    assert head.layout[f"{out}.weight"] == (1, 16)
    assert head.labels == ("LABEL_0",)


def test_labels_have_names() -> None:
    head = head_of("pair-labels")
    assert (head.labels, head.finish) == (("contradiction", "entailment", "neutral"), "softmax")
    assert head.label("neutral") == 2
    with pytest.raises(ValueError, match="Did you mean neutral"):
        head.label("neutrl")
