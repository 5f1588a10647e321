"""The families of transformers that run here: ``model_type`` of config.json -> Family."""

from __future__ import annotations

from collections.abc import Mapping

from broadsheet.encoders.families.bert import BERT, ROBERTA
from broadsheet.encoders.families.family import Family
from broadsheet.encoders.families.modernbert import MODERNBERT

FAMILIES: Mapping[str, Family] = {
    "bert": BERT,
    "camembert": ROBERTA,
    "modernbert": MODERNBERT,
    "roberta": ROBERTA,
    "xlm-roberta": ROBERTA,
}
