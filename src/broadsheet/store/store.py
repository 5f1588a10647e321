"""The Store as one object: parts by subject, over one database file."""

from __future__ import annotations

from pathlib import Path

from broadsheet.store.alerts import Alerts
from broadsheet.store.archive_rows import ArchiveRows
from broadsheet.store.check import Check
from broadsheet.store.comments import Comments
from broadsheet.store.database import Database
from broadsheet.store.days import Days
from broadsheet.store.deliveries import Deliveries
from broadsheet.store.desk import Desk
from broadsheet.store.editions import Editions
from broadsheet.store.follows import Follows
from broadsheet.store.history import History
from broadsheet.store.journal import Journal
from broadsheet.store.lists import Lists
from broadsheet.store.mail import Mail
from broadsheet.store.mixtures import Mixtures
from broadsheet.store.papers import Papers
from broadsheet.store.people import People
from broadsheet.store.reactions import Reactions
from broadsheet.store.tally import Tally
from broadsheet.store.topics import Topics
from broadsheet.store.trends import Trends
from broadsheet.store.versions import Versions


class Store(Database):
    """Every Document, what each source says about it, what happened, and what people think of it. See ``Store.open``.

    Each subject has its methods in a part of its own: ``store.papers.get(id)``. May be used from several threads; any
    number of processes may read while one at a time writes. Every method raises CollectionError when the file cannot
    be read or written.
    """

    def __init__(self, path: Path, *, mode: str, timeout: float) -> None:
        super().__init__(path, mode=mode, timeout=timeout)
        self.papers = Papers(self)
        self.days = Days(self)
        self.versions = Versions(self)
        self.history = History(self)
        self.people = People(self)
        self.reactions = Reactions(self)
        self.lists = Lists(self)
        self.alerts = Alerts(self)
        self.follows = Follows(self)
        self.comments = Comments(self)
        self.desk = Desk(self)
        self.mail = Mail(self)
        self.editions = Editions(self)
        self.deliveries = Deliveries(self)
        self.journal = Journal(self)
        self.trends = Trends(self)
        self.topics = Topics(self)
        self.tally = Tally(self)
        self.check = Check(self)
        self.mixtures = Mixtures(self)
        self.archive = ArchiveRows(self)
