"""What a report says in words."""

from __future__ import annotations

from dataclasses import replace

from broadsheet.lab.report import words
from report_kit import made


def test_the_result_in_short_says_who_leads_by_how_much_and_where_not_alone() -> None:
    [retrieval, sts] = words.short(made())
    assert retrieval.startswith("Retrieval: deep leads, mean nDCG@10 0.635 (")
    assert "alone in front on herbs" in retrieval
    assert "On eels it cannot be told from others" in retrieval
    assert sts.startswith("STS: deep leads, Spearman 0.620 (")


def test_a_control_that_leads_is_named_as_one() -> None:
    report = made()
    lost = replace(report, entries=[each for each in report.entries if not each.subject.startswith("deep")])
    assert "the control words leads" in words.short(lost)[0]


def test_without_ties_it_says_that_they_were_not_looked_for() -> None:
    assert "not looked for" in words.short(replace(made(), ties=()))[0]
    assert words.groups(replace(made(), ties=()), "eels") == ""


def test_ties_are_groups_with_letters() -> None:
    assert words.groups(made(), "eels") == (
        "Cannot be told apart: (a) deep and words; (b) words and deep?layers=2&pooling=mean; "
        "(c) deep?layers=2&pooling=mean and flat."
    )
    assert words.groups(made(), "pairs") == "All of them can be told apart."


def test_lists_and_kinds_are_written_out() -> None:
    assert [words.listed(each) for each in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
    assert [words.kind(each) for each in ("sts", "pair_classification", "retrieval")] == [
        "STS", "Pair classification", "Retrieval",
    ]  # fmt: skip


def test_likeness_and_resolution_in_words() -> None:
    report = made()
    assert report.likeness
    assert words.likeness(report.likeness) == (
        "Most alike are deep and deep?layers=2&pooling=mean (0.830), least deep and flat (0.310), by unbiased CKA on "
        "2,000 texts."
    )
    assert (
        words.sight(report.sights[0])
        == "herbs sees a difference of 0.058 nDCG@10 with 300 items (0.029\N{NO-BREAK SPACE}–\N{NO-BREAK SPACE}0.115)."
    )


def test_the_front_says_who_is_on_it() -> None:
    assert "fastest first: flat and deep" in words.front("sts", ["flat", "deep"])
    assert "no speed is known" in words.front("sts", [])
