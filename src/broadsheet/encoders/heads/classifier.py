"""The head of a model that judges a text or a pair of texts: the first state, or the mean of all -> a number a label.

    BERT, RoBERTa, MPNet: first state -> dense, tanh -> classifier
    DistilBERT: first -> dense, relu -> classifier
    ModernBERT: first or mean -> dense, activated, norm -> classifier
    any family, with steps in modules.json: pooled -> the steps, of which the last gives the scores

Devlin et al. 2019, "BERT"; Nogueira and Cho 2019, "Passage Re-ranking with BERT".
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any, NamedTuple

from broadsheet.core.errors import nearest
from broadsheet.encoders.facts import Facts
from broadsheet.encoders.families.family import ACTIVATIONS, Layout
from broadsheet.encoders.families.operations import Tensors, activated, linear, normalised
from broadsheet.encoders.folder import Config, read_tensors, tensor_names
from broadsheet.encoders.heads.pooling import POOLS, side_by_side
from broadsheet.encoders.heads.vector import read_head_tensors
from broadsheet.encoders.quiet import op

_MOST_LABELS = 1_000
_IDENTITY, _SIGMOID = "torch.nn.modules.linear.Identity", "torch.nn.modules.activation.Sigmoid"
_FINISHES = {_IDENTITY: "identity", _SIGMOID: "sigmoid"}


class Names(NamedTuple):
    """How a family calls the parts of its head, and the activation between them: an operation's, or the key of
    config.json that names it. Where it has a ``norm``, config.json says in classifier_pooling what is pooled."""

    dense: str
    out: str = "classifier"
    activation: str = "tanh"
    norm: str = ""


_ROBERTA = Names("classifier.dense", "classifier.out_proj")
HEADS: Mapping[str, Names] = {
    "bert": Names("bert.pooler.dense"), "camembert": _ROBERTA, "distilbert": Names("pre_classifier", activation="relu"),
    "modernbert": Names("head.dense", activation="classifier_activation", norm="head.norm"), "mpnet": _ROBERTA,
    "roberta": _ROBERTA, "xlm-roberta": _ROBERTA,
}  # fmt: skip
"""``model_type`` of config.json -> the names in its classifier."""


class Classifier(NamedTuple):
    """A head as it runs: its tensors by the family's ``names``, what is pooled, the activation, the ``labels`` in their
    order, and what a score goes through at last: ``identity``, ``sigmoid``, or ``softmax`` over all labels. Without
    names it is the steps of modules.json, which Facts hold."""

    names: Names | None
    layout: Layout
    pooling: str
    activation: str
    labels: tuple[str, ...]
    finish: str

    def label(self, name: str) -> int:
        """Return the place of a label; ValueError, in words, for one that is not there."""
        if name in self.labels:
            return self.labels.index(name)
        raise ValueError(f"label is {name[:60]!r}. {nearest(name[:60], self.labels)}")


def read_classifier(facts: Facts, settings: Config) -> Classifier:
    """Read the classifier of a model; ``settings`` is what sentence-transformers stored of it. ModelError if it has
    none or a part of it is not offered."""
    config = Config.read(facts.folder / "config.json")
    if facts.steps:
        several = tuple(f"LABEL_{number}" for number in range(facts.width))
        return Classifier(None, {}, facts.pooling, "", several, _finish(config, settings, several))
    names, there = HEADS[config.choice("model_type", HEADS)], tensor_names(facts.weights)
    if f"{names.out}.weight" not in there:
        raise config.error(f"{facts.weights.name} has no classifier ({names.out}.weight), which pair needs.")
    labels, hidden = _labels(config), facts.shape.hidden
    layout: Layout = {f"{names.dense}.weight": (hidden, hidden), f"{names.out}.weight": (len(labels), hidden)}
    layout |= {f"{names.norm}.weight": (hidden,)} if names.norm else {}
    sizes = {names.dense: hidden, names.norm: hidden, names.out: len(labels)}
    layout |= {f"{name}.bias": (size,) for name, size in sizes.items() if f"{name}.bias" in there}
    pooling = config.choice("classifier_pooling", {"cls": 0, "mean": 0}) if names.norm else "cls"
    return Classifier(names, layout, pooling, _activation(config, names), labels, _finish(config, settings, labels))


def read_classifier_tensors(facts: Facts, head: Classifier) -> Tensors:
    """Return the head's tensors as float32 by name; ModelError as ``read_tensors``."""
    return read_tensors(facts.weights, head.layout) if head.names else read_head_tensors(facts.steps)


def build_logits(facts: Facts, own: Tensors, head: Classifier, states: Any, mask: Any) -> Any:
    """Build the graph from states, float32 (n, length, hidden), and mask (n, length) to logits, float32 (n, labels)."""
    names = head.names
    if not names:
        made = side_by_side(head.pooling, states, mask)
        return reduce(lambda rows, step: step.apply(own, rows), facts.steps, made)
    made = linear(own, names.dense, POOLS[head.pooling](states, mask))
    made = op.tanh(made) if head.activation == "tanh" and not names.norm else activated(head.activation, made)
    made = normalised(own, names.norm, made, facts.shape.epsilon) if names.norm else made
    return linear(own, names.out, made)


def _activation(config: Config, names: Names) -> str:
    if not names.norm:
        return names.activation
    return ACTIVATIONS[config.choice(names.activation, ACTIVATIONS)] if names.activation in config.values else "erf"


def _labels(config: Config) -> tuple[str, ...]:
    """The names of the labels by their numbers; two where the file says nothing, as transformers has it."""
    given = config.values.get("id2label")
    if given is None:
        return tuple(f"LABEL_{number}" for number in range(config.size("num_labels", _MOST_LABELS, 2)))
    if not isinstance(given, dict) or not 0 < len(given) <= _MOST_LABELS:
        raise config.error(f"id2label is {repr(given)[:80]}; expected 1 to {_MOST_LABELS:,} labels by number.")
    missing = [number for number in range(len(given)) if not isinstance(given.get(str(number)), str)]
    if missing:
        raise config.error(f"id2label has no label {missing[0]}; expected the numbers from 0 to {len(given) - 1}.")
    return tuple(given[str(number)] for number in range(len(given)))


def _finish(config: Config, settings: Config, labels: tuple[str, ...]) -> str:
    """What sentence-transformers makes of a logit: by three files in their order, else a sigmoid of a single one."""
    if len(labels) > 1:
        return "softmax"
    own = config.values.get("sentence_transformers")
    names = (
        settings.values.get("activation_fn"), own.get("activation_fn") if isinstance(own, dict) else None,
        config.values.get("sbert_ce_default_activation_function"),
    )  # fmt: skip
    name = next((each for each in names if each is not None), _SIGMOID)
    if not isinstance(name, str) or name not in _FINISHES:
        raise config.error(f"the score goes through {repr(name)[:80]}; expected torch's Identity or Sigmoid.")
    return _FINISHES[name]
