"""A paper as one line of a list of references, in plain text: the styles of the APA (7th edition) and of the IEEE.

Titles keep the capitals that their source gave them: which words are names, no rule tells.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from broadsheet.core.authors import guess
from broadsheet.core.imprint import Imprint, imprint_of, kind_of
from broadsheet.core.types import Document, Name
from broadsheet.exports.listing import (
    arxiv_of,
    doi_of,
    first_and_last,
    line,
    link,
    names_in,
    venue_of,
    year_of,
)

_APA_MOST, _APA_FIRST = 20, 19  # authors: all of them, or the first ones and the last one
_IEEE_MOST = 6  # authors before "et al."
_GIVEN = re.compile(r"[^\s.\-\u2010]+\.?|[-\u2010]")
_INITIALS = re.compile(r"[A-Z]{2,3}")
_ARTICLE_NUMBER = re.compile(r"[A-Za-z]+\d+|\d{5,}")
_ORDINAL = {1: "st", 2: "nd", 3: "rd"}


def apa(document: Document) -> str:
    """Return a paper in the style of the APA: ``Lee, A. B., & Kim, C. (2024). Title. Journal, 3(2), 1–9. https://…``"""
    people = _apa_people([_apa_name(name) for name in names_in(document)])
    year, body = str(year_of(document) or "n.d."), _apa_body(document)
    title = line(document.shown_title) or "[Untitled]"
    if not people:
        return " ".join(filter(None, (_ended(f"{title}{body[0]}"), f"({year}).", *body[1:], _address(document))))
    return " ".join(
        filter(None, (_ended(people), f"({year}).", _ended(f"{title}{body[0]}"), *body[1:], _address(document)))
    )


def ieee(document: Document) -> str:
    """Return a paper in the style of the IEEE: ``A. B. Lee and C. Kim, “Title,” Journal, vol. 3, pp. 1–9, 2024.``"""
    people = _ieee_people([_ieee_name(name) for name in names_in(document)])
    kind, title = kind_of(document), line(document.shown_title) or "[Untitled]"
    places = [each for each in _ieee_places(document, kind) if each]
    arxiv, number = arxiv_of(document), doi_of(document)
    if number or arxiv:
        places.append(f"doi: {number}" if number else f"arXiv:{arxiv}")
    mark = "" if title[-1] in "?!" else "," if places else "."
    named = f"{title}{mark}" if kind == "book" else f"“{title}{mark}”"
    told = " ".join(filter(None, (f"{people}," if people else "", named, ", ".join(places))))
    address = "" if number or arxiv else link(document, "abstract", "pdf")
    return f"{_ended(told)} [Online]. Available: {address}" if address else _ended(told)


def _apa_body(document: Document) -> list[str]:
    """Return what follows the title at once, then where the work is, as sentences."""
    kind, imprint, venue = kind_of(document), imprint_of(document), venue_of(document)
    if kind == "article" and venue:
        return ["", _ended(_apa_journal(venue, imprint))]
    if kind in ("inproceedings", "chapter") and venue:
        return ["", _apa_book(venue, imprint), _sentence(imprint.house)]
    if kind == "book":
        parts = [imprint.edition and _edition(imprint.edition), imprint.volume and f"Vol. {imprint.volume}"]
        told = ", ".join(filter(None, parts))
        return [f" ({told})" if told else "", _sentence(imprint.publisher)]
    if kind == "thesis":
        degree = imprint.type or "Doctoral dissertation"
        return [f" [{', '.join(filter(None, (degree, imprint.institution)))}]"]
    if kind == "report":
        given = f"No. {imprint.number}" if imprint.number[:1].isdigit() else imprint.number
        number = " ".join(filter(None, (imprint.type, given)))
        return [f" ({number})" if number else "", _sentence(imprint.house or venue)]
    if kind == "dataset":
        return [" [Data set]", _sentence(imprint.house or venue)]
    arxiv = arxiv_of(document)
    return [
        f" (arXiv:{arxiv})" if arxiv and not venue else "",
        _sentence(venue or ("arXiv" if arxiv else imprint.house)),
    ]


