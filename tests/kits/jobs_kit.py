"""Jobs made for a test, rounds of them, and a file of papers to fetch."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.core.errors import SourceError
from broadsheet.wiring.jobs import JOBS, Job, Round

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
BY_NAME = {job.name: job for job in JOBS}


def papers(folder: Path, name: str, *titles: str) -> str:
    path = folder / f"{name}.jsonl"
    path.write_text("".join(json.dumps({"id": f"{name}:{title}", "title": title}) + "\n" for title in titles))
    return f"jsonl:{path}"


def round_of(collection: Collection, now: datetime = NOW, **settings: Any) -> Round:
    return Round(collection=collection, settings=Settings(**settings), now=now)


def made(name: str, work: Callable[[Round], str], hours: float | None = 6) -> Job:
    return Job(name=name, work=work, hours=lambda _: hours)


def broken(_: Round) -> str:
    raise SourceError("the wire was cut")
