"""Papers of a few days in October 2026, and the verb feed over them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from broadsheet.collection import Collection
from broadsheet.core.periods import parse
from broadsheet.core.types import Document
from broadsheet.daily.day import Feed, Wanted, feed

NOW = datetime(2026, 10, 7, 12, 0, tzinfo=UTC)  # a Wednesday
MONDAY = date(2026, 10, 5)


def made(name: str, day: date | None = MONDAY, **more: object) -> Document:
    more = {"title": f"Paper {name} on Lighthouse Lamps", "authors": (f"Ann {name}",), "source": "hf:daily", **more}
    return Document(id=f"made:{name}", listed=day, **more)


PAPERS = (
    made("a", votes=3, categories=("cs.CV",)),
    made("b", votes=9, categories=("cs.CL", "stat.ML"), links={"code": "https://example.org/b"}),
    made("c", announced=MONDAY + timedelta(days=1), categories=("cs.CV",)),
    made("d", MONDAY - timedelta(days=10), votes=1),
    made("undated", None, submitted=MONDAY),
    made("shelf", source="shelf:starter"),
)
ELSEWHERE = Document(
    id="conf:1", title="Paper A on Lighthouse Lamps", authors=("Ann a",), year=2026, venue="LAMP", source="csv:conf.csv"
)


def asked(collection: Collection, name: str = "", *, now: datetime = NOW, **options: object) -> Feed:
    return feed(collection, parse(name) if name else None, now=now, zone=UTC, wanted=Wanted(**options))
