"""How sure it is that two papers are one work: a probability from their titles, authors, years and texts.

likeness of the titles, share of authors, years between, share of five-word runs -> a logistic function -> 0 to 1

The coefficients were fitted on half of the pairs of papers that are in two collections, with titles altered, on papers
that arXiv lists separately although they are alike, and on the train part of DBLP-ACM; ``./run.sh bench near same``
fits them again and prints how often a probability is right on the other half. The cosine of two vectors adds nothing to
these features, so that the probability is the same under every encoder. It is that of a pair that was looked at for
some reason (a shared title, near vectors), not of any two papers. Logistic record linkage: Fellegi and Sunter 1969, "A
Theory for Record Linkage".
"""

from __future__ import annotations

import math
from collections import Counter
from typing import NamedTuple

from broadsheet.core import titles, works
from broadsheet.core.types import Document

SURE = 0.6
"""The probability from which two papers count as one work. On the half that the coefficients were fitted on, F1 is best
from 0.21 on; it is higher because a wrong join hides a paper, and a missed one only shows a work twice."""

_SHORTEST = 40  # words of a text that counts
_MOST_YEARS = 5
_MOST_TITLE = 1_000  # characters
_CONSTANT = -6.07


class Evidence(NamedTuple):
    """What two papers have in common, as the features of the probability.

    ``title``: the share of three-letter runs of both titles, 0 to 1. ``reworded``: 1 where one title can be a
    correction of the other. ``people``: authors in common over the longer list. ``unsigned``: 1 where one has no
    authors. ``worded``: 1 where both have a text. ``wording``: the square root of the share of five-word runs.
    ``years_bare`` and ``years``: years between them, at most five, without and with texts. ``title_and_text``:
    ``reworded`` where both have a text.
    """

    title: float
    reworded: float
    people: float
    unsigned: float
    worded: float
    wording: float
    years_bare: float
    years: float
    title_and_text: float


WEIGHTS = Evidence(0.86, 5.48, 4.02, 0.94, -2.41, 7.7, -3.16, -0.34, -2.84)
"""The coefficient of each feature."""


def confidence(one: Document, other: Document) -> float:
    """Return the probability, 0 to 1, that two papers are one work, by what they say; identifiers do not count."""
    return logistic(evidence(one, other))


def logistic(found: Evidence) -> float:
    """Return the probability that evidence stands for."""
    total = _CONSTANT + sum(weight * value for weight, value in zip(WEIGHTS, found, strict=True))
    return 1 / (1 + math.exp(-total))


def evidence(one: Document, other: Document) -> Evidence:
    """Return what two papers have in common."""
    fewest, most = sorted((len(one.authors), len(other.authors)))
    worded = float(all(len(each.shown_text.split()) >= _SHORTEST for each in (one, other)))
    first, second = works.year_of(one), works.year_of(other)
    years = float(min(_MOST_YEARS, abs(first - second))) if first and second else 0.0
    reworded = float(titles.similar(one.shown_title, other.shown_title))
    return Evidence(
        title=_likeness(one.shown_title, other.shown_title),
        reworded=reworded,
        people=works.in_common(one.authors, other.authors) / most if fewest else 0.0,
        unsigned=float(not fewest),
        worded=worded,
        wording=worded * math.sqrt(works.alike(one.shown_text, other.shown_text)),
        years_bare=years * (1 - worded),
        years=years * worded,
        title_and_text=worded * reworded,
    )


def _likeness(one: str, other: str) -> float:
    """The share of runs of three letters that two titles have in common (Dice 1945), 0 to 1."""
    ones, others = _runs(one), _runs(other)
    every = ones.total() + others.total()
    return 2 * (ones & others).total() / every if every else 0.0


def _runs(title: str) -> Counter[str]:
    letters = titles.compact(title[:_MOST_TITLE])
    return Counter(letters[place : place + 3] for place in range(len(letters) - 2))
