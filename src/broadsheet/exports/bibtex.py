"""A paper as one BibTeX entry: its own words, with everything that TeX would act on made harmless."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from broadsheet.core.authors import guess, names_of
from broadsheet.core.imprint import Imprint, imprint_of, kind_of
from broadsheet.core.kinds import BIBTEX
from broadsheet.core.text import squeeze
from broadsheet.core.types import Document, Name
from broadsheet.exports.listing import arxiv_of, day_of, doi_of, number_of, pages_of, venue_of, year_of

_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "$": r"\$", "&": r"\&", "%": r"\%",
    "#": r"\#", "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip  # braces by name: BibTeX counts them even behind a backslash
_ESCAPES = str.maketrans(_SPECIAL)
_SMALL = {"a", "an", "the", "on", "of", "in", "for", "to", "with", "and", "from", "by", "is", "are", "how", "what"}
_VENUES = {"article": "journal", "preprint": "journal", "inproceedings": "booktitle", "chapter": "booktitle"}
_MASTER = re.compile(r"\b(?:master|diplom|m\.?a\b|m\.?sc)|^math", re.IGNORECASE)
_UNSAFE = re.compile(r"[^A-Za-z0-9./:_?&=+,;@()*!~#%-]")


def bibtex(document: Document) -> str:
    """Return the entry, ending in a new line, of the type of its kind; ``misc`` for a preprint or an unknown kind."""
    return _entry(document, key(document))


def entries(documents: Iterable[Document]) -> str:
    """Return the entries of a list, separated by empty lines; papers that repeat a key add their ids to it."""
    found, taken = [], set[str]()
    for document in documents:
        name = key(document)
        if name in taken:
            name = f"{name}-{re.sub(r'[^A-Za-z0-9]+', '-', document.id).strip('-')}"
        taken.add(name)
        found.append(_entry(document, name))
    return "\n".join(found)


def _entry(document: Document, name: str) -> str:
    kind, imprint = kind_of(document), imprint_of(document)
    fields = {**_fields(document, kind), **_print(kind, imprint), **_identifiers(document, kind, imprint)}
    lines = [f"  {field:<13} = {{{value}}}" for field, value in fields.items() if value]
    return f"@{_type(document, kind, imprint)}{{{name},\n" + ",\n".join(lines) + "\n}\n"


def _type(document: Document, kind: str, imprint: Imprint) -> str:
    """Return the type of the entry; a preprint with a venue is an article to every style."""
    if kind == "preprint":
        return "article" if venue_of(document) else "misc"
    if kind == "thesis" and _MASTER.search(imprint.type):
        return "mastersthesis"
    return BIBTEX.word(kind) or "misc"


def key(document: Document) -> str:
    """Return a key like ``lee2024finding``: first author's last word, year, first meaningful word of the title.

    Depends on the paper alone; what has no such words is called by its id.
    """
    author = _ascii(_last_name(document.authors[0])) if document.authors else ""
    words = [word for word in re.split(r"[\s\-:/]+", document.shown_title.lower()) if _ascii(word)]
    telling = next((word for word in words if word not in _SMALL), "")
    made = f"{author}{year_of(document) or ''}{_ascii(telling)}".lower()
    return made or re.sub(r"[^A-Za-z0-9]+", "-", document.id).strip("-") or "paper"


def _fields(document: Document, kind: str) -> Mapping[str, str]:
    day, year = day_of(document), year_of(document)
    return {
        "title": f"{{{_text(document.shown_title)}}}" if document.shown_title else "",
        "author": " and ".join(filter(None, _authors(document))),
        _VENUES.get(kind, "howpublished"): _text(venue_of(document)),
        "year": str(year or ""),
        "date": day.isoformat() if day and day.year == year else "",
    }


def _print(kind: str, imprint: Imprint) -> Mapping[str, str]:
    house = "school" if kind == "thesis" else "institution"
    return {
        "editor": " and ".join(_author(guess(name)) for name in imprint.editor),
        "series": _text(imprint.series),
        "volume": _text(imprint.volume),
        "number": _text(imprint.number),
        "pages": _text(pages_of(imprint)),
        "edition": _text(imprint.edition),
        house: _text(imprint.institution),
        "publisher": _text(imprint.publisher),
        "address": _text(imprint.address),
        "type": _text(imprint.type),
        "isbn": ", ".join(map(_text, imprint.isbn)),
        "issn": ", ".join(map(_text, imprint.issn)),
    }


def _identifiers(document: Document, kind: str, imprint: Imprint) -> Mapping[str, str]:
    arxiv = arxiv_of(document)
    primary = document.categories[0] if arxiv and document.categories else ""
    placed = venue_of(document) or imprint.series or imprint.publisher or imprint.institution
    told = arxiv and not placed  # an eprint that came out nowhere else says that it is a preprint
    return {
        "eprint": _address(arxiv),
        "archiveprefix": "arXiv" if arxiv else "",
        "primaryclass": _text(primary) if re.fullmatch(r"[a-z-]+(\.[A-Za-z-]+)?", primary) else "",
        "pubstate": "prepublished" if kind == "preprint" and not told else "",
        "doi": _address(doi_of(document)),
        "pmid": number_of(document, "pmid"),
        "url": _address(document.links.get("abstract") or document.links.get("pdf") or ""),
    }


def _authors(document: Document) -> Iterator[str]:
    """Yield the names: in parts where a source gave them, else as shown, unless BibTeX would read that otherwise."""
    known = document.names or (Name(),) * len(document.authors)
    for shown, name, best in zip(document.authors, known, names_of(document), strict=True):
        if name.shown or best.literal or (best.suffix and "," not in shown):
            yield _author(best)
        else:
            yield _protected(shown)


def _author(name: Name) -> str:
    """Return ``von Last, Jr, First``; the name of a body, or a family name alone, in braces."""
    if name.literal or not (name.given or name.suffix):
        return f"{{{_text(name.shown)}}}" if name.literal or " " in name.shown else _text(name.shown)
    family = _protected(name.family)
    if name.family[:1].islower() and family == _text(name.family):  # not a particle
        family = f"{{{family}}}"
    surname = f"{_text(name.particle)} {family}".strip()
    return ", ".join(each for each in (surname, _protected(name.suffix), _protected(name.given)) if each)


def _protected(part: str) -> str:
    """Return a name or its part; in braces if it contains the word *and*, or BibTeX would make two people of it."""
    text = _text(part)
    return f"{{{text}}}" if re.search(r"\band\b", text, re.I) else text


def _last_name(name: str) -> str:
    return name.split(",")[0].split()[-1] if name.split(",")[0].split() else name


def _text(text: str) -> str:
    return squeeze(text).translate(_ESCAPES)


def _address(address: str) -> str:
    """Return an address or identifier, which TeX reads as is: what could end the field is percent-encoded."""
    return _UNSAFE.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "replace")), address)


def _ascii(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text)
    return "".join(c for c in folded if c.isascii() and c.isalnum())
