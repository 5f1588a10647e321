"""The alert that watches a search: what it takes over, and what it says that it cannot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from broadsheet.alerts.alert import Alert
from broadsheet.alerts.draft import Draft, draft
from broadsheet.collection import Collection, open_collection
from broadsheet.core.query import ask
from broadsheet.core.types import Filters, Mode
from broadsheet.ingest import ingest
from broadsheet.search.hybrid import search
from broadsheet.search.question import read
from broadsheet.sync import sync
from fakes import NOW, WordEncoder, paper


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    folder: Path = tmp_path_factory.mktemp("drafts")
    papers = [
        replace(paper(1, "Eels swim in salt water"), authors=("Anna Meyer",)),
        replace(paper(2, "Rivers and weirs", links={"code": "https://example.org/c"}), categories=("q-bio",)),
        paper(3, "Owls at night"),
    ]
    with open_collection(folder, encoder=WordEncoder(dim=64)) as opened:
        ingest(opened, papers, now=NOW)
        sync(opened)
        yield opened


def made(collection: Collection, query: str, *, mode: Mode = "hybrid", **conditions: object) -> Draft:
    filters = Filters(**conditions)  # type: ignore[arg-type]
    return draft(read(collection, query, filters), search(collection, query, mode=mode, filters=filters))


def test_words_and_conditions_are_an_alert_that_reads_as_the_search(collection: Collection) -> None:
    found = made(
        collection, "eels at sea", authors=("Anna Meyer", "lee"), categories=("q-bio",), topics=("12-eels",),
        venues=("EelConf",), sources=("arxiv:cs.IR",), since=date(2024, 5, 6), has_code=True,
    )  # fmt: skip
    read_again = ask(Alert.read(found.text).text)
    assert read_again.words == "eels at sea"
    assert read_again.filters == Filters(
        authors=("Anna Meyer", "lee"), categories=("q-bio",), topics=("12-eels",), venues=("EelConf",),
        sources=("arxiv:cs.IR",), since=date(2024, 5, 6), has_code=True,
    )  # fmt: skip
    assert found.lost == ()
    assert found.name == "eels at sea"


def test_conditions_in_the_query_are_taken_over(collection: Collection) -> None:
    found = made(collection, "eels author:Anna Meyer title:salt has:code")
    asked = ask(found.text)
    assert (asked.words, asked.fields, asked.filters) == (
        "eels", {"title": "salt"}, Filters(authors=("Anna Meyer",), has_code=True)
    )  # fmt: skip
    assert found.lost == ()


def test_a_name_is_the_author_not_the_meaning_of_the_name(collection: Collection) -> None:
    found = made(collection, "Anna Meyer")
    assert ask(found.text).words == ""
    assert ask(found.text).filters.authors == ("Anna Meyer",)
    assert found.name == "Anna Meyer"


def test_excluded_words_are_what_it_is_not_about(collection: Collection) -> None:
    found = made(collection, "eels -rivers")
    assert (found.text, found.without) == ("eels", ("rivers",))
    assert found.lost == ("It leaves out papers that are about “rivers”, not all that have the word.",)


@pytest.mark.parametrize(
    ("query", "conditions", "said"),
    [
        ('eels "salt water"', {}, "“salt water” need not occur"),
        ("eels OR owls", {}, "“eels” or “owls” need not occur"),
        ('("eels") & ("rivers")', {}, "as one text"),
        ("eels like:made:002", {}, "does not have like:made:002"),
        ("eels -like:made:002", {}, "does not have unlike:made:002"),
        ("eels in:Saved", {}, "does not have in:Saved"),
        ("eels aspect:method", {}, "does not have aspect:method"),
        ("eels", {"until": date(2024, 5, 6)}, "does not end on 6 May 2024"),
        ("eels", {"has_code": False}, "also sends papers with code"),
        ("eels", {"min_votes": 10}, "rarely have 10 votes"),
        ("eels -category:q-bio", {}, "does not leave out category:q-bio"),
        ("eels -topic:7", {}, "does not leave out topic:7"),
        ("eels", {"venues": ('The "Eel" Conf',)}, "does not have the venue The"),
    ],
)
def test_what_an_alert_cannot_hold_is_said(collection: Collection, query: str, conditions, said: str) -> None:
    found = made(collection, query, **conditions)
    assert found.text
    assert any(said in each for each in found.lost), found.lost
    Alert.read(found.text, found.without)


def test_a_search_by_words_alone_says_that_an_alert_compares_meanings(collection: Collection) -> None:
    assert "It matches by meaning, this search by words." in made(collection, "eels", mode="lexical").lost


def test_what_cannot_be_watched_says_so(collection: Collection) -> None:
    assert made(collection, "made:001").text == ""
    long = made(collection, "eels", authors=tuple(f"{place} {'x' * 180}" for place in range(12)))
    assert (long.text, len(long.lost)) == ("", 1)


def test_a_corrected_query_is_what_is_watched(collection: Collection) -> None:
    assert made(collection, "rivesr", mode="lexical").text == "rivers"
