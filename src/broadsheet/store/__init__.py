"""The Store: one SQLite file with every Document, what each source says about it, and a number for every change."""

from broadsheet.store.batch import Counts
from broadsheet.store.journal import ConfiguredSource, Problem
from broadsheet.store.store import Store

__all__ = ["ConfiguredSource", "Counts", "Problem", "Store"]
