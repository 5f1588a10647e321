"""Trending as a page, in the API and on the command line: every score shows its parts."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from broadsheet.cli.app import app
from broadsheet.core.types import Document
from broadsheet.daily.why_empty import long_date
from broadsheet.sync import sync
from broadsheet.trending.curve import Curve
from broadsheet.trending.prior import learn
from broadsheet.trending.ranking import explain, origin, trending_feed
from broadsheet.web.trending import bars, router
from door_kit import addresses
from people_kit import browser, member, site
from site_kit import NOW, made

TODAY = NOW.date()
PAPERS = (
    Document(id="r:1", title="Foxes Crossing at Dusk", listed=TODAY, votes=4, source="hf:daily"),
    Document(id="r:2", title="Foxes <b>Crossing</b> at Dawn", listed=TODAY - timedelta(days=2), source="hf:daily"),
    Document(id="r:3", title="Tin Roofs and Rain", listed=TODAY - timedelta(days=20), votes=50, source="hf:daily"),
)


def test_the_page_opens_every_number(tmp_path: Path) -> None:
    with made(tmp_path, PAPERS) as collection:
        visitor = browser(site(collection))
        text = visitor.get("/trending").text
        assert text.index("at Dusk") < text.index("at Dawn")
        assert "Tin Roofs" not in text
        assert "A paper gets 1 when it is listed; this one was listed 2.5 days ago." in text
        assert "the weeks before predict" in text
        assert "half after 36 hours" in text
        assert "a small bonus if their topic is growing" in text
        assert "<b>Crossing" not in text
        assert "Tin Roofs" in visitor.get("/trending?days=31").text
        assert "why it trends" in visitor.get(f"/day/{TODAY}?sort=trending").text
        assert "why it trends" not in visitor.get(f"/day/{TODAY}").text
        assert visitor.get("/trending?days=99").status_code == 422


def test_the_terms_add_up(tmp_path: Path) -> None:
    with made(tmp_path, PAPERS) as collection:
        answer = browser(site(collection)).get("/api/trending?days=31").json()
        assert [each["paper"]["id"] for each in answer["items"]] == ["r:1", "r:2", "r:3"]
        for item in answer["items"]:
            assert sum(term["worth"] for term in item["terms"]) == pytest.approx(item["interest"])
            days = NOW.timestamp() / 86_400
            assert math.log2(item["interest"]) + days / answer["halfLife"] == pytest.approx(item["score"])
        assert answer["prior"] is None
        assert answer["items"][0]["near"] is not None


def test_a_vote_on_the_site_moves_a_paper_up_and_back(tmp_path: Path) -> None:
    with made(tmp_path, PAPERS) as collection:
        reader = browser(site(collection), member(collection))

        def first() -> tuple[str, list[str]]:
            item = reader.get("/api/trending").json()["items"][0]
            return item["paper"]["id"], [term["name"] for term in item["terms"]]

        assert first() == ("r:1", ["listed", "expected", "votes"])
        for page in ("/act/vote", "/save"):
            reader.press(page, "/trending", paper="r:2")
        reader.press("/comments", "/trending", paper="r:2", text="Worth a look, worth a second one.")
        for _ in range(12):
            reader.press("/comments", "/trending", paper="r:2", text="And again.")
        assert first() == ("r:2", ["listed", "expected", "votes", "comments", "saves"])
        numbers = list(collection.store.papers.numbers(["r:2"]).values())
        assert str(collection.store.trends.rows(numbers)[0].heard).startswith("15 "), "the act wrote its row"
        assert (bodies := collection.store.trends.bodies(numbers))
        reader.press("/act/vote", "/trending", paper="r:2", undo="1")
        assert collection.store.trends.bodies(numbers) != bodies
        assert "votes" not in [term["name"] for term in reader.get("/api/trending").json()["items"][0]["terms"]]


def test_a_prior_says_where_it_comes_from(tmp_path: Path) -> None:
    past = [
        Document(id=f"past:{n}", title=f"{'Foxes' if n % 2 else 'Roofs'} number {n}", votes=n % 2 * 20 + n % 5,
                 listed=TODAY - timedelta(days=4 + n // 6), source="hf:daily")
        for n in range(180)
    ]  # fmt: skip
    with made(tmp_path, (*PAPERS, *past)) as collection:
        made_prior = learn(collection, now=NOW)
        told = origin(collection)
        assert "were learned on 2 October 2026 from 182 papers of 31 days" in told or "of 30 days" in told
        assert f"Spearman correlation of {made_prior.ridge.agreement:.2f}" in told
        answer = browser(site(collection)).get("/api/trending").json()
        assert answer["prior"]["spearman"] == pytest.approx(made_prior.ridge.agreement)
        assert answer["items"][0]["text"] is not None
        assert "Its text predicts" in answer["items"][0]["terms"][1]["why"]


def test_the_same_work_trends_once(tmp_path: Path) -> None:
    copy = Document(id="copy:1", title="Foxes Crossing at Dusk", announced=TODAY, source="arxiv:cs.CV")
    papers = (*PAPERS[1:], *(Document(id="r:1", title="Foxes Crossing at Dusk", listed=TODAY, votes=4,
              authors=("Ann Fox",), source="hf:daily"), copy))  # fmt: skip
    with made(tmp_path, papers) as collection:
        cards = trending_feed(collection, now=NOW).cards
        assert [card.document.id for card in cards].count("copy:1") + [card.document.id for card in cards].count(
            "r:1"
        ) == (1 if cards[0].others else 2)
        assert set(explain(collection, cards, now=NOW)) == {card.document.id for card in cards}


def test_the_command_line_says_it_too(tmp_path: Path) -> None:
    now = NOW.now(NOW.tzinfo)
    recent = [
        Document(id=f"x:{n}", title=f"Foxes {n}", votes=n, listed=now.date() - timedelta(days=n), source="hf:daily")
        for n in range(30)
    ]
    with made(tmp_path, recent) as collection:
        sync(collection)
    run = CliRunner()
    words = run.invoke(app, ["trending", "--data", str(tmp_path), "--days", "3"])
    assert words.exit_code == 0, words.output
    assert "listed: A paper gets 1 when it is listed" in words.output
    printed = json.loads(run.invoke(app, ["trending", "--data", str(tmp_path), "--json", "-k", "2"]).stdout)
    assert (len(printed["items"]), printed["more"]) == (2, True)
    assert sum(term["worth"] for term in printed["items"][0]["terms"]) == pytest.approx(printed["items"][0]["interest"])
    learned = run.invoke(app, ["trending", "--data", str(tmp_path), "--learn"])
    assert "Learned from 27 papers of 27 days" in learned.output


def test_a_list_says_places_changes_and_what_is_known_of_votes(tmp_path: Path) -> None:
    read = [replace(PAPERS[1], votes=9), replace(PAPERS[2], listed=TODAY - timedelta(days=4), votes=8)]
    with made(tmp_path, read, synced=False) as collection:
        put = collection.store.papers.put
        with collection.store.writing() as db:
            db.execute("UPDATE records SET heard = ?", ((NOW - timedelta(days=2, hours=1)).isoformat(),))
        put([replace(read[1], votes=12)], now=NOW - timedelta(days=1, hours=3))
        put([replace(read[1], votes=90)], now=NOW - timedelta(hours=3))
        put([PAPERS[0]], now=NOW - timedelta(hours=1))
        visitor = browser(site(collection))
        text = visitor.get("/trending").text
        first, second, third = re.findall(r'<div class="trend">.*?</div>', text, re.DOTALL)
        assert '<span class="unseen">Place </span>1' in first
        assert "Tin Roofs" in text[: text.index(first)]
        assert '<span class="unseen">up 1 since yesterday</span>' in first
        assert "90 votes, 82 of them in two days" in first
        assert 'aria-label="Votes, saves and comments over 14 days:' in first
        assert "Nothing is known of the other" in first
        assert "new" in re.sub("<.*?>", "", second)
        assert "down 2 since yesterday" in third
        items = visitor.get("/api/trending").json()["items"]
        assert [(each["rank"], each["previousRank"], each["isNew"]) for each in items] == [
            (1, 2, False), (2, None, True), (3, 1, False),
        ]  # fmt: skip
        assert items[0]["recentVotes"] == 82
        assert len(items[0]["curve"]) == 14
        assert items[0]["curve"][0] == {"day": str(TODAY - timedelta(days=13)), "interest": None}


def test_where_no_paper_is_of_these_days_the_page_shows_the_newest_and_says_so(tmp_path: Path) -> None:
    with made(tmp_path, PAPERS[2:], synced=False) as collection:
        visitor = browser(site(collection))
        text = visitor.get("/trending").text
        last = long_date(TODAY - timedelta(days=20))
        assert "Tin Roofs" in text
        assert f"No paper is from the last 7 days. These were trending on {last}." in text
        assert "Why it trended" in text
        assert "Nothing to trend" not in text
        assert visitor.get("/api/trending").json()["items"] == []
        answer = visitor.get("/api/trending?newest=true").json()
        assert (len(answer["items"]), answer["last"]) == (1, str(TODAY - timedelta(days=20)))


def test_a_curve_is_drawn_where_something_is_known() -> None:
    nothing = Curve(TODAY, (None,) * 14, 43, None, 0)
    assert bars(nothing) == ""
    assert bars(Curve(TODAY, (0.0,) * 14, 0, 0, 0)) == "", "a flat line would say nothing"
    some = str(bars(Curve(TODAY, (*(None,) * 10, 0.0, 2.0, 4.0, 0.4), 43, 6, 6)))
    assert some.count("<rect") == 4
    assert [float(each) for each in re.findall(r'width="5" height="([\d.]+)"', some)] == [1, 11, 22, 2.2]
    assert "under 1 on" in some
    assert "Nothing is known of the other 10 days." in some


def test_its_addresses_stay() -> None:
    assert addresses(router) == {"GET /trending"}
