"""The list of topics and the page of one, and topics on the pages of papers, days, searches and trends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from broadsheet.collection import Collection
from broadsheet.core.types import Document
from broadsheet.store.topics import Placed
from broadsheet.web.search import MOST_TOPICS
from broadsheet.web.topics import bars, router
from door_kit import addresses
from page_kit import Read, page
from people_kit import Browser, browser, member, site
from site_kit import FILLERS, NOW, PAPERS, made
from topics_kit import KNOTS, LEAVES, TIDES, plant

TODAY = NOW.date()
CROWD = tuple(
    Document(
        id=f"crowd:{n:03}", title=f"A Paper of the Crowd, Number {n}", text=f"Sails and tides, part {n}.",
        authors=("Flo Sand", f"Guest {n}"), announced=TODAY - timedelta(days=n % 84), votes=n % 3,
        source="jsonl:crowd", keywords=("tidal waves", 'a "quoted" word'),
    )
    for n in range(120)
)  # fmt: skip


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path / "c", (*PAPERS, *FILLERS, *CROWD), synced=False) as collection:
        numbers = collection.store.papers.numbers([each.id for each in (*PAPERS, *FILLERS, *CROWD)])
        placed = {number: (TIDES, 0.5 + number / 1_000) for name, number in numbers.items() if name[:4] == "fill"}
        placed |= {number: (TIDES, 0.4) for name, number in numbers.items() if name[:5] == "crowd"}
        placed |= {numbers["2401.00001"]: (LEAVES, 0.9), numbers["bad:1"]: (KNOTS, 0.3)}
        plant(collection, placed)
        yield collection


@pytest.fixture
def visitor(collection: Collection) -> Browser:
    return browser(site(collection))


def crowd_into(collection: Collection, topic: int, most: int) -> None:
    """Place the papers of the last days in a topic: as many of them."""
    numbers = collection.store.papers.numbers(
        [each.id for each in CROWD if each.day and TODAY - each.day < timedelta(7)]
    )
    collection.store.topics.place([Placed(number, topic, 0.4, 0) for number in list(numbers.values())[:most]])


def test_its_addresses_stay() -> None:
    assert addresses(router) == {"GET /topics", "GET /topic/{name}"}


def test_the_list_has_fields_with_their_topics_and_counts(visitor: Browser) -> None:
    text, read = page(visitor, "/topics")
    assert [each for each in read.links() if each.startswith("/topic/")] == [
        "/topic/2-seas", "/topic/4-tide-tables", "/topic/5-knots-and-ropes", "/topic/1-plants", "/topic/3-leaf-outlines"
    ]  # fmt: skip
    assert "151 papers" in text
    assert "No topic has clearly more papers in the last 31 days than its past predicts." in text


def test_without_topics_pages_say_why(tmp_path: Path) -> None:
    with made(tmp_path / "none") as collection:
        visitor = browser(site(collection))
        assert "There are no topics yet. They are made in the background" in visitor.get("/topics").text
        assert "no topics yet" in visitor.get("/trending").text
        assert visitor.get("/topic/1").status_code == 404
        assert "Topics among" not in visitor.get("/search?q=tide").text


def test_a_topic_says_what_it_is(visitor: Browser) -> None:
    text, read = page(visitor, "/topic/4-tide-tables")
    assert '<h1 class="day"><bdi>Tide tables</bdi></h1>' in text
    assert "150 papers" in text
    links = read.links()
    assert "/topic/2-seas" in links  # its field
    assert "/search?q=%22tide+tables%22&topic=4-tide-tables" in links
    assert "/search?topic=4-tide-tables" in links
    assert "/author/Flo%20Sand" in links
    assert "120 papers" in text
    assert "Guest 1" not in re.sub(r'<span class="people">.*?</span>', "", text)  # one paper each
    assert "/feeds/topic/4.atom" in links
    headings = re.findall(r"<h[123][^>]*>(?:<[^>]+>)*([^<]+)", text)
    assert headings.index("Most typical") + 1 == headings.index("Filler Study Number 29 on Tide Tables")
    assert headings.index("Latest papers") + 1 == headings.index("A Paper of the Crowd, Number 84")
    assert headings.index("Most votes") > headings.index("Latest papers")
    assert "Follow" not in text  # a stranger


def test_the_weeks_are_drawn_and_told(visitor: Browser) -> None:
    text, read = page(visitor, "/topic/4-tide-tables")
    drawn = [given for tag, given in read.elements if tag == "rect"]
    assert len(drawn) == 52
    [label] = [given["aria-label"] for _, given in read.elements if given.get("class") == "weeks"]
    assert label.startswith("Papers a week over 52 weeks: 120 in all, at most 14, in the week of ")
    assert not [given for _, given in read.elements if "style" in given]
    rows = re.findall(r'<tr><th scope="row"><time datetime="([\d-]+)">[^<]*</time></th><td>(\d+)</td></tr>', text)
    assert sum(int(papers) for _, papers in rows) == 120
    assert rows[0][0] == "2026-09-28"
    quiet, read = page(visitor, "/topic/5")
    assert not [given for _, given in read.elements if given.get("class") == "weeks"]
    assert "No paper of it has a day in the last 52 weeks." in quiet


def test_bars_are_as_high_as_their_weeks() -> None:
    weeks = [(date(2026, 9, 7), 0), (date(2026, 9, 14), 5), (date(2026, 9, 21), 10), (date(2026, 9, 28), 1)]
    read = Read(str(bars(weeks)))
    assert [float(given["height"]) for tag, given in read.elements if tag == "rect"] == [0, 29, 58, 5.8]
    assert [given["class"] for tag, given in read.elements if tag == "rect"] == ["week"] * 3 + ["open"]
    assert "at most 10, in the week of 21 September 2026, 10 in the last whole week." in str(bars(weeks))
    assert bars([(date(2026, 9, 7), 0)]) == ""


def test_a_field_shows_its_topics(visitor: Browser) -> None:
    text, read = page(visitor, "/topic/2-seas")
    assert "A field with 2 topics" in text
    assert {"/topic/4-tide-tables", "/topic/5-knots-and-ropes"} <= set(read.links())


def test_only_the_number_counts(collection: Collection, visitor: Browser) -> None:
    for path in ("/topic/4", "/topic/4-", "/topic/4-an-old-name"):
        answer = visitor.get(path, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (307, "/topic/4-tide-tables"), path
        assert "no-cache" in answer.headers["cache-control"]  # a name may come back
    collection.store.topics.join(KNOTS, TIDES)
    assert visitor.get("/topic/5-knots-and-ropes", follow_redirects=False).headers["location"] == "/topic/4-tide-tables"
    collection.store.topics.rename(TIDES, "Ebb & flow <b>")
    answer = visitor.get("/topic/4-tide-tables")
    assert answer.url.path == "/topic/4-ebb-flow-b"
    assert "<b>" not in answer.text
    for path in ("/topic/99", "/topic/word-embeddings", "/topic/0", "/topic/" + "9" * 40, "/topic/%3Cscript%3E"):
        answer = visitor.get(path)
        assert answer.status_code == 404, path
        assert "/topics" in answer.text
        assert "<script>" not in answer.text.split("<main")[1]


def test_names_in_other_scripts_have_addresses_that_work(collection: Collection, visitor: Browser) -> None:
    collection.store.topics.rename(TIDES, "Gezeiten für 潮汐")
    answer = visitor.get("/topic/4")
    assert answer.status_code == 200
    assert "Gezeiten für 潮汐" in answer.text


def test_a_reader_follows_and_unfollows(collection: Collection) -> None:
    reader = member(collection)
    own = browser(site(collection), reader)
    assert "Follow this topic" in own.get("/topic/4-tide-tables").text
    own.press("/topics/follow", "/topic/4-tide-tables", topic=TIDES, next="/topic/4-tide-tables")
    assert collection.store.follows.topics_of(reader.number) == [TIDES]
    assert "Unfollow this topic" in own.get("/topic/4-tide-tables").text
    own.press("/topics/follow", "/topic/4-tide-tables", topic=TIDES, undo="1", next="/topic/4-tide-tables")
    assert collection.store.follows.topics_of(reader.number) == []
    assert "Follow this field" in own.get("/topic/2-seas").text


def test_rising_topics_lead_the_first_trending_page(collection: Collection, visitor: Browser) -> None:
    assert 'class="risers"' not in visitor.get("/trending").text
    crowd_into(collection, KNOTS, 12)
    text, read = page(visitor, "/trending")
    assert "Rising topics" in text
    assert re.search(r"12 papers in 7 days; its past 11 weeks predict 0\.\d\. \d+ votes on them\.", text)
    assert text.index('class="risers"') < text.index("<article")
    assert "/topic/5-knots-and-ropes" in read.links()
    assert 'class="risers"' not in visitor.get("/trending?offset=5").text
    assert "12 papers in 7 days" in visitor.get("/topics").text


def test_a_paper_leads_to_its_topic_categories_and_keywords(visitor: Browser) -> None:
    links = page(visitor, "/paper/2401.00001")[1].links()
    assert "/topic/3-leaf-outlines" in links
    assert "/search?category=cs.CV" in links
    assert "/search?q=%22tidal+waves%22" in page(visitor, "/paper/crowd:001")[1].links()
    assert "/search?q=%22a++quoted++word%22" in page(visitor, "/paper/crowd:001")[1].links()
    assert not [each for each in page(visitor, "/paper/bad:2")[1].links() if each.startswith("/topic/")]


def test_a_day_counts_its_topics_and_filters_by_one(collection: Collection, visitor: Browser) -> None:
    month = TODAY.replace(day=1) - timedelta(days=1)
    name = f"{month:%Y-%m}"
    crowd_into(collection, KNOTS, 3)
    text, read = page(visitor, f"/month/{name}")
    assert "Narrower topics" in text
    assert f"/month/{name}?topic=5-knots-and-ropes" in read.links()
    assert "/search?category=cs.CV" in page(visitor, "/day/2026-09-30")[1].links()
    text, _ = page(visitor, f"/month/{name}?topic=5-knots-and-ropes")
    assert re.search(r"\d papers? that meets? the filters", text)
    assert 'name="topic" value="5-knots-and-ropes"' in text
    assert f'/month/{name}"><bdi>knots and ropes</bdi> <span aria-hidden="true">×' in text  # and back


def test_search_counts_topics_and_filters_by_one(collection: Collection) -> None:
    visitor = browser(site(collection))
    text, read = page(visitor, "/search?since=2020")
    among = re.findall(r"<h3>Topic</h3>.*?</ul>", text, re.DOTALL)
    assert len(among) == 2, "in the rail, and in the menu of a narrow screen"
    assert all(1 < each.count("<li>") <= MOST_TOPICS for each in among)
    assert "/search?since=2020-01-01&topic=4-tide-tables" in [each.replace("&amp;", "&") for each in read.links()]
    text, _ = page(visitor, "/search?topic=3-leaf-outlines")
    assert "Sorting Herbarium Sheets" in text
    assert re.search(r"[Tt]opic <bdi>leaf outlines</bdi>", text)
    assert 'name="topic" value="3-leaf-outlines"' in text


def test_the_page_on_ranking_explains_topics(visitor: Browser) -> None:
    assert 'id="topics"' in visitor.get("/how").text


def test_a_topic_says_of_itself_what_it_is(tmp_path: Path) -> None:
    with made(tmp_path / "c", FILLERS[:5], synced=False) as collection:
        plant(collection, {1: (TIDES, 0.5)})
        text = browser(site(collection)).get("/topic/4-tide-tables").text
    assert '<meta property="og:title" content="Tide tables">' in text
    assert '<meta property="og:description" content="Papers on tide tables">' in text
    assert re.search('<link rel="canonical" href="https?://[^/"]+/topic/4-tide-tables">', text)
