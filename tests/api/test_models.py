"""The shapes of the answers: Hugging Face's names for a paper, and a match as it was found."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from broadsheet.api import models
from broadsheet.core.topic import Counted, Named
from broadsheet.core.types import Document, Name, Part, Result, Results

PAPER = Document(
    id="2401.00001", title="On $x$", readable_title="On x", text="We ask.", authors=("Ada Blum", "Émile Noël"),
    submitted=date(2026, 9, 28), announced=date(2026, 9, 30), listed=date(2026, 10, 1), votes=None, comments=2,
    links={"code": "https://example.org/c", "project": "https://example.org/p"}, source="jsonl:/srv/secret/a.jsonl",
)  # fmt: skip
RESULT = Result(document=PAPER, rank=3, score=0.5, strength="good", parts={"lexical": Part(1.5, None, 0.5)})


def test_a_paper_has_hugging_faces_names_and_ours() -> None:
    shown = models.paper(PAPER, {})
    assert (shown.title, shown.rawTitle) == ("On x", "On $x$")
    assert (shown.summary, shown.rawSummary) == ("We ask.", "We ask.")
    assert [author.name for author in shown.authors] == ["Ada Blum", "Émile Noël"]
    assert (shown.publishedAt, shown.submittedOnDailyAt) == ("2026-09-28T00:00:00.000Z", "2026-10-01T00:00:00.000Z")
    assert (shown.upvotes, shown.votes, shown.numComments) == (0, None, 2), "no votes known is not the same as none"
    assert (shown.githubRepo, shown.projectPage) == ("https://example.org/c", "https://example.org/p")


def test_a_paper_has_the_parts_of_the_names_where_they_are_known() -> None:
    assert models.paper(PAPER, {}).names == []
    known = replace(PAPER, names=(Name(given="Ada", family="Blum", particle="van"), Name()))
    first, second = models.paper(known, {}).model_dump()["names"]
    assert first == {"given": "Ada", "family": "Blum", "particle": "van", "suffix": "", "literal": ""}
    assert not any(second.values())


def test_the_folders_of_the_server_stay_out() -> None:
    assert models.paper(PAPER, {}).source == "jsonl:a.jsonl"


@pytest.mark.parametrize(
    ("paper", "moment"),
    [
        (replace(PAPER, submitted=None), "2026-09-30T00:00:00.000Z"),
        (replace(PAPER, submitted=None, announced=None), "2026-10-01T00:00:00.000Z"),
        (replace(PAPER, submitted=None, announced=None, listed=None, year=2026), None),
    ],
)
def test_without_a_day_of_submission_the_best_day_is_given(paper: Document, moment: str | None) -> None:
    assert models.paper(paper, {}).publishedAt == moment


def test_a_match_is_inside_the_result_or_next_to_the_fields_of_its_paper() -> None:
    inside, flat = models.search_result(RESULT, {}).model_dump(), models.paper_with_match(RESULT, {}).model_dump()
    assert inside.pop("paper") == models.paper(PAPER, {}).model_dump()
    assert inside.items() <= flat.items()
    assert flat.keys() - inside.keys() == models.paper(PAPER, {}).model_dump().keys()
    assert inside["parts"] == {"lexical": {"score": 1.5, "rank": None, "contribution": 0.5}}


def test_a_page_repeats_the_query_in_bounds_and_says_the_note_of_the_door() -> None:
    found = Results(
        query="x" * 9_000, mode="lexical", items=(RESULT,), offset=2, more=True, note="ours",
        topics=(Counted(7, "Sets", 2),),
    )  # fmt: skip
    page = models.page(found, {PAPER.id: Named(7, "Sets")}, note="theirs")
    assert (len(page.query), page.mode, page.offset, page.more, page.note) == (2_000, "lexical", 2, True, "theirs")
    assert [item.rank for item in page.items] == [3]
    assert page.topics == [models.CountedTopic(id=7, name="Sets", papers=2)]
    assert page.items[0].paper.topic == models.PaperTopic(id=7, name="Sets")
    assert models.paper(PAPER, {}).topic is None
