"""The first ten minutes: choose what to read, watch the first fetch and sync, mark five papers, and read the day.

choose: groups of arXiv, Hugging Face's daily papers, feeds, a file of references -> followed, and fetched afterwards
progress: what the journal says of each source, how far the indexes are, whether topics are being found
papers: a few of each subject, to be saved; this step is for every reader
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from fastapi import APIRouter, BackgroundTasks, Request
from fastapi.responses import RedirectResponse, Response

from broadsheet.core.errors import SourceError, UsageError
from broadsheet.core.types import Document, Filters
from broadsheet.people import lists
from broadsheet.people.library import Imported, import_library
from broadsheet.site.auth import AsEditor, AsReader
from broadsheet.site.context import Reach, Site, TheSite
from broadsheet.site.forms import Form, TheForm
from broadsheet.site.jobs import run_after
from broadsheet.site.lookup import newest, paper_of
from broadsheet.site.params import Offset
from broadsheet.sources.arxiv_groups import ARCHIVES, GROUPS
from broadsheet.store.journal import ConfiguredSource, JobRun
from broadsheet.store.people import Person
from broadsheet.topics.samples import varied
from broadsheet.upkeep.sources import follow_all, unfollow
from broadsheet.web import render
from broadsheet.web.marks import singly
from broadsheet.web.sources import ARXIV, HF, label_of

router = APIRouter(include_in_schema=False)
DAYS = (7, 30)  # of a rolling feed at its first reading
ENOUGH = 5  # marked papers, from which the picks for a reader are more than a guess
SHOWN = 15  # papers to choose from
_MOST_GROUPS, _MOST_FEEDS, _LONGEST_FEEDS, _LONGEST_NAME = 40, 20, 6_000, 300
_LONG = timedelta(minutes=10)  # after which a fetch that has not ended may be begun again
_RECENT = 400  # newest papers, of which some are shown
State = Literal["waiting", "reading", "read", "failed"]


@dataclass(frozen=True, slots=True)
class Choice:
    """What the form says: groups of arXiv, whether Hugging Face's daily papers, the lines of other sources, days."""

    groups: frozenset[str] = frozenset()
    daily: bool = False
    feeds: str = ""
    days: int = DAYS[0]

    @property
    def lines(self) -> list[str]:
        """Return what was typed as sources, each once."""
        return list(dict.fromkeys(filter(None, (line.strip()[:_LONGEST_NAME] for line in self.feeds.splitlines()))))


@dataclass(slots=True)
class Problems:
    """What is wrong, by the part of the form: ``groups``, ``feeds`` (one for each line), ``file``, or the ``whole``."""

    whole: str = ""
    groups: str = ""
    file: str = ""
    feeds: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.whole or self.groups or self.file or self.feeds)


@dataclass(frozen=True, slots=True)
class Step:
    """How far a source is: its name for readers, its state, the papers that are new and all that it brought so far, and
    why it failed."""

    name: str
    label: str
    state: State
    new: int = 0
    papers: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """The state of the last fetch: its sources, whether it ``runs`` and already for long (``late``: it may have been
    stopped), how far the indexes are, whether topics are being found or have been, and what went wrong after it."""

    steps: Sequence[Step]
    runs: bool
    late: bool
    reach: Reach
    grouping: bool
    topics: bool
    trouble: str

    @property
    def new(self) -> int:
        """Return how many new papers all sources brought."""
        return sum(step.new for step in self.steps)

    @property
    def waits(self) -> bool:
        """Tell whether a source is still to be read."""
        return any(step.state in ("waiting", "reading") for step in self.steps)

    @property
    def done(self) -> bool:
        """Tell whether nothing runs and nothing is left to do."""
        return not (self.runs or self.waits or self.grouping) and (self.reach.complete or bool(self.trouble))


@router.get("/start")
def start(request: Request, site: TheSite, _person: AsEditor) -> Response:
    """Show what can be read, with what is followed already ticked."""
    return _shown(request, site, _followed(site))


