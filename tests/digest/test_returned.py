"""What comes back: who is written to no more."""

from __future__ import annotations

from datetime import timedelta

import pytest

from broadsheet.collection import Collection
from broadsheet.digest.message import Letterhead
from broadsheet.digest.plan import plan
from broadsheet.digest.returned import message_name, return_token, take
from broadsheet.digest.send import send
from broadsheet.mail.bounces import Bounce, Kind
from people_of_a_day import BEFORE, DAY, MORNING, Post, subscriber

HEAD = Letterhead("https://papers.example.org", "daily@example.org", "bounces@example.org", "leave@example.org")


def test_mails_carry_a_token_of_their_own(made: Collection) -> None:
    ada = subscriber(made, "ada")
    plan(made, now=MORNING)
    post = Post()
    send(made, post, HEAD, clock=lambda: MORNING)
    token = return_token(made.store.people.secret(), ada.number)
    (message,) = post.got
    assert message.return_path == f"bounces+{token}@example.org"
    assert message.listing
    assert message.listing.unsubscribe_address == f"leave+{token}@example.org"


@pytest.mark.parametrize(("kind", "stays"), [("hard", True), ("complaint", False), ("unsubscribe", False)])
def test_a_proven_report_is_acted_on(made: Collection, kind: Kind, stays: bool) -> None:
    ada = subscriber(made, "ada")
    token = return_token(made.store.people.secret(), ada.number)
    assert take(made.store, [Bounce(kind=kind, token=token)], now=MORNING) == {kind: 1}
    assert bool(made.store.mail.suppressed(ada.address)) is (kind != "unsubscribe")
    choice = made.store.mail.choice(ada.number)
    assert choice
    assert choice[1] is stays


def test_soft_failures_count_within_two_weeks(made: Collection) -> None:
    ada = subscriber(made, "ada")
    soft = Bounce(kind="soft", token=return_token(made.store.people.secret(), ada.number))
    for days in (0, 20, 21):
        take(made.store, [soft], now=BEFORE + timedelta(days=days))
    assert not made.store.mail.suppressed(ada.address)
    take(made.store, [soft], now=BEFORE + timedelta(days=22))
    assert made.store.mail.suppressed(ada.address) == "soft"
    assert made.store.mail.lift(ada.address)
    take(made.store, [soft], now=BEFORE + timedelta(days=23))
    assert not made.store.mail.suppressed(ada.address)  # lifted: counting begins anew


def test_what_proves_nothing_changes_nothing(made: Collection) -> None:
    ada, ben = subscriber(made, "ada"), subscriber(made, "ben")
    plan(made, now=MORNING)
    ours = f"<{message_name(made.store.people.secret(), str(DAY), ada.number)}@example.org>"
    forged = [
        Bounce(kind="hard", recipient=ada.address),
        Bounce(kind="hard", token=f"{ada.number}-xxxxxxxxxxxxxxxxxxxxxxxx"),
        Bounce(
            kind="hard", token=return_token(made.store.people.secret(), ben.number).replace(str(ben.number), "7", 1)
        ),
        Bounce(kind="hard", recipient=ada.address, message_id=ours),  # not sent
        Bounce(kind="hard", recipient=ada.address, message_id=ours.replace(f"-{ada.number}.", f"-{ben.number}.")),
        Bounce(kind="hard", recipient=ada.address, message_id="<digest-x@y>"),
    ]
    assert take(made.store, forged, now=MORNING) == {"unproven": len(forged)}
    send(made, Post(), HEAD, clock=lambda: MORNING)
    guessed = [f"digest-{DAY}-{ada.number}", f"digest-{DAY}-{ada.number}.x", ours.partition("@")[0][1:-1]]
    forged = [Bounce(kind="hard", recipient=ada.address, message_id=f"<{each}@example.org>") for each in guessed]
    assert take(made.store, forged, now=MORNING) == {"unproven": len(forged)}
    named = Bounce(kind="hard", recipient=ada.address, message_id=ours)
    assert take(made.store, [named], now=MORNING) == {"hard": 1}
    assert made.store.mail.suppressed(ada.address) == "hard"
    assert not made.store.mail.suppressed(ben.address)
