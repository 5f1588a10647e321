"""A digest and a letter as plain text: what stands where, and how wide."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.mail import plain
from broadsheet.mail.issue import Issue, Item, Letter, Section, cleaned_letter

PAGE = "https://papers.example.org/day/2026-03-02"
ITEM = Item(
    title="Reading tide tables", url="https://papers.example.org/paper/1", authors="Ada Stone", strength="Good match",
    why="for your alert “Tides”", vote_url="https://papers.example.org/paper/1#acts",
    save_url="https://papers.example.org/save/1",
)  # fmt: skip
ISSUE = Issue(
    subject="Monday: Reading tide tables", day="Monday, 2 March 2026", page_url=PAGE, reason="You subscribed.",
    unsubscribe_url="https://papers.example.org/leave/1", settings_url="https://papers.example.org/subscribe",
    sections=(Section(heading="For you", items=(ITEM,)), Section(items=(replace(ITEM, title="Tides", strength=""),))),
)  # fmt: skip


def test_a_digest_as_text() -> None:
    lines = plain.digest(ISSUE).splitlines()
    assert lines[:3] == ["Broadsheet", "Monday, 2 March 2026", "=" * plain.WIDTH]
    assert lines[4:6] == ["For you", "-" * plain.WIDTH]
    assert lines[7:12] == [
        "1.  Reading tide tables", "    Ada Stone", "    Good match: for your alert “Tides”",
        "    https://papers.example.org/paper/1", "    Save: https://papers.example.org/save/1",
    ]  # fmt: skip
    assert lines[13] == "2.  Tides"
    assert lines[-4:] == [
        "-" * plain.WIDTH, "You subscribed.", "Unsubscribe: https://papers.example.org/leave/1",
        "Change your subscription: https://papers.example.org/subscribe",
    ]  # fmt: skip


def test_what_is_only_on_the_website_is_counted() -> None:
    assert f"\n\nOn the website:\n{PAGE}\n" in plain.digest(ISSUE)
    assert f"\n\nAnd 1,200 more on the website:\n{PAGE}\n" in plain.digest(replace(ISSUE, more=1_200))
    assert "\n\nAnd 3 more.\n" in plain.digest(replace(ISSUE, more=3, page_url=""))
    assert "more" not in plain.digest(replace(ISSUE, page_url=""))


def test_what_an_alert_has_beyond_its_share_is_linked_after_its_section() -> None:
    first, second = ISSUE.sections
    section = replace(first, links=(("7 more papers match “Tides”", "https://papers.example.org/queries/3"),))
    text = plain.digest(replace(ISSUE, sections=(section, second)))
    assert "\n\n7 more papers match “Tides”\nhttps://papers.example.org/queries/3\n\n2.  Tides" in text


def test_words_that_are_wide_or_long_are_broken_in_time() -> None:
    wide = plain.digest(replace(ISSUE, lead="潮汐" * 50, quiet="tide" * 50)).splitlines()
    assert "潮汐" * 18 in wide, "each takes two columns"
    assert max(len(line) for line in wide if "tide" in line and "http" not in line) == plain.WIDTH


def test_a_letter_as_text() -> None:
    letter = Letter(subject="Sign in", paragraphs=("Open this page.",), button="Sign in", url=PAGE, closing="Once.")
    assert plain.letter(letter) == f"Broadsheet\n\nOpen this page.\n\nSign in:\n{PAGE}\n\nOnce.\n"


def columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in line)


@pytest.mark.parametrize("word", ["tide", "潮汐", "x" * 100, "한국어 논문", "𠮷野家"])
def test_lines_are_wrapped_at_words_where_there_are_some(word: str) -> None:
    text = " ".join([word] * 60)
    bare = replace(ISSUE, lead=text, sections=(), page_url="", unsubscribe_url="", settings_url="")
    lines = plain.digest(bare).splitlines()
    assert max(map(columns, lines)) <= plain.WIDTH
    assert text.replace(" ", "") in "".join(lines).replace(" ", "")


@given(st.text(max_size=400))
def test_no_text_is_too_wide_or_lost(text: str) -> None:
    made = cleaned_letter(Letter(subject="S", paragraphs=(text,), button="B", url="https://x.example/"))
    shown = plain.letter(made)
    assert made.paragraphs[0].replace(" ", "") in shown.replace("\n", "").replace(" ", "")
    assert len(max(shown.splitlines(), key=len)) <= plain.WIDTH
