"""What is drawn as an email: every field one clean line of bounded length, and papers dropped that are counted."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.mail.issue import Issue, Item, Letter, Section, cleaned, cleaned_letter, shortened, without_passages

ITEM = Item(title="T", url="https://example.org/1", passage="A passage.")
ISSUE = Issue(
    day="Monday", page_url="https://example.org/day", reason="You asked.", unsubscribe_url="https://example.org/u"
)


def issue(*counts: int, more: int = 0) -> Issue:
    sections = (Section(heading=f"S{at}", items=(ITEM,) * count) for at, count in enumerate(counts))
    return replace(ISSUE, sections=tuple(sections), more=more)


def test_acts_lead_to_one_page_or_to_two() -> None:
    assert ITEM.acts == ()
    both = replace(ITEM, vote_url="https://example.org/v", save_url="https://example.org/s")
    assert both.acts == (("Vote", "https://example.org/v"), ("Save", "https://example.org/s"))
    assert [url for _, url in replace(both, save_url=both.vote_url).acts] == ["https://example.org/v"]
    assert [name for name, _ in replace(both, vote_url="").acts] == ["Save"]


@pytest.mark.parametrize("keep", [0, 1, 3, 4, 5, 99])
def test_what_is_left_out_is_counted_and_an_emptied_section_is_gone(keep: int) -> None:
    short = shortened(issue(3, 0, 2, more=7), keep)
    assert short.count == min(keep, 5)
    assert short.count + short.more == 5 + 7
    assert all(section.items or section.heading == "S1" for section in short.sections), (
        "S1 was empty from the beginning"
    )


def test_passages_go_and_nothing_else() -> None:
    bare = without_passages(issue(2, 1))
    assert {item.passage for section in bare.sections for item in section.items} == {""}
    assert replace(bare, sections=()) == replace(issue(2, 1), sections=())


@given(st.text(max_size=2_000), st.text(max_size=2_000))
def test_every_field_becomes_one_clean_line_of_bounded_length(text: str, url: str) -> None:
    texts = {each.name: text for each in fields(Item) if not each.name.endswith("url")}
    item = Item(**texts, url=url, vote_url=url, save_url=url)
    made = cleaned(Issue(day=text, page_url=url, reason=text, unsubscribe_url=url, name=text, edition=text, lead=text,
                         quiet=text, postal=text, settings_url=url, more=-3,
                         sections=(Section(heading=text, note=text, items=(item,)),)))  # fmt: skip
    (section,) = made.sections
    (paper,) = section.items
    lines = [*(getattr(made, name) for name in ("day", "reason", "name", "edition", "lead", "quiet", "postal")),
             section.heading, section.note, *(getattr(paper, name) for name in texts)]  # fmt: skip
    assert all(len(line) <= 1_001 and len(line.splitlines()) <= 1 for line in lines)
    assert all("\ud800" not in line and "\x00" not in line for line in lines)
    assert paper.title, "a paper without a title is called so"
    assert made.more == 0
    assert cleaned(made) == made, "what is clean stays as it is"


@pytest.mark.parametrize(
    "url", ["javascript:x", "https://a b", "https://é.example", "https://x/" + "a" * 1_500, "//x", ""]
)
def test_only_addresses_of_the_web_are_left(url: str) -> None:
    made = cleaned(replace(ISSUE, page_url=url, sections=(Section(items=(replace(ITEM, url=url),)),)))
    assert made.page_url == made.sections[0].items[0].url == ""
    assert made.unsubscribe_url == ISSUE.unsubscribe_url
    assert cleaned_letter(Letter(subject="S", paragraphs=(), button="B", url=url)).url == ""


def test_sections_papers_and_paragraphs_are_bounded() -> None:
    many = cleaned(issue(*[30] * 20))
    assert (len(many.sections) <= 8, many.count <= 120, many.count + many.more >= 120) == (True, True, True)
    assert len(cleaned_letter(Letter(subject="S", paragraphs=("p",) * 99, button="B", url="")).paragraphs) == 12
