"""Checks of the Collection: what it holds, how far it is, what was done with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from broadsheet.digest.returned import WITHIN
from broadsheet.digest.send import PAUSED
from broadsheet.doctor.findings import Finding, Place
from broadsheet.locks import is_held
from broadsheet.pictures import pictures_of
from broadsheet.search.stages.holding import holding as learned_weights
from broadsheet.store.journal import JobRun
from broadsheet.tokens import holding
from broadsheet.topics import tree
from broadsheet.topics.clusters import LEAST

_MOST_BAD = 10_000


def collection(place: Place) -> Finding:
    """Check how many papers there are, and how much space they take on the disk."""
    if not (place.folder / "store.db").is_file():
        return Finding(
            level="warn",
            said=f"no Collection in {place.folder} yet",
            advice="broadsheet up",
            facts={"folder": str(place.folder)},
        )
    papers, size = place.collection.store.papers.count(), _size(place.folder)
    facts = {
        "folder": str(place.folder), "papers": papers, "language": place.collection.lexicon.language,
        "bytes": {name: _size(place.folder / name) for name in _FOLDERS},
    }  # fmt: skip
    words = f"{papers:,} papers in {place.folder} ({size / 1e6:,.1f} MB)"
    if not papers:
        return Finding(
            level="warn", said=words, advice="broadsheet ingest SOURCE, or broadsheet shelf --add", facts=facts
        )
    return Finding(said=words, facts=facts)


_FOLDERS = ("store.db", "lexicon", "spaces", "models", "pictures", "cache")


def _size(path: Path) -> int:
    files = [path] if path.is_file() else path.rglob("*") if path.is_dir() else []
    return sum(file.stat().st_size for file in files if file.is_file())


def pictures(place: Place) -> Finding:
    """Check whether papers are shown with pictures, how many there are, and how many could not be fetched."""
    held, wanted = pictures_of(place.collection).holding(), place.settings.pictures
    facts = {"wanted": wanted, **asdict(held)}
    if not wanted:
        rest = f"; {held.words} can be deleted" if held.pictures else ""
        return Finding(said=f"the site shows none{rest}", facts=facts)
    return Finding(said=held.words, facts=facts)


def sources(place: Place) -> Finding:
    """Check which sources are followed, and since when any has failed."""
    store = place.collection.store
    followed = store.journal.sources()
    failed = {each.name: outage for each in followed if (outage := store.journal.outage_of(each.name))}
    facts = {"followed": [each.name for each in followed], "failed": list(failed)}
    if failed:
        since = "; ".join(
            f"{name} has been failing since {outage.since.astimezone():%Y-%m-%d %H:%M} ({_times(outage.times)})"
            for name, outage in failed.items()
        )
        words = f"{len(followed)} followed; {since}"
        return Finding(level="warn", said=words, advice="see the runs in broadsheet status", facts=facts)
    return Finding(said=f"{len(followed)} followed" if followed else "none is followed", facts=facts)


def jobs(place: Place) -> Finding:
    """Check the last run of every job; one that began and did not end was killed, unless it is still running."""
    runs = place.collection.store.journal.job_runs()
    going = {run.job: is_held(place.collection.cache / "jobs" / f"{run.job}.lock") for run in runs}
    facts = {
        run.job: {"started": run.started.isoformat(), "ended": run.ended and run.ended.isoformat(), "said": run.said,
                  "error": run.error, "well": run.well and run.well.isoformat(), "seconds": run.seconds,
                  "running": going[run.job]} for run in runs
    }  # fmt: skip
    words = "; ".join(f"{run.job} {job_words(run, running=going[run.job])}" for run in runs)
    if any(run.error or not (run.ended or going[run.job]) for run in runs):
        return Finding(level="warn", said=words, advice="broadsheet jobs JOB runs one again", facts=facts)
    return Finding(said=words or "none has run yet; start with `broadsheet run` or `broadsheet fetch`", facts=facts)


def job_words(last: JobRun | None, *, running: bool = False) -> str:
    """Describe the last run of a job: when it was, what it did, what failed."""
    if last is None:
        return ""
    begun, well = (
        f"{moment.astimezone():%Y-%m-%d %H:%M}" if moment else "never" for moment in (last.started, last.well)
    )
    if running:
        return f"has been running since {begun}"
    if not last.ended:
        return f"of {begun} did not end (last success: {well})"
    if last.error:
        return f"of {begun} failed: {last.error} (last success: {well})"
    return f"of {begun} succeeded: {last.said}"


def mail(place: Place) -> Finding:
    """Check how many people subscribe, how email is sent, and what prevents it."""
    store, settings = place.collection.store, place.settings
    subscribers, doubtful = len(store.mail.subscriptions()), len(store.deliveries.in_states("doubtful"))
    facts: dict[str, Any] = {
        "subscribers": subscribers,
        "paused": bool(store.journal.fact(PAUSED)),
        "doubtful": doubtful,
    }
    words = (
        f"{_counted(subscribers, 'subscriber')}; {'by ' + settings.mail if settings.mail else 'into the folder outbox'}"
    )
    if facts["paused"]:
        return Finding(level="warn", said=f"{words}; sending is paused", advice="broadsheet digest resume", facts=facts)
    if doubtful:
        words = f"{words}; {_counted(doubtful, 'email')} may or may not have arrived"
        return Finding(level="warn", said=words, advice="broadsheet digest status names them", facts=facts)
    if refusing := store.mail.refusing(since=datetime.now(UTC) - WITHIN):
        facts["refusing"] = [each.host for each in refusing]
        words = f"{words}; {_counted(len(refusing), 'host')} sent emails back in the last two weeks"
        return Finding(level="warn", said=words, advice="broadsheet digest status says why", facts=facts)
    return Finding(said=words, facts=facts)


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def bad(place: Place) -> Finding:
    """Check for bad records."""
    bad = len(place.collection.store.journal.problems(_MOST_BAD))
    if bad:
        return Finding(
            level="warn", said=f"{bad:,} kept", advice="see their reasons in broadsheet status", facts={"bad": bad}
        )
    return Finding(said="none", facts={"bad": 0})


def lexicon(place: Place) -> Finding:
    """Check how many papers can be found by their words."""
    lexicon, store = place.collection.lexicon, place.collection.store
    pending = store.papers.pending(lexicon.change)
    documents = lexicon.count if lexicon.reached else 0
    return _followed(f"{documents:,} papers by their words", pending, {"documents": documents, "pending": pending})


def spaces(place: Place) -> Finding:
    """Check the Space in use; others are named."""
    space, store = place.collection.space, place.collection.store
    if not space.exists:
        pending = store.papers.pending(0)
        return _followed(f"no Space of {place.encoder} yet", pending, {"rows": 0, "pending": pending})
    state = space.snapshot()
    pending = store.papers.pending(state.pointer.change)
    others = sorted(each.name for each in space.folder.parent.iterdir() if each != space.folder)
    facts = {
        "encoder": state.manifest.encoder, "dim": state.manifest.dim, "precision": state.manifest.precision,
        "rows": state.count, "pending": pending, "cut": state.cut, "others": others,
    }  # fmt: skip
    words = f"{state.count:,} papers by meaning ({state.manifest.encoder}, {state.manifest.dim} dimensions)"
    if state.cut:
        words += f"; {state.cut:,} texts are longer than the {state.manifest.max_length} tokens it reads"
    return _followed(words + (f"; also here: {', '.join(others)}" if others else ""), pending, facts)


def tokens(place: Place) -> Finding:
    """Check the token vectors, if the Collection has them: of how many papers, and what they take on the disk."""
    held = holding(place.collection)
    facts = asdict(held)
    if held.bits and held.why:
        return Finding(level="warn", said=f"{held.words}; {held.why}", advice="broadsheet sync", facts=facts)
    return Finding(said=held.words + (f"; {held.why}" if held.why else ""), facts=facts)


def sparse(place: Place) -> Finding:
    """Check the learned weights, if their stage was chosen: of how many papers, and what they take on the disk."""
    have = learned_weights(place.collection)
    if have.why:
        return Finding(level="warn", said=have.words, advice="broadsheet sync", facts=asdict(have))
    return _followed(have.words, have.pending, asdict(have))


def topics(place: Place) -> Finding:
    """Check how many topics there are, and whether all papers have been placed; say why there are none."""
    collection = place.collection
    every = collection.store.topics.all()
    counts = {level: sum(each.level == level for each in every) for level in ("field", "topic")}
    papers, adrift = sum(each.papers for each in every if each.level == "topic"), collection.store.topics.adrift()
    facts = {"fields": counts["field"], "topics": counts["topic"], "papers": papers, "adrift": adrift}
    if tree.is_behind(collection):
        words = f"{_counted(counts['topic'], 'topic')}; papers wait to be placed"
        return Finding(level="warn", said=words, advice="broadsheet sync", facts=facts)
    if counts["topic"]:
        words = f"{_counted(counts['topic'], 'topic')} in {_counted(counts['field'], 'field')} hold {papers:,} papers"
        return Finding(said=words + (f"; {adrift:,} fit in no topic" if adrift else ""), facts=facts)
    last = collection.store.journal.job_run("topics")
    reason = last.said if last and last.said else f"they need vectors of at least {LEAST} papers that differ"
    return Finding(said=f"there are no topics yet: {reason}", facts=facts)


def _followed(said: str, pending: int, facts: Mapping[str, Any]) -> Finding:
    if pending:
        return Finding(level="warn", said=f"{said}; {pending:,} changes not synced", advice="broadsheet sync",
                       facts=facts)  # fmt: skip
    return Finding(said=said, facts=facts)


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number:,} times"
