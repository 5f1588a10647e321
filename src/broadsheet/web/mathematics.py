"""Titles, abstracts and other texts of papers for pages: their TeX as mathematics, everything else escaped.

formulas in the raw text -> a mark in the place of each -> the readable text -> MathML in the place of each mark
a formula that cannot be drawn is shown as its readable text; a text whose marks do not come through, as all of its own
"""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from broadsheet.core.latex import Formula, formulas
from broadsheet.core.markup import without_markup
from broadsheet.core.mathml import mathml
from broadsheet.core.text import readable, squeeze
from broadsheet.core.types import Document

_MARK = "\ue000"  # a character that no text has: those that do have it are shown without mathematics
_MOST = 200  # formulas of a text
_PIECE = 100  # characters
_ENDLESS = re.compile(r"\S{400}")
_EMPTY_LINE = re.compile(r"\n[^\S\n]*\n")


def title(paper: Document) -> Markup:
    """Return the title of a paper, its TeX as mathematics."""
    return _drawn(paper.title, paper.shown_title) if paper.readable_title else _escaped(squeeze(paper.title))


def paragraphs(paper: Document) -> list[Markup]:
    """Return the abstract, split where the original text has empty lines, its TeX as mathematics."""
    pieces = [piece for piece in _EMPTY_LINE.split(paper.text) if piece.strip()]
    if not paper.readable_text:  # as it is, or too long to be made readable
        return [_escaped(squeeze(piece)) for piece in pieces]
    if len(pieces) > 1:
        return [_drawn(piece, readable(piece)) for piece in pieces]
    return [_drawn(paper.text, paper.shown_text)] if pieces else []


def keyword(text: str) -> Markup:
    """Return a short text of a source, for example a keyword, its TeX as mathematics."""
    return _drawn(text, readable(text))


def _escaped(text: str) -> Markup:
    """Return a text escaped, with places to break in words that fill many lines: without these, a browser sets such a
    word again for each of its lines."""
    if not _ENDLESS.search(text):
        return escape(text)
    return Markup("<wbr>").join(text[start : start + _PIECE] for start in range(0, len(text), _PIECE))


def _drawn(raw: str, shown: str) -> Markup:
    """Return a readable text with the formulas of its raw form drawn."""
    if ("$" not in raw and "\\(" not in raw and "\\[" not in raw) or _MARK in raw:
        return _escaped(shown)
    inside = list(formulas(raw))
    if not inside or len(inside) > _MOST:
        return _escaped(shown)
    pieces = readable(_marked(raw, inside)).split(_MARK)
    if len(pieces) != len(inside) + 1:
        return _escaped(shown)
    drawn = [_escaped(pieces[0])]
    for formula, piece in zip(inside, pieces[1:], strict=True):
        drawn += [_formula(formula), _escaped(piece)]
    return Markup("").join(drawn)


def _marked(raw: str, inside: list[Formula]) -> str:
    """Return a text with a mark in the place of each formula."""
    ends = [0, *(formula.end for formula in inside)]
    starts = [*(formula.start for formula in inside), len(raw)]
    return _MARK.join(raw[end:start] for end, start in zip(ends, starts, strict=True))


def _formula(formula: Formula) -> Markup:
    """Return a formula as MathML, or as text if it cannot be drawn."""
    made = mathml(without_markup(formula.tex), block=formula.block)
    return Markup(made) if made else _escaped(readable(f"${formula.tex}$").strip("$"))  # noqa: S704 - escaped there
