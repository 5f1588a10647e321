"""What the checks find in a Collection: papers, sources, jobs, mail, bad records and indexes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from broadsheet.collection import Collection, open_collection
from broadsheet.config import Settings
from broadsheet.core.edition import PersonalEdition
from broadsheet.core.types import BadRecord, Run
from broadsheet.digest.send import PAUSED, limits
from broadsheet.doctor import Place, examine, holdings
from broadsheet.doctor.holdings import job_words
from broadsheet.search import stages
from broadsheet.search.stages.model import name_model
from broadsheet.store.deliveries import Planned
from broadsheet.store.journal import JobRun
from broadsheet.store.mail import Choice
from broadsheet.sync import sync
from broadsheet.tokens import choose
from fakes import TokenWordEncoder, paper
from jobs_kit import HOUR, NOW
from stages_kit import Counted, scorers

assert scorers


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
    assert (found().level, "1 email may or may not have arrived" in found().said) == ("warn", True)
    store.journal.set_fact(PAUSED, "by hand")
    assert (found().level, found().advice) == ("warn", "broadsheet digest resume")


def test_a_collection_says_how_much_there_is_or_what_to_do(place: Place, collection: Collection) -> None:
    assert holdings.collection(Place(collection.path / "absent", Settings())).advice == "broadsheet up"
    assert (holdings.collection(place).level, "broadsheet ingest" in holdings.collection(place).advice) == (
        "warn",
        True,
    )
    collection.store.papers.put([paper(1, "Kites")], now=NOW)
    found = holdings.collection(place)
    assert (found.level, found.facts["papers"], found.advice) == ("ok", 1, "")
    assert found.facts["bytes"]["store.db"] > 0


def test_indexes_say_what_is_still_to_come(place: Place, collection: Collection) -> None:
    collection.store.papers.put([paper(1, "Kites"), paper(2, "Ropes", "word " * 60)], now=NOW)
    for check in (holdings.lexicon, holdings.spaces):
        assert (check(place).level, check(place).advice, check(place).facts["pending"]) == (
            "warn",
            "broadsheet sync",
            2,
        )
    sync(collection)
    assert (holdings.lexicon(place).level, holdings.lexicon(place).facts) == ("ok", {"documents": 2, "pending": 0})
    facts = holdings.spaces(place).facts
    assert (facts["rows"], facts["pending"], facts["cut"], facts["others"]) == (2, 0, 1, [])
    (collection.path / "spaces" / "older").mkdir()
    assert holdings.spaces(place).facts["others"] == ["older"]
    collection.store.papers.put([paper(3, "Bells")], now=NOW)
    assert holdings.spaces(place).facts["pending"] == 1


def test_a_source_that_fails_is_a_warning_until_it_is_read_again(place: Place, collection: Collection) -> None:
    journal = collection.store.journal
    assert holdings.sources(place).facts == {"followed": [], "failed": []}
    journal.add_source("feed:a", now=NOW)
    for ago, error in ((2, "down"), (1, "")):
        at = NOW - timedelta(hours=ago)
        journal.note_run(journal.start_run("feed:a", now=at), Run(source="feed:a", started=at, ended=at, error=error))
        found = holdings.sources(place)
        assert (found.level, found.facts["failed"]) == (("warn", ["feed:a"]) if error else ("ok", []))


def test_bad_records_are_counted(place: Place, collection: Collection) -> None:
    assert (holdings.bad(place).level, holdings.bad(place).facts) == ("ok", {"bad": 0})
    run = collection.store.journal.start_run("jsonl:a", now=NOW)
    collection.store.journal.add_problem(run, BadRecord("line 3", "no title"))
    assert (holdings.bad(place).level, holdings.bad(place).facts) == ("warn", {"bad": 1})


def test_a_job_that_failed_or_did_not_end_is_a_warning(place: Place, collection: Collection) -> None:
    journal = collection.store.journal
    assert holdings.jobs(place).level == "ok"
    journal.begin_job("fetch", now=NOW)
    assert (holdings.jobs(place).level, holdings.jobs(place).facts["fetch"]["running"]) == ("warn", False)
    journal.end_job("fetch", "read two", now=NOW, seconds=1.0)
    assert holdings.jobs(place).level == "ok"
    journal.end_job("fetch", "", error="down", now=NOW, seconds=1.0)
    assert (holdings.jobs(place).level, holdings.jobs(place).facts["fetch"]["error"]) == ("warn", "down")


def test_the_last_run_of_a_job_in_words() -> None:
    run = JobRun("fetch", NOW, NOW, "read two", "", NOW, 1.0)
    moment = f"{NOW.astimezone():%Y-%m-%d %H:%M}"
    assert job_words(None) == ""
    for words in (job_words(run), job_words(run, running=True)):
        assert moment in words
    assert "read two" in job_words(run)
    failed = job_words(JobRun("fetch", NOW, NOW, "", "down", None, None))
    assert "down" in failed
    assert "never" in failed
    assert job_words(JobRun("fetch", NOW, None, "", "", NOW, None)) != job_words(run)


def test_token_vectors_say_what_they_take_or_why_they_are_missing(tmp_path: Path) -> None:
    with open_collection(tmp_path / "c", encoder=TokenWordEncoder()) as made:
        made.store.papers.put([paper(1, "Kites"), paper(2, "Ropes")], now=NOW)
        place = Place(made.path, Settings())
        place.collection = made
        choose(made)
        sync(made)
        found = holdings.tokens(place)
        assert (found.level, found.facts["papers"], found.facts["size"] > 0) == ("ok", 2, True)
        assert "token vectors of 2 of 2 papers, 1 bit a dimension: 2 tokens" in found.said
        made.store.papers.put([paper(3, "Knots")], now=NOW)
        assert (holdings.tokens(place).level, "not complete" in holdings.tokens(place).said) == ("warn", True)
        made.store.journal.set_fact("tokens", 0)
        assert (holdings.tokens(place).level, "tokens build" in holdings.tokens(place).said) == ("ok", True)


def test_learned_weights_say_what_they_take_or_that_they_wait(
    place: Place, collection: Collection, scorers: Callable[[str, Any], None]
) -> None:
    assert (holdings.sparse(place).level, "was not chosen" in holdings.sparse(place).said) == ("ok", True)
    scorers("splade:counted", Counted())
    name_model(collection, "splade:counted")
    stages.choose(collection, "sparse")
    collection.store.papers.put([paper(1, "Kites"), paper(2, "Ropes")], now=NOW)
    assert (holdings.sparse(place).level, holdings.sparse(place).advice) == ("warn", "broadsheet sync")
    sync(collection)
    found = holdings.sparse(place)
    assert (found.level, found.facts["papers"], found.facts["size"] > 0) == ("ok", 2, True)
    assert "learned weights of 2 of 2 papers" in found.said
    collection.store.papers.put([paper(3, "Knots")], now=NOW)
    assert (holdings.sparse(place).level, "1 changes not synced" in holdings.sparse(place).said) == ("warn", True)
