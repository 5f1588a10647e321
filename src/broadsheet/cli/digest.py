"""The digest by email: send, status, preview, again, pause, resume, suppressions and bounces."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from broadsheet import config
from broadsheet.cli.options import AsJson, Data
from broadsheet.cli.terminal import note, out, print_json, say, table
from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.core import periods
from broadsheet.core.errors import NotFoundError, UsageError
from broadsheet.core.periods import Period
from broadsheet.digest import send as sending
from broadsheet.digest.preview import preview as drawn
from broadsheet.digest.returned import read_box
from broadsheet.digest.send import PAUSED, send_again
from broadsheet.people import signin, subscription
from broadsheet.store.people import Person
from broadsheet.wiring.collection import opened
from broadsheet.wiring.jobs import JOBS, Round, run, share_of_digest
from broadsheet.wiring.mail import letterhead

Whose = Annotated[
    str, typer.Argument(metavar="[ADDRESS]", help="A person's email address. Without it: the general edition.")
]
Address = Annotated[str, typer.Argument(metavar="ADDRESS", help="A person's email address.")]
When = Annotated[
    str, typer.Option("--period", metavar="DAY", help="A day or a week: 2025-09-30, 2025-W40; without it: today.")
]
Into = Annotated[
    Path, typer.Option("--into", metavar="FOLDER", help="Write digest.html and digest.txt into this folder.")
]
PeriodName = Annotated[
    str, typer.Argument(metavar="PERIOD", help="The day or week of the digest: 2025-09-30, 2025-W40.")
]
Lift = Annotated[str, typer.Option("--lift", metavar="ADDRESS", help="Send to this address again.")]
Box = Annotated[Path, typer.Argument(metavar="MAILBOX", help="An mbox file or a Maildir folder.")]


Share = Annotated[
    str,
    typer.Option(
        "--share",
        metavar="I/N",
        help="Plan and send for the I-th of N shares of the readers only, where N processes share the work.",
    ),
]


def send(share: Share = "", data: Data = None) -> None:
    """Plan the digests whose hour has come, and send what is planned.

    Without a mail server in the settings every email becomes a file in the folder outbox of the Collection. Run this
    every ten minutes with cron; `broadsheet run` does it by itself.

    Example: broadsheet digest send
    """
    place, shares = _share(share) if share else (0, 0)
    collection, settings = _opened(data)
    with collection:
        if shares:
            round_ = Round(collection=collection, settings=settings, now=datetime.now(UTC))
            _line(f"Digest: {share_of_digest(round_, place, shares)}")
            return
        job = next(job for job in JOBS if job.name == "digest")
        outcome = run(job, Round(collection=collection, settings=settings, now=datetime.now(UTC)))
    if outcome.said:
        _line(f"Digest: {outcome.said}")
    if outcome.error:
        say(outcome.error)
        raise typer.Exit(outcome.code or 1)


def status(data: Data = None, as_json: AsJson = False) -> None:
    """Show the state of the newest digests, and each one that is doubtful, failed or being sent.

    Doubtful: the process stopped, or lost its connection, while it handed the email over. The email may have arrived,
    so it is not sent again unless you say so (`digest again`).

    Example: broadsheet digest status
    """
    collection, _ = _opened(data)
    with collection:
        store = collection.store
        counts, paused = store.deliveries.counts(), store.journal.fact(PAUSED)
        unsettled = store.deliveries.in_states("doubtful", "sending", "failed")
        subscribers = len(store.mail.subscriptions())
    if as_json:
        print_json(
            {
                "subscribers": subscribers, "paused": paused, "periods": counts,
                "unsettled": [
                    {"period": each.period, "address": each.address, "state": each.state, "said": each.reason,
                     "changed": each.changed} for each in unsettled
                ],
            }
        )  # fmt: skip
        return
    subscribed = f"{subscribers:,} subscriber{'' if subscribers == 1 else 's'}."
    _line(
        subscribed
        + (f" Sending is paused, {_since(paused)}: run `broadsheet digest resume` to send again." if paused else "")
    )
    if not counts:
        _line("No digest is planned yet. Each is planned at its reader's chosen hour.")
    for period, states in counts.items():
        _line(f"{period}: " + ", ".join(f"{count:,} {state}" for state, count in sorted(states.items())))
    if unsettled:
        table(
            ["period", "address", "state", "since", "why"],
            [[e.period, e.address, e.state, f"{e.changed.astimezone():%Y-%m-%d %H:%M}", e.reason] for e in unsettled],
        )


def preview(whose: Whose = "", period: When = "", into: Into = Path(), data: Data = None) -> None:
    """Write a digest as HTML and text, so that you can look at it; nothing is frozen, planned or sent.

    Example: broadsheet digest preview ada@example.org --into /tmp
    """
    collection, settings = _opened(data)
    now = datetime.now(UTC)
    with collection:
        chosen = _period(period, now, settings)
        person = _person(collection, whose).number if whose else 0
        message = drawn(collection, letterhead(settings), chosen, person, now=now, zone=settings.time_zone)
    into.mkdir(parents=True, exist_ok=True)
    for name, text in (("digest.html", message.html), ("digest.txt", message.text)):
        (into / name).write_text(text, "utf-8")
        _line(str(into / name))
    note(f"Subject: {message.subject}")


def again(period: PeriodName, address: Address, data: Data = None) -> None:
    """Send a doubtful or failed digest again. If a doubtful one has arrived, its reader then gets it twice.

    Example: broadsheet digest again 2025-09-30 ada@example.org
    """
    collection, _ = _opened(data)
    now = datetime.now(UTC)
    with collection:
        send_again(collection.store, period, _person(collection, address), now=now)
    say("The digest is planned again: the next `broadsheet digest send` sends it.")


def pause(data: Data = None) -> None:
    """Send nothing until `broadsheet digest resume`.

    Example: broadsheet digest pause
    """
    collection, _ = _opened(data)
    with collection:
        sending.pause(collection.store, "by hand")
    say("Sending is paused: nothing is sent until you run `broadsheet digest resume`.")


def resume(data: Data = None) -> None:
    """Send again, after a pause or a restored backup.

    Example: broadsheet digest resume
    """
    collection, _ = _opened(data)
    with collection:
        sending.resume(collection.store)
    say("Digests are sent again, except those that are too late: 12 hours for a day, 48 hours for a week.")


def suppressions(lift: Lift = "", data: Data = None, as_json: AsJson = False) -> None:
    """Show the addresses that nothing is sent to, with the reasons, or send to one again.

    Example: broadsheet digest suppressions --lift ada@example.org
    """
    collection, _ = _opened(data)
    with collection:
        if lift and not subscription.lift(collection.store, lift):
            raise NotFoundError(f"{lift} is not suppressed: see `broadsheet digest suppressions`")
        rows = collection.store.mail.suppressions()
    if as_json:
        keys = ("address", "reason", "detail", "since")
        print_json([dict(zip(keys, each, strict=True)) for each in rows])
    elif rows:
        table(["address", "why", "detail", "since"], [[a, r, d, f"{s:%Y-%m-%d}"] for a, r, d, s in rows])
    else:
        note("Email is sent to every address: none is suppressed.")


def bounces(mailbox: Box, data: Data = None) -> None:
    """Read returned email from a mailbox: nothing more is sent to addresses that refuse it. Each letter counts once.

    Example: broadsheet digest bounces /var/mail/bounces
    """
    collection, settings = _opened(data)
    with collection:
        counts: Counter[str] = read_box(collection.store, mailbox, settings.mail_bounces, settings.mail_leaving,
                                        now=datetime.now(UTC))  # fmt: skip
    say(", ".join(f"{count:,} {kind}" for kind, count in counts.items()) or "The mailbox has no new returned email.")


def _line(text: str) -> None:
    out().print(text, markup=False)


def _share(text: str) -> tuple[int, int]:
    """Return ``2/3`` as (1, 3)."""
    place, slash, shares = text.partition("/")
    if slash and place.isdecimal() and shares.isdecimal() and 1 <= int(place) <= int(shares) <= 64:
        return int(place) - 1, int(shares)
    raise UsageError(f"--share {text!r:.40} is not a share: expected I/N, for example 1/2")


def _since(paused: str) -> str:
    """Return why sending is paused: a reason in words, or the moment when a backup or an archive was brought in."""
    try:
        moment = datetime.fromisoformat(paused)
    except ValueError:
        return paused
    return f"since a backup or an archive was brought in at {moment.astimezone():%Y-%m-%d %H:%M}"


def _opened(data: Path | None) -> tuple[Collection, Settings]:
    settings = config.load(config.collection_folder(data))
    return opened(data, create=False, settings=settings), settings


def _person(collection: Collection, text: str) -> Person:
    person = collection.store.people.at(signin.address(text))
    if person is None:
        raise NotFoundError(f"no one here has the address {text}: see `broadsheet people list`")
    return person


def _period(name: str, now: datetime, settings: Settings) -> Period:
    if not name:
        return periods.period("day", now.astimezone(settings.time_zone).date())
    period = periods.parse(name)
    if period is None or period.kind == "month":
        raise UsageError(f"--period {name!r:.40} is neither a day nor a week: expected 2025-09-30 or 2025-W40")
    return period
