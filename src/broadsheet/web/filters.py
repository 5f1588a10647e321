"""The words of the templates: dates, people, matches and addresses. All foreign text leaves escaped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from markupsafe import Markup, escape

from broadsheet.core import works
from broadsheet.core.card import INSTITUTIONS, STARS, SUMMARIES
from broadsheet.core.card import institution as institution
from broadsheet.core.card import stars as stars
from broadsheet.core.identity import places
from broadsheet.core.periods import Period
from broadsheet.core.relevance import figure as figure
from broadsheet.core.status import status_in_words, status_of
from broadsheet.core.text import clipped as clipped
from broadsheet.core.topic import Counted, Named, Topic, slug, topic_number
from broadsheet.core.types import LEVELS as LEVELS
from broadsheet.core.types import Document, Result
from broadsheet.exports.formats import FORMATS as FORMATS
from broadsheet.search.stages import LABELS
from broadsheet.site.params import FEED_LEAST, DayParams, SearchParams
from broadsheet.site.period import BY_TOPIC
from broadsheet.site.urls import paper_page
from broadsheet.sources.payload import is_file as is_file
from broadsheet.sources.payload import without_folders as without_folders
from broadsheet.store.alerts import SavedQuery
from broadsheet.store.merge import is_shelf as is_shelf
from broadsheet.web.mathematics import keyword as keyword
from broadsheet.web.mathematics import paragraphs as paragraphs
from broadsheet.web.mathematics import title as title
from broadsheet.web.ways import on_page

PART_LABELS = LABELS
MODES = {"hybrid": "words and meaning", "lexical": "words", "semantic": "meaning"}
ABSTRACT, CODE = "Abstract", "Code"
_LINKS = {"abstract": ABSTRACT, "pdf": "PDF", "code": CODE, "project": "Project"}
_MARKS = "".join(map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]))
_CONTROLS = "".join(map(chr, [*range(9), 11, 12, *range(14, 32), *range(127, 160)]))
_COMMAND = re.compile(r"`([^`\n]{1,200})`")
# The first that is found counts: most browsers say that they are others too.
_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
            ("Mac OS X", "macOS"), ("Linux", "Linux"))  # fmt: skip
_UNSHOWN = str.maketrans("", "", _MARKS + _CONTROLS)


def shown(value: Any) -> Any:
    """Return a value without the characters that turn the direction of others or are not allowed in HTML; in place of
    a command that a message names, what a reader can do on a page.

    Markup is our own, made of values that have passed through here.
    """
    if type(value) is str and "`broadsheet " in value:
        value = on_page(value)
    if type(value) is str and not value.isprintable():
        return value.translate(_UNSHOWN)
    return value


def coded(text: str) -> Markup:
    """Return a message of ours with the commands between its backticks as code."""
    return Markup(_COMMAND.sub(r"<code>\1</code>", str(escape(shown(text)))))  # noqa: S704 - escaped before


def sentence(text: str) -> Markup:
    """Return a message as a sentence, with a full stop."""
    return coded(text if text.endswith((".", "!", "?", "…")) else f"{text}.")


def browser(agent: str) -> str:
    """Name a browser from its user agent, as ``Firefox on Linux``; if unknown, return the beginning of the text."""
    names = [next((name for mark, name in marks if mark in agent), "") for marks in (_BROWSERS, _SYSTEMS)]
    return " on ".join(filter(None, names)) or clipped(agent, 60) or "Unnamed browser"


@lru_cache(maxsize=1_000)
def day(value: date) -> Markup:
    """Return ``2 October 2026`` in a ``time`` element."""
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), day_in_words(value))


def day_in_words(value: date) -> str:
    """Return ``2 October 2026``."""
    return f"{value.day} {value:%B} {value.year}"


def when(document: Document) -> Markup:
    """Return the best date of a paper, or its year; empty when neither is known."""
    return day(document.dated) if document.dated else escape(document.year or "")


def marked(result: Result) -> Markup:
    """Return the passage with the query's words in ``mark`` elements."""
    pieces, place = [], 0
    for start, end in result.matched:
        word = shown(result.passage[start:end])
        pieces += [escape(shown(result.passage[place:start])), Markup("<mark>{}</mark>").format(word)]
        place = end
    return Markup("").join([*pieces, escape(shown(result.passage[place:]))])


