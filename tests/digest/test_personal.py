"""Each person's own list of a day: why each paper is there, and which are not there yet."""

from __future__ import annotations

from datetime import UTC

from broadsheet.collection import Collection
from broadsheet.digest.plan import plan
from broadsheet.ingest import ingest
from broadsheet.sync import sync
from people_of_a_day import BEFORE, DAY, MORNING, TODAY, likes, subscriber, topical
from site_kit import Given


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
