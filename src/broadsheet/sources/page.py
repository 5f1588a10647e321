"""Saved pages of a daily-papers site: only titles and abstracts, in two layouts.

drop the site's own lines at the top, keeping the day stamp
cut the rest into blocks: at blank lines, or line by line if it has no blank lines
title and abstract alternate; an odd number of blocks is an error, because the place of the mismatch is unknown
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median_low

from broadsheet.core.errors import SourceError
from broadsheet.core.text import clipped, readable
from broadsheet.core.types import Document
from broadsheet.sources.fields import document
from broadsheet.sources.files import FileSource, Record, decoded, found, made, whole

_LARGEST_PAGE = 32 * 2**20
_MOST_PAGES = 10_000
_STAMP = re.compile(r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* \d{1,2}$")
_CHROME = re.compile(
    r"(?:new|Subscribe|Get trending papers in your email inbox(?: once a day)?!|by ?.{1,60} and the research community)"
    "$"
)
_HYPHEN = re.compile(r"\b([A-Za-z]{2,})- (?!(?:and|or|to|as|nor|vs|but)\b)([a-z]{2,})\b")
_GLUED = re.compile(r"(?<![\w./@-])([a-z]{3,})\.([A-Z][a-z]+)(?![\w./-])")
_BROKEN_LINK = re.compile(r"(https?://) +(?=\w[\w-]*\.\w)")
_WORD = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)*")


def named(rest: str, *, client: object = None) -> FileSource:  # noqa: ARG001
    """Make the source ``page:FILE``, or ``page:FOLDER`` for all ``.txt`` pages in it; gzip or not."""
    return FileSource(f"page:{rest}", Path(rest), read)


def begins(text: str) -> bool:
    """Return whether a text begins as a saved page does, with the site's own lines."""
    return any(_CHROME.match(line.strip()) for line in text[:2_000].split("\n")[:15] if len(line) > 3)


@dataclass(slots=True)
class Card:
    """One paper as pages show it; ``ranks`` by page, not averaged; ``stamps`` (``Mar 11``) where a page has one."""

    title: str
    text: str
    line: int
    vocabulary: frozenset[str] = frozenset()
    ranks: dict[str, int] = field(default_factory=dict)
    stamps: dict[str, str] = field(default_factory=dict)


def read(path: Path) -> Iterator[Record]:
    """Yield one Document per paper, with its rank on each page; SourceError at the end if blocks do not pair."""
    cards: dict[tuple[str, str], Card] = {}
    errors = []
    for page in _pages(found(path)):
        try:
            for card in cards_of(page):
                first = cards.setdefault((card.title, card.text), card)
                first.ranks |= {name: rank for name, rank in card.ranks.items() if name not in first.ranks}
                first.stamps |= card.stamps
        except SourceError as error:
            errors.append(error)
    for card in cards.values():
        yield _record(card)
    if errors:
        raise errors[0]


def _pages(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    pages = sorted(p for p in path.iterdir() if p.name.endswith((".txt", ".txt.gz")) and p.is_file())[:_MOST_PAGES]
    if not pages:
        raise SourceError(f"{str(path)!r} contains no saved page; expected files ending in .txt or .txt.gz.")
    return pages


def cards_of(path: Path) -> list[Card]:
    """Return the cards of one page in order; SourceError when titles and abstracts do not pair."""
    with whole(path, most=_LARGEST_PAGE) as page:
        blocks, stamp = _without_header(_blocks(page))
    if not blocks:
        raise SourceError(f"{str(path)!r} contains no papers; expected titles and abstracts in turn.")
    if len(blocks) % 2:
        raise SourceError(_odd(path, blocks))
    vocabulary = frozenset(word for _, text in blocks for word in _words(text))
    return [
        Card(title, text, line, vocabulary, {path.name: rank}, {path.name: stamp} if stamp else {})
        for rank, ((line, title), (_, text)) in enumerate(zip(blocks[::2], blocks[1::2], strict=True), 1)
    ]


def _odd(path: Path, blocks: list[tuple[int, str]]) -> str:
    """Return the message for an odd page: it names the first line at which a title is longer than its abstract."""
    pairs = zip(blocks[::2], blocks[1::2], strict=False)
    line, text = next((title for title, text in pairs if len(title[1]) > len(text[1])), blocks[-1])
    return (
        f"{str(path)!r} has {len(blocks)} blocks where titles and abstracts must pair; the mismatch is at line {line} "
        f"or earlier: {clipped(text, 60)!r}. Correct the file there."
    )


def _blocks(text: str) -> list[tuple[int, str]]:
    """Return line numbers and texts. Blocks are separated by blank lines; without these, each line is a block."""
    groups: list[list[tuple[int, str]]] = [[]]
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            groups[-1].append((number, line.strip()))
        elif groups[-1]:
            groups.append([])
    groups = [group for group in groups if group]
    if groups and median_low([len(group) for group in groups]) == 1:
        return [(group[0][0], "\n".join(line for _, line in group)) for group in groups]
    return [line for group in groups for line in group]


def _without_header(blocks: list[tuple[int, str]]) -> tuple[list[tuple[int, str]], str]:
    """Return the blocks of papers, and the day stamp or an empty text. A button may be joined to the first title."""
    stamp = ""
    seen: set[str] = set()
    at = 0
    while at < len(blocks) and (_CHROME.match(blocks[at][1]) or (seen and _STAMP.match(blocks[at][1]))):
        stamp = blocks[at][1] if _STAMP.match(blocks[at][1]) else stamp
        seen.add(blocks[at][1])
        at += 1
    kept = blocks[at:]
    if seen and kept and "Subscribe" not in seen and kept[0][1].startswith("Subscribe"):
        kept[0] = (kept[0][0], kept[0][1].removeprefix("Subscribe").lstrip())
    return kept, stamp


def _words(text: str) -> Iterator[str]:
    for word in _WORD.findall(text):
        yield word.lower()
        yield from word.lower().split("-")


def _record(card: Card) -> Record:
    return made(_document, card, f"{next(iter(card.ranks))}:{card.line}", raw=f"{card.title}\n{card.text}")


def _document(card: Card) -> Document:
    values = {"title": decoded(card.title), "text": decoded(card.text)}
    extra = {"ranks": card.ranks, "stamps": card.stamps}
    return document(values, extra, clean=partial(mended, vocabulary=card.vocabulary))


def mended(text: str, vocabulary: frozenset[str]) -> str:
    """Rejoin words that a line end broke, and separate sentences that lost their space, in a readable text.

    Only if the result occurs elsewhere on the page: ``in- jected`` when it has ``injected`` elsewhere.
    """
    text = _BROKEN_LINK.sub(r"\1", readable(text))

    def joined(match: re.Match[str]) -> str:
        first, last = match.groups()
        for whole_word in (f"{first}{last}", f"{first}-{last}"):
            if whole_word.lower() in vocabulary:
                return whole_word
        return match[0]

    def parted(match: re.Match[str]) -> str:
        known = match[1] in vocabulary and match[2].lower() in vocabulary
        return f"{match[1]}. {match[2]}" if known else match[0]

    return _GLUED.sub(parted, _HYPHEN.sub(joined, text))
