"""Tools that change things: offered where that was allowed, and only what is the reader's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from asking_kit import refused, site_of, started, talked, told
from broadsheet.collection import Collection
from broadsheet.mcp.http import application
from broadsheet.people import links
from copies_kit import COPY, OTHER, PAPER, copies
from site_kit import NOW, PAPERS, made

HERB = "2401.00001"


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path / "c", PAPERS) as collection:
        yield collection


def _number(collection: Collection, id_: str = HERB) -> int:
    return collection.store.papers.numbers([id_])[id_]


def test_a_vote_is_the_sole_readers_and_can_be_taken_back(collection: Collection) -> None:
    site, store = site_of(collection, writes=True), collection.store
    assert told(site, "vote_paper", id="arXiv:2401.00001v3") | {"notice": ""} == {
        "notice": "", "note": "", "id": HERB, "changed": True,
    }  # fmt: skip
    assert told(site, "vote_paper", id=HERB)["changed"] is False
    [sole] = store.people.all()
    assert store.reactions.marked("votes", sole.number) == [_number(collection)]
    assert told(site, "vote_paper", id=HERB, undo=True)["changed"] is True
    assert told(site, "vote_paper", id=HERB, undo=True)["changed"] is False
    assert store.reactions.marked("votes", sole.number) == []


def test_a_paper_goes_into_lists_and_out(collection: Collection) -> None:
    site, store = site_of(collection, writes=True), collection.store
    assert told(site, "save_paper", id=HERB)["changed"] is True
    assert told(site, "save_paper", id=HERB, list="  to \u202e read ")["changed"] is True
    [sole] = store.people.all()
    assert [(each.name, each.papers) for each in store.lists.of(sole.number)] == [("Saved", 1), ("to read", 1)]
    assert told(site, "save_paper", id=HERB, list="to read", undo=True)["changed"] is True
    assert told(site, "save_paper", id=HERB, list="none of mine", undo=True)["changed"] is False
    assert store.lists.saved(sole.number) == [_number(collection)]


def test_a_paper_is_followed_and_let_go(collection: Collection) -> None:
    site, store = site_of(collection, writes=True), collection.store
    changed = [told(site, "follow_paper", id=HERB, undo=undo)["changed"] for undo in (False, False, True, True)]
    assert changed == [True, False, True, False]
    assert told(site, "follow_paper", id=HERB)["changed"]
    [sole] = store.people.all()
    assert [each.text for each in store.alerts.of(sole.number)] == [f"like:{HERB}"]


def test_what_trends_hears_of_a_vote_and_a_save_at_once(collection: Collection) -> None:
    site, number = site_of(collection, writes=True), _number(collection)

    def kept() -> float | None:
        [row] = collection.store.trends.rows([number])
        return row.score

    scores = [kept()]
    for tool, undo in (("vote_paper", False), ("save_paper", False), ("save_paper", True), ("vote_paper", True)):
        told(site, tool, id=HERB, undo=undo)
        scores.append(kept())
    assert None not in scores[1:]
    assert scores[2] > scores[1] > scores[4]
    assert scores[3] == pytest.approx(scores[1])


def test_what_cannot_be_written_is_one_clear_line(collection: Collection) -> None:
    site = site_of(collection, writes=True)
    assert "Nearest: 2401.00001" in refused(site, "vote_paper", id="2401.00009")
    assert "The name is empty" in refused(site, "save_paper", id=HERB, list=" ")
    assert refused(site, "save_paper", id=HERB, list="x" * 101).startswith("list: ")
    assert "the call does not say which" in refused(
        site_of(collection, writes=True, people="open"), "vote_paper", id=HERB
    )


def test_over_http_a_token_says_whose_and_whether(collection: Collection) -> None:
    store = collection.store
    ada = store.people.add("ada@example.org", "reader", now=NOW)
    bo = store.people.add("bo@example.org", "reader", now=NOW)
    store.people.add_token(links.digest("t-ada"), ada.number, "agent", writes=True, now=NOW)
    store.people.add_token(links.digest("t-bo"), bo.number, "agent", writes=False, now=NOW)

    def vote(client: TestClient, token: str) -> Any:
        asks = {"name": "vote_paper", "arguments": {"id": HERB}}
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": asks}
        kinds = {"accept": "application/json, text/event-stream"}
        headers = kinds | ({"authorization": f"Bearer {token}"} if token else {})
        return client.post("/mcp", json=body, headers=headers).json()["result"]

    site = site_of(collection, writes=True, people="open")
    with TestClient(application(site), base_url="http://127.0.0.1:8001") as client:
        assert vote(client, "t-ada")["structuredContent"]["changed"] is True
        assert "your token may only read" in vote(client, "t-bo")["content"][0]["text"]
        assert "send a token" in vote(client, "")["content"][0]["text"]
    assert store.reactions.ballots([_number(collection)]) == {_number(collection): frozenset({ada.number})}


def test_on_standard_streams_an_option_says_whose(tmp_path: Path) -> None:
    with made(tmp_path / "c", PAPERS) as collection:
        bo = collection.store.people.add("bo@example.org", "reader", now=NOW)
        starts = started(tmp_path / "c", "--allow-writes", "--person", " Bo@Example.org ")
        result = talked(starts, lambda client: client.call_tool("vote_paper", {"id": HERB}))
        assert result.structured_content["changed"] is True
        assert collection.store.reactions.marked("votes", bo.number) == [_number(collection)]


def test_votes_are_told_alike_by_every_tool(collection: Collection) -> None:
    site = site_of(collection, writes=True)
    told(site, "vote_paper", id=HERB)
    listed = told(site, "get_today", period="2026-09-30")["papers"]
    found = told(site, "search_papers", query=PAPERS[0].title)["papers"]
    votes = [each["votes"] for each in (*listed, *found) if each["id"] == HERB]
    assert [told(site, "get_paper", id=HERB)["votes"], *votes] == [13, 13, 13]


@pytest.fixture
def twice(tmp_path: Path) -> Iterator[Collection]:
    """A work of two papers."""
    with copies(tmp_path / "twice", synced=True) as collection:
        yield collection


def test_a_vote_is_taken_back_on_the_works_other_copy(twice: Collection) -> None:
    site = site_of(twice, writes=True)
    told(site, "vote_paper", id=PAPER.id)
    told(site, "vote_paper", id=OTHER.id)
    assert told(site, "vote_paper", id=COPY.id, undo=True)["changed"] is True
    [sole] = twice.store.people.all()
    assert twice.store.reactions.marked("votes", sole.number) == [_number(twice, OTHER.id)]


def test_a_paper_comes_out_of_a_list_by_the_works_other_copy(twice: Collection) -> None:
    site = site_of(twice, writes=True)
    for name in ("Saved", "Herbs"):
        told(site, "save_paper", id=PAPER.id, list=name)
    assert told(site, "save_paper", id=COPY.id, list="Herbs", undo=True)["changed"] is True
    [sole] = twice.store.people.all()
    assert [(each.name, each.papers) for each in twice.store.lists.of(sole.number)] == [("Herbs", 0), ("Saved", 1)]
