"""Spaces: the vectors of an encoder over the Store."""

from broadsheet.space.snapshot import Snapshot
from broadsheet.space.space import Space

__all__ = ["Snapshot", "Space"]
