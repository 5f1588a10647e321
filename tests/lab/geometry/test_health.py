"""The report says what is wrong with vectors, leaves the rest alone, and never gives a value without saying what."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import pytest

from broadsheet.core.errors import SourceError, UsageError
from broadsheet.core.vectors import unit
from broadsheet.lab.geometry.health import Finding, Health, Words, health
from broadsheet.lab.geometry.rows import Rows


def sound(n: int = 600, dim: int = 24, seed: int = 0) -> np.ndarray:
    return unit(np.random.default_rng(seed).normal(size=(n, dim)))


def report(matrix: np.ndarray, **options: object) -> dict[str, Finding]:
    return by_name(health(Rows(matrix, name="m"), **options))  # type: ignore[arg-type]


def by_name(found: Health) -> dict[str, Finding]:
    return {each.name: each for each in found.findings}


def test_sound_vectors_need_nothing() -> None:
    found = report(sound())
    assert not [each for each in found.values() if each.verdict in ("look", "act")]
    assert found["IsoScore"].value == pytest.approx(1, abs=0.05)
    assert found["mean cosine"].value == pytest.approx(0, abs=0.01)
    assert found["turned (a control)"].value == pytest.approx(1, abs=1e-3)


def test_each_fault_is_seen() -> None:
    broken = sound()
    broken[3], broken[4] = np.nan, 0
    assert {report(broken)[name].verdict for name in ("not finite", "zero")} == {"act"}
    repeated = sound()
    repeated[:50] = repeated[50:100]
    assert {report(repeated)[name].verdict for name in ("equal rows", "near duplicates")} == {"look"}
    dead = sound()
    dead[:, 5] = 0.1
    assert "5" in report(dead)["dead"].meaning
    cone = sound() + 3
    assert {report(cone)[name].verdict for name in ("mean cosine", "longest / shortest")} == {"look"}
    line = unit(np.outer(np.random.default_rng(0).normal(size=600), np.eye(24)[0]) + 1e-3 * sound())
    assert report(line)["IsoScore"].verdict == "look"


def test_a_dominant_axis_is_named() -> None:
    rogue = sound()
    rogue[:, 7] += 2
    found = report(unit(rogue))
    assert found["share of three"].verdict == "look"
    assert "7" in found["share of three"].meaning
    assert "7" in found["outliers"].meaning


def test_hubs_are_seen_and_named() -> None:
    random = np.random.default_rng(0)
    around = random.normal(size=(600, 60)) * np.geomspace(0.05, 1, 60) + 0.5
    around[17] = around.mean(axis=0)
    found = report(unit(around))
    assert found["hubness"].verdict == "look"
    assert "Row 17 " in found["largest hub"].meaning


def test_a_sample_gives_intervals_and_all_rows_none() -> None:
    some, everything = report(sound(), sample=400), report(sound(), exact=True)
    assert some["hubness"].low is not None
    assert everything["hubness"].low is None
    assert some["hubness"].low <= everything["hubness"].value <= some["hubness"].high  # type: ignore[operator]


def test_alignment_needs_pairs() -> None:
    assert report(sound())["alignment"].verdict == "absent"
    near = Rows(unit(sound() + 0.05 * sound(seed=1)), name="near")
    found = report(sound(), pairs=near)["alignment"]
    assert found.value is not None
    assert 0 < found.value < 0.01
    with pytest.raises(UsageError, match="Pairs are row i"):
        report(sound(), pairs=Rows(sound(n=10), name="few"))


def words(texts: Sequence[str], labels: Sequence[str]) -> Words:
    return Words(
        texts=lambda places: [texts[place] for place in places],
        labels={"source": lambda places: [labels[place] for place in places]},
    )


def test_bias_is_told_with_the_texts() -> None:
    assert report(sound())["length, words, source"].verdict == "absent"
    lengths = np.random.default_rng(5).integers(1, 60, 600)
    texts = [" ".join(["word"] * n) for n in lengths]
    labels = ["a", "b"] * 300
    biased = unit(sound() + np.outer(lengths / 20, np.eye(24)[0]) + np.outer(np.tile([0, 1.5], 300), np.eye(24)[1]))
    found = report(biased, words=words(texts, labels))
    assert found["length: similarity to everything"].verdict == "look"
    assert found["same source"].low is not None
    assert found["same source"].low > 0.5
    plain = report(sound(), words=words(texts, labels))
    assert plain["length: similarity to everything"].verdict == "fine"
    assert "chance gives 0.50" in plain["same source"].meaning


def test_places_skip_broken_rows() -> None:
    """What is asked of a broken row's text would move all later texts by one."""
    rows = sound(n=300)
    rows[:10] = np.nan
    asked: list[int] = []

    def texts(places: np.ndarray) -> list[str]:
        asked.extend(places.tolist())
        return ["a text"] * len(places)

    health(Rows(rows, name="m"), words=Words(texts=texts, labels={}))
    assert min(asked) == 10
    assert len(asked) == 290


def test_it_is_json() -> None:
    found = health(Rows(sound(n=15), name="m"))
    again = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert (again["rows"], again["dim"], again["sample"]) == (15, 24, 15)
    assert {"group", "name", "value", "verdict", "meaning", "low", "high"} == set(again["findings"][0])
    assert len(again["spectrum"]) == 24
    absent = [each["name"] for each in again["findings"] if each["value"] is None]
    assert "intrinsic dimension" in absent


def test_one_axis_is_too_few_for_isotropy() -> None:
    found = report(np.random.default_rng(0).normal(size=(50, 1)))
    assert found["IsoScore"].value is None


def test_few_rows_for_the_axes_are_told_with_isoscore() -> None:
    assert "reads low" in report(sound(n=100))["IsoScore"].meaning
    assert "reads low" not in report(sound(n=600))["IsoScore"].meaning


def test_nothing_whole_is_an_error() -> None:
    with pytest.raises(SourceError, match="fewer than two"):
        report(np.full((10, 4), np.nan))
