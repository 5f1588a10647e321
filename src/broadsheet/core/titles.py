"""Titles compared: one title in two spellings, a title without its subtitle, and the works of a series.

``plain`` forms are compared: without accents, case and punctuation.
"""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher

from broadsheet.core.text import plain, readable

_GENERIC_WORDS = (
    "preface introduction editorial foreword afterword index errata erratum corrigendum abstract abstracts summary "
    "contents acknowledgements acknowledgments biography obituary discussion comment reply rejoinder correction "
    "retraction addendum"
)
_GENERIC = frozenset(_GENERIC_WORDS.split(" "))
_PART_WORDS = "part parts volume vol number no nr chapter section issue book supplement appendix"
_PARTS = frozenset(_PART_WORDS.split(" "))
_NUMERAL = re.compile(r"\d+(?:st|nd|rd|th)?|[ivxl]+|[a-h]")
_SUBTITLE = re.compile(r"\s*[:：]\s+|\s+[-–—]{1,3}\s+|(?<=[\w)])[.?!]\s+")
_SHARE = 0.6  # of the longer title that a shorter form of it has
_ALMOST = 0.85  # of the words of both that two wordings of a long title share
_SPELT_ALIKE = 0.75
_MOST_SPELT = 3  # words that may be spelt otherwise


def compact(title: str) -> str:
    """Return the letters and digits of a title alone: the same with and without hyphens, spaces and accents."""
    return plain(title).replace(" ", "")


def split(title: str) -> tuple[str, str]:
    """Return the title before its subtitle, and the subtitle: empty when there is none."""
    parts = _SUBTITLE.split(readable(title), maxsplit=1)
    return (parts[0], parts[1]) if len(parts) == 2 and parts[0].strip() and parts[1].strip() else (title, "")


def telling(title: str, words: int) -> bool:
    """Return whether a title can identify a work: long enough, and not a title that every volume has."""
    parts = plain(title).split()
    return len(parts) >= words and not _GENERIC.intersection(parts[:1] if len(parts) < 5 else ())


def same(one: str, other: str) -> bool:
    """Return whether two titles are spelt with the same letters and digits."""
    return bool(letters := compact(one)) and letters == compact(other)


def shortened(one: str, other: str) -> bool:
    """Return whether one title is the other without its subtitle; one without the number of its part is not."""
    return any(
        subtitle and not _of_series(subtitle) and same(main, whole) and telling(main, 1)
        for (main, subtitle), whole in ((split(one), other), (split(other), one))
    )


def similar(one: str, other: str) -> bool:
    """Return whether one title can be a correction of the other: words added, left out or spelt otherwise.

    Titles with different numbers (``Part 1``) are those of two works, and so are short ones with a word replaced.
    """
    if same(one, other) or shortened(one, other):
        return True
    ones, others = plain(one).split(), plain(other).split()
    left, right = Counter(ones) - Counter(others), Counter(others) - Counter(ones)
    if not ones or not others or any(map(_NUMERAL.fullmatch, (*left, *right))):
        return False
    common = len(ones) - left.total()
    if not left or not right:
        return common >= _SHARE * max(len(ones), len(others))
    if _spelt_alike(list(left.elements()), list(right.elements())):
        return True
    return 2 * common >= _ALMOST * (len(ones) + len(others))


def overlap(one: str, other: str) -> bool:
    """Return whether two titles share a word of more than three letters."""
    words = [{word for word in plain(title).split() if len(word) > 3} for title in (one, other)]
    return bool(words[0] & words[1])


def _of_series(subtitle: str) -> bool:
    """Return whether a subtitle only says which part it is, or what it is to the work: ``Part II``, ``Erratum``."""
    first, *others = plain(subtitle).split() or [""]
    return not first or first in _GENERIC or first in _PARTS or (bool(_NUMERAL.fullmatch(first)) and not others)


def _spelt_alike(ones: list[str], others: list[str]) -> bool:
    if not len(ones) == len(others) <= _MOST_SPELT:
        return False
    pairs = zip(ones, others, strict=True)
    return all(SequenceMatcher(None, a[:40], b[:40], autojunk=False).ratio() >= _SPELT_ALIKE for a, b in pairs)
