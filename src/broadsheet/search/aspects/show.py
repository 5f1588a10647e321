"""What was read of one paper: each sentence with the role that is most likely."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.aspects import ASPECTS, Aspect
from broadsheet.core.errors import NotFoundError


class Said(NamedTuple):
    """A sentence of a paper, the most likely of its roles, and how likely that is."""

    text: str
    role: Aspect
    probability: float


def read(collection: Collection, id: str) -> list[Said]:
    """Return the sentences of a paper, named by id or alias, in their order; none for one without an abstract, or that
    came after the last build. NotFoundError for an unknown id, and when sentences were not built."""
    number = collection.store.papers.number(id)
    paper = collection.store.papers.by_numbers([number]).get(number) if number else None
    if paper is None or number is None:
        raise NotFoundError(f"no paper has the id {id!r} in {collection.path}: find its id with `broadsheet search`")
    if not collection.sentences.exists:
        raise NotFoundError("No sentences of this Collection were read yet: run `broadsheet aspects build`.")
    (parts,) = collection.sentences.snapshot().of(np.array([number]))
    places = parts.roles.argmax(axis=1) if len(parts.roles) else []
    return [
        Said(paper.content[start:end], ASPECTS[place], round(float(shares[place]), 3))
        for (start, end), shares, place in zip(parts.spans.tolist(), parts.roles, places, strict=True)
    ]
