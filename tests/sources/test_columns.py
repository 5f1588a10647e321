"""The tables of databases and reference managers: each column means what its format says."""

from __future__ import annotations

import csv as csvlib
import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.core.types import BadRecord, Document
from broadsheet.sources import tables
from broadsheet.sources.columns import LAYOUTS
from broadsheet.sources.layout import fitting
from broadsheet.testing import check_source

FUZZ = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
ROWS: dict[str, dict[str, str]] = {
    "Web of Science": {
        "PT": "J",
        "AU": "Roe, A; Lee, B",
        "AF": "Roe, Ada; Lee, Bo",
        "TI": "Owls at noon",
        "SO": "JOURNAL OF OWLS",
        "DT": "Article",
        "DE": "owls; noon",
        "ID": "BIRDS; LIGHT",
        "AB": "They sleep.",
        "SN": "1234-5678",
        "PD": "MAY",
        "PY": "2020",
        "VL": "5",
        "IS": "2",
        "BP": "11",
        "EP": "19",
        "DI": "10.1000/owls.1",
        "UT": "WOS:000500000000001",
    },
    "Scopus": {
        "Authors": "Roe A.; Lee B.",
        "Author full names": "Roe, Ada (57190000001); Lee, Bo (57190000002)",
        "Author(s) ID": "57190000001; 57190000002",
        "Title": "Owls at noon",
        "Year": "2020",
        "Source title": "Journal of Owls",
        "Volume": "5",
        "Issue": "2",
        "Page start": "11",
        "Page end": "19",
        "Cited by": "3",
        "DOI": "10.1000/owls.1",
        "Link": "https://scopus.example/eid=2-s2.0-85000000001",
        "Abstract": "They sleep.",
        "Author Keywords": "owls; noon",
        "Index Keywords": "Birds",
        "EID": "2-s2.0-85000000001",
    },
    "Dimensions": {
        "Rank": "1",
        "Publication ID": "pub.1140000001",
        "DOI": "10.1000/owls.1",
        "PMID": "31000001",
        "Title": "Owls at noon",
        "Abstract": "They sleep.",
        "Source title": "Journal of Owls",
        "Publication Date": "2020-05-04",
        "PubYear": "2020",
        "Volume": "5",
        "Issue": "2",
        "Pagination": "11-19",
        "Authors": "Roe, Ada; Lee, Bo",
        "Times cited": "3",
    },
    "OpenAlex": {
        "id": "https://openalex.org/W4000000001",
        "title": "Owls at noon",
        "doi": "https://doi.org/10.1000/owls.1",
        "publication_year": "2020",
        "publication_date": "2020-05-04",
        "is_retracted": "FALSE",
        "type": "article",
        "authorships.author.display_name": "Ada Roe|Bo Lee",
        "abstract": "They sleep.",
        "primary_location.source.display_name": "Journal of Owls",
        "keywords.display_name": "owls|noon",
    },
    "Zotero": {
        "Key": "AB12",
        "Item Type": "journalArticle",
        "Publication Year": "2020",
        "Author": "Roe, Ada; Lee, Bo",
        "Title": "Owls at noon",
        "Publication Title": "Journal of Owls",
        "DOI": "10.1000/owls.1",
        "Abstract Note": "They sleep.",
        "Manual Tags": "owls; noon",
        "Extra": "PMID: 31000001",
    },
    "PubMed": {
        "PMID": "31000001",
        "Title": "Owls at noon",
        "Authors": "Roe A, Lee B.",
        "Journal/Book": "Journal of Owls",
        "Publication Year": "2020",
        "Create Date": "2020/05/04",
        "PMCID": "PMC7000001",
        "DOI": "10.1000/owls.1",
    },
    "IEEE Xplore": {
        "Document Title": "Owls at noon",
        "Authors": "Ada Roe; Bo Lee",
        "Publication Title": "Journal of Owls",
        "Publication Year": "2020",
        "Volume": "5",
        "Issue": "2",
        "Start Page": "11",
        "End Page": "19",
        "Abstract": "They sleep.",
        "DOI": "10.1000/owls.1",
        "Author Keywords": "owls;noon",
        "PDF Link": "https://ieeexplore.example/stamp.jsp?arnumber=123",
    },
    "ACM": {
        "type": "article",
        "id": "3350001",
        "author": "Ada Roe and Bo Lee",
        "title": "Owls at noon",
        "journal": "Journal of Owls",
        "year": "2020",
        "doi": "10.1000/owls.1",
        "article_no": "",
        "num_pages": "9",
        "keywords": "owls, noon",
    },
    "EBSCO": {
        "Article Title": "Owls at noon",
        "Author": "Roe, Ada; Lee, Bo",
        "Journal Title": "Journal of Owls",
        "Publication Date": "20200504",
        "Accession Number": "140000001",
        "DOI": "10.1000/owls.1",
        "Abstract": "They sleep.",
        "PLink": "https://ebsco.example/login.aspx?AN=140000001",
    },
    "The Lens": {
        "Lens ID": "000-111-222-333-44X",
        "Title": "Owls at noon",
        "Date Published": "2020-05-04",
        "Publication Year": "2020",
        "Source Title": "Journal of Owls",
        "Author/s": "Ada Roe; Bo Lee",
        "DOI": "10.1000/owls.1",
        "Abstract": "They sleep.",
    },
    "Google Scholar": {
        "Authors": "Roe, Ada; Lee, Bo; ",
        "Title": "Owls at noon",
        "Publication": "Journal of Owls",
        "Volume": "5",
        "Number": "2",
        "Pages": "11-19",
        "Year": "2020",
        "Publisher": "Wood",
    },
}
NAMES = {
    "Web of Science": ("WOS:000500000000001",),
    "Scopus": ("scopus:2-s2.0-85000000001",),
    "Dimensions": ("dimensions:pub.1140000001", "pmid:31000001"),
    "OpenAlex": ("openalex:W4000000001",),
    "Zotero": ("export:AB12",),
    "PubMed": ("pmid:31000001", "pmcid:PMC7000001"),
    "IEEE Xplore": ("ieee:123",),
    "ACM": ("acm:3350001", "export:3350001"),
    "EBSCO": ("ebsco:140000001",),
    "The Lens": ("lens:000-111-222-333-44X",),
    "Google Scholar": (),
}
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252")
PREAMBLES = ("", "\n\n", '"About the data: Exported on Jul 01, 2022. Criteria: owls."\n', "Owls; 3 results\n\n")


