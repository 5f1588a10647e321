"""Where and how a work was printed: volume, number, pages, publisher and the like, under fixed keys of ``extra``.

KEYS are the names that a reader writes; they are BibTeX's
what older records have under the names of their sources is read as well
the kind of a work: what its source says, else the word of its source that was kept, else what its venue suggests
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from broadsheet.core.identity import arxiv_id
from broadsheet.core.kinds import (
    BIBTEX,
    CROSSREF,
    CSL,
    OPENALEX,
    RIS,
    WEB_OF_SCIENCE,
    ZOTERO,
    kind_named,
    suggested_kind,
)
from broadsheet.core.text import readable, squeeze
from broadsheet.core.types import Document

# The fixed key -> the names, in lower case without punctuation, under which foreign records have it; the best first.
NAMES: Mapping[str, tuple[str, ...]] = {
    "volume": ("volume", "journalvolume", "vol"),
    "number": ("number", "issue", "issuenumber", "reportnumber"),
    "pages": ("pages", "page", "pagerange", "eid", "articlenumber", "artno"),
    "publisher": ("publisher",),
    "address": ("address", "location", "place", "publisherplace"),
    "series": ("series", "seriestitle", "collectiontitle"),
    "edition": ("edition",),
    "isbn": ("isbn", "isbns"),
    "issn": ("issn", "issns", "eissn"),
    "institution": ("institution", "school", "university"),
    "type": ("thesistype", "reporttype", "genre", "type"),
    "editor": ("editor", "editors", "bookeditors"),
}
KEYS = tuple(NAMES)
_RIS = {
    "volume": "VL",
    "number": "IS",
    "publisher": "PB",
    "address": "CY",
    "series": "T3",
    "edition": "ET",
    "editor": "ED",
}
_WEB_OF_SCIENCE = {"volume": "VL", "number": "IS", "publisher": "PU", "address": "PI", "series": "SE", "editor": "BE"}
_DEGREES = {  # the entries that BibTeX has for one degree each
    "mastersthesis": "Master's thesis",
    "mathesis": "Master's thesis",
    "bachelorsthesis": "Bachelor's thesis",
    "bathesis": "Bachelor's thesis",
}
_LONGEST = 1_000
_MOST = 100
_ISSN = re.compile(r"(?<![\dXx-])(\d{4})-?(\d{3}[\dXx])(?![\d-])")
_ISBN = re.compile(r"(?<!\d)(?:97[89][- ]?)?(?:\d[- ]?){9}[\dXx](?!\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Imprint:
    """What is known of the print of one work; every text is in one line, and empty where nothing is known."""

    volume: str = ""
    number: str = ""
    pages: str = ""
    publisher: str = ""
    address: str = ""
    series: str = ""
    edition: str = ""
    institution: str = ""
    type: str = ""
    isbn: tuple[str, ...] = ()
    issn: tuple[str, ...] = ()
    editor: tuple[str, ...] = ()

    @property
    def house(self) -> str:
        """Return the institution or, without one, the publisher: formats with one field for both write it."""
        return self.institution or self.publisher


def imprint_of(document: Document) -> Imprint:
    """Return the imprint of a Document, whichever version of Broadsheet stored it and whatever it came from."""
    facts = _known(document.extra)
    texts = {key: _text(facts.get(key)) for key in ("volume", "pages", "publisher", "address", "series", "edition")}
    number, kind = facts.get("number"), kind_of(document)
    house = texts["publisher"] if kind in ("thesis", "report") else ""
    institution = _text(facts.get("institution")) or house
    venue = "" if document.venue == texts["series"] else squeeze(document.venue)
    if kind in ("thesis", "report") and not institution:
        institution = venue
    if kind == "book" and not texts["publisher"]:
        texts["publisher"] = venue
    numbers = " ".join(_texts(facts.get("serial")))
    written = _text(facts.get("type")) or _DEGREES.get(str(document.extra.get("entry_type")), "")
    return Imprint(
        **{**texts, "publisher": "" if texts["publisher"] == house else texts["publisher"]},
        number=_text(number) if isinstance(number, str) else "",  # an integer is OpenReview's number of a submission
        institution=institution,
        type="" if _is_kind(written) else written,
        isbn=isbns(" ; ".join(_texts(facts.get("isbn"))) or numbers),
        issn=issns(" ; ".join(_texts(facts.get("issn"))) or numbers),
        editor=_people(facts.get("editor")),
    )


def kind_of(document: Document) -> str:
    """Return the kind of a Document; empty when neither its source nor its venue tells one.

    Records of older versions say none, but many keep the word of their source.
    """
    if document.kind:
        return document.kind
    facts = document.extra
    entry, tag = facts.get("entry_type"), facts.get("TY")
    if isinstance(entry, str) and (kind := BIBTEX.kind(entry)):
        return kind
    if isinstance(tag, str) and (kind := RIS.kind(tag) or WEB_OF_SCIENCE.kind(tag)):
        return kind
    if kind := kind_stated(facts):
        return kind
    if document.venue:
        return "article" if "issn" in facts else suggested_kind(document.venue)
    return "preprint" if any(map(arxiv_id, (document.id, *document.aliases))) else ""


def kind_stated(facts: Mapping[str, Any]) -> str:
    """Return the kind that a foreign record states in its own word: Zotero's item type, the document type of a
    database, the type in the JSON of a library; empty for other words."""
    for key in ("Item Type", "itemType", "item_type", "Document Type", "Publication Type"):
        if isinstance(word := facts.get(key), str) and (kind := kind_named(word)):
            return kind
    word = facts.get("type")
    if not isinstance(word, str):
        return ""
    return ZOTERO.kind(word) or CROSSREF.kind(word) or OPENALEX.kind(word) or (CSL.kind(word) if "-" in word else "")


def _is_kind(word: str) -> bool:
    """Return whether a word names a kind and no more than that, as the degree of a thesis does."""
    return kind_named(word) not in ("", "thesis") or word.lower() in ("thesis", "dissertation")


def isbns(text: str) -> tuple[str, ...]:
    """Return the ISBNs in a text as they are written there, without spaces, each once."""
    return _once(match.replace(" ", "-").strip("-") for match in _ISBN.findall(text[:_LONGEST]))


def issns(text: str) -> tuple[str, ...]:
    """Return the ISSNs in a text as ``1234-567X``, each once."""
    rest = _ISBN.sub(" ", text[:_LONGEST])
    return _once(f"{first}-{last.upper()}" for first, last in _ISSN.findall(rest))


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))[:_MOST]


def _known(extra: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts by their fixed keys; ``serial`` holds a number that may be an ISBN or an ISSN."""
    if "TY" in extra:
        return _tagged(extra)
    by_name = {re.sub(r"[^a-z0-9]", "", str(key)[:200].lower()): value for key, value in reversed([*extra.items()])}
    facts: dict[str, Any] = {}
    for key, names in NAMES.items():
        if (value := next((by_name[name] for name in names if by_name.get(name)), None)) is not None:
            facts[key] = value
    return facts


