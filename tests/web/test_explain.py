"""Pages that explain: a match part by part, and a search by its words and concepts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient

from broadsheet.collection import Collection, open_collection
from broadsheet.encoders.hash import HashEncoder
from broadsheet.explain.concepts import concepts_of
from broadsheet.topics import tree
from broadsheet.web.explain import router
from door_kit import addresses
from page_kit import page, site_of
from topic_kit import NOW, SUBJECTS, papers, put


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    """Twelve papers on each of four subjects, synced, with their topics."""
    with open_collection(tmp_path_factory.mktemp("explained"), encoder=HashEncoder()) as made:
        put(made, papers(list(SUBJECTS)[:4], 12))
        tree.bring_up(made, now=NOW)
        yield made


@pytest.fixture(scope="module")
def client(collection: Collection) -> TestClient:
    return site_of(collection)


@pytest.fixture(scope="module")
def words(collection: Collection) -> str:
    """A query that finds a subject: the first words of the newest paper."""
    return " ".join(collection.store.papers.newest(1)[0].shown_title.split()[:4])


def test_a_match_is_split_into_parts(client: TestClient, collection: Collection, words: str) -> None:
    first = collection.store.papers.newest(1)[0]
    text, read = page(client, f"/explain?q={words}&paper={first.id}")
    assert "Why this paper matches" in text
    assert "Your words in it" in text
    assert "Concepts that both speak of" in text
    assert "Why it is above the next one" in text
    shares = [float(each) for each in re.findall(r"<td>([+-]\d\.\d{3})</td><td><svg", text)]
    cosine = float(re.search(r"What makes up the cosine, (\d\.\d{3})", text)[1])  # type: ignore[index]
    parts = text[text.index("What makes up the cosine") : text.index("Concepts are the phrases")]
    rows = [float(each) for each in re.findall(r"<td>([+-]\d\.\d{3})</td>", parts)]
    assert shares
    assert sum(rows) == pytest.approx(cosine, abs=0.0006 * len(rows))
    assert f"/search?q={words.replace(' ', '+')}" in read.links()


def test_the_bars_are_drawn_to_scale(client: TestClient, collection: Collection, words: str) -> None:
    first = collection.store.papers.newest(1)[0]
    _, read = page(client, f"/explain?q={words}&paper={first.id}")
    widths = [float(given["width"]) for tag, given in read.elements if tag == "rect"]
    assert widths
    assert max(widths) == 100.0
    assert min(widths) >= 0.0


def test_a_search_by_its_words_and_concepts_that_can_be_turned(
    client: TestClient, collection: Collection, words: str
) -> None:
    text, read = page(client, f"/explain?q={words}")
    assert "What this search looked for" in text
    assert "Nearest in meaning" in text
    turns = [
        parse_qs(urlsplit(each.replace("&amp;", "&")).query) for each in read.links() if each.startswith("/explain")
    ]
    named = {name for each in turns for kind in ("more", "less", "without") for name in each.get(kind, ())}
    assert named
    assert named <= set(concepts_of(collection).names)
    concept = sorted(named)[0]
    text, read = page(client, f"/explain?q={words}&without={concept}")
    assert "Papers with your concepts turned" in text
    taken_back = next(each for each in read.links() if each.startswith("/explain") and "without" not in each)
    assert parse_qs(urlsplit(taken_back.replace("&amp;", "&")).query) == {"q": [words]}


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/explain?q=eels&paper=no:such", 404, "No paper has the id"),
        ("/explain?q=", 400, "no words to explain"),
        ("/explain?q=eels&more=nothing+of+this+name", 400, "no concept is called"),
    ],
)
def test_bad_questions_are_answered_in_words(client: TestClient, address: str, status: int, said: str) -> None:
    assert said in page(client, address, status)[0]


def test_its_address_stays() -> None:
    assert addresses(router) == {"GET /explain"}