def written(rows: list[dict[str, str]], mark: str = ",", before: str = "", end: str = "\n") -> str:
    out = io.StringIO()
    writer = csvlib.DictWriter(out, list(rows[0]), delimiter=mark, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return (before + out.getvalue()).replace("\n", end)


def read(folder: Path, data: bytes) -> list[Document | BadRecord]:
    path = folder / "export.csv"
    path.write_bytes(data)
    return check_source(tables.csv(str(path)))


@pytest.mark.parametrize("name", ROWS)
def test_every_table_gives_its_paper(name: str, tmp_path: Path) -> None:
    row = ROWS[name]
    layout = fitting(LAYOUTS, row)
    assert layout
    assert layout.name == name
    [made] = read(tmp_path, written([row]).encode())
    assert isinstance(made, Document)
    assert made.id == "10.1000/owls.1" or (name == "Google Scholar" and made.id.startswith("title:"))
    assert (made.title, made.venue.lower()) == ("Owls at noon", "journal of owls")
    assert made.aliases == NAMES[name]
    assert made.year == 2020 or made.dated == date(2020, 5, 4)
    assert made.authors in (("Ada Roe", "Bo Lee"), ("Roe A", "Lee B."), ("Roe A", "Lee B"))
    assert made.text in ("They sleep.", "")


@pytest.mark.parametrize("name", ROWS)
def test_without_a_doi_the_own_identifier_is_the_same_in_every_file(name: str, tmp_path: Path) -> None:
    row = {key: value for key, value in ROWS[name].items() if key not in ("DOI", "doi", "DI")} | {
        key: "" for key in ROWS[name] if key in ("DOI", "doi", "DI")
    }
    [made] = read(tmp_path, written([row]).encode())
    assert isinstance(made, Document)
    expected = NAMES[name][:1] or (made.id,)
    assert made.id == expected[0]


def test_keywords_plus_are_no_identifier(tmp_path: Path) -> None:
    rows = [{**ROWS["Web of Science"], "TI": f"Owls {n}", "DI": "", "UT": f"WOS:00050000000000{n}"} for n in range(3)]
    made = read(tmp_path, written(rows, "\t").encode())
    assert [each.id for each in made if isinstance(each, Document)] == [row["UT"] for row in rows]
    assert [each.extra["keywords_plus"] for each in made if isinstance(each, Document)] == ["BIRDS; LIGHT"] * 3


def test_facts_have_their_fixed_keys(tmp_path: Path) -> None:
    for name in ("Web of Science", "Scopus", "IEEE Xplore"):
        [made] = read(tmp_path, written([ROWS[name]]).encode())
        assert isinstance(made, Document)
        assert {key: made.extra[key] for key in ("volume", "number", "pages")} == {
            "volume": "5", "number": "2", "pages": "11--19",
        }, name  # fmt: skip


@pytest.mark.parametrize(
    ("name", "more", "pages"),
    [
        ("OpenAlex", {"biblio.first_page": "11", "biblio.last_page": "19"}, "11--19"),
        ("OpenAlex", {"biblio.first_page": "e7", "biblio.last_page": ""}, "e7"),
        ("EBSCO", {"First Page": "11", "Page Count": "9"}, "11"),
    ],
)
def test_pages_are_read_from_where_a_table_has_them(
    name: str, more: dict[str, str], pages: str, tmp_path: Path
) -> None:
    [made] = read(tmp_path, written([ROWS[name] | more]).encode())
    assert isinstance(made, Document)
    assert made.extra["pages"] == pages


@pytest.mark.parametrize(
    ("name", "column", "word", "kind"),
    [
        ("Web of Science", "DT", "Proceedings Paper", "inproceedings"),
        ("Web of Science", "DT", "Article; Early Access", "article"),
        ("Scopus", "Document Type", "Book chapter", "chapter"),
        ("Dimensions", "Publication Type", "Preprint", "preprint"),
        ("OpenAlex", "type", "dissertation", "thesis"),
        ("Zotero", "Item Type", "conferencePaper", "inproceedings"),
        ("The Lens", "Publication Type", "dataset", "dataset"),
        ("Scopus", "Document Type", "Nothing known", ""),
    ],
)
def test_a_word_of_the_service_gives_the_kind(name: str, column: str, word: str, kind: str, tmp_path: Path) -> None:
    [made] = read(tmp_path, written([{**ROWS[name], column: word}]).encode())
    assert isinstance(made, Document)
    assert made.kind == kind


def test_zotero_keeps_an_arxiv_id_among_its_notes(tmp_path: Path) -> None:
    row = {**ROWS["Zotero"], "Extra": "Citation Key: roe\narXiv:2401.00777 [cs.IR]", "DOI": ""}
    [made] = read(tmp_path, written([row]).encode())
    assert isinstance(made, Document)
    assert made.id == "2401.00777"
    assert "Citation Key: roe" in made.extra["Extra"]


def test_notes_in_brackets_are_no_text_and_no_people(tmp_path: Path) -> None:
    row = {**ROWS["Scopus"], "Abstract": "[No abstract available]", "Author full names": "",
           "Authors": "[No author name available]"}  # fmt: skip
    [made] = read(tmp_path, written([row]).encode())
    assert isinstance(made, Document)
    assert (made.text, made.authors) == ("", ())


@FUZZ
@given(
    name=st.sampled_from(sorted(ROWS)),
    mark=st.sampled_from(",;\t|"),
    codec=st.sampled_from(ENCODINGS),
    before=st.sampled_from(PREAMBLES),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    sep=st.booleans(),
)
def test_any_way_of_writing_a_table_gives_the_same_papers(
    tmp_path: Path, name: str, mark: str, codec: str, before: str, end: str, sep: bool
) -> None:
    def shown(data: bytes) -> list[Any]:
        made = [each for each in read(tmp_path, data) if isinstance(each, Document)]
        return [(each.id, each.title, each.authors, each.venue, each.year, each.aliases, each.text) for each in made]

    rows = [ROWS[name], {key: value.replace("Owls at noon", "Über Eulen") for key, value in ROWS[name].items()}]
    plain = shown(written(rows).encode())
    assert len(plain) == 2
    before = f"sep={mark}\n" if sep else before
    assert shown(written(rows, mark, before, end).encode(codec)) == plain


@FUZZ
@given(
    name=st.sampled_from(sorted(ROWS)),
    changed=st.dictionaries(st.integers(0, 30), st.none() | st.text(max_size=30), max_size=8),
)
def test_any_cell_may_be_missing_or_strange(tmp_path: Path, name: str, changed: dict[int, str | None]) -> None:
    row = dict(ROWS[name])
    for number, value in changed.items():
        row[list(row)[number % len(row)]] = (value or "").replace("\r", " ")
    text = written([row, ROWS[name]]).encode("utf-8", "surrogatepass")
    made = [each for each in read(tmp_path, text) if isinstance(each, Document)]
    assert made[-1].title == "Owls at noon"