def _tagged(extra: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts of a record that an older version read from RIS or from the Web of Science."""
    of_wos = len(str(extra["TY"])) == 1
    tags, first, last = (_WEB_OF_SCIENCE, "BP", "EP") if of_wos else (_RIS, "SP", "EP")
    facts = {key: extra[tag] for key, tag in tags.items() if tag in extra} | {k: extra[k] for k in KEYS if k in extra}
    facts.setdefault("pages", "--".join(filter(None, (_text(extra.get(first)), _text(extra.get(last))))))
    if not facts.get("editor") and "A2" in extra:
        facts["editor"] = extra["A2"]
    facts["serial"] = [*_texts(extra.get("SN")), *_texts(extra.get("EI")), *_texts(extra.get("BN"))]
    return facts


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list | tuple) else [value]
    return [text for each in values[:_MOST] if (text := _text(each))]


def _text(value: Any) -> str:
    """Return a stored value as one line without braces and commands of TeX; a list gives its first text."""
    if isinstance(value, list | tuple):
        value = value[0] if value else ""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    text = value[:_LONGEST] if isinstance(value, str) else ""
    if "\\" in text or "{" in text:
        text = readable(text).replace("{", "").replace("}", "")
    return squeeze(text)


def _people(value: Any) -> tuple[str, ...]:
    """Return names as ``First Last``; an older record has them in one text, joined by ``and``."""
    if isinstance(value, str):
        value = [_turned(part) for part in re.split(r"\s+and\s+|\s*;\s*", value[:20_000])]
    return tuple(_texts(value))


def _turned(name: str) -> str:
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}" if comma else name
