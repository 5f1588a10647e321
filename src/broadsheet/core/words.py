"""The words of a text as they are searched: where each one is, and the folded forms under which it is found.

a word with a number keeps both and both together: ``GPT-4`` is gpt, 4 and gpt4; ``C++`` and ``C#`` are words
an index or exponent joins its letter: ``n^2`` is n2, and a formula is one word: ``H_2O`` is h2o
scripts without spaces (Chinese, Japanese, Thai, Lao, Khmer, Burmese) are cut into pairs of characters
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from broadsheet.core.text import folded

_MARKS = (  # that follow a character of a script without spaces
    "\u3099\u309a\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u17b4-\u17d3\u102b-\u103e\u1056-\u1059\uff9e\uff9f"
)
UNSPACED = (
    "\u2e80-\u2fdf\u3005\u3007\u3021-\u3029\u3031-\u3035\u3038-\u303b\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u0edc-\u0edf\u1000-\u103f\u1050-\u108f\u1780-\u17d3"
)
"""Ranges of characters, for a class of a pattern: those of scripts that put no spaces between words."""
_CLUSTER = re.compile(rf"[{UNSPACED}][{_MARKS}]*")
_INNER = (  # marks inside words
    "\u00ad\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf-\u05c7\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff\u200c\u200d"
)
_SPACED = rf"[^\W_{UNSPACED}]"


def _pattern(alone: str, letter: str, unspaced: str) -> re.Pattern[str]:
    """Return the pattern of a word, or of a run without spaces (named so); most words are letters ``alone``."""
    number = rf"(?<=[^\W\d_])[-‐‑–](?=\d)(?:{letter})+|(?<=\d)\.(?=\d)(?:{letter})+"
    raised = (
        r"[_^](?:\([^\W_]{1,20}\)|\d+(?!\w)|[^\W\d_]{1,2}(?!\w))|(?:(?<=[A-Z])|(?<=[A-Z][a-z]))_\d{1,3}(?=[A-Z])[^\W_]+"
    )
    return re.compile(rf"{alone}|(?:{letter})+(?:{number}|{raised})*(?:(?<!\w\w)(?:\+\+|\#)(?![^\W\d_]))?{unspaced}")


_ASCII = _pattern("[0-9A-Za-z]++(?![-.^_+#])", "[0-9A-Za-z]", "")
_ANY = _pattern(
    rf"{_SPACED}++(?![-‐‑–.^_+#{_INNER}])", rf"{_SPACED}|[{_INNER}]", rf"|(?P<run>(?:[{UNSPACED}][{_MARKS}]*)+)"
)
_APART = bytes(code if code < 128 and chr(code).isalnum() else ord(" ") for code in range(256))
_SIGNS = bytes.maketrans(b"123456789_^", b"000000000##")  # what may join a word is then "-0", ".0", "++" or "#"
_DIVIDED = re.compile(r"[-‐‑–.]")
_NOT_WORD = re.compile(rf"(?:[^\w+#{_INNER}{_MARKS}]|_)+")
_APOSTROPHES = ("'", "’")
_LONGEST = 100  # characters of a form; a longer one is not a word


def places(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield each word of a text: where it begins and ends, and the word; pairs of characters overlap."""
    if is_plain(text):
        end = 0
        for word in words(text):
            start = text.index(word, end)
            end = start + len(word)
            yield start, end, word
        return
    for match in (_ASCII if text.isascii() else _ANY).finditer(text):
        start, end = match.span()
        if match.lastgroup:
            yield from _pairs(text, start, end)
        elif end - start > 1 or not _is_remnant(text, start):
            yield start, end, match[0]


def words(text: str) -> list[str]:
    """Return the words of ``places`` alone."""
    if is_plain(text):
        return text.encode().translate(_APART).decode().split()
    if text.isascii() and "'" not in text:
        return _ASCII.findall(text)
    return [word for _, _, word in places(text)]


def is_plain(text: str) -> bool:
    """Return whether the words of a text are its runs of ASCII letters and digits, as in most texts: no sign joins two
    of them or belongs to one."""
    if not text.isascii() or "'" in text:
        return False
    signs = text.encode().translate(_SIGNS)
    return not (b"-0" in signs or b".0" in signs or b"++" in signs or b"#" in signs)


def _pairs(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    clusters = [match.span() for match in _CLUSTER.finditer(text, start, end)]
    for (first, _), (_, last) in zip(clusters, clusters[1:] or clusters, strict=False):
        yield first, last, text[first:last]


def _is_remnant(text: str, at: int) -> bool:
    """Return whether a single letter is what an apostrophe cut off: in ``Ann's`` and ``d'or``."""
    if text[at].isdigit():
        return False
    return text[at - 1 : at] in _APOSTROPHES or (
        text[at + 1 : at + 2] in _APOSTROPHES and text[at + 2 : at + 3].isalpha()
    )


def forms(word: str) -> tuple[str, ...]:
    """Return the folded forms of a word of ``places``; a form has neither spaces nor punctuation, but ``c++``."""
    whole = folded(word)
    if whole.isalnum():
        return (whole,) if len(whole) <= _LONGEST else ()
    joined = _NOT_WORD.sub("", whole)
    parts = [part for part in (_NOT_WORD.sub("", each) for each in _DIVIDED.split(whole)) if part]
    if len(parts) < 2:
        return (joined,) if 0 < len(joined) <= _LONGEST else ()
    every = (*parts, joined) if whole[0].isalpha() else parts
    return tuple(form for form in every if len(form) <= _LONGEST)
