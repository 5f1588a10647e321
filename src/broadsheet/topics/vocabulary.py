"""The words of papers: which are the same word, which can name something, and how each is usually written.

texts as numbers of their words -> folded forms -> singular and American form, where the papers have it -> by its
neighbours: is it a verb, a participle, a word that ends phrases?
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.text import folded
from broadsheet.core.words import UNSPACED
from broadsheet.topics.stopwords import (
    AUXILIARIES,
    BEFORE_VERBS,
    DETERMINERS,
    EMPTY,
    NOT_ADVERBS,
    STOPWORDS,
    TO_BE,
    VERBS,
)

Tokens = NDArray[np.int32]
Numbers = NDArray[np.integer[Any]]
Flags = NDArray[np.bool_]
Shares = NDArray[np.float64]

LINK = "of"
"""The one stop word that may be inside a phrase."""
_UNSPACED = re.compile(f"[{UNSPACED}]")
_SENTENCE_ENDS = frozenset(".!?:")
_RARER = 50  # times: a form this much rarer than another is not its singular but an accident
_PRIOR, _LISTED = 5, 50  # uses that are expected of every word, and of a listed verb
_VERB, _VERB_HERE, _PARTICIPLE = (
    0.6,
    0.1,
    0.3,
)  # shares of a word's occurrences: next to the neighbours of verbs, after "is"
_TOGETHER, _TERM = 3, 0.1  # times, and share of the uses of either, from which two words with an "of" are one term
_NOUN, _ADJECTIVE = 0.15, 0.5  # shares of a word's occurrences that end phrases, from which it is a noun
_ADJECTIVES = (
    "able", "al", "ant", "ar", "ary", "aware", "based", "driven", "ed", "ent", "free", "ful", "ible", "ic", "ive",
    "less", "ous", "specific",
)  # fmt: skip
_KEEP_S = ("ics", "is", "os", "ss", "us", "'s")
_ICS = frozenset(("clinics", "critics", "graphics", "heuristics", "logics", "metrics", "statistics", "topics"))
_AMERICAN = (
    ("isation", "ization"), ("ising", "izing"), ("ised", "ized"), ("iser", "izer"), ("ise", "ize"), ("our", "or"),
    ("oured", "ored"), ("ouring", "oring"), ("oural", "oral"), ("ourhood", "orhood"), ("lling", "ling"),
    ("lled", "led"), ("tre", "ter"), ("yse", "yze"), ("logue", "log"),
)  # fmt: skip


class Ids(dict[str, int]):
    """Texts and their numbers, in the order of their first use."""

    def __missing__(self, text: str) -> int:
        self[text] = number = len(self)
        return number


class Vocabulary:
    """The distinct words and marks (``surfaces``) of ``tokens``, their numbers in a text; ``running`` says which tokens
    are in running text, where words have their usual case."""

    def __init__(self, surfaces: list[str], tokens: Tokens, running: Flags) -> None:
        numbers = Ids()
        self.surfaces = surfaces
        self.form = np.array([numbers[folded(each).replace("’", "'")] for each in surfaces], dtype=np.int32)
        self.forms = list(numbers)
        self.count = np.bincount(self.form[tokens], minlength=len(self.forms))
        self.link = numbers.get(LINK, -1)
        self.lemma = _lemmas(numbers, self.count)
        self._usual = self._most_frequent(tokens, running)
        self._nameable = np.array([_is_nameable(each) for each in self.forms], dtype=bool)

    def among(self, words: frozenset[str]) -> Flags:
        """Return which forms are among these."""
        return np.array([form in words for form in self.forms], dtype=bool)

    def text(self, places: Tokens) -> str:
        """Return the text of words that are in several places (places, words), with spaces where their script has them.

        Each word has the case that is usual inside sentences. If that one has capitals, but in none of the places, the
        most frequent one there is taken: ``OWL`` is usual, but not in ``barn owl``.
        """
        text, unspaced = "", True
        for column in places.T:
            before, unspaced = unspaced, bool(_UNSPACED.match(self.forms[self.form[column[0]]]))
            usual, here = self._usual[self.form[column[0]]], Counter(column.tolist())
            keep = usual in here or self.surfaces[usual].islower()
            word = usual if keep else min(here, key=lambda each: (-here[each], self.surfaces[each]))
            text += f"{'' if not text or (before and unspaced) else ' '}{self.surfaces[word]}"
        return text

    def _most_frequent(self, tokens: Tokens, running: Flags) -> Numbers:
        """The surface of each form that is the most frequent inside sentences; where it is not, at all."""
        count = len(self.surfaces)
        opens = np.array([each in _SENTENCE_ENDS for each in self.surfaces], dtype=bool)[tokens]
        inside = tokens[running & ~np.concatenate([[True], opens[:-1]])[: len(tokens)]]
        uses = np.bincount(inside, minlength=count) + np.bincount(tokens, minlength=count) / (len(tokens) + 1)
        by_text = np.argsort(
            sorted(range(count), key=lambda each: self.surfaces[each].swapcase())
        )  # small letters first
        order = np.lexsort((by_text, -uses, self.form))
        return np.asarray(order[np.searchsorted(self.form[order], np.arange(len(self.forms)))])

    def inside(self, tokens: Tokens) -> Flags:
        """Return which tokens can be part of a noun phrase: no stop words, no marks, nothing used as a verb;
        but an ``of`` that makes two words one term.

        A word is used as a verb where ``to``, ``we`` or the like is before it or an article behind it, if it is so at
        least now and then; a word that is so mostly is never part of a phrase, nor is one that often follows ``is``.
        One in -ed is left out behind ``is``.
        """
        form = self.form[tokens]
        determiner, before, auxiliary = (self.among(each)[form] for each in (DETERMINERS, BEFORE_VERBS, AUXILIARIES))
        verbal = _after(before) | _ahead(determiner)
        as_verb = self._share(form[verbal], self.among(VERBS) * _LISTED)
        is_behind = _after(auxiliary)
        as_participle = self._share(form[is_behind])
        participles = is_behind & np.array([each.endswith("ed") for each in self.forms], dtype=bool)[form]
        fits = self._nameable & (as_verb < _VERB) & (as_participle < _PARTICIPLE)
        words = fits[form] & ~participles & ~(verbal & (as_verb >= _VERB_HERE)[form])
        words &= _ahead(words) | ~_after(self.among(TO_BE)[form])  # "is secure." says what it is like, not what it is
        return np.asarray(words | self._links(form, words))

    def _links(self, form: Numbers, words: Flags) -> Flags:
        """Which tokens are an ``of`` that joins two words into one term: ``internet of things``. They are together
        often, by how often each of them is next to any ``of`` on its side."""
        at = np.flatnonzero((form == self.link) & _after(words) & _ahead(words))
        before, behind = self.lemma[form[at - 1]], self.lemma[form[(at + 1) % max(len(form), 1)]]
        _, pair, together = np.unique(
            before.astype(np.int64) * len(self.forms) + behind, return_inverse=True, return_counts=True
        )
        often = np.maximum(np.bincount(before)[before], np.bincount(behind)[behind]) if len(at) else at
        links = np.zeros(len(form), dtype=bool)
        links[at] = (together[pair] >= _TOGETHER) & (together[pair] >= _TERM * often)
        return links

    def nouns(self, tokens: Tokens, inside: Flags) -> Flags:
        """Return which lemmas end phrases as often as nouns do."""
        lemma = self.lemma[self.form[tokens]]
        ends = np.bincount(lemma[inside & ~_ahead(inside)], minlength=len(self.forms))
        share = ends / np.maximum(np.bincount(lemma[inside], minlength=len(self.forms)), 1)
        bar = np.array([_ADJECTIVE if each.endswith(_ADJECTIVES) else _NOUN for each in self.forms])
        return np.asarray((share >= bar) & ~np.array([each.endswith("'s") for each in self.forms], dtype=bool))

    def _share(self, hits: Numbers, listed: Numbers | int = 0) -> Shares:
        """The share of each form's uses that are hits, with a few more that are not, or are if it is ``listed``."""
        return np.asarray(
            (np.bincount(hits, minlength=len(self.forms)) + listed) / (self.count + np.maximum(listed, _PRIOR))
        )


