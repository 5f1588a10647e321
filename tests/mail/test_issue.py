"""What is drawn as an email: cleaned, bounded and shortened."""

from __future__ import annotations

from dataclasses import fields, replace

from hypothesis import given
from hypothesis import strategies as st

from broadsheet.mail.issue import UNTITLED, Issue, Item, Letter, Section, cleaned, cleaned_letter, shortened
from broadsheet.mail.issue import without_passages as bare

ITEM = Item(title="Tides", url="https://x.example/1", passage="A tide.", vote_url="https://x.example/1#acts")
ISSUE = Issue(
    subject="Monday: Tides", day="Monday", page_url="https://x.example/", reason="You subscribed.", unsubscribe_url="",
    sections=(Section(heading="For you", items=(ITEM,) * 3), Section(heading="For everyone", items=(ITEM,) * 4)),
    more=2,
)  # fmt: skip


def test_papers_that_are_left_out_are_counted() -> None:
    assert ISSUE.count == 7
    short = shortened(ISSUE, 3)
    assert (short.count, short.more) == (3, 6)
    assert [each.heading for each in short.sections] == ["For you"], "a section that lost all its papers is gone"
    assert shortened(ISSUE, 7) == ISSUE
    note = replace(ISSUE, sections=(Section(note="Nothing today."),))
    assert shortened(note, 0) == note, "a section that never had papers stays"


def test_nothing_is_quoted_without_passages() -> None:
    assert {item.passage for section in bare(ISSUE).sections for item in section.items} == {""}
    assert replace(ITEM, passage="") == bare(ISSUE).sections[0].items[0]


def test_every_field_is_one_line_and_every_address_one_for_the_web() -> None:
    item = replace(ITEM, title=" \u202e ", url="javascript:alert(1)", authors="Ada\r\nStone", facts="x" * 900)
    dirty = replace(ISSUE, subject="A\nB" * 300, sections=(Section(heading="a\tb", items=(item,)),), more=-3)
    clean = cleaned(replace(dirty, page_url="https://x.example/a b"))
    (section,) = clean.sections
    assert (section.heading, clean.page_url, clean.more) == ("a b", "", 0)
    assert "\n" not in clean.subject
    assert len(clean.subject) <= 200
    assert (section.items[0].title, section.items[0].url, section.items[0].authors) == (UNTITLED, "", "Ada Stone")
    assert len(section.items[0].facts) <= 160
    letter = Letter(subject="a\nb", paragraphs=("c\x00",) * 20, button="d", url="ftp://x.example")
    assert cleaned_letter(letter) == Letter(subject="a b", paragraphs=("c",) * 12, button="d", url="")


def test_links_to_one_page_are_one() -> None:
    assert replace(ITEM, save_url=ITEM.vote_url).acts == (("Vote or save", ITEM.vote_url),)
    assert replace(ITEM, save_url="https://x.example/s").acts == (
        ("Vote", ITEM.vote_url), ("Save", "https://x.example/s"),
    )  # fmt: skip
    assert replace(ITEM, vote_url="").acts == ()


@given(st.text(max_size=2_000), st.text(max_size=2_000))
def test_any_text_becomes_clean_and_what_is_clean_stays(text: str, url: str) -> None:
    texts = {each.name: text for each in fields(Item) if not each.name.endswith("url")}
    item = Item(**texts | {"url": url, "vote_url": url, "save_url": url})
    section = Section(heading=text, note=text, items=(item,))
    names = ("subject", "day", "reason", "name", "edition", "lead", "quiet", "postal")
    urls = dict.fromkeys(("page_url", "unsubscribe_url", "settings_url"), url)
    made = cleaned(Issue(**dict.fromkeys(names, text), **urls, sections=(section,)))
    (paper,) = made.sections[0].items
    lines = [getattr(made, name) for name in names] + [getattr(paper, name) for name in texts]
    lines += [made.sections[0].heading, made.sections[0].note]
    assert all(len(line) <= 1_001 and len(line.splitlines()) <= 1 for line in lines)
    assert all("\ud800" not in line and "\x00" not in line for line in lines)
    assert paper.title
    assert cleaned(made) == made


def test_sections_and_papers_are_bounded() -> None:
    many = cleaned(replace(ISSUE, sections=(Section(heading="S", items=(ITEM,) * 30),) * 20, more=0))
    assert len(many.sections) <= 8
    assert many.count <= 120
    assert many.count + many.more >= 120
