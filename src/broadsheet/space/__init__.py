"""Spaces: the vectors of an encoder over the Store."""

from broadsheet.space.snapshot import Snapshot
from broadsheet.space.space import Space
from broadsheet.space.tokens import TokenSnapshot, TokenSpace

__all__ = ["Snapshot", "Space", "TokenSnapshot", "TokenSpace"]
