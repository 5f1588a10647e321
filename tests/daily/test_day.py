"""The verb feed over a small Collection."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from broadsheet.collection import Collection, open_collection
from broadsheet.core.errors import NotFoundError, UsageError
from broadsheet.core.periods import parse
from broadsheet.core.types import Document, Filters
from broadsheet.daily import day as daily
from broadsheet.daily.copies import apart_pairs, appearances, keep_apart
from broadsheet.daily.day import Feed, Wanted, Work, feed, works_on
from broadsheet.ingest import ingest
from daily_kit import MONDAY, NOW, PAPERS, asked, made


def ids(found: Feed) -> list[str]:
    return [card.document.id.removeprefix("made:") for card in found.cards]


def test_a_day_has_what_was_announced_or_listed_then(collection: Collection) -> None:
    assert ids(asked(collection, "2026-10-05")) == ["b", "a"]
    assert ids(asked(collection, "2026-10-06")) == ["c"]
    assert ids(asked(collection, "2026-W41")) == ["b", "a", "c"]
    assert ids(asked(collection, "2026-09")) == ["d"]


def test_latest_is_the_newest_day_that_has_papers(collection: Collection) -> None:
    assert asked(collection).period == parse("2026-10-06")
    ingest(collection, [made("e", date(2099, 1, 1))], now=NOW, name="hf:daily")
    assert asked(collection).period == parse("2026-10-06"), "a wrong date far ahead is not the latest day"


def test_without_papers_latest_is_today_where_the_reader_lives(tmp_path: Path) -> None:
    late = datetime(2026, 10, 7, 23, 0, tzinfo=UTC)
    with open_collection(tmp_path, encoder="hash") as empty:
        found = feed(empty, now=late, zone=ZoneInfo("Asia/Tokyo"))
    assert found.period == parse("2026-10-08")
    assert "No source is followed" in found.note
    assert found.previous is found.next is None


def test_previous_and_next_skip_empty_periods(collection: Collection) -> None:
    day = asked(collection, "2026-10-05")
    assert (day.previous, day.next) == (parse("2026-09-25"), parse("2026-10-06"))
    week = asked(collection, "2026-W41")
    assert (week.previous, week.next) == (parse("2026-W39"), None)
    assert asked(collection, "2026-09-28").next == parse("2026-10-05")


def test_orders(collection: Collection) -> None:
    assert ids(asked(collection, "2026-10", sort="newest")) == ["c", "a", "b"]
    with pytest.raises(UsageError, match=r"sorted by 'stars'.*newest"):
        asked(collection, sort="stars")


def test_a_further_order_is_one_more_entry(collection: Collection) -> None:
    few = {**daily.ORDERS, "fewest": lambda _collection, found, _now: [-(work.votes or 0) for work in found]}
    found = feed(collection, parse("2026-10"), now=NOW, zone=UTC, wanted=Wanted(sort="fewest"), orders=few)
    assert ids(found) == ["c", "a", "b"]


def test_filters_compose(collection: Collection) -> None:
    def meeting(**filters: object) -> list[str]:
        return ids(asked(collection, "2026-W41", filters=Filters(**filters)))

    assert meeting(categories=("cs",)) == ["b", "a", "c"]
    assert meeting(categories=("cs",), without_categories=("stat",)) == ["a", "c"]
    assert meeting(has_code=True) == ["b"]
    assert meeting(sources=("csv",)) == ["a"], "a card is kept when the same work elsewhere meets the filters"
    assert meeting(has_code=True, without_categories=("cs.CL",)) == []


def test_parts_of_a_long_list(collection: Collection) -> None:
    first = asked(collection, "2026-W41", k=2)
    assert (ids(first), first.total, first.more) == (["b", "a"], 3, True)
    last = asked(collection, "2026-W41", k=2, offset=2)
    assert (ids(last), last.more) == (["c"], False)
    assert "ends before" in asked(collection, "2026-W41", offset=9).note


def test_the_same_work_is_one_card_that_says_where_else(collection: Collection) -> None:
    card = asked(collection, "2026-10-05").cards[1]
    assert card.document.id == "made:a"
    assert [other.id for other in card.others] == ["conf:1"]
    document = collection.store.papers.get("conf:1")
    assert document
    assert [other.id for other in appearances(collection, document)] == ["made:a"]
    assert collection.store.papers.count() == len(PAPERS) + 1, "records are never merged"


def test_a_work_stands_on_its_first_day_only(collection: Collection) -> None:
    again = Document(
        id="new:1", title="Paper a on lighthouse lamps", authors=("Ann A",), announced=MONDAY + timedelta(days=2),
        votes=40, source="csv:new.csv",
    )  # fmt: skip
    ingest(collection, [again], now=NOW, name="csv:new.csv")
    found = asked(collection, "2026-10-05")
    assert [(card.document.id, card.votes) for card in found.cards] == [("made:a", 40), ("made:b", 9)]
    assert "copies of papers that were listed earlier" in asked(collection, "2026-10-07").note
    assert asked(collection, "2026-10").total == 3


def test_joining_can_be_undone_and_done_again(collection: Collection) -> None:
    assert keep_apart(collection, "made:a", "conf:1") == ("conf:1", "made:a")
    assert apart_pairs(collection) == [("conf:1", "made:a")]
    assert not any(card.others for card in asked(collection, "2026-10-05").cards)
    keep_apart(collection, "conf:1", "made:a", apart=False)
    assert apart_pairs(collection) == []
    assert asked(collection, "2026-10-05").cards[1].others
    with pytest.raises(NotFoundError, match="no paper has the id 'made:z'"):
        keep_apart(collection, "made:a", "made:z")
    with pytest.raises(UsageError, match="the same paper"):
        keep_apart(collection, "made:a", "made:a")


def test_what_filters_leave_out_is_said(collection: Collection) -> None:
    note = asked(collection, "2026-10-05", filters=Filters(categories=("math",))).note
    assert note == "No paper of this day meets the filters; without them there are 2."


def test_previous_and_next_lead_to_papers_that_meet_the_filters(collection: Collection) -> None:
    day = asked(collection, "2026-10-06", filters=Filters(min_votes=1, without_categories=("cs",)))
    assert (day.total, day.previous, day.next) == (0, parse("2026-09-25"), None)
    day = asked(collection, "2026-09-25", filters=Filters(categories=("cs.CV",), authors=("ann c",)))
    assert day.next == parse("2026-10-06")


def test_only_papers_that_match_are_kept(collection: Collection) -> None:
    told = []

    def matching(_collection: Collection, numbers: Sequence[int]) -> set[int]:
        told.append(collection.store.papers.ids(numbers))
        return {number for number, name in told[-1].items() if name == "conf:1"}

    found = asked(collection, "2026-10", matching=matching, filters=Filters(until=MONDAY))
    assert ids(found) == ["a"], "a copy that matches is enough"
    assert set(told[0].values()) == {"made:a", "made:b", "conf:1"}, "only what meets the filters is looked at"


def test_a_reader_may_bring_an_order(collection: Collection) -> None:
    def shortest(_collection: Collection, found: Sequence[Work], _now: datetime) -> list[float]:
        return [float(work.papers[0].id == "made:a") for work in found]

    found = asked(collection, "2026-10", sort="for you", order=shortest)
    assert (ids(found), found.sort) == (["a", "c", "b"], "for you")


def test_an_estimated_day_fills_pages_and_a_known_one_comes_before_it(collection: Collection) -> None:
    papers = [
        made("f", None, estimated=MONDAY, title="A Chart of Shoals", source="arxiv:x"),
        made("g", None, first_seen=MONDAY, title="Buoys at Night", source="feed:x"),
        made("h", MONDAY + timedelta(days=1), estimated=MONDAY, title="Fog and Bells", source="hf:daily"),
    ]
    ingest(collection, papers, now=NOW, name="more")
    assert set(ids(asked(collection, "2026-10-05"))) == {"a", "b", "f", "g"}
    assert set(ids(asked(collection, "2026-W41"))) == {"a", "b", "c", "f", "g", "h"}
    marked = [card.document.id for card in asked(collection, "2026-W41").cards if card.document.on_estimate]
    assert marked == ["made:f"]


def test_works_with_a_paper_that_is_to_be_left_out_are_withheld(collection: Collection) -> None:
    copy = collection.store.papers.number("conf:1")

    def out(_: Collection, among: Sequence[int]) -> set[int]:
        return {number for number in among if number == copy}

    whole = asked(collection, "2026-10-05")
    assert whole.withheld == 0
    assert [work[0] for work in whole.works] == list(whole.papers)
    assert works_on(collection, whole.period) == sorted(whole.works)
    part = asked(collection, "2026-10-05", without=out)
    assert (ids(part), part.total, part.withheld) == (["b"], 1, 1), "its copy elsewhere was read"
    gone = asked(collection, "2026-10-05", without=lambda _, among: set(among))
    assert (gone.total, gone.note) == (0, "You have read both papers of this day.")
