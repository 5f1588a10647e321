"""Papers where Hugging Face has them: as Markdown, and the way to our page."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from broadsheet.api.huggingface import router
from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.server import create_app
from door_kit import addresses
from site_kit import NOW, ODD_ID


@pytest.mark.parametrize("path", ["/papers/2401.00001.md", "/paper/2401.00001.md", "/papers/arXiv:2401.00001v2.md"])
def test_a_paper_is_there_as_markdown(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.headers["content-type"].startswith("text/markdown")
    assert answer.text.startswith("# Sorting Herbarium Sheets")
    assert "- Page: <http://localhost/paper/2401.00001>" in answer.text


def test_hugging_faces_address_of_a_paper_leads_to_ours(client: TestClient) -> None:
    answer = client.get("/papers/10.5555/odd(1)%3Fx=1%23y%25z", follow_redirects=True)
    assert answer.status_code == 200
    assert str(answer.url) == "http://localhost/paper/10.5555/odd(1)%3Fx=1%23y%25z"
    assert ODD_ID in answer.text
    assert client.get("/papers/nope").status_code == client.get("/papers/nope.md").status_code == 404


def test_its_addresses_stay() -> None:
    assert addresses(router) == {"GET /papers/{id:path}.md", "GET /paper/{id:path}.md", "GET /papers/{id:path}"}


def test_votes_and_comments_here_are_counted_and_the_page_may_be_kept(collection: Collection) -> None:
    store = collection.store
    ada = store.people.add("ada@example.org", "reader", now=NOW).number
    number = store.papers.number("2401.00001") or 0
    client = TestClient(create_app(collection, Settings(), now=lambda: NOW), base_url="http://localhost")
    before = client.get("/papers/2401.00001.md")
    assert "- Votes: 12" in before.text
    tag = {"if-none-match": before.headers["etag"]}
    assert client.get("/papers/2401.00001.md", headers=tag).status_code == 304
    store.reactions.mark("votes", ada, [number], now=NOW)
    after = client.get("/papers/2401.00001.md", headers=tag)
    assert (after.status_code, "- Votes: 13" in after.text) == (200, True)
