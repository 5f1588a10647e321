"""Markup of HTML, JATS and MathML in texts that are declared plain, and entities, made readable.

only tags of known names are markup, and only where nothing else can be meant: ``a<b and c>d`` and ``<T>`` stay
text in block elements is separated by spaces, the text of inline elements is joined; an exponent becomes ``^(…)``
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable

from broadsheet.core.latex import script


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split(" "))


_BLOCKS = _words(
    "p div br hr li ul ol dl dt dd tr td th table tbody thead h1 h2 h3 h4 h5 h6 title sec section article blockquote "
    "pre abstract list list-item def-list disp-formula disp-quote break figure figcaption caption label center "
    "header footer img"
)
_INLINE = _words(
    "i b em strong u s small big sub sup span font tt code a q abbr mark ins del strike cite kbd var samp nobr "
    "italic bold sc scp monospace underline overline roman sans-serif inf xref ext-link uri email inline-formula "
    "alternatives tex-math named-content styled-content inline-graphic graphic fn ref bdi bdo wbr "
    "math mi mo mn ms mtext mrow msub msup msubsup mfrac msqrt mroot mspace mstyle mover munder munderover mfenced "
    "mtable mtr mtd mpadded mphantom semantics annotation annotation-xml script style"
)
_KNOWN = _BLOCKS | _INLINE
_ALONE = _words("br hr img p li tr td th dt dd wbr break mspace inline-graphic graphic sec label")
_UNREAD = frozenset(("script", "style", "annotation", "annotation-xml", "applet"))
_PREFIXES = ("jats:", "mml:")
_HEADINGS = ("abstract", "summary")
_DEEPEST = 20  # exponents and titles nested in one another; deeper ones are only joined

_MARKED = "<![CDATA["
_AMPERSANDS = re.compile(r"&(?:amp;|#0{0,3}38;|#[xX]0{0,3}26;)+")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_ATTRIBUTES = r"""(?P<more>(?:\s++[\w:.-]{1,60}+\s*+=\s*+(?:"[^"<>]*+"|'[^'<>]*+'|[^\s"'<>=`]++))*+)"""
_NAME = r"(?P<name>(?:[A-Za-z][\w-]{0,20}:)?[A-Za-z][A-Za-z0-9-]{0,30})"
_TAG = re.compile(rf"<(?P<end>/?){_NAME}{_ATTRIBUTES}\s*+(?P<empty>/?)>|<!--")
_ANY_TAG = re.compile(rf"<(?P<end>/?){_NAME}(?P<more>[^<>]*+)(?P<empty>)>|<!--")
_ORDINAL = re.compile(r"(?:st|nd|rd|th)\Z", re.IGNORECASE)


def without_markup(text: str) -> str:
    """Return a text without the tags of HTML, JATS and MathML, and with its entities as characters."""
    if _MARKED in text:
        text = text.replace(_MARKED, "").replace("]]>", "")
    if "<" in text:
        text = _Reader(text).read(_certain(list(_TAG.finditer(text))))
    return _without_entities(text) if "&" in text else text


def from_html(text: str) -> str:
    """Return the text of HTML: whatever looks like a tag is one, and what is never closed goes to the end."""
    return html.unescape(_Reader(text, html=True).read(_ANY_TAG.finditer(text))).strip()


def _without_entities(text: str) -> str:
    """Return a text with its entities as characters; those that were escaped twice or more at once."""
    return _ENTITY.sub(lambda match: html.unescape(match[0]), _AMPERSANDS.sub("&", text))


def _certain(matches: list[re.Match[str]]) -> list[re.Match[str]]:
    """Return the tags that can be nothing else: of a known name, and with their pair, attributes or a prefix."""
    known = [match for match in matches if not match["name"] or _local(match) in _KNOWN or _prefixed(match)]
    ends = Counter(_local(match) for match in known if match["end"])
    return [match for match in known if _is_tag(match, ends)]


def _is_tag(match: re.Match[str], ends: Counter[str]) -> bool:
    if not match["name"] or match["end"] or match["more"] or match["empty"] or _prefixed(match):
        return True
    name = _local(match)
    around = match.string[match.start() - 1 : match.start()] + match.string[match.end() : match.end() + 1]
    return ends[name] > 0 or (name in _ALONE and not (len(around) == 2 and around.isalnum()))


def _local(match: re.Match[str]) -> str:
    return (match["name"] or "").rpartition(":")[2].lower()


def _prefixed(match: re.Match[str]) -> bool:
    return (match["name"] or "").lower().startswith(_PREFIXES)


class _Reader:
    """Joins the text between tags; what an exponent or a title holds is put into its form when it ends."""

    def __init__(self, text: str, *, html: bool = False) -> None:
        self._text = text
        self._html = html
        self._pieces: list[str] = []
        self._held: list[tuple[str, int]] = []  # open exponents and titles: the name, and where its text begins
        self._commented = True
        self._math = "<mml:math" in text or "<math" in text

    def read(self, tags: Iterable[re.Match[str]]) -> str:
        at, unread = 0, ""
        for match in tags:
            if match.start() < at:
                continue  # inside a comment
            if unread:
                at, unread = (match.end(), "") if match["end"] and _local(match) == unread else (at, unread)
                continue
            self._pieces.append(self._text[at : match.start()])
            at = match.end()
            if match[0] == "<!--":
                at = self._after_comment(at)
            elif match["name"]:
                unread = self._take(_local(match), ended=bool(match["end"]), empty=bool(match["empty"]))
        self._pieces.append("" if unread and self._html else self._text[at:])
        return "".join(self._pieces)

    def _after_comment(self, at: int) -> int:
        """Return where a comment ends; one without an end is only its opening."""
        end = self._text.find("-->", at) if self._commented else -1
        self._commented = end >= 0
        return end + 3 if end >= 0 else len(self._text) if self._html else at

    def _take(self, name: str, *, ended: bool, empty: bool) -> str:
        """Take one tag; return its name if what it holds is not for readers."""
        if not ended and not empty and (name in _UNREAD or (name == "tex-math" and self._math)):
            return name
        if name in ("sup", "title") and not empty:
            self._hold(name, ended=ended)
        elif name in _BLOCKS:
            self._pieces.append(" ")
        return ""

    def _hold(self, name: str, *, ended: bool) -> None:
        if not ended:
            if len(self._held) < _DEEPEST:
                self._held.append((name, len(self._pieces)))
        elif self._held and self._held[-1][0] == name:
            start = self._held.pop()[1]
            inner = "".join(self._pieces[start:]).strip()
            before = "".join(self._pieces[max(0, start - 3) : start])
            self._pieces[start:] = [_exponent(inner, before) if name == "sup" else _heading(inner, before)]


def _exponent(inner: str, before: str) -> str:
    return inner if _ORDINAL.match(inner) and before[-1:].isdigit() else script("^", inner)


def _heading(inner: str, before: str) -> str:
    """Return the title of a section; the one over the whole abstract says nothing."""
    if not before.strip() and inner.lower().rstrip(".:") in _HEADINGS:
        return " "
    return f" {inner}{':' if inner[-1:].isalnum() else ''} "
