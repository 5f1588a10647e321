"""How far to trust a Collection's own tasks: Kendall's tau over sets, its interval, and the words for it."""

from __future__ import annotations

import tomllib
from importlib import resources

import numpy as np
import pytest
from scipy import stats

from broadsheet.core.errors import UsageError
from broadsheet.lab.mine import VERSION
from broadsheet.lab.trust import Trust, agreement, sentence_of, table, written

TITLES = Trust(
    signal="titles", papers="the same papers", sets=("a", "b"), encoders=9, tau=0.712, low=0.4, high=0.91
)  # fmt: skip


def values(seed: int, noise: float, count: int = 12) -> np.ndarray:
    random = np.random.default_rng(seed)
    judged = random.normal(size=count)
    return np.column_stack([judged + noise * random.normal(size=count), judged])


def test_tau_is_the_mean_of_scipys_over_the_sets() -> None:
    orders = [values(seed, 0.5) for seed in range(3)]
    made = agreement(orders)
    assert made.tau == pytest.approx(np.mean([stats.kendalltau(*each.T)[0] for each in orders]), abs=1e-12)
    assert made.low < made.tau < made.high
    assert made.encoders == 12


def test_more_encoders_make_the_interval_narrower_and_one_order_is_exact() -> None:
    few, many = agreement([values(1, 0.5, 8)]), agreement([values(1, 0.5, 80)])
    assert many.high - many.low < few.high - few.low
    same = agreement([values(1, 0.0, 30)])
    assert (same.tau, same.low, same.high) == (1.0, 1.0, 1.0)


def test_a_true_agreement_is_inside_its_interval_about_as_often_as_it_says() -> None:
    truth = 2 / np.pi * np.arcsin(1 / np.sqrt(1.25))  # of a normal pair with this correlation
    inside = [made.low <= truth <= made.high for made in (agreement([values(seed, 0.5, 25)]) for seed in range(60))]
    assert np.mean(inside) > 0.8


@pytest.mark.parametrize("orders", [[], [values(0, 1, 3)], [values(0, 1, 8), values(0, 1, 9)]])
def test_orders_of_too_few_or_of_other_encoders_are_refused(orders: list[np.ndarray]) -> None:
    with pytest.raises(UsageError, match="same encoders on every set, at least 4"):
        agreement(orders)


def test_a_task_is_said_to_be_trusted_so_far_as_was_measured_and_else_not() -> None:
    for task in ("mine/titles", "mine/titles/reduced"):
        said = sentence_of(task, [TITLES])
        assert said == (
            f"{task}: its order of 9 encoders agreed with judged queries of the same papers: tau 0.71 (0.40 to 0.91) "
            "on a, b."
        )
    assert "was not measured" in sentence_of("mine/votes", [TITLES])


def test_the_table_is_written_as_it_is_read() -> None:
    body = tomllib.loads(written([TITLES], "bench mine"))
    assert body["version"] == VERSION
    assert [Trust(**{**row, "sets": tuple(row["sets"])}) for row in body["signals"]] == [TITLES]


def test_the_package_knows_figures_of_the_questions_as_they_are_made_now() -> None:
    body = tomllib.loads(resources.files("broadsheet.lab").joinpath("trust.toml").read_text("utf-8"))
    assert body["version"] == VERSION, (
        "lab/mine.py makes other questions than those that were measured: ./run.sh bench mine --accept"
    )
    for each in table():
        assert -1 <= each.low <= each.tau <= each.high <= 1
        assert each.encoders >= 8
