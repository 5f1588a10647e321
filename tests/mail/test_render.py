"""A digest and a letter as mail: what is said, nothing that could act, and never too long."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from broadsheet.mail import render
from broadsheet.mail.issue import Drawn, Issue, Item, Letter, Section
from broadsheet.mail.plain import WIDTH

ITEM = Item(
    title="Reading tide tables",
    url="https://papers.example.org/paper/1",
    authors="Ada Stone and 3 more",
    facts="arXiv · cs.IR",
    strength="Strong match",
    why="near “Finding the hour”, which you saved",
    passage="A table of tides can be read by a small machine.",
    vote_url="https://papers.example.org/vote/1",
    save_url="https://papers.example.org/save/1",
)
ISSUE = Issue(
    subject="Monday 2 March 2026: Reading tide tables and 14 more",
    day="Monday 2 March 2026",
    edition="Your papers",
    page_url="https://papers.example.org/day/2026-03-02",
    reason="You get this every day because reader@lab.science asked for it.",
    unsubscribe_url="https://papers.example.org/u/t0ken",
    settings_url="https://papers.example.org/account",
    postal="1 Harbour Lane",
    lead="A day of tides.",
    sections=(
        Section(heading="For you", note="From two interests.", items=(ITEM, replace(ITEM, title="A second"))),
        Section(heading="Everybody’s day", items=(replace(ITEM, title="A third"),)),
    ),
    more=12,
)
SAFE = {
    "html", "head", "meta", "title", "style", "body", "div", "table", "tr", "td", "h1", "h2", "h3", "p", "a", "b",
    "bdi", "span",
}  # fmt: skip


class Seen(HTMLParser):
    """What a mail program would see: words, links, and that every element closes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words, self.links, self.tags, self.open = "", [], set(), []
        self.attributes: set[str] = set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action", "background")]
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.words += data


def test_everything_is_said_in_both_forms() -> None:
    drawn = render.digest(ISSUE)
    assert drawn.subject == "Monday 2 March 2026: Reading tide tables and 14 more"
    assert f"<title>{drawn.subject}</title>" in drawn.html
    words = Seen(drawn.html).words
    for told in (
        ISSUE.day,
        ISSUE.edition,
        ISSUE.lead,
        ISSUE.reason,
        "1 Harbour Lane",
        "For you",
        "From two interests.",
    ):
        assert told in words
        assert told in drawn.text
    for told in (ITEM.title, "A third", ITEM.authors, ITEM.facts, ITEM.strength, ITEM.why, ITEM.passage):
        assert told in words
        assert told in drawn.text
    assert "And 12 more on the website" in words
    assert "And 12 more on the website:\nhttps://papers.example.org/day/2026-03-02" in drawn.text


def test_links_lead_where_they_should() -> None:
    drawn = render.digest(ISSUE)
    links = Seen(drawn.html).links
    for url in (ITEM.url, ITEM.vote_url, ITEM.save_url, ISSUE.page_url, ISSUE.unsubscribe_url, ISSUE.settings_url):
        assert url in links
        assert url in drawn.text


def test_nothing_is_fetched_and_nothing_acts() -> None:
    seen = Seen(render.digest(ISSUE).html)
    assert seen.tags <= SAFE
    assert not {name for name in seen.attributes if name.startswith("on") or name in ("src", "srcset", "background")}
    assert "url(" not in render.digest(ISSUE).html
    assert not seen.open


def test_a_quiet_day_says_why() -> None:
    quiet = replace(ISSUE, sections=(), lead="", more=0, quiet="It is Sunday: nothing is announced.")
    drawn = render.digest(quiet)
    assert "It is Sunday: nothing is announced." in drawn.text
    assert "It is Sunday: nothing is announced." in Seen(drawn.html).words
    assert "more" not in drawn.text


def test_what_is_empty_leaves_no_trace() -> None:
    bare = Issue(
        subject="", day="Monday", page_url="", reason="", unsubscribe_url="",
        sections=(Section(items=(Item(title="T", url=""),)),),
    )  # fmt: skip
    drawn = render.digest(bare)
    assert not Seen(drawn.html).links
    assert "Vote" not in drawn.html
    assert "\n\n\n" not in drawn.text


FIELD = st.text(max_size=60) | st.sampled_from(
    [
        "<script>alert(1)</script>",
        "\"'><img src=x onerror=y>",
        "&lt;b&gt;",
        "{{ 7*7 }}",
        "\r\nBcc: x",
        "\u202eabc",
        "x" * 9_000,
    ]
)


