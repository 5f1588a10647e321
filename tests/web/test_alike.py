"""Why two papers are alike, as a page: for readers, and only so often."""

from __future__ import annotations

from fastapi.testclient import TestClient

from broadsheet.collection import Collection
from broadsheet.web.alike import router
from door_kit import addresses
from people_kit import browser, member, site
from site_kit import PAPERS

ADDRESS = f"/alike?one={PAPERS[0].id}&other={PAPERS[1].id}"


def test_two_papers_are_compared(client: TestClient) -> None:
    answer = client.get(ADDRESS)
    assert answer.status_code == 200
    assert 'id="alike"' in answer.text
    assert "The cosine of their vectors is" in answer.text
    assert "Knots in the Old Archive" in answer.text


def test_a_hostile_title_is_escaped(client: TestClient) -> None:
    text = client.get("/alike?one=2401.00001&other=bad:1").text
    assert "<script>alert" not in text
    assert "&amp; &#34;quoted&#34;" in text


def test_what_cannot_be_compared_is_refused(client: TestClient) -> None:
    assert client.get("/alike?one=2401.00001&other=2401.00001").status_code == 400
    assert client.get("/alike?one=2401.00001&other=none").status_code == 404
    assert client.get("/alike?one=2401.00001").status_code == 422
    assert client.get(f"/alike?one=2401.00001&other={'x' * 501}").status_code == 422


def test_it_is_done_only_so_often(collection: Collection) -> None:
    app = site(collection)
    reader, stranger = browser(app, member(collection)), browser(app)
    assert stranger.get(ADDRESS, follow_redirects=False).headers["location"].startswith("/sign-in?")
    answers = [reader.get(f"/alike?one=none&other={number}").status_code for number in range(61)]
    assert answers[0] == 404
    assert answers[-1] == 429


def test_its_addresses_stay() -> None:
    assert addresses(router) == {"GET /alike"}
