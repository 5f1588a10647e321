"""A query that names an aspect (``aspect:method``): papers come first whose method is near to it.

the candidates -> their vectors of the aspect -> cosine of each with the query's vector -> a part of the score
"""

from __future__ import annotations

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.aspects import require_aspect
from broadsheet.core.errors import BroadsheetError
from broadsheet.core.vectors import Vectors, cosines
from broadsheet.search.aspects.scores import aspect_vectors
from broadsheet.search.ranking import Fused
from broadsheet.search.stages.stage import side_of

_WEIGHT = 0.5  # as much as either side of the search


def in_aspect(
    collection: Collection, head: Fused | None, vector: Vectors | None, aspect: str
) -> tuple[Fused | None, list[str]]:
    """Return the head of a list with what the aspect adds, and a note where it could not be heeded: sentences were not
    built, are of other weights, or there is no list of words and meaning together."""
    if head is None or vector is None:
        return head, [f"aspect:{aspect} was not heeded: it needs papers found by words and by meaning."]
    try:
        state = collection.sentences.snapshot()
        if state.manifest.weights != collection.space.snapshot().manifest.weights:
            return head, [f"aspect:{aspect} was not heeded: run `broadsheet aspects build` for this encoder."]
        rows = aspect_vectors(state, head.numbers, require_aspect(aspect))
    except BroadsheetError as error:
        return head, [f"aspect:{aspect} was not heeded: {str(error).removesuffix('.')}."]
    scores = np.asarray(cosines(rows, vector), np.float32)  # NaN for a paper without sentences
    if not np.isfinite(scores).any():
        return head, [f"aspect:{aspect} was not heeded: none of these papers has sentences that were read."]
    return Fused.of(head.numbers, {**head.sides, "aspect": side_of(scores, _WEIGHT)}), []
