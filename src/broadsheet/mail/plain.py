"""A digest or a letter as plain text that reads well at 72 columns. Addresses are on lines of their own, uncut."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from broadsheet.mail.issue import Issue, Item, Letter, Section

WIDTH = 72
_INDENT = "    "
_WIDE = re.compile(
    "[\u1100-\u115f\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6"
    "\U00017000-\U00018cff\U0001b000-\U0001b2ff\U0001f004-\U0001faff\U00020000-\U0003fffd]"
)  # two columns each


def digest(issue: Issue) -> str:
    """Return the issue as text; every line ends with a line break."""
    return _joined(_digest(issue))


def letter(letter: Letter) -> str:
    """Return the letter as text."""
    return _joined(_letter(letter))


def _joined(blocks: Iterator[str]) -> str:
    return "\n\n".join(block for block in blocks if block) + "\n"


def _digest(issue: Issue) -> Iterator[str]:
    heading = f"{issue.name}: {issue.edition}" if issue.edition else issue.name
    yield f"{_wrapped(heading)}\n{_wrapped(issue.day)}\n{'=' * WIDTH}"
    yield _wrapped(issue.lead)
    yield _wrapped(issue.quiet)
    number = 1
    for section in issue.sections:
        yield _headed(section)
        for item in section.items:
            yield "\n".join(_item(number, item))
            number += 1
        yield "\n".join(f"{_wrapped(words)}\n{url}" for words, url in section.links)
    yield _more(issue)
    yield "\n".join(_footer(issue))


def _headed(section: Section) -> str:
    lines = [_wrapped(section.heading), "-" * WIDTH] if section.heading else []
    return "\n".join([*lines, *([_wrapped(section.note)] if section.note else [])])


def _item(number: int, item: Item) -> Iterator[str]:
    first = f"{number}.".ljust(len(_INDENT))
    yield first + _inside(item.title).removeprefix(_INDENT)
    why = f"{item.strength}: {item.why}" if item.strength and item.why else item.strength or item.why
    for part in (item.authors, item.facts, why, item.passage):
        if part:
            yield _inside(part)
    if item.url:
        yield _INDENT + item.url
    for name, url in item.acts:
        if url.partition("#")[0] != item.url:  # the page of the paper has its buttons
            yield f"{_INDENT}{name}: {url}"


def _more(issue: Issue) -> str:
    if not issue.page_url:
        return f"And {issue.more:,} more." if issue.more else ""
    return f"{f'And {issue.more:,} more on the website:' if issue.more else 'On the website:'}\n{issue.page_url}"


def _footer(issue: Issue) -> Iterator[str]:
    yield "-" * WIDTH
    if issue.reason:
        yield _wrapped(issue.reason)
    for name, url in (("Unsubscribe", issue.unsubscribe_url), ("Change your subscription", issue.settings_url)):
        if url:
            yield f"{name}: {url}"
    if issue.postal:
        yield _wrapped(issue.postal)


def _letter(letter: Letter) -> Iterator[str]:
    yield _wrapped(letter.name)
    for paragraph in letter.paragraphs:
        yield _wrapped(paragraph)
    yield f"{letter.button}:\n{letter.url}"
    yield _wrapped(letter.closing)


def _inside(text: str) -> str:
    return _wrapped(text, _INDENT)


@lru_cache(maxsize=8_192)  # most of it is in the emails of many people
def _wrapped(text: str, indent: str = "") -> str:
    """Return clean text in lines of at most 72 columns, half as many characters where some are two columns wide. The
    standard library's wrapper does not know those, and would take most of the time of a digest."""
    room = WIDTH - len(indent)
    room = room // 2 if _WIDE.search(text) else room
    lines: list[str] = []
    while len(text) > room:
        space = text.rfind(" ", 1, room + 1)
        end = space if space > 0 else room
        lines.append(indent + text[:end])
        text = text[end:].lstrip(" ")
    return "\n".join([*lines, indent + text] if text else lines)
