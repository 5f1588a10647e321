"""A tiny BERT in a folder, and arithmetic in f32."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadsheet.encoders.engine import Engine
from tinybert import write_tiny


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_tiny(tmp_path / "tiny")
    return tmp_path / "tiny"


@pytest.fixture
def exact(monkeypatch: pytest.MonkeyPatch) -> None:
    """Computes in f32, whatever this processor would choose: the arithmetic is compared digit by digit."""
    monkeypatch.setattr(Engine, "precision", "f32")
