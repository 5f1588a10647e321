"""Answers of services in JSON: each record means what its service says, wherever it is in the answer."""

from __future__ import annotations

import copy
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.core.types import BadRecord, Document
from broadsheet.sources import answers, tables
from broadsheet.sources.answers import record, records_in, service
from broadsheet.testing import check_source
from fuzzing import json_values, only_records_or_errors

FUZZ = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
HEX = "abcdef0123456789abcdef0123456789abcdef01"
ANSWERS: dict[str, dict[str, Any]] = {
    "Semantic Scholar": {
        "total": 1,
        "offset": 0,
        "data": [
            {
                "paperId": HEX,
                "externalIds": {
                    "ArXiv": "2401.00777",
                    "DOI": "10.1000/owls.1",
                    "CorpusId": 555,
                    "ACL": "2024.owls-1.7",
                },
                "title": "Owls at noon",
                "abstract": "They sleep.",
                "venue": "Owl Days",
                "year": 2024,
                "publicationDate": "2024-02-03",
                "authors": [{"authorId": "1", "name": "Ada Roe"}, {"authorId": None, "name": "Bo Lee"}],
                "openAccessPdf": {"url": "https://arxiv.org/pdf/2401.00777"},
                "tldr": {"model": "x", "text": "Owls sleep."},
                "citationCount": 3,
                "fieldsOfStudy": ["Biology"],
            }
        ],
    },
    "Crossref": {
        "status": "ok",
        "message-type": "work-list",
        "message": {
            "total-results": 1,
            "items": [
                {
                    "DOI": "10.1000/OWLS.1",
                    "title": ["Owls at noon"],
                    "container-title": ["Journal of Owls"],
                    "member": "1",
                    "prefix": "10.1000",
                    "type": "journal-article",
                    "issued": {"date-parts": [[2024, 2, 3]]},
                    "author": [
                        {"given": "Ada", "family": "Roe", "sequence": "first"},
                        {"given": "Bo", "family": "Lee"},
                    ],
                    "abstract": "<jats:p>They sleep.</jats:p>",
                    "volume": "5",
                    "issue": "2",
                    "page": "11-19",
                    "publisher": "Wood",
                    "reference": [{"key": str(number), "unstructured": "x" * 200} for number in range(3_000)],
                    "ISSN": ["1234-5678"],
                    "URL": "https://doi.org/10.1000/owls.1",
                }
            ],
        },
    },
    "DataCite": {
        "data": [
            {
                "id": "10.1000/owls.1",
                "type": "dois",
                "attributes": {
                    "doi": "10.1000/owls.1",
                    "titles": [{"title": "Owls at noon"}],
                    "publicationYear": 2024,
                    "publisher": "Wood",
                    "creators": [
                        {"name": "Roe, Ada", "nameType": "Personal", "givenName": "Ada", "familyName": "Roe"},
                        {"name": "Lee, Bo"},
                    ],
                    "descriptions": [
                        {"descriptionType": "Methods", "description": "We watched."},
                        {"descriptionType": "Abstract", "description": "They sleep."},
                    ],
                    "dates": [
                        {"date": "2024-01-01", "dateType": "Created"},
                        {"date": "2024-02-03", "dateType": "Issued"},
                    ],
                    "types": {"resourceTypeGeneral": "Dataset"},
                    "subjects": [{"subject": "owls"}],
                },
            }
        ],
        "meta": {"total": 1},
    },
    "Europe PMC": {
        "version": "6",
        "hitCount": 1,
        "resultList": {
            "result": [
                {
                    "id": "31000001",
                    "source": "MED",
                    "pmid": "31000001",
                    "pmcid": "PMC7000001",
                    "doi": "10.1000/owls.1",
                    "title": "Owls at noon",
                    "authorString": "Roe A, Lee B.",
                    "pubYear": "2024",
                    "firstPublicationDate": "2024-02-03",
                    "authorList": {
                        "author": [
                            {"fullName": "Roe A", "firstName": "Ada", "lastName": "Roe", "initials": "A"},
                            {"fullName": "Lee B", "firstName": "Bo", "lastName": "Lee", "initials": "B"},
                        ]
                    },
                    "journalInfo": {"volume": "5", "journal": {"title": "Journal of Owls"}},
                    "abstractText": "They sleep.",
                }
            ]
        },
    },
    "bioRxiv": {
        "messages": [{"status": "ok", "count": 1}],
        "collection": [
            {
                "doi": "10.1101/2024.02.03.000001",
                "title": "Owls at noon",
                "authors": "Roe, A.; Lee, B.",
                "author_corresponding": "Ada Roe",
                "date": "2024-2-3",
                "version": "1",
                "type": "new results",
                "category": "zoology",
                "abstract": "They sleep.",
                "published": "NA",
                "server": "biorxiv",
            }
        ],
    },
    "dblp": {
        "result": {
            "status": {"@code": "200"},
            "hits": {
                "@total": "1",
                "hit": [
                    {
                        "@id": "1",
                        "info": {
                            "authors": {
                                "author": [{"@pid": "1/1", "text": "Ada Roe"}, {"@pid": "2/2", "text": "Bo Lee 0001"}]
                            },
                            "title": "Owls at noon.",
                            "venue": "Owl Days",
                            "year": "2024",
                            "type": "Conference and Workshop Papers",
                            "key": "conf/owls/RoeL24",
                            "ee": "https://doi.org/10.1000/owls.1",
                            "url": "https://dblp.org/rec/conf/owls/RoeL24",
                        },
                    }
                ],
            },
        }
    },
    "ADS": {
        "responseHeader": {"status": 0},
        "response": {
            "numFound": 1,
            "docs": [
                {
                    "bibcode": "2024JOwl....5...11R",
                    "title": ["Owls at noon"],
                    "author": ["Roe, Ada", "Lee, Bo"],
                    "pub": "Journal of Owls",
                    "date": "2024-02-03T00:00:00Z",
                    "doi": ["10.1000/owls.1"],
                    "abstract": "They sleep.",
                    "identifier": ["2024JOwl....5...11R", "10.1000/owls.1"],
                }
            ],
        },
    },
    "ADS's ingest": {
        "title": {"textEnglish": "Owls at noon"},
        "abstract": {"textEnglish": "They sleep."},
        "authors": [
            {"name": {"given_name": "Ada", "surname": "Roe"}},
            {"name": {"given_name": "Bo", "surname": "Lee"}},
        ],
        "persistentIDs": [{"DOI": "10.1000/owls.1"}],
        "pubDate": {"electrDate": "2024-02-03"},
        "publication": {"pubName": "Journal of Owls", "ISSN": [{"issnString": "1234-5678"}]},
        "recordData": {"loadType": "fromFile"},
    },
    "OpenAlex": {
        "meta": {"count": 1},
        "results": [
            {
                "id": "https://openalex.org/W4000000001",
                "title": "Owls at noon",
                "publication_date": "2024-02-03",
                "doi": "https://doi.org/10.1000/owls.1",
                "primary_location": {"source": {"display_name": "Journal of Owls"}},
                "authorships": [{"author": {"display_name": "Ada Roe"}}, {"author": {"display_name": "Bo Lee"}}],
                "abstract_inverted_index": {"They": [0], "sleep.": [1]},
            }
        ],
    },
    "Hugging Face": {
        "papers": [
            {
                "title": "Owls at noon",
                "numComments": 1,
                "paper": {
                    "id": "2401.00777",
                    "upvotes": 4,
                    "summary": "They sleep.",
                    "authors": [{"name": "Ada Roe"}, {"name": "Bo Lee"}],
                    "publishedAt": "2024-02-03T00:00:00.000Z",
                },
            }
        ]
    },
    "OpenReview": {
        "count": 1,
        "notes": [
            {
                "id": "owlNoon01",
                "forum": "owlNoon01",
                "cdate": 1706918400000,
                "content": {
                    "title": {"value": "Owls at noon"},
                    "authors": {"value": ["Ada Roe", "Bo Lee"]},
                    "abstract": {"value": "They sleep."},
                },
            }
        ],
    },
}
IDS = {
    "Semantic Scholar": "2401.00777",
    "Crossref": "10.1000/owls.1",
    "DataCite": "10.1000/owls.1",
    "Europe PMC": "10.1000/owls.1",
    "bioRxiv": "10.1101/2024.02.03.000001",
    "dblp": "10.1000/owls.1",
    "ADS": "10.1000/owls.1",
    "ADS's ingest": "10.1000/owls.1",
    "OpenAlex": "10.1000/owls.1",
    "Hugging Face": "2401.00777",
    "OpenReview": "openreview:owlNoon01",
}


