"""What a Collection asks about itself is a task like others."""

from __future__ import annotations

from dataclasses import replace

from broadsheet.core.types import Document
from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.mine import Questions
from broadsheet.lab.subject import Dense
from broadsheet.lab.tasks.mine import Mine

QUESTIONS = Questions(
    name="mine/titles",
    about="Find the abstract of a title.",
    queries={"a": "slow rivers", "b": "high dunes"},
    documents=(
        Document(id="a", title="Slow rivers are measured by gauges"),
        Document(id="b", title="High dunes move with the wind"),
    ),
    judged={"a": {"a": 1}, "b": {"b": 1}},
)


def test_each_query_leaves_a_value_of_every_figure() -> None:
    rows = list(Mine(QUESTIONS).rows(Dense(HashEncoder(), "hash")))
    assert {(row.figure, row.item): row.numbers for row in rows if row.figure == "nDCG@10"} == {
        ("nDCG@10", "a"): (1.0,),
        ("nDCG@10", "b"): (1.0,),
    }


def test_the_hash_follows_texts_and_answers() -> None:
    data = Mine(QUESTIONS).data
    assert Mine(replace(QUESTIONS, judged={"a": {"b": 1}, "b": {"b": 1}})).data != data
    assert Mine(replace(QUESTIONS, queries={"a": "rivers", "b": "dunes"})).data != data
    assert Mine(replace(QUESTIONS, documents=QUESTIONS.documents[::-1])).data != data