@router.post("/start")
def choose(request: Request, site: TheSite, person: AsEditor, form: TheForm, tasks: BackgroundTasks) -> Response:
    """Follow what was chosen, import the file, and fetch and sync after the response. If anything is wrong, nothing is
    followed yet, and the form comes back as it was sent; a file that could be read is in the Library by then."""
    choice, problems = _read(form), Problems()
    imported = _imported(site, person, form, problems)
    if imported and imported.taken.new:
        run_after(site, tasks)
    _check(choice, problems)
    if not problems and not (choice.groups or choice.daily or choice.lines or imported):
        problems.whole = "Choose at least one source, or add a file. You can also skip this step."
    if not problems:
        problems.feeds = _follow(site, choice)
    if problems:
        return _shown(request, site, choice, problems=problems, imported=imported)
    if not site.collection.store.journal.sources():
        return RedirectResponse("/start/papers", 303)
    run_after(site, tasks, "fetch", first_days=choice.days)
    return RedirectResponse("/start/progress", 303)


@router.get("/start/progress")
def progress(request: Request, site: TheSite, _person: AsEditor) -> Response:
    """Show how far the first fetch and sync are; a script asks again every two seconds."""
    return render.rendered(request, site, "start_progress.html", progress=_progress(site))


@router.post("/start/progress")
def again(site: TheSite, _person: AsEditor, _form: TheForm, tasks: BackgroundTasks) -> Response:
    """Fetch from all sources and sync once more."""
    run_after(site, tasks, "fetch", first_days=DAYS[0])
    return RedirectResponse("/start/progress", 303)


@router.get("/start/papers")
def papers(request: Request, site: TheSite, person: AsReader, offset: Offset = 0) -> Response:
    """Show papers of many subjects, to mark those that the reader likes."""
    return _choice_of_papers(request, site, person, offset)


@router.post("/start/papers")
def mark(request: Request, site: TheSite, person: AsReader, form: TheForm) -> Response:
    """Save the marked papers and show the day, or more papers if the reader asks for them."""
    marked = [paper_of(site, id_) for id_ in form.all("paper", most=SHOWN)]
    if marked:
        lists.put(site.collection, person.number, papers=marked, now=site.now())
    more = form.number("more")
    if more is not None:
        return RedirectResponse(f"/start/papers?offset={more}", 303)
    if not marked and not site.collection.store.lists.saved(person.number):
        problem = "You have not marked any paper yet. Mark some, or skip this step."
        return _choice_of_papers(request, site, person, form.number("offset") or 0, problem=problem)
    return RedirectResponse("/", 303)


def _read(form: Form) -> Choice:
    """Read the form; unknown groups are left out."""
    days = form.number("days")
    return Choice(
        groups=frozenset(form.all("group", most=len(GROUPS))) & GROUPS.keys(),
        daily=bool(form.get("daily")),
        feeds=form.get("feeds", longest=_LONGEST_FEEDS),
        days=days if days in DAYS else DAYS[0],
    )


def _followed(site: Site) -> Choice:
    """Return what is followed already as the form shows it."""
    names = {each.name for each in site.collection.store.journal.sources()}
    return Choice(frozenset(code for code in GROUPS if ARXIV + code in names), HF in names)


def _others(site: Site) -> list[str]:
    """Return the followed sources that the form has no box for."""
    names = (each.name for each in site.collection.store.journal.sources())
    return [name for name in names if name != HF and name.removeprefix(ARXIV) not in GROUPS]


def _imported(site: Site, person: Person, form: Form, problems: Problems) -> Imported | None:
    """Import the chosen file, if any, and note what is wrong with it."""
    chosen = form.file("file")
    if chosen is None:
        return None
    if not site.single:
        site.limit("libraries", str(person.number))
    try:
        return import_library(site.collection, person.number, chosen[1], chosen[0], now=site.now())
    except (UsageError, SourceError) as error:
        problems.file = site.redact(str(error))
        return None


def _check(choice: Choice, problems: Problems) -> None:
    if len(choice.groups) > _MOST_GROUPS:
        problems.groups = f"You ticked {len(choice.groups)} groups. Choose at most {_MOST_GROUPS}."
    if len(choice.lines) > _MOST_FEEDS:
        problems.feeds = [f"These are {len(choice.lines)} lines. Give at most {_MOST_FEEDS} at once."]


