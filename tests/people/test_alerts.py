"""Standing queries as their reader keeps them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from broadsheet.collection import Collection
from broadsheet.core.errors import NotFoundError, UsageError
from broadsheet.people import alerts
from broadsheet.store.people import Person
from site_kit import NOW
from topics_kit import TIDES, plant


def test_a_query_is_kept_changed_under_its_name_and_removed(collection: Collection, ada: Person) -> None:
    store, me = collection.store, ada.number
    kept = alerts.keep(store, me, name=" Pressed  herbs ", text="herbs", without=["soup"], now=NOW)
    assert (kept.name, kept.text, kept.without, kept.least) == ("Pressed herbs", "herbs", ("soup",), "good")
    changed = alerts.change(store, me, number=kept.number, text="sedges", least="0.4", now=NOW)
    assert (changed.number, changed.name, changed.text, changed.least) == (
        kept.number, kept.name, "sedges", "0.4",
    )  # fmt: skip
    assert store.alerts.of(me) == [changed]
    alerts.remove(store, me, number=kept.number)
    with pytest.raises(NotFoundError, match=f"You have no alert with the number {kept.number}"):
        alerts.remove(store, me, number=kept.number)


def test_an_alert_keeps_the_number_of_a_topic_whose_name_may_change(collection: Collection, ada: Person) -> None:
    store, me = collection.store, ada.number
    with pytest.raises(UsageError, match="no topics yet"):
        alerts.keep(store, me, name="Seas", text='bells topic:"tide tables"', now=NOW)
    plant(collection, {3: (TIDES, 0.9)})
    kept = alerts.keep(store, me, name="Seas", text='topic:"tide TABLES" bells topic:seas has:code', now=NOW)
    assert kept.text == "topic:4-tide-tables bells topic:2-seas has:code"
    changed = alerts.change(store, me, number=kept.number, text="topic:4", now=NOW)
    assert changed.text == "topic:4-tide-tables"
    with pytest.raises(UsageError, match=r"no topic is called 'tides'\. Did you mean Tide tables"):
        alerts.change(store, me, number=kept.number, text="topic:tides", now=NOW)
    assert alerts.own(store, me, kept.number) == changed


def test_nobody_else_reaches_a_query(collection: Collection, ada: Person) -> None:
    store = collection.store
    kept = alerts.keep(store, ada.number, name="Herbs", text="herbs", now=NOW)
    ben = store.people.add("ben@example.org", "reader", now=NOW).number
    with pytest.raises(NotFoundError):
        alerts.change(store, ben, number=kept.number, text="mine", now=NOW)
    with pytest.raises(NotFoundError):
        alerts.remove(store, ben, number=kept.number)
    with pytest.raises(NotFoundError, match="Sign in"):
        alerts.own(store, 0, kept.number)
    assert store.alerts.of(ada.number) == [kept]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"name": " "}, "needs a name"),
        ({"name": "Herbs"}, "an alert named 'Herbs' already"),
        ({"text": " "}, "needs some words"),
        ({"text": "x" * 2_001}, "2,000 characters"),
        ({"least": "best"}, "best"),
        ({"without": ["x"] * 21 + [f"x{n}" for n in range(21)]}, "at most 20 exclusions"),
    ],
)
def test_what_cannot_be_is_not_kept(collection: Collection, ada: Person, asked: dict[str, object], words: str) -> None:
    store = collection.store
    kept = alerts.keep(store, ada.number, name="Herbs", text="herbs", now=NOW)
    with pytest.raises(UsageError, match=words):
        alerts.keep(store, ada.number, **({"name": "New", "text": "new", "now": NOW} | asked))  # type: ignore[arg-type]
    if "name" not in asked:
        with pytest.raises(UsageError, match=words):
            alerts.change(store, ada.number, number=kept.number, **({"text": "new", "now": NOW} | asked))  # type: ignore[arg-type]
    assert store.alerts.of(ada.number) == [kept]


def test_a_reader_keeps_so_many(collection: Collection, ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alerts, "MOST", 2)
    kept = [alerts.keep(collection.store, ada.number, name=name, text=name, now=NOW) for name in ("a", "b")]
    with pytest.raises(UsageError, match="delete one first"):
        alerts.keep(collection.store, ada.number, name="c", text="c", now=NOW)
    assert alerts.change(collection.store, ada.number, number=kept[0].number, text="z", now=NOW).text == "z"


def test_a_paper_is_followed_under_its_title(collection: Collection, ada: Person) -> None:
    store, me = collection.store, ada.number
    one, two = list(store.papers.by_numbers([1, 3]).values())
    followed = alerts.follow_paper(store, me, paper=one, now=NOW)
    assert followed.text == f"like:{one.id}"
    assert followed.name == one.shown_title[:90]
    assert followed.least == "strong"
    assert alerts.follow_paper(store, me, paper=one, now=NOW) == followed, "twice changes nothing"
    assert alerts.for_paper(store, me, one) == followed
    assert alerts.for_paper(store, me, two) is None
    assert alerts.follows_only(followed)
    same = replace(two, title=one.title, id="an id with spaces")
    assert alerts.follow_paper(store, me, paper=same, now=NOW).name.endswith(" (2)")
    assert alerts.for_paper(store, me, same).text == 'like:"an id with spaces"'
    assert alerts.unfollow_paper(store, me, paper=one) == followed
    assert alerts.unfollow_paper(store, me, paper=one) is None


def test_a_removed_alert_comes_back_for_an_hour(collection: Collection, ada: Person) -> None:
    store, me = collection.store, ada.number
    kept = alerts.keep(store, me, name="Herbs", text="herbs", without=["soup"], least="0.4", now=NOW)
    token = alerts.undo_token(store, me, kept, now=NOW)
    alerts.remove(store, me, number=kept.number)
    assert alerts.removed(store, me + 1, token, now=NOW) is None, "it is another's"
    assert alerts.removed(store, me, token + "x", now=NOW) is None
    assert alerts.removed(store, me, token, now=NOW + alerts.UNDO) is None
    assert alerts.restore(store, me, token=token, now=NOW) == kept
    assert alerts.restore(store, me, token=token, now=NOW) == kept
    alerts.remove(store, me, number=kept.number)
    alerts.keep(store, me, name="Herbs", text="sedges", now=NOW)
    with pytest.raises(UsageError, match="its name is in use"):
        alerts.restore(store, me, token=token, now=NOW)
    with pytest.raises(UsageError, match="no longer be undone"):
        alerts.restore(store, me, token="", now=NOW)
    long = alerts.keep(store, me, name="Long", text="herbs " * 330, now=NOW)
    assert alerts.undo_token(store, me, long, now=NOW) == "", "too long for an address"
