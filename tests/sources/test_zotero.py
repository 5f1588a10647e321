"""Zotero RDF in the form in which Zotero itself writes it: journals and books next to the works that are in them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.errors import SourceError
from broadsheet.core.imprint import imprint_of
from broadsheet.core.types import BadRecord, Document, Name
from broadsheet.sources import zotero
from broadsheet.testing import check_source
from fuzzing import only_records_or_errors

HEAD = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:foaf="http://xmlns.com/foaf/0.1/"
 xmlns:z="http://www.zotero.org/namespaces/export#" xmlns:dcterms="http://purl.org/dc/terms/"
 xmlns:bib="http://purl.org/net/biblio#" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:link="http://purl.org/rss/1.0/modules/link/" xmlns:vcard="http://nwalsh.com/rdf/vCard#"
 xmlns:prism="http://prismstandard.org/namespaces/1.2/basic/">"""
ARTICLE = """
<bib:Article rdf:about="https://example.org/reeds">
  <z:itemType>journalArticle</z:itemType>
  <dcterms:isPartOf rdf:resource="urn:issn:1234-567X"/>
  <bib:authors><rdf:Seq>
    <rdf:li><foaf:Person>
      <foaf:surname>van den Berg</foaf:surname><foaf:givenName>Jan, Jr.</foaf:givenName>
    </foaf:Person></rdf:li>
    <rdf:li><foaf:Person><foaf:surname>Roe</foaf:surname><foaf:givenname>Ada</foaf:givenname></foaf:Person></rdf:li>
    <rdf:li><foaf:Person><foaf:surname>Reed Watch</foaf:surname></foaf:Person></rdf:li>
  </rdf:Seq></bib:authors>
  <link:link rdf:resource="#item_9"/><dcterms:isReferencedBy rdf:resource="#item_8"/>
  <dc:subject>ponds</dc:subject>
  <dc:subject><z:AutomaticTag><rdf:value>reeds</rdf:value></z:AutomaticTag></dc:subject>
  <dc:title>On Reeds</dc:title>
  <dcterms:abstract>Reeds bend.

They do not break.</dcterms:abstract>
  <dc:date>2021-03-04</dc:date><z:language>en</z:language>
  <dc:identifier><dcterms:URI><rdf:value>https://example.org/reeds</rdf:value></dcterms:URI></dc:identifier>
  <dcterms:dateSubmitted>2024-01-01 10:00:00</dcterms:dateSubmitted>
  <dc:description>Citation Key: berg21
PMID: 31000001</dc:description>
  <bib:pages>10-19</bib:pages>
</bib:Article>"""
JOURNAL = """
<bib:Journal rdf:about="urn:issn:1234-567X">
  <prism:volume>12</prism:volume><prism:number>3</prism:number><dc:title>Journal of Reeds</dc:title>
  <dc:identifier>DOI 10.1234/reeds.1</dc:identifier><dcterms:alternative>J. Reeds</dcterms:alternative>
  <dc:identifier>ISSN 1234-567X</dc:identifier>
</bib:Journal>"""
OTHERS = """
<z:Attachment rdf:about="#item_9"><z:itemType>attachment</z:itemType><dc:title>PDF</dc:title></z:Attachment>
<bib:Memo rdf:about="#item_8"><rdf:value>&lt;p&gt;mine&lt;/p&gt;</rdf:value></bib:Memo>
<z:Collection rdf:about="#collection_1"><dc:title>Ponds</dc:title>
<dcterms:hasPart rdf:resource="https://example.org/reeds"/></z:Collection>"""


def library(*nodes: str) -> bytes:
    return f"<?xml version='1.0'?>{HEAD}{''.join(nodes)}</rdf:RDF>".encode()


def read(*nodes: str) -> list[Document | BadRecord]:
    return list(zotero.from_bytes(library(*nodes), "refs.rdf", prefix="refs"))


def work(*nodes: str) -> Document:
    [record] = read(*nodes)
    assert isinstance(record, Document), record
    return record


