"""The role of each sentence of an abstract: does it say the task, the method, the data or the result?

a sentence -> its place in the abstract, cue words, and its vector -> weights -> a probability of each role

Logistic regression on features, as in Hirohata, Okazaki, Ananiadou and Ishizuka 2008, "Identifying Sections in
Scientific Abstracts using Conditional Random Fields", without their chain. The weights are a small file, with what
they were fitted on and how well they do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.errors import ModelError

_LONGEST = 1_000  # characters of a sentence in which cue words are looked for
_CUES = {
    "task": r"(?:aim|aims|objectives?|purpose|goals?|problems?|challeng(?:e|es|ing)|tasks?|important|recent(?:ly)?|"
    r"however|remains?|unknown|little is known|ha(?:s|ve) been|whether|hypothesi[sz]e|investigate|motivat\w+)",
    "method": r"(?:we (?:propose|present|introduce|develop|use|used|design|apply|train|describe)|methods?|approach|"
    r"algorithms?|models?|framework|architecture|using|based on|w(?:as|ere) used|performed|conducted|novel|"
    r"analy[sz]ed|measured|assessed|evaluated|randomi[sz]ed|our)",
    "data": r"(?:data ?sets?|corpus|corpora|benchmarks?|patients|participants|subjects|samples?|images|annotated|"
    r"collected|available at|recruited|enrolled|hospital|clinic|consecutive)",
    "result": r"(?:results?|show(?:s|ed|n)?|experiments?|outperforms?|achiev\w+|improv\w+|significant(?:ly)?|"
    r"demonstrat\w+|found|findings?|accuracy|state-of-the-art|conclu\w+|suggests?|compared (?:to|with)|higher|"
    r"lower|increased|decreased|may|should)",
}
_PATTERNS = {name: re.compile(rf"\b{words}\b", re.IGNORECASE) for name, words in _CUES.items()}
_NUMBER, _WE = re.compile(r"\d"), re.compile(r"(?:we|in this paper|this paper|here)\b", re.IGNORECASE)
FEATURES = (
    "place", "place squared", "first", "last", "second", "last but one",
    *(f"words of {name}" for name in _CUES), "a number", "begins with we",
)  # fmt: skip
"""What is looked at in a sentence next to its vector."""


def features(sentences: Sequence[str]) -> NDArray[np.float32]:
    """Return the FEATURES of each sentence of one abstract, float32 (n, 12)."""
    rows = [_features(sentence, place, len(sentences)) for place, sentence in enumerate(sentences)]
    return np.array(rows, dtype=np.float32).reshape(-1, len(FEATURES))


def _features(sentence: str, place: int, count: int) -> list[float]:
    share, text = place / max(count - 1, 1), sentence[:_LONGEST]
    ends = (place == 0, place == count - 1, place == 1, place == count - 2)
    cues = (bool(pattern.search(text)) for pattern in _PATTERNS.values())
    return [share, share * share, *map(float, (*ends, *cues, bool(_NUMBER.search(text)), bool(_WE.match(text))))]


@dataclass(frozen=True, slots=True)
class RoleModel:
    """Weights of a logistic regression: ``bias`` (4,), ``own`` (12, 4) of the FEATURES and ``of_vectors`` (dim, 4),
    where dim is 0 if no vectors are looked at. ``about`` says what they were fitted on, when, and how well they do."""

    name: str
    bias: NDArray[np.float32]
    own: NDArray[np.float32]
    of_vectors: NDArray[np.float32]
    about: Mapping[str, Any]

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> RoleModel:
        """Read weights as a file holds them; ModelError names the field that cannot be used."""
        shapes = {"bias": (4,), "features": (len(FEATURES), 4), "vectors": (-1, 4)}
        read = {}
        for field, shape in shapes.items():
            try:
                read[field] = np.array(values[field], dtype=np.float32).reshape(shape)
            except (KeyError, TypeError, ValueError):
                raise ModelError(f"the weights of sentence roles have no {field} of the shape {shape}.") from None
            if not np.isfinite(read[field]).all():
                raise ModelError(f"the weights of sentence roles have {field} that are not finite.")
        about = {name: value for name, value in values.items() if name not in shapes}
        return cls(str(values.get("name", "")), read["bias"], read["features"], read["vectors"], about)

    @property
    def dim(self) -> int:
        """Return the dimension of the vectors that it looks at; 0 for none."""
        return len(self.of_vectors)

    def probabilities(self, sentences: Sequence[str], vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the probability of each role, in the order of ASPECTS, float32 (n, 4), of the sentences of one
        abstract, whose unit vectors are ``vectors`` (n, dim)."""
        sums = self.bias + features(sentences) @ self.own
        if self.dim:
            sums = sums + vectors @ self.of_vectors
        powers = np.exp(sums - sums.max(axis=1, keepdims=True))
        shares: NDArray[np.float32] = (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)
        return shares
