"""Handing in papers: what is recognised, who is asked, and what becomes of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from badserver import BadServer, answer
from broadsheet.collection import Collection
from broadsheet.core.errors import SourceError, UsageError
from broadsheet.core.types import Status
from broadsheet.http import Client
from broadsheet.people import submit as verb
from broadsheet.people.submit import recognise, settle, settle_submissions, submit
from broadsheet.sources import crossref, openreview
from fakeclient import FakeClient
from plugin_kit import plug_in
from site_kit import NOW, made

TODAY = date(2026, 10, 2)
ARXIV = b"""<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>http://arxiv.org/abs/2610.00042v1</id>
<title>Weights of Wet Sand</title><summary>We weigh sand.</summary><published>2026-09-30T10:00:00Z</published>
<author><name>Sy Beach</name></author><category term="cs.LG"/></entry></feed>"""
WORK = json.dumps(
    {"id": "https://openalex.org/W77", "doi": "https://doi.org/10.5555/Sand", "title": "Sand by Number",
     "publication_year": 2020}
).encode()  # fmt: skip
NOTE = json.dumps(
    {"notes": [{"id": "Sand_42", "forum": "Sand_42", "content": {"title": {"value": "Sand Reviewed"}}}]}
).encode()
ACL = b"""<collection id="2020.sand"><volume id="main"><meta><booktitle>Sand Talks</booktitle><year>2020</year></meta>
<paper id="1"><title>Sand Said</title><url>2020.sand-main.1</url></paper>
<paper id="2"><title>Sand Sung</title><url>2020.sand-main.2</url></paper></volume></collection>"""
HOSTS = {
    "https://export.arxiv.org/api/query": ARXIV,
    "https://api.openalex.org/works/": WORK,
    "https://api2.openreview.net/notes": NOTE,
    "https://raw.githubusercontent.com/acl-org/": ACL,
}


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path / "c", synced=False) as collection:
        collection.store.people.add_sole(now=NOW)
        yield collection


@pytest.mark.parametrize(
    ("typed", "kind", "name"),
    [
        ("2401.12345v2", "arxiv", "2401.12345"),
        (" arXiv:hep-th/9901001 ", "arxiv", "hep-th/9901001"),
        ("https://arxiv.org/pdf/2401.12345v3.pdf", "arxiv", "2401.12345"),
        ("https://papers.example/papers/2401.12345", "arxiv", "2401.12345"),
        ("https://doi.org/10.48550/arXiv.2401.12345", "arxiv", "2401.12345"),
        ("10.1145/3366423.3380000", "doi", "10.1145/3366423.3380000"),
        ("https://press.example/doi/pdf/10.1126/Abc.1234?download=true", "doi", "10.1126/abc.1234"),
        ("https://press.example/doi/10.1002/abc.123/full", "doi", "10.1002/abc.123"),
        ("https://openreview.net/forum?id=AbC_d-12", "openreview", "AbC_d-12"),
        ("openreview:AbCd_12", "openreview", "AbCd_12"),
        ("https://aclanthology.org/2020.acl-main.1/", "acl", "2020.acl-main.1"),
        ("https://aclanthology.org/P18-1001.pdf", "acl", "P18-1001"),
        ("10.18653/v1/2020.acl-main.1", "acl", "2020.acl-main.1"),
    ],
)
def test_identifiers_are_found_in_what_was_typed(typed: str, kind: str, name: str) -> None:
    wanted = recognise(typed)
    assert (wanted.kind, wanted.name) == (kind, name)
    assert recognise(wanted.id) == wanted, "what is kept is recognised again"


@pytest.mark.parametrize(
    "typed", ["", "hello", "http://127.0.0.1/admin", "file:///etc/passwd", "http://[", "http://169.254.169.254/10.1/x"]
)
def test_other_things_are_refused_with_examples(typed: str) -> None:
    with pytest.raises(UsageError, match=r"2401\.12345"):
        recognise(typed)


@given(st.text(max_size=200))
def test_anything_may_be_typed(typed: str) -> None:
    try:
        wanted = recognise(typed)
    except UsageError:
        return
    assert recognise(wanted.id) == wanted


@given(st.sampled_from(["http://10.0.0.1/?q=", "https://evil.example/", "//h/", "x"]), st.text(max_size=30))
def test_only_hosts_of_our_own_are_asked(start: str, tail: str) -> None:
    try:
        wanted = recognise(f"{start}{tail}10.5555/sand{tail}")
    except UsageError:
        return
    client = FakeClient({})
    with pytest.raises(SourceError):
        verb._records(wanted, client)
    assert client.asked
    assert all(address.startswith(tuple(HOSTS)) for address in client.asked)


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("https://arxiv.org/abs/2610.00042", "Weights of Wet Sand"),
        ("https://press.example/doi/10.5555/sand", "Sand by Number"),
        ("https://openreview.net/forum?id=Sand_42", "Sand Reviewed"),
        ("https://aclanthology.org/2020.sand-main.2", "Sand Sung"),
    ],
)
def test_a_paper_is_fetched_and_listed_today(collection: Collection, typed: str, title: str) -> None:
    kept = submit(collection, typed, 1, now=NOW)
    assert kept.state == "queued"
    done = settle(collection, kept, FakeClient(HOSTS), now=NOW, today=TODAY)
    assert (done.state, done.said) == ("found", "")
    document = collection.store.papers.by_numbers([done.number])[done.number]
    assert document.title == title
    assert document.listed == TODAY
    assert document.source.startswith("submitted:")


def test_the_paper_of_a_plug_in_is_looked_up_where_its_names_mean_papers(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    for attributes in ({}, {"single": False}):
        plug_in(monkeypatch, **attributes)
        with pytest.raises(UsageError, match="does not identify a paper"):
            submit(collection, "strange:42", 1, now=NOW)
    plug_in(monkeypatch, single=True)
    kept = submit(collection, " strange:42 ", 1, now=NOW)
    assert kept.state == "queued"
    settled = settle(collection, kept, FakeClient({}), now=NOW, today=TODAY)
    paper = collection.store.papers.get("strange:42")
    assert settled.state == "found"
    assert paper is not None
    assert (paper.title, paper.source, paper.listed) == ("A Strange Study of 42", "submitted:strange", TODAY)


def test_a_work_of_crossref_is_submitted_by_its_doi(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    def source(name: str, *, client: Any = None) -> Any:
        return crossref.named(name.removeprefix("crossref:"), client=client)

    monkeypatch.setattr("broadsheet.names.source", source)
    work = {"DOI": "10.5555/SAND", "title": ["Sand by Number"], "updated-by": [{"type": "retraction"}]}
    client = FakeClient({f"{crossref.API}/10.5555/sand": json.dumps({"message": work}).encode()})
    settled = settle(collection, submit(collection, "crossref:10.5555/Sand", 1, now=NOW), client, now=NOW, today=TODAY)
    paper = collection.store.papers.get("10.5555/sand")
    assert (settled.state, paper and paper.status) == ("found", Status("retracted", "crossref"))
    missing = submit(collection, "crossref:10.5555/none", 1, now=NOW)
    assert settle(collection, missing, FakeClient({crossref.API: 404}), now=NOW, today=TODAY).state == "failed"


def test_what_is_here_is_found_without_asking(collection: Collection) -> None:
    kept = submit(collection, "https://arxiv.org/abs/2401.00001", 1, now=NOW)
    assert (kept.state, kept.said) == ("found", "It was here already.")
    assert settle_submissions(collection, FakeClient({}), now=NOW, today=TODAY) == "nothing was submitted"


def test_offline_it_waits_and_is_tried_again(collection: Collection) -> None:
    kept = submit(collection, "2610.00042", 1, now=NOW)
    assert settle_submissions(collection, FakeClient({}), now=NOW, today=TODAY) == "1 waiting"
    (waiting,) = collection.store.desk.submissions("queued", person=1)
    assert "unknown" in waiting.said
    assert waiting.tried == NOW
    assert submit(collection, "arXiv:2610.00042v2", 1, now=NOW).id == kept.id, "asked for once"
    assert settle_submissions(collection, FakeClient(HOSTS), now=NOW, today=TODAY) == "1 found"


def test_after_two_weeks_it_is_given_up(collection: Collection) -> None:
    kept = submit(collection, "2610.00042", 1, now=NOW)
    later = NOW + timedelta(days=15)
    assert settle(collection, kept, FakeClient({}), now=later, today=TODAY).state == "failed"
    assert submit(collection, "2610.00042", 1, now=later).state == "queued", "asked for anew it is tried anew"


@pytest.mark.parametrize(
    "answer_", [404, b'{"id": "https://openalex.org/W9", "doi": "https://doi.org/10.5555/other", "title": "Other"}',
                b'{"results": []}', b'{"results": [7]}']
)  # fmt: skip
def test_another_paper_or_none_is_no_find(collection: Collection, answer_: object) -> None:
    kept = submit(collection, "10.5555/sand", 1, now=NOW)
    done = settle(collection, kept, FakeClient({"https://api.openalex.org/": answer_}), now=NOW, today=TODAY)
    assert done.state == "failed"
    assert "does not know the paper 10.5555/sand" in done.said
    assert collection.store.papers.number("10.5555/other") is None


@pytest.mark.parametrize("answer_", [500, 429, b"<html>", b"\xff\x00"])
def test_a_host_that_is_unwell_is_asked_again(collection: Collection, answer_: object) -> None:
    kept = submit(collection, "10.5555/sand", 1, now=NOW)
    client = FakeClient({"https://api.openalex.org/": answer_})
    assert settle(collection, kept, client, now=NOW, today=TODAY).state == "queued"


def test_with_the_real_client(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    with BadServer() as server:
        monkeypatch.setattr(openreview, "API", server.url("/notes"))
        server.on("/notes", answer(200, NOTE))
        kept = submit(collection, "https://openreview.net/pdf?id=Sand_42", 1, now=NOW)
        refused = settle(collection, kept, Client(), now=NOW, today=TODAY)
        assert refused.state == "queued", "private addresses are not asked"
        assert server.requests == []
        assert settle(collection, kept, Client(allow_private=True), now=NOW, today=TODAY).state == "found"
        assert [path for path, _ in server.requests] == ["/notes?id=Sand_42"]