def paper_address(document: Document, tail: str = "") -> str:
    """Return the address of a paper's page; ids may hold `/` and `:`."""
    return paper_page(document.id) + tail


def acts_anchor(id_: str) -> str:
    """Return the HTML id of a paper's row of buttons, so that a form can redirect back to it."""
    return f"acts-{quote(id_, safe='')}"


def vote_anchor(id_: str) -> str:
    """Return the HTML id of a paper's votes."""
    return f"vote-{quote(id_, safe='')}"


def similar_address(document: Document) -> str:
    """Return the address that ``list_address`` takes for the papers similar to this one."""
    return paper_page(document.id).replace("/paper/", "/similar/", 1)


def list_address(page: str, form: str) -> str:
    """Return the address of a page's list as a feed or a file, which ``api/feeds.py`` serves. The feed of a search says
    how well its papers match, so that anyone who follows it can change that."""
    path, mark, query = page.partition("?")
    if path == "/search" and FORMATS[form].feed:
        query = f"{query}&least={FEED_LEAST}"
    return f"/feeds{path}.{form}{mark}{query}"


def author_address(name: str) -> str:
    """Return the address of an author's page."""
    return f"/author/{quote(name, safe='')}"


def topic_address(topic: Topic | Named | Counted) -> str:
    """Return the address of a topic's page."""
    return f"/topic/{quote(slug(topic.id, topic.name))}"


def topic_value(topic: Topic | Named | Counted) -> str:
    """Return a topic as the value of a condition: its number, and its name for those who read the address."""
    return slug(topic.id, topic.name)


def topic_in_words(value: str) -> str:
    """Return the value of a condition on topics as a reader reads it: of a slug the words, of anything else all."""
    number = topic_number(value)
    words = value.strip().partition("-")[2].replace("-", " ") if number is not None else ""
    return words or (f"topic {number}" if number is not None else value)


def ago(moment: datetime, now: datetime) -> str:
    """Return ``5 minutes ago`` or ``3 days ago``; a moment in the future is ``just now``."""
    seconds = max(0, int((now - moment).total_seconds()))
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            number = seconds // size
            return f"{number:,} {unit}{'' if number == 1 else 's'} ago"
    return "just now"


def search_address(asked: SearchParams | None = None, /, **changes: Any) -> str:
    """Return the address of a search with changes, without parameters that are empty or default."""
    values = {**(parameters(asked) if asked else {}), **changes}
    given = {name: value for name, value in values.items() if value not in (None, "", []) and _USUAL.get(name) != value}
    return f"/search?{urlencode(given, doseq=True)}"


def quoted(words: str) -> str:
    """Return a query as one phrase, which is searched as it is typed."""
    return '"{}"'.format(words[:2_000].replace('"', " ").strip())


def chosen(asked: SearchParams) -> list[tuple[str, str]]:
    """Return the active filters as labels and values in words."""
    values = [
        ("since", asked.since and day_in_words(asked.since)),
        ("until", asked.until and day_in_words(asked.until)),
        *((label, " or ".join(getattr(asked, label))) for label in ("author", "venue", "category", "source")),
        ("topic", " or ".join(map(topic_in_words, asked.topic))),
        ("votes from", None if asked.min_votes is None else str(asked.min_votes)),
        ("code", {None: None, True: "linked", False: "not linked"}[asked.has_code]),
    ]
    return [(label, value) for label, value in values if value]


def removals(asked: SearchParams) -> list[tuple[str, str, str]]:
    """Return the active filters as labels and values in words, each with the address of the search without it."""
    fields = {"votes from": "min_votes", "code": "has_code"}
    found = []
    for label, value in chosen(asked):
        name = fields.get(label, label)
        several = getattr(asked, name)
        if not isinstance(several, list):
            found.append((label, value, search_address(asked, offset=0, **{name: None})))
            continue
        for each in several:
            left = [other for other in several if other != each]
            words = topic_in_words(each) if name == "topic" else each
            found.append((label, words, search_address(asked, offset=0, **{name: left})))
    return found


