"""Broadsheet: a self-hosted daily of research papers on a semantic engine that can be measured, adapted and trusted.

The verbs, loaded when first used: ``import broadsheet as bs; c = bs.open("dir"); bs.ingest(c, "page:file"); bs.sync(c);
bs.search(c, "words")``.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from broadsheet.collection import Collection as Collection
    from broadsheet.collection import open_collection as open  # noqa: F401
    from broadsheet.core.types import BadRecord as BadRecord
    from broadsheet.core.types import Document as Document
    from broadsheet.core.types import Filters as Filters
    from broadsheet.core.types import Result as Result
    from broadsheet.core.types import Results as Results
    from broadsheet.lab.vectors import encode as encode
    from broadsheet.lab.vectors import pairs as pairs
    from broadsheet.lab.vectors import similarity as similarity
    from broadsheet.search.hybrid import search as search
    from broadsheet.search.similar import similar as similar
    from broadsheet.sync import sync as sync
    from broadsheet.trending.ranking import feed as feed
    from broadsheet.wiring.sources import ingest as ingest

__version__ = "0.1.0"

_HOMES = {
    "Collection": ("collection", "Collection"),
    "open": ("collection", "open_collection"),
    "encode": ("lab.vectors", "encode"),
    "feed": ("trending.ranking", "feed"),
    "ingest": ("wiring.sources", "ingest"),
    "pairs": ("lab.vectors", "pairs"),
    "search": ("search.hybrid", "search"),
    "similar": ("search.similar", "similar"),
    "similarity": ("lab.vectors", "similarity"),
    "sync": ("sync", "sync"),
    **{name: ("core.types", name) for name in ("BadRecord", "Document", "Filters", "Result", "Results")},
}
__all__ = sorted(["__version__", *_HOMES])


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'broadsheet' has no attribute {name!r}; it has {', '.join(__all__)}")
    module, attribute = _HOMES[name]
    return getattr(import_module(f"broadsheet.{module}"), attribute)


def __dir__() -> list[str]:
    return __all__


class _Package(ModuleType):
    """Keeps the verbs in reach: importing ``sync.py`` would else put the module where the function is expected."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in _HOMES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
