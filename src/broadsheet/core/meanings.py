"""Set operations on meanings: the part of the query language (see ``query``) that joins what several texts mean.

    sets    = both , { "|" , both } ;                      the best of its parts
    both    = part , { ( "&" | "-" ) , part } ;            all of the parts after "&", and not those after "-"
    part    = "(" , sets , ")" | "(" , words , ")" | example
            | "(" , example , { [ "," ] , example } , ")" ;     several examples of one meaning
    example = '"' , words , '"' ;

    ("graph learning") & ("drug discovery") - (toxicity)

A query is read so if all of it is one such expression with an operator in it, next to exclusions (``-word``,
``-"a phrase"``, ``NOT word``: glued to a word or a quote, the minus is about words) and conditions. Everything else is
words. After Liu 2024, "SetCSE: Set Operations using Contrastive Learning of Sentence Embeddings", where a set is given
by example sentences, and intersections and differences come one after the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from broadsheet.core.text import squeeze

MOST = 12  # meanings in one query: each is one text for the encoder
DEEPEST = 8  # parentheses within parentheses
_EXAMPLE = re.compile(r'"([^"]*)"')
_EXAMPLES = re.compile(r'\s*"[^"]*"(?:[\s,]*"[^"]*")*\s*')
_ALIKE = re.compile(r'[)"]\s*[&|]\s*[("]|\)\s*-\s*[("]|"\s+-\s+[("]')
_OUTSIDE = re.compile(r'(?<!\S)(?:NOT\s+|-)(?:[a-zA-Z]{2,8}:)?(?:"[^"]*"|[^\W\d_][^\s"()&|]*)(?=\s|$)')


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one or several example texts mean; none is empty. ``named``: they are not texts but names of papers."""

    examples: tuple[str, ...]
    named: bool = False

    @property
    def text(self) -> str:
        """Return the examples as one text."""
        return ", ".join(self.examples)


@dataclass(frozen=True, slots=True)
class Both:
    """All of ``parts`` (one at least), and none of ``without``; more than one of both together."""

    parts: tuple[Sets, ...]
    without: tuple[Sets, ...] = ()


@dataclass(frozen=True, slots=True)
class Either:
    """The best of ``parts``, at least two."""

    parts: tuple[Sets, ...]


Sets = Meaning | Both | Either


@dataclass(frozen=True, slots=True)
class Expression:
    """A query read for sets: the expression, if it is one, the exclusions next to it (``rest``), and ``note``:
    why what looks like one could not be read."""

    sets: Sets | None = None
    rest: str = ""
    note: str = ""


class _UnreadableError(Exception):
    """A text is not an expression; the message says why."""


def read(text: str) -> Expression:
    """Read a query as set operations on meanings. Every text is a query: one that cannot be read so has no ``sets``."""
    if not _ALIKE.search(text):
        return Expression()
    rest: list[str] = []
    try:
        sets = _Reader(text).expression(0, len(text), 0, rest)
        if isinstance(sets, Meaning):
            return Expression()
        if sum(1 for _ in leaves(sets)) > MOST:
            raise _UnreadableError(f"there are more than {MOST} of them")
    except _UnreadableError as error:
        return Expression(note=f"The sets of this query were read as words: {error}.")
    return Expression(sets, " ".join(rest))


def leaves(sets: Sets, *, wanted: bool = True) -> Iterator[tuple[Meaning, bool]]:
    """Yield the meanings of an expression from left to right, each with whether it is wanted."""
    if isinstance(sets, Meaning):
        yield sets, wanted
        return
    for part in sets.parts:
        yield from leaves(part, wanted=wanted)
    for part in sets.without if isinstance(sets, Both) else ():
        yield from leaves(part, wanted=not wanted)


def together(sets: Both) -> Meaning | None:
    """Return the wanted texts of an expression as one; None when fewer than two of its parts have any."""
    texts = [[each.text for each, wanted in leaves(part) if wanted and not each.named] for part in sets.parts]
    held = [" ".join(own) for own in texts if own]
    return Meaning((" ".join(held),)) if len(held) > 1 else None


def every(sets: Sets) -> list[Meaning]:
    """Return all meanings that an expression is scored by, each once: its own, and what ``together`` makes of them."""
    own = [meaning for meaning, _ in leaves(sets)]
    return list(dict.fromkeys([*own, *_wholes(sets)]))


