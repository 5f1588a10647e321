"""What runs next to the requests: the first sync, and what is told when it ends early."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from broadsheet.collection import open_collection
from broadsheet.config import Settings
from broadsheet.core.errors import ModelError
from broadsheet.server import background, create_app
from broadsheet.site.context import Site
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
    assert "The last sync stopped early: the weights are gone" in text
    assert "Only the words were searched" in text
    assert "Herbarium" in text


def _wait_for_background() -> None:
    for thread in threading.enumerate():
        if thread.name == "background":
            thread.join(60)


def site_of(collection: object) -> Site:
    return Site(collection, Settings(), lambda: NOW)  # type: ignore[arg-type]


def test_a_stop_ends_the_sync_between_two_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, steps = threading.Event(), 0

    def endless(_: object, *, progress: object) -> None:
        nonlocal steps
        while steps < 10**9:
            begun.set()
            progress(steps, None)  # type: ignore[operator]
            steps += 1

    monkeypatch.setattr(background, "sync", endless)
    with made(tmp_path, PAPERS, synced=False) as collection:
        site = site_of(collection)
        thread = background._Background(site, syncing=True)
        thread.start()
        assert begun.wait(10)
        thread.stop()
        assert not thread.is_alive()
        assert site.trouble == ""


@pytest.mark.parametrize("syncing", [True, False])
def test_an_error_of_ours_is_shown_only_where_a_sync_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, syncing: bool
) -> None:
    def failing(*_: object, **__: object) -> None:
        raise ModelError("the weights are gone")

    monkeypatch.setattr(background, "sync", failing)
    monkeypatch.setattr(background, "search", failing)
    with made(tmp_path, PAPERS, synced=False) as collection:
        site = site_of(collection)
        background._Background(site, syncing=syncing).run()
        assert site.trouble == ("the weights are gone" if syncing else "")
