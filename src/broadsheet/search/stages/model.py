"""The models of stages that need one: which the owner named for each, and the loaded ones.

``broadsheet stages pair --model NAME`` -> a fact of the Store -> loaded when it is first asked for
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from broadsheet import names
from broadsheet.collection import Collection
from broadsheet.core.errors import UsageError
from broadsheet.core.protocols import PairScorer, Scorer, SparseEncoder

KINDS: Mapping[str, tuple[type[Any], str]] = {
    "sparse": (SparseEncoder, "splade:FOLDER"),
    "pair": (PairScorer, "pair:FOLDER"),
}
"""Which stages need a model, of what kind, and how such a one is named."""
_FACT = "stages.models"


def model_of(collection: Collection, stage: str) -> str:
    """Return the name of the model of a stage; empty where none was named."""
    named = collection.store.journal.fact(_FACT)
    return str(named.get(stage, "")) if isinstance(named, dict) else ""


def name_model(collection: Collection, name: str) -> str:
    """Name the model of the stage that takes its kind, after trying it, and return the stage. UsageError for a model of
    another kind; ModelError when it cannot be loaded."""
    made = _load(collection, name)
    fitting = [stage for stage, (kind, _) in KINDS.items() if isinstance(made, kind)]
    if not fitting:
        forms = " or ".join(form for _, form in KINDS.values())
        raise UsageError(f"No stage takes the model {name!r}: expected one like {forms}.")
    known = collection.store.journal.fact(_FACT)
    collection.store.journal.set_fact(_FACT, {**(known if isinstance(known, dict) else {}), fitting[0]: name})
    return fitting[0]


def scorer_of(collection: Collection, stage: str) -> Scorer:
    """Return the loaded model of a stage. UsageError where none was named; ModelError when it cannot be loaded."""
    name = model_of(collection, stage)
    if not name:
        raise UsageError(f"no model is named for it: run `broadsheet stages {stage} --model {KINDS[stage][1]}`")
    scorer: Scorer = collection.memory(("stage", stage, name), lambda: _load(collection, name))
    fits = isinstance(scorer, KINDS[stage][0])
    if not fits:
        raise UsageError(f"{name!r} is of another kind: run `broadsheet stages {stage} --model {KINDS[stage][1]}`")
    return scorer


def _load(collection: Collection, name: str) -> Scorer:
    """Load a model, and let it read one text: it is made ready when it is first used."""
    made = names.scorer(name, models=collection.models, cache=collection.cache)
    if isinstance(made, PairScorer):
        made.score("a", ["a"])
    elif isinstance(made, SparseEncoder):
        made.sparse_vectors(["a"], role="query")
    return made