def read(folder: Path, value: Any, indent: int | None = None) -> list[Document | BadRecord]:
    path = folder / "any-name.json"
    path.write_text(json.dumps(value, indent=indent))
    return check_source(tables.jsonl(str(path)))


def test_a_title_of_crossref_has_its_subtitle(tmp_path: Path) -> None:
    value = copy.deepcopy(ANSWERS["Crossref"])
    value["message"]["items"][0]["subtitle"] = ["A second look"]
    [made] = read(tmp_path, value)
    assert isinstance(made, Document)
    assert made.title == "Owls at noon: A second look"


def test_a_group_among_the_authors_of_europe_pmc_is_one(tmp_path: Path) -> None:
    value = copy.deepcopy(ANSWERS["Europe PMC"])
    value["resultList"]["result"][0]["authorList"]["author"].insert(1, {"collectiveName": "The Owl and Mouse Group"})
    [made] = read(tmp_path, value)
    assert isinstance(made, Document)
    assert made.authors == ("Ada Roe", "The Owl and Mouse Group", "Bo Lee")
    assert made.names[1].literal == "The Owl and Mouse Group"


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("name", ANSWERS)
def test_every_answer_gives_its_paper(name: str, indent: int | None, tmp_path: Path) -> None:
    [made] = read(tmp_path, ANSWERS[name], indent)
    assert isinstance(made, Document), made
    assert (made.id, made.title) == (IDS[name], "Owls at noon")
    assert made.authors in (("Ada Roe", "Bo Lee"), ("A. Roe", "B. Lee"))
    assert made.submitted == date(2024, 2, 3) or made.announced == date(2024, 2, 3) or name == "dblp"
    assert "They sleep." in made.text or name == "dblp"


