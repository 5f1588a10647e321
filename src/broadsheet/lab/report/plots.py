"""The plots of a report, each a drawing and nothing else: what it shows in words, and its table, are the page's.

rows with intervals -> one below the other on a common scale (Lewis and Clarke 2001, "Forest plots")
quality and speed of subjects -> points with intervals, the front, and labels that do not cover one another
shares of variance -> how many axes it takes to hold how much, a line for each subject

Drawings are 360 units wide, the width of a phone, and text in them is 12 units high.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from broadsheet.lab.report import digits
from broadsheet.lab.report.svg import (
    LETTER,
    WIDE_LETTER,
    Scale,
    around,
    element,
    fitted,
    marker,
    picture,
    powers_around,
    text,
)  # fmt: skip

WIDTH = 360.0
_ROW, _LINE, _HEAD, _FOOT = 36.0, 15.0, 6.0, 34.0
_SIDE = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row of a forest plot: its ``name``, the ``number`` of its mark, and a value with its interval; ``tag`` is what
    stands behind them, the letters of ties; ``quiet``: a control."""

    name: str
    number: int
    value: float
    low: float
    high: float
    tag: str = ""
    quiet: bool = False


def forest(lines: Sequence[Line], *, label: str, axis: str, leader: bool = True) -> str:
    """Draw values with their intervals, one row each, on one scale; ``leader``: with a dashed line at the first."""
    scale = around(_held(lines), _SIDE + 6, WIDTH - _SIDE - 6)
    tops = [_HEAD, *accumulate((_ROW + _LINE * _is_long(line) for line in lines), initial=_HEAD)][1:]
    bottom = tops[-1]
    parts = _grid(scale, _HEAD, bottom)
    if leader and lines:
        first = scale(lines[0].value)
        parts.append(element("line", x1=first, x2=first, y1=_HEAD, y2=bottom, class_="leader"))
    for line, top in zip(lines, tops[:-1], strict=True):
        parts += _row(line, scale, top)
    parts.append(text(WIDTH / 2, bottom + 31, axis, anchor="middle", class_="axis"))
    return picture(WIDTH, bottom + _FOOT + 2, parts, label=label)


def _held(lines: Sequence[Line]) -> list[float]:
    """The ends of what the scale must show: controls may lie outside."""
    shown = [line for line in lines if not line.quiet] or lines
    return [each for line in shown for each in (line.low, line.high, line.value)]


def _values(line: Line) -> str:
    return f"{digits.value(line.value)} ({digits.interval(line.low, line.high)}) {line.tag}".rstrip()


def _is_long(line: Line) -> bool:
    """Whether the name of a row needs a line of its own."""
    return len(line.name) * WIDE_LETTER + len(_values(line)) * LETTER + 6 > WIDTH - 2 * _SIDE


def _row(line: Line, scale: Scale, top: float) -> list[str]:
    below = top + _LINE * _is_long(line)
    quiet, y = " quiet" if line.quiet else "", below + 25
    low, high = scale(line.low), scale(line.high)
    outside = not scale.low <= line.value <= scale.high
    if outside:
        mark = element("path", d=_arrow(scale(line.value), y, -1 if line.value < scale.low else 1), class_="mark out")
    else:
        mark = marker(scale(line.value), y, line.number, class_=quiet.strip())
    return [
        element("line", x1=_SIDE, x2=WIDTH - _SIDE, y1=y, y2=y, class_="track"),
        text(_SIDE, top + 15, fitted(line.name, WIDTH - 2 * _SIDE), class_=f"name{quiet}"),
        text(WIDTH - _SIDE, below + 15, _values(line), anchor="end", class_=f"number{quiet}"),
        element("line", x1=low, x2=max(high, low + 1), y1=y, y2=y, class_=f"span s{line.number % 8}{quiet}"),
        mark,
    ]


def _arrow(x: float, y: float, way: int) -> str:
    """An arrow head at the end of a scale: the value is beyond it."""
    return f"M{x + way * 6:.1f} {y:.1f}l{-way * 9} -5v10z"


