"""Texts without the accidents of their sources: readable, plain, cut into sentences.

Pure functions on strings. Callers keep the raw text next to what these return.
"""

from __future__ import annotations

import re
import unicodedata

from broadsheet.core.latex import without_latex
from broadsheet.core.markup import without_markup

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]")
_SPACE = re.compile(r"\s+")
_LIGATURES = re.compile("[\ufb00-\ufb06]")
_ACTIVE = re.compile(r"[\\{}$~<&]")
_QUOTE = "``"
_ACTIVE_SIGNS = re.compile(r"[\\{}$~<&`]")
_MOST_ROUNDS = 6  # texts that were escaped twice need three

_JOINED = re.compile(r"[_^]\(([^()\s]{1,40})\)|(?<=[^\W_])[_^](?=[^\W_])")
_PLAIN_ASCII = bytes(ord(chr(code).lower()) if chr(code).isalnum() else ord(" ") for code in range(128)) + bytes(128)
_NOT_WORD = re.compile(
    r"(?:[^\w\u0900-\u0963\u0966-\u109f\u1780-\u17d3\u3099\u309a]|_)+"
)  # vowel signs are parts of words
_ACCENTS = re.compile(  # of Latin, Greek, Cyrillic, Hebrew and Arabic, and what only joins or colours characters
    r"[\xad\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    r"\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u200c\u200d\u20d0-\u20ff\ufe00-\ufe0f"
    r"\ufe20-\ufe2f]"
)
_UNMARKED = "łl øo đd ðd ħh ŧt ŋn ıi ȷj ĸk ƚl ɨi ʉu ƀb ɓb ƈc ɗd ɖd ƒf ɠg ǥg ƙk ɲn ƞn ɵo ƥp ƫt ƭt ʈt ʋv ƴy ƶz ȥz"
_SPELLED = {each[0]: each[1] for each in _UNMARKED.split(" ")} | {"þ": "th", "æ": "ae", "œ": "oe"}
_SPELT_OTHERWISE = re.compile(f"[{''.join(_SPELLED)}]")


def squeeze(text: str) -> str:
    """Return one line: runs of white space become one space; control and direction-changing characters and soft
    hyphens are dropped."""
    if text.isascii() and text.isprintable() and "  " not in text:  # most texts: skip two searches
        return text.strip()
    return _SPACE.sub(" ", _CONTROL.sub("", text)).strip()


def readable(text: str) -> str:
    """Return a text as it is meant to be read: without the markup of HTML and JATS, entities, LaTeX, ligatures and soft
    hyphens, on one line.

    ``CO<sub>2</sub> &amp; more`` is CO2 & more, ``13\\,TeV`` is 13 TeV. What only looks like markup stays
    (``a<b and c>d``, ``$5 and $6``). The result is no longer than a few times the text, and its own readable form.
    """
    text = _composed(text)
    for _ in range(_MOST_ROUNDS):
        if not _ACTIVE.search(text) and _QUOTE not in text:
            return text
        better = _composed(without_latex(without_markup(text)))
        if better == text:
            return text
        text = better
    return _composed(_ACTIVE_SIGNS.sub("", text))  # only hostile texts are not done by then


def _composed(text: str) -> str:
    """Return one line with whole characters: an accent joined to its letter, a ligature as its letters."""
    text = squeeze(text)
    if text.isascii():
        return text
    text = _LIGATURES.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
    return squeeze(unicodedata.normalize("NFC", text))


def plain(text: str) -> str:
    """Return the form in which texts are compared and searched: readable, without accents, case or punctuation.

    Letters that only look other are folded too (``ł`` is l, ``æ`` is ae, ``₂`` is 2); an index or exponent joins its
    letter (``CO_2`` is co2).
    """
    text = readable(text)
    if "_" in text or "^" in text:
        text = _JOINED.sub(r"\1", text)
    if text.isascii():
        return " ".join(text.encode().translate(_PLAIN_ASCII).decode().split())
    return _NOT_WORD.sub(" ", folded(text)).strip()


def folded(text: str) -> str:
    """Return a text without case and accents, in the one form of characters that look or sound alike."""
    if text.isascii():
        return text.casefold()
    text = unicodedata.normalize("NFKC", text).casefold()
    text = _SPELT_OTHERWISE.sub(lambda match: _SPELLED[match[0]], text)
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", text)))


_SENTENCE_END = re.compile(r"[.!?][\"')\]]?\s+(?=[\"'(\[]?[A-Z0-9])")
_LAST_WORDS = 16  # characters in which an abbreviation ends
_ABBREVIATED = re.compile(r"(?:\b(?:e\.g|i\.e|et al|cf|vs|etc|Fig|Eq|Sec|resp|approx|Dr|Prof|No)|\b[A-Z])\.$")


def sentences(text: str) -> list[str]:
    """Split a text into sentences; abbreviations common in abstracts do not end one."""
    pieces: list[str] = []
    between = [match.span() for match in _SENTENCE_END.finditer(text)]
    stops = [*(start + 1 for start, _ in between), len(text)]  # the sign that ends a sentence belongs to it
    for start, stop in zip([0, *(end for _, end in between)], stops, strict=True):
        piece = text[start:stop]
        if pieces and _ABBREVIATED.search(pieces[-1][-_LAST_WORDS:]):
            pieces[-1] += " " + piece
        elif piece.strip():
            pieces.append(piece.strip())
    return pieces


def clipped(text: str, length: int) -> str:
    """Shorten a text to at most ``length`` characters, cut at a space and marked with an ellipsis."""
    if len(text) <= length:
        return text
    return text[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"
