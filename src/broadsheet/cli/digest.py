"""The digest by email: send, status, preview, again, pause, resume, suppressions, bounces."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
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
from broadsheet.digest.returned import WITHIN, read_box
from broadsheet.digest.send import PAUSED, send_again
from broadsheet.people import signin, subscription
from broadsheet.store.people import Person
from broadsheet.wiring.collection import open_configured
from broadsheet.wiring.jobs import JOBS, Round, run, share_of_digest
from broadsheet.wiring.mail import letterhead

Whose = Annotated[
    str, typer.Argument(metavar="[ADDRESS]", help="A person's email address; without it, the general edition.")
]
Address = Annotated[str, typer.Argument(metavar="ADDRESS", help="A person's email address.")]
When = Annotated[
    str, typer.Option("--period", metavar="DAY", help="A day or a week: 2025-09-30, 2025-W40; default: today.")
]
Into = Annotated[Path, typer.Option("--into", metavar="FOLDER", help="Where to write digest.html and digest.txt.")]
PeriodName = Annotated[str, typer.Argument(metavar="PERIOD", help="The period of the digest: 2025-09-30 or 2025-W40.")]
Lift = Annotated[str, typer.Option("--lift", metavar="ADDRESS", help="Send email to this address again.")]
Box = Annotated[Path, typer.Argument(metavar="MAILBOX", help="An mbox file or a Maildir folder.")]


Share = Annotated[
    str,
    typer.Option(
        "--share",
        metavar="I/N",
        help="Send only the I-th of N shares of the readers, where N processes share the work.",
    ),
]


def send(share: Share = "", data: Data = None) -> None:
    """Plan the digests that are due, and send what is planned.

    Without a mail server in the settings, every email becomes a file in the folder outbox of the Collection. Run it
    from cron every ten minutes; `broadsheet run` does this by itself.

    Example: broadsheet digest send
    """
    place, shares = _share(share) if share else (0, 0)
    collection, settings = _open(data)
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
    """Show the newest digests, each doubtful one, and the hosts that refuse emails.

    Doubtful means that the sender stopped, or lost its connection, while it handed the email over. The email may have
    arrived, so it is not sent again unless you ask for it (`digest again`). A host that sends emails back for a reason
    of its own, or of yours, ends no subscription; its newest reason says what to do.

    Example: broadsheet digest status
    """
    collection, _ = _open(data)
    with collection:
        store = collection.store
        counts, paused = store.deliveries.counts(), store.journal.fact(PAUSED)
        unsettled = store.deliveries.in_states("doubtful", "sending", "failed")
        subscribers = len(store.mail.subscriptions())
        refusing = store.mail.refusing(since=datetime.now(UTC) - WITHIN)
    if as_json:
        print_json(
            {
                "subscribers": subscribers, "paused": paused, "periods": counts,
                "unsettled": [
                    {"period": each.period, "address": each.address, "state": each.state, "said": each.reason,
                     "changed": each.changed} for each in unsettled
                ],
                "refusing": [asdict(each) for each in refusing],
            }
        )  # fmt: skip
        return
    subscribed = f"{subscribers:,} subscriber{'' if subscribers == 1 else 's'}."
    _line(
        subscribed + (f" Sending is paused {_since(paused)}: `broadsheet digest resume` resumes it." if paused else "")
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
    if refusing:
        table(
            ["host", "emails sent back in two weeks", "readers", "newest reason"],
            [[each.host, f"{each.emails:,}", f"{each.readers:,}", each.detail] for each in refusing],
        )


def preview(whose: Whose = "", period: When = "", into: Into = Path(), data: Data = None) -> None:
    """Write a digest as HTML and text for you to look at; nothing is stored, planned or sent.

    Example: broadsheet digest preview ada@example.org --into /tmp
    """
    collection, settings = _open(data)
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
    """Send a doubtful or failed digest again. The reader of a doubtful one may get it twice.

    Example: broadsheet digest again 2025-09-30 ada@example.org
    """
    collection, _ = _open(data)
    now = datetime.now(UTC)
    with collection:
        send_again(collection.store, period, _person(collection, address), now=now)
    say("Planned again. The next `broadsheet digest send` sends it.")


def pause(data: Data = None) -> None:
    """Stop sending until you resume.

    Example: broadsheet digest pause
    """
    collection, _ = _open(data)
    with collection:
        sending.pause(collection.store, "by hand")
    say("Paused. Nothing is sent until you run `broadsheet digest resume`.")


def resume(data: Data = None) -> None:
    """Resume sending after a pause or a restored backup.

    Example: broadsheet digest resume
    """
    collection, _ = _open(data)
    with collection:
        sending.resume(collection.store)
    say("Sending is resumed. Digests that waited longer than twelve hours are not sent.")


def suppressions(lift: Lift = "", data: Data = None, as_json: AsJson = False) -> None:
    """Show the addresses that get no email and why, or lift a suppression.

    Example: broadsheet digest suppressions --lift ada@example.org
    """
    collection, _ = _open(data)
    with collection:
        if lift and not subscription.lift(collection.store, lift):
            raise NotFoundError(f"{lift} is not suppressed")
        found = collection.store.mail.suppressions()
    if as_json:
        keys = ("address", "reason", "detail", "since")
        print_json([dict(zip(keys, each, strict=True)) for each in found])
    elif found:
        table(["address", "why", "detail", "since"], [[a, r, d, f"{s:%Y-%m-%d}"] for a, r, d, s in found])
    else:
        note("No address is suppressed.")


def bounces(mailbox: Box, data: Data = None) -> None:
    """Read returned email from a mailbox, and stop writing to addresses that refuse it. Each email counts once.

    Example: broadsheet digest bounces /var/mail/bounces
    """
    collection, settings = _open(data)
    with collection:
        counts: Counter[str] = read_box(collection.store, mailbox, settings.mail_bounces, settings.mail_leaving,
                                        now=datetime.now(UTC))  # fmt: skip
    say(", ".join(f"{count:,} {kind}" for kind, count in counts.items()) or "No new email was returned.")


def _line(text: str) -> None:
    out().print(text, markup=False)


def _share(text: str) -> tuple[int, int]:
    """Read ``2/3`` as (1, 3)."""
    place, slash, shares = text.partition("/")
    if slash and place.isdecimal() and shares.isdecimal() and 1 <= int(place) <= int(shares) <= 64:
        return int(place) - 1, int(shares)
    raise UsageError(f"--share is {text!r:.40}; expected, for example, 1/2")


def _since(paused: str) -> str:
    """Say why sending is paused: the stored reason, or the moment at which a backup or an archive was read."""
    try:
        moment = datetime.fromisoformat(paused)
    except ValueError:
        return paused
    return f"since something was restored or imported at {moment.astimezone():%Y-%m-%d %H:%M}"


def _open(data: Path | None) -> tuple[Collection, Settings]:
    settings = config.load(config.collection_folder(data))
    return open_configured(data, create=False, settings=settings), settings


def _person(collection: Collection, text: str) -> Person:
    found = collection.store.people.at(signin.address(text))
    if found is None:
        raise NotFoundError(f"no one here has the address {text}: see `broadsheet people list`")
    return found


def _period(name: str, now: datetime, settings: Settings) -> Period:
    if not name:
        return periods.period("day", now.astimezone(settings.time_zone).date())
    found = periods.parse(name)
    if found is None or found.kind == "month":
        raise UsageError(f"--period is {name!r:.40}; expected a day or a week, for example 2025-09-30 or 2025-W40")
    return found
