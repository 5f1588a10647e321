"""For you as a page: each pick names the interest it suits and the reader's own papers it is near."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from broadsheet.collection import Collection, open_collection
from broadsheet.ingest import ingest
from broadsheet.sync import sync
from broadsheet.web.foryou import router
from door_kit import addresses
from fakes import WordEncoder, paper
from people_kit import Browser, browser, member, site
from site_kit import NOW

KINDS = ("bridges span rivers steel girders", "soup broth kettle simmer ladle", "owl feather night wing talon")


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    random = np.random.default_rng(0)
    made = []
    for place in range(90):
        words = [*random.choice(KINDS[place % 3].split(), 4, replace=False), random.choice(["<b>survey", "method"])]
        day = NOW.date() - timedelta(days=20 * (place // 30))
        made.append(replace(paper(place, " ".join(words)), announced=day, authors=("Ada Blum",)))
    with open_collection(tmp_path / "c", encoder=WordEncoder(64)) as opened:
        ingest(opened, made, now=NOW, name="jsonl:made.jsonl")
        sync(opened)
        yield opened


@pytest.fixture
def ada(collection: Collection) -> Browser:
    return browser(site(collection), member(collection))


def test_without_anything_liked_it_says_what_to_do(ada: Browser) -> None:
    page = ada.get("/foryou").text
    assert "does not know yet what you like" in page
    assert 'href="/lists#import"' in page
    assert 'href="/queries"' in page
    assert 'href="/map"' in page


def test_each_pick_names_its_interest_and_ones_own_papers(collection: Collection, ada: Browser) -> None:
    for place in (60, 63, 66):
        ada.press("/save", paper=f"made:{place:03d}", name="River <i>crossings</i>")
    page = ada.get("/foryou").text
    assert "River &lt;i&gt;crossings&lt;/i&gt;" in page
    assert "for your interest" in page
    assert any(f"/paper/made:{place:03d}" in page for place in (60, 63, 66))
    assert "100% of the picks" in page
    assert "<b>survey" not in page
    assert 'name="decline"' in page
    first = page[page.index("<article") : page.index("</article>")]
    id_ = first.partition("/paper/")[2].partition('"')[0]
    ada.press("/act", decline=id_, next="/foryou")
    again = ada.get("/foryou").text
    assert f'<h2><a href="/paper/{id_}"' not in again
    assert ada.get("/foryou?days=31").status_code == ada.get("/foryou?days=92").status_code == 200
    assert ada.get("/foryou?days=100000").status_code == 422


def test_the_day_in_ones_own_order(collection: Collection, ada: Browser) -> None:
    ada.press("/save", paper="made:061", name="Soups")
    for sort in ("for you", "foryou"):
        page = ada.get("/latest", params={"sort": sort}).text
        top = page[page.index("<article") : page.index("</article>")]
        assert any(word in top for word in KINDS[1].split()), sort
        assert "your interests" in page
        assert "sort=for" not in page[: page.index("</head>")].partition('rel="alternate"')[2]  # feeds are for all
    ben = browser(site(collection), member(collection, address="ben@example.org"))
    assert "nothing to sort by yet" in ben.get("/latest?sort=foryou").text
    stranger = browser(site(collection))
    page = stranger.get("/latest?sort=foryou")
    assert page.status_code == 200
    assert "to sort the papers for you" in page.text
    assert "for you</option>" not in page.text
    assert stranger.get("/api/daily?sort=foryou").status_code == 400
    assert ada.get("/api/daily?sort=for+you").json()["sort"] == "for you"


def test_the_day_filtered_by_an_alert(collection: Collection, ada: Browser) -> None:
    number = collection.store.alerts.keep(
        1, "Soups", "soup broth kettle", without=("owl feather",), least="0.3", now=NOW
    )
    page = ada.get(f"/latest?query={number}").text
    assert "that meet the filters" in page
    assert "soup broth kettle, not about owl feather" in page
    assert "query=" not in page[: page.index("</head>")].partition('rel="alternate"')[2]
    assert browser(site(collection)).get(f"/latest?query={number}").status_code == 404
    ben = browser(site(collection), member(collection, address="ben@example.org"))
    assert ben.get(f"/latest?query={number}").status_code == 404
    assert ada.get(f"/api/daily?query={number}").json()["total"] > 0


def test_an_alert_may_be_asked_to_match_better(collection: Collection, ada: Browser) -> None:
    number = collection.store.alerts.keep(1, "Soups", "soup broth kettle", without=(), least="0.3", now=NOW)
    day = f"/latest?query={number}"
    found = [ada.get(f"/api/daily?query={number}&least={least}").json()["total"] for least in ("", "0.3", "0.99")]
    assert found[0] == found[1] > found[2]
    assert '<option value="">default</option>' in ada.get(day).text
    page = ada.get(f"{day}&least=good").text
    assert f"least=good&amp;query={number}" in page.partition("<main")[2], "the way to other days says it too"
    assert '<option value="good" selected>' in page


def test_its_addresses_stay() -> None:
    assert addresses(router) == {"GET /foryou"}
