"""Days in the Store, copies, and a Store of the first format brought up."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.types import Document, Filters
from broadsheet.store import Store
from broadsheet.store.days import DayCount, Standing

NOW = datetime(2026, 3, 2, tzinfo=UTC)
DAY = date(2026, 3, 1)
TEXT = " ".join(f"word{number}" for number in range(60))


def paper(name: str, **more: object) -> Document:
    return Document(**{"id": f"x:{name}", "title": f"On {name}", "source": "jsonl:x", **more})


def test_days(store: Store) -> None:
    found = [paper("a", listed=DAY), paper("b", submitted=DAY), paper("c", announced=DAY, source="shelf:starter")]
    store.papers.put(found, now=NOW)
    assert store.days.between(DAY, DAY) == [store.papers.number("x:a")]
    assert store.days.before(date(2026, 3, 9)) == store.days.after(date(2026, 1, 1)) == DAY
    assert store.days.before(DAY) is store.days.after(DAY) is None
    store.papers.put([paper("a", announced=date(2026, 2, 27), listed=DAY)], now=NOW)
    assert store.days.between(DAY, DAY) == []
    assert [row.day for row in store.days.placements([1, 2])] == [date(2026, 2, 27), None]
    store.papers.delete(["x:a"], now=NOW)
    assert store.days.after(date(2026, 1, 1)) is None


def test_twins(store: Store) -> None:
    store.papers.put(
        [
            paper("a", text=TEXT, aliases=("10.5555/a",)),
            paper("same title", title="on A!"),
            paper("same text", text=f"Another beginning. {TEXT}"),
            paper("same alias", aliases=("10.5555/a",)),
            paper("its alias", id="10.5555/a"),
            paper("none of them", text="Other words."),
        ],
        now=NOW,
    )
    assert {store.papers.by_numbers([other])[other].title for _, other in store.days.twins([1])} == {
        "on A!", "On same text", "On same alias", "On its alias",
    }  # fmt: skip
    assert (5, 1) in store.days.twins([5])
    assert store.days.twins([6]) == []


def test_twins_in_another_spelling_or_without_a_subtitle(store: Store) -> None:
    titles = ["Pre-training: bells", "Pretraining bells", "Pre training", "Training"]
    store.papers.put([paper(str(n), title=title) for n, title in enumerate(titles)], now=NOW)
    assert sorted(store.days.twins([1])) == [(1, 2), (1, 3)]
    store.papers.put([paper("0", title="Bells", votes=1)], now=NOW)
    assert sorted(store.days.twins([2])) == [(2, 1)]


def test_a_title_of_very_many_papers_names_none(store: Store) -> None:
    store.papers.put([paper(str(n), title="Preface") for n in range(25)], now=NOW)
    assert store.days.twins([1]) == []


def test_a_store_of_the_first_format_learns_its_days(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with Store.open(path) as store:
        store.papers.put(
            [paper("a", listed=DAY, text=TEXT), paper("b", listed=DAY, text=TEXT, source="ris:y")], now=NOW
        )
        store.papers.put([paper("b", text=TEXT, source="ris:z")], now=NOW)
    with sqlite3.connect(path) as db:  # as the first format was
        known = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        first = {"documents", "records", "merged", "aliases", "categories", "author_words", "sources", "runs",
                 "problems", "facts", "sketches"}  # fmt: skip
        for (table,) in db.execute(known).fetchall():
            if table not in first:
                db.execute(f"DROP TABLE {table}")
        for statement in (
            "DROP INDEX documents_day", "DROP INDEX documents_status", "DROP INDEX aliases_number",
            "DROP INDEX runs_started", "DROP TABLE sketches", "ALTER TABLE documents DROP COLUMN day",
            "ALTER TABLE documents DROP COLUMN status", "ALTER TABLE runs DROP COLUMN clashes",
            "PRAGMA user_version = 1",
        ):  # fmt: skip
            db.execute(statement)
    db.close()
    with Store.open(path) as store:
        assert store.days.between(DAY, DAY) == [1, 2]
        assert store.days.twins([1]) == [(1, 2)]


def test_excluded_categories_and_a_choice_of_papers(store: Store) -> None:
    store.papers.put(
        [paper("a", categories=("cs.CV", "cs.CL")), paper("b", categories=("cs.CV",)), paper("c")], now=NOW
    )
    assert list(store.papers.numbers_where(Filters(without_categories=("cs.CL",)))) == [2, 3]
    assert list(store.papers.numbers_where(Filters(categories=("cs",), without_categories=("cs.CL", "math")))) == [2]
    assert list(store.papers.numbers_where(Filters(categories=("cs",)), among=[2, 3])) == [2]


def test_the_newest_days_that_have_papers(store: Store) -> None:
    older, oldest = date(2026, 2, 27), date(2026, 2, 1)
    store.papers.put(
        [paper("a", listed=DAY), paper("b", listed=older), paper("c", listed=older), paper("d", listed=oldest)], now=NOW
    )
    store.papers.delete(["x:b"], now=NOW)
    assert store.days.newest(DAY, 2) == [(3, older), (1, DAY)]
    assert store.days.newest(older, 9) == [(4, oldest), (3, older)]
    assert store.days.newest(date(2020, 1, 1), 9) == []
    assert store.days.before(DAY, Filters(sources=("hf",))) is None, "no paper before it meets the filters"


def test_places_for_an_order_leave_out_what_is_deleted(store: Store) -> None:
    store.papers.put([paper("a", listed=DAY, votes=4), paper("b"), paper("c")], now=NOW)
    store.papers.delete(["x:c"], now=NOW)
    assert store.days.placements([2, 1, 3, 99]) == [Standing(2, "x:b", None, None), Standing(1, "x:a", DAY, 4)]


dates = st.none() | st.dates(date(2026, 3, 1), date(2026, 3, 3))


@given(st.lists(st.tuples(dates, dates, dates, dates), max_size=6))
def test_what_is_news_is_read_as_the_document_says_it(several: list[tuple[date | None, ...]]) -> None:
    fields = ("announced", "listed", "estimated", "first_seen")
    odd = {"estimated": "2026-03-01", "first_seen": "2026-03-01"}  # the same words as facts of a source
    papers = [
        paper(f"made:{n}", **dict(zip(fields, days, strict=True)), extra=odd if n % 2 else {})
        for n, days in enumerate(several)
    ]
    with TemporaryDirectory() as folder, Store.open(Path(folder) / "store.db") as store:
        store.papers.put(papers, now=NOW)
        numbers = store.papers.numbers([each.id for each in papers])
        news = store.days.news(list(numbers.values()))
    assert news == {numbers[each.id] for each in papers if each.day and not each.is_late}


def test_papers_are_counted_by_day_and_those_that_a_reader_has_read(store: Store) -> None:
    later = date(2026, 3, 2)
    papers = [*(paper(str(n), listed=DAY) for n in range(3)), paper("later", listed=later), paper("out", listed=later)]
    store.papers.put([*papers, paper("none")], now=NOW)
    ada, ben = (store.people.add(f"{name}@example.org", "reader", now=NOW).number for name in ("ada", "ben"))
    number = store.papers.numbers([each.id for each in papers])
    store.reactions.mark("read_papers", ada, [number["x:0"], number["x:2"], number["x:later"]], now=NOW)
    store.desk.decide(number["x:out"], "hide", ben, now=NOW)
    assert store.days.counts(DAY, later, reader=ada) == {DAY: DayCount(3, 2), later: DayCount(1, 1)}
    assert store.days.counts(DAY, later) == {DAY: DayCount(3), later: DayCount(1)}
    assert store.days.counts(DAY, DAY, reader=ada)[DAY].unread == 1
    assert store.days.counts(date(2026, 1, 1), date(2026, 2, 1)) == {}
