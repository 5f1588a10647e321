"""The print of a work under fixed keys, and of records that older versions stored under the names of their sources."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.imprint import KEYS, Imprint, imprint_of, isbns, issns, kind_of
from broadsheet.core.types import Document

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30), lambda inner: st.lists(inner, max_size=3)
)


def paper(venue: str = "", kind: str = "", **extra: Any) -> Document:
    return Document(
        id="x:1", title="Reeds", venue=venue, kind=kind, extra={k.replace("__", " "): v for k, v in extra.items()}
    )


def test_an_old_record_of_bibtex() -> None:
    old = paper(
        "Reed Letters", entry_type="article", volume="{3}", number="2", pages="1--9", publisher=r"Salt \& Sons",
        editor="Roe, Ada and Lee, Bo", isbn="978-0-306-40615-7",
    )  # fmt: skip
    assert kind_of(old) == "article"
    expected = Imprint(volume="3", number="2", pages="1--9", publisher="Salt & Sons", editor=("Ada Roe", "Bo Lee"),
                       isbn=("978-0-306-40615-7",))  # fmt: skip
    assert imprint_of(old) == expected


def test_an_old_record_of_ris_and_of_the_web_of_science() -> None:
    tags = {"VL": "7", "IS": "1", "SP": "11", "EP": "19", "PB": "Reed Press", "CY": "Pond", "SN": "1234-567X"}
    assert imprint_of(paper("Reeds", TY="JOUR", **tags)) == Imprint(
        volume="7", number="1", pages="11--19", publisher="Reed Press", address="Pond", issn=("1234-567X",)
    )
    assert imprint_of(paper("Reeds", TY="J", BP="11", EP="19", PU="Reed Press", SP="a sponsor")).pages == "11--19"
    assert kind_of(paper("Reeds", TY="CHAP")) == "chapter"
    assert kind_of(paper("Reeds", TY="J")) == "article"


def test_an_old_row_of_a_table() -> None:
    old = paper("Reeds", Item__Type="bookSection", Volume="4", Issue="2", Pages="3-5", Place="Pond", Series="Waters")
    assert kind_of(old) == "chapter"
    assert imprint_of(old) == Imprint(volume="4", number="2", pages="3-5", address="Pond", series="Waters")


def test_the_house_of_old_books_theses_and_reports_was_their_venue() -> None:
    assert imprint_of(paper("Reed Press", entry_type="book")).publisher == "Reed Press"
    assert imprint_of(paper("Pond University", entry_type="phdthesis")).institution == "Pond University"
    assert imprint_of(paper("Waters", entry_type="book", series="Waters")).publisher == ""
    assert imprint_of(paper("", "report", publisher="Reed Office")).institution == "Reed Office"


def test_what_is_no_fact_of_the_print() -> None:
    assert imprint_of(paper("ICLR 2026", number=4711)) == Imprint()  # OpenReview's number of a submission
    assert imprint_of(paper("Reeds", type="article")).type == ""
    assert imprint_of(paper("Reeds", "thesis", type="Master's thesis")).type == "Master's thesis"
    assert imprint_of(paper("Reeds", entry_type="mastersthesis")).type == "Master's thesis"
    assert imprint_of(paper("Reeds", entry_type="bathesis")).type == "Bachelor's thesis"
    assert imprint_of(paper("Reeds", entry_type="phdthesis")).type == ""


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        (paper("Reeds", "report", entry_type="article"), "report"),
        (paper("Nature", entry_type="misc"), "article"),
        (paper("Nature Reed Meeting"), "inproceedings"),
        (paper("Reed Medicine", issn="1234-567X"), "article"),
        (paper(), ""),
        (Document(id="2401.00001", title="Reeds"), "preprint"),
        (Document(id="x:1", title="Reeds", aliases=("2401.00001",), venue="Nature"), "article"),
    ],
)
def test_the_kind_of_what_does_not_say_it(document: Document, kind: str) -> None:
    assert kind_of(document) == kind


def test_numbers_of_books_and_of_journals() -> None:
    assert isbns("0-306-40615-2 and 9780306406157; ISSN 1234-567x") == ("0-306-40615-2", "9780306406157")
    assert issns("1234567x, 9780306406157, 2325-0000 (electronic), 1999-2004-5") == ("1234-567X", "2325-0000")


@given(st.dictionaries(st.sampled_from([*KEYS, "TY", "SN", "VL", "SP", "A2", "entry_type", "Item Type"]), values))
def test_any_facts_give_an_imprint(extra: dict[str, Any]) -> None:
    document = Document(id="x:1", title="Reeds", extra=extra)
    imprint = imprint_of(document)
    assert all(text == " ".join(text.split()) for text in (imprint.volume, imprint.pages, imprint.publisher))
    assert isinstance(kind_of(document), str)
