"""The commands on pictures: they fetch what the setting wants, show what is here, and delete it."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from badserver import BadServer, answer
from broadsheet.cli import pictures
from broadsheet.collection import open_collection
from broadsheet.core.types import Document
from broadsheet.ingest import ingest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "papers"


def filled(folder: Path, *places: str) -> None:
    papers = [
        Document(id=f"own:{n}", title=f"Paper {n}", source="own", extra={"thumbnail": place})
        for n, place in enumerate(places)
    ]
    with open_collection(folder, encoder="hash") as collection:
        ingest(collection, papers, now=datetime(2026, 10, 2, tzinfo=UTC), name="own")


def test_the_command_runs_the_job_of_the_schedule() -> None:
    assert pictures._JOB.work.__name__ == "fetch_pictures"


def test_they_are_fetched_shown_and_dropped(call, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = io.BytesIO()
    Image.new("RGB", (70, 50), "teal").save(made, "PNG")
    with BadServer() as server:
        server.on("/a.png", answer(200, made.getvalue()))
        filled(folder, server.url("/a.png"), server.url("/none.png"))
        at = ("--data", str(folder))
        code, _, err = call("pictures", "fetch", *at)
        assert code == 2
        assert "pictures = true" in err
        assert server.requests == []
        monkeypatch.setenv("BROADSHEET_PICTURES", "true")
        code, out, err = call("pictures", "fetch", "--json", *at)
        assert code == 0
        assert json.loads(out) == {"pictures": 0, "bytes": 0, "failed": 2}  # this machine is a private network
        (folder / "broadsheet.toml").write_text("pictures = true\nallow_private = true\n")
        call("pictures", "drop", *at)
        code, out, err = call("pictures", "fetch", "--json", *at)
    assert code == 0
    assert "1 fetched, 1 failed" in err
    shown = json.loads(out)
    assert (shown["pictures"], shown["failed"]) == (1, 1)
    assert shown["bytes"] > 20
    code, out, _ = call("status", "--json", *at)
    assert json.loads(out)["pictures"]["facts"] == {"wanted": True, **shown}
    code, out, _ = call("pictures", "show", *at)
    assert out.startswith("1 picture (0.0 MB); 1 could not be fetched")
    code, out, _ = call("pictures", "drop", "--json", *at)
    assert json.loads(out) == {"pictures": 0, "bytes": 0, "failed": 0}
    assert not (folder / "pictures").exists()
