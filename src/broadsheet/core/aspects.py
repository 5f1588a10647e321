"""The aspects of a paper, by name."""

from __future__ import annotations

from typing import Literal, get_args

from broadsheet.core.errors import UsageError, nearest

Aspect = Literal["task", "method", "data", "result"]
ASPECTS: tuple[Aspect, ...] = get_args(Aspect)
"""What a paper can be like another in; also the roles of its sentences."""
_OTHER_NAMES = {"background": "task", "objective": "task", "problem": "task", "dataset": "data", "results": "result"}


def require_aspect(name: str) -> Aspect:
    """Return an aspect by its name or another name for it (``background`` is ``task``); UsageError for any other."""
    word = _OTHER_NAMES.get(name.strip().lower(), name.strip().lower())
    for aspect in ASPECTS:
        if aspect == word:
            return aspect
    raise UsageError(f"unknown aspect {name[:60]!r}: expected {', '.join(ASPECTS)}. {nearest(word, ASPECTS)}".strip())
