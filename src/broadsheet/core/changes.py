"""What changed from one version of a text to the next: the words that were added and removed, sentences in order.

sentences of both -> those that are equal stay -> between them, word by word -> pieces, one after the other

The pieces that stayed or were removed make the text before, those that stayed or were added the text after, each with
single spaces. Longest matching blocks: Ratcliff and Metzener 1988, "Pattern Matching: The Gestalt Approach".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby
from operator import attrgetter
from typing import Literal, NamedTuple

from broadsheet.core.text import sentences, squeeze

Kind = Literal["same", "removed", "added"]
_MOST_WORDS = 1_500  # of a part that is compared word by word; a longer one counts as replaced


class Piece(NamedTuple):
    """Words that stayed the ``same``, were ``removed`` or were ``added``."""

    kind: Kind
    text: str


def changes(before: str, after: str) -> list[Piece]:
    """Return the pieces of both texts in order; no piece without words, and never two of one kind in a row."""
    first, second = sentences(squeeze(before)), sentences(squeeze(after))
    pieces = _pieces(first, second, whole=True)
    return [
        Piece(kind, " ".join(piece.text for piece in several)) for kind, several in groupby(pieces, attrgetter("kind"))
    ]


def share(pieces: Sequence[Piece]) -> float:
    """Return how much of both texts changed: words removed and added over all words of both, 0 to 1."""
    counts = {kind: sum(len(p.text.split()) for p in pieces if p.kind == kind) for kind in ("same", "removed", "added")}
    every = 2 * counts["same"] + counts["removed"] + counts["added"]
    return (counts["removed"] + counts["added"]) / every if every else 0.0


def _pieces(before: Sequence[str], after: Sequence[str], *, whole: bool) -> Iterator[Piece]:
    """The pieces of two lists of sentences (``whole``) or of words."""
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for step, start, end, at, until in matcher.get_opcodes():
        old, new = " ".join(before[start:end]), " ".join(after[at:until])
        if step == "equal":
            yield Piece("same", old)
        elif whole and old and new and max(len(words := old.split()), len(others := new.split())) <= _MOST_WORDS:
            yield from _pieces(words, others, whole=False)
        else:
            yield from (piece for piece in (Piece("removed", old), Piece("added", new)) if piece.text)
