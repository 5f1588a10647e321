"""Daily-papers lists of Hugging Face: every version of the payload, from a file, a folder of days, or live.

a list of rows, or an object around it, is one day (named by its file or its request)
votes, code and machine summaries are in the row's ``paper``, comments and the unchanged title outside it
the day: when the paper was put on the list, else the requested day, else (2024) the row's own date
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from broadsheet.core.errors import SourceError, UsageError
from broadsheet.core.types import Document
from broadsheet.http import AnswerError, Client, default_client
from broadsheet.sources.dates import when
from broadsheet.sources.fields import count, document, link
from broadsheet.sources.files import Record, made
from broadsheet.sources.lists import people, string, strings
from broadsheet.sources.payload import PayloadSource, from_files, inner, looks_like_path, parsed

BASE = "https://huggingface.co"
_PAGE, _MOST_PAGES, _MOST_DAYS = 50, 20, 366
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_SPAN = re.compile(r"week=\d{4}-W\d{2}|month=\d{4}-\d{2}")
_LISTS = ("data", "papers", "results", "items")
_FACTS = {"ai_summary": "ai_summary", "ai_summary_model": "ai_summary_model", "githubStars": "github_stars"}


def named(rest: str, *, client: Client | None = None) -> PayloadSource:
    """Make ``hf:FILE``, ``hf:FOLDER``, ``hf:daily``, ``hf:2026-01-31``, ``hf:week=2026-W05`` or ``hf:month=2026-01``.

    A live source may name another server: ``hf:daily@https://HOST``.
    """
    what, _, base = rest.partition("@")
    live = _Live(client, base.rstrip("/") or BASE)
    if what == "daily":
        return PayloadSource(f"hf:{rest}", live.daily, rolling=True)
    if _DAY.fullmatch(what) and isinstance(day := when(what), date):
        return PayloadSource(f"hf:{rest}", lambda _: live.listed({"date": what}, day))
    if _SPAN.fullmatch(what):
        return PayloadSource(f"hf:{rest}", lambda _: live.listed(dict([what.split("=")]), None))
    if looks_like_path(rest):
        return PayloadSource(
            f"hf:{rest}", lambda _: from_files(Path(rest), from_bytes, ".json", ".json.gz"), live=False
        )
    raise UsageError(
        f"Source 'hf:{rest}' is unknown: expected hf:daily, hf:YYYY-MM-DD, hf:week=YYYY-Www, hf:month=YYYY-MM, or an "
        "existing file or folder"
    )


def from_bytes(data: bytes, where: str = "hf", *, day: date | None = None, first: int = 1) -> Iterator[Record]:
    """Yield the records of one payload, ranked from ``first``; ``where`` may contain its day, as a file name does."""
    payload = parsed(data, where)
    if isinstance(payload, Mapping):
        day = day or _date(payload.get("date"))
        rows = next((payload[key] for key in _LISTS if isinstance(payload.get(key), list)), None)
    else:
        rows = payload
    if not isinstance(rows, list):
        raise SourceError(f"{where}: expected a list of daily papers, got {_description(payload)}")
    if day is None and (dated := _DAY.search(where)):
        day = _date(dated[0])
    for number, row in enumerate(rows, first):
        yield made(partial(document_of, day=day, rank=number), row, f"{where}:{number}")


def _description(payload: Any) -> str:
    says = string(inner(payload, "error")) or string(inner(payload, "message"))
    return f"the error {says[:200]!r}" if says else f"JSON of the kind {type(payload).__name__}"


def document_of(row: Any, *, day: date | None = None, rank: int | None = None) -> Document:
    """Make the Document of one row of a list; ``day`` is the day of the list, ``rank`` the row's place in it."""
    if isinstance(row, str):
        raise ValueError("the row is a printed Python object, not JSON; download this day again from the site")
    if not isinstance(row, Mapping):
        raise ValueError(f"the row is {type(row).__name__}, expected an object")
    paper = row["paper"] if isinstance(row.get("paper"), Mapping) else row
    own = string(paper.get("id")) or ""
    values = {
        "title": string(row.get("title")) or string(paper.get("title")),
        "text": string(paper.get("summary")) or string(row.get("summary")) or "",
        "own": own,
        "authors": people(_seen(paper.get("authors"))) or (),
        "submitted": _date(paper.get("publishedAt")),
        "listed": _listed(row, paper, day),
        "votes": count(paper.get("upvotes", row.get("upvotes"))),
        "comments": count(row.get("numComments", paper.get("numComments"))),
        "code": link(paper.get("githubRepo")),
        "project": link(paper.get("projectPage")),
    }
    return document(values, _extra(row, paper) | {"rank": rank}, prefix="hf")


