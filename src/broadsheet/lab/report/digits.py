"""Numbers as people read them: as many digits as say something, with their units."""

from __future__ import annotations

from math import floor, isfinite, log10

_SIZES = ("bytes", "kB", "MB", "GB", "TB")
_MINUS = "\u2212"


def value(number: float) -> str:
    """Write a figure: three decimals below 10, else three digits."""
    if not isfinite(number):
        return "not a number"
    if abs(number) < 10:
        return f"{number:z.3f}".replace("-", _MINUS)
    return amount(number)


def amount(number: float) -> str:
    """Write a number with three significant digits at most, thousands separated, and no zeros at its end."""
    if not isfinite(number):
        return "not a number"
    if number == 0:
        return "0"
    places = 2 - floor(log10(abs(number)))
    rounded = round(number, places)
    text = f"{rounded:,.{max(0, places)}f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", _MINUS)


def interval(low: float, high: float) -> str:
    """Write an interval, which no line breaks."""
    return f"{value(low)}\N{NO-BREAK SPACE}–\N{NO-BREAK SPACE}{value(high)}"


def milliseconds(number: float | None) -> str:
    """Write a time given in milliseconds; a dash where it is not known."""
    if number is None:
        return "–"
    return f"{amount(number / 1_000)} s" if number >= 1_000 else f"{amount(number)} ms"


def size(number: float | None) -> str:
    """Write a number of bytes with the unit that fits, by thousands; a dash where it is not known."""
    if number is None:
        return "–"
    step = 0
    while abs(number) >= 999.5 and step < len(_SIZES) - 1:
        number, step = number / 1_000, step + 1
    return f"{amount(number)} {_SIZES[step]}"


def count(number: float | None) -> str:
    """Write a number that may not be known; a dash where it is not."""
    return "–" if number is None else amount(number)
