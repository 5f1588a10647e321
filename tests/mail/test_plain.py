"""An email as plain text: lines of at most 72 columns, and addresses uncut on lines of their own."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.mail.issue import Issue, Item, Letter, Section, cleaned_letter
from broadsheet.mail.plain import WIDTH, digest, letter

LONG = "https://papers.example.org/paper/" + "a" * 200
ISSUE = Issue(
    day="Monday 2 March 2026", page_url=LONG, reason="You asked.", unsubscribe_url=f"{LONG}/leave", lead="A day.",
    sections=(
        Section(heading="For you", note="From two lists.", items=(
            Item(title="Tides", url=LONG, authors="Ada", strength="Strong match", why="near", vote_url=f"{LONG}/vote"),
            Item(title="Knots", url="", save_url=f"{LONG}#acts"),
        )),
        Section(heading="All", items=(Item(title="Owls", url=f"{LONG}/owls", vote_url=f"{LONG}/owls#acts"),)),
    ),
    more=1_200, settings_url=f"{LONG}/settings", postal="1 Harbour Lane",
)  # fmt: skip


def columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter_) in "WF" else 1 for letter_ in line)


def test_papers_are_numbered_through_all_sections() -> None:
    lines = digest(ISSUE).splitlines()
    assert [line for line in lines if line[:1].isdigit() and line[1] == "."] == ["1.  Tides", "2.  Knots", "3.  Owls"]
    assert lines.index("For you") < lines.index("1.  Tides") < lines.index("All") < lines.index("3.  Owls")
    assert "    Strong match: near" in lines


def test_addresses_are_whole_and_the_page_of_a_paper_is_not_said_twice() -> None:
    text = digest(ISSUE)
    for url in (LONG, f"{LONG}/vote", f"{LONG}/leave", f"{LONG}/settings", f"{LONG}#acts"):
        assert any(line.endswith(url) for line in text.splitlines()), url
    assert "/owls#acts" not in text, "its buttons are on the page that is linked already"
    assert f"1,200 more on the page:\n{LONG}\n" in text


def test_what_is_empty_leaves_no_line() -> None:
    bare = Issue(day="Monday", page_url="", reason="", unsubscribe_url="")
    text = digest(bare)
    assert "\n\n\n" not in text
    assert text.endswith("\n")
    assert "http" not in text
    assert "more" not in text
    assert "3 more." in digest(replace(bare, more=3))


def test_a_letter_has_its_link_on_a_line_of_its_own() -> None:
    text = letter(Letter(subject="S", paragraphs=("One.", "Two."), button="Go", url=LONG, closing="Bye."))
    assert text == f"Broadsheet\n\nOne.\n\nTwo.\n\nGo:\n{LONG}\n\nBye.\n"


@pytest.mark.parametrize("word", ["tide", "潮汐", "x" * 100, "한국어 논문", "𠮷野家"])
def test_lines_are_wrapped_at_words_where_there_are_some(word: str) -> None:
    text = " ".join([word] * 60)
    lines = digest(
        replace(ISSUE, lead=text, sections=(), page_url="", unsubscribe_url="", settings_url="")
    ).splitlines()
    assert max(map(columns, lines)) <= WIDTH
    assert text.replace(" ", "") in "".join(lines).replace(" ", "")


@given(st.text(max_size=400))
def test_no_text_is_too_wide_or_lost(text: str) -> None:
    made = cleaned_letter(Letter(subject="S", paragraphs=(text,), button="B", url="https://x.example/"))
    shown = letter(made)
    assert made.paragraphs[0].replace(" ", "") in shown.replace("\n", "").replace(" ", "")
    assert len(max(shown.splitlines(), key=len)) <= WIDTH