def _seen(authors: Any) -> Any:
    """Return the authors that are not hidden."""
    if not isinstance(authors, list):
        return authors
    return [who for who in authors if not (isinstance(who, Mapping) and who.get("hidden") is True)]


def _listed(row: Mapping[str, Any], paper: Mapping[str, Any], day: date | None) -> date | None:
    """Return the day of the list. The row's own date counts only if it is later: since 2025 it is the paper's date
    minus some hours."""
    put = _date(paper.get("submittedOnDailyAt")) or _date(row.get("submittedOnDailyAt")) or day
    if put or row is paper:
        return put
    outside, own = string(row.get("publishedAt")) or "", string(paper.get("publishedAt")) or ""
    return _date(outside) if outside > own else None


def _date(value: Any) -> date | None:
    """Return the date that a moment begins with: midnights here are dates, not instants."""
    found = when((string(value) or "")[:10])
    return found if isinstance(found, date) else None


def _extra(row: Mapping[str, Any], paper: Mapping[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = {ours: paper.get(theirs, row.get(theirs)) for theirs, ours in _FACTS.items()}
    facts["ai_keywords"] = list(strings(paper.get("ai_keywords") or row.get("ai_keywords") or []) or ())
    for key, places in {
        "organization": ("organization", "submitterOrganization"),
        "submitter": ("submittedBy", "submittedOnDailyBy"),
    }.items():
        people_or_bodies = [from_[place] for from_ in (row, paper) for place in places if place in from_]
        facts[key] = next(filter(None, (_called(value) for value in people_or_bodies)), None)
        if key == "submitter":
            facts["submitter_user"] = next(filter(None, (_user(value) for value in people_or_bodies)), None)
    media = paper.get("mediaUrls") or row.get("mediaUrls") or row.get("mediaUrl")
    facts["media"] = [address for item in strings(media or []) or () if (address := link(item))]
    facts["thumbnail"] = link(row.get("thumbnail"))
    return facts


def _called(value: Any) -> str | None:
    return string(inner(value, "fullname")) or string(inner(value, "name")) or string(value)


def _user(person: Any) -> str | None:
    """Return the user name of a person, who has a full name next to it."""
    return string(inner(person, "user")) or (string(inner(person, "name")) if inner(person, "fullname") else None)


class _Live:
    """Reads the lists from the server, page by page."""

    def __init__(self, client: Client | None, base: str) -> None:
        self._client, self._base = client, base

    def daily(self, since: date | None) -> Iterator[Record]:
        """Yield the newest list, or every day's list from ``since`` to the newest."""
        newest = list(self.listed({}, None))
        if since is None:
            yield from newest
            return
        last = max((r.listed for r in newest if isinstance(r, Document) and r.listed), default=None)
        if last is None:
            raise SourceError(
                "hf:daily: the newest list is empty, so the last day is unknown; name a day: hf:YYYY-MM-DD"
            )
        if (last - since).days > _MOST_DAYS:
            raise SourceError(
                f"hf:daily goes back {_MOST_DAYS} days, and {since} is earlier; use hf:month=YYYY-MM for older lists"
            )
        for back in range((last - since).days, -1, -1):
            day = last - timedelta(days=back)
            yield from self.listed({"date": day.isoformat()}, day)

    def listed(self, parameters: dict[str, str], day: date | None) -> Iterator[Record]:
        """Yield one list with all its pages; a server without pages repeats the first one, which ends the list."""
        seen: set[str] = set()
        for page in range(_MOST_PAGES):
            records = list(self._page(parameters, day, page))
            ids = {record.id for record in records if isinstance(record, Document)}
            if seen and ids <= seen:
                return
            yield from (r for r in records if not (isinstance(r, Document) and r.id in seen))
            seen |= ids
            if len(records) < _PAGE:
                return

    def _page(self, parameters: dict[str, str], day: date | None, page: int) -> Iterator[Record]:
        query = urlencode(parameters | {"p": str(page), "limit": str(_PAGE)})
        url = f"{self._base}/api/daily_papers?{query}"
        try:
            response = (self._client or default_client()).get(url, accept="application/json")
        except AnswerError as error:
            if error.status == 400 and day:
                raise SourceError(f"hf: the list of {day} is not available yet: choose an earlier day") from error
            raise
        yield from from_bytes(
            response.body, f"hf {parameters.get('date', '')}".strip(), day=day, first=page * _PAGE + 1
        )
