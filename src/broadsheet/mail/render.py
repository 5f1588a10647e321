"""A digest or a letter drawn for mail programs: a subject, plain text, and HTML that needs nothing from elsewhere.

clean every field; draw; while the HTML is too long for the mail programs that cut:
    leave out what is quoted, then papers from the end, and say how many more are on the page
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from broadsheet.core.text import clipped
from broadsheet.mail import plain
from broadsheet.mail.issue import Drawn, Issue, Letter, cleaned, cleaned_letter, shortened, without_passages

if TYPE_CHECKING:
    from jinja2 import Template

MOST_BYTES = 80_000  # the widest-spread web mail cuts at 102 kB; a fifth comes on top for the way
_LONGEST_TITLE = 90
_IN_PREHEADER = 3


def digest(issue: Issue) -> Drawn:
    """The issue as a mail; its HTML is never over 80,000 bytes. Fields are cleaned and escaped here."""
    issue = cleaned(issue)
    drawn = _digest(issue)
    if len(drawn.encode()) > MOST_BYTES:
        issue = without_passages(issue)
        drawn = _digest(issue)
    while (size := len(drawn.encode())) > MOST_BYTES and issue.count:
        issue = shortened(issue, min(issue.count - 1, int(issue.count * MOST_BYTES / size)))
        drawn = _digest(issue)
    return Drawn(subject(issue), plain.digest(issue), drawn)


def letter(letter: Letter) -> Drawn:
    """The letter as a mail."""
    letter = cleaned_letter(letter)
    return Drawn(letter.subject, plain.letter(letter), _template("letter.html").render(letter=letter))


def subject(issue: Issue) -> str:
    """The day, and the first paper by its title; or that there is none."""
    titles = _titles(issue)
    if not titles:
        return f"{issue.day}: no papers"
    others = len(titles) - 1 + issue.more
    rest = f" and {others:,} more" if others else ""
    return f"{issue.day}: {clipped(titles[0], _LONGEST_TITLE)}{rest}"


def _digest(issue: Issue) -> str:
    # Mail programs show the first words beside the subject, which names the first paper already.
    following = "; ".join(_titles(issue)[1 : 1 + _IN_PREHEADER])
    preheader = clipped(issue.lead or following or issue.quiet or issue.edition, 200)
    return _template("digest.html").render(issue=issue, subject=subject(issue), preheader=preheader)


def _titles(issue: Issue) -> list[str]:
    return [item.title for section in issue.sections for item in section.items]


@cache
def _template(name: str) -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # here: most commands draw no mail

    folder = Path(__file__).parent / "templates"
    made = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return made.get_template(name)
