"""RIS, CSV, Zotero RDF, BibTeX of lists, Markdown: nothing in a paper can act, and our own readers read them back."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree.ElementTree import fromstring

import bibtexparser
import pytest
import rispy
from hypothesis import given, settings

from broadsheet import names
from broadsheet.core.identity import places
from broadsheet.core.types import Document
from broadsheet.exports.bibtex import entries
from broadsheet.exports.csv import COLUMNS, as_text, table
from broadsheet.exports.formats import FORMATS
from broadsheet.exports.listing import parted
from broadsheet.exports.markdown import markdown, text
from broadsheet.exports.ris import ris
from broadsheet.exports.zotero import zotero
from papers import HOSTILE, KNOT, LEAF, any_paper, entry, listing, plain_paper

DC, DCTERMS = "{http://purl.org/dc/elements/1.1/}", "{http://purl.org/dc/terms/}"
RDF, Z = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}", "{http://www.zotero.org/namespaces/export#}"
FOAF, BIB = "{http://xmlns.com/foaf/0.1/}", "{http://purl.org/net/biblio#}"


def read_back(kind: str, data: bytes) -> list[Document]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / f"list.{kind}"
        file.write_bytes(data)
        found: Iterable[object] = list(names.source(f"{kind}:{file}").fetch(None))
    assert all(isinstance(each, Document) for each in found), found
    return [each for each in found if isinstance(each, Document)]


def test_ris_as_its_parser_reads_it() -> None:
    (record,) = rispy.loads(ris(LEAF))
    assert record["type_of_reference"] == "JOUR"
    assert record["authors"] == ["Blum, Ada", "van der Berg, Jan", "Noël, Émile", "Sol"]
    assert record["secondary_title"] == "Journal of Leaves"
    assert record["doi"] == "10.5555/herb_1"
    assert record["accession_number"] == "arXiv:2401.00001"
    assert record["keywords"] == ["cs.CV", "q-bio.QM", "leaves"]
    assert ris(KNOT).startswith("TY  - UNPB\r\n")


@given(any_paper)
def test_a_paper_is_one_ris_record(document: Document) -> None:
    lines = ris(document).split("\r\n")
    assert lines[-3:] == ["ER  - ", "", ""]
    assert all(re.match(r"[A-Z][A-Z0-9]  - \S", line) for line in lines[:-3])
    assert [line[:2] for line in lines].count("TY") == [line[:2] for line in lines].count("ER") == 1


@settings(max_examples=25)
@given(plain_paper)
def test_our_readers_give_papers_back(document: Document) -> None:
    for kind in ("ris", "csv"):
        (read,) = read_back(kind, FORMATS[kind].write(listing(document)))
        assert read.id == document.id
        assert read.title == document.title
        assert read.text == document.text
        assert read.authors == document.authors
        assert read.links == places((document.id, *document.aliases)) | document.links
    assert read.categories == document.categories
    assert read.announced or read.listed or document.day is None


def test_bibtex_is_read_back_with_every_paper() -> None:
    twin = replace(LEAF, id="2401.00002", aliases=())
    data = entries([LEAF, twin, KNOT])
    keys = [each["ID"] for each in bibtexparser.loads(data).entries]
    assert keys == ["blum2026shape", "blum2026shape-2401-00002", "doe1999knots"]
    assert [read.id for read in read_back("bibtex", data.encode())] == ["2401.00001", "2401.00002", "hep-th/9901001"]


def test_bibtex_titles_come_back_with_the_marks_that_tex_acts_on() -> None:
    title = "100% of C^2 & D_1 ~ #3 cost $5 (or $6)"
    (read,) = read_back("bibtex", entries([replace(LEAF, title=title)]).encode())
    assert read.shown_title == title


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "＝", "\t=", "\r\n=", " =", "\x00@"])
def test_no_cell_is_a_formula(begin: str) -> None:
    assert as_text(f"{begin}1+1").startswith("'")
    assert as_text(f"1{begin}1") == as_text(f"1{begin}1").lstrip("'")


@given(any_paper)
def test_every_paper_is_one_row_without_formulas(document: Document) -> None:
    rows = list(csv.reader(io.StringIO(table([document]).decode("utf-8-sig"), newline="")))
    assert rows[0] == list(COLUMNS)
    assert len(rows) == 2
    assert len(rows[1]) == len(COLUMNS)
    assert not any(cell[:1] in set("=+-@\t\r\n") for cell in rows[1] if cell)


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


@given(any_paper)
def test_every_paper_goes_into_every_format(document: Document) -> None:
    for form in FORMATS.values():
        assert form.write(listing(document, HOSTILE))


@pytest.mark.parametrize(
    ("name", "last_first"),
    [
        ("Ada Blum", ("Blum", "Ada")),
        ("Ludwig van Beet", ("van Beet", "Ludwig")),
        ("John Q. Public Jr.", ("Public", "John Q., Jr.")),
        ("Blum, Ada", ("Blum, Ada", "")),
        ("漢字", ("漢字", "")),
        ("", ("", "")),
    ],
)
def test_names_are_parted(name: str, last_first: tuple[str, str]) -> None:
    assert parted(name) == last_first


def test_markdown_is_the_paper_and_no_markup_of_its_own() -> None:
    said = markdown(entry(LEAF))
    assert said.startswith(r"# The Shape of Leaves & \<b\>Stems\</b\>")
    assert "- Identifier: `2401.00001`" in said
    assert "- PDF: <https://example.org/1.pdf>" in said
    assert "javascript" not in said
    assert text("# no [head](x) `y` *z*") == r"\# no \[head\](x) \`y\` \*z\*"
    assert text("1. first") == r"1\. first"
    hostile = markdown(entry(HOSTILE))
    assert "\n# head" not in hostile
    assert "<script" not in hostile.replace(r"\<script", "")
