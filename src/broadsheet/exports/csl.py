"""CSL JSON: papers as citation processors read them (Pandoc, Zotero, citeproc): every field under its own name."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from broadsheet.core.authors import guess
from broadsheet.core.imprint import imprint_of, kind_of
from broadsheet.core.kinds import CSL
from broadsheet.core.types import Document, Name
from broadsheet.exports.listing import (
    arxiv_of,
    day_of,
    doi_of,
    line,
    link,
    names_in,
    number_of,
    pages_of,
    venue_of,
    year_of,
)

MEDIA = "application/vnd.citationstyles.csl+json"


def items(documents: Iterable[Document]) -> bytes:
    """Return the papers as one list of CSL items, in UTF-8."""
    return json.dumps([item(document) for document in documents], ensure_ascii=False, indent=1).encode(
        "utf-8", "replace"
    )


def item(document: Document) -> dict[str, Any]:
    """Return a paper as a CSL item: its fields that are not empty; a work of an unknown kind is a ``document``."""
    kind, imprint, arxiv = kind_of(document), imprint_of(document), arxiv_of(document)
    texts = {
        "id": document.id,
        "type": CSL.word(kind) or "document",
        "title": document.shown_title,
        "container-title": venue_of(document),
        "collection-title": imprint.series,
        "volume": imprint.volume,
        "number" if kind == "report" else "issue": imprint.number,
        "page": pages_of(imprint, "-"),
        "publisher": imprint.house,
        "publisher-place": imprint.address,
        "edition": imprint.edition,
        "genre": imprint.type,
        "ISBN": ", ".join(imprint.isbn),
        "ISSN": ", ".join(imprint.issn),
        "DOI": doi_of(document),
        "PMID": number_of(document, "pmid"),
        "URL": link(document, "abstract", "pdf"),
        "abstract": document.shown_text,
        "keyword": "; ".join(document.keywords),
        "note": f"arXiv:{arxiv}" if arxiv else "",
    }
    lists = {
        "author": [_name(name) for name in names_in(document)],
        "editor": [_name(guess(line(name))) for name in imprint.editor if line(name)],
        "categories": [shown for category in document.categories if (shown := line(category))],
    }
    known: dict[str, Any] = {name: shown for name, text in texts.items() if (shown := line(text))}
    return known | {name: values for name, values in lists.items() if values} | _issued(document)


def _issued(document: Document) -> dict[str, Any]:
    day, year = day_of(document), year_of(document)
    if not year:
        return {}
    parts = [year, day.month, day.day] if day and day.year == year else [year]
    return {"issued": {"date-parts": [parts]}}


def _name(name: Name) -> dict[str, str]:
    if name.literal:
        return {"literal": name.literal}
    parts = {
        "family": name.family, "given": name.given, "non-dropping-particle": name.particle, "suffix": name.suffix
    }  # fmt: skip
    return {key: part for key, part in parts.items() if part}