def test_an_article_with_everything() -> None:
    got = work(ARTICLE, JOURNAL, OTHERS)
    assert (got.id, got.kind, got.title, got.venue) == ("10.1234/reeds.1", "article", "On Reeds", "Journal of Reeds")
    assert got.names == (
        Name(given="Jan", family="Berg", particle="van den", suffix="Jr."),
        Name(given="Ada", family="Roe"),
        Name(literal="Reed Watch"),
    )
    assert got.text == "Reeds bend.\n\nThey do not break."
    assert (got.submitted, got.keywords) == (date(2021, 3, 4), ("ponds", "reeds"))
    assert set(got.aliases) == {"refs:berg21", "pmid:31000001"}
    assert got.links["abstract"] == "https://example.org/reeds"
    imprint = imprint_of(got)
    assert (imprint.volume, imprint.number, imprint.pages, imprint.issn) == ("12", "3", "10-19", ("1234-567X",))


def test_the_journal_may_come_first_or_inside() -> None:
    inside = f"<dcterms:isPartOf>{JOURNAL}</dcterms:isPartOf>"
    within = ARTICLE.replace('<dcterms:isPartOf rdf:resource="urn:issn:1234-567X"/>', inside)
    assert work(JOURNAL, ARTICLE) == work(within) == work(ARTICLE, JOURNAL, OTHERS)


def test_works_that_share_a_journal_do_not_share_its_doi() -> None:
    second = ARTICLE.replace("On Reeds", "On Rushes").replace("berg21", "berg22").replace("31000001", "31000002")
    for got in read(ARTICLE, second, JOURNAL):
        assert isinstance(got, Document)
        assert (got.venue, got.id[:9]) == ("Journal of Reeds", "refs:berg")
        assert "10.1234/reeds.1" not in got.aliases


def test_a_chapter_in_a_book_of_a_series() -> None:
    got = work(
        """<bib:BookSection rdf:about="#item_1"><z:itemType>bookSection</z:itemType>
        <dcterms:isPartOf rdf:resource="urn:isbn:9780306406157"/><dc:title>Reeds</dc:title><dc:date>May 2020</dc:date>
        <bib:editors><rdf:Seq><rdf:li><foaf:Person><foaf:surname>Lee</foaf:surname><foaf:givenName>Bo</foaf:givenName>
        </foaf:Person></rdf:li></rdf:Seq></bib:editors><prism:edition>2</prism:edition><dc:publisher><foaf:Organization>
        <vcard:adr><vcard:Address><vcard:locality>Reedham</vcard:locality></vcard:Address></vcard:adr>
        <foaf:name>Marsh Press</foaf:name></foaf:Organization></dc:publisher></bib:BookSection>""",
        """<bib:Book rdf:about="urn:isbn:9780306406157"><dcterms:isPartOf><bib:Series><dc:title>Wetlands</dc:title>
        </bib:Series></dcterms:isPartOf><dc:title>A Book of Marshes</dc:title><prism:volume>4</prism:volume>
        </bib:Book>""",
    )
    imprint = imprint_of(got)
    assert (got.kind, got.venue, got.year, got.extra["date"]) == ("chapter", "A Book of Marshes", 2020, "May 2020")
    assert (imprint.series, imprint.volume, imprint.edition, imprint.editor) == ("Wetlands", "4", "2", ("Bo Lee",))
    assert (imprint.publisher, imprint.address) == ("Marsh Press", "Reedham")
    assert imprint.isbn == ("9780306406157",)


def item(kind: str, inside: str) -> str:
    return f'<rdf:Description rdf:about="#item_1"><z:itemType>{kind}</z:itemType>{inside}</rdf:Description>'


