"""Zotero RDF: kind, people, tags and the list."""

from __future__ import annotations

from xml.etree.ElementTree import fromstring

from broadsheet.exports.zotero import zotero
from papers import KNOT, LEAF, listing

DC, DCTERMS = "{http://purl.org/dc/elements/1.1/}", "{http://purl.org/dc/terms/}"
RDF, Z = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}", "{http://www.zotero.org/namespaces/export#}"
FOAF, BIB = "{http://xmlns.com/foaf/0.1/}", "{http://purl.org/net/biblio#}"


def test_zotero_gets_kind_people_tags_and_the_list() -> None:
    root = fromstring(zotero(listing(LEAF, KNOT)))
    leaf, knot, collection = root
    assert (leaf.tag, leaf.findtext(f"{Z}itemType")) == (f"{BIB}Article", "journalArticle")
    assert leaf.findtext(f"{DCTERMS}isPartOf/{BIB}Journal/{DC}title") == "Journal of Leaves"
    people = [(who.findtext(f"{FOAF}surname"), who.findtext(f"{FOAF}givenName")) for who in leaf.iter(f"{FOAF}Person")]
    assert people == [("Blum", "Ada"), ("van der Berg", "Jan"), ("Noël", "Émile"), ("Sol", None)]
    assert [each.text for each in leaf.findall(f"{DC}subject")] == ["cs.CV", "q-bio.QM", "leaves"]
    assert leaf.findtext(f"{DC}identifier/{DCTERMS}URI/{RDF}value") == "https://example.org/abs/1?a=1&b=2"
    assert leaf.findall(f"{DC}identifier")[1].text == "DOI 10.5555/herb_1"
    assert leaf.findtext(f"{DC}description") == "arXiv:2401.00001 [cs.CV]"
    assert leaf.findtext(f"{DCTERMS}abstract") == LEAF.text
    assert knot.findtext(f"{Z}itemType") == "preprint"
    held = [each.get(f"{RDF}resource") for each in collection.findall(f"{DCTERMS}hasPart")]
    assert held == [leaf.get(f"{RDF}about"), knot.get(f"{RDF}about")]
