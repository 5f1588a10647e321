"""Readers made up from topics: nothing of one half is in the other, what is held back is found, baselines are."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from broadsheet.core.errors import UsageError
from broadsheet.core.types import Document
from broadsheet.core.vectors import unit
from broadsheet.lab import readers as lab
from fakes import WordEncoder

WORDS = ["bridge", "rope", "knot", "soup", "broth", "owl", "map", "tide", "clay", "loom", "sail", "forge", "mill"]


def made(topics: int = 24, each: int = 24) -> list[Document]:
    """Papers of topics with two words of their own, beside two of the words that all have."""
    random = np.random.default_rng(0)
    return [
        Document(
            id=f"made:{topic:02d}-{number:02d}", source="jsonl:made", categories=(f"Topic of kind {topic * 7 + 100}x",),
            title=" ".join([f"own{topic}", f"also{topic}", *random.choice(WORDS, 2)]),
        )
        for topic in range(topics) for number in range(each)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def papers() -> lab.Papers:
    return lab.papers_of([*made(), Document(id="made:none", title="No label", source="jsonl:made")], WordEncoder(64))


def test_a_followed_topic_stands_in_for_likes(papers: lab.Papers) -> None:
    centres = {name: unit(papers.vectors[papers.topics == name].mean(axis=0)[None])[0] for name in set(papers.topics)}
    reader, *_ = lab.make_readers(papers, 1, seed=2)
    none = replace(reader, liked=reader.liked[:0], lists=())
    everything = np.arange(len(papers.ids))
    first = lab.ForYou(papers, centres)(none)(everything)
    assert len(first) == lab.K
    assert set(papers.topics[first]) == set(reader.topics)
    with_likes = lab.ForYou(papers, {"no label of theirs": centres[reader.topics[0]]})(reader)(everything)
    assert (with_likes == lab.ForYou(papers)(reader)(everything)).all()


def test_labels_are_topics() -> None:
    assert lab.topic_of("Machine Learning II") == lab.topic_of("machine  learning 3") == "machine learning"
    assert lab.topic_of("Low-Level & Optimization") == "low level and optimization"


def test_the_halves_share_no_topic(papers: lab.Papers) -> None:
    tuning, report = lab.topics_of(papers, "tuning"), lab.topics_of(papers, "report")
    assert len(papers.ids) == 24 * 24
    assert set(tuning).isdisjoint(report)
    assert len(tuning) + len(report) == 24
    assert min(len(tuning), len(report)) >= 4
    alone = np.array([f"alone {row}" for row in range(len(papers.ids))])
    fewer = replace(papers, topics=np.where(papers.topics == report[0], alone, papers.topics))
    assert lab.topics_of(fewer, "report") == report[1:]
    assert lab.topics_of(fewer, "tuning") == tuning


def test_readers_are_what_they_say(papers: lab.Papers) -> None:
    made_up = lab.make_readers(papers, 20, seed=3)
    report = set(lab.topics_of(papers))
    for reader in made_up:
        assert set(reader.topics) <= report
        assert 2 <= len(reader.topics) <= 4
        assert papers.topics[reader.liked].tolist() == list(reader.lists)
        assert set(reader.lists) == set(reader.topics)
        assert len(set(reader.liked.tolist())) == len(reader.liked)
        assert len(reader.day) == lab.DAY
        assert not np.isin(reader.day, reader.liked).any()
        assert np.isin(papers.topics[reader.day], reader.topics).any()
    again = lab.make_readers(papers, 5, seed=3)
    assert [each.liked.tolist() for each in again] == [each.liked.tolist() for each in made_up[:5]]
    assert lab.make_readers(papers, 1, seed=4)[0].liked.tolist() != made_up[0].liked.tolist()


def test_judging_by_hand(papers: lab.Papers) -> None:
    one, two = lab.topics_of(papers)[:2]
    first, second = (np.flatnonzero(papers.topics == topic) for topic in (one, two))
    other = np.flatnonzero(~np.isin(papers.topics, [one, two]))[:1]
    reader = lab.Reader((one, two), first[:2], (one, one), other)
    candidates = np.concatenate([first[2:6], second[:4], other])
    recall, coverage, diversity = lab.judge(papers, reader, candidates, np.array([first[2], first[3], other[0]]))
    assert (recall, coverage) == (2 / 8, 1 / 2)
    rows = papers.vectors[[first[2], first[3], other[0]]]
    pairs = [1 - float(rows[a] @ rows[b]) for a, b in ((0, 1), (0, 2), (1, 2))]
    assert diversity == pytest.approx(np.mean(pairs), abs=1e-5)


def test_ours_finds_what_is_held_back_and_more_than_the_average(papers: lab.Papers) -> None:
    methods = {lab.OURS: lab.ForYou(papers), lab.AVERAGE: lab.average(papers.vectors)}
    told = list[int]()
    found = lab.measure(papers, lab.make_readers(papers, 12), methods, progress=lambda done, _: told.append(done))
    rows = {(row.pool, row.measure, row.method): row for row in found.rows}
    assert len(rows) == 2 * 3 * 2
    assert told == list(range(1, 13))
    assert rows["all papers", "STREC@20", lab.OURS].value > 0.9
    baseline = rows["all papers", "STREC@20", lab.AVERAGE]
    assert baseline.above is not None
    assert baseline.above.low > 0
    assert rows["all papers", "R@20", lab.OURS].value > 0.25
    assert rows["a day", "R@20", lab.OURS].above is None
    assert json.loads(json.dumps(found.to_json()))["readers"] == 12


def test_chance_finds_little(papers: lab.Papers) -> None:
    scores = np.random.default_rng(0).random(len(papers.ids))
    found = lab.measure(papers, lab.make_readers(papers, 12), {"random": lambda _: lab.by_score(scores)})
    recall = next(row.value for row in found.rows if (row.pool, row.measure) == ("all papers", "R@20"))
    assert recall < 0.1


def test_named_lists_reach_the_ranking(papers: lab.Papers) -> None:
    ours = lab.ForYou(papers)
    reader = next(each for each in lab.make_readers(papers, 20) if len(each.topics) == 4)
    everything = np.setdiff1d(np.arange(len(papers.ids)), reader.liked)
    named = ours(replace(reader, named=True))(everything)
    assert set(papers.topics[named].tolist()) >= set(reader.topics)


def test_declining_keeps_the_declined_out_of_the_comparison(papers: lab.Papers) -> None:
    gap = lab.measure_declining(papers, lab.make_readers(papers, 6), most=3)
    assert gap.low <= gap.mean <= gap.high
    assert abs(gap.mean) < 0.2


def test_without_labels_or_topics_it_says_so(papers: lab.Papers) -> None:
    with pytest.raises(UsageError, match="no paper has a category"):
        lab.papers_of([Document(id="made:1", title="No label", source="jsonl:made")], WordEncoder())
    few = lab.papers_of(made(topics=3), WordEncoder())
    with pytest.raises(UsageError, match="four topics"):
        lab.make_readers(few, 1)
