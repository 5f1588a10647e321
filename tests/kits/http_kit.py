"""A clock that passes by sleeping, and a client that asks by it."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadsheet.core.errors import SourceError
from broadsheet.http.client import Client, World
from broadsheet.http.wire import Limits


class Clock:
    """Seconds that pass only by sleeping."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def client(clock: Clock, *, folder: Path | None = None, resolve=None, allow_private=True, **limits) -> Client:
    bounds = {"connect": 2.0, "read": 2.0, "total": 5.0, "max_bytes": 1_000_000, **limits}
    found = resolve or (lambda host, port: [host])
    world = World(clock=clock, sleep=clock.sleep, jitter=lambda: 1.0, resolve=found)
    return Client(
        contact="mailto:desk@example.org",
        folder=folder,
        allow_private=allow_private,
        limits=Limits(**bounds),
        world=world,
    )


def refused(client: Client, url: str) -> str:
    with pytest.raises(SourceError) as caught:
        client.get(url)
    assert "\n" not in str(caught.value)
    return str(caught.value)
