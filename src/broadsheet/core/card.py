"""What a source said of a paper besides its fields: its own summary, the institution, the stars of its code.

Sources write these into ``Document.extra`` under names of their own; here they have one name each.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from broadsheet.core.text import readable
from broadsheet.core.types import Document

SUMMARIES = ("ai_summary", "tldr", "TLDR", "TL;DR")
INSTITUTIONS = ("organization", "org", "institution", "affiliation")
STARS = ("github_stars", "githubStars", "stars")
_LONGEST_SUMMARY, _LONGEST_NAME = 1_000, 120  # characters


def source_summary(document: Document) -> str:
    """Return the summary that the source gave next to the abstract, on one line; empty without one."""
    return _first(document.extra, SUMMARIES, _LONGEST_SUMMARY)


def institution(document: Document) -> str:
    """Return the institution that the source named with the paper; empty without one."""
    return _first(document.extra, INSTITUTIONS, _LONGEST_NAME)


def stars(document: Document) -> int | None:
    """Return how many stars the repository had when the source was read; None where the source did not say."""
    for name in STARS:
        value = document.extra.get(name)
        if type(value) is int and value >= 0:
            return value
    return None


def _first(extra: Mapping[str, Any], names: tuple[str, ...], longest: int) -> str:
    for name in names:
        value = extra.get(name)
        if isinstance(value, str) and value.strip() and len(value) <= longest:
            return readable(value)
    return ""
