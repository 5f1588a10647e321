"""CSL JSON: items that citation processors read."""

from __future__ import annotations

import json
from datetime import date

from hypothesis import given

from broadsheet.core.types import Document
from broadsheet.exports.csl import item, items
from papers import KNOT, LEAF, any_paper


def test_an_article_with_everything() -> None:
    document = Document(
        id="10.1234/reeds",
        title="Reeds & <b>Ponds</b>",
        text="We count reeds.",
        authors=("Ada van der Berg", "Bo Lee Jr.", "Reeds, Inc."),
        venue="Pond Letters",
        kind="article",
        submitted=date(2020, 3, 15),
        keywords=("reeds", "ponds"),
        aliases=("pmid:31000001", "2401.00001"),
        links={"abstract": "https://example.org/1"},
        extra={"volume": "3", "number": "2", "pages": "1--9", "editor": ["Cy Doe"], "issn": ["1234-567X"]},
    )
    assert item(document) == {
        "id": "10.1234/reeds",
        "type": "article-journal",
        "title": "Reeds & <b>Ponds</b>",
        "author": [
            {"family": "Berg", "given": "Ada", "non-dropping-particle": "van der"},
            {"family": "Lee", "given": "Bo", "suffix": "Jr."},
            {"literal": "Reeds, Inc."},
        ],
        "editor": [{"family": "Doe", "given": "Cy"}],
        "container-title": "Pond Letters",
        "volume": "3",
        "issue": "2",
        "page": "1-9",
        "ISSN": "1234-567X",
        "DOI": "10.1234/reeds",
        "PMID": "31000001",
        "URL": "https://example.org/1",
        "abstract": "We count reeds.",
        "keyword": "reeds; ponds",
        "note": "arXiv:2401.00001",
        "issued": {"date-parts": [[2020, 3, 15]]},
    }


def test_a_list_of_items() -> None:
    leaf, knot = json.loads(items([LEAF, KNOT]))
    assert (leaf["type"], knot["type"]) == ("article-journal", "article")
    assert knot["issued"] == {"date-parts": [[1999]]}


@given(any_paper)
def test_any_paper_is_an_item(document: Document) -> None:
    (made,) = json.loads(items([document]))
    assert isinstance(made["type"], str)
    assert all(value for value in made.values())
