"""Labels of sentences by sections and by phrases, and weights that are fitted on them."""

from __future__ import annotations

import numpy as np
import pytest

from broadsheet.core.aspects import ASPECTS
from broadsheet.core.errors import UsageError
from broadsheet.core.roles import RoleModel
from broadsheet.lab.roles import by_phrases, fit, of_sections, role_by_phrase, role_of_section

ROW = {
    "id": "1",
    "sections": [
        {"role": "BACKGROUND AND AIM", "text": "Tides are old. We ask why."},
        {"role": "PATIENTS", "text": "Forty sailors were asked."},
        {"role": "Patients and Methods", "text": "We measured ropes."},
        {"role": "UNLABELLED", "text": "This says nothing."},
        {"role": "CONCLUSIONS", "text": "Ropes shrink."},
    ],
}


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("OBJECTIVE", "task"), ("Study design", "method"), ("MAIN OUTCOME MEASURES", "method"), ("SETTING", "data"),
        ("FINDINGS", "result"), ("METHODS AND RESULTS", None), ("TRIAL REGISTRATION", None), ("PARTICIPANTS", "data"),
    ],
)  # fmt: skip
def test_headings(heading: str, role: str | None) -> None:
    assert role_of_section(heading) == role


@pytest.mark.parametrize(
    ("sentence", "role"),
    [
        ("Recent years saw many boats.", "task"),
        ("In this work, we propose a rope that does not shrink.", "method"),
        ("We release a corpus of 3,000 knots.", "data"),
        ("It outperforms all ropes before it.", "result"),
        ("Ropes are made of hemp.", None),
        ("Recent experiments show that we propose too much.", None),
    ],
)
def test_phrases(sentence: str, role: str | None) -> None:
    assert role_by_phrase(sentence) == role


def test_sections_give_their_sentences_a_role_and_a_place() -> None:
    found = of_sections([ROW])
    assert [each.role for each in found] == ["task", "task", "data", "method", "result"]
    assert [round(float(each.features[0]), 2) for each in found] == [0, 0.2, 0.4, 0.6, 1], "the one left out counts"
    assert {each.abstract for each in found} == {"1"}


def test_phrases_give_at_most_so_many_of_each_role() -> None:
    text = "Recent ropes shrink. We propose wax. Wax is warm. Experiments show that it holds."
    found = by_phrases(
        [("a", text), ("b", text), ("c", "Too short.")], {"task": 1, "method": 5, "data": 5, "result": 5}
    )
    assert [(each.abstract, each.role) for each in found][:3] == [("a", "task"), ("a", "method"), ("a", "result")]
    assert sum(each.role == "task" for each in found) == 1
    assert sum(each.role == "method" for each in found) == 2


def test_fitted_weights_say_what_scikit_learn_says() -> None:
    from sklearn.linear_model import LogisticRegression

    found = of_sections([{**ROW, "id": str(place)} for place in range(5)])
    vectors = np.random.default_rng(0).normal(size=(len(found), 6)).astype(np.float32)
    model = RoleModel.of(fit(found, vectors))
    own = np.array([each.features for each in found])
    judge = LogisticRegression(C=1.0, max_iter=3_000).fit(np.hstack([own, vectors]), [each.role for each in found])
    sums = model.bias + own @ model.own + vectors @ model.of_vectors
    shares = np.exp(sums) / np.exp(sums).sum(axis=1, keepdims=True)
    truth = judge.predict_proba(np.hstack([own, vectors]))[:, [list(judge.classes_).index(role) for role in ASPECTS]]
    assert shares == pytest.approx(truth, abs=0.002)
    place = RoleModel.of(fit(found, np.empty((len(found), 0), np.float32), columns=range(6)))
    assert not place.own[6:].any()
    assert place.dim == 0
    with pytest.raises(UsageError, match="no sentence has the role data"):
        fit([each for each in found if each.role != "data"], vectors)
