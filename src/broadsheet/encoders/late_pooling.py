"""Late pooling: a long text is read in overlapping chunks, and the states of all its tokens are pooled at once.

chunks of several texts, of some ten thousand tokens together -> the states of their tokens
-> of each text those that count, each token once -> one run of what follows the transformer -> a row

Günther et al. 2024, "Late Chunking".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from broadsheet.core.protocols import Vectors
from broadsheet.encoders.engine import Batch, Engine
from broadsheet.encoders.token_ids import Pieces, TokenIds

_AT_ONCE = 32_768  # tokens of texts whose states are in memory together: 50 MB of 384 numbers each
_STEP = 256  # lengths of texts are filled up to its multiples, so that OpenVINO meets few shapes


class LatePooling:
    """Make rows of texts that are read in several chunks: ``states`` gives those of each chunk's tokens, ``head`` runs
    what follows the transformer, ``ids`` made the chunks."""

    def __init__(self, states: Callable[[Pieces], list[Vectors]], head: Engine, ids: TokenIds) -> None:
        self._states, self._head, self._ids = states, head, ids

    def rows(self, texts: Sequence[Pieces], left_out: int) -> Vectors:
        """Return a unit row for each text, float32 (n, dim); ``texts`` is not empty. Their first tokens are
        ``left_out`` of pooling."""
        made = [row for group in _groups(texts) for row in self._group(group, left_out)]
        return np.concatenate(made)

    def _group(self, texts: Sequence[Pieces], left_out: int) -> Iterator[Vectors]:
        states = iter(self._states([ids for text in texts for ids in text]))
        for text in texts:
            yield self._head.one(_filled([next(states)[span] for span in self._ids.spans(text)], left_out))


def _groups(texts: Sequence[Pieces]) -> Iterator[Sequence[Pieces]]:
    """Texts in their order, of so many tokens together that memory stays bounded, or one."""
    start, tokens = 0, 0
    for place, text in enumerate(texts):
        length = sum(map(len, text))
        if tokens and tokens + length > _AT_ONCE:
            yield texts[start:place]
            start, tokens = place, 0
        tokens += length
    yield texts[start:]


def _filled(states: Sequence[Vectors], left_out: int) -> Batch:
    """The states of one text, filled up to one of few lengths, and the mask of those that count: a batch of one."""
    tokens, dim = sum(map(len, states)), states[0].shape[1]
    batch = np.zeros((1, -(-tokens // _STEP) * _STEP, dim), np.float32)
    np.concatenate(states, out=batch[0, :tokens])
    mask = np.zeros(batch.shape[:2], np.float32)
    mask[0, left_out:tokens] = 1
    return batch, mask
