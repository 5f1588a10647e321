"""Names of people: whether two can be one person, what a reader's words find, and the parts of a name that has none.

a name is read in each way it may be meant: run-together initials, a joined hyphen, ue for ü
two readings can be one person: a family name in common, and given names that are equal or one the initial of the other;
or the words of one, at least two, are all in the other
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from broadsheet.core.text import plain
from broadsheet.core.types import Document, Name

_PARTICLE_WORDS = (
    "van von der den het ter ten te vom zu zum zur af av de del della delle dei degli di da das do dos du des la le "
    "las los lo el al bin ibn bint ben abu"
)
PARTICLES = frozenset(_PARTICLE_WORDS.split(" "))
_CAPITALS = frozenset({"von", "vom", "zur", "de", "del", "della", "des", "dos"})  # so written, no one's given name
_LONGEST = 500  # characters of a name that are looked at
_MOST_NEAR = 200  # names that one is compared with
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})
_IS_SUFFIX = re.compile(r"(?:[Jj][Rr]|[Ss][Rr])\.?|I{2,3}|IV")
_RUN = re.compile(r"(?<![\w.'-])[A-Z]{2,3}(?![\w.'-])")  # Meyer AB
_HYPHEN = re.compile(r"(?<=[^\W\d_]{2})[-‐‑](?=[^\W\d_]{2})")
_SPELT_OUT = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ø": "oe", "Ø": "Oe", "å": "aa", "Å": "Aa"}
)
_BODY_WORDS = (
    "collaboration collaborations consortium committee association university universität université "
    "institute institut ministry organization organisation foundation agency federation commission inc ltd llc gmbh"
)
_BODIES = frozenset(_BODY_WORDS.split(" "))
_WEAKER_WORDS = (
    "group team center centre network project society council department laboratory initiative investigators force "
    "company corporation division office bureau service programme program alliance union board"
)
_MAYBE_BODIES = frozenset(_WEAKER_WORDS.split(" "))  # people have such last names, too


def suffix_like(text: str) -> bool:
    """Return whether a part of a name is a suffix: ``Jr.``, ``III``."""
    return bool(_IS_SUFFIX.fullmatch(text))


def body_like(name: str) -> bool:
    """Return whether a name looks like that of a body: ``ATLAS Collaboration``, ``Expert Panel Working Group``."""
    words = [word.strip(".,;:()").casefold() for word in name.split()]
    if len(words) < 2:
        return False
    shouted = any(len(word) > 2 and word.isupper() for word in name.split()) and not name.isupper()
    return not _BODIES.isdisjoint(words) or ((len(words) > 2 or shouted) and not _MAYBE_BODIES.isdisjoint(words))


def of_parts(last: str, given: str = "", suffix: str = "") -> Name:
    """Make a Name of a last name that may begin with particles (``van den Berg``, ``De la Cruz``), and the rest."""
    words = last.split()
    count = 0
    while count < len(words) - 1 and _is_particle(words[count], words[count + 1]):
        count += 1
    particle, family = " ".join(words[:count]), " ".join(words[count:])
    return Name(given=given, family=family, particle=particle, suffix=suffix)


def _is_particle(word: str, following: str) -> bool:
    return word[0].islower() or (word.casefold() in PARTICLES and following[0].islower())


def guess(shown: str) -> Name:
    """Guess the parts of a shown name: the last word and the particles before it are the family name."""
    if body_like(shown):
        return Name(literal=shown)
    if "," in shown:
        last, *rest = [part.strip() for part in shown.split(",")]
        suffix = next((part for part in rest if suffix_like(part)), "")
        return of_parts(last, " ".join(part for part in rest if part and part != suffix), suffix)
    words = shown.split()
    suffix = words.pop() if len(words) > 2 and suffix_like(words[-1]) else ""
    inner = range(1, len(words) - 1)
    at = next((i for i in inner if words[i] in PARTICLES or words[i].casefold() in _CAPITALS), max(0, len(words) - 1))
    return of_parts(" ".join(words[at:]), " ".join(words[:at]), suffix)


def names_of(document: Document) -> tuple[Name, ...]:
    """Return the parts of every author's name: those that a source gave, else a guess."""
    known = document.names or (Name(),) * len(document.authors)
    return tuple(name if name.shown else guess(shown) for shown, name in zip(document.authors, known, strict=True))


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a name: its ``words``, given names first, folded by ``text.plain``, without the ``suffix``."""

    words: tuple[str, ...]
    suffix: str = ""

    @property
    def full(self) -> tuple[str, ...]:
        """The words that are neither initials nor particles between others."""
        return tuple(word for place, word in enumerate(self.words) if not is_initial(word) and self.tells(place))

    def tells(self, place: int) -> bool:
        """Return whether the word at a place is more than a particle between other words."""
        return self.words[place] not in PARTICLES or place in (0, len(self.words) - 1)

    @property
    def families(self) -> tuple[str, ...]:
        """The words that may be the family name: the last one; without initials also the first (East Asian order)."""
        some = any(map(is_initial, self.words))
        return self.words[-1:] if some else (self.words[0], self.words[-1])

    @property
    def abbreviated(self) -> Iterator[tuple[str, str]]:
        """The family name with the initial of the given name, for names that begin with a whole word; of two words
        either may be the family name."""
        first, last = self.words[0], self.words[-1]
        if len(self.words) > 1 and not is_initial(first) and not is_initial(last):
            yield last, first[0]
            if len(self.words) == 2:
                yield first, last[0]


_LONE_PAIR = re.compile(r"\b[ÆŒÞæœþ]\b")  # an initial that is folded to two letters


def is_initial(word: str) -> bool:
    """Return whether a word is a single letter of a script that has capital letters."""
    return len(word) == 1 and word.upper() != word.lower()


@lru_cache(maxsize=20_000)
def readings(name: str) -> tuple[Reading, ...]:
    """Return each way to read a name, as it is written first; none for a name without letters and digits."""
    text = unicodedata.normalize("NFC", name[:_LONGEST])
    texts = [text]
    if _RUN.search(text) and any(map(str.islower, text)):
        texts.append(_RUN.sub(lambda run: " ".join(run[0]), text))
    if _HYPHEN.search(text):
        texts += [_HYPHEN.sub("", each) for each in texts]
    if not text.isascii():
        texts += [each.translate(_SPELT_OUT) for each in texts]
    found = [_reading(each) for each in dict.fromkeys(texts)]
    return tuple(dict.fromkeys(each for each in found if each.words))


def _reading(text: str) -> Reading:
    suffix = ""
    if "," in text:
        text, suffix = _turned(text)
    if not text.isascii():
        text = _LONE_PAIR.sub(lambda pair: plain(pair[0])[0], text)
    words = plain(text).split()
    if not suffix and len(words) > 2 and words[-1] in _SUFFIXES:
        suffix = words.pop()
    end = len(words)
    while end > 1 and is_initial(words[end - 1]):
        end -= 1
    if not is_initial(words[0] if words else ""):  # Kops S M
        words = [*words[end:], *words[:end]]
    return Reading(tuple(words), suffix)


def _turned(text: str) -> tuple[str, str]:
    """Return a name with a comma as it is spoken, given names first, and its suffix."""
    last, *rest = text.split(",")
    suffixes = [part.strip() for part in rest if suffix_like(part.strip())]
    given = [part for part in rest if part.strip() not in suffixes]
    return " ".join([*given, last]), plain(suffixes[0]) if suffixes else ""


def same_person(one: str, other: str) -> bool:
    """Return whether two shown names can be one person: ``Meyer, A.`` and ``Anna Meyer``, ``Chen Li`` and ``Li Chen``.

    Symmetric; a name without letters and digits is never the same.
    """
    return any(_same(mine, theirs) for mine in readings(one) for theirs in readings(other))


def answers(typed: str, name: str) -> bool:
    """Return whether a name can be that of the person who is typed, and has each whole word that is typed, or its
    initial: ``A. Roe`` answers to ``Ada Roe``, but ``Ada Roe`` does not to ``Ada Mary Roe``."""
    pairs = ((mine, theirs) for mine in readings(typed) for theirs in readings(name))
    return any(_same(*pair) and _covered(*pair) for pair in pairs)


def _covered(typed: Reading, name: Reading) -> bool:
    shared = Counter(typed.full) & Counter(name.full)
    mine, theirs = _left(typed, shared), _left(name, shared)
    whole = [word for word in mine if not is_initial(word)]
    return bool(theirs or not mine) and all(any(_fits(word, each) for each in theirs) for word in whole)


def _same(one: Reading, other: Reading) -> bool:
    if one.suffix and other.suffix and one.suffix != other.suffix:
        return False
    if one.words == other.words:
        return True
    shared = Counter(one.full) & Counter(other.full)
    mine, theirs = _left(one, shared), _left(other, shared)
    if not shared or not (mine and theirs):
        return bool(shared) and (mine == theirs or shared.total() > 1)
    if not all(_holds(shared, each.families) for each in (one, other)):
        return False
    fewer, more = sorted((mine, theirs), key=len)
    return _fits(fewer[0], more[0]) and _in_order(fewer[1:], more[1:])


def _holds(shared: Counter[str], families: Iterable[str]) -> bool:
    return any(word in shared for word in families)


def _left(reading: Reading, shared: Counter[str]) -> list[str]:
    """Return the words that are not shared, in order, without the particles between the others."""
    rest = Counter(shared)
    left = []
    for place, word in reversed(list(enumerate(reading.words))):  # of a word said twice, the last is the family name
        if rest[word] > 0:
            rest[word] -= 1
        elif reading.tells(place):
            left.append(word)
    return left[::-1]


def _in_order(fewer: list[str], more: list[str]) -> bool:
    following = iter(more)
    return all(any(_fits(word, each) for each in following) for word in fewer)


def _fits(one: str, other: str) -> bool:
    return one == other or (is_initial(one) and other.startswith(one)) or (is_initial(other) and one.startswith(other))


class Known:
    """Names by pairs of their words, so that who may be the same person is found without comparing everyone with
    everyone."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_pair: dict[tuple[str, str], dict[str, None]] = {}
        for name in names:
            for pair in _pairs_of(name):
                self._by_pair.setdefault(pair, {})[name] = None

    def like(self, name: str) -> Iterator[str]:
        """Yield the names that can be the same person as this one, each once, among the first that are near."""
        near = dict.fromkeys(each for pair in _pairs_of(name, sought=True) for each in self._by_pair.get(pair, ()))
        return (each for each in islice(near, _MOST_NEAR) if same_person(name, each))


