"""The report as HTML: a body for our page and the site's, and one page that needs nothing from elsewhere.

a Report -> the values that its tables and plots show -> the template of the body
the body, our styles and a policy that allows these styles alone -> one file
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from broadsheet.lab.report import digits, plots, words
from broadsheet.lab.report.content import Report, front, letters
from broadsheet.lab.report.svg import marker, picture

if TYPE_CHECKING:
    from jinja2 import Environment

_LEVELS = 9  # shades of a heat map


def page(report: Report) -> str:
    """Return one HTML page that loads nothing, runs nothing, and says so in its policy."""
    style = _file("page.css") + plots_style()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return _templates().get_template("page.html").render(
        report=report, body=body(report), style=Markup(style), digest=digest  # noqa: S704 - our own file
    )  # fmt: skip


def body(report: Report) -> Markup:
    """Return the sections of a report as markup, under headings of the second level."""
    made = _templates().get_template("body.html").render(view=View(report), report=report, words=words, digits=digits)
    return Markup(made)  # noqa: S704 - escaped by its template


def plots_style() -> str:
    """Return the styles of the body."""
    return _file("plots.css")


@cache
def _file(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text("utf-8")


@cache
def _templates() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    return Environment(
        loader=FunctionLoader(lambda name: _file(f"templates/{name}")), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, auto_reload=False, finalize=_shown,
    )  # fmt: skip


def _shown(value: Any) -> Any:
    """A text from outside without the characters that steer others or that HTML refuses."""
    if type(value) is not str or value.isprintable():
        return value
    return "".join(each for each in value if each.isprintable() or each in " \n\N{NO-BREAK SPACE}")


class View:
    """What the template asks of a report: its plots as markup, its shades, and the marks of its subjects."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self.subjects = report.subjects
        self.number = {name: place for place, name in enumerate(self.subjects)}
        for each in (*(report.likeness.names if report.likeness else ()), *(shape.subject for shape in report.shapes)):
            self.number.setdefault(each, len(self.number))
        self._controls = {each.subject for each in report.entries if each.control}

    def control(self, subject: str) -> bool:
        """Tell whether a subject is a control."""
        return subject in self._controls

    def mark(self, subject: str) -> Markup:
        """Return the mark of a subject as a small picture that says nothing of its own."""
        drawn = picture(
            16, 16, [marker(8, 8, self.number[subject], class_="quiet" if self.control(subject) else "")], label=""
        )
        return _markup(drawn.replace('role="img" aria-label=""', 'aria-hidden="true" class="key"'))

    def plane(self, kind: str) -> tuple[Markup, str] | None:
        """Return the plot of quality against speed of a kind, with who is on the front; None where no two speeds are
        known."""
        means, speeds, unit = self._report.means(kind), *self._speeds(kind)
        points = plots.near([
            plots.Point(name=each.subject, number=self.number[each.subject], speed=speeds[each.subject],
                        quality=each.value, low=each.low, high=each.high, quiet=each.control)
            for each in means
            if each.subject in speeds
        ])  # fmt: skip
        if len(points) < 2:
            return None
        sign = 1 if self._higher(kind) else -1
        best = front({each.name: (sign * each.quality, each.speed) for each in points})
        sentence = words.front(kind, best)
        label = f"{words.kind(kind)}: {means[0].figure} against {unit}. {sentence}"
        return _markup(plots.plane(points, front=best, label=label, axes=(unit, means[0].figure))), sentence

    def _speeds(self, kind: str) -> tuple[dict[str, float], str]:
        """Queries a second of each subject, or texts a second, whichever more of them have."""
        queries, texts = {}, {}
        for each in self._report.means(kind):
            cost = self._report.cost(each.subject)
            if cost and cost.queries_a_second:
                queries[each.subject] = cost.queries_a_second
            if cost and cost.texts_a_second:
                texts[each.subject] = cost.texts_a_second
        return (texts, "texts a second") if len(texts) > len(queries) else (queries, "queries a second")

    def _higher(self, kind: str) -> bool:
        return all(each.higher for each in self._report.main if each.kind == kind)

    def forest(self, name: str) -> Markup:
        """Return the forest plot of a set."""
        tags = letters(self._report.groups(name))
        ranked = self._report.ranked(name)
        lines = [
            plots.Line(name=each.subject, number=self.number[each.subject], value=each.value, low=each.low,
                       high=each.high, tag=tags.get(each.subject, ""), quiet=each.control)
            for each in ranked
        ]  # fmt: skip
        axis = f"{ranked[0].figure}, {ranked[0].items:,} items{'' if ranked[0].higher else ', less is better'}"
        return _markup(plots.forest(lines, label=words.forest(self._report, name), axis=axis))

    def sights(self) -> Markup:
        """Return the plot of the resolutions of all sets, the sharpest first."""
        found = sorted(self._report.sights, key=lambda each: each.value)
        lines = [
            plots.Line(name=f"{each.set} ({each.items:,} items)", number=0, value=each.value, low=each.low,
                       high=each.high)
            for each in found
        ]  # fmt: skip
        label = "Resolution of each set, the sharpest first: " + " ".join(words.sight(each) for each in found)
        return _markup(plots.forest(lines, label=label, axis="smallest difference that the set finds", leader=False))

    def spectrum(self) -> Markup:
        """Return the plot of the spectra."""
        spectra = {each.subject: each.spectrum for each in self._report.shapes if each.spectrum}
        label = "Share of the variance that the first principal axes hold. " + "; ".join(
            f"{name}: half of it in {self.half(name)} axes" for name in spectra
        )
        return _markup(plots.curves(spectra, self.number, label=label))

    def half(self, subject: str) -> int:
        """Return how many axes hold half of the variance of a subject's vectors."""
        shares = next(each.spectrum for each in self._report.shapes if each.subject == subject)
        total, held = sum(shares), 0.0
        for place, share in enumerate(shares, 1):
            held += share
            if held >= total / 2:
                return place
        return len(shares)

    def shade(self, name: str, value: float) -> int:
        """Return the shade of a value on a set, from 0 for the worst subject to 8 for the best."""
        gains = [each.gain for each in self._report.ranked(name)]
        sign = 1 if self._report.ranked(name)[0].higher else -1
        return _shade(sign * value, min(gains), max(gains))

    def likeness_shade(self, value: float) -> int:
        """Return the shade of a likeness, from the least of the table to 1."""
        assert self._report.likeness
        return _shade(value, min(min(row) for row in self._report.likeness.rows), 1.0)

    def kind_of(self, name: str) -> str:
        """Return the kind of a set."""
        return next(each.kind for each in self._report.main if each.set == name)

    def mean(self, kind: str, subject: str) -> Any:
        """Return the mean of a subject over the sets of a kind, None if one of them was not measured."""
        return next((each for each in self._report.means(kind) if each.subject == subject), None)

    def cell(self, name: str, subject: str) -> Any:
        """Return the main entry of a subject on a set, None if it was not measured."""
        return next((each for each in self._report.ranked(name) if each.subject == subject), None)

    def warnings(self) -> list[tuple[str, list[str]]]:
        """Return each warning once, with the subjects and sets that it is about."""
        found: dict[str, list[str]] = {}
        for each in self._report.entries:
            for message in each.warnings:
                found.setdefault(message, []).append(f"{each.subject}, {each.figure} on {each.set}")
        return list(found.items())

    def known(self, name: str) -> bool:
        """Tell whether any subject has a cost of this name."""
        return any(getattr(each, name) is not None for each in self._report.costs)

    def numbers(self) -> list[str]:
        """Return the names of all numbers of geometry."""
        return list(dict.fromkeys(name for each in self._report.shapes for name in each.numbers))


def _shade(value: float, low: float, high: float) -> int:
    return _LEVELS - 1 if high <= low else round((value - low) / (high - low) * (_LEVELS - 1))


def _markup(drawn: str) -> Markup:
    return Markup(drawn)  # noqa: S704 - texts in it were escaped where it was drawn
