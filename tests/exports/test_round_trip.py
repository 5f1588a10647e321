"""What a work is and where it was printed goes out and comes in again: through BibTeX, RIS, CSL JSON and Zotero RDF."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.core.imprint import Imprint, imprint_of, kind_of
from broadsheet.core.kinds import KINDS, ZOTERO
from broadsheet.core.types import Document
from broadsheet.exports.formats import FORMATS
from broadsheet.exports.listing import arxiv_of, doi_of, number_of, venue_of
from broadsheet.sources import bibtex, csl, ris, zotero
from papers import listing

READERS: dict[str, Callable[[Path], object]] = {
    "bib": bibtex.read,
    "ris": ris.read,
    "csl": csl.read,
    "rdf": zotero.read,
}
HOUSES = {"thesis": "institution", "report": "institution"}
letters = st.from_regex(r"[A-Z][a-zà-ö]{3,9}", fullmatch=True).filter(
    lambda word: word.lower() not in ("and", "master")
)
phrase = st.lists(letters, min_size=2, max_size=4).map(" ".join)
people = st.lists(st.tuples(letters, letters).map(" ".join), max_size=2, unique=True)
number = st.integers(1, 9_999).map(str)
pages = st.lists(number, min_size=2, max_size=2, unique=True).map("--".join) | st.from_regex(
    r"e[1-9]\d{2,4}", fullmatch=True
)


@st.composite
def works(draw: st.DrawFn, kind: st.SearchStrategy[str] = st.sampled_from(KINDS)) -> Document:
    """Any work, with any part of what its kind has in print."""
    chosen = draw(kind)
    print_ = {
        "volume": number, "number": number, "pages": pages, "publisher": phrase, "address": phrase, "series": phrase,
        "edition": number, "editor": people, "isbn": st.just(["9780306406157"]), "issn": st.just(["1234-567X"]),
    }  # fmt: skip
    print_ = {name: value for name, value in print_.items() if not (chosen in HOUSES and name == "publisher")}
    if chosen in HOUSES:
        print_["institution"] = phrase
    names = draw(st.lists(st.sampled_from(sorted(print_)), unique=True))
    extra = {name: draw(print_[name]) for name in names}
    day = draw(st.none() | st.dates(date(1950, 1, 1), date(2050, 1, 1)))
    within = chosen in ("article", "inproceedings", "chapter")
    return Document(
        id=draw(st.sampled_from(["10.1234/abc.d", "2401.00001"])),
        title=f"On {draw(phrase)}",
        authors=("Ada Blum", *draw(people)),
        venue=draw(phrase) if within else "",
        kind=chosen,
        submitted=day,
        year=day.year if day else draw(st.none() | st.integers(1950, 2050)),
        aliases=tuple(draw(st.lists(st.sampled_from(["pmid:31000001", "10.5555/other"]), unique=True))),
        links={"abstract": "https://example.org/x"},
        extra={name: value for name, value in extra.items() if value},
    )


def read(form: str, document: Document) -> Document:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "papers"
        path.write_bytes(FORMATS[form].write(listing(document)))
        [back] = READERS[form](path)  # type: ignore[misc]
    assert isinstance(back, Document), back
    return back


def facts(document: Document) -> dict[str, object]:
    """What must survive; the venue of a book only repeats its publisher."""
    imprint = imprint_of(document)
    return {
        "kind": kind_of(document),
        "imprint": replace(imprint, pages=imprint.pages.replace("--", "-")),
        "venue": document.venue if kind_of(document) in ("article", "inproceedings", "chapter") else "",
        "names": (arxiv_of(document), doi_of(document), number_of(document, "pmid")),
        "people": document.authors,
        "title": document.title.strip("{}"),
        "day": (document.submitted, document.submitted.year if document.submitted else document.year),
        "link": document.links["abstract"],
    }


@pytest.mark.parametrize("form", READERS)
@settings(max_examples=30, deadline=None)
@given(document=works())
def test_a_work_comes_back_as_it_went_out(form: str, document: Document) -> None:
    once = read(form, document)
    assert facts(once) == facts(document)
    assert facts(read(form, once)) == facts(document)


def test_the_thesis_of_a_master_does_not_become_one_of_a_doctor(tmp_path: Path) -> None:
    path = tmp_path / "in.bib"
    path.write_text("@mastersthesis{ode14, title={Waves in Jars}, author={Ode, Jon}, school={North Hall}, year=2014}")
    [document] = bibtex.read(path)
    assert isinstance(document, Document)
    for there in (document, read("ris", document), read("rdf", read("csl", read("ris", document)))):
        assert FORMATS["bib"].write(listing(there)).startswith(b"@mastersthesis{")
        assert imprint_of(there).type == "Master's thesis"


@pytest.mark.parametrize(
    "known", [{"publisher": "Amber Stone"}, {"series": "Blue Notes"}, {"institution": "North Hall"}]
)
def test_a_preprint_that_has_a_house_and_no_venue_stays_a_preprint(known: dict[str, str]) -> None:
    document = Document(id="2401.00001", title="On Wide Rivers", kind="preprint", year=2024, extra=known)
    there = read("bib", document)
    assert (kind_of(there), venue_of(there)) == ("preprint", "")
    assert kind_of(read("csl", read("rdf", read("ris", read("bib", read("ris", document)))))) == "preprint"


@pytest.mark.parametrize("form", READERS)
def test_a_meeting_that_is_called_like_its_publisher_keeps_its_venue(form: str) -> None:
    known = {"venue": "Amber Stone", "extra": {"publisher": "Amber Stone"}}
    document = Document(id="10.1234/abc.d", title="On Wide Rivers", kind="inproceedings", year=2024, **known)
    assert read(form, document).venue == "Amber Stone"


@settings(max_examples=30, deadline=None)
@given(document=works())
def test_a_work_goes_through_all_formats_one_after_another(document: Document) -> None:
    there = read("rdf", read("csl", read("ris", read("bib", document))))
    assert facts(there) == facts(document)
    assert facts(read("bib", there)) == facts(document)


def parts(element: Element, path: str) -> list[str]:
    spaces = {"dc": "http://purl.org/dc/elements/1.1/", "bib": "http://purl.org/net/biblio#"}
    spaces |= {"z": "http://www.zotero.org/namespaces/export#", "dcterms": "http://purl.org/dc/terms/"}
    spaces |= {"prism": "http://prismstandard.org/namespaces/1.2/basic/", "foaf": "http://xmlns.com/foaf/0.1/"}
    spaces |= {"vcard": "http://nwalsh.com/rdf/vCard#"}
    return [each.text or "" for each in element.findall(path, spaces)]


@settings(max_examples=30, deadline=None)
@given(document=works())
def test_zotero_gets_the_kind_and_the_print(document: Document) -> None:
    item = fromstring(FORMATS["rdf"].write(listing(document)))[0]
    imprint: Imprint = imprint_of(document)
    assert parts(item, "z:itemType") == [ZOTERO.word(document.kind)]
    assert parts(item, ".//prism:volume") == [text for text in [imprint.volume] if text]
    assert parts(item, ".//prism:number") == [text for text in [imprint.number] if text]
    assert parts(item, "bib:pages") == [text.replace("--", "-") for text in [imprint.pages] if text]
    assert parts(item, "dc:publisher/foaf:Organization/foaf:name") == [text for text in [imprint.house] if text]
    assert parts(item, ".//vcard:locality") == [text for text in [imprint.address] if text]
    assert parts(item, "prism:edition") == [text for text in [imprint.edition] if text]
    assert parts(item, "bib:editors//foaf:surname") == [name.split()[1] for name in imprint.editor]
    assert parts(item, "dcterms:isPartOf/bib:Series/dc:title") == [text for text in [imprint.series] if text]
    named = {text for text in parts(item, ".//dc:identifier") if text.strip()}
    assert named == {
        *(f"DOI {doi}" for doi in [doi_of(document)] if doi),
        *(f"ISBN {each}" for each in imprint.isbn),
        *(f"ISSN {each}" for each in imprint.issn),
    }
    told = "\n".join(parts(item, "dc:description"))
    assert ("PMID: 31000001" in told) == bool(number_of(document, "pmid"))
    assert (f"arXiv:{arxiv_of(document)}" in told) == bool(arxiv_of(document))
