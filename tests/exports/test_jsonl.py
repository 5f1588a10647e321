"""What is exported and ingested into an empty Store is equal: every document, and what each source said of it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.core import records
from broadsheet.core.types import Document
from broadsheet.exports import jsonl
from broadsheet.ingest import ingest
from broadsheet.store import Store

NOW = datetime(2026, 1, 2, tzinfo=UTC)
TEA = Document(id="2401.00001", title="Tea", text="Leaves.", source="page:a", listed=date(2026, 1, 1), votes=3)

words = st.text(st.characters(codec=None), max_size=12)
names = st.lists(words, max_size=3).map(tuple)
facts = st.dictionaries(words, st.none() | st.integers(-9, 9) | words | st.lists(words, max_size=2), max_size=3)
documents = st.builds(
    Document,
    id=st.sampled_from(["2401.00001", "hep-th/9901001", "10.1234/x y", "title:0123", "csv:7", "acl:é\u2028x"]),
    title=words.map(lambda t: "A" + t),
    text=words | st.just("{\\em Emphatic} \\'etude, said $x$\n twice"),
    authors=names,
    venue=words,
    categories=names,
    keywords=names,
    submitted=st.none() | st.dates(),
    listed=st.none() | st.dates(),
    year=st.none() | st.integers(1900, 2100),
    votes=st.none() | st.integers(0, 9),
    links=st.dictionaries(st.sampled_from(["pdf", "code", "é"]), words, max_size=2),
    aliases=names,
    source=st.sampled_from(["arxiv:cs.IR", "shelf", "page:a"]),
    extra=facts,
)


def contents(store: Store) -> tuple[dict[str, Document], list[str]]:
    everything = {c.document.id: c.document for c in store.papers.changes(0) if c.document}
    return everything, sorted(jsonl.lines(store.papers))


@given(st.lists(documents, max_size=8))
@settings(max_examples=25, deadline=None)
def test_an_export_gives_equal_documents(given_: list[Document]) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "export.jsonl"
        with Store.open(Path(folder) / "one.db") as one, Store.open(Path(folder) / "two.db") as two:
            for document in given_:
                ingest(SimpleNamespace(store=one), [document], now=NOW)
            file.write_text("".join(line + "\n" for line in jsonl.lines(one.papers)), encoding="utf-8", newline="\n")
            run = ingest(SimpleNamespace(store=two), f"jsonl:{file}", now=NOW)
            assert (run.bad, bool(run.error)) == (
                0,
                not contents(one)[1],
            )  # nothing came: an error
            assert contents(two) == contents(one)


def test_an_export_is_read_in_batches(tmp_path: Path) -> None:
    with Store.open(tmp_path / "store.db") as store:
        store.papers.put([replace(TEA, id=f"a:{n}") for n in range(1_203)], now=NOW)
        store.papers.put([replace(TEA, id="a:7", source="page:b")], now=NOW)
        rows = [json.loads(line) for line in jsonl.lines(store.papers)]
    assert len(rows) == 1_204
    assert len({row["id"] for row in rows}) == 1_203
    assert rows == sorted(rows, key=lambda row: row["id"])


def test_a_line_is_marked_and_holds_only_what_is_there() -> None:
    line = jsonl.to_json(TEA)
    assert line == {
        "broadsheet": 1,
        "id": "2401.00001",
        "title": "Tea",
        "text": "Leaves.",
        "source": "page:a",
        "listed": "2026-01-01",
        "votes": 3,
    }
    assert records.is_export(line)
    assert records.from_dict(line) == TEA
    assert not records.is_export({"id": "2401.00001", "title": "Tea"})
