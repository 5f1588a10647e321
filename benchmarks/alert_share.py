"""One alert's share of an email: what a wish that catches too much takes of a reader's digest, with a cap and without.

    ./run.sh bench alert_share

A reader with three alerts, on the last 60 days of hf_daily: the noisy one in a sentence with the cosine from which it
once was a good match, the other two in a few words at `good`. Every day's email is made twice from the same papers:
with a third of the places for one alert and the picks of each interest in turn with alerts, and as it was: without
a cap, picks after all alerts. Weak picks are let in: the worst case.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from common import head, need_data, versions

from broadsheet import names
from broadsheet.collection import Collection, open_collection
from broadsheet.core.edition import PersonalEdition
from broadsheet.core.metrics import bootstrap
from broadsheet.core.periods import Period
from broadsheet.core.types import Document
from broadsheet.digest import editions, personal
from broadsheet.digest.offer import Offers, arrange
from broadsheet.foryou.profile import Pick
from broadsheet.ingest import ingest
from broadsheet.lab.cache import CachedEncoder
from broadsheet.store.mail import Choice, Contents
from broadsheet.store.reactions import Taste
from broadsheet.sync import sync

VECTORS = Path.home() / ".cache" / "broadsheet" / "evaluate"
DAYS, FIRST = 60, 6
NOISY = "memory"
ALERTS = (
    (NOISY, "long-term memory for language model agents", "0.47"),
    ("video", "video diffusion models", "good"),
    ("reasoning", "reinforcement learning for reasoning", "good"),
)
PARTIES = personal._parties
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def main() -> None:
    """Print the shares of both kinds of email, and their difference, paired by day."""
    head("one alert's share of an email", f"versions: {versions('broadsheet', 'numpy', 'openvino')}")
    source = names.source(f"jsonl:{need_data() / 'hf_daily' / 'daily.jsonl.gz'}")
    papers = [each for each in source.fetch(None) if isinstance(each, Document)]
    encoder = CachedEncoder.under(names.encoder("minilm"), VECTORS)
    with tempfile.TemporaryDirectory() as path, open_collection(path, encoder=encoder) as collection:
        ingest(collection, papers, now=datetime.now(UTC), name="hf_daily")
        sync(collection)
        person = collection.store.people.add("reader@example.org", "reader", now=LONG_AGO).number
        for name, text, least in ALERTS:
            collection.store.alerts.keep(person, name, text, without=(), least=least, now=LONG_AGO)
        last = max(day for _, day in collection.store.days.newest(date.max, 1))
        days = sorted({day for _, day in collection.store.days.newest(last, DAYS)})
        print(f"{len(papers):,} papers; {len(days)} days, {days[0]} to {days[-1]}\n")
        contents: Contents
        for contents in ("both", "mine"):
            for most in (10, 15):
                report(collection, days, person, Choice(contents=contents, most=most, least="weak"))


def report(collection: Collection, days: Sequence[date], person: int, choice: Choice) -> None:
    """Print what the noisy alert takes of the emails that this choice gives."""
    with patch.multiple(personal, _ALERT=1.0, _parties=_as_it_was):
        before = [_edition(collection, day, person, choice) for day in days]
    made = {"before": before, "after": [_edition(collection, day, person, choice) for day in days]}
    for measure, title in ((_share, "share of the email"), (_of_first, f"of the first {FIRST} places")):
        values = {kind: np.array([measure(each) for each in several]) for kind, several in made.items()}
        change = values["after"] - values["before"]
        low, high = bootstrap(change.tolist(), seed=0)
        old, new = (f"{each.mean():.3f} (over half in {int((each > 0.5).sum())})" for each in values.values())
        print(f"{choice.contents:4} {choice.most:2} {title:22} before {old}, after {new}, "
              f"change {change.mean():+.3f} [{low:+.3f}, {high:+.3f}]")  # fmt: skip
    rest = [sum(each.more for each in edition.rest if each.name == NOISY) for edition in made["after"]]
    print(f"{choice.contents:4} {choice.most:2} named as more {np.mean(rest):.2f} an email, at most {max(rest)}\n")


def _as_it_was(taste: Taste, alerts: Any, picks: Sequence[tuple[str, Pick]]) -> list[tuple[tuple[int, str], list[Any]]]:
    """All alerts in turn, as one party, and all picks after them."""
    in_turn = [reason for _, reason in personal._in_turn(PARTIES(taste, alerts, ()))]
    return [((0, ""), [*in_turn, *(reason for _, reason in personal._from_picks(taste, picks))])]


def _edition(collection: Collection, day: date, person: int, choice: Choice) -> PersonalEdition:
    """The email of a day as if it were the first."""
    period = Period("day", day, day)
    draft = editions.draft(collection, period, now=datetime.combine(day, time(20), UTC), zone=UTC)
    offer = Offers(collection, period, draft).of((period.name,))
    reader = personal.Reader(person, choice)
    return arrange(reader, personal.lists(collection, offer.day, [reader])[person], offer)


def _share(edition: PersonalEdition) -> float:
    whys = [each.why for each in (*edition.papers, *edition.general)]
    return sum(f"“{NOISY}”" in why for why in whys) / max(1, len(whys))


def _of_first(edition: PersonalEdition) -> float:
    whys = [each.why for each in (*edition.papers, *edition.general)][:FIRST]
    return sum(f"“{NOISY}”" in why for why in whys) / max(1, len(whys))


if __name__ == "__main__":
    main()
