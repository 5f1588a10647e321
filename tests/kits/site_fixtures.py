"""The pages over a small Collection, asked in process and, in a real browser, over a socket."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvicorn
from fastapi.testclient import TestClient

from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.server import create_app
from site_kit import NOW, made


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with made(tmp_path_factory.mktemp("api")) as collection:
        yield TestClient(create_app(collection, Settings(), now=lambda: NOW), base_url="http://localhost")


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[TestClient]:
    """Papers that were never synced."""
    with made(tmp_path / "bare", synced=False) as collection:
        yield TestClient(create_app(collection, Settings(), now=lambda: NOW), base_url="http://localhost")


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[tuple[str, Collection]]:
    """The address of a site that runs in a thread, and what it serves; a module's SETTINGS are the site's."""
    with made(tmp_path_factory.mktemp("browser")) as collection:
        app = create_app(collection, getattr(request.module, "SETTINGS", Settings()), now=lambda: NOW)
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", access_log=False))
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}", collection
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def address(served: tuple[str, Collection]) -> str:
    """The address alone."""
    return served[0]


@pytest.fixture
def opened(chromium: Any, address: str) -> Callable[..., object]:
    """Opens a page in a fresh context, and sees to it that nothing else is asked and nothing complains."""

    @contextmanager
    def opening(**options: object) -> Iterator[Any]:
        asked: list[str] = []
        said: list[str] = []
        context = chromium.new_context(base_url=address, **options)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        try:
            yield page
        finally:
            context.close()
        assert {urlsplit(url).netloc for url in asked} == {urlsplit(address).netloc}
        assert said == []

    return opening
