"""Wiring: from Settings and names to open Collections and sources with the one client. Here the clock is read."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from broadsheet import config, names
from broadsheet.collection import Collection, open_collection
from broadsheet.config import Settings
from broadsheet.core.errors import CollectionError, NotFoundError, UsageError
from broadsheet.core.protocols import Mailer, Progress, Source
from broadsheet.core.types import BadRecord, Document, Run
from broadsheet.ingest import ingest as keep

if TYPE_CHECKING:
    from broadsheet.digest.message import Letterhead
    from broadsheet.http import Client

FIRST_DAYS = 30  # of a rolling feed that is read for the first time, so that the first morning is not empty
_OVERLAP = timedelta(days=3)  # asked for again each time: archives announce late


def opened(data: str | Path | None = None, *, create: bool = True, settings: Settings | None = None) -> Collection:
    """The Collection in ``data`` (else where the environment says), with the encoder and language of its settings."""
    folder = config.collection_folder(data)
    settings = settings or config.load(folder)
    return open_collection(folder, encoder=settings.encoder or None, language=settings.language or None, create=create)


def client(collection: Collection, settings: Settings) -> Client:
    """The polite client, with its cache in the Collection and the contact that the settings give."""
    from broadsheet.http import Client

    return Client(contact=settings.contact, folder=collection.cache / "http", allow_private=settings.allow_private)


def mailer(collection: Collection, settings: Settings, environment: Mapping[str, str] = os.environ) -> Mailer:
    """What hands mails on: the server that the settings name, else the folder ``outbox`` of the Collection.

    The password comes from ``mail_password_file`` or from BROADSHEET_MAIL_PASSWORD. UsageError for settings that
    cannot be, before anything is sent.
    """
    if not settings.mail:
        from broadsheet.mail.outbox import Outbox

        return Outbox(collection.path / "outbox")
    from broadsheet.mail.relay import relay
    from broadsheet.mail.smtp import SmtpMailer

    if not settings.mail_from:
        raise UsageError("the setting mail names a server, but mail_from is empty: say which address mails come from")
    password = _password(settings, environment) if settings.mail_user else ""
    ca_file = Path(settings.mail_ca_file).expanduser() if settings.mail_ca_file else None
    return SmtpMailer(relay(settings.mail, user=settings.mail_user, password=password, ca_file=ca_file))


def letterhead(settings: Settings) -> Letterhead:
    """Who sends digests, and where their links lead. UsageError where a mail server is set but no address."""
    from broadsheet.digest.message import Letterhead
    from broadsheet.people.letters import SENDER

    if settings.mail and not settings.address:
        raise UsageError("mails would lead nowhere: set address to where readers reach this site, such as https://…")
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return Letterhead(
        address=settings.address.rstrip("/") or f"http://{host}:{settings.port}",
        sender=settings.mail_from or SENDER,
        reply=settings.mail_reply,
        bounces=settings.mail_bounces,
        leaving=settings.mail_leaving,
        postal=settings.mail_postal,
    )


def _password(settings: Settings, environment: Mapping[str, str]) -> str:
    if not settings.mail_password_file:
        return environment.get("BROADSHEET_MAIL_PASSWORD", "")
    path = Path(settings.mail_password_file).expanduser()
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeError) as error:
        raise UsageError(f"the mail server's password cannot be read from {path}: {error}") from error


def source(name: str, collection: Collection, settings: Settings | None = None) -> Source:
    """The source of a name, going out through the Collection's client; UsageError for an unknown name."""
    settings = settings or config.load(collection.path)
    return names.source(name, client=client(collection, settings))


def ingest(
    collection: Collection,
    source: str | Source | Iterable[Document | BadRecord],
    *,
    since: date | None = None,
    now: datetime | None = None,
    progress: Progress | None = None,
    name: str = "",
) -> Run:
    """Read a source to its end and keep all it brings; the Run returned says what came and what ended it early.

    ``source`` is a name such as ``page:saved.txt``, a Source, or documents, which ``name`` names. A rolling feed
    (``arxiv:cs.IR``, ``hf:daily``) is asked for what is new since its last good run, at first for 30 days; ``since``
    says otherwise.
    Raises UsageError for an unknown name, CollectionError when the Store cannot be written.
    """
    now = now or datetime.now(UTC)
    name = source if isinstance(source, str) else name
    reader = _source(name, collection) if isinstance(source, str) else source
    if since is None and getattr(reader, "rolling", False):
        since = _last(collection, str(getattr(reader, "name", name)), now)
    return keep(collection, reader, now=now, since=since, progress=progress, name=name)


def settle_submissions(collection: Collection, settings: Settings, *, now: datetime) -> str:
    """Look for the papers that readers handed in, and say in a line what came of it."""
    from broadsheet.people.submit import settle_submissions as settle

    today = now.astimezone(settings.time_zone).date()
    return settle(collection, client(collection, settings), now=now, today=today)


_source = source  # the name of an argument above


def _last(collection: Collection, name: str, now: datetime) -> date:
    """From which day on a rolling feed is asked."""
    good = collection.store.last_good_run_of(name)
    if good is None:
        return now.date() - timedelta(days=FIRST_DAYS)
    return min(good, now).date() - _OVERLAP  # a clock that was set back must not make a feed silent


def contents(collection: Collection) -> Iterator[str]:
    """The texts of all papers, as encoders read them."""
    after = 0
    while changes := collection.store.changes(after):
        yield from (change.document.content for change in changes if change.document)
        after = changes[-1].sequence


def paper(collection: Collection, name: str) -> Document:
    """The paper of an id or alias; NotFoundError that names the papers whose words are nearest."""
    document = collection.store.get(name)
    if document is not None:
        return document
    raise NotFoundError(f"no paper with the id {name[:200]!r} in {collection.path}. {_nearest(collection, name)}")


def _nearest(collection: Collection, name: str) -> str:
    """Papers found by the words of what was taken for an id, for it may be a title."""
    from broadsheet.search.hybrid import search

    try:
        found = search(collection, name, k=2, mode="lexical").items
    except CollectionError:
        found = ()
    if found:
        near = " or ".join(f"{each.document.id} ({each.document.shown_title[:60]})" for each in found)
        return f"Did you mean {near}?"
    return "Find ids with `broadsheet search`."
