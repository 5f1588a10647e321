"""Zotero RDF: the format that Zotero itself exports, and the one that loses least when Zotero imports it.

It keeps abstracts, tags, kinds of item and the list as a collection. Zotero cannot import CSV at all, and tags get lost
in CSL JSON. Papers are linked, their PDFs are not: importing a list must not fetch a hundred files.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from broadsheet.core.authors import guess
from broadsheet.core.imprint import Imprint, imprint_of, kind_of
from broadsheet.core.kinds import ZOTERO
from broadsheet.core.types import Document, Name
from broadsheet.exports.listing import (
    Entry,
    Listing,
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

_SPACES = {
    "xmlns:rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xmlns:z": "http://www.zotero.org/namespaces/export#",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:dcterms": "http://purl.org/dc/terms/",
    "xmlns:bib": "http://purl.org/net/biblio#",
    "xmlns:foaf": "http://xmlns.com/foaf/0.1/",
    "xmlns:prism": "http://prismstandard.org/namespaces/1.2/basic/",
    "xmlns:vcard": "http://nwalsh.com/rdf/vCard#",
}
_ELEMENTS = {
    "article": "bib:Article", "book": "bib:Book", "chapter": "bib:BookSection", "thesis": "bib:Thesis",
    "report": "bib:Report", "dataset": "bib:Data",
}  # fmt: skip


def zotero(listing: Listing) -> bytes:
    """Return the list as RDF/XML in UTF-8: its papers, and a collection of its title that holds them."""
    root = Element("rdf:RDF", _SPACES)
    for entry in listing.entries:
        _item(root, listing.id_of(entry), entry)
    collection = SubElement(root, "z:Collection", {"rdf:about": "#collection_1"})
    _text(collection, "dc:title", listing.title)
    for entry in listing.entries:
        SubElement(collection, "dcterms:hasPart", {"rdf:resource": listing.id_of(entry)})
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _item(root: Element, name: str, entry: Entry) -> None:
    paper = entry.document
    kind, imprint = kind_of(paper), imprint_of(paper)
    item = SubElement(root, _ELEMENTS.get(kind, "rdf:Description"), {"rdf:about": name})
    _text(item, "z:itemType", ZOTERO.word(kind) or "document")
    _print(item, paper, imprint)
    _people(item, "bib:authors", names_in(paper))
    _people(item, "bib:editors", [guess(line(name)) for name in imprint.editor])
    for word in dict.fromkeys((*paper.categories, *paper.keywords)):
        _text(item, "dc:subject", word)
    _text(item, "dc:title", paper.shown_title)
    _text(item, "dcterms:abstract", paper.shown_text)
    day, year, published = day_of(paper), year_of(paper), doi_of(paper)
    _text(item, "dc:date", day.isoformat() if day else str(year or ""))
    uri = SubElement(SubElement(item, "dc:identifier"), "dcterms:URI")
    _text(uri, "rdf:value", link(paper, "abstract", "pdf") or entry.address)
    _text(item, "dc:identifier", f"DOI {published}" if published else "")
    if extra := _extra(paper):
        SubElement(item, "dc:description").text = extra


def _print(item: Element, paper: Document, imprint: Imprint) -> None:
    """Write what is known of the print: volume and number in the journal or book that the paper is in."""
    kind, place = kind_of(paper), item
    if venue := venue_of(paper):
        place = SubElement(SubElement(item, "dcterms:isPartOf"), "bib:Book" if kind == "chapter" else "bib:Journal")
        _text(place, "dc:title", venue)
    _text(place, "prism:volume", imprint.volume)
    _text(place, "prism:number", imprint.number)
    for number in imprint.issn:
        _text(place, "dc:identifier", f"ISSN {number}")
    for number in imprint.isbn:
        _text(place, "dc:identifier", f"ISBN {number}")
    if imprint.series:
        _text(SubElement(SubElement(item, "dcterms:isPartOf"), "bib:Series"), "dc:title", imprint.series)
    _text(item, "bib:pages", pages_of(imprint, "-"))
    _text(item, "prism:edition", imprint.edition)
    _text(item, "z:type", imprint.type)
    _publisher(item, imprint)


def _publisher(item: Element, imprint: Imprint) -> None:
    if not (imprint.house or imprint.address):
        return
    house = SubElement(SubElement(item, "dc:publisher"), "foaf:Organization")
    if imprint.address:
        address = SubElement(SubElement(house, "vcard:adr"), "vcard:Address")
        _text(address, "vcard:locality", imprint.address)
    _text(house, "foaf:name", imprint.house)


def _people(item: Element, role: str, names: Sequence[Name]) -> None:
    if not names:
        return
    people = SubElement(SubElement(item, role), "rdf:Seq")
    for name in names:
        person = SubElement(SubElement(people, "rdf:li"), "foaf:Person")
        _text(person, "foaf:surname", name.literal or name.surname)
        _text(person, "foaf:givenName", ", ".join(filter(None, (name.given, name.suffix))))


def _extra(paper: Document) -> str:
    """Return the arXiv id and PubMed's number, each on a line, as Zotero writes them into its field *Extra*."""
    arxiv = arxiv_of(paper)
    primary = f" [{paper.categories[0]}]" if paper.categories else ""
    number = line(number_of(paper, "pmid"))
    lines = [line(f"arXiv:{arxiv}{primary}") if arxiv else "", f"PMID: {number}" if number else ""]
    return "\n".join(filter(None, lines))


def _text(parent: Element, name: str, text: str) -> None:
    if shown := line(text):
        SubElement(parent, name).text = shown
