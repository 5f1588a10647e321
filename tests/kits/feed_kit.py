"""A feed as feedparser reads it, and atoma, which warns as it is imported."""

from __future__ import annotations

import io
import warnings
from typing import Any

import feedparser

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import atoma

__all__ = ["atoma", "parsed"]


def parsed(data: bytes) -> Any:
    found = feedparser.parse(io.BytesIO(data))
    assert not found.bozo, found.get("bozo_exception")
    return found