@given(FIELD, FIELD, FIELD)
@example("]]><!--", "--><style>", "\ud800")
def test_no_field_gets_out_of_its_place(title: str, why: str, url: str) -> None:
    item = replace(ITEM, title=title, authors=why, facts=why, why=why, passage=title, url=url, vote_url=url)
    issue = replace(ISSUE, sections=(Section(heading=title, note=why, items=(item,)),), lead=title, edition=why)
    issue = replace(issue, subject=title, reason=why, postal=title, unsubscribe_url=url)
    drawn = render.digest(issue)
    seen = Seen(drawn.html)
    assert seen.tags <= SAFE
    assert not seen.open
    assert all(link.startswith(("https://", "http://")) for link in seen.links)
    assert not set(drawn.text + drawn.html + drawn.subject) & set("\r\x00\u202e")
    assert max(map(columns, (line for line in drawn.text.splitlines() if "http" not in line))) <= WIDTH
    drawn.html.encode()
    drawn.text.encode()


def columns(line: str) -> int:
    return sum(2 if "\u2e80" <= c <= "\ua4cf" or "\uff00" <= c <= "\uff60" else 1 for c in line)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "data:text/html,x", "//x.example", "ftp://x.example", "https://x.example/a b",
        'https://x.example/">', "https://x.example/\n", "https://x.example/" + "a" * 2_000, "https://münchen.example",
    ],
)  # fmt: skip
def test_an_address_that_is_none_is_no_link(url: str) -> None:
    drawn = render.digest(replace(ISSUE, sections=(Section(items=(replace(ITEM, url=url, vote_url=url),)),)))
    assert url not in Seen(drawn.html).links
    assert url not in drawn.text
    assert ITEM.title in drawn.text


def shown(drawn: Drawn) -> int:
    return drawn.html.count("<h3")


@pytest.mark.parametrize("word", ["tide ", "潮汐", "<&>\"' "])
@pytest.mark.parametrize("count", [15, 60, 3_000])
def test_it_is_never_too_long_and_says_what_is_missing(word: str, count: int) -> None:
    items = tuple(replace(ITEM, title=f"Tide number {n}", passage=word * 400, why=word * 60) for n in range(count))
    drawn = render.digest(replace(ISSUE, sections=(Section(heading="All", items=items),), more=5))
    assert len(drawn.html.encode()) <= render.MOST_BYTES
    kept = shown(drawn)
    assert 0 < kept <= count
    assert f"And {count - kept + 5:,} more" in drawn.text
    assert f"And {count - kept + 5:,} more" in Seen(drawn.html).words
    assert drawn.text.count("Tide number") == kept


def test_passages_go_before_papers() -> None:
    items = tuple(replace(ITEM, title=f"Tide number {n}", passage="A tide. " * 75) for n in range(44))
    drawn = render.digest(replace(ISSUE, sections=(Section(items=items),), more=0))
    assert shown(drawn) == 44
    assert "A tide." not in drawn.text


def test_a_section_that_lost_its_papers_is_gone_with_its_heading() -> None:
    many = tuple(replace(ITEM, title=f"Tide number {n}") for n in range(400))
    drawn = render.digest(
        replace(ISSUE, sections=(Section(heading="Mine", items=many), Section(heading="All", items=many)))
    )
    assert "Mine" in drawn.text
    assert "\nAll\n" not in drawn.text


def test_all_that_is_dropped_at_the_end_fits_whatever_it_holds() -> None:
    worst = "&" * 2_000
    issue = Issue(
        subject=worst, day=worst, page_url="https://x.example/" + "&" * 1_400, reason=worst, unsubscribe_url="https://x.example/",
        edition=worst, lead=worst, quiet=worst, postal=worst,
        sections=tuple(Section(heading=worst, note=worst) for _ in range(50)),
    )  # fmt: skip
    assert len(render.digest(issue).html.encode()) <= render.MOST_BYTES


def test_a_letter_has_one_thing_to_do() -> None:
    letter = Letter(
        subject="Sign in to <Broadsheet>",
        paragraphs=("Somebody asked to sign in.", "It works once."),
        button="Sign in",
        url="https://papers.example.org/in/t0ken",
        closing="If it was not you, do nothing.",
    )
    drawn = render.letter(letter)
    assert drawn.subject == "Sign in to <Broadsheet>"
    assert "Sign in:\nhttps://papers.example.org/in/t0ken\n" in drawn.text
    seen = Seen(drawn.html)
    assert set(seen.links) == {"https://papers.example.org/in/t0ken"}
    assert seen.tags <= SAFE
    for told in (*letter.paragraphs, letter.closing, letter.subject):
        assert told in seen.words


def test_links_to_what_is_not_in_the_email_are_drawn_and_cleaned() -> None:
    first, second = ISSUE.sections
    links = (("7 more match <Tides>", "https://papers.example.org/queries/3"), ("1 more", "javascript:alert(1)"))
    seen = Seen(render.digest(replace(ISSUE, sections=(replace(first, links=links), second))).html)
    assert "7 more match <Tides>" in seen.words
    assert "https://papers.example.org/queries/3" in seen.links
    assert "1 more" in seen.words
    assert not [link for link in seen.links if link.startswith("javascript")]
