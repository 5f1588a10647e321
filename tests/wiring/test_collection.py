"""A Collection and an encoder, as the settings of a folder say."""

from __future__ import annotations

from pathlib import Path

import pytest

import broadsheet as bs
from broadsheet.core.errors import UsageError
from broadsheet.wiring.collection import configured_encoder, contents, open_configured
from fakes import NOW, paper


def test_the_encoder_is_that_of_the_settings_unless_one_is_named(tmp_path: Path) -> None:
    (tmp_path / "broadsheet.toml").write_text('encoder = "hash:64"\n', "utf-8")
    assert configured_encoder(None, tmp_path).encode(["tea"], role="query").shape == (1, 64)
    assert configured_encoder("hash:32", tmp_path).encode(["tea"], role="query").shape == (1, 32)
    with open_configured(tmp_path) as collection:
        assert collection.encoder_name == "hash:64"


def test_an_unknown_encoder_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nosuch"):
        configured_encoder("nosuch", tmp_path)


def test_contents_are_ids_and_the_texts_that_encoders_get(tmp_path: Path) -> None:
    with bs.open(tmp_path, encoder="hash") as collection:
        collection.store.papers.put([paper(1, "On tea", "It steeps."), paper(2, "On milk")], now=NOW)
    assert [text for _, text in contents(tmp_path)] == ["On tea It steeps.", "On milk"]
