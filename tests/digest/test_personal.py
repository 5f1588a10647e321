"""Each person's own list of a day: why each paper is there, and which are not there yet."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta

from broadsheet.alerts.match import matches
from broadsheet.alerts.news import alert_of
from broadsheet.collection import Collection
from broadsheet.digest.editions import draft
from broadsheet.digest.personal import Reader, day_of, lists
from broadsheet.digest.plan import plan
from broadsheet.ingest import ingest
from broadsheet.people.alerts import change, follow_paper
from broadsheet.store.mail import Choice
from broadsheet.store.people import Person
from broadsheet.sync import sync
from people_of_a_day import BEFORE, DAY, MORNING, TODAY, likes, subscriber, topical
from site_kit import Given
from topics_kit import KNOTS, LEAVES, SEAS, TIDES, plant


def test_own_lists_say_why(made: Collection) -> None:
    ada = subscriber(made, "ada", contents="mine", least="weak")
    likes(made, ada, 0)
    likes(made, ada, 1, "Seas")
    store = made.store
    store.follows.add(ada.number, "ada  BLUM", now=BEFORE)
    store.alerts.keep(ada.number, "birds", "owl night flight", without=[], least="fair", now=BEFORE)
    store.reactions.mark("read_papers", ada.number, [store.papers.number("made:1003") or 0], now=BEFORE)
    plan(made, now=MORNING, zone=UTC)
    own = store.editions.personal(TODAY.name, ada.number)
    assert own
    whys = {each.id: each.why for each in own.papers}
    assert whys["made:1007"] == "for your alert “birds”"
    assert "made:1003" not in whys  # read already, though by an author who is followed
    assert any(
        why.startswith("similar to “Tide Harbour Moon Study") and why.endswith("in your list “Seas”")
        for why in whys.values()
    )
    assert any(
        why.startswith("similar to “Leaf Outline Herbarium Study") and why.endswith("”, which you like")
        for why in whys.values()
    )
    assert not {"made:1002", "made:1006", "made:1010"} & {each.id for each in own.papers[:6]}  # knots


def follower(made: Collection, *topics: int, **choice: object) -> Person:
    """A reader who follows these topics; the twelve papers of the day are in TIDES, the later the nearer, but for one
    in LEAVES."""
    numbers = [made.store.papers.number(f"made:{1_000 + n}") or 0 for n in range(12)]
    plant(
        made, {number: (TIDES, 0.3 + place / 100) for place, number in enumerate(numbers)} | {numbers[5]: (LEAVES, 1)}
    )
    ada = subscriber(made, "ada", **{"contents": "mine", "least": "weak", **choice})
    for topic in topics:
        made.store.follows.add_topic(ada.number, topic, now=BEFORE)
    return ada


def own_list(made: Collection, person: Person) -> dict[str, str]:
    """The reasons of a person's own list, by paper, in its order."""
    plan(made, now=MORNING, zone=UTC)
    edition = made.store.editions.personal(TODAY.name, person.number)
    assert edition
    return {each.id.removeprefix("made:"): each.why for each in edition.papers}


def test_followed_topics_come_in_turn_the_nearest_first(made: Collection) -> None:
    own = own_list(made, follower(made, TIDES, LEAVES))
    assert list(own)[:4] == ["1005", "1011", "1010", "1009"]
    assert own["1005"] == "in “Leaf outlines”, which you follow"
    assert own["1011"] == "in “Tide tables”, which you follow"
    assert len(own) == 12, "places that no one else wants are theirs"


def test_a_busy_topic_leaves_places_to_others(made: Collection) -> None:
    ada = follower(made, SEAS, most=6)
    made.store.follows.add(ada.number, "Author 1000", now=BEFORE)
    made.store.alerts.keep(ada.number, "birds", "owl night flight", without=[], least="fair", now=BEFORE)
    own = list(own_list(made, ada).items())
    assert own[0] == ("1000", "by Author 1000, whom you follow")
    assert own[1:3] == [(each, "in “Seas”, which you follow") for each in ("1011", "1010")], "a third of six"
    assert {why for _, why in own[3:]} == {"for your alert “birds”"}


def test_what_a_reader_of_a_topic_knows_does_not_come(made: Collection) -> None:
    ada = follower(made, TIDES, most=3)
    made.store.reactions.mark("read_papers", ada.number, [made.store.papers.number("made:1011") or 0], now=BEFORE)
    assert list(own_list(made, ada)) == ["1010", "1009", "1008"]


def test_a_followed_topic_that_was_merged_goes_on(made: Collection) -> None:
    ada = follower(made, LEAVES)
    made.store.topics.join(LEAVES, KNOTS)
    assert own_list(made, ada) == {"1005": "in “Knots and ropes”, which you follow"}


def test_a_day_without_a_followed_topic_says_so(made: Collection) -> None:
    ada = follower(made, KNOTS, quiet="note")
    assert own_list(made, ada) == {}
    edition = made.store.editions.personal(TODAY.name, ada.number)
    assert edition
    assert "the authors and topics that you follow" in edition.quiet


def test_the_sync_that_follows_finds_the_papers(made: Collection) -> None:
    """Papers that were not synced yet are in the day's list, though in nobody's own."""
    ada = subscriber(made, "ada")
    likes(made, ada, 0)
    ingest(made, Given([topical(4_000, 0, listed=DAY, votes=50)]), now=MORNING)
    plan(made, now=MORNING, zone=UTC)
    general, own = made.store.editions.get(TODAY.name), made.store.editions.personal(TODAY.name, ada.number)
    assert general
    assert own
    assert general.papers[0].id == "made:4000"
    assert "made:4000" not in {each.id for each in own.papers}
    sync(made)


