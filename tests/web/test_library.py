"""A library of references that a reader uploads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from broadsheet.collection import Collection
from people_kit import OWN, Browser, browser, member, site
from site_kit import made

BIB = b"""
@article{herb, title={Sorting Herbarium Sheets by Leaf Outline}, author={Blum, Ada}, doi={10.5555/herb}}
@article{moss, title={Counting Moss Cushions on Slate Roofs}, author={Pell, Gus}, year={2019}, note={my secret note},
  file={/home/ada/moss.pdf}, keywords={mine}}
@article{bad, author={Nobody}}
"""


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path / "c") as collection:
        yield collection


@pytest.fixture
def ada(collection: Collection) -> Browser:
    return browser(site(collection), member(collection))


def upload(visitor: Browser, data: bytes, name: str) -> str:
    answer = visitor.post(
        "/interests/library", data={"token": visitor.csrf}, files={"file": (name, data)}, headers=OWN,
        follow_redirects=False,
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_library_becomes_a_list_with_a_report(collection: Collection, ada: Browser) -> None:
    page = upload(ada, BIB, "My thesis.bib")
    assert "2 papers are in your list" in page
    assert "1 was on this site already, and 1 is new." in page
    assert "1 record could not be imported" in page
    (kept,) = collection.store.lists.of(1)
    assert (kept.name, kept.papers) == ("My thesis", 2)
    assert ">My thesis</bdi>" in page
    (number,) = collection.store.papers.with_title("counting moss cushions on slate roofs")
    moss = collection.store.papers.by_numbers([number])[number]
    assert "secret" not in str(moss)
    assert "moss.pdf" not in str(moss)
    assert "Moss Cushions" in ada.get("/search?q=moss+cushions+on+slate").text  # it was synced after the answer
    again = upload(ada, BIB, "My thesis.bib")
    assert "</a>. All of them were on this site already. 2 were in the list before." in again


def test_a_file_that_is_not_a_library_gets_a_message(collection: Collection, ada: Browser) -> None:
    for data, name in ((b"", "x.bib"), (b"\x00\x01\x02", "x.exe"), (b"%PDF-1.4", "<script>.pdf")):
        page = upload(ada, data, name)
        assert 'role="alert"' in page, name
        assert "<script>.pdf" not in page
    page = upload(ada, b"Dear diary, today I read a paper.\n", "x.bib")
    assert "No references found in x.bib. Is it a BibTeX file?" in page
    page = upload(ada, b"@article{bad, author={Nobody}}", "y.bib")
    assert "No references found in y.bib" in page
    assert "no title" in page
    assert "Choose a file" in ada.press("/interests/library").text
    assert collection.store.lists.of(1) == []


def test_hostile_names_and_records_are_shown_escaped(collection: Collection, ada: Browser) -> None:
    page = upload(ada, b"@article{x, title={<script>alert(1)</script> of Old}, author={<b>Eve}}", "../<i>\u202e.bib")
    assert "<script>alert" not in page
    assert "<i>" not in page
    assert "<script>alert" not in ada.get("/lists").text
    assert "/" not in collection.store.lists.of(1)[0].name


def test_libraries_are_limited_where_there_are_many_readers(collection: Collection, ada: Browser) -> None:
    data = {"token": ada.csrf}
    answers = [
        ada.post("/interests/library", data=data, files={"file": ("x.bib", b"")}, headers=OWN).status_code
        for _ in range(13)
    ]
    assert answers == [200] * 12 + [429]
