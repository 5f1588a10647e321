"""An alert: what a reader wants to hear about, in plain words, what not, and how well a paper must match.

It never asks for a number of papers but for a strength of match, in the words of search (``fair``, ``good``,
``strong``), so that a day without a match is silent. ``like:ID`` in its text asks for papers near one in meaning and
later, which is how a reader follows a paper. ``match`` matches it, ``trial`` tries it on the past. URLs,
options and JSON fields use its old name, (standing) query.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from broadsheet.core.errors import UsageError, nearest
from broadsheet.core.query import LONGEST, Asked, ask
from broadsheet.core.text import squeeze
from broadsheet.core.types import LEVELS, Strength

DEFAULT = Strength.GOOD
MOST_WITHOUT = 20
_NOT = re.compile(r"(?:\s*[,;(]\s*|\s+)(?:(?:but|and)\s+)?(?:not about|but not|excluding)\s+", re.IGNORECASE)
_NUMBER = re.compile(r"[01]?\.[0-9]{1,6}|[01]")
_TOKEN = re.compile(r'[a-zA-Z]{2,8}:"[^"]{1,200}"|\S+')


@dataclass(frozen=True, slots=True)
class Alert:
    """What is wanted in plain words (with conditions as ``query.ask`` reads them), what is not, and how well a paper
    must match: ``fair``, ``good``, ``strong``, or a cosine above 0 and up to 1. UsageError for invalid values."""

    text: str
    without: tuple[str, ...] = ()
    minimum: Strength | float = DEFAULT

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise UsageError("an alert needs some words, or a condition, for example author:NAME")
        if max(map(len, (self.text, *self.without))) > LONGEST or len(self.without) > MOST_WITHOUT:
            raise UsageError(f"an alert has at most {MOST_WITHOUT} exclusions, and {LONGEST:,} characters in each text")
        if isinstance(self.minimum, str):
            object.__setattr__(self, "minimum", _level(self.minimum))
        elif not 0 < self.minimum <= 1:
            raise UsageError(f"the least cosine is {self.minimum}; expected a number above 0 and up to 1")

    @classmethod
    def read(cls, text: str, without: Sequence[str] = (), minimum: str | float = "") -> Alert:
        """Read an alert as it was typed: what follows ``not about``, ``but not`` or ``excluding`` is an exclusion too,
        and the minimum may be a number in digits (empty: ``good``)."""
        tokens = _TOKEN.findall(text[: 2 * LONGEST])
        conditions = [token for token in tokens if not ask_alert(token).words]
        wanted, *unwanted = _NOT.split(" " + " ".join(token for token in tokens if token not in conditions))
        others = (squeeze(each).strip(" .,;)") for each in (*unwanted, *without))
        kept = tuple(dict.fromkeys(each for each in others if each))
        return cls(" ".join([wanted.strip(" ,;("), *conditions]).strip(), kept, _minimum(minimum))

    @property
    def papers(self) -> tuple[str, ...]:
        """Return the names of the papers that it follows; an alert in words has none."""
        return ask_alert(self.text).like


def ask_alert(text: str) -> Asked:
    """Parse the text of an alert: its words, its conditions, and the papers that others are to be near to."""
    return ask(text, with_likes=True)


def _minimum(typed: str | float) -> Strength | float:
    if not isinstance(typed, str):
        return typed
    word = squeeze(typed).lower() or DEFAULT
    return float(word) if _NUMBER.fullmatch(word) else _level(word)


def _level(word: str) -> Strength:
    if word not in LEVELS:
        raise UsageError(f"unknown strength of match {word[:40]!r}. {nearest(word, LEVELS)}")
    return Strength(word)
