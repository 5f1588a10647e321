"""Drawing: the elements of a plot as SVG without styles of its own, so that a page with a strict policy shows it.

texts from outside -> escaped, without characters that XML refuses -> elements with classes; colours are the page's
values -> a Scale, linear or by powers of ten -> places, and round ticks along it
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, cos, floor, isfinite, log10, pi, sin

from broadsheet.core.text import clipped, squeeze

LETTER, WIDE_LETTER = 7.1, 8.0  # width of a letter in the widest of the usual fonts, and of a bold one
_MOST_TICKS = 6


def safe(text: str) -> str:
    """Return a text for the inside of an element or an attribute, on one line."""
    whole = "".join(each for each in squeeze(text) if not _refused(ord(each)))
    return escape(whole, quote=True)


def _refused(code: int) -> bool:
    return 0xD800 <= code <= 0xDFFF or code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


def element(name: str, content: str | None = None, **attributes: object) -> str:
    """Return an element; ``content`` is markup. Attributes are escaped; an underscore at the end of a name is left out,
    and one within it becomes a hyphen; numbers have one decimal."""
    given = "".join(f' {key.rstrip("_").replace("_", "-")}="{_attribute(each)}"' for key, each in attributes.items())
    return f"<{name}{given}/>" if content is None else f"<{name}{given}>{content}</{name}>"


def _attribute(given: object) -> str:
    return f"{given:.1f}".removesuffix(".0") if isinstance(given, float) else safe(str(given))


def text(x: float, y: float, words: str, *, anchor: str = "start", class_: str = "") -> str:
    """Return a line of text."""
    return element(
        "text", safe(words), x=float(x), y=float(y), text_anchor=anchor, **({"class_": class_} if class_ else {})
    )


def fitted(words: str, width: float) -> str:
    """Return a label cut to a width."""
    return clipped(squeeze(words), max(4, int(width / WIDE_LETTER)))


def picture(width: float, height: float, parts: Sequence[str], *, label: str) -> str:
    """Return a drawing whose ``label`` says to those who cannot see it what it shows."""
    return element(
        "svg", "".join(parts), xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {width:.0f} {height:.0f}", role="img",
        aria_label=label,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scale:
    """Values from ``low`` to ``high`` at places from ``start`` to ``end``; ``powers``: by their logarithms."""

    low: float
    high: float
    start: float
    end: float
    powers: bool = False

    def __call__(self, value: float) -> float:
        """Return the place of a value, within the scale."""
        turn: Callable[[float], float] = log10 if self.powers else float
        low, high = turn(self.low), turn(self.high)
        share = (turn(min(max(value, self.low), self.high)) - low) / (high - low)
        return self.start + share * (self.end - self.start)

    def ticks(self) -> list[float]:
        """Return round values along the scale."""
        if self.powers:
            return list(_powers(self.low, self.high))
        step = _step(self.high - self.low)
        first, last = ceil(self.low / step - 1e-9), floor(self.high / step + 1e-9)
        return [each * step for each in range(first, last + 1)]


def around(values: Sequence[float], start: float, end: float) -> Scale:
    """Return a linear scale that holds the finite values with a little room."""
    held = [each for each in values if isfinite(each)] or [0.0, 1.0]
    low, high = min(held), max(held)
    room = (high - low) * 0.05 or abs(high) * 0.1 or 1.0
    return Scale(low - room, high + room, start, end)


def powers_around(values: Sequence[float], start: float, end: float) -> Scale:
    """Return a scale by powers of ten that holds the positive values with a little room."""
    held = [each for each in values if isfinite(each) and each > 0] or [1.0, 10.0]
    low, high = min(held), max(held)
    room = max((high / low) ** 0.08, 1.75)
    return Scale(low / room, high * room, start, end, powers=True)


def _step(span: float) -> float:
    """The smallest round step that makes few enough ticks."""
    power = 10.0 ** floor(log10(span / _MOST_TICKS))
    return next(power * each for each in (1, 2, 5, 10, 20) if span / (power * each) <= _MOST_TICKS)


def _powers(low: float, high: float) -> Iterator[float]:
    """Powers of ten; with 2 and 5 times of them where there are few."""
    first, last = floor(log10(low)), ceil(log10(high))
    parts = (1,) if last - first > 3 else (1, 3) if last - first > 2 else (1, 2, 5)
    for power in range(first, last + 1):
        yield from (10.0**power * each for each in parts if low <= 10.0**power * each <= high)


def _star(x: float, y: float, radius: float, points: int, inner: float, turn: float = 0.0) -> str:
    steps = points * 2 if inner < 1 else points
    corners = []
    for step in range(steps):
        reach = radius * (inner if inner < 1 and step % 2 else 1)
        angle = turn - pi / 2 + step * 2 * pi / steps
        corners.append(f"{x + reach * cos(angle):.1f},{y + reach * sin(angle):.1f}")
    return " ".join(corners)


SHAPES = 8


def marker(x: float, y: float, number: int, *, radius: float = 5.0, class_: str = "") -> str:
    """Return the mark of subject ``number``: eight shapes, so that no one needs colours to tell them apart."""
    names = f"mark s{number % SHAPES} {class_}".strip()
    kind = number % SHAPES
    if kind == 0:
        return element("circle", cx=float(x), cy=float(y), r=radius, class_=names)
    corners = {
        1: lambda: _star(x, y, radius * 1.25, 4, 1, pi / 4),
        2: lambda: _star(x, y, radius * 1.35, 3, 1),
        3: lambda: _star(x, y, radius * 1.3, 4, 1),
        4: lambda: _star(x, y, radius * 1.35, 3, 1, pi),
        5: lambda: _star(x, y, radius * 1.5, 5, 0.45),
        6: lambda: _star(x, y, radius * 1.4, 4, 0.4, pi / 4),
        7: lambda: _star(x, y, radius * 1.15, 6, 1),
    }[kind]()
    return element("polygon", points=corners, class_=names)
