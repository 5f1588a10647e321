"""What cosines with an alert's text mean: by the probability of relevance, and by bands as before."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.special import expit

from broadsheet.alerts.alert import Alert
from broadsheet.alerts.match import gather, matches, prepare
from broadsheet.alerts.memory import query_shapes, query_vectors
from broadsheet.alerts.scale import CURVE, by_bands, by_relevance, of_papers, step_below
from broadsheet.collection import Collection, open_collection
from broadsheet.core.relevance import EDGES
from broadsheet.core.types import Filters
from broadsheet.ingest import ingest
from broadsheet.near.novelty import level_of
from broadsheet.search.relevance import calibration_of
from broadsheet.sync import sync
from fakes import NOW, WordEncoder, paper

SEVERAL = [paper(i, f"word{i} harbour{i % 7} tide{i % 11}") for i in range(200)]
WISHES = ("word5 harbour5 tide5", "harbour3 tide3", "quilts of the coast")


def made(folder: Path, papers: list) -> Collection:
    opened = open_collection(folder, encoder=WordEncoder(dim=256))
    ingest(opened, papers, now=NOW)
    sync(opened)
    return opened


def test_a_probability_is_that_of_the_curve_times_that_of_an_answer(tmp_path: Path) -> None:
    with made(tmp_path, SEVERAL) as opened:
        vectors = query_vectors(opened, WISHES)
        scale = by_relevance(opened, WISHES, vectors)
        space = opened.space.snapshot()
        calibration = calibration_of(opened, space)
        for row, shape in enumerate(query_shapes(opened, WISHES, vectors)):
            mean, spread = min(shape.mean, space.pairs[0]), min(shape.spread, space.pairs[1])
            for cosine in (-0.2, 0.1, 0.45, 0.9):
                odds = CURVE.odds({"above": (cosine - mean) / spread, "lead": (cosine - shape.near) / spread})
                expected = expit(odds) * calibration.answerable(shape)
                assert scale.relevance(cosine, row) == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_an_edge_is_where_the_probability_of_its_word_begins(tmp_path: Path) -> None:
    with made(tmp_path, SEVERAL) as opened:
        scale = by_relevance(opened, WISHES, query_vectors(opened, WISHES))
    assert (np.diff(scale.edges[:2], axis=1) > 0).all()
    for row in range(2):
        for edge, probability in zip(scale.edges[row], EDGES, strict=True):
            assert scale.relevance(edge, row) == pytest.approx(probability)
    assert np.isinf(scale.edges[2, 1:]).all(), "nothing here is about it: nothing is good"
    assert (scale.edges == scale.raised).all(), "words count for nothing"


def test_a_subject_of_many_papers_still_stands_out(tmp_path: Path) -> None:
    knots = [paper(300 + i, f"knots counted in string diagrams number{i}") for i in range(30)]
    with made(tmp_path, [*SEVERAL, *knots]) as opened:
        among = opened.store.papers.numbers_where(Filters()).tolist()
        sent = matches(opened, Alert("knots counted in string diagrams", minimum="strong"), among)
    assert len(sent) == 30
    assert all("knots" in each.document.title for each in sent)


def test_no_order_contradicts_its_words(tmp_path: Path) -> None:
    with made(tmp_path, SEVERAL) as opened:
        among = opened.store.papers.numbers_where(Filters()).tolist()
        found = matches(opened, Alert("word5 harbour5 tide5", minimum=0.05), among).items
    assert len({each.strength for each in found}) > 2
    assert list(found) == sorted(found, key=lambda each: -each.relevance)
    assert [each.strength for each in found] == sorted((each.strength for each in found), reverse=True)


@pytest.mark.parametrize("papers", [[], SEVERAL[:1]])
def test_an_empty_collection_and_one_paper(tmp_path: Path, papers: list) -> None:
    with made(tmp_path, papers) as opened:
        prepared = prepare(opened, [Alert("word0 harbour0 tide0"), Alert("of the and"), Alert("quilts")])
        among = opened.store.papers.numbers_where(Filters()).tolist()
        hits = prepared.hits(gather(opened, among, prepared))
    assert [len(each) for each in hits] == [len(papers), 0, 0]
    assert np.isfinite(prepared.texts.scale.chance).all()


def test_few_words_may_match_one_band_lower_if_they_stand_out(tmp_path: Path) -> None:
    with made(tmp_path, SEVERAL) as opened:
        texts = ["word5", "word5 harbour5 tide5 word6 harbour6"]
        scale = by_bands(opened, texts, query_vectors(opened, texts))
        bands = opened.bands
    for edges, (mean, spread) in zip(scale.edges, scale.chance, strict=True):
        lowest = (step_below(bands), *bands[:2])
        assert all(low <= edge <= band for low, edge, band in zip(lowest, edges, bands, strict=True))
        assert edges[0] == pytest.approx(min(bands[0], max(lowest[0], mean + 2.5 * spread)))
    assert scale.edges[0, 0] < bands[0]
    assert scale.relevance(0.5, 0) is None


def test_the_step_below_is_as_far_as_the_one_above() -> None:
    assert step_below((0.3, 0.4, 0.5)) == pytest.approx(0.2)


def test_near_a_followed_paper_strong_is_of_its_kind(tmp_path: Path) -> None:
    with open_collection(tmp_path, encoder=WordEncoder(dim=256)) as opened:
        ingest(opened, [paper(i, f"word{i} thing{i % 7} odd{i % 5}") for i in range(150)], now=NOW)
        sync(opened)
        scale = of_papers(opened, count=2)
        _, good, strong = opened.bands
        assert scale.edges.tolist() == [[good, strong, level_of(opened.space.snapshot())]] * 2
        assert scale.relevance(0.9, 0) is None
        words = by_relevance(opened, ["word1 thing1"], query_vectors(opened, ["word1 thing1"]))
        both = words.followed_by(scale)
        assert both.edges.shape == (3, 3)
        assert both.relevance(0.9, 0) == words.relevance(0.9, 0)
        assert both.relevance(0.9, 1) is None