def test_other_kinds_of_work() -> None:
    meeting = (
        "<bib:presentedAt><bib:Conference><dc:title>Meeting on Marshes</dc:title></bib:Conference></bib:presentedAt>"
    )
    got = work(item("conferencePaper", f"<dc:title>Marshes</dc:title>{meeting}"))
    assert (got.kind, got.venue) == ("inproceedings", "Meeting on Marshes")
    got = work(item("preprint", "<dc:title>Marshes</dc:title><prism:number>arXiv:2401.00001</prism:number>"))
    assert (got.kind, got.id, imprint_of(got).number) == ("preprint", "2401.00001", "")
    got = work(
        item("thesis", "<dc:title>Marshes</dc:title><dc:publisher>North Hall</dc:publisher><z:type>PhD</z:type>")
    )
    assert (got.kind, imprint_of(got).institution, imprint_of(got).type) == ("thesis", "North Hall", "PhD")
    assert work("<bib:Report><dc:title>Marshes</dc:title></bib:Report>").kind == "report"
    assert work(item("webpage", "<dc:title>Marshes</dc:title>")).kind == ""


def test_a_broken_item_costs_itself() -> None:
    good = item("book", "<dc:title>Marshes</dc:title>")
    records = read(good, item("book", ""), item("book", f"<dc:title>{'x' * 100_000}</dc:title>"), good)
    assert [type(each) for each in records] == [Document, BadRecord, BadRecord, Document]
    assert isinstance(records[1], BadRecord)
    assert (records[1].where, records[1].reason) == ("refs.rdf:2", "no title")


def test_what_comes_before_a_break_is_read() -> None:
    records = zotero.from_bytes(library(ARTICLE, JOURNAL, OTHERS)[:-9], "refs.rdf", prefix="refs")
    assert next(records) == work(ARTICLE, JOURNAL)
    with pytest.raises(SourceError, match=r"refs\.rdf: this is not the expected XML"):
        next(records)


def test_places_in_a_ring_and_places_that_are_not_there() -> None:
    ring = '<bib:Book rdf:about="urn:x"><dcterms:isPartOf rdf:resource="urn:x"/><dc:title>Ring</dc:title></bib:Book>'
    part = '<dcterms:isPartOf rdf:resource="{}"/>'
    got = work(item("bookSection", f"<dc:title>Marshes</dc:title>{part.format('urn:x')}{part.format('urn:y')}"), ring)
    assert got.venue == "Ring"


def test_it_keeps_what_every_source_promises(tmp_path: Path) -> None:
    file = tmp_path / "refs.rdf"
    file.write_bytes(library(ARTICLE, JOURNAL, OTHERS, item("book", "<dc:title>Marshes</dc:title>")))
    assert len(check_source(zotero.named(str(file)), least=2)) == 2


tags = st.sampled_from(
    ["bib:Article", "bib:Book", "bib:Journal", "bib:Series", "z:itemType", "dcterms:isPartOf", "dc:title",
     "foaf:Person", "bib:authors", "foaf:surname", "foaf:givenName", "dc:identifier", "dc:date",
     "dc:publisher", "dc:description"]
)  # fmt: skip
texts = st.sampled_from(["", "book", "words", "DOI 10.1/x", "ISBN x", "arXiv:1", "http://[x", "2020-13-40", "&#xFFFD;"])
resources = st.sampled_from(["", " rdf:resource='urn:x'", " rdf:about='urn:x'", " rdf:about='urn:issn:1234-567X'"])
trees = st.recursive(
    texts,
    lambda inner: st.builds(
        lambda t, r, c: f"<{t}{r}>{''.join(c)}</{t}>", tags, resources, st.lists(inner, max_size=5)
    ),
)


@given(st.lists(trees, max_size=6))
def test_any_xml_gives_records_or_an_error(inside: list[str]) -> None:
    only_records_or_errors(zotero.from_bytes, library(*inside))


@given(st.binary(max_size=60), st.integers(0, 3_000), st.integers(0, 3_000))
def test_any_bytes_give_records_or_an_error(noise: bytes, start: int, end: int) -> None:
    whole = library(ARTICLE, JOURNAL, OTHERS)
    only_records_or_errors(zotero.from_bytes, noise)
    only_records_or_errors(zotero.from_bytes, whole[:start] + noise + whole[end:])
