"""What families read alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadsheet.core.errors import ModelError
from broadsheet.encoders.families import FAMILIES
from broadsheet.encoders.families.family import ACTIVATIONS, common, pair, require
from broadsheet.encoders.folder import Config
from tinybert import CONFIG


def test_every_activation_is_one_the_graph_knows() -> None:
    assert set(ACTIVATIONS.values()) == {"erf", "tanh", "relu", "silu"}


def test_the_numbers_of_a_model_are_read_and_checked() -> None:
    facts = common(Config(Path("config.json"), CONFIG))
    assert facts == {"hidden": 16, "heads": 4, "layers": 2, "inner": 32, "words": CONFIG["vocab_size"], "positions": 40}
    with pytest.raises(ModelError, match=r"config\.json: hidden_size 16 cannot be divided among 3 heads"):
        common(Config(Path("config.json"), CONFIG | {"num_attention_heads": 3}))
    with pytest.raises(ModelError, match=r"config\.json: is_decoder is true.* st:NAME"):
        common(Config(Path("config.json"), CONFIG | {"is_decoder": True}))


def test_a_family_may_call_them_otherwise() -> None:
    config = Config(Path("config.json"), {"dim": 12, "parts": 5})
    with pytest.raises(ModelError, match=r"config\.json: dim 12 cannot be divided among 5 heads"):
        common(config, {"hidden": "dim", "heads": "parts"})


def test_a_weight_has_its_bias_or_none() -> None:
    assert pair("dense", 4, 3) == {"dense.weight": (4, 3), "dense.bias": (4,)}
    assert pair("dense", 4, 3, bias=False) == {"dense.weight": (4, 3)}


def test_a_value_that_is_not_offered_is_refused() -> None:
    require(Config(Path("c"), {"causal": False}), {"causal": False, "prenorm": False})
    with pytest.raises(ModelError, match=r"^c: causal is True; expected False\. Other models run as st:NAME"):
        require(Config(Path("c"), {"causal": True}), {"causal": False})


def test_every_family_reads_files_without_a_prefix() -> None:
    assert {"bert", "roberta", "xlm-roberta", "camembert"} <= set(FAMILIES)
    assert all("" in family.prefixes for family in FAMILIES.values())
