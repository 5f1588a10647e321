"""The database files of WordNet (Fellbaum 1998; Debian's package ``wordnet-base``): which senses a word has, and the
sentences that show each.

data.noun, data.verb, data.adj, data.adv: a line a synset -> its words, and the examples in its gloss that contain them

    00004475 03 n 01 organism 0 ... | a living thing that ...; "an example with the organism in it"
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from broadsheet.core.errors import NotFoundError, SourceError

FILES = ("data.noun", "data.verb", "data.adj", "data.adv")
_EXAMPLE = re.compile(r'"([^"]{3,300})"')
_MARK = re.compile(r"\([a-z]+\)$")  # where an adjective stands: galore(ip)
_MOST_LINES = 500_000  # of a file


class Example(NamedTuple):
    """A sentence that shows a word in one sense: ``start`` and ``end`` are the characters where the word stands."""

    word: str
    kind: str
    synset: str
    text: str
    start: int
    end: int


def examples(folder: Path) -> Iterator[Example]:
    """Yield each example sentence for each word of its synset that it has once, in just this form.
    NotFoundError without the files, SourceError for a line that is not WordNet's."""
    for name in FILES:
        path = folder / name
        if not path.is_file():
            raise NotFoundError(f"{path} is not there. On Debian or Ubuntu: apt-get install wordnet-base")
        yield from _examples_of(path)


def _examples_of(path: Path) -> Iterator[Example]:
    kind = path.suffix[1:]
    with path.open(encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(file, 1):
            if number > _MOST_LINES:
                raise SourceError(f"{path} has more than {_MOST_LINES:,} lines.")
            if line.startswith("  "):  # the licence
                continue
            try:
                synset, words, gloss = _synset(line)
            except (ValueError, IndexError):
                raise SourceError(f"{path}, line {number} is not a synset: {line[:60]!r}.") from None
            for text in _EXAMPLE.findall(gloss):
                for word in words:
                    if word in text and len(places := list(re.finditer(rf"\b{re.escape(word)}\b", text))) == 1:
                        yield Example(word, kind, synset, text, *places[0].span())


def _synset(line: str) -> tuple[str, list[str], str]:
    """The number of a synset, its words, and its gloss."""
    facts, _, gloss = line.partition(" | ")
    cells = facts.split(" ")
    words = [_MARK.sub("", cells[4 + 2 * place]).replace("_", " ") for place in range(int(cells[3], 16))]
    return cells[0], words, gloss
