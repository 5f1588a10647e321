"""Fixtures for the whole suite: where the real data lies, and what is skipped without it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent
# A busy machine is no reason to fail: nothing in the suite is timed.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of real test sets: BROADSHEET_DATA, else ../shared/data."""
    folder = Path(os.environ.get("BROADSHEET_DATA") or ROOT.parent / "shared" / "data")
    if not (folder / "INDEX.md").is_file():
        pytest.skip(f"real data not found in {folder}: set BROADSHEET_DATA to run this test")
    return folder


@pytest.fixture(scope="session")
def seeds_dir(data_dir: Path) -> Path:
    """The folder ``seeds`` beside the real test sets."""
    folder = data_dir.parent / "seeds"
    if not folder.is_dir():
        pytest.skip(f"seed pages not found in {folder}")
    return folder
