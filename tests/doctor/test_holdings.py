"""What the checks find in a Collection: papers, sources, jobs, mail, bad records and indexes."""

from __future__ import annotations

from typing import Any

from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.core.edition import PersonalEdition
from broadsheet.digest.send import PAUSED, limits
from broadsheet.doctor import Place, examine
from broadsheet.store.deliveries import Planned
from broadsheet.store.mail import Choice
from jobs_kit import HOUR, NOW


def test_the_checks_tell_of_mail_that_waits(collection: Collection) -> None:
    def found(**settings: Any) -> Any:
        place = Place(collection.path, Settings(**settings))
        return {each.name: each.finding for each in examine(place, "collection")}["mail"]

    ada = collection.store.people.add("ada@example.org", "reader", now=NOW - HOUR)
    collection.store.mail.subscribe(ada.number, Choice(), now=NOW - HOUR)
    assert (found().level, found().said) == ("ok", "1 subscriber; into the folder outbox")
    assert found(mail="smtps://mail.example.org").said == "1 subscriber; by smtps://mail.example.org"
    store = collection.store
    store.deliveries.plan("2026-03-02", [Planned(ada.number, ada.address, NOW, PersonalEdition())], now=NOW)
    claimed = store.deliveries.claim("x", now=NOW, lease=HOUR, limits=limits(NOW))
    assert claimed
    store.deliveries.settle(claimed, "doubtful", "the line broke", now=NOW)
    assert (found().level, "of 1 mail nobody knows" in found().said) == ("warn", True)
    store.journal.set_fact(PAUSED, "by hand")
    assert (found().level, found().advice) == ("warn", "broadsheet digest resume")
