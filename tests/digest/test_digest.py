"""Editions, own lists, plans and what becomes of deliveries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broadsheet.collection import Collection
from broadsheet.core import periods
from broadsheet.core.errors import MailError, UsageError
from broadsheet.core.types import Message, Outcome
from broadsheet.digest import editions
from broadsheet.digest.message import Letterhead
from broadsheet.digest.plan import due, plan, waiting
from broadsheet.digest.preview import preview
from broadsheet.digest.send import LEASE, PAUSED, limits, send
from broadsheet.ingest import ingest
from broadsheet.people import subscription
from broadsheet.store.mailing import Choice, Delivery, Subscription
from broadsheet.store.people import Person
from broadsheet.sync import sync
from people_of_a_day import BEFORE, DAY, MORNING, Post, collection, likes, subscriber, topical
from site_kit import Given

HEAD = Letterhead("https://papers.example.org", "daily@example.org")
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
TODAY = periods.period("day", DAY)


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Collection]:
    with collection(tmp_path / "c") as made:
        yield made


def sent(made: Collection, post: Post, *, now: datetime = MORNING) -> dict[str, int]:
    plan(made, now=now, zone=UTC)
    return {state: count for state, count in send(made, post, HEAD, clock=lambda: now).counts.items() if count}


def claim(made: Collection, holder: str, *, now: datetime = MORNING) -> Delivery | None:
    return made.store.claim(holder, now=now, lease=LEASE, limits=limits(now))


def test_an_edition_is_frozen_once(made: Collection) -> None:
    first = editions.general(made, TODAY, now=MORNING, zone=UTC)
    assert first
    assert first["papers"][0] == {"id": "made:1011", "why": "11 votes"}
    assert len(first["pool"]) == 12
    ingest(made, Given([topical(2_000, 0, listed=DAY, votes=99)]), now=MORNING)
    assert editions.general(made, TODAY, now=MORNING, zone=UTC) == first


def test_what_came_late_is_in_the_next_edition_and_nothing_is_in_two(made: Collection) -> None:
    first = editions.general(made, TODAY, now=MORNING, zone=UTC)
    late = [topical(2_000, 0, listed=DAY), topical(2_001, 1, listed=DAY + timedelta(days=1))]
    ingest(made, Given(late), now=MORNING)
    second = editions.general(made, periods.period("day", DAY + timedelta(days=1)), now=MORNING, zone=UTC)
    assert first
    assert second
    assert set(second["pool"]) == {"made:2000", "made:2001"}
    third = editions.general(made, periods.period("day", DAY + timedelta(days=2)), now=MORNING, zone=UTC)
    assert third is None


def test_the_week_is_ranked_again_whole(made: Collection) -> None:
    """By what each met, not by how new it is: what trends on Friday is not the best of the week."""
    editions.general(made, TODAY, now=MORNING, zone=UTC)
    friday = MORNING + timedelta(days=4)
    ingest(made, Given([topical(2_000 + n, n, listed=friday.date(), votes=6 + n) for n in range(4)]), now=friday)
    week = editions.general(made, periods.period("week", DAY), now=friday, zone=UTC)
    assert week
    assert len(week["pool"]) == 16
    votes = [int(each["why"].split()[0]) for each in week["papers"] if "vote" in each["why"]]
    assert votes[:4] == [11, 10, 9, 9]
    assert votes == sorted(votes, reverse=True)


@pytest.mark.parametrize(
    ("choice", "now", "period", "hour"),
    [
        (Choice(hour=7), "2026-03-02T07:00", "2026-03-02", "2026-03-02T07:00"),
        (Choice(hour=7), "2026-03-02T06:59", "late", "2026-02-27T07:00"),  # Friday's, the last weekday
        (Choice(hour=7), "2026-03-02T18:59", "2026-03-02", "2026-03-02T07:00"),
        (Choice(hour=7), "2026-03-02T19:01", "late", "2026-03-02T07:00"),
        (Choice(hour=7, cadence="daily"), "2026-03-01T08:00", "2026-03-01", "2026-03-01T07:00"),
        (Choice(hour=22, cadence="daily"), "2026-03-02T01:00", "2026-03-01", "2026-03-01T22:00"),
        (Choice(hour=7, zone="Pacific/Auckland"), "2026-03-01T18:00", "2026-03-01", "2026-03-01T18:00"),
        (Choice(hour=7, zone="America/Los_Angeles"), "2026-03-02T15:30", "2026-03-02", "2026-03-02T15:00"),
        (Choice(hour=2, zone="Europe/Berlin", cadence="daily"), "2026-03-29T01:30", "2026-03-29", "2026-03-29T01:00"),
        (Choice(hour=7, cadence="weekly"), "2026-03-02T07:00", "2026-W09", "2026-03-02T07:00"),
        (Choice(hour=7, cadence="weekly"), "2026-03-03T07:00", "2026-W09", "2026-03-02T07:00"),
        (Choice(hour=7, cadence="weekly"), "2026-03-04T07:01", "late", "2026-03-02T07:00"),
        (Choice(hour=7, cadence="weekly"), "2026-03-02T06:59", "late", "2026-02-23T07:00"),
        (Choice(hour=2, zone="Europe/Berlin", cadence="daily"), "2026-10-25T03:00", "2026-10-25", "2026-10-25T00:00"),
        (Choice(hour=7, zone="Nowhere/Lost"), "2026-03-02T07:00", "2026-03-02", "2026-03-02T07:00"),
    ],
)
def test_when_a_digest_is_due(choice: Choice, now: str, period: str, hour: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    found = due(Subscription(1, "a@example.org", choice, LONG_AGO), now=at, zone=UTC)
    assert found
    assert ("late" if found.late else found.period.name, found.at.isoformat()[:16]) == (period, hour)


def test_who_subscribes_after_the_hour_begins_the_next_day() -> None:
    new = Subscription(1, "a@example.org", Choice(hour=7), MORNING)
    assert due(new, now=MORNING + timedelta(minutes=1), zone=UTC) is None
    assert due(new, now=MORNING + timedelta(days=1), zone=UTC)


def test_own_lists_say_why(made: Collection) -> None:
    ada = subscriber(made, "ada", contents="mine", least="weak")
    likes(made, ada, 0)
    likes(made, ada, 1, "Seas")
    store = made.store
    store.follow(ada.number, "ada  BLUM", now=BEFORE)
    store.keep_query(ada.number, "birds", "owl night flight", without=[], least="fair", now=BEFORE)
    store.mark("read_papers", ada.number, [store.number("made:1003") or 0], now=BEFORE)
    plan(made, now=MORNING, zone=UTC)
    own = store.edition(TODAY.name, ada.number)
    assert own
    whys = {each["id"]: each["why"] for each in own["papers"]}
    assert whys["made:1007"] == "for your query “birds”"
    assert "made:1003" not in whys  # read already, though by an author who is followed
    assert any(
        why.startswith("near “Tide Harbour Moon Study") and why.endswith("in your list “Seas”") for why in whys.values()
    )
    assert any(
        why.startswith("near “Leaf Outline Herbarium Study") and why.endswith("”, which you like")
        for why in whys.values()
    )
    assert not {"made:1002", "made:1006", "made:1010"} & {each["id"] for each in own["papers"][:6]}  # knots


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
    assert subscription.leaving(made.store, token) == ada.number
    assert subscription.leaving(made.store, token[:-1] + "_") is subscription.leaving(made.store, "") is None
    assert subscription.leaving(made.store, f"{ada.number + 1}.{token.partition('.')[2]}") is None
    assert "near “Leaf Outline Herbarium Study" in " ".join(message.text.split())
    assert made.store.unsubscribe(ada.number, now=MORNING)
    assert sent(made, post, now=MORNING + timedelta(days=1)) == {}


def test_quiet_days_are_skipped_or_told(made: Collection) -> None:
    sunday = MORNING - timedelta(days=1)
    ada = subscriber(made, "ada", cadence="daily", quiet="note")
    ben = subscriber(made, "ben", cadence="daily")
    post = Post()
    assert sent(made, post, now=sunday) == {"sent": 1}
    assert post.got[0].to == ada.address
    assert "weekend" in post.got[0].text
    (skipped,) = made.store.deliveries("suppressed")
    assert (skipped.person, skipped.said[:6]) == (ben.number, "quiet:")


def test_mine_alone_is_quiet_when_nothing_matches(made: Collection) -> None:
    ada = subscriber(made, "ada", contents="mine", quiet="note")
    made.store.follow(ada.number, "Nobody Here", now=BEFORE)
    post = Post()
    sent(made, post)
    assert "None of 12 new papers is near" in post.got[0].text


def test_of_whom_nothing_is_known_is_told_what_to_do(made: Collection) -> None:
    ada = subscriber(made, "ada", contents="mine", quiet="note")
    told = "Nothing is known yet of what suits you, so none of 12 new papers is here: save or vote"
    shown = preview(made, HEAD, TODAY, ada.number, now=MORNING, zone=UTC)
    assert told in " ".join(shown.text.split())
    post = Post()
    sent(made, post)
    assert post.got[0].text == shown.text


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


def test_what_servers_answer_decides(made: Collection) -> None:
    for name in ("ada", "ben", "cyd", "dan"):
        subscriber(made, name)
    post = Post(Outcome("refused", "no such user", "5.1.1", hard=True), Outcome("deferred", "later"),
                Outcome("unknown", "lost"), Outcome("refused", "too large"))  # fmt: skip
    assert sent(made, post) == {"failed": 2, "put off": 1, "doubtful": 1}
    assert made.store.suppressed("ada@example.org") == "refused"
    assert not made.store.suppressed("dan@example.org")
    assert sent(made, post, now=MORNING + timedelta(minutes=5)) == {}
    assert sent(made, post, now=MORNING + timedelta(minutes=11)) == {"sent": 1}
    assert [each.to for each in post.got[4:]] == ["ben@example.org"]
    first, again = (each for each in post.got if each.to == "ben@example.org")
    assert first == again  # not a word differs
    (doubtful,) = made.store.deliveries("doubtful")
    assert made.store.send_again(doubtful.period, doubtful.person, due=MORNING, now=MORNING)
    assert sent(made, post, now=MORNING + timedelta(minutes=12)) == {"sent": 1}
    tomorrow = MORNING + timedelta(days=1)
    ingest(made, Given([topical(3_000, 0, listed=DAY + timedelta(days=1))]), now=tomorrow)
    assert sent(made, post, now=tomorrow) == {"suppressed": 1, "sent": 3}


def test_a_server_that_cannot_be_used_loses_nothing(made: Collection) -> None:
    class Dead:
        def send(self, message: Message) -> Outcome:
            raise MailError("no server")

    subscriber(made, "ada")
    plan(made, now=MORNING, zone=UTC)
    with pytest.raises(MailError):
        send(made, Dead(), HEAD, clock=lambda: MORNING)
    (waiting,) = made.store.deliveries("planned")
    assert waiting.said == "no server"
    assert sent(made, Post(), now=MORNING + timedelta(minutes=10)) == {"sent": 1}


def test_a_claim_is_one_holders_and_its_end_is_a_doubt(made: Collection) -> None:
    subscriber(made, "ada")
    plan(made, now=MORNING, zone=UTC)
    claimed = claim(made, "one")
    assert claimed
    assert claim(made, "two") is None
    assert made.store.handing_over(claimed, now=MORNING)
    assert sent(made, Post(), now=MORNING + timedelta(minutes=19)) == {}
    assert sent(made, Post(), now=MORNING + timedelta(minutes=21)) == {"doubtful": 1}
    (doubtful,) = made.store.deliveries("doubtful")
    assert doubtful.said == "the sender ended while it was handing this over: it may have arrived"
    assert not made.store.settle_delivery(replace(claimed, holder="two"), "sent", "", now=MORNING)
    assert not made.store.handing_over(claimed, now=MORNING)
    assert made.store.settle_delivery(claimed, "sent", "", now=MORNING)  # it was only slow, and knows best
    assert sent(made, Post(), now=MORNING + timedelta(minutes=22)) == {}


def test_a_claim_that_ends_before_anything_was_handed_over_is_planned_again(made: Collection) -> None:
    subscriber(made, "ada")
    plan(made, now=MORNING, zone=UTC)
    claimed = claim(made, "one")
    assert claimed
    post = Post()
    assert sent(made, post, now=MORNING + timedelta(minutes=21)) == {"sent": 1}
    assert not made.store.handing_over(claimed, now=MORNING)  # the slow one must not send it now
    assert not made.store.settle_delivery(claimed, "failed", "", now=MORNING)
    assert len(post.got) == 1


def test_whose_message_ends_its_sender_each_time_fails(made: Collection) -> None:
    subscriber(made, "ada")
    plan(made, now=MORNING, zone=UTC)
    for minutes in range(0, 125, 25):
        made.store.release(now=MORNING + timedelta(minutes=minutes), most=5)
        assert claim(made, "one", now=MORNING + timedelta(minutes=minutes))
    assert sent(made, Post(), now=MORNING + timedelta(minutes=125)) == {}
    (failed,) = made.store.deliveries("failed")
    assert failed.said == "each time its sender ended before it handed this over"


def test_a_slow_server_that_answers_after_the_lease_is_no_doubt(made: Collection) -> None:
    """Another sender sets it down as doubtful meanwhile; the answer settles it."""
    subscriber(made, "ada")
    plan(made, now=MORNING, zone=UTC)
    times = iter([MORNING] * 7)

    class Slow(Post):
        def send(self, message: Message) -> Outcome:
            assert sent(made, Post(), now=MORNING + timedelta(minutes=25)) == {"doubtful": 1}
            return super().send(message)

    counts = send(made, Slow(), HEAD, clock=lambda: next(times, MORNING + timedelta(minutes=25))).counts
    assert counts["sent"] == 1
    assert [each.said for each in made.store.deliveries("sent")] == [""]


def test_a_clock_that_is_set_back_sends_nothing_twice(made: Collection) -> None:
    subscriber(made, "ada")
    subscriber(made, "ben", hour=8)
    post = Post()
    assert sent(made, post) == {"sent": 1}
    assert sent(made, post, now=MORNING - timedelta(hours=2)) == {}
    assert sent(made, post, now=MORNING - timedelta(days=2)) == {}
    plan(made, now=MORNING + timedelta(hours=1), zone=UTC)
    assert claim(made, "one", now=MORNING + timedelta(hours=1))  # and its sender dies, and the clock is set back
    assert sent(made, post, now=MORNING) == {}
    (held,) = made.store.deliveries("sending")
    assert held.lease
    assert sent(made, post, now=held.lease + timedelta(seconds=1)) == {"sent": 1}
    assert sorted(each.to for each in post.got) == ["ada@example.org", "ben@example.org"]


def test_whose_hour_passed_while_nothing_ran_is_told_of(made: Collection) -> None:
    ada = subscriber(made, "ada")
    assert sent(made, Post(), now=MORNING + timedelta(hours=13)) == {}
    (failed,) = made.store.deliveries("failed")
    assert (failed.person, failed.period, failed.said) == (
        ada.number, TODAY.name, "too late: nothing ran when its hour came",
    )  # fmt: skip
    assert not made.store.send_again(failed.period, ada.number, due=MORNING, now=MORNING)  # it has no list
    assert sent(made, Post(), now=MORNING + timedelta(days=1)) == {"sent": 1}  # with the papers of both days


def test_who_left_is_not_written_to_even_if_it_was_planned(made: Collection) -> None:
    ada = subscriber(made, "ada")
    plan(made, now=MORNING, zone=UTC)
    claimed = claim(made, "one")
    assert claimed
    made.store.unsubscribe(ada.number, now=MORNING)
    made.store.settle_delivery(claimed, "doubtful", "", now=MORNING)
    made.store.send_again(TODAY.name, ada.number, due=MORNING, now=MORNING)
    assert sent(made, Post()) == {"suppressed": 1}
    assert made.store.deliveries("suppressed")[0].said == "unsubscribed"


def test_a_message_that_cannot_be_made_holds_up_nobody(made: Collection) -> None:
    class Choosy(Post):
        def send(self, message: Message) -> Outcome:
            if message.to == "ada@example.org":
                raise UsageError("'ada' cannot stand in To")
            return super().send(message)

    subscriber(made, "ada")
    subscriber(made, "ben")
    assert sent(made, Choosy()) == {"failed": 1, "sent": 1}
    assert "cannot stand in To" in made.store.deliveries("failed")[0].said


def test_a_server_that_is_down_for_long_uses_up_no_tries(made: Collection) -> None:
    class Dead:
        def send(self, message: Message) -> Outcome:
            raise MailError("no server")

    subscriber(made, "ada")
    plan(made, now=MORNING, zone=UTC)
    for minutes in range(0, 110, 11):
        with pytest.raises(MailError):
            send(made, Dead(), HEAD, clock=lambda minutes=minutes: MORNING + timedelta(minutes=minutes))
    assert sent(made, Post(Outcome("deferred", "grey")), now=MORNING + timedelta(hours=2)) == {"put off": 1}


def test_what_is_too_late_or_paused_is_not_sent(made: Collection) -> None:
    subscriber(made, "ada")
    plan(made, now=MORNING, zone=UTC)
    made.store.set_fact(PAUSED, "a backup was restored")
    post = Post()
    assert "paused" in send(made, post, HEAD, clock=lambda: MORNING).note
    made.store.set_fact(PAUSED, None)
    assert send(made, post, HEAD, clock=lambda: MORNING + timedelta(hours=13)).counts["failed"] == 1
    assert post.got == []
    assert "too late" in made.store.deliveries("failed")[0].said


def test_a_paper_that_is_taken_away_leaves_the_mail(made: Collection) -> None:
    subscriber(made, "ada", contents="general")
    plan(made, now=MORNING, zone=UTC)
    made.store.delete([f"made:{1000 + n}" for n in range(12)], now=MORNING)
    post = Post()
    send(made, post, HEAD, clock=lambda: MORNING)
    assert "is there any more" in post.got[0].text


def test_the_sync_that_follows_finds_the_papers(made: Collection) -> None:
    """Papers that were not synced yet are in the day's list, though in nobody's own."""
    ada = subscriber(made, "ada")
    likes(made, ada, 0)
    ingest(made, Given([topical(4_000, 0, listed=DAY, votes=50)]), now=MORNING)
    plan(made, now=MORNING, zone=UTC)
    general, own = made.store.edition(TODAY.name), made.store.edition(TODAY.name, ada.number)
    assert general
    assert own
    assert general["papers"][0]["id"] == "made:4000"
    assert "made:4000" not in {each["id"] for each in own["papers"]}
    sync(made)


def test_the_weekly_is_the_best_of_the_week_less_what_a_person_had_by_the_day(made: Collection) -> None:
    """Who switches from every day to every week is not told again of what came by the day."""
    ada = subscriber(made, "ada", contents="general", most=5)
    ben = subscriber(made, "ben", contents="general", most=5, cadence="weekly")
    store, friday, monday = made.store, MORNING + timedelta(days=4), MORNING + timedelta(days=7)
    sent(made, Post())
    ingest(made, Given([topical(2_000 + n, n, listed=friday.date(), votes=6 + n) for n in range(4)]), now=friday)
    store.subscribe(ada.number, Choice(contents="general", most=5, cadence="weekly"), now=friday)
    assert sent(made, Post(), now=monday) == {"sent": 2}
    week = periods.period("week", DAY).name
    assert shown(made, TODAY.name, ada) == [f"made:10{n:02}" for n in (11, 10, 9, 8, 7)]
    best = shown(made, week, ben)
    assert {"made:1011", "made:2003"} <= set(best)  # of the whole week, ranked again
    hers = shown(made, week, ada)
    assert set(hers).isdisjoint(shown(made, TODAY.name, ada))
    assert set(hers) >= {f"made:200{n}" for n in range(4)}


def test_who_switches_to_every_day_is_not_told_of_the_week_again(made: Collection) -> None:
    ada = subscriber(made, "ada", contents="general", most=5, cadence="weekly")
    subscriber(made, "ben", cadence="daily")
    sunday, monday = MORNING + timedelta(days=6), MORNING + timedelta(days=7)
    ingest(made, Given([topical(2_000, 0, listed=sunday.date())]), now=sunday)
    for day in range(7):
        sent(made, Post(), now=MORNING + timedelta(days=day))
    sent(made, Post(), now=monday)
    made.store.subscribe(ada.number, Choice(contents="general", cadence="daily"), now=monday)
    ingest(made, Given([topical(2_001, 0, listed=monday.date())]), now=monday)
    assert sent(made, Post(), now=monday + timedelta(days=1)) == {"sent": 2}
    assert shown(made, (DAY + timedelta(days=8)).isoformat(), ada) == ["made:2001"]


def test_weekday_readers_have_the_papers_of_a_weekend_on_monday(made: Collection) -> None:
    """Though an edition of Saturday was sent to others."""
    ada = subscriber(made, "ada", contents="general")
    subscriber(made, "ben", contents="general", cadence="daily")
    sent(made, Post())
    saturday, monday = MORNING + timedelta(days=5), MORNING + timedelta(days=7)
    ingest(made, Given([topical(2_000, 0, listed=saturday.date())]), now=saturday)
    assert sent(made, Post(), now=saturday) == {"sent": 1}
    ingest(made, Given([topical(2_001, 1, listed=monday.date())]), now=monday)
    assert sent(made, Post(), now=monday) == {"sent": 2}
    assert set(shown(made, (DAY + timedelta(days=7)).isoformat(), ada)) == {"made:2000", "made:2001"}


def test_an_early_hour_brings_the_papers_of_the_day_before(made: Collection) -> None:
    """Whose hour comes before anything was fetched misses nothing."""
    ada = subscriber(made, "ada", contents="general", hour=0)
    subscriber(made, "ben", contents="general", hour=7)
    made.store.delete([f"made:{1000 + n}" for n in range(12)], now=BEFORE)
    assert sent(made, Post(), now=MORNING - timedelta(hours=7)) == {}
    ingest(made, Given([topical(2_000, 0, listed=DAY)]), now=MORNING)
    assert sent(made, Post()) == {"sent": 1}
    assert sent(made, Post(), now=MORNING + timedelta(hours=17)) == {"sent": 1}
    assert shown(made, (DAY + timedelta(days=1)).isoformat(), ada) == ["made:2000"]


def shown(made: Collection, period: str, person: Person) -> list[str]:
    """The ids of a person's frozen list."""
    own = made.store.edition(period, person.number)
    assert own
    return [each["id"] for each in (*own["papers"], *own["general"])]


def test_processes_take_shares_of_the_people(made: Collection) -> None:
    for name in ("ada", "ben", "cyd", "dan", "eve"):
        subscriber(made, name)
    assert waiting(made, now=MORNING, zone=UTC) == 5
    first = plan(made, now=MORNING, zone=UTC, share=(0, 2))
    assert 0 < first < 5
    assert waiting(made, now=MORNING, zone=UTC) == 5 - first
    assert plan(made, now=MORNING, zone=UTC, share=(0, 2)) == 0
    assert plan(made, now=MORNING, zone=UTC, share=(1, 2)) == 5 - first
    assert plan(made, now=MORNING, zone=UTC) == waiting(made, now=MORNING, zone=UTC) == 0