def _wholes(sets: Sets) -> Iterator[Meaning]:
    if isinstance(sets, Meaning):
        return
    if isinstance(sets, Both):
        whole = together(sets)
        yield from [whole] if whole else []
    for part in (*sets.parts, *(sets.without if isinstance(sets, Both) else ())):
        yield from _wholes(part)


def written(sets: Sets) -> str:
    """Return an expression in its canonical form, which is read as the same expression."""
    if isinstance(sets, Meaning):
        return "(" + " ".join(f'"{each}"' for each in sets.examples) + ")"
    if isinstance(sets, Either):
        return " | ".join(_within(part) for part in sets.parts)
    without = "".join(f" - {_within(part)}" for part in sets.without)
    return " & ".join(_within(part) for part in sets.parts) + without


def _within(sets: Sets) -> str:
    return written(sets) if isinstance(sets, Meaning) else f"({written(sets)})"


class _Reader:
    """Reads one text; ``_ends`` has where each parenthesis outside of quotes is closed."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._ends = _closed(text)

    def expression(self, start: int, end: int, depth: int, rest: list[str] | None = None) -> Sets:
        """Read the expression between two places; exclusions of words go into ``rest``, where it is given."""
        if depth > DEEPEST:
            raise _UnreadableError(f"parentheses are nested more than {DEEPEST} deep")
        unions: list[Sets] = []
        parts: list[Sets] = []
        without: list[Sets] = []
        into, place = parts, self._skipped(start, end, rest)
        while True:
            part, place = self._part(place, end, depth)
            into.append(part)
            place = self._skipped(place, end, rest)
            if place >= end:
                break
            sign = self._text[place]
            if sign not in "&|-":
                raise _UnreadableError("between two sets there must be &, | or -, and nothing else")
            if sign == "|":
                unions.append(_both(parts, without))
                parts, without = [], []
            into = without if sign == "-" else parts
            place = self._skipped(place + 1, end, rest)
        unions.append(_both(parts, without))
        return unions[0] if len(unions) == 1 else Either(tuple(unions))

    def _skipped(self, place: int, end: int, rest: list[str] | None) -> int:
        """The next place that is not white space or, where those are taken, an exclusion of words."""
        while place < end:
            if self._text[place].isspace():
                place += 1
            elif rest is not None and (outside := _OUTSIDE.match(self._text, place)):
                rest.append(outside[0])
                place = outside.end()
            else:
                break
        return place

    def _part(self, place: int, end: int, depth: int) -> tuple[Sets, int]:
        """Read the set that begins at a place, and return where it ends."""
        sign = self._text[place] if place < end else ""
        if sign == '"':
            close = self._text.find('"', place + 1, end)
            if close < 0:
                raise _UnreadableError("a quotation mark is not closed")
            return _meaning(self._text[place : close + 1]), close + 1
        if sign != "(":
            raise _UnreadableError("a set must be in parentheses or quotes")
        close = self._ends.get(place, end)
        if close >= end:
            raise _UnreadableError("a parenthesis is not closed")
        return self._inside(place + 1, close, depth + 1), close + 1

    def _inside(self, start: int, end: int, depth: int) -> Sets:
        """Read what is between two parentheses: an expression, or else examples or words."""
        inner = self._text[start:end]
        lone = inner.strip()
        if lone.startswith("(") and self._ends.get(start + inner.index("(")) == start + len(inner.rstrip()) - 1:
            return self.expression(start, end, depth)
        if _ALIKE.search(inner):
            return self.expression(start, end, depth)
        return _meaning(inner)


def _closed(text: str) -> dict[int, int]:
    """Where each parenthesis outside of quotes is closed."""
    ends: dict[int, int] = {}
    opened: list[int] = []
    quoted = False
    for place, sign in enumerate(text):
        if sign == '"':
            quoted = not quoted
        elif sign == "(" and not quoted:
            opened.append(place)
        elif sign == ")" and not quoted and opened:
            ends[opened.pop()] = place
    return ends


def _meaning(text: str) -> Meaning:
    """The meaning of quoted examples, or of words."""
    examples = _EXAMPLE.findall(text) if _EXAMPLES.fullmatch(text) else [text.replace('"', " ")]
    held = tuple(filter(None, map(squeeze, examples)))
    if not any(sign.isalnum() for example in held for sign in example):
        raise _UnreadableError("one of them is empty")
    return Meaning(held)


def _both(parts: list[Sets], without: list[Sets]) -> Sets:
    """Join what ``&`` and ``-`` say."""
    return parts[0] if len(parts) == 1 and not without else Both(tuple(parts), tuple(without))
