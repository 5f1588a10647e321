"""Zotero RDF: the format that Zotero itself exports, and the one that loses least when Zotero imports it.

It keeps abstracts, tags, kinds of item and the list as a collection. Zotero cannot import CSV at all, and tags get lost
in CSL JSON. Papers are linked, their PDFs are not: importing a list must not fetch a hundred files.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, tostring

from broadsheet.core.types import Document
from broadsheet.exports.bibtex import is_journal
from broadsheet.exports.listing import Entry, Listing, arxiv_of, day_of, doi_of, line, link, names_in, year_of

_SPACES = {
    "xmlns:rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xmlns:z": "http://www.zotero.org/namespaces/export#",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:dcterms": "http://purl.org/dc/terms/",
    "xmlns:bib": "http://purl.org/net/biblio#",
    "xmlns:foaf": "http://xmlns.com/foaf/0.1/",
}


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
    kind = _kind(paper)
    item = SubElement(root, "bib:Article" if kind == "journalArticle" else "rdf:Description", {"rdf:about": name})
    _text(item, "z:itemType", kind)
    if paper.venue:
        _text(SubElement(SubElement(item, "dcterms:isPartOf"), "bib:Journal"), "dc:title", paper.venue)
    _authors(item, paper)
    for word in dict.fromkeys((*paper.categories, *paper.keywords)):
        _text(item, "dc:subject", word)
    _text(item, "dc:title", paper.shown_title)
    _text(item, "dcterms:abstract", paper.shown_text)
    day, year, published = day_of(paper), year_of(paper), doi_of(paper)
    _text(item, "dc:date", day.isoformat() if day else str(year or ""))
    uri = SubElement(SubElement(item, "dc:identifier"), "dcterms:URI")
    _text(uri, "rdf:value", link(paper, "abstract", "pdf") or entry.address)
    _text(item, "dc:identifier", f"DOI {published}" if published else "")
    _text(item, "dc:description", _extra(paper))


def _kind(paper: Document) -> str:
    """Return Zotero's type for the paper."""
    if not paper.venue:
        return "preprint"
    return "journalArticle" if is_journal(paper.venue) else "conferencePaper"


def _authors(item: Element, paper: Document) -> None:
    names = names_in(paper)
    if not names:
        return
    people = SubElement(SubElement(item, "bib:authors"), "rdf:Seq")
    for name in names:
        person = SubElement(SubElement(people, "rdf:li"), "foaf:Person")
        _text(person, "foaf:surname", name.literal or name.surname)
        _text(person, "foaf:givenName", ", ".join(filter(None, (name.given, name.suffix))))


def _extra(paper: Document) -> str:
    """Return the arXiv id as Zotero writes it into its field *Extra*."""
    arxiv = arxiv_of(paper)
    primary = f" [{paper.categories[0]}]" if paper.categories else ""
    return f"arXiv:{arxiv}{primary}" if arxiv else ""


def _text(parent: Element, name: str, text: str) -> None:
    if shown := line(text):
        SubElement(parent, name).text = shown
