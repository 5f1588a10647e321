"""A tiny BERT in a folder, arithmetic in f32, and a server that plays the hub, with a clock for its client."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from badserver import BadServer
from broadsheet.encoders.engine import Engine
from http_kit import Clock
from tinybert import write_tiny


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_tiny(tmp_path / "tiny")
    return tmp_path / "tiny"


@pytest.fixture
def exact(monkeypatch: pytest.MonkeyPatch) -> None:
    """Computes in f32, whatever this processor would choose: the arithmetic is compared digit by digit."""
    monkeypatch.setattr(Engine, "precision", "f32")


@pytest.fixture
def server() -> Iterator[BadServer]:
    with BadServer() as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock()
