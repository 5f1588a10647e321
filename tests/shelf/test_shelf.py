import csv
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

import broadsheet as bs
from broadsheet import shelf
from broadsheet.core.types import Strength
from broadsheet.search.end import ended
from broadsheet.search.hybrid import search
from fakes import NOW, WordEncoder

PARAPHRASES = Path(__file__).with_name("paraphrases.jsonl")
PACKAGE = Path(shelf.__file__).parent.parent
ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def collection(tmp_path):
    with bs.open(tmp_path / "c", encoder=WordEncoder()) as made:
        yield made


def test_289_papers_each_with_a_place():
    entries = list(shelf.entries())
    assert [e.id for e in entries] == [f"S{n:03d}" for n in range(1, 290)]
    assert len({e.title for e in entries}) == 289
    for entry in entries:
        assert 2 <= len(entry.topics) <= 5
        assert 40 <= len(entry.text.split()) <= 120
        assert re.fullmatch(r"planned(: \S.+)?|not ours: \S.+|[a-z_./, ]+; shown (by|in) \S.+", entry.offer), (
            entry.offer
        )


def test_what_is_offered_is_there_and_so_is_its_proof():
    offered = [entry.offer for entry in shelf.entries() if "; shown " in entry.offer]
    assert len(offered) > 5
    for modules, proof in (offer.split("; shown ") for offer in offered):
        assert all((PACKAGE / name).exists() for name in modules.split(", ")), modules
        for way, name in re.findall(r"(bench|pytest|in) ([\w./-]+)", proof):
            assert (ROOT / (f"benchmarks/{name}.py" if way == "bench" else name)).exists(), proof


def test_a_second_time_changes_nothing_and_it_can_be_taken_away(collection):
    assert shelf.add(collection, now=NOW).new == 289
    change = collection.store.papers.last_change()
    assert shelf.add(collection, now=NOW).same == 289
    assert collection.store.papers.last_change() == change
    assert shelf.remove(collection, now=NOW) == 289
    assert collection.store.papers.count() == 0


def test_it_stands_on_no_day(collection):
    shelf.add(collection, now=NOW)
    assert all(d.day is None and d.span is None for d in collection.store.papers.newest(300))
    assert collection.store.papers.newest(300, without_sources=("shelf",)) == []


@pytest.mark.parametrize("shelf_first", [True, False])
@pytest.mark.parametrize("own_id", ["2401.12345", ""])
def test_the_real_paper_takes_its_place_in_any_order(collection, shelf_first, own_id):
    entry = next(shelf.entries())
    document = next(iter(shelf.Shelf().fetch()))
    real = replace(
        document, id=own_id or document.id, text="The real abstract.", source="jsonl:real.jsonl", extra={}, keywords=()
    )
    if shelf_first:
        shelf.add(collection, now=NOW)
    bs.ingest(collection, [real], now=NOW, name="jsonl:real.jsonl")
    if not shelf_first:
        shelf.add(collection, now=NOW)
    assert collection.store.papers.count() == 289
    bs.sync(collection)
    found = bs.search(collection, entry.title, k=1).items[0].document
    assert found.text == "The real abstract."
    shelf.remove(collection, now=NOW)
    assert collection.store.papers.count() == 1


@pytest.mark.data
def test_titles_are_the_ledgers(seeds_dir):
    with (seeds_dir / "ledger.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row["id"], row["title"]) for row in csv.DictReader(file)]
    assert [(e.id, e.title) for e in shelf.entries()] == rows


def runs(text: str, length: int = 8) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + length]) for i in range(len(words) - length + 1)}


@pytest.mark.data
def test_the_words_are_our_own(seeds_dir):
    theirs = set().union(*(runs(path.read_text("utf-8")) for path in (seeds_dir / "pages").glob("*.txt")))
    assert len(theirs) > 30_000
    shared = {entry.id: runs(entry.text) & theirs for entry in shelf.entries()}
    assert not {name: found for name, found in shared.items() if found}


@pytest.mark.model
def test_the_example_searches_find_right_answers_and_call_them_so(shelf_folder):
    right = ("Constructing a Singing Style", "DSE-TTS: Dual Speaker Embedding", "VacancySBERT: the approach")
    with bs.open(shelf_folder) as collection:
        for words, title in zip(shelf.EXAMPLES, right, strict=True):
            found = ended(search(collection, words, k=3))
            assert any(each.document.title.startswith(title) for each in found.items[:2])
            assert found.items[0].strength >= Strength.GOOD
            assert all(each.strength > Strength.WEAK for each in found.items), "the list ends where relevance does"
            for each in found.items:
                assert not set(words.split()) & set(re.findall(r"\w{4,}", each.document.title.lower()))


@pytest.mark.model
def test_a_paraphrase_finds_its_paper_in_the_first_three(shelf_folder):
    asked = [json.loads(line) for line in PARAPHRASES.read_text("utf-8").splitlines()]
    assert len(asked) == 289
    with bs.open(shelf_folder) as collection:
        missed = [
            each["id"]
            for each in asked
            if each["id"] not in [r.document.extra["shelf"] for r in bs.search(collection, each["query"], k=3)]
        ]
    assert len(missed) <= 0.1 * len(asked), f"not in the first three: {missed}"
