"""Comparing two texts with the Collection's own encoder, next to the cosines of its papers with one another."""

from __future__ import annotations

import numpy as np

from broadsheet.lab.alignment import Comparison, compare
from broadsheet.site.context import Site
from broadsheet.store.people import Person

_LEAST = 45  # pairs of papers that tell what chance gives


def compare_here(site: Site, person: Person, a: str, b: str) -> Comparison:
    """Compare two texts; HTTPException 429 when this person does it too often, UsageError for texts that cannot be
    compared, ModelError when the encoder cannot be loaded."""
    site.limit("comparisons", str(person.number))
    space = site.collection.space
    chance = space.snapshot().chance if space.ready else np.empty(0, np.float32)
    return compare(site.collection.encoder, a, b, chance=chance if len(chance) >= _LEAST else None)
