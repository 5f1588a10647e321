"""The state of the Collection, and the health of the server."""

from __future__ import annotations

from fastapi import APIRouter

from broadsheet import __version__
from broadsheet.api import models
from broadsheet.core.types import Run
from broadsheet.site.conditional import ETagRoute
from broadsheet.site.context import Site, TheSite
from broadsheet.site.problems import responses
from broadsheet.sources.payload import without_folders
from broadsheet.store.journal import JobRun

router = APIRouter(tags=["papers"], route_class=ETagRoute)


@router.get("/api/status", responses=responses(503), tags=["server"], summary="Get the state of the Collection")
def status(site: TheSite) -> models.Status:
    """Return counts, the progress of the sync, the latest ingests, and the last runs of the jobs."""
    reach, collection = site.reach(), site.collection
    return models.Status(
        version=__version__,
        papers=reach.papers,
        findable_by_words=reach.words,
        findable_by_meaning=reach.meaning,
        syncing=reach.syncing,
        trouble=site.trouble,
        encoder=collection.encoder_name,
        language=collection.lexicon.language,
        runs=[_run(site, run) for run in collection.store.journal.runs(10)],
        jobs=[_job(site, run) for run in collection.store.journal.job_runs()],
    )


def _run(site: Site, run: Run) -> models.IngestRun:
    made, source = models.IngestRun.model_validate(run, from_attributes=True), without_folders(run.source)
    path, name = (each.partition(":")[2] for each in (run.source, source))
    error = run.error.replace(path, name) if path else run.error  # it names the file as it was given
    return made.model_copy(update={"source": source, "error": site.redact(error)})


def _job(site: Site, run: JobRun) -> models.LastJobRun:
    made = models.LastJobRun.model_validate(run, from_attributes=True)
    return made.model_copy(update={"said": site.redact(run.said), "error": site.redact(run.error)})


@router.get("/healthz", responses=responses(503), tags=["server"], summary="Check the server's health")
def healthz(site: TheSite) -> models.Health:
    """Answer 200 when the Store can be read."""
    site.collection.store.papers.last_change()
    return models.Health()
