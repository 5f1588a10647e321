"""What follows the transformer, from modules.json and the folders that it names."""

from __future__ import annotations

from pathlib import Path

from broadsheet.encoders.facts import read_facts
from broadsheet.encoders.modules import read_modules


def test_pooling_has_a_newer_spelling_and_a_default(folder: Path) -> None:
    (folder / "1_Pooling/config.json").write_text('{"pooling_mode": "cls"}')
    assert read_facts(folder).pooling == "cls"
    (folder / "modules.json").unlink()
    (folder / "1_Pooling/config.json").unlink()
    assert read_facts(folder).pooling == "mean"


def test_the_pooling_is_that_of_the_folder_that_modules_json_names(folder: Path) -> None:
    assert read_modules(folder) == "mean"
    (folder / "1_Pooling").rename(folder / "other")
    text = (folder / "modules.json").read_text().replace("1_Pooling", "other")
    (folder / "modules.json").write_text(text)
    (folder / "other" / "config.json").write_text('{"pooling_mode_cls_token": true}')
    assert read_modules(folder) == "cls"
