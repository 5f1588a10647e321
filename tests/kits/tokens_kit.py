"""Papers of a token Space that are always the same for a number."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from broadsheet.core.protocols import TokenVectors
from broadsheet.space.pointer import TokenManifest
from broadsheet.space.tokens import TokenSpace
from space_kit import key

MANIFEST = TokenManifest("test", "abc", 16)


def tokens(number: int) -> TokenVectors:
    """A few tokens of one paper, whose names repeat: each of its divisors up to 5, once or twice."""
    rng = np.random.default_rng(number)
    names = [f"of{each}" for each in range(1, 6) if number % each == 0 for _ in range(1 + number % 2)]
    return TokenVectors(rng.normal(size=(len(names), 16)).astype("f4"), tuple(names), np.zeros((len(names), 2), int))


def add(space: TokenSpace, numbers: Sequence[int], *, change: int) -> None:
    space.append(list(numbers), [tokens(number) for number in numbers], [key(number) for number in numbers])
    space.commit(change)


def frequency(numbers: Sequence[int]) -> dict[str, int]:
    """In how many of these papers each token is, counted one by one."""
    names = {f"of{each}" for each in range(1, 6)}
    return {name: sum(name in tokens(number).tokens for number in numbers) for name in names}
