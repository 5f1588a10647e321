"""The families of transformers that run here: ``model_type`` of config.json -> Family."""

from __future__ import annotations

from collections.abc import Mapping

from broadsheet.encoders.families.bert import BERT, ROBERTA
from broadsheet.encoders.families.distilbert import DISTILBERT
from broadsheet.encoders.families.electra import ELECTRA
from broadsheet.encoders.families.family import Family
from broadsheet.encoders.families.gte import GTE, NEW
from broadsheet.encoders.families.modernbert import MODERNBERT
from broadsheet.encoders.families.mpnet import MPNET
from broadsheet.encoders.families.nomic import NOMIC

FAMILIES: Mapping[str, Family] = {
    "bert": BERT, "camembert": ROBERTA, "distilbert": DISTILBERT, "electra": ELECTRA, "gte": GTE,
    "modernbert": MODERNBERT, "mpnet": MPNET, "new": NEW, "nomic_bert": NOMIC, "roberta": ROBERTA,
    "xlm-roberta": ROBERTA,
}  # fmt: skip
