"""The circles of topics: each among its neighbours by meaning, as large as its papers are many; some with marks.

places of the topics, made when topics were found -> boxes of circle and caption, pushed apart for each width of screen
-> a drawing with a link in each circle; what has no room for a caption has its name as a tooltip, and in the list
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from textwrap import wrap

import numpy as np
from markupsafe import Markup

from broadsheet.core.plane import Box, apart, room
from broadsheet.core.recent import Recent
from broadsheet.core.topic import Topic
from broadsheet.lab.report.svg import element, safe
from broadsheet.site.context import Site
from broadsheet.topics.map import places
from broadsheet.web import filters

_SMALLEST = 3.5  # radius of a circle
_WIDEST = 0.62  # width of a letter, by the size of its font, in the widest of the usual fonts
_GAP = 3.0  # between a circle and its caption, and around both
_ROUNDS = 400  # in which circles are pushed apart
_MANY = 60  # topics from which on circles become smaller
_LINE = 1.2  # height of a line, by the size of its font
_MOST_REMEMBERED, _ROOM = 40, 8_000_000  # layouts that are remembered, and roughly their bytes


@dataclass(frozen=True, slots=True)
class Size:
    """A drawing in one size, in pixels: its width, the font of captions, the radius of the largest circle, how many
    topics have a caption, how many letters a line of it holds, how full the plane may be, its greatest height, and the
    share of a box of circle and caption by which such boxes are pushed apart: more gives more captions room, and leaves
    fewer neighbours next to one another."""

    name: str
    width: float
    font: float
    largest: float
    captions: int
    letters: int
    full: float
    tallest: float
    push: float


SIZES = (Size("wide", 900, 13, 32, 60, 18, 0.34, 1200, 0.7), Size("narrow", 358, 11.5, 20, 40, 15, 0.34, 1200, 0.8))
SMALL = Size("small", 280, 11, 11, 0, 24, 0.16, 280, 1.0)


@dataclass(frozen=True, slots=True)
class Spot:
    """A topic or field on the plane: the centre and radius of its circle (0: a field, which has none), the lines of its
    caption, and the ``middle`` of that."""

    topic: Topic
    x: float
    y: float
    radius: float
    lines: tuple[str, ...]
    middle: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Marked:
    """What is marked on a map: topics that rise, with the reason, how many of the reader's papers a topic holds, and
    the topic where the reader is."""

    rising: Mapping[int, str]
    mine: Mapping[int, int]
    here: int = 0


def drawing(site: Site, topics: Sequence[Topic], size: Size, marked: Marked) -> Markup:
    """Draw the map of these topics and fields; empty where they are not on the map yet."""
    at = places(site.collection.store)
    wanted = {*marked.rising, *marked.mine, marked.here} if size.captions else {marked.here}
    shown = [each for each in topics if each.level == "field" or each.id in at]
    shown = [each for each in shown if each.papers]
    key = (size.name, *((each.id, each.name, round(_radius(each, shown, size)), each.id in wanted) for each in shown))
    memory: Recent[int, tuple[tuple[Spot, ...], float]] = site.collection.memory(
        "maps", lambda: Recent(_MOST_REMEMBERED, size=_ROOM)
    )
    if not any(each.id in at for each in shown):
        return Markup("")
    known = memory.get(hash((key, str(sorted(at.items())))))
    if known is None:
        known = laid(shown, at, size, wanted)
        memory.keep(hash((key, str(sorted(at.items())))), known, size=400 * (1 + len(known[0])))
    spots, height = known
    papers = {each.id: each for each in topics}
    parts = [_spot(spot, papers[spot.topic.id], size, marked) for spot in spots]
    label = (
        f"A map of {sum(spot.radius > 0 for spot in spots)} topics: near ones are alike, large ones have many papers."
    )
    made = element(
        "svg", "".join(parts), class_=f"map {size.name}", role="group", aria_label=label,
        viewBox=f"0 0 {size.width:.0f} {height:.0f}", width=size.width, height=height,
    )  # fmt: skip
    return Markup(made)  # noqa: S704 - texts are escaped by ``element`` and ``safe``


def laid(
    topics: Sequence[Topic], at: Mapping[int, tuple[float, float]], size: Size, wanted: set[int]
) -> tuple[tuple[Spot, ...], float]:
    """Return the spots of topics and fields in a size, and the height of the drawing. No circle lies on another, and no
    caption on a circle or on another caption: one without room is left out."""
    own = sorted((each for each in topics if each.level == "topic"), key=lambda each: (-each.papers, each.id))
    fields = [each for each in topics if each.level == "field"] if size.captions else []
    named = {each.id for place, each in enumerate(own) if place < size.captions or each.id in wanted}
    captions = [_lines(each, size) if each.id in named else () for each in own]
    captions += [_lines(each, size) for each in fields]
    radii = np.array([*(_radius(each, own, size) for each in own), *(0.0 for _ in fields)])
    halves = np.array([_half(radius, lines, size) for radius, lines in zip(radii, captions, strict=True)])
    height = float(ceil((4 * halves.prod(axis=1)).sum() / size.full / size.width))
    height = min(max(height, 0.45 * size.width), size.tallest)
    wished = np.array([at[each.id] for each in own] + [_middle(each, own, at) for each in fields]).reshape(-1, 2)
    inner = np.array([size.width, height]) - 2 * halves
    centres = apart(halves + wished * np.maximum(inner, 0), halves * size.push, width=size.width, height=height)
    centres[:, 1] += radii + _GAP - halves[:, 1]  # of the circles, above their captions
    count, round_ = len(own), np.repeat(radii[:, None] + _GAP, 2, axis=1)
    circles = apart(centres[:count], round_[:count], width=size.width, height=height, rounds=_ROUNDS)
    taken: list[Box] = [(*centre, half, half) for centre, half in zip(circles.tolist(), radii.tolist(), strict=False)]
    middles = [*circles.tolist(), *centres[count:].tolist()]
    around = [
        _around(x, y, radius, lines, size) if lines else []
        for (x, y), radius, lines in zip(middles, radii.tolist(), captions, strict=True)
    ]
    last = [each.id not in wanted for each in own] + [False] * len(fields)
    order = sorted(range(len(around)), key=lambda each: (each < count, last[each], each))  # fields are landmarks
    fitted = room([around[each] for each in order], taken, width=size.width, height=height)
    got = [place for _, place in sorted(zip(order, fitted, strict=True))]
    spots = []
    for topic, (x, y), radius, lines, boxes, place in zip(
        [*own, *fields], middles, radii.tolist(), captions, around, got, strict=True
    ):
        if place is not None:
            spots.append(Spot(topic, x, y, radius, lines, boxes[place][:2]))
        elif radius:
            spots.append(Spot(topic, x, y, radius, (), (x, y)))
    return tuple(spots), height


def _around(x: float, y: float, radius: float, lines: Sequence[str], size: Size) -> list[Box]:
    """The boxes where the caption of a circle may be: under it, above it, to its right, to its left."""
    wide, tall = _text(lines, size)
    up, aside = radius + _GAP + tall, radius + _GAP + wide
    if not radius:
        return [(x, y + step * tall, wide, tall) for step in (0, -1, 1, -2, 2)]
    return [(x, y + up, wide, tall), (x, y - up, wide, tall), (x + aside, y, wide, tall), (x - aside, y, wide, tall)]


def _text(lines: Sequence[str], size: Size) -> tuple[float, float]:
    """Half the width and height of a caption, with room for an arrow in its first line."""
    letters = max((len(line) + 2 * (not place) for place, line in enumerate(lines)), default=0)
    return letters * _WIDEST * size.font / 2, len(lines) * _LINE * size.font / 2


def _radius(topic: Topic, topics: Sequence[Topic], size: Size) -> float:
    """The radius of a circle whose area is that of its papers; of very many topics, all are smaller."""
    own = [each.papers for each in topics if each.level == "topic"]
    largest = size.largest * sqrt(min(1.0, _MANY / max(1, len(own))))
    return 0.0 if topic.level == "field" else max(_SMALLEST, largest * sqrt(topic.papers / max(1, *own)))


def _half(radius: float, lines: Sequence[str], size: Size) -> tuple[float, float]:
    """Half the width and height of the box that holds a circle and the caption under it."""
    wide, tall = _text(lines, size)
    return max(radius, wide) + _GAP, radius + tall + _GAP * (1.5 if lines else 1)


def _lines(topic: Topic, size: Size) -> tuple[str, ...]:
    """The name of a topic in at most three lines, or as much of it as these hold."""
    lines = wrap(f"↑ {topic.name}", size.letters, max_lines=3, placeholder="…", break_on_hyphens=True)
    return (lines[0].removeprefix("↑ "), *lines[1:]) if lines else ()


def _middle(field: Topic, topics: Sequence[Topic], at: Mapping[int, tuple[float, float]]) -> tuple[float, float]:
    """The middle of the topics of a field."""
    own = [at[each.id] for each in topics if each.parent == field.id] or [(0.5, 0.5)]
    x, y = np.mean(own, axis=0).tolist()
    return x, y


def _spot(spot: Spot, topic: Topic, size: Size, marked: Marked) -> str:
    """A circle with its caption, or the caption of a field, as a link."""
    rises, mine, here = topic.id in marked.rising, marked.mine.get(topic.id, 0), topic.id == marked.here
    said = [f"{topic.name}: {topic.papers:,} paper{'' if topic.papers == 1 else 's'}"]
    said += [f"rising: {marked.rising[topic.id].rstrip('.')}"] if rises else []
    said += [f"{mine:,} of them saved by you"] if mine else []
    said += ["you are here"] if here else []
    parts = [element("title", safe(", ".join(said)))]
    if spot.radius:
        parts.append(element("circle", cx=spot.x, cy=spot.y, r=spot.radius))
        if mine:
            parts.append(element("circle", class_="mine", cx=spot.x, cy=spot.y, r=max(2.0, spot.radius / 3)))
    lines = [*spot.lines]
    if lines and rises:
        lines[0] = f"↑ {lines[0]}"
    spans = "".join(
        element("tspan", safe(line), x=spot.middle[0], y=spot.middle[1] + _base(place, len(lines), size))
        for place, line in enumerate(lines)
    )
    if spans:
        parts.append(element("text", spans, text_anchor="middle", font_size=size.font))
    kinds = ["field" if not spot.radius else "spot", *(["rises"] if rises else []), *(["here"] if here else [])]
    return element("a", "".join(parts), href=filters.topic_address(topic), class_=" ".join(kinds))


def _base(line: int, lines: int, size: Size) -> float:
    """How far the base of a line lies below the middle of its caption."""
    return (line - (lines - 1) / 2) * _LINE * size.font + 0.35 * size.font
