"""The mail of a delivery: where it leads, how it is left, and what is taken away."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from broadsheet.collection import Collection
from broadsheet.core.periods import period
from broadsheet.core.types import Status
from broadsheet.digest.editions import general
from broadsheet.digest.message import subject
from broadsheet.digest.plan import plan
from broadsheet.digest.send import send
from broadsheet.ingest import ingest
from broadsheet.people import subscription
from people_of_a_day import DAY, HEAD, MORNING, Post, likes, sent, subscriber, topical
from site_kit import Given


def test_the_subject_names_the_first_paper_and_counts_the_others() -> None:
    titles = ["Reading tide tables", "A second", "A third"]
    assert subject("Monday 2 March 2026", titles, more=12) == "Monday 2 March 2026: Reading tide tables and 14 more"
    assert subject("Monday", titles[:1], more=0) == "Monday: Reading tide tables"
    assert subject("Monday 2 March 2026", [], more=0) == "Monday 2 March 2026: no papers"
    assert subject("Monday", ["Tides " * 40], more=0).endswith("Tides…")


@pytest.mark.parametrize("count", [15, 60, 3_000])
def test_the_subject_counts_papers_that_do_not_fit(count: int) -> None:
    titles = [f"Tide number {n}" for n in range(count)]
    assert subject("Monday", titles, more=5).endswith(f"and {count + 4:,} more")


def test_the_subject_of_a_mail_is_of_its_own_papers(made: Collection) -> None:
    subscriber(made, "ada", contents="general", most=3)
    tides = replace(topical(2_000, 0, listed=DAY, votes=99), title="Tides \n at  last")
    ingest(made, Given([tides]), now=MORNING)
    post = Post()
    sent(made, post)
    assert post.got[0].subject == "Monday, 2 March 2026: Tides at last and 12 more"


def test_a_paper_that_was_retracted_since_says_so(made: Collection) -> None:
    subscriber(made, "ada", contents="general", most=3)
    tides = replace(topical(2_000, 0, listed=DAY, votes=99), title="Tides at last")
    ingest(made, Given([tides]), now=MORNING)
    assert general(made, period("day", DAY), now=MORNING)
    ingest(made, Given([replace(tides, status=Status("retracted", "crossref"))]), now=MORNING)
    post = Post()
    sent(made, post)
    assert "retracted (Crossref)" in post.got[0].text
    assert "retracted (Crossref)" in post.got[0].html


def test_a_mail_arrives_once_and_can_be_left(made: Collection) -> None:
    ada = subscriber(made, "ada", least="weak")
    likes(made, ada, 0)
    post = Post()
    assert sent(made, post) == {"sent": 1}
    assert sent(made, post) == {}
    (message,) = post.got
    assert message.message_id.startswith(f"<digest-2026-03-02-{ada.number}.")
    assert message.message_id.endswith("@example.org>")
    assert message.listing
    token = message.listing.unsubscribe_url.rpartition("/")[2]
    assert subscription.leaver(made.store, token) == ada.number
    assert subscription.leaver(made.store, token[:-1] + "_") is subscription.leaver(made.store, "") is None
    assert subscription.leaver(made.store, f"{ada.number + 1}.{token.partition('.')[2]}") is None
    assert "similar to “Leaf Outline Herbarium Study" in " ".join(message.text.split())
    assert made.store.mail.unsubscribe(ada.number, now=MORNING)
    assert sent(made, post, now=MORNING + timedelta(days=1)) == {}


def test_a_mail_leads_to_the_day_on_which_its_papers_stand(made: Collection) -> None:
    """Which is before its own where it came before that day's papers, as at weekends and at early hours."""
    subscriber(made, "ada", contents="general")
    subscriber(made, "ben", contents="general", cadence="weekly")
    post = Post()
    assert sent(made, post, now=MORNING + timedelta(days=1)) == {"sent": 1}
    assert sent(made, post, now=MORNING + timedelta(days=7)) == {"sent": 1}
    pages = [each.listing.archive_url for each in post.got if each.listing]
    assert pages == ["https://papers.example.org/day/2026-03-02", "https://papers.example.org/week/2026-W10"]
    assert "https://papers.example.org/day/2026-03-02" in post.got[0].text
    assert {each.reply_to for each in post.got} == {"daily@example.org"}


def test_a_paper_that_is_taken_away_leaves_the_mail(made: Collection) -> None:
    subscriber(made, "ada", contents="general")
    plan(made, now=MORNING, zone=UTC)
    made.store.papers.delete([f"made:{1000 + n}" for n in range(12)], now=MORNING)
    post = Post()
    send(made, post, HEAD, clock=lambda: MORNING)
    assert "All papers listed here have since been removed." in post.got[0].text


def test_an_email_says_what_a_paper_does_and_when_its_source_says_so(made: Collection) -> None:
    subscriber(made, "ada", contents="general", most=3)
    text = "Tides are old. We propose to read tide tables by the light of the moon. They are long."
    first = replace(topical(2_000, 0, listed=DAY, votes=99), text=text, readable_text="", extra={})
    second = replace(topical(2_001, 0, listed=DAY, votes=98), extra={"ai_summary": "Reads tide tables."})
    ingest(made, Given([first, second]), now=MORNING)
    post = Post()
    sent(made, post)
    email = " ".join(post.got[0].text.split())
    assert "We propose to read tide tables by the light of the moon." in email
    assert "Tides are old" not in email
    assert "Reads tide tables. (Summary by its source)" in email
    assert email.count("Summary by its source") == 1