def turned(query: str, more: Sequence[str], less: Sequence[str], without: Sequence[str]) -> str:
    """Return the parameters of a search that is explained, with concepts turned up, down or off, each once."""
    turns = {"more": more, "less": less, "without": without}
    return urlencode({"q": query, **{name: list(dict.fromkeys(each)) for name, each in turns.items()}}, doseq=True)


def abroad(identifier: str) -> str:
    """Return where a paper with this identifier is described, at arXiv or by its DOI; empty where that is unknown."""
    return places([identifier]).get("abstract", "")


SORTS = {"best": "best first", "newest": "newest first", "votes": "most votes"}
_USUAL = {"mode": "hybrid", "offset": 0, "diverse": 0.0, "sort": "best"}


def parameters(asked: SearchParams) -> dict[str, Any]:
    """Return a search as the parameters of an address."""
    values = asked.model_dump()
    values["q"] = asked.q[:2_000]
    for name in ("has_code", "relevant", "copies"):
        values[name] = None if values[name] is None else str(values[name]).lower()
    return values


def period_in_words(period: Period) -> Markup:
    """Return ``Tuesday, 30 September 2025``, ``Week 40 of 2025`` or ``September 2025``."""
    if period.kind == "day":
        return Markup("{:%A}, ").format(period.first) + day(period.first)
    if period.kind == "week":
        year, week, _ = period.first.isocalendar()
        return Markup("Week {} of {}").format(week, year)
    return escape(f"{period.first:%B} {period.first.year}")


def period_in_short(period: Period) -> str:
    """Return ``Mon 29``, ``Week 40`` or ``Sep``, for a link whose whole name stands elsewhere."""
    if period.kind == "day":
        return f"{period.first:%a} {period.first.day}"
    return f"Week {period.first.isocalendar().week}" if period.kind == "week" else f"{period.first:%b}"


def day_by_name(day: date) -> str:
    """Return ``Tuesday 30 September``."""
    return f"{day:%A} {day.day} {day:%B}"


def period_by_name(period: Period, *, away_from: Period | None = None) -> str:
    """Return ``Tuesday``, ``week 40`` or ``September``; a day more than six days away from another one with its date,
    and so without another."""
    if period.kind == "week":
        return f"week {period.first.isocalendar().week}"
    if period.kind == "month":
        return f"{period.first:%B}"
    far = away_from is not None and abs((period.first - away_from.first).days) > 6
    return day_by_name(period.first) if far else f"{period.first:%A}"


def filters_set(asked: DayParams, alerts: Sequence[SavedQuery]) -> list[tuple[str, dict[str, Any]]]:
    """Return the filters that are set on a day as words, each with the changes that remove it."""
    several = [
        (f"{word}{topic_in_words(value) if name.endswith('topic') else value}", name, value)
        for name, word in _SEVERAL.items()
        for value in getattr(asked, name)
    ]
    made: list[tuple[str, dict[str, Any]]] = [
        (label, {name: [each for each in getattr(asked, name) if each != value]}) for label, name, value in several
    ]
    if asked.has_code is not None:
        made.append(("with code" if asked.has_code else "without code", {"has_code": None}))
    if asked.match.strip():
        made.append(
            (f"about “{clipped(asked.match.strip(), 60)}”, {asked.least or 'good'}", {"match": "", "least": ""})
        )
    elif asked.query is not None:
        name = next((each.name for each in alerts if each.number == asked.query), str(asked.query))
        made.append((f"alert “{name}”", {"query": None, "least": ""}))
    return made


_SEVERAL = {
    "category": "", "without_category": "not ", "topic": "", "without_topic": "not ", "source": "from ",
}  # fmt: skip


def day_address(period: Period | None = None, asked: DayParams | None = None, /, **changes: Any) -> str:
    """Return the address of a day, week or month (None: the latest day) with its parameters, and changes."""
    path = f"/{period.kind}/{period.name}" if period else "/latest"
    if asked is None and not changes:
        return path
    values = {**(asked.model_dump() if asked else {}), **changes}
    values["has_code"] = None if values.get("has_code") is None else str(values["has_code"]).lower()
    if not values.get("match") and values.get("query") is None:
        values["least"] = ""  # has no meaning without them
    usual = {"sort": BY_TOPIC, "offset": 0, "least": "good" if values.get("match") else ""}
    given = {name: value for name, value in values.items() if value not in (None, "", []) and usual.get(name) != value}
    return f"{path}?{urlencode(given, doseq=True)}" if given else path


