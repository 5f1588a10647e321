"""Retrieval cut down keeps whole queries, their best answers, and documents that are near them."""

from __future__ import annotations

import numpy as np
import pytest

from broadsheet.core.types import Document
from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.mine import Questions
from broadsheet.lab.subject import Dense
from broadsheet.lab.tasks.mine import Mine
from broadsheet.lab.tasks.pooled import Pooled

TOPICS = ("river", "dune", "reef", "glacier", "meadow")
WORDS = "walked nine days along shore wrote down what every gauge between both bridges gave them last summer".split()  # noqa: SIM905


def whole() -> Mine:
    """Forty papers of five topics; a query asks for two of eight papers of its topic."""
    random = np.random.default_rng(5)
    documents = tuple(
        Document(id=f"d{number:02}", title=f"The {TOPICS[number % 5]}", text=" ".join(random.choice(WORDS, 20)))
        for number in range(40)
    )
    judged = {f"q{number}": {f"d{number:02}": 2, f"d{number + 5:02}": 1} for number in range(20)}
    queries = {name: f"{TOPICS[int(name[1:]) % 5]} {name[1:]}" for name in judged}
    return Mine(Questions("rivers", "Find papers.", queries, documents, judged))


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_a_share_of_the_characters_stays_with_the_best_answer_of_every_query(share: float) -> None:
    task, full = Pooled(whole(), share, name="rivers/reduced"), whole()
    ids = {document.id for document in task.documents}
    assert task.read()
    for name in task.read():
        assert f"d{int(name[1:]):02}" in ids
        assert task.judged[name] == {each: grade for each, grade in full.judged[name].items() if each in ids}
    encoded = sum(len(each.content) for each in task.documents) + sum(len(task.queries[name]) for name in task.read())
    allowed = sum(len(each.content) for each in full.documents) + sum(map(len, full.queries.values()))
    assert 0.5 * share * allowed < encoded <= share * allowed


def test_answers_that_are_not_searched_are_counted_and_said() -> None:
    task, full = Pooled(whole(), 0.2, name="rivers/reduced"), whole()
    outside = sum(len(full.judged[name]) - len(task.judged[name]) for name in task.read())
    assert outside
    assert f"rivers/reduced: {outside} relevant documents of these queries are outside the pool and do not count." in (
        task.warnings
    )
    assert not [each for each in Pooled(whole(), 0.99, name="rivers/reduced").warnings if "outside" in each]


def test_the_pool_is_made_of_documents_near_the_queries() -> None:
    task = Pooled(whole(), 0.5, name="rivers/reduced")
    asked = {TOPICS[int(name[1:]) % 5] for name in task.read()}
    topics = [document.title.split()[1] for document in task.documents]
    assert np.mean([topic in asked for topic in topics]) >= np.mean([topic in asked for topic in TOPICS])


def test_the_same_share_keeps_the_same_and_another_share_is_other_data() -> None:
    one, same, other = (Pooled(whole(), share, name="r") for share in (0.3, 0.3, 0.6))
    assert [each.id for each in one.documents] == [each.id for each in same.documents]
    assert one.data == same.data != other.data


def test_it_is_measured_as_any_task_is() -> None:
    task = Pooled(whole(), 0.5, name="rivers/reduced")
    assert task.kind == whole().kind == "mine"
    rows = [row for row in task.rows(Dense(HashEncoder(), "hash")) if row.figure == "nDCG@10"]
    assert [row.item for row in rows] == task.read()
    assert 0 < np.mean([row.numbers[0] for row in rows]) <= 1
