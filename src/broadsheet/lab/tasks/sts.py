"""Semantic textual similarity: do cosines order pairs of texts as people do? Cer et al. 2017, "STS Benchmark".

pairs with a judged similarity -> the cosine of each -> Spearman's and Pearson's correlation with the judgements

Words (Finkelstein et al. 2002) and concepts (Pakhomov et al. 2010) are judged in the same way, in sets of their own.
"""

from __future__ import annotations

from broadsheet.lab.task import Figure
from broadsheet.lab.tasks.pairs import Pairs


class Sts(Pairs):
    """Similarity of sentences."""

    kind = "sts"
    figures: tuple[Figure, ...] = (Figure("Spearman", "spearman"), Figure("Pearson", "pearson"))


class WordSimilarity(Sts):
    """Similarity of words."""

    kind = "word-similarity"


class Relatedness(Sts):
    """Relatedness of concepts, of which pairs with their judgement are all that is needed."""

    kind = "relatedness"
