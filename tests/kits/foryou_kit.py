"""Papers of three kinds, to have interests in."""

from __future__ import annotations

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.types import Document
from fakes import paper

KINDS = {
    "bridge": "bridges span rivers steel girders",
    "soup": "soup broth kettle simmer ladle",
    "owl": "owl feather night wing talon",
}
EACH = 40


def papers() -> list[Document]:
    """Forty papers of each kind: four words of its five and two that all have."""
    random = np.random.default_rng(0)
    made = []
    for kind, words in KINDS.items():
        for _ in range(EACH):
            own = random.choice(words.split(), 4, replace=False)
            common = random.choice(["survey", "method", "study", "new", "large", "small"], 2, replace=False)
            made.append(paper(len(made), " ".join([*own, *common]), categories=(kind,)))
    return made


def numbers(collection: Collection, *places: int) -> list[int]:
    """The row numbers of the papers at these places."""
    found = collection.store.papers.numbers([f"made:{place:03d}" for place in places])
    return [found[f"made:{place:03d}"] for place in places]
