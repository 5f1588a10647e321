"""What is drawn as an email: cleaned, bounded and shortened."""

from __future__ import annotations

from dataclasses import replace

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
