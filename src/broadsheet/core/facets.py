"""Facets: what the papers of a list have in common, each value with how many of them have it."""

from __future__ import annotations

from typing import Literal, NamedTuple

FacetKind = Literal["year", "topic", "source", "venue", "category", "code"]


class Choice(NamedTuple):
    """A value of a facet as a condition takes it (``value``), as a reader reads it (``name``), and how many papers of
    the list have it."""

    value: str
    name: str
    papers: int


class Facet(NamedTuple):
    """A facet and its values: years the newest first, all others the most frequent first."""

    kind: FacetKind
    choices: tuple[Choice, ...]
