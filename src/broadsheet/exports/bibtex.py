"""A paper as one BibTeX entry: its own words, with everything that TeX would act on made harmless."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from broadsheet.core.authors import names_of
from broadsheet.core.identity import arxiv_id, doi
from broadsheet.core.text import squeeze
from broadsheet.core.types import Document, Name

_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "$": r"\$", "&": r"\&", "%": r"\%",
    "#": r"\#", "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip  # braces by name: BibTeX counts them even behind a backslash
_ESCAPES = str.maketrans(_SPECIAL)
_JOURNAL = re.compile(r"journal|transactions|\btrans\.|letters|review|magazine|annals|\b(?:tacl|jmlr|tmlr)\b", re.I)
_SMALL = {"a", "an", "the", "on", "of", "in", "for", "to", "with", "and", "from", "by", "is", "are", "how", "what"}
_UNSAFE = re.compile(r"[^A-Za-z0-9./:_?&=+,;@()*!~#%-]")


def bibtex(document: Document) -> str:
    """Return the entry, ending in a new line: ``article`` or ``inproceedings`` by its venue, ``misc`` without one."""
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


def is_journal(venue: str) -> bool:
    """Return whether a venue's name looks like that of a journal."""
    return _JOURNAL.search(venue) is not None


def _entry(document: Document, name: str) -> str:
    kind = "misc" if not document.venue else "article" if is_journal(document.venue) else "inproceedings"
    lines = [f"  {field:<13} = {{{value}}}" for field, value in _fields(document, kind).items() if value]
    return f"@{kind}{{{name},\n" + ",\n".join(lines) + "\n}\n"


def key(document: Document) -> str:
    """Return a key like ``lee2024finding``: first author's last word, year, first meaningful word of the title.

    Depends on the paper alone; what has no such words is called by its id.
    """
    author = _ascii(_last_name(document.authors[0])) if document.authors else ""
    words = [word for word in re.split(r"[\s\-:/]+", document.shown_title.lower()) if _ascii(word)]
    telling = next((word for word in words if word not in _SMALL), "")
    made = f"{author}{_year(document) or ''}{_ascii(telling)}".lower()
    return made or re.sub(r"[^A-Za-z0-9]+", "-", document.id).strip("-") or "paper"


def _fields(document: Document, kind: str) -> Mapping[str, str]:
    names = [document.id, *document.aliases]
    arxiv = next((known[0] for name in names if (known := arxiv_id(name))), "")
    published = next((found for name in names if (found := doi(name)) and not arxiv_id(name)), "")
    venue = "journal" if kind == "article" else "booktitle"
    primary = document.categories[0] if arxiv and document.categories else ""
    return {
        "title": f"{{{_text(document.shown_title)}}}" if document.shown_title else "",
        "author": " and ".join(filter(None, _authors(document))),
        venue: _text(document.venue),
        "year": str(_year(document) or ""),
        "eprint": _address(arxiv),
        "archiveprefix": "arXiv" if arxiv else "",
        "primaryclass": _text(primary) if re.fullmatch(r"[a-z-]+(\.[A-Za-z-]+)?", primary) else "",
        "doi": _address(published),
        "url": _address(document.links.get("abstract") or document.links.get("pdf") or ""),
    }


def _year(document: Document) -> int | None:
    if document.year:
        return document.year
    day = document.submitted or document.dated
    return day.year if day else None


def _authors(document: Document) -> Iterator[str]:
    """Yield the names: in parts where a source gave them, else as shown, unless BibTeX would read that otherwise."""
    known = document.names or (Name(),) * len(document.authors)
    for shown, name, guess in zip(document.authors, known, names_of(document), strict=True):
        if name.shown or guess.literal or (guess.suffix and "," not in shown):
            yield _author(guess)
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
