"""Attention to near tokens in blocks: the queries of a block meet only the keys that one of them can see.

    places -> blocks of about 128 queries -> for each the keys from ``reach`` before it to ``reach`` after it
    states -> each block as a text of its own -> attention -> states in their old order

The cost grows with the length and not with its square (Beltagy et al. 2020, "Longformer"); a text of one block is met
whole. On 2 cores 14 % quicker than one mask at 1,024 tokens, 28 % at 2,048, and 1 to 2 % slower below 300.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from broadsheet.encoders.families.operations import Inputs, length, number, whole, wholes
from broadsheet.encoders.families.rotary import Turns
from broadsheet.encoders.quiet import op

BLOCK = 128  # queries at most: 256 were 3 % slower beyond 1,000 tokens, and as quick below


class Windows(NamedTuple):
    """Where the blocks of a batch lie.

    ``queries`` (blocks, queries of one) and ``keys`` (blocks, keys of one) are places, ``unseen`` what is added to the
    scores, (n * blocks, 1, queries, keys); ``texts`` is n, ``length`` the places of the batch.
    """

    queries: Any
    keys: Any
    unseen: Any
    texts: Any
    length: Any


def windows(inputs: Inputs, reach: int) -> Windows:
    """Lay out the blocks of a batch whose tokens see ``reach`` places to each side."""
    size = length(inputs)
    blocks = _share(size, whole(BLOCK))
    asking = _share(size, blocks)
    seen = op.minimum(size, op.add(asking, whole(2 * reach)))
    first = op.multiply(_numbers(blocks), asking)
    queries = op.minimum(_grid(first, asking), op.subtract(size, whole(1)))  # the last block is filled up
    start = op.minimum(op.maximum(op.subtract(first, whole(reach)), whole(0)), op.subtract(size, seen))
    keys = _grid(start, seen)
    texts = op.gather(op.shape_of(inputs.ids), whole(0), whole(0))
    return Windows(queries, keys, _unseen(inputs, queries, keys, reach), texts, size)


def split_blocks(states: Any, places: Any, heads: int, hidden: int) -> Any:
    """Turn (n, length, hidden) into the states at ``places`` of each block, (n * blocks, heads, places, width)."""
    rows = op.gather(states, op.reshape(places, wholes([-1]), False), whole(1))
    shape = op.concat([wholes([-1]), _columns(places), wholes([heads, hidden // heads])], 0)
    return op.transpose(op.reshape(rows, shape, False), wholes([0, 2, 1, 3]))


def joined_blocks(within: Windows, states: Any, hidden: int) -> Any:
    """Turn (n * blocks, heads, queries, width) into (n, length, hidden)."""
    shape = op.concat([op.unsqueeze(within.texts, whole(0)), wholes([-1, hidden])], 0)
    rows = op.reshape(op.transpose(states, wholes([0, 2, 1, 3])), shape, False)
    return op.slice(rows, wholes([0]), op.unsqueeze(within.length, whole(0)), wholes([1]), wholes([1]))


def block_turns(within: Windows, turns: Turns, places: Any) -> Turns:
    """Take the rows of (1, 1, length, width) at ``places``, for each block of each text."""
    times = op.concat([op.unsqueeze(within.texts, whole(0)), wholes([1, 1, 1])], 0)
    rows = (op.gather(op.squeeze(table, wholes([0, 1])), places, whole(0)) for table in turns)
    return Turns(*(op.tile(op.unsqueeze(each, whole(1)), times) for each in rows))


def _unseen(inputs: Inputs, queries: Any, keys: Any, reach: int) -> Any:
    """What is too far, (1, blocks, queries, keys), or filled up, (n, blocks, 1, keys)."""
    apart = op.abs(op.subtract(op.unsqueeze(queries, whole(2)), op.unsqueeze(keys, whole(1))))
    far = op.select(op.greater(apart, whole(reach)), number(-1e9), number(0.0))
    filled = op.multiply(op.subtract(number(1.0), op.gather(inputs.mask, keys, whole(1))), number(-1e9))
    both = op.add(op.unsqueeze(filled, whole(2)), op.unsqueeze(far, whole(0)))
    return op.reshape(both, op.concat([wholes([-1, 1]), _columns(queries), _columns(keys)], 0), False)


def _grid(first: Any, many: Any) -> Any:
    return op.add(op.unsqueeze(first, whole(1)), op.unsqueeze(_numbers(many), whole(0)))


def _columns(grid: Any) -> Any:
    return op.gather(op.shape_of(grid), wholes([1]), whole(0))


def _numbers(many: Any) -> Any:
    return op.range(whole(0), many, whole(1), "i64")


def _share(many: Any, among: Any) -> Any:
    """``many`` divided by ``among``, rounded up."""
    return op.divide(op.add(many, op.subtract(among, whole(1))), among)
