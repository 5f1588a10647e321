"""A paper as Markdown, for programs that read texts: its own words, with everything that Markdown acts on escaped."""

from __future__ import annotations

import re

from broadsheet.core.types import Document
from broadsheet.exports.listing import Entry, line, link

MEDIA = "text/markdown"
_ACTS = re.compile(r"[\\`*_\[\]<>|]|&(?=#?\w+;)")
_BEGINS = re.compile(r"^(?=[#+=~-])|^(\d{1,9})(?=[.)])")
_LINKS = {"abstract": "Abstract page", "pdf": "PDF", "code": "Code", "project": "Project page"}


def markdown(entry: Entry) -> str:
    """Return title, authors, facts and abstract, ending in a new line."""
    paper = entry.document
    parts = [f"# {text(paper.shown_title) or 'Untitled'}"]
    if paper.authors:
        parts.append(text(", ".join(paper.authors)))
    parts.append("\n".join(f"- {label}: {said}" for label, said in _facts(entry) if said))
    parts += ["## Abstract", text(paper.shown_text) or "No abstract is known."]
    return "\n\n".join(parts) + "\n"


def text(value: str) -> str:
    """Return a text in one line, with all markup escaped."""
    shown = _ACTS.sub(r"\\\g<0>", line(value))
    return _BEGINS.sub(lambda found: f"{found[1]}\\" if found[1] else "\\", shown)


def _facts(entry: Entry) -> list[tuple[str, str]]:
    paper = entry.document
    day = entry.published
    estimate = " (estimated)" if entry.day and paper.on_estimate else ""
    return [
        ("Identifier", f"`{line(paper.id).replace('`', '')}`"),
        ("Page", f"<{entry.address}>"),
        ("Date", f"{day}{estimate}" if day else str(paper.year or "")),
        ("Venue", text(paper.venue)),
        ("Categories", text(", ".join(paper.categories))),
        ("Votes", "" if paper.votes is None else str(paper.votes)),
        *((label, _address(paper, kind)) for kind, label in _LINKS.items()),
        ("Source", text(paper.source)),
    ]


def _address(paper: Document, kind: str) -> str:
    address = link(paper, kind)
    return f"<{address}>" if address and not re.search(r"[<>\s]", address) else ""
