"""What a check looks at: a place whose Collection is opened when it is first needed."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadsheet.collection import DEFAULT_ENCODER, open_collection
from broadsheet.config import Settings
from broadsheet.core.errors import CollectionError
from broadsheet.doctor.findings import Place


def test_a_place_without_a_collection_makes_none(tmp_path: Path) -> None:
    place = Place(tmp_path / "absent", Settings())
    with pytest.raises(CollectionError):
        _ = place.collection
    assert not (tmp_path / "absent").exists()
    assert place.encoder == DEFAULT_ENCODER
    assert Place(tmp_path / "absent", Settings(encoder="static")).encoder == "static"


def test_it_is_opened_once_and_names_its_encoder(tmp_path: Path) -> None:
    open_collection(tmp_path / "c", encoder="hash").close()
    place = Place(tmp_path / "c", Settings())
    with place.collection as collection:
        assert place.collection is collection
        assert place.encoder == "hash"
