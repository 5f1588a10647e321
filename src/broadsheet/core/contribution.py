"""The contribution: which sentence of an abstract says what the paper does?

sentences in which the authors speak of their work, or say what something is; all of them, where it has neither
each -> what is proposed, words of the title and of the whole, how short -> a score -> the highest
the few that are close behind it -> nearness of their vectors to the paper's, where it is known -> the highest
a sentence that is too long for a few lines of a card -> cut where a clause ends

Cue phrases and words of the title are those of Edmundson 1969, "New Methods in Automatic Extracting"; nearness to the
whole text is the centroid of Radev, Jing, Styś and Tam 2004. Nothing is written: what is shown is text of the abstract.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

from broadsheet.core.text import clipped, sentences

LONGEST = 300
"""Characters that are shown: two to three lines of a card."""
MOST_READ, MOST_SENTENCES = 20_000, 32
"""How many characters and sentences of an abstract are looked at."""
CLOSE, MOST_CLOSE = 0.08, 3
"""How far a sentence may be behind the highest score for nearness to put it first, and how many sentences may."""
_LONGEST_READ = 1_000  # characters of a sentence that are looked at
_SHORT = 90  # characters, below which a sentence rarely says all
_STEM = 6  # letters that tell a word from another, in most cases
_LEAST_KEPT = 0.6  # of what may be shown: a clause that ends before it says too little
_SELF = (
    r"(?:we|(?-i:I)|(?:this|our|the (?:present|current)) (?:paper|work|study|article|report|survey|review|thesis)|"
    r"(?:the|in) paper|the authors)"
)
_NEW = (
    r"(?:propos(?:e[sd]?|ing)|introduc(?:e[sd]?|ing)|present(?:s|ed|ing)?|develop(?:s|ed|ing)?|design(?:s|ed|ing)?|"
    r"buil(?:ds?|t|ding)|creat(?:e[sd]?|ing)|devis(?:e[sd]?|ing)|releas(?:e[sd]?|ing)|describ(?:e[sd]?|ing)|"
    r"provid(?:e[sd]?|ing)|construct(?:s|ed|ing)?|unveil(?:s|ed)?|formulat(?:e[sd]?|ing))"
)
_KIND = (
    r"(?:framework|method|approach|model|benchmark|dataset|system|algorithm|architecture|pipeline|paradigm|technique|"
    r"strategy|suite|toolkit|library|agent|mechanism|platform)"
)
_PROPOSES, _OF_ITSELF, _IS_A, _BACKGROUND = (
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_SELF}\b[^.;]{{0,60}}?\b{_NEW}\b|\b(?:is|are) (?:proposed|presented|introduced)\b",
        rf"\b{_SELF}\b",
        rf"(?:\b(?:is|are)|,) an? (?:[\w-]+ ){{0,5}}?{_KIND}\b",
        r"^(?:however|recent(?:ly)?|existing|current(?:ly)?|despite|while|although|traditional(?:ly)?|previous|prior|"
        r"conventional|most|many|yet|unfortunately|nevertheless|the (?:rapid|recent|rise|advent|ability|growing))\b|"
        r"\bha(?:s|ve) (?:recently |shown|achieved|emerged|become|made|demonstrated|been)|"
        r"\b(?:remains?|often|typically|challeng\w+|suffers?|struggles?|fails?|limited|underexplored|lack(?:s|ing)?)\b",
    )
)
_JOINED = re.compile(r"(?<=[a-z]{2}[a-z)][.!?])(?=(?:We|Our|This|These|The|In|To|It|However|Here|Experiments|Code)\b)")
"""Where the space between two sentences was lost."""
_WORD = re.compile(r"[^\W_]{4,}")
_CLAUSE = re.compile(r"[;:,](?=\s)|(?<=\S)\s[–—-](?=\s)|(?<=[)\w])\s(?=(?:which|while|whereas|by|where|thereby)\s)")


class Weights(NamedTuple):
    """How much each thing in a sentence counts. ``title``: the share of the title's words that it has; ``words``: the
    cosine of its words to those of title and abstract; ``proposes`` and ``of_itself``: that it is the first to do so;
    ``is_a``: it says of which kind something is; ``short``: how far it is below 90 characters; ``background``: it
    speaks of what others do; ``states``: the authors speak, or it says of which kind something is: more than all else
    together; ``near``: the cosine of its vector to the paper's."""

    title: float = 0.12
    words: float = 0.35
    proposes: float = 0.065
    of_itself: float = 0.02
    is_a: float = 0.03
    short: float = -0.09
    background: float = -0.015
    states: float = 1.0
    near: float = 0.2


