"""The first ten minutes: what is read, the first fetch and sync, and the papers to mark."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from badserver import BadServer
from broadsheet.collection import Collection
from broadsheet.core.types import Run
from broadsheet.web.start import ENOUGH, SHOWN, router
from door_kit import addresses
from people_kit import OWN, Browser, browser, member, site
from site_kit import NOW, PAPERS, made
from start_kit import sources, title

BIB = b"@article{a, title={A Survey of Kettle Boiling}, author={Pot, Ann}, year={2020}}\n"


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path / "c", [paper for paper in PAPERS if paper.source.startswith("shelf")]) as collection:
        yield collection


@pytest.fixture
def eve(collection: Collection) -> Browser:
    return browser(site(collection, allow_private=True), member(collection, "editor"))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[BadServer]:
    with sources(monkeypatch) as server:
        yield server


def followed(collection: Collection) -> list[str]:
    return [each.name for each in collection.store.journal.sources()]


def send(visitor: Browser, data: bytes, name: str, **fields: object) -> str:
    """Send the form with a file, and return the page that comes back."""
    answer = visitor.post(
        "/start", data={"token": visitor.csrf, **fields}, files={"file": (name, data)}, headers=OWN,
        follow_redirects=False,
    )  # fmt: skip
    assert answer.status_code == 200, answer.headers
    return answer.text


def test_what_is_chosen_is_followed_fetched_and_found(collection: Collection, eve: Browser, server: BadServer) -> None:
    page = eve.get("/start").text
    assert "Computation and Language" in page
    assert "Number Theory" in page
    feed = server.url("/journal.xml")
    gone = eve.press("/start", group="cs.IR", daily="1", feeds=f"{feed}\n{server.url('/page.html')}\n", days="7")
    assert gone.headers["location"] == "/start/progress"
    assert followed(collection) == ["arxiv:cs.IR", f"feed:{feed}", f"feed:{server.url('/page.html')}", "hf:daily"]
    page = eve.get("/start/progress").text
    assert "4 of 4 sources read, 50 new papers." in page
    assert "45 new" in page
    assert "this is neither RSS nor Atom" in page, "one that fails is told, and the others went on"
    assert "data-done" in page
    assert collection.lexicon.change == collection.space.change == collection.store.papers.last_change()
    assert title("otter", 0) in eve.get("/").text
    page = eve.get("/start").text
    for ticked in ('value="cs.IR" checked', 'name="daily" value="1" checked'):
        assert ticked in page
    assert eve.press("/start", daily="1").status_code == 303, "a box that is no longer ticked is no longer followed"
    assert "arxiv:cs.IR" not in followed(collection)


def test_the_first_fetch_reads_as_many_days_as_were_chosen(eve: Browser, server: BadServer) -> None:
    for days, lists in (("7", 8), ("30", 31)):
        eve.app.state.site.collection.store.journal.remove_source("hf:daily")  # type: ignore[attr-defined]
        asked = len(server.requests)
        eve.press("/start", daily="1", days=days)
        dated = {path for path, _ in server.requests[asked:] if "date=" in path}
        assert len(dated) <= lists
        if days == "7":
            assert len(dated) == 7  # from 25 September to the newest list, of 1 October


def test_bad_input_loses_nothing(collection: Collection, eve: Browser) -> None:
    typed = {"group": ["cs.CL", "cs.XX"], "daily": "1", "feeds": "Nature\ncs.IR\njsonl:/etc/passwd\n<b>", "days": "30"}
    page = eve.press("/start", **typed).text
    assert "“Nature” is not an address" in page
    assert "reads files of the server" in page
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
    assert 'role="alert"' in page
    for kept in ('value="cs.CL" checked', 'name="daily" value="1" checked', "cs.IR\n", 'value="30" checked'):
        assert kept in page
    assert followed(collection) == []
    assert "Choose at least one source" in eve.press("/start").text
    assert "at most 20" in eve.press("/start", feeds="\n".join(f"https://example.org/{n}" for n in range(21))).text
    assert followed(collection) == []


def test_a_junk_file_says_so_and_a_good_one_is_not_asked_for_twice(collection: Collection, eve: Browser) -> None:
    page = send(eve, b"Dear diary, today I read a paper.\n" * 3, "x.bib", group="cs.CL")
    assert 'aria-describedby="file-hint file-wrong"' in page
    assert "x.bib" in page.partition('id="file-wrong"')[2]
    assert 'value="cs.CL" checked' in page
    assert collection.store.lists.of(1) == []
    page = send(eve, BIB, "mine.bib", feeds="Nature")
    assert "1 paper of your file is in your list" in page
    assert [each.name for each in collection.store.lists.of(1)] == ["mine"]
    assert followed(collection) == []


def test_a_file_alone_is_enough(collection: Collection, eve: Browser) -> None:
    answer = eve.post(
        "/start", data={"token": eve.csrf}, files={"file": ("mine.bib", BIB)}, headers=OWN, follow_redirects=False
    )
    assert answer.headers["location"] == "/start/papers"


def test_the_progress_is_what_the_journal_says(collection: Collection, eve: Browser) -> None:
    assert "You follow no sources yet" in eve.get("/start/progress").text
    journal = collection.store.journal
    for name in ("arxiv:cs.CL", "arxiv:cs.IR", "hf:daily"):
        journal.add_source(name, now=NOW)
    journal.begin_job("fetch", now=NOW)
    run = Run(source="arxiv:cs.CL", started=NOW, new=12)
    number = journal.start_run(run.source, now=NOW)
    journal.note_run(number, run)
    page = eve.get("/start/progress").text
    assert "0 of 3 sources read, 12 new papers so far." in page
    assert "reading: 12 papers so far" in page
    assert page.count("waiting</span>") == 2
    assert "data-done" not in page
    journal.note_run(number, replace(run, ended=NOW, error="the wire was cut"))
    page = eve.get("/start/progress").text
    assert "The wire was cut" in page or "the wire was cut" in page
    assert "failed after 12 papers" in page
    assert 'action="/start/progress"' not in page
    eve.app.state.site.now.pass_(timedelta(minutes=11))  # type: ignore[attr-defined]
    assert 'action="/start/progress"' in eve.get("/start/progress").text, "what was stopped can be begun again"


def test_papers_of_many_subjects_can_be_marked(collection: Collection, eve: Browser, server: BadServer) -> None:
    eve.press("/start", group="cs.IR")
    page = eve.get("/start/papers").text
    assert page.count('name="paper"') == SHOWN
    for subject in ("Bridge", "Soup", "Owl"):
        assert f"On the {subject}, Part" in page
    assert "You have not marked any paper" in eve.press("/start/papers").text
    token = eve.csrf
    marked = [f"2609.{number:05}" for number in range(ENOUGH)]
    data = {"token": token, "paper": marked}
    gone = eve.post("/start/papers", data={**data, "more": str(SHOWN)}, headers=OWN, follow_redirects=False)
    assert gone.headers["location"] == f"/start/papers?offset={SHOWN}"
    gone = eve.post("/start/papers", data={"token": token}, headers=OWN, follow_redirects=False)
    assert gone.headers["location"] == "/"
    assert len(collection.store.lists.saved(1)) == ENOUGH
    assert "You have saved 5 so far, which is enough to begin" in eve.get("/start/papers").text
    assert "Nothing to pick by yet" not in eve.get("/foryou").text


def test_a_reader_marks_papers_and_chooses_no_sources(collection: Collection) -> None:
    ada = browser(site(collection), member(collection))
    assert ada.get("/start").status_code == 403
    assert ada.get("/start/progress").status_code == 403
    assert "A Shelf Paper on Tiny Encoders" in ada.get("/start/papers").text
    assert ada.press("/start/papers", paper="title:00000000000000aa").headers["location"] == "/"


def test_its_addresses_stay() -> None:
    assert addresses(router) == {
        "GET /start",
        "POST /start",
        "GET /start/progress",
        "POST /start/progress",
        "GET /start/papers",
        "POST /start/papers",
    }