def _apa_journal(venue: str, imprint: Imprint) -> str:
    volume = f"{imprint.volume}({imprint.number})" if imprint.volume and imprint.number else imprint.volume
    first, last = first_and_last(imprint)
    pages = f"{first}–{last}" if last else f"Article {first}" if _ARTICLE_NUMBER.fullmatch(first) else first
    return ", ".join(filter(None, (venue, volume, pages)))


def _apa_book(venue: str, imprint: Imprint) -> str:
    """Return the book that a paper is in: ``In A. Lee & B. Kim (Eds.), Title (pp. 1–9).``"""
    editors = [_ieee_name(guess(line(name))) for name in imprint.editor if line(name)]
    first, last = first_and_last(imprint)
    pages = f" (pp. {first}–{last})" if last else f" (p. {first})" if first else ""
    role = f"{_apa_people(editors, inverted=False)} ({'Ed.' if len(editors) == 1 else 'Eds.'}), " if editors else ""
    return f"In {role}{venue}{pages}."


def _apa_people(people: Sequence[str], *, inverted: bool = True) -> str:
    if len(people) > _APA_MOST:
        return f"{', '.join(people[:_APA_FIRST])}, … {people[-1]}"
    if len(people) < 2:
        return "".join(people)
    comma = "," if inverted or len(people) > 2 else ""
    return f"{', '.join(people[:-1])}{comma} & {people[-1]}"


def _apa_name(name: Name) -> str:
    return name.literal or ", ".join(filter(None, (name.surname, _initials(name.given), name.suffix)))


def _ieee_places(document: Document, kind: str) -> list[str]:
    imprint, venue, year = imprint_of(document), venue_of(document), str(year_of(document) or "")
    first, last = first_and_last(imprint)
    pages = (
        f"pp. {first}–{last}"
        if last
        else f"Art. no. {first}"
        if _ARTICLE_NUMBER.fullmatch(first)
        else f"p. {first}"
        if first
        else ""
    )
    volume = f"vol. {imprint.volume}" if imprint.volume else ""
    number = f"no. {imprint.number}" if imprint.number else ""
    if kind in ("inproceedings", "chapter"):
        return [f"in {venue}" if venue else "", volume, imprint.address, imprint.house, year, pages]
    if kind == "book":
        return [_edition(imprint.edition) if imprint.edition else "", imprint.address, imprint.publisher, year]
    if kind == "thesis":
        return [imprint.type or "Ph.D. dissertation", imprint.institution, year]
    if kind == "report":
        return [imprint.house or venue, f"Rep. {imprint.number}" if imprint.number else "", year]
    return [venue, volume, number, pages, year]


def _ieee_people(people: Sequence[str]) -> str:
    if len(people) > _IEEE_MOST:
        return f"{people[0]} et al."
    if len(people) < 3:
        return " and ".join(people)
    return f"{', '.join(people[:-1])}, and {people[-1]}"


def _ieee_name(name: Name) -> str:
    return name.literal or " ".join(filter(None, (_initials(name.given), name.surname, name.suffix)))


def _initials(given: str) -> str:
    """Return the initials of given names: ``Ming-Wei J`` is M.-W. J."""
    made = ""
    for part in _GIVEN.findall(given):
        if part in "-\u2010":
            made = f"{made.rstrip()}-"
        else:
            letters = part if _INITIALS.fullmatch(part) else part[0].upper()
            made += "".join(f"{letter}. " for letter in letters)
    return made.strip(" -")


def _edition(edition: str) -> str:
    if not edition.isdigit():
        return edition if edition.endswith("ed.") else f"{edition.removesuffix('edition').strip()} ed."
    number = int(edition[:6])
    ending = "th" if 10 < number % 100 < 14 else _ORDINAL.get(number % 10, "th")
    return f"{number}{ending} ed."


def _address(document: Document) -> str:
    """Return where it is read: its DOI, else its page, else that of arXiv."""
    number, arxiv = doi_of(document), arxiv_of(document)
    if number:
        return f"https://doi.org/{number}"
    return link(document, "abstract", "pdf") or (f"https://arxiv.org/abs/{arxiv}" if arxiv else "")


def _sentence(text: str) -> str:
    return _ended(text) if text else ""


def _ended(text: str) -> str:
    return text if text.rstrip("”").endswith((".", "?", "!")) else f"{text}."
