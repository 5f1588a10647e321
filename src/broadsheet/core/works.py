"""When two papers are one work: the same paper under two identifiers, for example a preprint and its conference paper.

papers that one source, or arXiv, lists separately are two works, and so are papers that a reader has separated
the same work: a reader said so; an identifier in common; or the same title and an author in common; or
               abstracts that share their wording and most of the authors
the same title is that of two works when publishers gave it two DOIs in two years, or many years lie between
strongest ties first, papers form groups; a group never takes a paper that is separate from one of its own

Whether two records of one identifier are the same paper (``agree``) is decided by what they say, too.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from typing import Literal

from broadsheet.core import titles
from broadsheet.core.authors import Known
from broadsheet.core.identity import arxiv_id, doi, everywhere
from broadsheet.core.imprint import imprint_of
from broadsheet.core.text import plain
from broadsheet.core.types import Document

Tie = Literal["reader", "identifier", "title", "text", "likely"]
ALIKE = 0.3  # share of five-word runs that two abstracts must have in common; measured, see docs/benchmarks.md
SKETCH = 6  # hashes per text: enough for 98 of 100 altered copies to share one
_RUN = 5
_SHORTEST = 40  # words: a shorter text is not an abstract and says too little to identify a work
_MOST_READ = 20_000  # characters
_MOST_YEARS = 5  # between a preprint and its publication; in later ones a title is used again
_PREPRINT_WORDS = (
    "10.48550 10.1101 10.64898 10.2139 10.5281 10.21203 10.31234 10.31219 10.31235 10.31223 10.31222 10.31730 10.35542 "
    "10.26434 10.20944 10.36227 10.22541 10.6084 10.3386 10.17605 10.32942 10.7287 10.14293 10.33774 10.13140 10.15200"
)
_PREPRINTS = frozenset(_PREPRINT_WORDS.split(" "))  # DOI prefixes of archives, whose papers appear elsewhere again
_STRENGTH: dict[Tie, int] = {"reader": -1, "identifier": 0, "title": 1, "text": 2, "likely": 3}


def tie(one: Document, other: Document) -> Tie | None:
    """Return what makes two papers the same work, or None when nothing does with enough certainty."""
    if apart(one, other):
        return None
    people = in_common(one.authors, other.authors)
    same_title = titles.same(one.title, other.title)
    unsigned = not one.authors or not other.authors
    if _identifiers(one) & _identifiers(other) and (people or same_title or unsigned):
        return "identifier"
    if _one_title(one, other, people) and not _published_twice(one, other):
        return "title"
    if 2 * people >= min(len(one.authors), len(other.authors)) > 0 and alike(one.shown_text, other.shown_text) >= ALIKE:
        return "text"
    return None


def apart(one: Document, other: Document) -> bool:
    """Return whether a source that both came from, or arXiv by two numbers, lists the papers separately."""
    if one.source and one.source == other.source:
        return True
    numbers = [{known[0] for name in (d.id, *d.aliases) if (known := arxiv_id(name))} for d in (one, other)]
    return all(numbers) and not numbers[0] & numbers[1]


def agree(one: Document, other: Document, name: str) -> bool:
    """Return whether two records that are called ``name`` can be the same paper, by what they say of it.

    An archive that gives a number to one paper alone is believed unless nothing agrees. A DOI, a key of a file and an
    id of last resort are also given to the chapters of a book, or are no identifiers at all: there title, people and
    year must agree, or the texts. An id of last resort that is made of a short title needs the place in print, too.
    """
    if name.startswith("title:") and _printed_apart(one, other):
        return False
    if (one.title, one.authors, one.year, one.submitted) == (other.title, other.authors, other.year, other.submitted):
        return True
    people = in_common(one.authors, other.authors)
    unsigned = not one.authors or not other.authors
    if everywhere(name):
        return bool(people) or _alike_in_words(one, other, unsigned=unsigned)
    similar = titles.similar(one.title, other.title)
    if (people or unsigned) and similar and _years(one, other) <= _tolerance(one, other, name):
        return True
    return _alike(one, other) and not name.startswith("title:") and (bool(people) or similar)


def _alike_in_words(one: Document, other: Document, *, unsigned: bool) -> bool:
    words = titles.overlap if unsigned else titles.similar
    return titles.same(one.title, other.title) or words(one.title, other.title) or _alike(one, other)


def _alike(one: Document, other: Document) -> bool:
    return alike(one.shown_text, other.shown_text) >= ALIKE


def _tolerance(one: Document, other: Document, name: str) -> int:
    """Return how many years may lie between two records of a paper: online and in print, but not for a title that comes
    again each year."""
    yearly = name.startswith("title:") or not all(titles.telling(d.title, 2) for d in (one, other))
    return 0 if yearly else 1


def place_of(document: Document) -> tuple[str, str, str, str]:
    """Return where a paper with a short title was printed: volume, number, first page and venue, each empty where it is
    not known. All are empty for a title that is enough to tell the paper."""
    if titles.telling(document.title, 4):
        return ("", "", "", "")
    imprint = imprint_of(document)
    numbers = (re.search(r"\w+", text) for text in (imprint.volume, imprint.number, imprint.pages))
    volume, number, page = (match[0].lstrip("0").lower() if match else "" for match in numbers)
    return volume, number, page, plain(document.venue)


def _printed_apart(one: Document, other: Document) -> bool:
    """Return whether two papers with a short title, like an editorial, are in two volumes, issues or places of one or,
    as one source writes them, in two journals."""
    of_one_source = one.source == other.source
    pairs = list(zip(place_of(one), place_of(other), strict=True))[: 4 if of_one_source else 3]
    return any(first and second and first != second for first, second in pairs)


def _one_title(one: Document, other: Document, people: int) -> bool:
    """Return whether title, people and years are those of one work."""
    if _years(one, other) > _MOST_YEARS:
        return False
    if titles.same(one.title, other.title):
        unsigned = not one.authors or not other.authors
        return titles.telling(one.title, 4 if unsigned else 2) and bool(people or unsigned)
    fewest = min(len(one.authors), len(other.authors))
    return 2 * people >= fewest > 0 and titles.shortened(one.title, other.title)


def _published_twice(one: Document, other: Document) -> bool:
    """Return whether publishers gave the two papers different DOIs, in different years or without naming authors."""
    ones, others = _registered(one), _registered(other)
    if not ones or not others or ones & others:
        return False
    return _years(one, other) > 0 or not one.authors or not other.authors


def _registered(document: Document) -> set[str]:
    """Return the DOIs of a publisher: those of archives of preprints do not count."""
    names = {known for name in (document.id, *document.aliases) if not arxiv_id(name) and (known := doi(name))}
    return {name for name in names if name.partition("/")[0] not in _PREPRINTS}


def _years(one: Document, other: Document) -> int:
    """Return how many years lie between two papers; 0 when the year of one is unknown."""
    first, second = year_of(one), year_of(other)
    return abs(first - second) if first and second else 0


def year_of(document: Document) -> int | None:
    """Return the year of a paper: that which its source names, else that of its submission."""
    return document.year or (document.submitted.year if document.submitted else None)


def _identifiers(document: Document) -> set[str]:
    """Return the identifiers that mean the same everywhere; a record set aside from another paper has none."""
    if document.id.startswith("title:"):
        return set()
    names = (document.id, *document.aliases)
    return {name for name in names if everywhere(name) or doi(name)}


def in_common(ones: Sequence[str], others: Sequence[str]) -> int:
    """Count the people of the shorter list of names who are in the longer one too."""
    fewer, more = sorted((ones[:200], others[:200]), key=len)
    known = Known(more)
    return sum(any(known.like(name)) for name in fewer)


def alike(one: str, other: str) -> float:
    """Return the share of five-word runs that two texts have in common, 0 to 1; 0 for texts too short to compare.

    Broder's resemblance (On the resemblance and containment of documents, 1997) on words.
    """
    ones, others = _runs(one), _runs(other)
    return len(ones & others) / len(ones | others) if ones and others else 0.0


def sketch(text: str) -> tuple[int, ...]:
    """Return the smallest hashes of a text's runs of words; very similar texts share some of them (Broder 1997)."""
    return tuple(sorted(_runs(text))[:SKETCH])