@lru_cache(maxsize=8_192)
def _pairs_of(name: str, *, sought: bool = False) -> tuple[tuple[str, str], ...]:
    """Return the pairs of all readings of a name, each once."""
    return tuple(dict.fromkeys(pair for each in readings(name) for pair in _pairs(each, sought=sought)))


def _pairs(reading: Reading, *, sought: bool = False) -> Iterator[tuple[str, str]]:
    """Yield each word that may be a family name with each other word, and with what stands for it: a known word for
    its initial (``a*``), a ``sought`` initial for such a word, a sought word for a known initial."""
    if len(reading.words) == 1:
        yield reading.words[0], ""
    for word in reading.full or reading.words:
        for other in Counter(reading.words) - Counter([word]):
            yield word, other
            if sought == is_initial(other):
                yield word, f"{other[0]}*"
            elif sought:
                yield word, other[0]


def words(name: str) -> frozenset[str]:
    """Return the words of every reading of a name."""
    return frozenset(word for each in readings(name) for word in (*each.words, each.suffix) if word)


def index_words(name: str) -> frozenset[str]:
    """Return the words by which an author is found: those of every reading and, since an initial may stand for a given
    name, the family name with an initial: ``roe a``."""
    several = set(words(name))
    for each in readings(name):
        several.update(f"{family} {initial}" for family, initial in each.abbreviated)
    return frozenset(several)