def _grid(scale: Scale, top: float, bottom: float) -> list[str]:
    """Lines across at round values, with the values below."""
    parts, end = [], -100.0
    for tick in scale.ticks():
        x, words = scale(tick), _tick(tick)
        parts.append(element("line", x1=x, x2=x, y1=top, y2=bottom, class_="grid"))
        half = len(words) * LETTER / 2
        if x - half > end + 4 and x + half < WIDTH + 4:
            parts.append(text(x, bottom + 15, words, anchor="middle", class_="tick"))
            end = x + half
    return parts


def _tick(number: float) -> str:
    return digits.amount(0.0 if abs(number) < 1e-12 else number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A subject in the plane: ``speed``, and ``quality`` with its interval; ``quiet``: a control, shown if there is
    room for it."""

    name: str
    number: int
    speed: float
    quality: float
    low: float
    high: float
    quiet: bool = False


_LEFT, _RIGHT, _TOP, _BOTTOM, _HEIGHT = 44.0, 10.0, 26.0, 44.0, 330.0


def near(points: Sequence[Point]) -> list[Point]:
    """Leave out controls that are so far below the candidates that these would lie on one another."""
    held = [each.quality for each in points if not each.quiet] or [each.quality for each in points]
    low, high = min(held), max(held)
    room = high - low or 1.0
    return [each for each in points if not each.quiet or low - room / 2 <= each.quality <= high + room / 2]


def plane(points: Sequence[Point], *, front: Sequence[str], label: str, axes: tuple[str, str]) -> str:
    """Draw quality (upwards) against speed (to the right, by powers of ten), with intervals, names, and the ``front``,
    whose names are in the order of their speed."""
    across = powers_around([each.speed for each in points], _LEFT, WIDTH - _RIGHT)
    up = around([each for point in points for each in (point.low, point.high)], _HEIGHT - _BOTTOM, _TOP)
    steps = _stairs([each for name in front for each in points if each.name == name], across, up)
    corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in steps)
    parts = [*_frame(across, up, axes), element("polyline", points=corners, class_="front")]
    spots = [(across(each.speed), up(each.quality)) for each in points]
    for point, (x, y) in zip(points, spots, strict=True):
        quiet = " quiet" if point.quiet else ""
        line = f"span s{point.number % 8}{quiet}"
        parts.append(element("line", x1=x, x2=x, y1=up(point.low), y2=up(point.high), class_=line))
        parts.append(marker(x, y, point.number, class_=quiet.strip()))
    parts += _names(points, spots, steps)
    return picture(WIDTH, _HEIGHT, parts, label=label)


def _frame(across: Scale, up: Scale, axes: tuple[str, str]) -> list[str]:
    parts = []
    for tick in up.ticks():
        y = up(tick)
        parts.append(element("line", x1=_LEFT, x2=WIDTH - _RIGHT, y1=y, y2=y, class_="grid"))
        parts.append(text(_LEFT - 5, y + 4, _tick(tick), anchor="end", class_="tick"))
    end = -100.0
    for tick in across.ticks():
        x, words = across(tick), _tick(tick)
        half = len(words) * LETTER / 2
        parts.append(element("line", x1=x, x2=x, y1=_TOP, y2=_HEIGHT - _BOTTOM, class_="grid"))
        if x - half > end + 4 and x + half <= WIDTH:
            parts.append(text(x, _HEIGHT - _BOTTOM + 15, words, anchor="middle", class_="tick"))
            end = x + half
    parts.append(text(WIDTH - _RIGHT, _HEIGHT - 8, f"{axes[0]} →", anchor="end", class_="axis"))
    parts.append(text(0, 11, f"↑ {axes[1]}", class_="axis"))
    return parts


def _stairs(best: Sequence[Point], across: Scale, up: Scale) -> list[tuple[float, float]]:
    """The corners of the front, from the fastest on: what no subject is beyond."""
    corners = [(across(best[0].speed), _HEIGHT - _BOTTOM)] if best else []
    for place, each in enumerate(best, 1):
        next_one = across(best[place].speed) if place < len(best) else _LEFT
        corners += [(corners[-1][0], up(each.quality)), (next_one, up(each.quality))]
    return corners


_Box = tuple[float, float, float, float]


def _names(
    points: Sequence[Point], spots: Sequence[tuple[float, float]], steps: Sequence[tuple[float, float]] = ()
) -> list[str]:
    """Labels next to their points, each where it covers no mark and no other label; a line leads to a far one."""
    taken: list[_Box] = [(x - 7, y - 7, x + 7, y + 7) for x, y in spots]
    taken += [(min(a, c) - 1, min(b, d) - 1, max(a, c) + 1, max(b, d) + 1) for (a, b), (c, d) in pairwise(steps)]
    parts = []
    order = sorted(range(len(points)), key=lambda place: spots[place][1])
    for place in order:
        (x, y), words = spots[place], fitted(points[place].name, 170)
        box = _free(x, y, len(words) * WIDE_LETTER + 2, taken)
        taken.append(box)
        left, top, right, bottom = box
        if abs((top + bottom) / 2 - y) > 9:
            nearest = min(max(x, left), right)
            parts.append(element("line", x1=x, y1=y, x2=nearest, y2=top if top > y else bottom, class_="lead"))
        if right <= x:
            parts.append(text(right - 1, bottom - 3, words, anchor="end", class_="name small"))
        else:
            parts.append(text(left + 1, bottom - 3, words, class_="name small"))
    return parts


def _free(x: float, y: float, width: float, taken: Sequence[_Box]) -> _Box:
    """The first place near (x, y) that covers nothing; else the least bad one."""
    best, least = (0.0, 0.0, 0.0, 0.0), float("inf")
    for far in range(0, 9):
        for way in (1, -1) if far else (0,):
            middle = y + way * (far * 10)
            for left in (x + 9, x - 9 - width, x - width / 2):
                if left == x - width / 2 and far < 2:
                    continue
                box = (left, middle - 7.5, left + width, middle + 7.5)
                covered = sum(_overlap(box, other) for other in taken) + 40 * _outside(box)
                if covered + far < least:
                    best, least = box, covered + far
                if covered == 0:
                    return box
    return best


def _overlap(one: _Box, other: _Box) -> float:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return width * height if width > 0 and height > 0 else 0.0


def _outside(box: _Box) -> float:
    return (
        max(0.0, _LEFT - box[0]) + max(0.0, box[2] - WIDTH + 2) + max(0.0, _TOP - 4 - box[1])
        + max(0.0, box[3] - _HEIGHT + _BOTTOM)
    )  # fmt: skip


def curves(spectra: Mapping[str, Sequence[float]], numbers: Mapping[str, int], *, label: str) -> str:
    """Draw how much variance the first axes hold together, by powers of ten of their number."""
    sums = {name: list(accumulate(shares)) for name, shares in spectra.items() if shares}
    longest = max((len(each) for each in sums.values()), default=1)
    across = Scale(1, max(longest, 2), _LEFT, WIDTH - _RIGHT, powers=True)
    up = Scale(0, 1, _HEIGHT - _BOTTOM, _TOP)
    parts = _frame(across, up, ("principal axes", "share of variance they hold"))
    spots, points = [], []
    for name, held in sums.items():
        number = numbers[name]
        path = " ".join(f"{across(place):.1f},{up(share):.1f}" for place, share in _thinned(held))
        parts.append(element("polyline", points=path, class_=f"curve s{number % 8} d{number % 4}"))
        middle = next(place for place, share in enumerate(held, 1) if share >= 0.5 * held[-1])
        spots.append((across(middle), up(held[middle - 1])))
        points.append(Point(name=name, number=number, speed=middle, quality=0.5, low=0, high=1))
    parts += [marker(x, y, point.number) for point, (x, y) in zip(points, spots, strict=True)]
    parts += _names(points, spots)
    return picture(WIDTH, _HEIGHT, parts, label=label)


def _thinned(held: Sequence[float]) -> list[tuple[int, float]]:
    """At most about a hundred points, closer where the scale is wider."""
    found, place = [], 1.0
    while place < len(held):
        found.append((int(place), held[int(place) - 1]))
        place = max(place + 1, place * 1.05)
    return [*found, (len(held), held[-1])]
