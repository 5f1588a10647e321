"""The masked-language head of a model: the states of a text's tokens -> a number for each word of its vocabulary.

state -> dense, activated, normalised -> its product with each row of the table of words, and the word's bias
the largest of each word over the tokens, below 0 as 0, its logarithm with 1 added -> weighted terms

Devlin et al. 2019, "BERT" (the head); Formal et al. 2021, "SPLADE v2" (the largest over tokens); Formal et al. 2021,
"SPLADE" (the sum over tokens); Shen et al. 2025, "Exploring l0 Sparsification for Inference-free Sparse Retrievers"
(the logarithm twice).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from broadsheet.core.errors import ModelError
from broadsheet.encoders.families.family import ACTIVATIONS, Layout, Shape
from broadsheet.encoders.families.operations import (
    Tensors,
    activated,
    constant,
    linear,
    normalised,
    number,
    whole,
    wholes,
)
from broadsheet.encoders.folder import Config, read_tensors, tensor_names
from broadsheet.encoders.modules import read_steps
from broadsheet.encoders.quiet import op
from broadsheet.encoders.scheme import require_scheme


class Weighing(NamedTuple):
    """How the logits of the tokens become weights: which of them counts (``max``, or the ``sum`` of all), and the
    logarithm, once (``relu``) or twice (``log1p_relu``)."""

    strategy: str = "max"
    activation: str = "relu"


_WEIGHING = {"pooling_strategy": "max", "activation_function": "relu"}
_STRATEGIES, _LOGARITHMS = dict.fromkeys(["max", "sum"]), dict.fromkeys(["relu", "log1p_relu"])


class Names(NamedTuple):
    """How a family calls the parts of its head: the transform, its norm, the biases of the words (the first that the
    file has, or the last where the head has a table of words of its ``own``), and the model's ``table``; the key of
    config.json that names the ``activation``, empty where it is always gelu."""

    dense: str
    norm: str
    biases: tuple[str, ...]
    own: str
    table: str = "embeddings.word_embeddings.weight"
    activation: str = ""


_BERT = Names("cls.predictions.transform.dense", "cls.predictions.transform.LayerNorm",
              ("cls.predictions.bias", "cls.predictions.decoder.bias"), "cls.predictions.decoder.weight",
              activation="hidden_act")  # fmt: skip
_ROBERTA = Names("lm_head.dense", "lm_head.layer_norm", ("lm_head.bias", "lm_head.decoder.bias"),
                 "lm_head.decoder.weight")  # fmt: skip
_DISTILBERT = Names("vocab_transform", "vocab_layer_norm", ("vocab_projector.bias",), "vocab_projector.weight",
                    activation="activation")  # fmt: skip
_MODERNBERT = Names("head.dense", "head.norm", ("decoder.bias",), "decoder.weight", "embeddings.tok_embeddings.weight",
                    "classifier_activation")  # fmt: skip
HEADS: Mapping[str, Names] = {
    "bert": _BERT, "camembert": _ROBERTA, "distilbert": _DISTILBERT, "modernbert": _MODERNBERT, "mpnet": _ROBERTA,
    "roberta": _ROBERTA, "xlm-roberta": _ROBERTA,
}  # fmt: skip
"""``model_type`` of config.json -> the names in its masked-language head."""


class Vocabulary(NamedTuple):
    """A head as it runs: its tensors by the family's ``names``, ``bias`` by the name in the file, whether the table of
    words is the model's own (``tied``), the activation."""

    names: Names
    tensors: Tensors
    bias: str
    tied: bool
    activation: str


def read_vocabulary(folder: Path, weights: Path, shape: Shape) -> Vocabulary:
    """Read the masked-language head of a model folder; ModelError if it has none or a part of it does not fit."""
    config = Config.read(folder / "config.json")
    names, there = HEADS[config.choice("model_type", HEADS)], tensor_names(weights)
    if f"{names.dense}.weight" not in there:
        raise ModelError(
            f"{weights} has no masked-language head ({names.dense}.weight), which splade needs. Name a model of "
            "sentence vectors bert:FOLDER, a cross-encoder pair:FOLDER."
        )
    tied = config.flag("tie_word_embeddings", True)
    bias = next((name for name in (names.biases if tied else names.biases[::-1]) if name in there), "")
    layout: Layout = {f"{names.dense}.weight": (shape.hidden, shape.hidden), f"{names.norm}.weight": (shape.hidden,)}
    layout |= {f"{part}.bias": (shape.hidden,) for part in (names.dense, names.norm) if f"{part}.bias" in there}
    layout |= {bias: (shape.words,)} if bias else {}
    layout |= {} if tied else {names.own: (shape.words, shape.hidden)}
    chosen = config.choice(names.activation, ACTIVATIONS) if names.activation in config.values else "gelu"
    return Vocabulary(names, read_tensors(weights, layout), bias, tied, ACTIVATIONS[chosen])


def read_weighing(folder: Path) -> Weighing:
    """Read how a model folder says that logits become weights; as in SPLADE v2 where it says nothing. ModelError for
    a model of another kind."""
    steps = read_steps(folder)
    require_scheme("splade", folder, steps)
    for step in steps[2:]:
        raise step.error("nothing may follow the weights of terms")
    if len(steps) < 2:
        return Weighing()
    if steps[0].kind not in ("Transformer", "MLMTransformer") or steps[1].kind != "SpladePooling":
        raise steps[1].error("splade is a transformer and a SpladePooling")
    config = steps[1].config()
    chosen = Config(config.path, _WEIGHING | dict(config.values))
    return Weighing(chosen.choice("pooling_strategy", _STRATEGIES), chosen.choice("activation_function", _LOGARITHMS))


def build_weights(shape: Shape, tensors: Tensors, head: Vocabulary, weighing: Weighing, states: Any, mask: Any) -> Any:
    """Build the graph from states, float32 (n, length, hidden), and mask (n, length) to what each word of the
    vocabulary weighs in each text, float32 (n, words), at least 0."""
    names, own = head.names, head.tensors
    made = normalised(own, names.norm, activated(head.activation, linear(own, names.dense, states)), shape.epsilon)
    words = constant(own[names.own] if not head.tied else tensors[names.table])
    bias = constant(own[head.bias]) if head.bias else number(0.0)
    there = op.unsqueeze(mask, wholes([2]))
    if weighing.strategy == "max":  # what fills up is the first token once more, which changes no largest number
        first = op.multiply(op.gather(made, wholes([0]), whole(1)), op.subtract(number(1.0), there))
        logits = op.matmul(op.add(op.multiply(made, there), first), words, False, True)
        return _weight(op.add(op.reduce_max(logits, wholes([1]), False), bias), weighing)
    logits = op.add(op.matmul(made, words, False, True), bias)
    return op.reduce_sum(op.multiply(_weight(logits, weighing), there), wholes([1]), False)


def _weight(logits: Any, weighing: Weighing) -> Any:
    once = op.log(op.add(op.relu(logits), number(1.0)))
    return op.log(op.add(once, number(1.0))) if weighing.activation == "log1p_relu" else once
