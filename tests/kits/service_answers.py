"""Answers of scholarly services as they come: one paper of our own in the form of each."""

from __future__ import annotations

from typing import Any

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