@pytest.mark.parametrize("name", ANSWERS)
def test_one_record_is_known_alone_and_on_a_line(name: str, tmp_path: Path) -> None:
    [row] = records_in(ANSWERS[name])
    assert service(row) == name
    path = tmp_path / "lines.jsonl"
    path.write_text(f"{json.dumps(row)}\n{json.dumps(row)}\n")
    one, two = check_source(tables.jsonl(str(path)))
    assert isinstance(one, Document)
    assert isinstance(two, Document)
    assert one.id == two.id == IDS[name]


@pytest.mark.parametrize(
    ("name", "kind"),
    [("Crossref", "article"), ("DataCite", "dataset"), ("bioRxiv", "preprint"), ("dblp", "inproceedings")],
)
def test_the_kind_of_a_record(name: str, kind: str, tmp_path: Path) -> None:
    [made] = read(tmp_path, ANSWERS[name])
    assert isinstance(made, Document)
    assert made.kind == kind


def test_a_single_answer_of_crossref_and_datacite(tmp_path: Path) -> None:
    [work] = records_in(ANSWERS["Crossref"])
    [made] = read(tmp_path, {"status": "ok", "message": {**work, "editor": [{"given": "Cy", "family": "Fay"}]}})
    assert isinstance(made, Document)
    assert made.extra == {
        "type": "journal-article", "volume": "5", "number": "2", "pages": "11-19", "publisher": "Wood",
        "issn": ["1234-5678"],
        "editor": ["Cy Fay"],
    }  # fmt: skip
    [made] = read(tmp_path, {"data": ANSWERS["DataCite"]["data"][0]})
    assert isinstance(made, Document)
    assert (made.text, made.submitted, made.keywords) == ("They sleep.", date(2024, 2, 3), ("owls",))


