"""The formats in which a list of papers is exported: one table, so that a new list has all of them at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from broadsheet.core.types import Document
from broadsheet.exports import csl, ris
from broadsheet.exports.atom import atom
from broadsheet.exports.bibtex import entries
from broadsheet.exports.csv import table
from broadsheet.exports.jsonfeed import jsonfeed
from broadsheet.exports.listing import Listing
from broadsheet.exports.rss import rss
from broadsheet.exports.zotero import zotero


@dataclass(frozen=True, slots=True)
class Format:
    """Describe a format: its name for readers, media type and writer; ``feed``: programs request it repeatedly.

    ``saved`` is the ending of a saved file where it is not the ending of the address.
    """

    label: str
    media: str
    write: Callable[[Listing], bytes]
    feed: bool = False
    saved: str = ""


def _documents(listing: Listing) -> list[Document]:
    return [entry.document for entry in listing.entries]


def _bibtex(listing: Listing) -> bytes:
    return entries(_documents(listing)).encode("utf-8", "replace")


def _ris(listing: Listing) -> bytes:
    return "".join(map(ris.ris, _documents(listing))).encode("utf-8", "replace")


def _csv(listing: Listing) -> bytes:
    return table(_documents(listing))


def _csl(listing: Listing) -> bytes:
    return csl.items(_documents(listing))


# The ending of an address -> how the list is written there.
FORMATS: Mapping[str, Format] = {
    "atom": Format("Atom", "application/atom+xml", atom, feed=True),
    "rss": Format("RSS", "application/rss+xml", rss, feed=True),
    "json": Format("JSON Feed", "application/feed+json", jsonfeed, feed=True),
    "bib": Format("BibTeX", "application/x-bibtex; charset=utf-8", _bibtex),
    "ris": Format("RIS", f"{ris.MEDIA}; charset=utf-8", _ris),
    "csl": Format("CSL JSON", csl.MEDIA, _csl, saved="json"),
    "csv": Format("CSV", "text/csv; charset=utf-8", _csv),
    "rdf": Format("Zotero RDF", "application/rdf+xml", zotero),
}
