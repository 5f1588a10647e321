"""What the small files of a model's folder say."""

from __future__ import annotations

from pathlib import Path

import pytest

from bert_kit import edit
from broadsheet.core.errors import ModelError
from broadsheet.encoders.facts import read_facts
from broadsheet.encoders.families.bert import BERT


def test_no_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="No model folder at"):
        read_facts(tmp_path / "absent")


def test_lengths_come_from_the_right_file(folder: Path) -> None:
    assert read_facts(folder).max_length == 12
    (folder / "sentence_bert_config.json").unlink()
    (folder / "tokenizer_config.json").write_text('{"model_max_length": 1000000000000000019884624838656}')
    assert read_facts(folder).max_length == 40
    (folder / "tokenizer_config.json").write_text('{"model_max_length": 20}')
    assert read_facts(folder).max_length == 20


def test_the_family_is_the_one_of_config_json(folder: Path) -> None:
    facts = read_facts(folder)
    assert facts.family is BERT
    assert facts.weights == folder / "model.safetensors"
    edit(folder / "config.json", model_type="roberta", pad_token_id=39)
    with pytest.raises(ModelError, match="maximum length is 0"):
        read_facts(folder)
