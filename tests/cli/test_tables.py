"""Papers in a terminal: each result with what is known of it, and foreign text that is text alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from broadsheet.cli.tables import print_brief, print_document, print_results
from broadsheet.core.types import Document, Part, Result, Results
from broadsheet.search.end import ended

EVIL = "Bees [red]and\x1b[31m hives\x9b5m"
PAPER = Document(
    id="a:1", title="Bees that count", text="Bees were trained. They reached four.", venue="LEAF", votes=1,
    authors=("Ada Blum", "Bo Lee", "Cy Doe", "Di Poe", "Ed Roe"), announced=date(2026, 3, 2), year=2020,
    links={"pdf": "https://example.org/1.pdf", "abstract": "https://example.org/1"}, source="jsonl:a",
    extra={"org": "Hive", "stars": 3},
)  # fmt: skip
RESULT = Result(
    document=PAPER, rank=12, score=0.25, strength="good", passage="They reached four.", matched=((5, 12), (13, 17)),
    parts={"lexical": Part(1.5, 2, 0.5), "semantic": Part(None, None, -0.25)},
)  # fmt: skip
Printed = Callable[[], tuple[str, str]]


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Printed:
    monkeypatch.setenv("COLUMNS", "120")
    return lambda: tuple(capsys.readouterr())  # type: ignore[return-value]


def results(*items: Result, **more: object) -> Results:
    return Results(query="bees", mode="hybrid", items=items, **more)  # type: ignore[arg-type]


def test_a_result_shows_rank_match_facts_passage_and_address(printed: Printed) -> None:
    print_results(results(RESULT))
    out, err = printed()
    lines = [line.split("  ", 1)[-1].strip() for line in out.splitlines()]
    assert out.startswith("12  Bees that count")
    assert "good match · Ada Blum, Bo Lee, Cy Doe and 2 more · LEAF · 2026-03-02 · 1 vote" in lines
    assert "They reached four." in lines
    assert "a:1  https://example.org/1" in out
    assert "score" not in out
    assert err == ""


def test_a_paper_that_conditions_alone_chose_has_no_match_to_tell(printed: Printed) -> None:
    print_results(results(replace(RESULT, strength="weak", parts={})))
    out, _ = printed()
    assert "match" not in out
    assert "Ada Blum, Bo Lee, Cy Doe and 2 more · LEAF" in out


def test_a_match_has_its_probability_and_the_list_its_end(printed: Printed) -> None:
    several = [replace(RESULT, rank=rank, relevance=value) for rank, value in enumerate((0.411, 0.2, 0.004), 1)]
    whole = results(*several, cutoff=2, answerable=0.9)
    print_results(ended(whole), whole=whole)
    out, err = printed()
    assert "good match · 0.41 · Ada Blum" in out
    assert out.count("Bees that count") == 2
    assert "to see it too, add --all" in err
    print_results(whole, whole=whole)
    out, err = printed()
    assert "good match · <0.01" in out
    assert err.strip() == "What follows is probably not about this."
    print_results(replace(whole, answerable=0.1), whole=whole)
    assert printed()[1].startswith("Nothing here is about that; the nearest are:")


def test_a_page_after_the_end_says_where_the_list_ended(printed: Printed) -> None:
    print_results(replace(results(), offset=60))
    assert "The list ends before place 61." in printed()[1]


def test_parts_say_what_each_side_added(printed: Printed) -> None:
    print_results(results(RESULT), parts=True)
    out, _ = printed()
    assert "score 0.250 = words +0.500 (BM25 1.500, place 2)" in out
    assert "meaning -0.250 (cosine none, outside the list)" in out


def test_notes_and_the_way_to_more_go_to_standard_error(printed: Printed) -> None:
    print_results(results())
    out, err = printed()
    assert out == ""
    assert err.strip()
    print_results(results(RESULT, offset=11, more=True, note="The words alone."))
    out, err = printed()
    assert "The words alone." in err
    assert "--offset 12" in err
    assert "The words alone." not in out


def test_all_that_is_known_is_shown_and_nothing_that_is_not(printed: Printed) -> None:
    print_document(PAPER)
    out, _ = printed()
    for known in (*PAPER.authors, PAPER.text, "announced", "2026-03-02", "https://example.org/1.pdf", "Hive", "stars"):
        assert known in out
    for unknown in ("listed", "submitted", "categories", "also known as", "2020"):
        assert unknown not in out


def test_a_pinned_paper_says_why_and_a_brief_list_is_a_line_each(printed: Printed) -> None:
    print_results(results(Result(document=PAPER, rank=1, score=1, strength="exact", pinned="identifier")))
    assert "identifier" in printed()[0]
    print_brief(results(RESULT))
    out, _ = printed()
    assert "› bees" in out
    assert out.split()[-4:] == ["good", "Bees", "that", "count"]


def test_foreign_text_is_text_alone(printed: Printed) -> None:
    evil = Document(id=EVIL, title=EVIL, text=EVIL, authors=(EVIL,), venue=EVIL, source=EVIL, extra={EVIL: EVIL})
    print_document(evil)
    print_results(results(Result(document=evil, rank=1, score=0, strength="weak", passage=EVIL, matched=((0, 4),))))
    print_brief(results(Result(document=evil, rank=1, score=0, strength="weak")))
    out, _ = printed()
    assert "[red]and" in out
    assert "\x1b" not in out
    assert "\x9b" not in out