WEIGHTS = Weights()
"""Chosen on 400 papers whose source gives a summary: ``benchmarks/contribution.py`` fits them again."""


@dataclass(frozen=True, slots=True)
class Abstract:
    """The ``sentences`` of an abstract, in their order, and the ``scores`` of each by its text alone."""

    sentences: tuple[str, ...]
    scores: tuple[float, ...]

    @property
    def close(self) -> list[int]:
        """Return the places of the sentences among which nearness decides, best first: one where none is close."""
        places = sorted(range(len(self.scores)), key=lambda place: -self.scores[place])[:MOST_CLOSE]
        return [place for place in places if self.scores[place] >= self.scores[places[0]] - CLOSE]

    def chosen(self, nearness: Mapping[int, float] | None = None) -> int:
        """Return the place of the sentence that states the contribution; ``nearness`` gives the cosines of close ones
        to the paper by place. There must be a sentence."""
        near = nearness or {}
        return max(self.close, key=lambda place: self.scores[place] + WEIGHTS.near * near.get(place, 0.0))


def abstract(title: str, text: str) -> Abstract:
    """Read the sentences of an abstract and score each."""
    pieces = sentences(_JOINED.sub(" ", text[:MOST_READ]))[:MOST_SENTENCES]
    rows = features(title, pieces)
    scores = [sum(weight * value for weight, value in zip(WEIGHTS, row, strict=False)) for row in rows]
    return Abstract(tuple(pieces), tuple(scores))


def features(title: str, pieces: Sequence[str]) -> list[tuple[float, ...]]:
    """Return what is looked at in each sentence of an abstract, in the order of Weights, without ``near``."""
    read = [piece[:_LONGEST_READ] for piece in pieces]
    asked, own = _words(title), [_words(piece) for piece in read]
    counts = Counter(word for words in (asked, *own) for word in words)
    length = sqrt(sum(count * count for count in counts.values())) or 1.0
    proposes, of_itself, is_a, background = (
        [bool(pattern.search(piece)) for piece in read] for pattern in (_PROPOSES, _OF_ITSELF, _IS_A, _BACKGROUND)
    )
    return [
        (
            len(asked & words) / max(1, len(asked)),
            sum(counts[word] for word in words) / (length * sqrt(len(words) or 1)),
            float(proposes[place] and not any(proposes[:place])),
            float(of_itself[place] and not any(of_itself[:place])),
            float(is_a[place]),
            max(0.0, 1 - len(read[place]) / _SHORT),
            float(background[place]),
            float(proposes[place] or of_itself[place] or is_a[place]),
        )
        for place, words in enumerate(own)
    ]


def _words(text: str) -> set[str]:
    return {word[:_STEM] for word in _WORD.findall(text.lower())}


def shortened(text: str, length: int = LONGEST) -> str:
    """Shorten a text to at most ``length`` characters, marked with an ellipsis: cut where a clause ends that says what
    the authors do, or else at a space."""
    if len(text) <= length:
        return text
    cue = _OF_ITSELF.search(text, 0, length)
    least = max(int(_LEAST_KEPT * length), cue.end() + 1 if cue else 0)
    ends = [match.start() for match in _CLAUSE.finditer(text, least, length)]
    whole = [end for end in ends if text.count("(", 0, end) <= text.count(")", 0, end)]
    return text[: whole[-1]].rstrip(" ,;:.") + "…" if whole else clipped(text, length)
