"""A formula in TeX as MathML that a browser draws: of known elements and attributes alone, and within bounds.

TeX -> latex2mathml -> its tree: what is not on the lists below goes, letters in a style become that style's characters
what defines commands, is not known, is too long or nested too deep is not drawn: the caller shows it as text
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

if TYPE_CHECKING:
    from collections.abc import Sequence


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split(" "))


LONGEST = 400
"""Characters of a formula."""
_DEEPEST = 20  # open braces and pairs of \left and \right
_MOST = 600  # elements; 400 characters that are each their own stay below
_ELEMENTS = _words(
    "math mrow mi mn mo mtext mspace msub msup msubsup mfrac msqrt mroot mover munder munderover mtable mtr mtd mstyle "
    "mpadded mphantom"
)
_LENGTH = re.compile(r"-?(?:\d(?:\.\d{1,4})?|\.\d{1,4})(?:em|ex)|0(?:px)?")
_TRUTH = re.compile(r"true|false")
_ATTRIBUTES = {
    **dict.fromkeys(("stretchy", "fence", "movablelimits", "largeop", "accent", "accentunder", "displaystyle"), _TRUTH),
    **dict.fromkeys(("width", "height", "depth", "lspace", "rspace", "voffset", "minsize", "maxsize"), _LENGTH),
    "form": re.compile("prefix|infix|postfix"),
    "scriptlevel": re.compile("[012]"),
    "linethickness": re.compile("0|0px"),
}  # of MathML Core; lengths are short, so that nothing leaves its place
_CHILDREN = {"msub": 2, "msup": 2, "msubsup": 3, "mfrac": 2, "mroot": 2, "mover": 2, "munder": 2, "munderover": 3}
_LEAVES = frozenset(("mi", "mn", "mo", "mtext"))
_REFERENCE = re.compile(r"&#x([0-9A-Fa-f]{1,6});")
_REFUSED = re.compile(  # what defines commands, or writes any character
    r"\\(?:(?:re)?newcommand|providecommand|def|let|newenvironment|DeclareMathOperator|unicode|verb|href|require|label|ref"
    r"|cite|url)(?![A-Za-z])"
)
_DEEPER = re.compile(r"(?<!\\)[{}]|\\(?:left|right|begin|end)(?![A-Za-z])")
_TEXT = r"\\(?:text[a-z]{0,6}|emph|mbox)\s*\{[^{}$\\]*\}"
_PLAIN = re.compile(rf"{_TEXT}|[\d.,]+")  # what TeX sets as text
_WORDS = re.compile(r"[A-Za-z]{3,}\s+[A-Za-z]{3,}")  # and what it runs together: its commands lost their backslashes
_NO_WORDS = re.compile(rf"{_TEXT}|\\[A-Za-z]+")
_COMMENT = re.compile(r"(?<!\\)%")
_FENCES = frozenset("⌈⌉⌊⌋⟨⟩")
_STYLES = {
    "double-struck": "DOUBLE-STRUCK", "script": "SCRIPT", "bold-script": "BOLD SCRIPT", "fraktur": "FRAKTUR",
    "bold-fraktur": "BOLD FRAKTUR", "bold": "BOLD", "bold-italic": "BOLD ITALIC", "sans-serif": "SANS-SERIF",
    "bold-sans-serif": "SANS-SERIF BOLD", "sans-serif-italic": "SANS-SERIF ITALIC", "monospace": "MONOSPACE",
}  # fmt: skip
_OLDER = {"DOUBLE-STRUCK": "DOUBLE-STRUCK", "SCRIPT": "SCRIPT", "FRAKTUR": "BLACK-LETTER"}  # had some letters before
_SPACE = "0.167em"  # behind the name of a function, as TeX sets it


@lru_cache(maxsize=4_096)
def mathml(tex: str, *, block: bool = False) -> str | None:
    """Return a formula as a ``math`` element; None for what cannot be drawn whole.

    ``block``: as in a display of its own, with large sums and limits below them. Bounded: at most 400 characters, 20
    levels and 600 elements.
    """
    if len(tex) > LONGEST or _is_text(tex) or _REFUSED.search(tex) or _depth(tex) > _DEEPEST:
        return None
    from latex2mathml.converter import convert_to_element

    try:
        tree = convert_to_element(tex, display="block" if block else "inline")
    except Exception:
        return None
    try:
        return "".join(_Writer().write(tree, block=block))
    except _Undrawn:
        return None


def _is_text(tex: str) -> bool:
    """Return whether what stands where a formula is expected is words, a number or a comment."""
    return not tex.strip() or bool(
        _PLAIN.fullmatch(tex) or _COMMENT.search(tex) or _WORDS.search(_NO_WORDS.sub(" ", tex))
    )


def _depth(tex: str) -> int:
    """Return how deep groups are nested in a formula."""
    depth = deepest = 0
    for part in _DEEPER.findall(tex):
        depth += 1 if part in ("{", "\\left", "\\begin") else -1
        deepest = max(deepest, depth)
    return deepest


class _Undrawn(Exception):  # noqa: N818 - it never leaves this file
    """A formula has something that is not on the lists."""


class _Writer:
    """Writes a tree of MathML as text, and counts what it writes."""

    def __init__(self) -> None:
        self._left = _MOST

    def write(self, tree: Element, *, block: bool) -> Iterator[str]:
        yield '<math display="block">' if block else "<math>"
        yield from self._inside(tree)
        yield "</math>"

    def _inside(self, element: Element) -> Iterator[str]:
        children = list(element)
        for place, child in enumerate(_joined(children)):
            yield from self._element(child)
            if (
                _is_function(child)
                and place + 1 < len(children)
                and children[place + 1].tag in ("mi", "mn", "msup", "msub")
            ):
                yield f'<mspace width="{_SPACE}"/>'

    def _element(self, element: Element) -> Iterator[str]:
        self._left -= 1
        tag = element.tag if element.tag in _ELEMENTS else "mrow"
        if self._left < 0 or (tag in _CHILDREN and len(element) != _CHILDREN[tag]):
            raise _Undrawn
        variant = element.get("mathvariant", "")
        text = _text(element.text or "")
        if tag in ("mi", "mn", "mo") and variant in _STYLES:
            text = _styled(text, _STYLES[variant])
        known = [(name, value) for name, value in element.items() if _known(name, value)]
        if tag == "mi" and text in _FENCES:
            tag, known = "mo", [("stretchy", "false")]
        if tag == "mi" and (variant == "normal" or (text.isascii() and len(text) == 1 and variant in _STYLES)):
            known.append(("mathvariant", "normal"))
        shown = "".join(f' {name}="{value}"' for name, value in known)
        if tag == "mspace":
            yield f"<mspace{shown}/>"
            return
        yield f"<{tag}{shown}>{escape(text)}" if tag in _LEAVES else f"<{tag}{shown}>"
        yield from self._inside(element)
        yield f"</{tag}>"


def _known(name: str, value: str) -> bool:
    return name in _ATTRIBUTES and _ATTRIBUTES[name].fullmatch(value) is not None


def _text(text: str) -> str:
    """Return what a leaf shows: its references as characters. A command that no one knows is not drawn, nor is a
    character that cannot be seen."""
    text = _REFERENCE.sub(lambda match: chr(min(int(match[1], 16), 0x10FFFF)), text)
    if "\\" in text.replace("∖", "") and len(text) > 1:
        raise _Undrawn
    if any(not each.isprintable() and each != "\xa0" and not each.isspace() for each in text):
        raise _Undrawn
    return text


def _joined(children: Sequence[Element]) -> Iterator[Element]:
    """Join upright letters next to one another to the word that they are: a screen reader then says a word."""
    word: Element | None = None
    for child in children:
        upright = child.tag == "mi" and child.get("mathvariant") == "normal" and not len(child)
        if upright and word is not None:
            word.text = (word.text or "") + (child.text or "")
            continue
        if word is not None:
            yield word
        word = None
        if upright:
            word = Element("mi", dict(child.attrib))
            word.text = child.text
        else:
            yield child
    if word is not None:
        yield word


def _is_function(element: Element) -> bool:
    return element.tag == "mi" and not element.attrib and len(element.text or "") > 1 and (element.text or "").isalpha()


def _styled(text: str, style: str) -> str:
    return "".join(_letter(each, style) for each in text)


@lru_cache(maxsize=1_024)
def _letter(letter: str, style: str) -> str:
    """Return a letter or digit in a style, as browsers no longer style it themselves: R in ``DOUBLE-STRUCK`` is ℝ."""
    name = unicodedata.name(letter, "")
    kind = next((kind for kind in ("LATIN ", "GREEK ", "DIGIT ") if name.startswith(kind)), "")
    if not kind:
        return letter
    rest = name.replace(" LETTER", "").removeprefix(kind)
    if kind == "DIGIT ":
        rest = f"DIGIT {rest}"
    for prefix in (f"MATHEMATICAL {style}", _OLDER.get(style, style)):
        try:
            return unicodedata.lookup(f"{prefix} {rest}")
        except KeyError:
            continue
    return letter
