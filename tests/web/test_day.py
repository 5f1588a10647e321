"""The pages of days, weeks and months."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from broadsheet.config import Settings
from broadsheet.core.types import Document
from broadsheet.server import create_app
from broadsheet.web.day import router
from door_kit import addresses
from site_kit import FILLERS, HOSTILE, NOW, PAPERS, made

DAY = date(2026, 10, 1)
CONF = Document(
    id="conf:9", title="Herring Counts by Sonar", authors=("Eva Net",), year=2026, venue="FISH", source="csv:c"
)
DAYS = (
    Document(
        id="2610.00001", title="Herring Counts by Sonar", text="We count herring.", authors=("Eva Net",), listed=DAY,
        votes=3, version=2, updated=DAY, categories=("cs.SD",), source="hf:daily",
    ),
    Document(
        id="2610.00002", title="Gulls by Ear", authors=("Uma Gull",), announced=DAY, votes=8, categories=("cs.CV",),
        source="arxiv:cs.CV", extra={"comment": "Withdrawn by the authors"},
    ),
    Document(id="bad:9", title=HOSTILE, listed=DAY, venue='"><script>alert(3)</script>', source="jsonl:<u>b</u>"),
    CONF,
)  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with made(tmp_path_factory.mktemp("days"), PAPERS + FILLERS + DAYS, synced=False) as collection:
        yield TestClient(create_app(collection, Settings(), now=lambda: NOW), base_url="http://localhost")


def test_the_front_page_is_the_latest_day(site: TestClient) -> None:
    text = site.get("/").text
    assert "Thursday, <time" in text
    assert "1 October 2026" in text
    assert text.index("Gulls by Ear") < text.index("Herring Counts")
    assert "3 papers" in text
    assert '<link rel="prev" href="/day/2026-09-30">' in text
    assert "Tiny Encoders" not in text
    latest = site.get("/latest", follow_redirects=False)
    assert latest.headers["location"] == "/day/2026-10-01"


def test_without_days_the_front_page_shows_what_there_is(tmp_path: Path) -> None:
    with made(tmp_path, (PAPERS[1],), synced=False) as collection:
        client = TestClient(create_app(collection, Settings(), now=lambda: NOW), base_url="http://localhost")
        assert "Newest papers" in client.get("/").text


def test_a_card_says_where_else_it_appeared_and_its_state(site: TestClient) -> None:
    text = site.get("/day/2026-10-01").text.partition("<main")[2]
    assert 'Also in <a href="/paper/conf:9"><bdi>FISH, 2026</bdi></a>' in text
    assert "version 2, 1 October 2026" in text
    assert ">withdrawn (arXiv)<" in text
    assert text.count(">Herring Counts by Sonar<") == 1
    assert "<script>alert" not in text


def test_a_papers_own_page_says_so_too(site: TestClient) -> None:
    text = site.get("/paper/conf:9").text
    assert 'Also in <a href="/paper/2610.00001"><bdi>hf:daily, 1 October 2026</bdi></a>' in text
    assert ">Withdrawn (arXiv)<" in site.get("/paper/2610.00002").text


def test_weeks_and_months(site: TestClient) -> None:
    assert "Week 40 of 2026" in site.get("/week/2026-W40").text
    month = site.get("/month/2026-10").text
    assert "October 2026" in month
    assert 'href="/month/2026-09"' in month


def test_order_and_filters_live_in_the_address(site: TestClient) -> None:
    text = site.get("/day/2026-10-01?sort=newest&category=cs&without_category=cs.CV&source=&has_code=").text
    assert "Herring Counts" in text
    assert "Gulls" not in text
    assert '<option value="newest" selected>' in text
    assert 'href="/week/2026-W40?sort=newest&amp;category=cs&amp;without_category=cs.CV"' in text
    assert 'rel="prev"' not in text, "no day before it has such a paper"
    assert "No paper of this day meets the filters" in site.get("/day/2026-10-01?has_code=true").text


def test_an_empty_day_says_why_and_leads_on(site: TestClient) -> None:
    text = site.get("/day/2026-09-26").text
    assert "A Saturday" in text
    assert 'rel="next" href="/day/2026-09-30"' in text


def test_the_front_page_says_why_it_shows_a_day_that_is_over(site: TestClient) -> None:
    text = site.get("/").text
    assert "Today, <time" in text
    assert "has no papers. No source has listed a paper on this day so far." in text
    assert "has no papers" not in site.get("/day/2026-09-30").text


def test_trending_on_a_day_that_is_over_is_shown_as_it_was_then(site: TestClient) -> None:
    text = site.get("/day/2026-10-01?sort=trending").text
    assert "Interest then" in text
    assert "Interest then 0.0" not in text
    assert "by their scores at the end of the day" in text


@pytest.mark.parametrize(
    ("address", "status"),
    [("/day/2026-13-01", 404), ("/day/2026-W40", 404), ("/week/x", 404), ("/?sort=stars", 400), ("/?offset=-1", 422)],
)
def test_an_invalid_day_gets_a_message(site: TestClient, address: str, status: int) -> None:
    answer = site.get(address)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")


def test_a_long_day_comes_in_parts(tmp_path: Path) -> None:
    many = [Document(id=f"m:{n:03}", title=f"Study {n} of Eels", text="Eels. " * 200, listed=DAY, source="hf:daily")
            for n in range(120)]  # fmt: skip
    with made(tmp_path, many, synced=False) as collection:
        client = TestClient(create_app(collection, Settings(), now=lambda: NOW), base_url="http://localhost")
        first = client.get("/day/2026-10-01")
        assert "1–50 of 120" in first.text
        assert len(first.content) < 150_000
        assert "101–120 of 120" in client.get("/day/2026-10-01?offset=100").text


def test_a_day_begins_where_the_instance_is(tmp_path: Path) -> None:
    with made(tmp_path, (), synced=False) as collection:
        for zone, day in (("Pacific/Kiritimati", "2026-10-03"), ("Pacific/Pago_Pago", "2026-10-02")):
            app = create_app(collection, Settings(zone=zone), now=lambda: NOW)
            leads = TestClient(app, base_url="http://localhost").get("/latest", follow_redirects=False)
            assert leads.headers["location"] == f"/day/{day}"


def test_only_what_matches_plain_words(tmp_path: Path) -> None:
    with made(tmp_path, PAPERS + FILLERS + DAYS) as collection:
        client = TestClient(create_app(collection, Settings(), now=lambda: NOW), base_url="http://localhost")
        text = client.get("/day/2026-10-01?match=herring+sonar&least=0.2&category=cs.SD&sort=newest").text
        assert "Herring Counts" in text
        assert "Gulls" not in text
        assert "1 paper that meets the filters" in text
        assert 'name="match" value="herring sonar"' in text
        assert "<option selected>0.2</option>" in text
        assert "match=herring+sonar&amp;least=0.2" in text.split('aria-label="Day, week or month"')[1]
        assert (
            "No paper of this day meets the filters; without them there are 3"
            in client.get("/day/2026-10-01?match=quilts").text
        )
        assert client.get("/?match=quilts").status_code == 200
        assert client.get("/day/2026-10-01?match=+&least=fair").text.count('<article class="card') == 3
        wrong = client.get("/day/2026-10-01?match=gulls&least=fari")
        assert (wrong.status_code, "Did you mean fair" in wrong.text) == (400, True)
        assert '<option value="fair" selected>' in client.get("/day/2026-10-01?match=gulls&least=fair").text
        found = client.get("/api/daily?period=2026-10-01&match=herring+sonar,+not+about+gulls&least=0.3").json()
        assert [item["paper"]["id"] for item in found["items"]] == ["2610.00001"]
        hostile = client.get("/day/2026-10-01", params={"match": HOSTILE}).text
        assert "<script>alert(1)" not in hostile


def test_its_addresses_stay() -> None:
    assert addresses(router) == {
        "GET /",
        "GET /day/{name}",
        "GET /latest",
        "GET /month/{name}",
        "GET /week/{name}",
        "POST /read",
    }


def test_an_estimated_day_is_marked_wherever_it_is_shown(tmp_path: Path) -> None:
    late = Document(id="2610.00007", title="Seals by Drone", estimated=DAY, first_seen=DAY, source="arxiv:cs.CV")
    with made(tmp_path, (*DAYS, late), synced=False) as collection:
        client = TestClient(create_app(collection, Settings(), now=lambda: NOW), base_url="http://localhost")
        day, week = client.get("/day/2026-10-01").text, client.get("/week/2026-W40").text
        assert day.count("<span>day estimated</span>") == 1
        assert week.count("</time> (estimated)</span>") == 1
        assert client.get("/trending").text.count("</time> (estimated)</span>") == 1
        paper = client.get("/paper/2610.00007").text
        assert "Announced (estimated)" in paper
        assert "First seen" in paper
        assert "estimated)" not in client.get("/paper/2610.00001").text
        (item,) = [each for each in client.get("/api/daily").json()["items"] if each["paper"]["id"] == late.id]
        assert (item["day"], item["paper"]["estimated"], item["paper"]["first_seen"]) == (str(DAY),) * 3
        (entry,) = [each for each in client.get("/feeds/day/2026-10-01.json").json()["items"] if late.id in each["url"]]
        assert entry["_paper"]["estimated"] == str(DAY)
        markdown = client.get(f"/papers/{late.id}.md").text
        assert "2026-10-01 (estimated)" in markdown


def test_a_day_says_of_itself_what_it_is(client: TestClient) -> None:
    text = client.get("/day/2026-09-30").text
    assert '<meta property="og:title" content="Wednesday, 30 September 2026">' in text
    assert '<meta property="og:description" content="Sorting Herbarium Sheets by Leaf Outline">' in text
    assert '<meta property="og:url" content="http://localhost/day/2026-09-30">' in text
