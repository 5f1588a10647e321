"""What goes into the Store comes out of it: by id, alias, number and title, as changes, newest first."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.core.text import plain
from broadsheet.core.types import Document
from broadsheet.store import Counts, Store
from broadsheet.store.papers import Papers

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
TEA = Document(id="2401.00001", title="On Tea", text="Leaves.", authors=("Ada Lovelace",), source="bibtex:a.bib")
RAIN = Document(id="csv:7", title="Rain", text="Drops.", authors=("Alan Turing",), source="csv:b.csv")


def test_writers_are_counted_once_a_paper(store: Store) -> None:
    wet = Document(id="csv:8", title="Wet", text="Pools.", authors=("Alan Turing", "Alan Turing", "Ada Lovelace"))
    store.papers.put([TEA, RAIN, wet], now=NOW)
    assert store.papers.writers([1, 2, 3], least=1, most=9) == [("Ada Lovelace", 2), ("Alan Turing", 2)]
    assert store.papers.writers([1, 2, 3], least=1, most=1) == [("Ada Lovelace", 2)]
    assert store.papers.writers([1, 2], least=2, most=9) == []
    store.papers.delete([TEA.id], now=NOW)
    assert store.papers.writers([1, 2, 3], least=2, most=9) == [("Alan Turing", 2)]
    assert store.papers.writers([], least=1, most=9) == []


def test_a_put_is_idempotent(store: Store) -> None:
    assert store.papers.put([TEA, RAIN], now=NOW) == Counts(new=2)
    assert store.papers.put([RAIN, TEA], now=NOW) == Counts(same=2)
    assert store.papers.put([replace(TEA, votes=3)], now=NOW) == Counts(changed=1)
    assert store.papers.last_change() == 3
    assert store.papers.get(TEA.id) == replace(TEA, votes=3)
    assert store.papers.count() == 2


def test_identifiers_in_any_form_find_it(store: Store) -> None:
    store.papers.put([replace(TEA, aliases=("10.1234/tea", "acl:T1")), replace(RAIN, id="10.1234/tea")], now=NOW)
    for name in ("2401.00001", "arXiv:2401.00001v3", "https://arxiv.org/abs/2401.00001", "acl:T1"):
        assert store.papers.number(name) == 1
    assert store.papers.number("https://doi.org/10.1234/TEA") == 2, "an id comes before an alias"
    assert store.papers.number("nothing") is None
    assert store.papers.get("\ud800\0") is None
    assert store.papers.many([TEA.id, "nothing"]).keys() == {TEA.id}
    assert store.papers.numbers(["10.1234/tea", "nothing"]) == {"10.1234/tea": 2}
    assert store.papers.by_numbers([2, 99]).keys() == {2}
    assert store.papers.many([]) == {}


def test_titles_find_it_whatever_their_case_and_accents(store: Store) -> None:
    store.papers.put([replace(TEA, title="Théories, of TEA!"), replace(RAIN, title="Theories of tea")], now=NOW)
    assert store.papers.with_title(plain("theories  of tea")) == [1, 2]
    assert store.papers.with_title("") == []


def test_changes_come_once_each_in_order(store: Store) -> None:
    store.papers.put([TEA, RAIN], now=NOW)
    store.papers.put([replace(TEA, votes=1)], now=NOW)
    assert [(c.sequence, c.number) for c in store.papers.changes(0)] == [(2, 2), (3, 1)]
    assert [c.number for c in store.papers.changes(0, limit=1)] == [2]
    store.papers.delete([RAIN.id, "nothing"], now=NOW)
    assert [(c.sequence, c.number, c.document) for c in store.papers.changes(3)] == [(4, 2, None)]
    assert store.papers.changes(4) == []
    assert (store.papers.pending(0), store.papers.pending(3), store.papers.last_change()) == (2, 1, 4)


def test_what_was_deleted_is_nowhere_and_returns_with_its_number(store: Store) -> None:
    store.papers.put([replace(TEA, aliases=("acl:T1",)), RAIN], now=NOW)
    assert store.papers.delete([TEA.id], now=NOW) == 1
    assert store.papers.delete([TEA.id], now=NOW) == 0
    assert store.papers.get(TEA.id) is store.papers.get("acl:T1") is None
    assert store.papers.count() == 1
    assert store.papers.with_title("on tea") == []
    assert [d.id for d in store.papers.newest(9)] == [RAIN.id]
    assert store.papers.put([TEA], now=NOW) == Counts(new=1)
    assert store.papers.number(TEA.id) == 1
    assert store.papers.get("acl:T1") is None


def test_a_document_of_two_sources_survives_the_loss_of_one(store: Store) -> None:
    other = replace(TEA, title="Tea, on", text="Leaves and water.", source="arxiv:cs.IR", aliases=("acl:T1",))
    store.papers.put([TEA, RAIN, other], now=NOW)
    assert store.papers.get("acl:T1") == replace(
        TEA, title="Tea, on", text=other.text, source=other.source, aliases=("acl:T1",)
    )
    assert store.papers.delete_source("arxiv", now=NOW) == 1
    assert store.papers.get(TEA.id) == TEA
    assert store.papers.get("acl:T1") is None
    assert store.papers.delete_source("bibtex:a.bib", now=NOW) == 1
    assert store.papers.get(TEA.id) is None
    assert store.papers.delete_source("bib", now=NOW) == 0


def test_a_second_source_that_says_the_same_changes_nothing(store: Store) -> None:
    later = replace(TEA, source="zotero:z")
    store.papers.put([TEA], now=NOW)
    assert store.papers.put([later], now=NOW) == Counts(same=1)
    assert store.papers.get(TEA.id) == TEA
    assert store.papers.last_change() == 1
    assert store.papers.delete_source("bibtex", now=NOW) == 1
    assert store.papers.get(TEA.id) == later


def test_a_source_may_speak_twice_of_one_paper_in_a_run(store: Store) -> None:
    monday = replace(TEA, listed=date(2026, 1, 5), extra={"ranks": {"mon": 2}})
    tuesday = replace(TEA, listed=date(2026, 1, 6), extra={"ranks": {"tue": 1}})
    assert store.papers.put([monday, RAIN, tuesday], now=NOW) == Counts(new=2, changed=1)
    both = store.papers.get(TEA.id)
    assert both is not None
    assert both.extra == {"ranks": {"mon": 2, "tue": 1}}
    assert both.listed == date(2026, 1, 5)
    assert store.papers.put([monday, RAIN, tuesday], now=NOW) == Counts(same=3)
    assert store.papers.put([replace(TEA, text="New.")], now=NOW) == Counts(changed=1)
    assert store.papers.get(TEA.id) == replace(TEA, text="New.", listed=both.listed), (
        "in a later run a source corrects itself"
    )


def test_silence_of_a_source_takes_nothing_back(store: Store) -> None:
    feed = replace(TEA, announced=date(2026, 1, 5), votes=3, links={"code": "https://example.org/tea"})
    api = replace(TEA, submitted=date(2026, 1, 2), version=2, links={"pdf": "https://example.org/tea.pdf"})
    store.papers.put([feed], now=NOW)
    assert store.papers.put([api], now=NOW) == Counts(changed=1)
    both = replace(TEA, announced=feed.announced, votes=3, submitted=api.submitted, version=2,
                   links={**feed.links, **api.links})  # fmt: skip
    assert store.papers.get(TEA.id) == both
    for said in (api, feed, api):
        assert store.papers.put([said], now=NOW) == Counts(same=1)
    assert store.papers.put([replace(feed, votes=0)], now=NOW) == Counts(changed=1)
    assert store.papers.get(TEA.id) == replace(both, votes=0), "what is said anew holds"


def test_the_shelf_gives_way(store: Store) -> None:
    shelf = replace(TEA, source="shelf", text="A long text that the shelf has of its own.")
    store.papers.put([shelf, RAIN], now=NOW)
    assert store.papers.count(without_sources=("shelf",)) == 1
    assert store.papers.count(sources=("shelf",)) == 1
    assert [d.id for d in store.papers.newest(9, without_sources=("shelf",))] == [RAIN.id]
    store.papers.put([TEA], now=NOW)
    assert store.papers.get(TEA.id) == TEA
    assert store.papers.count(without_sources=("shelf",)) == 2
    assert store.papers.delete_source("shelf", now=NOW) == 1
    assert store.papers.get(TEA.id) == TEA


def test_newest_first_and_those_without_a_day_last(store: Store) -> None:
    days = [None, date(2024, 5, 1), date(2026, 1, 1), date(2024, 5, 1)]
    store.papers.put([replace(TEA, id=f"a:{n}", listed=day) for n, day in enumerate(days)], now=NOW)
    store.papers.put([replace(TEA, id="a:year", year=2025)], now=NOW)
    assert [d.id for d in store.papers.newest(9)] == ["a:2", "a:year", "a:3", "a:1", "a:0"]
    assert [d.id for d in store.papers.newest(2, 1)] == ["a:year", "a:3"]


def test_an_id_of_anothers_own_is_not_merged(store: Store) -> None:
    foreign = replace(RAIN, title="Snow", authors=("Grace Hopper",), source="csv:c.csv")
    store.papers.put([RAIN], now=NOW)
    counts = store.papers.put([foreign, TEA], now=NOW)
    assert (counts.new, counts.bad) == (2, ())
    (clash,) = counts.clashes
    assert clash.name == "csv:7"
    assert "that of 'Rain' in 'csv:b.csv'" in clash.reason
    assert store.papers.get("csv:7") == RAIN
    assert store.papers.get(clash.id) == replace(foreign, id=clash.id, aliases=("csv:7",))


@pytest.mark.parametrize(
    "other",
    [
        replace(RAIN, title="Rains", authors=("Turing, Alan",), source="csv:c.csv"),
        replace(RAIN, title="RAIN!", authors=(), source="csv:c.csv"),
        replace(RAIN, title="Rains", source=RAIN.source, text="Other drops."),
    ],
)
def test_the_same_paper_under_an_own_id_is_merged(store: Store, other: Document) -> None:
    store.papers.put([RAIN], now=NOW)
    counts = store.papers.put([other], now=NOW)
    assert (counts.new, counts.bad, counts.clashes) == (0, (), ())


def test_an_arxiv_id_means_the_same_everywhere(store: Store) -> None:
    store.papers.put([TEA], now=NOW)
    counts = store.papers.put([replace(TEA, title="Coffee", source="x:y")], now=NOW)
    assert (counts.new, counts.same, counts.clashes) == (0, 1, ())


def test_not_even_an_arxiv_id_joins_what_has_nothing_in_common(store: Store) -> None:
    store.papers.put([TEA], now=NOW)
    counts = store.papers.put([replace(TEA, title="Coffee", authors=("B",), source="x:y")], now=NOW)
    assert (counts.new, len(counts.clashes)) == (1, 1)


def test_what_cannot_be_kept_stops_nothing(store: Store) -> None:
    counts = store.papers.put([replace(TEA, title=""), RAIN, replace(TEA, text="x" * 2_000_000)], now=NOW)
    assert (counts.new, len(counts.bad)) == (1, 2)
    assert [b.reason[:15] for b in counts.bad] == ["field 'title' i", "field 'text' ha"]
    assert all(len(b.raw) <= 2_000 for b in counts.bad)


def test_one_paper_cannot_grow_without_bounds(store: Store) -> None:
    hostile = [replace(TEA, aliases=(f"acl:{n}",)) for n in range(250)]
    counts = store.papers.put(hostile, now=NOW)
    assert len(counts.bad) == 50
    many = [replace(TEA, source=f"csv:{n}") for n in range(120)]
    assert len(store.papers.put(many, now=NOW).bad) == 21


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"), st.integers(0, 2)), max_size=12))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_side_tables_follow_every_change(store: Store, steps: list[tuple[str, str, int]]) -> None:
    for name, source, what in steps:
        if what == 0:
            store.papers.delete([f"2401.0000{'abc'.index(name)}"], now=NOW)
            continue
        given_ = Document(
            id=f"2401.0000{'abc'.index(name)}",
            title=f"T {what}",
            source=f"{source}:f",
            authors=(f"Ada {source}{what}",),
            categories=(f"c.{what}",),
            aliases=(f"acl:{source}{what}",),
        )
        store.papers.put([given_], now=NOW)
    with store.reading() as db:
        for table, column in (("aliases", "alias"), ("categories", "category")):
            kept = db.execute(f"SELECT number, {column} FROM {table} ORDER BY 1, 2").fetchall()
            documents = store.papers.by_numbers(range(1, 40))
            attribute = {"alias": "aliases", "category": "categories"}[column]
            wanted = [(n, value) for n, d in documents.items() for value in getattr(d, attribute)]
            assert kept == sorted(wanted)
        words = db.execute("SELECT number, word, author FROM author_words").fetchall()
        assert len(words) == sum(4 * len(d.authors) for d in store.papers.by_numbers(range(1, 40)).values())
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []


def test_threads_share_a_store(store: Store) -> None:
    def work(n: int) -> int:
        store.papers.put([replace(TEA, id=f"a:{n}-{i}") for i in range(20)], now=NOW)
        return len(store.papers.changes(0))

    with ThreadPoolExecutor(8) as pool:
        assert max(pool.map(work, range(8))) == 160
    assert store.papers.count() == 160


def test_the_file_keeps_its_promises(store: Store) -> None:
    with store.reading() as db:
        values = {name: db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")}
        assert values == {"journal_mode": "wal", "synchronous": 2}
        assert db.execute("PRAGMA foreign_keys").fetchone()[0] == 1
        with pytest.raises(sqlite3.IntegrityError):
            db.execute("INSERT INTO aliases VALUES ('a', 999)")


def test_numbers_and_ids_lead_to_each_other(store: Store) -> None:
    papers = Papers(store)
    papers.put([TEA, RAIN, replace(TEA, id="2401.00002")], now=NOW)
    assert papers.ids([3, 1, 99]) == {1: TEA.id, 3: "2401.00002"}
    papers.delete([RAIN.id], now=NOW)
    assert papers.ids([2]) == {}
    assert papers.last_number() == 3
    assert papers.changed(3) == [2]
    assert papers.deleted_since(3) == [2]
    assert papers.deleted_since(4) == []


def test_newest_papers_of_authors_by_their_whole_names(store: Store) -> None:
    days = [date(2026, 1, day) for day in (1, 2, 3)]
    store.papers.put([replace(TEA, id=f"a:{n}", listed=day) for n, day in enumerate(days)], now=NOW)
    store.papers.put([replace(RAIN, listed=days[0])], now=NOW)
    found = store.papers.newest_by(["Ada Lovelace", "Alan Turing", "No One"], 2)
    assert {name: store.papers.ids(numbers) for name, numbers in found.items() if numbers} == {
        "Ada Lovelace": {3: "a:2", 2: "a:1"}, "Alan Turing": {4: RAIN.id},
    }  # fmt: skip


TYPED = ["Ada Lovelace", "A. Lovelace", "Lovelace, Ada", "Ada King", "King Ada", "A. King", "Grace Hopper", "Hopper"]
TYPED += ["theories of tea", "Ada", "", "-", "Lovelace Lovelace", "Ada Grace Lovelace", "G. B. Hopper", "ada grace"]


def test_texts_that_may_name_an_author_are_those_that_find_papers(store: Store) -> None:
    writers = (("Ada Lovelace", "Grace Hopper"), ("A. King",), ("Hopper, Grace B.", "Ada King-Lovelace"))
    store.papers.put([replace(TEA, id=f"a:{n}", authors=names) for n, names in enumerate(writers)], now=NOW)
    may = store.papers.names_among(TYPED)
    found = [text for text, numbers in store.papers.newest_by(TYPED, 9).items() if numbers]
    assert set(found) <= set(may), "whatever finds a paper"
    assert may == [text for text in TYPED if text in may], "in their order"
    assert "theories of tea" not in may
    assert store.papers.names_among([]) == []


def test_a_stand_in_gives_way_to_the_real_paper_under_its_title(store: Store) -> None:
    stands_in = replace(TEA, id="shelf:1", source="shelf:starter")
    store.papers.put([stands_in, replace(RAIN, id="shelf:2", source="shelf:starter")], now=NOW)
    assert store.papers.give_way("shelf", now=NOW) == 0
    store.papers.put([TEA], now=NOW)
    assert store.papers.give_way("shelf", now=NOW) == 1
    assert [store.papers.get(name) is None for name in ("shelf:1", "shelf:2", TEA.id)] == [True, False, False]
