"""Roles of sentences: names, features, weights."""

from __future__ import annotations

import json

import numpy as np
import pytest

from broadsheet.core.aspects import ASPECTS, require_aspect
from broadsheet.core.errors import ModelError, UsageError
from broadsheet.core.roles import FEATURES, RoleModel, features
from broadsheet.core.types import Manifest
from broadsheet.search.aspects.roles import roles_for

NONE = Manifest(encoder="e", version="", weights="", dim=3)
ABSTRACT = [
    "Long reports are hard to search, which remains an important problem.",
    "However, existing tools read only the titles.",
    "We propose a method that cuts reports using a small model.",
    "We collected a data set of 300 annotated reports.",
    "Experiments show that it improves recall by 12%.",
]


def values(**changes: object) -> dict[str, object]:
    """Weights that say nothing, with changes."""
    return {"name": "t", "bias": [0, 0, 0, 0], "features": np.zeros((12, 4)).tolist(), "vectors": []} | changes


def test_names_of_aspects() -> None:
    assert [require_aspect(name) for name in ASPECTS] == list(ASPECTS)
    assert (require_aspect("Background"), require_aspect(" results ")) == ("task", "result")
    with pytest.raises(UsageError, match=r"unknown aspect 'methodd'.*task, method, data, result.*method"):
        require_aspect("methodd")


def test_features_of_place_and_words() -> None:
    rows = [dict(zip(FEATURES, row, strict=True)) for row in features(ABSTRACT).tolist()]
    assert [row["place"] for row in rows] == [0, 0.25, 0.5, 0.75, 1]
    assert [row["first"] for row in rows] == [1, 0, 0, 0, 0]
    assert [row["last"] for row in rows] == [0, 0, 0, 0, 1]
    assert [row["a number"] for row in rows] == [0, 0, 0, 1, 1]
    assert rows[0]["words of task"] == rows[2]["words of method"] == rows[3]["words of data"] == 1
    assert rows[4]["words of result"] == rows[2]["begins with we"] == 1
    assert features([]).shape == (0, len(FEATURES))
    assert features(["One sentence."])[0, :4].tolist() == [0, 0, 1, 1]


def test_weights_add_up_to_probabilities() -> None:
    bias = [0.0, np.log(3), 0.0, 0.0]
    plain = RoleModel.of(values(bias=bias))
    assert plain.probabilities(["A word."], np.empty((1, 0), np.float32))[0] == pytest.approx(
        [1 / 6, 0.5, 1 / 6, 1 / 6]
    )
    seeing = RoleModel.of(values(vectors=[[0, 0, 0, 0], [0, 0, 0, 5], [0, 0, 0, 0]]))
    shares = seeing.probabilities(["A.", "B."], np.eye(3, dtype=np.float32)[:2])
    assert (shares.argmax(axis=1)[1], seeing.dim) == (3, 3)
    assert shares.sum(axis=1) == pytest.approx([1, 1])
    assert plain.probabilities([], np.empty((0, 0), np.float32)).shape == (0, 4)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"bias": [1, 2]}, "no bias of the shape"), ({"features": None}, "no features"),
        ({"vectors": [[1, 2]]}, "no vectors"),
        ({"bias": [0, 0, 0, float("nan")]}, "bias that are not finite"),
    ],
)  # fmt: skip
def test_damaged_weights_are_refused(changes: dict[str, object], said: str) -> None:
    with pytest.raises(ModelError, match=said):
        RoleModel.of(values(**changes))


def test_words_and_places_alone_read_an_abstract() -> None:
    model = roles_for(NONE)
    shares = model.probabilities(ABSTRACT, np.empty((5, 0), np.float32))
    assert [ASPECTS[place] for place in shares.argmax(axis=1)] == ["task", "task", "method", "data", "result"]
    assert json.dumps(dict(model.about["accuracy"]))
    assert model.about["date"] >= "2026"
