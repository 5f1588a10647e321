"""What is drawn as an email, as plain frozen data: the issue of a digest that one person gets, and a short letter."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from broadsheet.core.text import clipped, squeeze

UNTITLED = "Untitled"
_LONGEST_URL = 1_500
_MOST_SECTIONS = 8
_MOST_ITEMS = 120
_MOST_LINKS = 10
_MOST_PARAGRAPHS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One paper. ``facts`` says where it was published (``arXiv, cs.IR``), ``strength`` how well it matches, ``why``
    why it is here. The links to vote and to save lead to pages with a button."""

    title: str
    url: str
    authors: str = ""
    facts: str = ""
    strength: str = ""
    why: str = ""
    passage: str = ""
    vote_url: str = ""
    save_url: str = ""

    @property
    def acts(self) -> tuple[tuple[str, str], ...]:
        """The links that lead to a page with a button, each with its name."""
        if self.vote_url and self.vote_url == self.save_url:
            return (("Vote or save", self.vote_url),)
        return tuple((name, url) for name, url in (("Vote", self.vote_url), ("Save", self.save_url)) if url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Papers under one heading, which may be empty; ``note`` says what they are, or why there are no papers. ``links``
    lead to what is not in the email: words and an address each."""

    heading: str = ""
    note: str = ""
    items: tuple[Item, ...] = ()
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One digest for one person. ``day`` is in words; ``edition`` says which (``Your papers``); ``lead`` is the line
    above the day; ``quiet`` says why there are no papers; ``more`` counts the papers that are only on the page;
    ``reason`` says why the reader gets this email."""

    subject: str
    day: str
    page_url: str
    reason: str
    unsubscribe_url: str
    name: str = "Broadsheet"
    edition: str = ""
    lead: str = ""
    sections: tuple[Section, ...] = ()
    quiet: str = ""
    more: int = 0
    settings_url: str = ""
    postal: str = ""

    @property
    def count(self) -> int:
        """The number of papers that it shows."""
        return sum(len(section.items) for section in self.sections)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A short email with one thing to do: sign in, or confirm. ``closing`` is the text below the button."""

    subject: str
    paragraphs: tuple[str, ...]
    button: str
    url: str
    closing: str = ""
    name: str = "Broadsheet"


@dataclass(frozen=True, slots=True)
class Drawn:
    """The parts of an email that go into a Message."""

    subject: str
    text: str
    html: str


def cleaned(issue: Issue) -> Issue:
    """Return the issue with every field one clean line of bounded length, every address valid or empty, and no more
    papers than could ever fit."""
    issue = shortened(issue, _MOST_ITEMS)
    return Issue(
        **_lines(issue, subject=200, name=60, day=100, edition=120, lead=1_000, quiet=600, reason=600, postal=300),
        **_addresses(issue, "page_url", "unsubscribe_url", "settings_url"),
        sections=tuple(_section(section) for section in issue.sections[:_MOST_SECTIONS]),
        more=max(issue.more, 0),
    )


def cleaned_letter(letter: Letter) -> Letter:
    """Return the letter with its fields cleaned in the same way."""
    paragraphs = tuple(_line(paragraph, 1_000) for paragraph in letter.paragraphs[:_MOST_PARAGRAPHS])
    lines = _lines(letter, subject=200, button=60, closing=1_000, name=60)
    return Letter(**lines, **_addresses(letter, "url"), paragraphs=paragraphs)


def shortened(issue: Issue, keep: int) -> Issue:
    """Return the issue with its first ``keep`` papers; ``more`` counts the others, sections without papers are gone."""
    sections: list[Section] = []
    left = keep
    for section in issue.sections:
        items = section.items[:left]
        left -= len(items)
        if items or not section.items:
            sections.append(replace(section, items=items))
    return replace(issue, sections=tuple(sections), more=issue.more + max(issue.count - keep, 0))


def without_passages(issue: Issue) -> Issue:
    """Return the issue with the same papers and no passages."""
    sections = (
        replace(section, items=tuple(replace(item, passage="") for item in section.items)) for section in issue.sections
    )
    return replace(issue, sections=tuple(sections))


def _section(section: Section) -> Section:
    return Section(
        heading=_line(section.heading, 120),
        note=_line(section.note, 600),
        items=tuple(_item(item) for item in section.items),
        links=tuple((_line(words, 200), _address(url)) for words, url in section.links[:_MOST_LINKS]),
    )


def _item(item: Item) -> Item:
    lines = _lines(item, title=300, authors=240, facts=160, strength=40, why=300, passage=600)
    lines["title"] = lines["title"] or UNTITLED
    return Item(**lines, **_addresses(item, "url", "vote_url", "save_url"))


def _lines(thing: object, **bounds: int) -> dict[str, str]:
    return {name: _line(getattr(thing, name), longest) for name, longest in bounds.items()}


@lru_cache(maxsize=8_192)  # most lines are in the emails of many people
def _line(text: str, longest: int) -> str:
    return clipped(squeeze(text[: 4 * longest]), longest).encode("utf-8", "replace").decode()


def _addresses(thing: object, *names: str) -> dict[str, str]:
    return {name: _address(getattr(thing, name)) for name in names}


def _address(url: str) -> str:
    """Return a web address without characters that could end it early; empty for any other text."""
    fit = url.startswith(("https://", "http://")) and len(url) <= _LONGEST_URL and url.isascii() and url.isprintable()
    return url if fit and not any(mark in url for mark in ' "<>\\`') else ""
