"""One version of the code at work, in a process of its own, for versions.py: `python versions_worker.py COLLECTION`.

Reads orders, a JSON object a line with `queries` and `pages`, and answers each with the milliseconds that every one
took, and the ids that were found. It uses only what every version has: the verbs at the root, and the application.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import broadsheet as bs
from broadsheet.config import load
from broadsheet.server import create_app


def timed(call: Callable[[str], Any], inputs: list[str]) -> tuple[list[float], list[Any]]:
    """The milliseconds of each call, and what it gave."""
    taken, given = [], []
    for each in inputs:
        begun = time.perf_counter()
        given.append(call(each))
        taken.append((time.perf_counter() - begun) * 1e3)
    return taken, given


async def shown(app: Any, path: str) -> int:
    """Ask the application for a page as a server would; returns the bytes of the page, which must be there."""
    sent = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    place = ("127.0.0.1", 8000)
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "", "state": {},
        "headers": [(b"host", b"127.0.0.1:8000")], "client": place, "server": place,
    }  # fmt: skip
    await app(scope, receive, send)
    assert sent[0]["status"] == 200, f"{path}: {sent[0]['status']}"
    return sum(len(message.get("body", b"")) for message in sent)


def main(folder: Path) -> None:
    """Answer orders until there are no more."""
    with bs.open(folder) as collection, asyncio.Runner() as runner:
        app = create_app(collection, load(folder))
        for line in sys.stdin:
            order = json.loads(line)
            search, found = timed(
                lambda words: [item.document.id for item in bs.search(collection, words)], order["queries"]
            )
            pages, _ = timed(lambda path: runner.run(shown(app, path)), order["pages"])
            print(json.dumps({"search": search, "day page": pages, "found": found}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