def marks(document: Document) -> set[int]:
    """Return hashes of its title and of its text: papers of one work share at least one."""
    return {*title_marks(document.title), *sketch(document.shown_text)}


def title_marks(title: str) -> set[int]:
    """Return hashes of a title with and without its subtitle, by letters and digits alone."""
    forms = {titles.compact(form) for form in {title, titles.split(title)[0]}} - {""}
    return {zlib.crc32(form.encode("utf-8", "replace")) for form in forms}


def _runs(text: str) -> set[int]:
    words = plain(text[:_MOST_READ]).encode("utf-8", "replace").split()
    if len(words) < _SHORTEST:
        return set()
    runs = zip(*(words[place:] for place in range(_RUN)), strict=False)
    return set(map(zlib.crc32, map(b" ".join, runs)))


Said = Callable[[str, str], bool]
"""Whether a reader says something about a pair of ids."""


def _unsaid(_one: str, _other: str) -> bool:
    return False


Rule = Callable[[Document, Document], Tie | None]
"""What makes two papers one work."""


def groups(
    papers: Mapping[int, Document],
    pairs: Iterable[tuple[int, int]],
    set_apart: Said = _unsaid,
    same: Said = _unsaid,
    *,
    rule: Rule = tie,
) -> list[tuple[int, ...]]:
    """Group papers into works, given the pairs that may be one: groups of at least two keys, each sorted.

    ``set_apart`` and ``same`` are what a reader says: which papers are two works, and which of the pairs are one work
    although the ``rule`` does not find it or says otherwise.
    """

    def parted(one: int, other: int) -> bool:
        return set_apart(papers[one].id, papers[other].id)

    def separate(one: int, other: int) -> bool:
        return apart(papers[one], papers[other]) or parted(one, other)

    ordered = sorted({_ordered(*pair) for pair in pairs})
    ties = [(kind, a, b) for a, b in ordered if (kind := _tied(papers[a], papers[b], same, rule))]
    ties.sort(key=lambda each: (_STRENGTH[each[0]], papers[each[1]].id, papers[each[2]].id))
    group = {key: {key} for _, a, b in ties for key in (a, b)}
    for kind, one, other in ties:
        kept = parted if kind == "reader" else separate
        if group[one] is group[other] or any(kept(*each) for each in product(group[one], group[other])):
            continue
        group[one] |= group[other]
        group.update(dict.fromkeys(group[other], group[one]))
    unique = {id(members): tuple(sorted(members)) for members in group.values() if len(members) > 1}
    return sorted(unique.values())


def _tied(one: Document, other: Document, same: Said, rule: Rule) -> Tie | None:
    return "reader" if same(one.id, other.id) else rule(one, other)


def _ordered(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)


def revised(document: Document) -> bool:
    """Return whether a version later than the first is known."""
    return bool(document.version and document.version > 1)
