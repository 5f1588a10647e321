"""The status of a paper: retracted, withdrawn and the like, as its source states it; words of an abstract do not count.

a reader says it -> several sources: the gravest counts -> every list shows it, some leave the paper out
a record from before statuses were kept: the facts that its source stated
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from broadsheet.core.identity import arxiv_id
from broadsheet.core.records import STATUS_KINDS
from broadsheet.core.types import Document, Status, StatusKind

FALLEN: frozenset[StatusKind] = frozenset({"retracted", "removed", "withdrawn", "rejected"})
"""What leaves trending, picks and email."""
WHOLE_WORK: frozenset[StatusKind] = frozenset({"retracted", "removed"})
"""What concerns the work, under whichever identifier; the others concern one appearance of it."""

_AUTHORITIES = {
    "openalex": "OpenAlex", "acl": "ACL Anthology", "openreview": "OpenReview", "crossref": "Crossref",
    "arxiv": "arXiv", "pubmed": "PubMed", "title": "its title",
}  # fmt: skip
_WORK = r"(?:paper|article|submission|manuscript|preprint|work|version|draft|note)"
_SAYS_WITHDRAWN = re.compile(
    rf"^\W*(?:withdrawn\b|(?:this|the|our)\s+{_WORK}\s+(?:has\s+been|have\s+been|was|is|being)\s+(?:\w+ly\s+)?"
    rf"(?:withdrawn|retracted)\b|(?:{_WORK}\s+)?(?:withdrawn|retracted)\s+by\s+(?:the\s+)?(?:authors?|arxiv)\b)",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[.;!\n]\s*")
_TITLED = re.compile(r"^\W{0,3}(RETRACTED|WITHDRAWN|REMOVED)(?: (?:ARTICLE|PAPER|CHAPTER))?\s?[:\])–-]")
_MOST_READ = 2_000  # characters of a comment


def gravest(statuses: Iterable[Status | None]) -> Status | None:
    """Return the gravest of these statuses, the dated one and then the first by source of equals; None without any."""
    known = [status for status in statuses if status]
    return min(known, key=lambda each: (STATUS_KINDS.index(each.kind), each.since is None, each.source), default=None)


def status_of(document: Document) -> Status | None:
    """Return the status of a paper: its own, or the one that follows from what a source stated before there was any."""
    return document.status or _stated(document)


def _stated(document: Document) -> Status | None:
    extra = document.extra
    if extra.get("retracted") is True or (document.source.startswith("acl:") and extra.get("retracted")):
        return Status("retracted", "acl" if document.source.startswith("acl:") else "openalex")
    if any(arxiv_id(name) for name in (document.id, *document.aliases)):
        return of_arxiv(extra.get("comment") or extra.get("comments")) or titled(document.title)
    return titled(document.title)


def of_arxiv(comment: Any, abstract: str = "") -> Status | None:
    """Return what a record of arXiv says about a withdrawal: in its comment, or in place of its abstract."""
    said = comment[:_MOST_READ] if isinstance(comment, str) else ""
    sentences = (*_SENTENCE.split(said), abstract[:300])
    return Status("withdrawn", "arxiv") if any(_SAYS_WITHDRAWN.match(each) for each in sentences) else None


def titled(title: str) -> Status | None:
    """Return the status that publishers put before a title: ``RETRACTED: ...``, ``WITHDRAWN: ...``."""
    match = _TITLED.match(title)
    if not match:
        return None
    return Status({"RETRACTED": "retracted", "WITHDRAWN": "withdrawn", "REMOVED": "removed"}[match[1]], "title")  # type: ignore[arg-type]


def status_in_words(status: Status) -> str:
    """Return a status in words: ``retracted (OpenAlex, 2024-05-03)``."""
    authority = _AUTHORITIES.get(status.source, status.source)
    facts = ", ".join(filter(None, [authority, str(status.since or "")]))
    kind = "with an erratum" if status.kind == "erratum" else status.kind
    return f"{kind} ({facts})" if facts else kind
