"""The families of transformers that run here: ``model_type`` of config.json -> Family."""

from __future__ import annotations

from collections.abc import Mapping

from broadsheet.encoders.families.bert import BERT, ROBERTA
from broadsheet.encoders.families.family import Family

FAMILIES: Mapping[str, Family] = {"bert": BERT, "camembert": ROBERTA, "roberta": ROBERTA, "xlm-roberta": ROBERTA}
