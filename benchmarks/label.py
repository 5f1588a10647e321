"""Labels by descriptions, by a few examples, or by both: against baselines that read words, on the test parts.

    ./run.sh bench label [--draws N] [--models | --papers | --lists]

    described: descriptions of the labels alone; against counts of their words, and tf-idf cosines to them
    5 examples of each label, N draws: against tf-idf with logistic regression on the same five
    unsure: half of the labels are not known; does the confidence tell their texts, texts of other sets, and errors?
    edits: what a new label costs, and whether a removed example leaves anything behind
    --models: each of six encoders, with its time and memory (Posada et al. 2024 ask it of language models)
    --papers: categories of papers by the votes of neighbours (Bekamiri et al. 2024, "PatentSBERTa")
    --lists: does a simulated reader's paper go into the right list? (lab/readers.py; half of the topics, left out)

Settings were chosen on train parts, of other draws. Intervals are 95 %, of both draws and texts, paired where two are
compared. Vectors are stored, so that only the first run is slow. BANKING77: Casanueva et al. 2020; TREC: Li and Roth
2002; AG News: Zhang et al. 2015; StackOverflow: Xu et al. 2015; emotion: Saravia et al. 2018.
"""

from __future__ import annotations

from common import CACHE

from broadsheet.sources.payload import without_folders  # noqa: F401

VECTORS = CACHE.parent / "evaluate"
SETS = ("banking77", "stackoverflow", "agnews", "trec", "emotion")
FOUR = SETS[:4]
"""The sets of the bar; emotions are hard to tell by topic, and are shown as they are."""
EACH, DRAWS, ROUNDS = 5, 10, 1_000
MODELS = {
    "minilm": "minilm", "minilm, 3 layers": "minilm?layers=3", "static-256": f"static:{CACHE / 'belief/static-256'}",
    "static-64": f"static:{CACHE / 'belief/static-64'}", "hash": "hash",
    "e5-small": f"bert:{CACHE.parent / 'models/e5-small'}",
}  # fmt: skip
"""`belief.py` makes the static ones, `e5.py` brings the last."""
TIMED = 256  # texts that are encoded again, for their time