def test_a_reader_of_the_general_edition_has_no_list_of_their_own(made: Collection) -> None:
    ada = subscriber(made, "ada")
    likes(made, ada, 0)
    day = day_of(made, [draft(made, TODAY, now=MORNING, zone=UTC)])
    readers = [Reader(ada.number, Choice(contents=contents, least="weak")) for contents in ("general", "mine")]
    assert lists(made, day, readers[:1]) == {}
    own = lists(made, day, readers[1:])[ada.number].papers
    assert own
    seen = Reader(ada.number, readers[1].choice, shown=frozenset(each.id for each in own))
    again = {each.id for each in lists(made, day, [seen])[ada.number].papers}
    assert not again & seen.shown, "what was shown before does not come again"


def test_a_day_knows_its_papers_by_author_and_work(made: Collection) -> None:
    day = day_of(made, [draft(made, TODAY, now=MORNING, zone=UTC)])
    assert len(day.documents) == 12
    assert all(number in same for number, same in day.same.items())
    assert {day.documents[number].id for number in day.by("author 1003")} == {"made:1003"}
    assert day.by("1003, A.") == day.by("author 1003")
    assert day.ids(day.by("author 1003")[0]) == {"made:1003"}
    assert day_of(made, []).documents == {}


def noisy(made: Collection, **choice: object) -> Person:
    """A reader with an alert that matches all twelve papers of the day, and one that matches three."""
    ada = subscriber(made, "ada", **{"contents": "mine", "least": "weak", "most": 6, **choice})
    words = "leaf outline herbarium tide harbour moon knot string diagram owl night flight study case"
    made.store.alerts.keep(ada.number, "all", words, without=[], least="0.001", now=BEFORE)
    made.store.alerts.keep(ada.number, "birds", "owl night flight", without=[], least="0.3", now=BEFORE)
    return ada


def test_one_alert_takes_a_third_while_others_have_papers(made: Collection) -> None:
    ada = noisy(made, contents="both")
    own_list(made, ada)
    edition = made.store.editions.personal(TODAY.name, ada.number)
    assert edition
    whys = [each.why for each in edition.papers]
    assert whys.count("for your alert “all”") == 2, "a third of six"
    assert "for your alert “birds”" in whys
    assert len(edition.general) == 6 - len(whys)
    had = {each.id for each in (*edition.papers, *edition.general)}
    rest = {each.name: each.more for each in edition.rest}
    numbers = list(made.store.papers.numbers([f"made:{1000 + n}" for n in range(12)]).values())
    for alert in made.store.alerts.of(ada.number):
        matching = {each.document.id for each in matches(made, alert_of(alert), numbers)}
        assert rest.get(alert.name, 0) == len(matching - had)
    assert rest["all"] > 3


def test_places_that_nothing_else_fills_are_the_alerts(made: Collection) -> None:
    own = own_list(made, noisy(made, most=12))
    assert len(own) == 12
    whys = list(own.values())
    assert "for your alert “birds”" in whys[:4], "what another alert has comes first"
    assert set(whys[5:]) == {"for your alert “all”"}
    assert made.store.editions.personal(TODAY.name, 1).rest == (), "all of them are in the email"


def test_a_paper_beyond_one_alerts_share_may_come_for_another(made: Collection) -> None:
    own = own_list(made, noisy(made, most=3))
    assert [why for why in own.values() if "birds" in why] != []
    assert len(own) == 3


def test_a_new_version_of_a_followed_paper_comes_once(made: Collection) -> None:
    ada = subscriber(made, "ada", contents="both", least="strong", cadence="daily")
    old = made.store.papers.get("made:0002")
    assert old
    follow_paper(made.store, ada.number, paper=old, now=BEFORE)
    ingest(made, Given([replace(old, text="Other words altogether.", version=2)]), now=MORNING - timedelta(hours=20))
    own_list(made, ada)
    edition = made.store.editions.personal(TODAY.name, ada.number)
    assert edition
    again = [each for each in edition.papers if each.changed]
    assert [each.id for each in again] == ["made:0002"]
    assert again[0].why.startswith("version 2 of a paper you follow, ")
    tomorrow = MORNING + timedelta(days=1)
    ingest(made, Given([topical(3_000, 1, listed=tomorrow.date())]), now=tomorrow - timedelta(hours=2))
    plan(made, now=tomorrow, zone=UTC)
    after = made.store.editions.personal((DAY + timedelta(days=1)).isoformat(), ada.number)
    assert after
    assert [each.id for each in after.general] == ["made:3000"]
    assert not [each for each in after.papers if each.changed], "it is not told twice"


def test_papers_near_a_followed_one_say_so(made: Collection) -> None:
    ada = subscriber(made, "ada", contents="mine", least="weak", most=12)
    old = made.store.papers.get("made:0003")
    assert old
    alert = follow_paper(made.store, ada.number, paper=old, now=BEFORE)
    change(made.store, ada.number, number=alert.number, text=alert.text, least="0.4", now=BEFORE)
    own = own_list(made, ada)
    near = {paper for paper, why in own.items() if why == f"near in meaning to “{old.shown_title}”, which you follow"}
    assert near >= {"1003", "1007", "1011"}
