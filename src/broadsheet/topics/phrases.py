"""Noun phrases of many papers, and each place of each: found by rule and by what the papers themselves show.

papers, block by block -> the numbers of their chunks between spaces -> words and marks -> stretches of words between
stop words, marks and verbs -> the last one to four words of each stretch, and of a stretch without its general head
(``machine translation systems``) -> the ones that are frequent enough, end in a noun and are often whole
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from broadsheet.core.words import UNSPACED
from broadsheet.topics.stopwords import HEADS, WEAK
from broadsheet.topics.vocabulary import LINK, Flags, Ids, Numbers, Tokens, Vocabulary

LONGEST = 4  # words of a phrase
TEXT = 1
"""The part of a paper between its title (0) and its keywords (2)."""

_NEXT, _END = "\x01", "\x02"  # what ends a part, and the last part
_PARTS = 3
_LONGEST_WORD = 40  # characters; anything longer is not a word
_LONGEST_PART = 20_000  # characters of a paper that are read
_HEADS = 2  # general ones that a stretch may end in: ``translation system architecture``
_WHOLE = 0.4  # of its places in which a phrase is not followed by a general head
_LETTER = rf"[^\W_{UNSPACED}]"
_JOINTS = "-‐‑\u0300-\u036f\u0900-\u0963\u0966-\u109f"  # hyphens and vowel signs
_PIECES = re.compile(
    rf"https?:\S+|www\.\S+|[{UNSPACED}]|{_LETTER}+(?:[{_JOINTS}]+{_LETTER}+)*[{_JOINTS[3:]}]*(?:['’]s(?!\w))?|\S"
)


@dataclass(frozen=True, slots=True)
class Table:
    """Phrases and their places. ``parent`` is the phrase without its first word (-1: not one of these), ``weak`` says
    that no word of a phrase says anything alone; ``phrase``, ``paper``, ``part``, ``end`` (a token) are of places."""

    keys: list[tuple[str, ...]]  # lemmas of words
    parent: Numbers
    weak: Flags
    phrase: Numbers
    paper: Numbers
    part: Numbers
    end: Numbers
    tokens: Tokens
    vocabulary: Vocabulary

    def written(self, wanted: Numbers) -> dict[int, str]:
        """Return how these phrases are written most often: their number and spelling, each word in its usual case."""
        at = np.flatnonzero(np.isin(self.phrase, wanted))
        phrase, end = self.phrase[at], self.end[at]
        spelling = self._spelling(phrase, end)
        order = np.lexsort((spelling, phrase))
        changes = (np.diff(phrase[order]) != 0) | (np.diff(spelling[order]) != 0)
        first = np.flatnonzero(np.concatenate([np.ones(min(1, len(at)), dtype=bool), changes]))
        uses = np.diff(np.append(first, len(at)))
        best: dict[int, tuple[int, str]] = {}
        for start, use in zip(first.tolist(), uses.tolist(), strict=True):
            each = int(phrase[order[start]])
            if use >= best.get(each, (0, ""))[0]:
                text = self._text(each, end[order[start : start + use]])
                best[each] = max(best.get(each, (0, "")), (use, text))
        return {each: text for each, (_, text) in best.items()}

    def _text(self, phrase: int, ends: Numbers) -> str:
        """A phrase of one spelling, from its places."""
        length = len(self.keys[phrase])
        return self.vocabulary.text(self.tokens[ends[:, None] + np.arange(1 - length, 1)])

    def _spelling(self, phrase: Numbers, end: Numbers) -> Numbers:
        """A number for the forms of the words in each place: equal forms have equal ones."""
        length = np.array([len(key) for key in self.keys], dtype=np.int64)[phrase]
        spelling = np.zeros(len(end), dtype=np.int64)
        for back in range(LONGEST):
            form = self.vocabulary.form[self.tokens[np.maximum(end - back, 0)]]
            _, spelling = np.unique(
                spelling * (len(self.vocabulary.forms) + 1) + np.where(back < length, form + 1, 0), return_inverse=True
            )
        return spelling


class Phrases:
    """The words of papers, taken in block by block, so that their texts need not be in memory at once."""

    def __init__(self) -> None:
        self._chunks = Ids({_NEXT: 0, _END: 1})
        self._blocks: list[Tokens] = []

    def add(self, papers: Iterable[tuple[str, str, Sequence[str]]]) -> None:
        """Take in papers, each its title, text and keywords, without markup."""
        text = "".join(
            f"{_plain(title)} {_NEXT} {_plain(text)} {_NEXT} {_plain(' ; '.join(keywords))} {_END} "
            for title, text, keywords in papers
        )
        chunks = text.split()
        self._blocks.append(np.fromiter(map(self._chunks.__getitem__, chunks), dtype=np.int32, count=len(chunks)))

    def table(self, least: int) -> Table:
        """Return the phrases that are in at least ``least`` places."""
        surfaces, tokens = self._tokens()
        marks = np.cumsum(np.isin(tokens, [surfaces[_NEXT], surfaces[_END]]), dtype=np.int32)
        vocabulary = Vocabulary(list(surfaces), tokens, marks % _PARTS == TEXT)
        inside = vocabulary.inside(tokens)
        places = _ends(inside, vocabulary.among(HEADS)[vocabulary.form[tokens]])
        lemma, nouns = vocabulary.lemma[vocabulary.form[tokens]], vocabulary.nouns(tokens, inside)
        levels = _Levels(lemma, nouns, least, link=vocabulary.link)
        for size in range(1, LONGEST + 1):
            places = levels.grow(places, size)
        keys, parent, phrase, end = levels.sorted(vocabulary.forms)
        weak = vocabulary.among(WEAK | {LINK})
        return Table(
            keys=[tuple(vocabulary.forms[each] for each in key) for key in keys],
            parent=parent, weak=np.array([all(weak[list(key)]) for key in keys], dtype=bool),
            phrase=phrase, paper=marks[end] // _PARTS, part=marks[end] % _PARTS, end=end, tokens=tokens,
            vocabulary=vocabulary,
        )  # fmt: skip

    def _tokens(self) -> tuple[Ids, Tokens]:
        """The distinct words and marks, and all texts in their numbers."""
        surfaces, flat, lengths = Ids(), array("i"), array("i")
        for chunk in self._chunks:
            pieces = [piece if len(piece) <= _LONGEST_WORD else "…" for piece in _PIECES.findall(chunk)]
            flat.extend(surfaces[piece] for piece in pieces)
            lengths.append(len(pieces))
        pieces_, length = np.array(flat, dtype=np.int32), np.array(lengths, dtype=np.int64)
        start = np.cumsum(length) - length
        blocks = [_spread(block, pieces_, start, length) for block in self._blocks]
        return surfaces, np.concatenate([np.zeros(0, dtype=np.int32), *blocks])


def _plain(text: str) -> str:
    """The part of a text that is read, without the marks between parts."""
    return text[:_LONGEST_PART].replace(_NEXT, " ").replace(_END, " ")


def _spread(block: Tokens, pieces: Tokens, start: Numbers, length: Numbers) -> Tokens:
    """The pieces of the chunks of a block, one after the other."""
    lengths = length[block]
    ends = np.cumsum(lengths)
    return np.asarray(pieces[np.arange(lengths.sum()) + np.repeat(start[block] - ends + lengths, lengths)])


@dataclass(frozen=True, slots=True)
class _Places:
    """Where phrases end (tokens), whether their stretch ends there too, of how many words they can be at most, and the
    phrase below them that ends there."""

    end: Numbers
    whole: Flags
    room: Numbers
    suffix: Numbers

    def among(self, fits: Flags, suffix: Numbers | None = None) -> _Places:
        """Return some of them, with other phrases if given."""
        suffix = self.suffix if suffix is None else suffix
        return _Places(self.end[fits], self.whole[fits], self.room[fits], suffix[fits])


def _ends(inside: Flags, heads: Flags) -> _Places:
    """The ends of stretches. One of three words or more that ends in a general head is a place of the phrase before the
    head, too."""
    at = np.arange(len(inside), dtype=np.int32)
    room = at - np.maximum.accumulate(np.where(inside, -1, at))
    end = at[inside & ~np.append(inside[1:], np.zeros(min(1, len(inside)), dtype=bool))]
    ends = [end]
    for _ in range(_HEADS):
        end = end[heads[end] & (room[end] > 2)] - 1
        ends.append(end)
    every = np.concatenate(ends)
    return _Places(every, np.arange(len(every)) < len(ends[0]), room[every], np.zeros(len(every), dtype=np.int32))


class _Levels:
    """Phrases of one word, then of two and so on, each a word before a frequent phrase of the level below: only what
    has frequent parts is frequent (Agrawal and Srikant 1994)."""

    def __init__(self, lemma: Numbers, nouns: Flags, least: int, *, link: int) -> None:
        self._lemma, self._nouns, self._least, self._link = lemma, nouns, least, link
        self._known: list[tuple[int, ...]] = [()]  # the frequent ones of the level below
        self._number = np.array([-1], dtype=np.int64)  # where they are in ``keys``
        self._phrases: list[Numbers] = []
        self._ends: list[Numbers] = []
        self.keys: list[tuple[int, ...]] = []
        self.parents: list[int] = []

    def grow(self, places: _Places, size: int) -> _Places:
        """Add the level of phrases with ``size`` words; return the places whose phrase may be part of a longer one."""
        places = places.among(places.room >= size)
        below = len(self._known)
        pairs, at, uses = np.unique(
            self._lemma[places.end - size + 1].astype(np.int64) * below + places.suffix,
            return_inverse=True,
            return_counts=True,
        )
        frequent = uses >= self._least
        whole = np.bincount(at[places.whole], minlength=len(pairs)) >= _WHOLE * uses
        suffixes = (pairs % below).tolist()
        words = [(word, *self._known[suffix]) for word, suffix in zip((pairs // below).tolist(), suffixes, strict=True)]
        named = [bool(self._nouns[each[-1]]) and each[0] != self._link for each in words]
        shown = frequent & whole & np.array(named, dtype=bool)
        numbers = np.where(shown, np.cumsum(shown) - 1 + len(self.keys), -1).astype(np.int32)
        self.keys += [each for each, show in zip(words, shown.tolist(), strict=True) if show]
        self.parents += [
            int(self._number[suffix]) for suffix, show in zip(suffixes, shown.tolist(), strict=True) if show
        ]
        self._phrases.append(numbers[at][shown[at]])
        self._ends.append(places.end[shown[at]])
        self._known = [each for each, often in zip(words, frequent.tolist(), strict=True) if often]
        self._number = numbers[frequent]
        return places.among(frequent[at], suffix=(np.cumsum(frequent, dtype=np.int32) - 1)[at])

    def sorted(self, forms: Sequence[str]) -> tuple[list[tuple[int, ...]], Numbers, Numbers, Numbers]:
        """Return the phrases in the order of their words, their parents, and the phrase and the end of every place."""
        order = sorted(range(len(self.keys)), key=lambda each: [forms[word] for word in self.keys[each]])
        number = np.empty(len(order) + 1, dtype=np.int32)
        number[order], number[-1] = np.arange(len(order)), -1
        parent = number[np.array(self.parents, dtype=np.int64)[order]]
        return (
            [self.keys[each] for each in order],
            parent,
            number[np.concatenate(self._phrases)],
            np.concatenate(self._ends),
        )
