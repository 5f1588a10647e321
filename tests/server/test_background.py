"""What runs next to the requests: the first sync, and what is told when it ends early."""

from __future__ import annotations

import threading
from pathlib import Path

from fastapi.testclient import TestClient

from broadsheet.collection import open_collection
from broadsheet.config import Settings
from broadsheet.core.errors import ModelError
from broadsheet.server import create_app
from site_kit import NOW, PAPERS, made


def test_the_background_syncs_and_the_page_follows(tmp_path: Path) -> None:
    with made(tmp_path, PAPERS, synced=False) as collection:
        app = create_app(collection, Settings(), now=lambda: NOW, syncing=True)
        with TestClient(app, base_url="http://localhost") as client:
            _wait_for_background()
            said = client.get("/api/status").json()
            assert said["findable_by_meaning"] == said["papers"] == len(PAPERS)
            assert said["trouble"] == ""
            assert client.get("/search?q=leaf").status_code == 200


def test_a_sync_that_fails_is_told_and_the_site_goes_on(tmp_path: Path) -> None:
    class Broken:
        name = "broken"

        def encode(self, texts: object, *, role: str = "document") -> object:
            raise ModelError("the weights are gone: fetch them again")

    made(tmp_path, PAPERS, synced=False).close()
    with open_collection(tmp_path, encoder=Broken()) as collection:  # type: ignore[arg-type]
        app = create_app(collection, Settings(), now=lambda: NOW, syncing=True)
        with TestClient(app, base_url="http://localhost") as client:
            _wait_for_background()
            text = client.get("/search?q=leaf").text
    assert "The last sync ended early: the weights are gone" in text
    assert "Only the words were searched" in text
    assert "Herbarium" in text


def _wait_for_background() -> None:
    for thread in threading.enumerate():
        if thread.name == "background":
            thread.join(60)
