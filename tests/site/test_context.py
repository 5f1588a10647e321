"""What the doors share of the site: messages that do not tell where its files are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.site.context import Site
from site_kit import NOW, made


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path / "c") as collection:
        yield collection


@pytest.mark.parametrize(
    ("folder", "message", "told"),
    [
        ("open", "openalex or openreview, else open it", "openalex or openreview, else open it"),
        ("open", "no file open/spaces/x", "no file spaces/x"),
        ("/srv/c", "in /srv/c: sync /srv/c/a, not /srv/c2", "in the Collection: sync a, not /srv/c2"),
        ("/srv/c", "see /srv/c.", "see the Collection."),
        ("my-papers", "no Space in my-papers yet", "no Space in the Collection yet"),
    ],
)  # fmt: skip
def test_the_folder_is_told_from_words_that_begin_alike(
    collection: Collection, monkeypatch: pytest.MonkeyPatch, folder: str, message: str, told: str
) -> None:
    here = Site(collection, Settings(), now=lambda: NOW)
    monkeypatch.setattr(collection, "path", Path(folder))
    assert here.told(message) == told
