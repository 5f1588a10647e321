"""Alerts match by how well, not by how many; what is nearer to an exclusion stays out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from broadsheet.alerts.alert import Alert
from broadsheet.alerts.match import Hit, explain, gather, matches, prepare
from broadsheet.alerts.scale import by_bands
from broadsheet.collection import Collection, open_collection
from broadsheet.core.types import Document, Filters
from broadsheet.ingest import ingest
from broadsheet.sync import sync
from fakes import NOW, WordEncoder, paper
from topics_kit import LEAVES, TIDES, plant

PAPERS = (
    paper(1, "cars on icy roads", categories=("cs.RO",), authors=("Ann Moor",)),
    paper(2, "vehicles on icy roads at night", categories=("cs.CV",), authors=("Bo Tau",)),
    paper(3, "doctors and patients"),
    paper(4, "cars for doctors"),
    paper(5, "harbour seals asleep", text="They sleep on icy rocks near roads without any cars."),
)


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    with open_collection(tmp_path_factory.mktemp("standing"), encoder=WordEncoder(dim=256)) as opened:
        ingest(opened, PAPERS, now=NOW, name="jsonl:made.jsonl")
        sync(opened)
        yield opened


def numbers(collection: Collection) -> list[int]:
    return collection.store.papers.numbers_where(Filters()).tolist()


def found(collection: Collection, query: Alert) -> list[str]:
    return [each.document.id[-1] for each in matches(collection, query, numbers(collection))]


def test_a_topic_is_a_condition_like_any_other(tmp_path: Path) -> None:
    with open_collection(tmp_path, encoder=WordEncoder(dim=256)) as opened:
        ingest(opened, PAPERS, now=NOW)
        sync(opened)
        among = numbers(opened)
        ids = opened.store.papers.ids(among)
        place = {name[-1]: number for number, name in ids.items()}
        plant(opened, {place["1"]: (LEAVES, 0.9), place["2"]: (TIDES, 0.8), place["4"]: (TIDES, 0.7)})
        assert sorted(found(opened, Alert("topic:seas"))) == ["2", "4"]
        assert found(opened, Alert('icy roads topic:"tide tables"', minimum=0.3)) == ["2"]
        assert found(opened, Alert("topic:3 topic:4 author:moor")) == ["1"]
        assert found(opened, Alert("topic:99")) == []


def test_only_what_matches_well_enough_comes(collection: Collection) -> None:
    query = Alert("cars on icy roads", minimum=0.75)
    results = matches(collection, query, numbers(collection))
    assert [each.document.id for each in results] == ["made:001", "made:002"]
    assert results.items[0].score == pytest.approx(1, abs=1e-5)
    assert results.items[0].strength == "strong"
    assert found(collection, Alert("cars on icy roads", minimum=0.99)) == ["1"]
    assert found(collection, Alert("quilts of the coast", minimum="fair")) == [], "silence, not the nearest"
    assert matches(collection, query, []).items == ()


def test_all_the_words_raise_a_match_by_one_step(collection: Collection) -> None:
    prepared = prepare(
        collection, [Alert("icy roads cars", minimum=each) for each in ("good", "strong")], measure=by_bands
    )
    fair, good, strong = collection.bands
    assert prepared.texts.scale.edges.tolist() == [[fair, good, strong]], "too few papers to lower them"
    (known,) = (n for n, name in collection.store.papers.ids(numbers(collection)).items() if name == "made:005")
    papers = gather(collection, [known], prepared)
    for cosine, expected in ((fair - 0.01, ("", "")), (good - 0.01, ("good", "")), (good + 0.01, ("strong", "strong"))):
        papers.vectors[0] = aimed(prepared.texts.vectors[0], cosine)
        levels = tuple(next((hit.strength for hit in hits), "") for hits in prepared.hits(papers))
        assert levels == expected, cosine
    assert fair < good < strong


def aimed(vector: np.ndarray, cosine: float) -> np.ndarray:
    """A unit vector with this cosine to another."""
    aside = np.zeros_like(vector)
    aside[0], aside[1] = vector[1], -vector[0]
    aside /= np.linalg.norm(aside)
    return cosine * vector + np.sqrt(1 - cosine**2) * aside


def test_what_is_nearer_to_an_exclusion_stays_out(collection: Collection) -> None:
    query = Alert("cars", minimum=0.2)
    assert set(found(collection, query)) == {"1", "2", "4", "5"}
    assert set(found(collection, Alert("cars", ("icy roads",), 0.2))) == {"4"}
    assert set(found(collection, Alert("cars", ("cellos",), 0.2))) == {"1", "2", "4", "5"}


def test_conditions_hold_and_may_stand_alone(collection: Collection) -> None:
    assert found(collection, Alert("cars on icy roads category:cs.CV", minimum=0.3)) == ["2"]
    assert found(collection, Alert("author:moor")) == ["1"]
    assert found(collection, Alert("category:cs", ("cellos",))) == ["1", "2"]
    assert found(collection, Alert("category:cs", ("doctors",))) == ["1", "2"]
    assert found(collection, Alert("doctors title:cars", minimum=0.2)) == ["4"]
    assert matches(collection, Alert("author:moor"), numbers(collection)).items[0].strength == "exact"


def test_thousands_are_matched_without_a_look_into_the_store(collection: Collection) -> None:
    wanted = ["cars", "doctors", "icy roads", "cars"] * 500
    prepared = prepare(collection, [Alert(text, minimum=0.3) for text in wanted])
    assert prepared.texts.vectors.shape == (3, 256), "equal texts are encoded once"
    papers = gather(collection, numbers(collection), prepared)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(collection.store), "reading", None)
        hits = prepared.hits(papers)
    assert len(hits) == 2_000
    assert hits[0] == hits[3] != hits[1]
    alone = matches(collection, Alert("doctors", minimum=0.3), numbers(collection))
    together = explain(collection, prepared.alerts[1], hits[1])
    assert [each.document for each in together] == [each.document for each in alone]
    assert [each.score for each in together] == pytest.approx([each.score for each in alone])
    assert prepared.matching(collection, numbers(collection)) == {h.number for each in hits[:4] for h in each}


def test_a_paper_without_a_vector_is_judged_by_its_words(tmp_path: Path) -> None:
    with open_collection(tmp_path, encoder=WordEncoder()) as opened:
        ingest(opened, PAPERS[:3], now=NOW)
        sync(opened)
        ingest(opened, [PAPERS[4]], now=NOW)
        prepared = prepare(opened, [Alert("icy roads cars", minimum=each) for each in ("good", "strong")])
        good, strong = prepared.hits(gather(opened, [4, 99], prepared))
        assert good == [Hit(4, None, "good")]
        assert strong == []
        assert [each.strength for each in explain(opened, prepared.alerts[0], good)] == ["good"]
        assert not matches(opened, prepared.alerts[0], [4]).items, "neither a vector nor words: not before the sync"


def test_words_are_read_or_looked_up_alike(collection: Collection) -> None:
    texts = ("icy roads cars", "cars title:doctors", "sleep abstract:rocks abstract:icy", "seals", "title:cellos cars")
    prepared = prepare(collection, [Alert(text, minimum=0.1) for text in texts])
    read, looked_up = (prepared.hits(gather(collection, numbers(collection), prepared, words=w)) for w in (True, False))
    assert read == looked_up
    assert [len(hits) > 0 for hits in read] == [True, True, True, True, False]


def test_hits_come_best_first_and_ties_by_number() -> None:
    hits = [Hit(3, 0.5, "good"), Hit(1, 0.5, "good"), Hit(2, None, "exact"), Hit(4, 0.9, "strong")]
    assert [hit.number for hit in sorted(hits, key=lambda hit: hit.order)] == [4, 1, 3, 2]


def followed(tmp_path: Path, *more: Document) -> Collection:
    """PAPERS on the days before NOW, the first the oldest, and 90 others that show what chance gives."""
    days = [replace(each, listed=NOW.date() - timedelta(days=len(PAPERS) - n)) for n, each in enumerate(PAPERS)]
    others = [paper(400 + i, f"word{i} thing{i} odd{i} kind{i}") for i in range(90)]
    opened = open_collection(tmp_path / "f", encoder=WordEncoder(dim=256))
    ingest(opened, [*days, *others, *more], now=NOW)
    sync(opened)
    return opened


def test_a_followed_paper_brings_later_papers_near_it_in_meaning(tmp_path: Path) -> None:
    with followed(tmp_path) as opened:
        wanted = Alert("like:made:001", minimum=0.3)
        assert wanted.papers == ("made:001",)
        assert found(opened, wanted) == ["2", "5", "4"], "not the paper itself"
        assert found(opened, Alert("like:made:002", minimum=0.3)) == ["5"], "what came before it is not news"
        assert found(opened, Alert("like:made:001", ("doctors",), 0.3)) == ["2", "5"]
        assert found(opened, Alert("like:made:001 category:cs.CV", minimum=0.3)) == ["2"]
        assert found(opened, Alert("like:made:999", minimum=0.3)) == [], "a paper that is not here has none"
        hit = matches(opened, wanted, numbers(opened)).items[0]
        assert hit.relevance is None, "papers were not judged for papers"


def test_words_next_to_a_followed_paper_pull_towards_them(tmp_path: Path) -> None:
    with followed(tmp_path) as opened:
        alone, pulled = (
            {each.document.id: each.score for each in matches(opened, Alert(text, minimum=0.05), numbers(opened))}
            for text in ("like:made:001", "like:made:001 doctors")
        )
        assert pulled["made:004"] > alone["made:004"]
        assert pulled["made:002"] < alone["made:002"]


def test_a_copy_of_a_followed_paper_is_not_near_it_but_it(tmp_path: Path) -> None:
    copy = replace(PAPERS[0], id="copy:1", source="csv:b", listed=NOW.date())
    with followed(tmp_path, copy) as opened:
        assert [each.document.id for each in matches(opened, Alert("like:made:001", minimum=0.3), numbers(opened))] == [
            "made:002", "made:005", "made:004",
        ]  # fmt: skip


def test_the_border_shows_both_sides_of_the_minimum(collection: Collection) -> None:
    prepared = prepare(collection, [Alert("cars", ("cellos",), 0.35), Alert("author:moor")])
    papers = gather(collection, numbers(collection), prepared, words=False, later=False)
    above, below = prepared.border(papers, 0, 2)
    scores = [hit.score or 0 for hit in above]
    assert len(above) == 2
    assert scores == sorted(scores), "the nearest to it first"
    assert all(score >= 0.35 for score in scores)
    assert [hit.score or 0 for hit in below] == sorted((hit.score or 0 for hit in below), reverse=True)
    assert all((hit.score or 0) < 0.35 for hit in below)
    every = prepared.hits(papers)[0]
    assert {hit.number for hit in above} <= {hit.number for hit in every}
    assert {hit.number for hit in below}.isdisjoint({hit.number for hit in every})
    assert prepared.border(papers, 1, 2) == ([], []), "conditions alone have no border"
