"""The families of transformers that run here: ``model_type`` of config.json -> Family."""

from __future__ import annotations

from collections.abc import Mapping

from broadsheet.encoders.families.bert import BERT, ROBERTA
from broadsheet.encoders.families.distilbert import DISTILBERT
from broadsheet.encoders.families.family import Family
from broadsheet.encoders.families.mpnet import MPNET

FAMILIES: Mapping[str, Family] = {
    "bert": BERT, "camembert": ROBERTA, "distilbert": DISTILBERT, "mpnet": MPNET, "roberta": ROBERTA,
    "xlm-roberta": ROBERTA,
}  # fmt: skip