def _follow(site: Site, choice: Choice) -> list[str]:
    """Follow what is chosen and unfollow the boxes that are no longer ticked; return what is wrong, or nothing."""
    store, before = site.collection.store, _followed(site)
    chosen = [*(ARXIV + code for code in sorted(choice.groups)), *([HF] if choice.daily else []), *choice.lines]
    wrong = follow_all(store, chosen, now=site.now())
    if wrong:
        return [_wrong(typed, site.redact(message)) for typed, message in wrong.items()]
    for code in before.groups - choice.groups:
        unfollow(store, ARXIV + code)
    if before.daily and not choice.daily:
        unfollow(store, HF)
    return []


def _wrong(typed: str, message: str) -> str:
    """Say what is wrong with a line: of a kind of source that is known, what its reader says."""
    if ":" in typed and not message.startswith("Unknown source"):
        return message
    return (
        f"“{typed[:60]}” is not an address. Give the address of an RSS or Atom feed, for example "
        "https://example.org/feed.xml, or the code of a group of arXiv, for example cs.IR."
    )


def _shown(
    request: Request,
    site: Site,
    choice: Choice,
    *,
    problems: Problems | None = None,
    imported: Imported | None = None,
) -> Response:
    return render.rendered(
        request,
        site,
        "start.html",
        choice=choice,
        archives=ARCHIVES,
        others=_others(site),
        problems=problems or Problems(),
        imported=imported,
        days=DAYS,
    )


def _progress(site: Site) -> Progress:
    """Read how far the fetch and what follows it are from the journal and the indexes."""
    journal = site.collection.store.journal
    runs = {each.job: each for each in journal.job_runs()}
    fetch = runs.get("fetch")
    steps = [_step(site, each, fetch) for each in journal.sources()]
    after = [runs[name] for name in ("sync", "topics") if name in runs and _follows(runs[name], fetch)]
    return Progress(
        steps=steps,
        runs=fetch is not None and fetch.ended is None,
        late=fetch is not None and fetch.ended is None and site.now() - fetch.started > _LONG,
        reach=site.reach(),
        grouping=any(each.job == "topics" and each.ended is None for each in after),
        topics=bool(site.collection.store.topics.homes()),
        trouble=site.redact("; ".join(each.error for each in after if each.error)),
    )


def _follows(run: JobRun, fetch: JobRun | None) -> bool:
    """Tell whether a run belongs to the last fetch."""
    return fetch is not None and run.started >= fetch.started


def _step(site: Site, source: ConfiguredSource, fetch: JobRun | None) -> Step:
    label, last = label_of(source.name), source.last_run
    to_come = fetch is not None and fetch.ended is None and (last is None or last.started < fetch.started)
    if last is None or to_come:
        return Step(source.name, label, "waiting")
    papers = last.new + last.changed + last.same
    state: State = "reading" if last.ended is None else "failed" if last.error else "read"
    return Step(source.name, label, state, last.new, papers, site.redact(last.error))


def _choice_of_papers(request: Request, site: Site, person: Person, offset: int, *, problem: str = "") -> Response:
    store = site.collection.store
    order = varied(site.collection, _candidates(site))
    shown = order[offset : offset + SHOWN]
    known = store.papers.by_numbers(shown)
    documents: list[Document] = [known[number] for number in shown if number in known]
    return render.rendered(
        request,
        site,
        "start_papers.html",
        papers=documents,
        marks=singly(request, site, documents),
        saved=len(store.lists.saved(person.number)),
        enough=ENOUGH,
        offset=offset,
        size=SHOWN,
        more=offset + SHOWN < len(order),
        problem=problem,
    )


def _candidates(site: Site) -> list[int]:
    """Return the newest papers by row number; of a site that has only its shelf and libraries, all of these."""
    store = site.collection.store
    recent, _ = newest(site, _RECENT, 0)
    if recent:
        numbers = store.papers.numbers([paper.id for paper in recent])
        return [numbers[paper.id] for paper in recent if paper.id in numbers]
    return [int(number) for number in store.papers.numbers_where(Filters())]
