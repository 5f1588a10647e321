"""The choice on numbers whose answer is known: limits, ties, chances, and which runs count."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from broadsheet.core.errors import UsageError
from broadsheet.lab.choice import Limits, choose, newest
from broadsheet.lab.intervals import Sample
from broadsheet.lab.probe import Probe
from broadsheet.lab.runs import Run
from broadsheet.lab.task import Figure

ITEMS = tuple(f"q{each}" for each in range(200))


def sample(subject: str, values: np.ndarray, *, name: str = "herbs", higher: bool = True) -> Sample:
    figure = Figure("nDCG@10", higher=higher)
    return Sample(subject, name, figure, ITEMS, np.asarray(values, np.float64)[:, None])


def probe(subject: str, *, ms: float = 10.0, megabytes: float = 100.0) -> Probe:
    return Probe(
        subject=subject, papers=1_000, queries=60, query_ms=ms, query_ms_high=ms * 1.5, texts_a_second=50.0,
        model_mb=megabytes, vectors_mb=0.0, load=0.1,
    )  # fmt: skip


BASE = np.random.default_rng(7).random(200) * 0.5
VALUES = {"best": BASE + 0.3, "fast": BASE + 0.1, "poor": BASE}
SAMPLES = {name: {"herbs": sample(name, values)} for name, values in VALUES.items()}
PROBES = {"best": probe("best", ms=40, megabytes=400), "fast": probe("fast", ms=5), "poor": probe("poor", ms=1)}


def test_without_limits_the_best_is_certain() -> None:
    found = choose(SAMPLES, PROBES, Limits())
    assert [each.subject for each in found.candidates] == ["best", "fast", "poor"]
    assert [each.chance for each in found.candidates] == [1, 0, 0]
    assert found.tied == []
    assert found.items == 200
    assert found.candidates[1].gap == pytest.approx((0.2, 0.2, 0.2))
    assert found.candidates[0].value == pytest.approx(float(VALUES["best"].mean()))


@pytest.mark.parametrize(
    ("limits", "chosen", "reason"),
    [
        (Limits(ms=30), "fast", "1 of 20 queries takes 60 ms or more"),
        (Limits(megabytes=200), "fast", "it takes 400 MB"),
        (Limits(queries_a_second=500), "poor", "it answers 25 queries a second"),
        (Limits(ms=59), "fast", "1 of 20 queries takes 60 ms or more"),
    ],
)
def test_what_breaks_a_limit_is_last_and_says_which(limits: Limits, chosen: str, reason: str) -> None:
    found = choose(SAMPLES, PROBES, limits)
    assert found.best
    assert found.best.subject == chosen
    assert found.best.chance == 1
    [lost] = [each for each in found.candidates if each.subject == "best"]
    assert lost.breaks == (reason,)
    assert lost.chance is None


def test_nothing_fits() -> None:
    found = choose(SAMPLES, PROBES, Limits(ms=0.1))
    assert found.best is None
    assert len(found.candidates) == 3


def test_equal_candidates_share_the_chance_and_are_tied() -> None:
    samples = {name: {"herbs": sample(name, BASE)} for name in ("one", "other")}
    found = choose(samples, {name: probe(name) for name in samples}, Limits())
    assert [each.chance for each in found.candidates] == [0.5, 0.5]
    assert [each.subject for each in found.tied] == ["other"]


def test_a_difference_within_the_noise_is_a_tie_named_fastest_first() -> None:
    random = np.random.default_rng(3)
    noisy = {name: BASE + random.normal(0, 0.2, 200) + lead for name, lead in (("a", 0.02), ("b", 0.0), ("c", -0.4))}
    samples = {name: {"herbs": sample(name, values)} for name, values in noisy.items()}
    found = choose(samples, {"a": probe("a"), "b": probe("b", ms=2), "c": probe("c")}, Limits())
    first, second, third = found.candidates
    assert [each.subject for each in found.tied] == [second.subject]
    assert not third.tied
    assert first.chance is not None
    assert second.chance is not None
    assert first.chance + second.chance == pytest.approx(1)
    assert found == choose(samples, {"a": probe("a"), "b": probe("b", ms=2), "c": probe("c")}, Limits())


def test_the_chance_of_a_known_lead_is_that_of_the_normal_distribution() -> None:
    gaps = np.random.default_rng(11).normal(size=200)
    gaps = (gaps - gaps.mean()) / gaps.std() + 0.1  # the lead is 0.1 * sqrt(200) = 1.41 standard errors
    samples = {"one": {"herbs": sample("one", BASE + gaps)}, "other": {"herbs": sample("other", BASE)}}
    found = choose(samples, {name: probe(name) for name in samples}, Limits())
    assert found.best
    assert found.best.chance == pytest.approx(0.921, abs=0.02)  # the normal distribution at 1.414
    assert [each.subject for each in found.tied] == ["other"]


def test_every_set_weighs_the_same() -> None:
    two = {
        name: {"herbs": sample(name, values), "eels": sample(name, 1 - values, name="eels")}
        for name, values in VALUES.items()
    }
    found = choose(two, PROBES, Limits())
    assert [each.value for each in found.candidates] == pytest.approx([0.5, 0.5, 0.5])
    assert found.sets == ("herbs", "eels")
    assert found.items == 400


def test_of_an_error_less_is_better() -> None:
    samples = {name: {"herbs": sample(name, values, higher=False)} for name, values in VALUES.items()}
    found = choose(samples, PROBES, Limits())
    assert [each.subject for each in found.candidates] == ["poor", "fast", "best"]
    assert found.candidates[0].chance == 1


def test_nothing_and_different_sets_are_errors() -> None:
    with pytest.raises(UsageError, match="nothing to choose from"):
        choose({}, {}, Limits())
    with pytest.raises(UsageError, match="not measured on the same sets"):
        choose({**SAMPLES, "other": {"eels": sample("other", BASE)}}, {**PROBES, "other": probe("other")}, Limits())


def test_limits_and_choices_have_words_and_json() -> None:
    assert str(Limits()) == "no limits"
    assert str(Limits(ms=30, megabytes=200)) == "30 ms a query and 200 MB"
    found = choose(SAMPLES, PROBES, Limits(ms=30), left_out=[("x", "not measured on eels")])
    assert json.loads(json.dumps(found.to_json()))["left_out"] == [["x", "not measured on eels"]]


def run(number: int, *, data: str = "new", key: str = "k", seed: int = 0, ended: str = "2026") -> Run:
    return Run(
        number=number, key=str(number), task="herbs", kind="retrieval", data=data, subject="a", subject_key=key,
        seed=seed, version=1, figures=(Figure("nDCG@10"),), origin="herbs", started="2026", ended=ended,
    )  # fmt: skip


def test_only_the_newest_data_and_encoder_count_with_all_their_seeds() -> None:
    stored = [run(1, data="old"), run(2, key="older encoder"), run(3), run(4, seed=1), run(5, seed=2, ended="")]
    assert [each.number for each in newest(stored)] == [3, 4]
    other = replace(run(6, data="newer"), subject="b")
    assert [each.number for each in newest([*stored, other])] == [6]