def status(document: Document) -> str:
    """Return the status of a paper in words, empty for one in good standing."""
    known = status_of(document)
    return status_in_words(known) if known else ""


def standing(document: Document) -> list[str]:
    """Return the states of a paper that a reader should know of next to its status: a later version."""
    states = []
    if works.revised(document):
        changed = f", {day_in_words(document.updated)}" if document.updated else ""
        states.append(f"version {document.version}{changed}")
    return states


def source(name: str) -> str:
    """Return a source as readers know it: the starter shelf, a library, a file by its own name; otherwise its name."""
    kind, _, rest = without_folders(name).partition(":")
    if kind in _SOURCES:
        return _SOURCES[kind]
    return rest if is_file(name) else name


_SOURCES = {"shelf": "starter shelf", "library": "a reader’s library", "submitted": "a reader’s submission"}


def elsewhere(document: Document) -> str:
    """Say in a few words where a copy appeared: its venue, otherwise its source, and its day or year."""
    place = document.venue or (source(document.source) if document.source else document.id)
    when_ = day_in_words(document.dated) if document.dated else str(document.year or "")
    return f"{place}, {when_}" if when_ and when_ not in place else place


def is_link(address: object) -> bool:
    """Tell whether an address may be in a link: http and https only."""
    try:
        parts = urlsplit(address) if isinstance(address, str) else None
    except ValueError:
        return False
    return parts is not None and parts.scheme in ("http", "https") and bool(parts.netloc)


def links(document: Document) -> list[tuple[str, str]]:
    """Return the labels and addresses of external links, the known ones first."""
    known = [name for name in _LINKS if name in document.links]
    others = [name for name in document.links if name not in _LINKS]
    named = [(_LINKS.get(name, name), document.links[name]) for name in known + others]
    return [(label, address) for label, address in named if is_link(address)]


def outward(document: Document) -> list[tuple[str, str]]:
    """Return the external links of a paper for its own page: what leads to arXiv is called so."""
    return [
        ("arXiv" if label == ABSTRACT and _is_arxiv(address) else label, address) for label, address in links(document)
    ]


def _is_arxiv(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    return host == "arxiv.org" or host.endswith(".arxiv.org")


def alike_address(one: Document, other: Document) -> str:
    """Return the address of the comparison of two papers."""
    return f"/alike?{urlencode({'one': one.id, 'other': other.id})}"


def ordinal(number: int) -> str:
    """Return ``1st``, ``2nd``, ``3rd`` or ``11th``."""
    ending = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"


def facts(extra: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the extra facts that fit on one line and are on no other part of the page, as labels and values."""
    return [
        (_FACTS.get(name, name.replace("_", " ")), line)
        for name, value in extra.items()
        if name not in _SHOWN_ELSEWHERE and (line := _line(value))
    ]


_SHOWN_ELSEWHERE = frozenset((*SUMMARIES, *INSTITUTIONS, *STARS))
_FACTS = {
    "submitter": "Put on the list by", "submitted": "Put on the list", "rank": "Place on its list",
    "ai_keywords": "Keywords by its source", "comment": "Comment of its authors", "thumbnail": "Picture",
    "entry_type": "Kind of its BibTeX entry", "journal_ref": "Journal", "primary": "First category",
}  # fmt: skip
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T\d\d:\d\d:\d\d[\d.]*(?:Z|[+-]\d\d:?\d\d)?")


def _line(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and (moment := _MOMENT.fullmatch(value)):
        return day_in_words(date.fromisoformat(moment[1]))
    if isinstance(value, str | int | float):
        return str(value)[:500]
    if isinstance(value, list) and value and all(isinstance(item, str | int | float) for item in value):
        return ", ".join(map(str, value))[:500]
    return ""


def by_day(documents: Sequence[Document]) -> Iterator[tuple[Markup, list[Document]]]:
    """Group documents, in their order, under headings with their day or year."""
    heading, group = Markup(""), list[Document]()
    for document in documents:
        words = when(document) or Markup("Without a date")
        if group and words != heading:
            yield heading, group
            group = []
        heading = words
        group.append(document)
    if group:
        yield heading, group