def test_identifiers_of_semantic_scholar_are_valid_everywhere(tmp_path: Path) -> None:
    [row] = records_in(ANSWERS["Semantic Scholar"])
    [made] = read(tmp_path, row)
    assert isinstance(made, Document)
    assert made.aliases[:4] == ("10.1000/owls.1", "acl:2024.owls-1.7", f"s2:{HEX}", "corpusid:555")
    assert made.links["pdf"] == "https://arxiv.org/pdf/2401.00777"
    assert made.extra["tldr"] == "Owls sleep."
    [made] = read(tmp_path, {**row, "externalIds": {"CorpusId": 556}})
    assert isinstance(made, Document)
    assert made.id == f"s2:{HEX}"
    assert made.aliases == ("corpusid:556", f"any-name:{HEX}")  # as an earlier version called it
    [made] = read(tmp_path, {"corpusid": 7, "externalids": {"ACL": "P04-1001"}, "title": "Owls"})
    assert isinstance(made, Document)
    assert made.id == "acl:P04-1001"


def test_a_key_called_paper_id_alone_is_not_semantic_scholar() -> None:
    made = record({"paper_id": "7", "title": "Owls", "authors": "Ada Roe", "upvotes": 3}, prefix="mine")
    assert (made.id, made.votes) == ("mine:7", 3)


def test_the_same_paper_from_the_table_and_the_answer_of_openalex(tmp_path: Path) -> None:
    [work] = records_in(ANSWERS["OpenAlex"])
    for doi in (work["doi"], ""):
        [answered] = read(tmp_path, {**work, "doi": doi})
        path = tmp_path / "works.csv"
        path.write_text(
            "id,title,doi,publication_date,authorships.author.display_name\n"
            f"{work['id']},Owls at noon,{doi},2024-02-03,Ada Roe|Bo Lee\n"
        )
        [tabled] = check_source(tables.csv(str(path)))
        assert isinstance(answered, Document)
        assert isinstance(tabled, Document)
        assert (answered.id, answered.authors, answered.announced) == (tabled.id, tabled.authors, tabled.announced)


def test_a_preprint_knows_the_article_that_came_of_it(tmp_path: Path) -> None:
    [row] = records_in(ANSWERS["bioRxiv"])
    [made] = read(tmp_path, {"collection": [{**row, "published": "10.1000/OWLS.1"}]})
    assert isinstance(made, Document)
    assert made.aliases == ("10.1000/owls.1",)


@FUZZ
@given(name=st.sampled_from(sorted(ANSWERS)), data=st.data())
def test_any_value_anywhere_is_a_record_or_a_reason(name: str, data: st.DataObject, tmp_path: Path) -> None:
    def changed(value: Any) -> Any:
        if data.draw(st.integers(0, 9)) == 0:
            return data.draw(st.none() | json_values)
        if isinstance(value, dict):
            return {key: changed(each) for key, each in value.items() if data.draw(st.integers(0, 9))}
        return [changed(each) for each in value[:3]] if isinstance(value, list) else value

    text = json.dumps(changed(ANSWERS[name]), indent=data.draw(st.sampled_from([None, 1])))
    path = tmp_path / "any-name.json"

    def fetched(raw: bytes) -> Any:
        path.write_bytes(raw)
        return tables.jsonl(str(path)).fetch()

    only_records_or_errors(fetched, text.encode())


@given(st.dictionaries(st.text(max_size=10), json_values) | st.just({"data": {}, "message": []}))
def test_any_object_is_itself_or_wraps_its_records(value: dict[str, Any]) -> None:
    assert isinstance(records_in(value), list)
    assert isinstance(answers.service(value), str)
