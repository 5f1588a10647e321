"""An ingest of made-up papers that tells how far it is: run as a process of its own, to be killed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

from broadsheet.core.types import Document, Run
from broadsheet.ingest import ingest
from broadsheet.store import Store


def documents(count: int, votes: int) -> list[Document]:
    return [
        Document(
            id=f"a:{n}",
            title=f"Paper {n}",
            text=f"Text of {n}. " * 20,
            authors=(f"Ada {n}",),
            votes=votes,
            aliases=(f"acl:{n}",),
            keywords=(f"k{votes}",),
        )
        for n in range(count)
    ]


def run(path: Path, count: int, votes: int, tell: Callable[[object], None]) -> Run:
    with Store.open(path, timeout=60) as store:
        tell("ready")
        collection = SimpleNamespace(store=store)
        now = datetime(2026, 1, 2, tzinfo=UTC)
        return ingest(collection, documents(count, votes), now=now, name="made:up", progress=lambda done, _: tell(done))


if __name__ == "__main__":
    sys.modules["broadsheet.ingest"]._BATCH = 20  # type: ignore[attr-defined]
    ended = run(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), lambda what: print(what, flush=True))
    print("ended", ended.new, ended.changed, ended.same, ended.bad, flush=True)
