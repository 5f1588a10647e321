"""When two papers are one work: the same paper under two identifiers, for example a preprint and its conference paper.

papers that one source, or arXiv, lists separately are two works, and so are papers that a reader has separated
the same work: a reader said so; an identifier in common; or the same title and an author in common; or
               abstracts that share their wording and most of the authors
strongest ties first, papers form groups; a group never takes a paper that is separate from one of its own
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from typing import Literal

from broadsheet.core.authors import Known
from broadsheet.core.identity import arxiv_id, doi
from broadsheet.core.text import plain
from broadsheet.core.types import Document

Tie = Literal["reader", "identifier", "title", "text"]
ALIKE = 0.3  # share of five-word runs that two abstracts must have in common; measured, see docs/benchmarks.md
SKETCH = 6  # hashes per text: enough for 98 of 100 altered copies to share one
_RUN = 5
_SHORTEST = 40  # words: a shorter text is not an abstract and says too little to identify a work
_MOST_READ = 20_000  # characters
_EVERYWHERE = ("openreview:", "acl:", "openalex:")
_GENERIC_WORDS = (
    "preface introduction editorial foreword afterword index errata erratum corrigendum abstract abstracts summary "
    "contents acknowledgements acknowledgments biography obituary discussion comment reply rejoinder"
)
_GENERIC = frozenset(_GENERIC_WORDS.split(" "))
_STRENGTH: dict[Tie, int] = {"reader": -1, "identifier": 0, "title": 1, "text": 2}


def tie(one: Document, other: Document) -> Tie | None:
    """Return what makes two papers the same work, or None when nothing does with enough certainty."""
    if apart(one, other):
        return None
    people = in_common(one.authors, other.authors)
    same_title = plain(one.title) == plain(other.title)
    unsigned = not one.authors or not other.authors
    if _identifiers(one) & _identifiers(other) and (people or same_title or unsigned):
        return "identifier"
    if same_title and _telling(one.title, 4 if unsigned else 2) and (people or unsigned):
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


def _identifiers(document: Document) -> set[str]:
    """Return the identifiers that mean the same everywhere."""
    names = (document.id, *document.aliases)
    return {name for name in names if arxiv_id(name) or doi(name) or name.startswith(_EVERYWHERE)}


def _telling(title: str, words: int) -> bool:
    """Return whether a title can identify a work: long enough, and not a title that every volume has."""
    parts = plain(title).split()
    return len(parts) >= words and not _GENERIC.intersection(parts[:1] if len(parts) < 5 else ())


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


def _runs(text: str) -> set[int]:
    words = plain(text[:_MOST_READ]).encode("utf-8", "replace").split()
    if len(words) < _SHORTEST:
        return set()
    return {zlib.crc32(b" ".join(words[place : place + _RUN])) for place in range(len(words) - _RUN + 1)}


Said = Callable[[str, str], bool]
"""Whether a reader says something about a pair of ids."""


def _unsaid(_one: str, _other: str) -> bool:
    return False


def groups(
    papers: Mapping[int, Document], pairs: Iterable[tuple[int, int]], set_apart: Said = _unsaid, same: Said = _unsaid
) -> list[tuple[int, ...]]:
    """Group papers into works, given the pairs that may be one: groups of at least two keys, each sorted.

    ``set_apart`` and ``same`` are what a reader says: which papers are two works, and which of the pairs are one work
    although the rule does not find it or says otherwise.
    """

    def parted(one: int, other: int) -> bool:
        return set_apart(papers[one].id, papers[other].id)

    def separate(one: int, other: int) -> bool:
        return apart(papers[one], papers[other]) or parted(one, other)

    ordered = sorted({_ordered(*pair) for pair in pairs})
    ties = [(kind, a, b) for a, b in ordered if (kind := _tied(papers[a], papers[b], same))]
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


def _tied(one: Document, other: Document, same: Said) -> Tie | None:
    return "reader" if same(one.id, other.id) else tie(one, other)


def _ordered(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)


def revised(document: Document) -> bool:
    """Return whether a version later than the first is known."""
    return bool(document.version and document.version > 1)
