"""Every question can be asked, and names what speaks for and against it."""

from __future__ import annotations

from pathlib import Path

from broadsheet import shelf
from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.cost import MeteredSubject
from broadsheet.lab.questions.answer import Bench
from broadsheet.lab.questions.table import QUESTIONS
from broadsheet.lab.sets import known


def test_there_are_at_least_eight_questions_and_each_names_papers_of_the_shelf() -> None:
    papers = {entry.id for entry in shelf.entries()}
    assert len(QUESTIONS) >= 8
    for question in QUESTIONS.values():
        assert {*question.pro, *question.contra} <= papers
        assert question.pro
        assert question.limits


def test_the_sets_of_each_question_are_in_the_table_of_sets(tmp_path: Path) -> None:
    sets = known(tmp_path)
    assert all(name in sets for question in QUESTIONS.values() for name in question.sets)


def test_each_question_names_its_variants_without_making_them() -> None:
    def refuse(name: str) -> MeteredSubject:
        raise AssertionError(name)

    bench = Bench("minilm", refuse, lambda _: HashEncoder())
    for question in QUESTIONS.values():
        assert len(question.variants(bench)) >= 3
