"""A digest or a letter drawn for mail programs: plain text, and HTML that needs nothing from elsewhere.

clean every field; draw; while the HTML is too long for the mail programs that cut:
    leave out the passages, then papers from the end, and say how many more are on the website
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

MOST_BYTES = 80_000  # the most common web mail cuts at 102 kB, and the encoding adds a fifth
_IN_PREHEADER = 3


def digest(issue: Issue) -> Drawn:
    """Return the issue as an email; its HTML is never over 80,000 bytes. Fields are cleaned and escaped here."""
    issue = cleaned(issue)
    drawn = _digest(issue)
    if len(drawn.encode()) > MOST_BYTES:
        issue = without_passages(issue)
        drawn = _digest(issue)
    while (size := len(drawn.encode())) > MOST_BYTES and issue.count:
        issue = shortened(issue, min(issue.count - 1, int(issue.count * MOST_BYTES / size)))
        drawn = _digest(issue)
    return Drawn(issue.subject, plain.digest(issue), drawn)


def letter(letter: Letter) -> Drawn:
    """Return the letter as an email."""
    letter = cleaned_letter(letter)
    return Drawn(letter.subject, plain.letter(letter), _template("letter.html").render(letter=letter))


def _digest(issue: Issue) -> str:
    # Mail programs show the first words next to the subject, which names the first paper already.
    titles = [item.title for section in issue.sections for item in section.items]
    following = "; ".join(titles[1 : 1 + _IN_PREHEADER])
    preheader = clipped(issue.lead or following or issue.quiet or issue.edition, 200)
    return _template("digest.html").render(issue=issue, preheader=preheader)


@cache
def _template(name: str) -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # here: most commands draw no email

    folder = Path(__file__).parent / "templates"
    made = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return made.get_template(name)
