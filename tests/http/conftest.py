"""A server that misbehaves as it is told, and a clock."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from badserver import BadServer
from http_kit import Clock


@pytest.fixture
def server() -> Iterator[BadServer]:
    with BadServer() as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock()
