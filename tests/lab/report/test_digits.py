"""Numbers as people read them."""

from __future__ import annotations

import pytest

from broadsheet.lab.report import digits


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0.64512, "0.645"),
        (0, "0.000"),
        (-0.0123, "−0.012"),
        (-0.0001, "0.000"),
        (201.54, "202"),
        (12345.6, "12,300"),
        (float("nan"), "not a number"),
    ],
)
def test_a_value_has_three_decimals_or_three_digits(number: float, words: str) -> None:
    assert digits.value(number) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0"), (9, "9"), (0.28, "0.28"), (3333.3, "3,330"), (0.000012345, "0.0000123"), (float("inf"), "not a number")],
)
def test_an_amount_has_three_digits_and_no_zeros_at_its_end(number: float, words: str) -> None:
    assert digits.amount(number) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (None, "–"),
        (999, "999 bytes"),
        (999.7, "1 kB"),
        (1536, "1.54 kB"),
        (90_868_376, "90.9 MB"),
        (2.5e15, "2,500 TB"),
    ],
)
def test_a_size_has_the_unit_that_fits(number: float | None, words: str) -> None:
    assert digits.size(number) == words


def test_times_intervals_and_counts() -> None:
    assert [digits.milliseconds(each) for each in (None, 0.31, 12.34, 2500)] == ["–", "0.31 ms", "12.3 ms", "2.5 s"]
    assert digits.interval(-0.1, 0.25) == "−0.100\N{NO-BREAK SPACE}–\N{NO-BREAK SPACE}0.250"
    assert [digits.count(each) for each in (None, 1234.5)] == ["–", "1,230"]
