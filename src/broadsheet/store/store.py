"""The Store as one object: papers, days, the journal, people and what is sent to them, over one database file."""

from __future__ import annotations

from broadsheet.store.audit import Audit
from broadsheet.store.belongings import Belongings
from broadsheet.store.days import Days
from broadsheet.store.deliveries import Deliveries
from broadsheet.store.everything import Everything
from broadsheet.store.jobs import Jobs
from broadsheet.store.journal import Journal
from broadsheet.store.lists import Lists
from broadsheet.store.mailing import Mailing
from broadsheet.store.opinions import Opinions
from broadsheet.store.people import People
from broadsheet.store.reads import Reads
from broadsheet.store.talk import Talk
from broadsheet.store.tastes import Tastes
from broadsheet.store.trends import Trends
from broadsheet.store.writes import Writes


class Store(
    Reads,
    Days,
    Writes,
    Audit,
    Journal,
    Jobs,
    People,
    Opinions,
    Lists,
    Talk,
    Tastes,
    Trends,
    Mailing,
    Deliveries,
    Belongings,
    Everything,
):
    """Every Document, what each source said of it, what happened, and what people think of it. See ``Store.open``.

    May be used from several threads; any number of processes may read while one at a time writes. Every method
    raises CollectionError when the file cannot be read or written.
    """
