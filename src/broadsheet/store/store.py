"""The Store as one object: reads, writes and the journal over one database file."""

from __future__ import annotations

from broadsheet.store.days import Days
from broadsheet.store.journal import Journal
from broadsheet.store.reads import Reads
from broadsheet.store.writes import Writes


class Store(Reads, Days, Writes, Journal):
    """Every Document, what each source said of it, and what happened. Open one with ``Store.open``.

    May be used from several threads; any number of processes may read while one at a time writes. Every method
    raises CollectionError when the file cannot be read or written.
    """