def _after(flags: Flags) -> Flags:
    """Whether the token before is one of these."""
    return np.concatenate([np.zeros(min(1, len(flags)), dtype=bool), flags[:-1]])


def _ahead(flags: Flags) -> Flags:
    """Whether the token behind is one of these."""
    return np.concatenate([flags[1:], np.zeros(min(1, len(flags)), dtype=bool)])


def _is_nameable(form: str) -> bool:
    """Whether a form is a word that could be in a name: no stop word, number, single letter, address or adverb."""
    if form in STOPWORDS or form in EMPTY or not any(map(str.isalpha, form)) or form.startswith(("http", "www.")):
        return False
    if len(form) == 1:
        return bool(_UNSPACED.match(form))
    return form in NOT_ADVERBS or not form.endswith("ly")


def _lemmas(forms: Mapping[str, int], count: Numbers) -> Numbers:
    """The form that stands for each form: its singular, the American of a British spelling, if the papers have it."""
    lemma = np.arange(len(forms), dtype=np.int32)
    for form, number in forms.items():
        singulars = [*_singulars(form)]
        for other in (*singulars, *(each for one in (form, *singulars) for each in _american(one))):
            if other in forms and count[forms[other]] * _RARER >= count[number]:
                lemma[number] = forms[other]
                break
    for _ in range(2):  # the singular of a plural has an American form of its own
        lemma = lemma[lemma]
    return lemma


def _singulars(form: str) -> Iterator[str]:
    """What the singular of a form may be."""
    if len(form) < 4 or not form.endswith("s") or (form.endswith(_KEEP_S) and form not in _ICS):
        return
    if form.endswith("ies"):
        yield f"{form[:-3]}y"
    if form.endswith("ices"):
        yield from (f"{form[:-4]}ix", f"{form[:-4]}ex")
    if form.endswith(("ses", "xes", "zes", "ches", "shes")):
        yield form[:-2]
    yield form[:-1]


def _american(form: str) -> Iterator[str]:
    """What the American spelling of a form may be."""
    for british, american in _AMERICAN:
        if len(form) > 4 and form.endswith(british):
            yield f"{form[: -len(british)]}{american}"
