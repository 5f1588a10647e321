"""The trending page, and the scores that are shown with the papers of a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response
from markupsafe import Markup

from broadsheet.daily.day import SIZE, Feed
from broadsheet.daily.why_empty import midnight
from broadsheet.lab.report.svg import element
from broadsheet.site.context import Site, TheSite
from broadsheet.site.params import Days, Offset
from broadsheet.trending.curve import Curve, curves
from broadsheet.trending.places import places
from broadsheet.trending.ranking import Explanation, ended, explain, origin, rule, trending_feed
from broadsheet.trending.score import HALF_LIFE
from broadsheet.web import filters, render
from broadsheet.web.marks import marked
from broadsheet.web.topics import risen_topics

router = APIRouter(include_in_schema=False)
CHOICES = (1, 3, 7, 31)
_TOPICS = 5  # that lead the page
_HEIGHT, _WIDTH, _BAR = 22, 6, 5  # of the curve, of a day in it, and of its bar
_SAMPLE = (None, None, None, None, 1.0, 5.0, 9.0, 7.0, 8.0, 4.0, 3.0, 1.0, 0.0, 1.0)


@router.get("/trending")
def trending(request: Request, site: TheSite, days: Days = 7, offset: Offset = 0) -> Response:
    """Show the topics that rise, and the trending papers of the last days, or of the newest days that have papers: each
    with its place, what is known of its two weeks, and the parts of its score."""
    now, zone = site.now(), site.zone
    listing = trending_feed(site.collection, now=now, zone=zone, days=days, offset=offset, newest=True)
    moment = ended(listing, now=now, zone=zone)
    past = moment < now
    as_of = (moment - timedelta(microseconds=1) if past else now).astimezone(zone)  # within the last day
    risen, none_rises = ([], "") if offset else risen_topics(site, _TOPICS, days=days, now=as_of)
    drawn = curves(site.collection, listing.cards, now=moment, zone=zone)
    return render.rendered(
        request,
        site,
        "trending.html",
        rising=risen,
        none_rises=none_rises,
        feed=listing,
        past=past,
        since=filters.day_in_words(listing.period.last - timedelta(days=1)) if past else "yesterday",
        days=days,
        choices=CHOICES,
        size=SIZE,
        note=site.redact(listing.note),
        marks=marked(request, site, [(card.document, *card.others) for card in listing.cards]),
        scores=explain(site.collection, listing.cards, now=moment),
        places=places(site.collection, listing, now=moment, zone=zone),
        curves=drawn,
        drawings={name: bars(curve) for name, curve in drawn.items()},
        sample=_drawn(_SAMPLE, [""] * len(_SAMPLE), label="An example of such a drawing."),
        rule=rule(HALF_LIFE),
        origin=origin(site.collection),
    )


def scores(site: Site, listing: Feed) -> dict[str, Explanation]:
    """Return the scores of a list sorted by trending, as they are now or were when its last day ended; empty for a list
    in another order."""
    if listing.sort != "trending":
        return {}
    over = midnight(listing.period.last, site.zone, after=1)
    return explain(site.collection, listing.cards, now=min(site.now(), over))


def bars(curve: Curve) -> Markup:
    """Draw what is known of a curve: a bar for each day with interest, a line under each known day, and nothing where
    nothing is known; empty where no day has any."""
    if not any(curve.days):
        return Markup("")
    titles = [f"{filters.day_in_words(day)}: {_counted(value)}" for day, value in curve.dated if value is not None]
    known = [(day, value) for day, value in curve.dated if value is not None]
    some = [f"{_counted(value)} on {filters.day_in_words(day)}" for day, value in known if value]
    unknown = len(curve.days) - len(known)
    label = f"Votes, saves and comments over {len(curve.days)} days: {', '.join(some)}."
    label += f" Nothing is known of the other {unknown} days." if unknown else ""
    return _drawn(curve.days, titles, label=label)


def _drawn(days: Sequence[float | None], titles: Sequence[str], *, label: str) -> Markup:
    highest, drawn, said = max(value or 0.0 for value in days), [], iter(titles)
    for place, value in enumerate(days):
        if value is None:
            continue
        height = max(1.0, value / highest * _HEIGHT)
        words = next(said)
        drawn.append(
            element(
                "rect", element("title", words) if words else "", x=place * _WIDTH, y=_HEIGHT - height, width=_BAR,
                height=height,
            )
        )  # fmt: skip
    width = len(days) * _WIDTH
    made = element(
        "svg", "".join(drawn), class_="curve", role="img", aria_label=label, viewBox=f"0 0 {width} {_HEIGHT}",
        width=width, height=_HEIGHT,
    )  # fmt: skip
    return Markup(made)  # noqa: S704 - our own numbers and dates


def _counted(value: float) -> str:
    """A number of a day, which is a share where readings of a source lie on several days."""
    return f"{value:.0f}" if value >= 1 or not value else "under 1"
