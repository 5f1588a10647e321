"""BibTeX and BibLaTeX: every entry is parsed alone, so that a broken one does not affect the others.

entries, with what each inherits, come from ``entries``
titles of several parts are joined; an arXiv id is found wherever people write it
fields through the table into a Document; the citation key is a fact, not an identifier
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape
from pathlib import Path
from typing import Any

from broadsheet.core.identity import arxiv_id, doi, title_id
from broadsheet.core.kinds import BIBTEX
from broadsheet.core.text import readable
from broadsheet.core.types import BadRecord, Document
from broadsheet.sources import ads
from broadsheet.sources.bibtex_names import people_of
from broadsheet.sources.charsets import as_declared, declared
from broadsheet.sources.entries import Entry, entries
from broadsheet.sources.fields import Table, document, sorted_out, whole_title
from broadsheet.sources.files import FileSource, Record, made, whole
from broadsheet.sources.lists import shown

TABLE: Table = {
    "title": ("title",),
    "text": ("abstract",),
    "arxiv": ("arxiv", "arxivid"),
    "doi": ("doi",),
    "pmid": ("pmid",),
    "venue": ("journaltitle", "journal", "booktitle", "eventtitle", "series", "school", "institution", "publisher"),
    "categories": ("primaryclass", "eprintclass"),
    "keywords": ("keywords", "keyword"),
    "submitted": ("date",),
    "year": ("year",),
    "url": ("url", "howpublished", "ee", "adsurl"),
    "pdf": ("pdf",),
    "code": ("code", "github"),
    "volume": ("volume",),
    "number": ("number", "issue"),
    "pages": ("pages", "eid"),
    "publisher": ("publisher",),
    "address": ("address", "location"),
    "series": ("series",),
    "edition": ("edition",),
    "isbn": ("isbn",),
    "issn": ("issn",),
    "institution": ("institution", "school"),
    "type": ("type",),
}
_MATH = re.compile(r"(?<!\\)\$\$?([^$]{1,500}+)(?<!\\)\$\$?")
_LOWERED = re.compile(r"_\{?\d{1,20}\}?")
_COMMAND = re.compile(r"\\(text(?:quote|en|em|ascii)[a-z]*)\s+")
_LONGEST_AUTHOR = 2_000
_ADDRESSES = ("doi", "url", "eprint", "date", "year", "howpublished", "note", "pmid")
_PARTS = (("title", "subtitle", "titleaddon"), ("booktitle", "booksubtitle", "booktitleaddon"))
_ARXIV_VENUE = re.compile(r"\s*(?:the )?arxiv\b.*|\s*corr\s*|.*\barxiv:\s*\d.*", re.IGNORECASE | re.DOTALL)
_CLASS = re.compile(r"\[([a-z-]+(?:\.[A-Za-z-]{2,})?)\]")
_NOTED = re.compile(
    r"\s*(?:(?:(?:arxiv|e-?print|preprint|also|available|as|at|on|in)\b[\s:,]*){0,6}"
    r"(?:https?://)?)(arxiv(?:\.org/(?:abs|pdf)/|\s*:\s*)\S{5,40}(?:\s*\[[\w.-]{2,20}\])?)\W*",
    re.IGNORECASE,
)
_UNPUBLISHED = {"prepublished", "preprint"}


def named(rest: str, *, client: object = None) -> FileSource:  # noqa: ARG001
    """Make the source ``bibtex:FILE``: a ``.bib`` file, gzip or not."""
    return FileSource(f"bibtex:{rest}", Path(rest), read)


def read(path: Path) -> Iterator[Record]:
    """Yield Documents and BadRecords in the order of the file."""
    with whole(path) as text:
        encoding = declared(text)
        for entry in entries(as_declared(text, encoding), path.name, encoding=encoding):
            yield entry if isinstance(entry, BadRecord) else made(_document, entry, entry["LINE"])


def _document(entry: Entry) -> Document:
    fields = {key: value for key, value in entry.items() if not key.isupper() and value.strip()}
    for key in _ADDRESSES:
        if key in fields:
            fields[key] = _address(fields[key])
    for key in ("journal", "journaltitle"):
        if key in fields:
            fields[key] = ads.journal(fields[key])
    whole_titles = fields | {names[0]: joined for names in _PARTS if (joined := _joined(fields, names))}
    values, extra = sorted_out(whole_titles, TABLE)
    if authors := people_of(fields.get("author", ""), plain_tex):
        values["authors"] = authors
        extra.pop("author", None)
    if editors := people_of(fields.get("editor", ""), plain_tex):
        values["editor"] = editors
    if (eprint := fields.get("eprint")) and _archive(fields) in ("arxiv", ""):
        values["arxiv"] = eprint
    if not _identified(values):  # the id that it had before its subtitle and the arXiv id in its venue were read
        values["former"] = title_id(fields.get("title", ""), shown(next(iter(authors), "")))
    for key in _find_arxiv(fields, values):
        extra.pop(key, None)
    values["kind"] = _kind(entry["ENTRYTYPE"], fields, values)
    remark = {"encoding": entry["ENCODING"]} if "ENCODING" in entry else {}
    said = {"entry_type": entry["ENTRYTYPE"], "citation_key": entry["ID"]}
    return document(values, {**extra, **said, **remark}, clean=plain_tex)


def _joined(fields: Mapping[str, str], names: tuple[str, str, str]) -> str:
    title, subtitle, addition = (fields.get(name, "").strip() for name in names)
    return whole_title(title, subtitle, addition)


def _identified(values: Mapping[str, Any]) -> bool:
    url = values.get("url", "")
    return "arxiv" in values or "doi" in values or bool(arxiv_id(url) or doi(url))


def _find_arxiv(fields: Mapping[str, str], values: dict[str, Any]) -> list[str]:
    """Take the arXiv id from where people write it, and empty a venue that only says arXiv; return the fields that
    held the id instead of a fact of the print."""
    emptied = []
    venue = fields.get("journaltitle") or fields.get("journal", "")
    of_arxiv = bool(_ARXIV_VENUE.fullmatch(venue))
    volume = fields.get("volume", "").strip()
    places = [f"arXiv:{volume.removeprefix('abs/')}", *(fields.get(key, "") for key in ("eid", "pages", "number"))]
    places = [venue.partition("[")[0].strip(), *places] if of_arxiv else []
    noted = [match[1] for key in ("note", "howpublished", "eid") if (match := _NOTED.fullmatch(fields.get(key, "")))]
    written = next((text for text in (*places, *noted) if arxiv_id(text)), "")
    if written:
        values.setdefault("arxiv", written)
    if of_arxiv and (known := arxiv_id(values.get("arxiv", "")) or arxiv_id(values.get("url", ""))):
        values["venue"] = ""
        for key in ("volume", "pages", "number"):
            if known[0] in values.get(key, "").lower():
                emptied.append(key)
                del values[key]
    if written and "categories" not in values and (group := _CLASS.search(fields.get("note", "") + venue)):
        values["categories"] = (group[1],)
    return emptied


def _kind(entry_type: str, fields: Mapping[str, str], values: Mapping[str, Any]) -> str:
    """Return the kind of an entry; what has an arXiv id and was published nowhere is a preprint."""
    known = BIBTEX.kind(entry_type)
    if fields.get("pubstate", "").strip().lower() in _UNPUBLISHED:
        return "preprint"
    on_arxiv = bool(arxiv_id(values.get("arxiv", "")) or arxiv_id(values.get("url", "")))
    unplaced = known in ("", "article") and not values.get("venue")
    return "preprint" if on_arxiv and unplaced else known


def plain_tex(text: str) -> str:
    r"""Make a BibTeX field readable: its braces only group, each ``$`` is mathematics, ``&amp;`` is HTML residue."""
    text = _MATH.sub(_formula, unescape(text.replace(r"\&", "&")))
    text = _COMMAND.sub(r"\\\1{}", text).replace(r"\{", "\ue000").replace(r"\}", "\ue001")
    return readable(readable(text).replace("{", "").replace("}", "")).replace("\ue000", "{").replace("\ue001", "}")


def _formula(match: re.Match[str]) -> str:
    r"""Return mathematics without ``$``, unless it only lowers a number of the word around it: ``H$_2$O``."""
    formula = match[1].strip()
    return f"${formula}$" if _LOWERED.fullmatch(formula) else rf"\({formula}\)"


def _archive(fields: Mapping[str, str]) -> str:
    return (fields.get("archiveprefix") or fields.get("eprinttype") or "").strip().lower()


def _address(value: str) -> str:
    r"""Return an address without its ``\url{...}`` and the backslashes before ``_`` and ``%``."""
    return re.sub(r"\\(?=[_%#&~])", "", re.sub(r"\\url\s*\{([^{}]*)\}", r"\1", value)).strip("{} \n")
