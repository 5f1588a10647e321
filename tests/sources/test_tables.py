"""JSON lines, JSON lists and CSV from anywhere, whole or broken."""

from __future__ import annotations

import gzip
import json
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.core.errors import SourceError
from broadsheet.core.records import to_dict
from broadsheet.core.types import BadRecord, Document, Name
from broadsheet.sources import aliases, stream, tables
from broadsheet.testing import check_source
from fuzzing import json_values as any_json
from fuzzing import only_records_or_errors

PAPER = {"id": "made:1", "title": "Counting Sheep by Their Shadows", "abstract": "We count sheep."}
FUZZ = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def jsonl(folder: Path, data: bytes | str, name: str = "made.jsonl") -> tables.FileSource:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return tables.jsonl(str(path))


def csv(folder: Path, data: bytes | str, name: str = "made.csv") -> tables.FileSource:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return tables.csv(str(path))


def documents(fetched: list[Document | BadRecord]) -> list[Document]:
    return [record for record in fetched if isinstance(record, Document)]


def one(folder: Path, record: dict[str, Any]) -> Document:
    [document] = documents(check_source(jsonl(folder, json.dumps(record))))
    return document


def test_a_line_a_record_and_a_broken_line_costs_itself(tmp_path: Path) -> None:
    lines = [json.dumps(PAPER), "{broken", "", '["a list"]', '{"abstract": "no title"}', '{"title": "Second"}']
    fetched = check_source(jsonl(tmp_path, gzip.compress("\n".join(lines).encode())), least=2)
    assert [d.title for d in documents(fetched)] == [PAPER["title"], "Second"]
    assert [(b.where, b.reason.split(":")[0]) for b in fetched if isinstance(b, BadRecord)] == [
        ("made.jsonl:2", "Expecting property name enclosed in double quotes"),
        ("made.jsonl:4", "expected a JSON object, got list"),
        ("made.jsonl:5", "no title"),
    ]


def test_every_alias_finds_its_field(tmp_path: Path) -> None:
    made = one(
        tmp_path,
        {
            "paper_id": "2401.12345v2", "Name": "Sheep", "Abstract Note": "We count.", "creators": "Roe, Ada; Lee, Bo",
            "day": "2024-01-25", "published": "2024-01-22T00:00:00Z", "update_date": "2024-2-3", "DOI": "10.1000/Sheep",
            "journal": "Flock Letters", "topics": ["cs.CL"], "Manual Tags": "wool; shadows", "likes": "1,024",
            "numComments": 3, "url": "https://arxiv.org/abs/2401.12345v2", "pdf_url": "https://arxiv.org/pdf/2401.12345",
            "githubRepo": "https://github.com/roe/sheep", "projectPage": "javascript:alert(1)",
            "weather": {"rain": True},
        },
    )  # fmt: skip
    assert made == Document(
        id="2401.12345", title="Sheep", text="We count.", authors=("Ada Roe", "Bo Lee"),
        names=(Name(given="Ada", family="Roe"), Name(given="Bo", family="Lee")), venue="Flock Letters",
        categories=("cs.CL",), keywords=("wool", "shadows"), submitted=date(2024, 1, 22), updated=date(2024, 2, 3),
        listed=date(2024, 1, 25), version=2, votes=1024, comments=3, aliases=("10.1000/sheep",),
        links={"abstract": "https://arxiv.org/abs/2401.12345v2", "pdf": "https://arxiv.org/pdf/2401.12345",
               "code": "https://github.com/roe/sheep"},
        source=made.source, extra={"projectPage": "javascript:alert(1)", "weather": {"rain": True}},
    )  # fmt: skip


def test_the_arxiv_snapshot(tmp_path: Path) -> None:
    made = one(
        tmp_path,
        {
            "id": "hep-th/9901001", "submitter": "A. Roe", "authors": "A. Roe and B. Lee (Flock)",
            "title": "Sheep\n  in $k$-space",
            "comments": "12 pages", "journal-ref": "Flock 3", "doi": None, "categories": "hep-th math.AG cs.CL",
            "abstract": "  We count\nsheep.\n",
            "versions": [{"version": "v1", "created": "Mon, 4 Jan 1999 10:00:00 GMT"}],
            "update_date": "2009-10-31", "authors_parsed": [["Roe", "A.", ""], ["Lee", "B.", ""]],
        },
    )  # fmt: skip
    assert made.id == "hep-th/9901001"
    assert made.authors == ("A. Roe", "B. Lee")
    assert made.categories == ("hep-th", "math.AG", "cs.CL")
    assert (made.submitted, made.updated) == (date(1999, 1, 4), date(2009, 10, 31))
    assert (made.title, made.shown_title) == ("Sheep\n  in $k$-space", "Sheep in k-space")
    assert (made.text, made.shown_text) == ("We count\nsheep.", "We count sheep.")
    assert made.extra["comments"] == "12 pages"
    assert made.extra["authors"] == "A. Roe and B. Lee (Flock)"


def test_bad_dates_and_numbers_do_not_kill_a_record(tmp_path: Path) -> None:
    made = one(tmp_path, {**PAPER, "date": "yesterday", "year": "MMXX", "votes": -3, "version": "beta", "url": "no"})
    assert (made.submitted, made.year, made.votes, made.links) == (None, None, None, {})
    assert made.extra == {"date": "yesterday", "year": "MMXX", "votes": -3, "version": "beta", "url": "no"}


def test_strange_numbers(tmp_path: Path) -> None:
    text = f'{{"title": "A", "x": NaN, "y": -Infinity, "big": {"9" * 5000}, "votes": {"7" * 99}}}'
    text += '\n{"title": "B", "x": 1e999}'
    first, second = check_source(jsonl(tmp_path, text))
    assert isinstance(first, Document)
    assert first.extra == {"big": "9" * 5000, "votes": "7" * 99}
    assert isinstance(second, BadRecord)


def test_lone_surrogates_and_nuls_cannot_reach_the_store(tmp_path: Path) -> None:
    made = one(tmp_path, {"title": "A\ud800B\x00C", "k\udfff": "\ud83d"})
    assert made.title == "A\ufffdBC"
    assert made.extra == {"k\ufffd": "\ufffd"}


def test_deep_nesting_is_a_bad_record(tmp_path: Path) -> None:
    deep = '{"title": "A", "x": %s}' % ("[" * 50 + "]" * 50)
    deeper = '{"title": "A", "x": %s' % ("[" * 200_000)
    fetched = check_source(jsonl(tmp_path, f'{deep}\n{deeper}\n{{"title": "B"}}'))
    assert [type(record) for record in fetched] == [BadRecord, BadRecord, Document]


def test_invalid_utf8_costs_its_line(tmp_path: Path) -> None:
    fetched = check_source(jsonl(tmp_path, b'{"title": "caf\xe9"}\n{"title": "B"}'))
    assert [type(record) for record in fetched] == [BadRecord, Document]


def test_addresses_name_a_record_without_id(tmp_path: Path) -> None:
    assert one(tmp_path, {"title": "A", "url": "https://arxiv.org/abs/2401.12345"}).id == "2401.12345"
    assert one(tmp_path, {"title": "A", "url": "https://press.example/a1"}).id == "https://press.example/a1"
    assert one(tmp_path, {"title": "A", "url": "https://press.example/" + "a" * 300}).id.startswith("title:")
    assert one(tmp_path, {"title": "A"}).id.startswith("title:")


def test_extra_of_a_record_is_not_nested_again(tmp_path: Path) -> None:
    made = one(tmp_path, {**PAPER, "extra": {"doi": "10.1000/x", "rating": 7}})
    assert (made.id, made.aliases, made.extra) == ("10.1000/x", ("made:1",), {"rating": 7})


def test_one_list_of_records(tmp_path: Path) -> None:
    records = [{**PAPER, "id": f"made:{i}", "text": "x" * i} for i in range(700)]
    for text in (
        json.dumps(records),
        json.dumps(records, indent=2),
        "\n".join(json.dumps(r, indent=1) for r in records),
    ):
        assert [d.id for d in documents(check_source(jsonl(tmp_path, text)))] == [r["id"] for r in records]


def test_a_list_inside_an_object(tmp_path: Path) -> None:
    for indent in (None, 2):
        text = json.dumps({"count": 2, "papers": [PAPER, {"title": "B"}, {"no": "title"}]}, indent=indent)
        fetched = check_source(jsonl(tmp_path, text), least=2)
        assert [d.title for d in documents(fetched)] == [PAPER["title"], "B"]
        assert fetched[-1].where.endswith("/3")


def test_a_truncated_list_keeps_what_came_before(tmp_path: Path) -> None:
    text = json.dumps([{"title": f"Paper {i}"} for i in range(100)])
    for end in (-1, -5, -400):
        seen: list[Any] = []
        with pytest.raises(SourceError, match="get the file again"):
            seen.extend(jsonl(tmp_path, text[:end]).fetch())
        assert len(seen) >= 80
        assert documents(seen) == seen


def test_a_broken_record_in_a_list_costs_itself(tmp_path: Path) -> None:
    good = [{"title": f"Paper {i}", "authors": [{"name": "A"}, {"name": "B"}]} for i in range(5)]
    parts = [json.dumps(record) for record in good]
    parts[2] = parts[2].replace('"name": "A"', '"name" "A"')
    fetched = list(jsonl(tmp_path, f"[{', '.join(parts)}]").fetch())
    assert [d.title for d in documents(fetched)] == ["Paper 0", "Paper 1", "Paper 3", "Paper 4"]
    assert len(fetched) == 5


def test_what_follows_a_list_is_not_swallowed(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="goes on after the end"):
        list(jsonl(tmp_path, '[{"title": "A"}] [{"title": "B"}]').fetch())


def test_a_value_without_end_is_held_in_bounded_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "LONGEST_VALUE", 2**20)
    text = '[{"title": "A"}, {"title": "' + "x" * 2**23 + '"}, {"title": "B"}]'
    first, second, third = jsonl(tmp_path, text).fetch()
    assert isinstance(first, Document)
    assert isinstance(second, BadRecord)
    assert isinstance(third, Document)


def test_a_first_line_without_end_costs_only_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "LONGEST_VALUE", 2**20)
    text = (
        '{"title": "'
        + "x" * 2**23
        + '"}\n{"id": "b", "title": "B", "authors": [{"name": "A"}]}\n{"id": "c", "title": "C"}'
    )
    first, *others = jsonl(tmp_path, text).fetch()
    assert isinstance(first, BadRecord)
    assert [d.title for d in documents(others)] == ["B", "C"]


def test_an_export_line_is_its_document_again(tmp_path: Path) -> None:
    made = Document(
        id="10.1000/x", title="Sheep {a}", readable_title="Sheep a", text="t", authors=("Ada Roe",),
        listed=date(2024, 1, 2), votes=0, links={"code": "https://github.com/roe/sheep"},
        aliases=("made:1",), source="page:saved.txt",
        extra={"ranks": {"saved.txt": 3}},
    )  # fmt: skip
    line = json.dumps({"broadsheet": 1, **to_dict(made)})
    fetched = check_source(jsonl(tmp_path, f'{line}\n{{"broadsheet": 99, "id": "a:1", "title": "x"}}'))
    assert fetched[0] == made
    assert isinstance(fetched[1], BadRecord)
    assert "newer" in fetched[1].reason


def test_csv_of_a_reference_manager(tmp_path: Path) -> None:
    text = (
        "\ufeffKey,Item Type,Publication Year,Author,Title,Publication Title,DOI,Url,Abstract Note,Date,Date Added,"
        'Manual Tags,Extra\r\nABC2,journalArticle,2021,"Roe, Ada; Lee, Bo","Sheep, counted ""twice""",Flock Letters,'
        '10.1000/SHEEP,https://flock.example/1,"We count\r\nsheep.",2021-03,2022-01-01 10:00:00,wool; sheep,\r\n'
    )
    [made] = documents(check_source(csv(tmp_path, text)))
    assert made.id == "10.1000/sheep"
    assert made.aliases == ("made:ABC2",)
    assert made.title == 'Sheep, counted "twice"'
    assert made.shown_text == "We count sheep."
    assert made.authors == ("Ada Roe", "Bo Lee")
    assert (made.venue, made.year, made.submitted) == ("Flock Letters", 2021, None)
    assert made.keywords == ("wool", "sheep")
    assert made.extra["Date"] == "2021-03"
    assert made.extra["Date Added"] == "2022-01-01 10:00:00"


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_csv_separators(tmp_path: Path, mark: str) -> None:
    text = f"\ntitle{mark}abstract{mark}year\nA{mark}B{mark}2020\n\nC{mark}{mark}\nD\n"
    made = documents(check_source(csv(tmp_path, text)))
    assert [(d.title, d.text, d.year) for d in made] == [("A", "B", 2020), ("C", "", None), ("D", "", None)]


def test_csv_broken_rows_cost_themselves(tmp_path: Path) -> None:
    rows = [
        "title,abstract",
        "A,one",
        "B,two,three",
        ",no title",
        "C," + "x" * 200_000,
        "\xc4,\xd6",
        "\xdc,\xdf",
        "E,\0",
        "F,last",
    ]
    fetched = check_source(csv(tmp_path, "\n".join(rows).encode() + b"\nD,caf\xe9"))
    assert {"A", "F"} <= {d.title for d in documents(fetched)}
    reasons = " | ".join(record.reason for record in fetched if isinstance(record, BadRecord))
    for part in ("3 cells under 2 columns", "no title", "field larger than field limit", "not UTF-8"):
        assert part in reasons


def test_csv_with_an_open_quote_finds_its_way_back(tmp_path: Path) -> None:
    text = 'title,abstract\nA,"never closed\n' + "".join(f"Paper {i},text\n" for i in range(11_000))
    fetched = check_source(csv(tmp_path, text), least=1_000)
    assert isinstance(fetched[0], BadRecord)
    assert documents(fetched)[-1].title == "Paper 10999"


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "\0"])
def test_csv_without_titles_says_what_it_needs(tmp_path: Path, text: str) -> None:
    with pytest.raises(SourceError, match=r"no column 'title'"):
        list(csv(tmp_path, text).fetch())


def test_same_column_twice_loses_nothing(tmp_path: Path) -> None:
    [made] = documents(check_source(csv(tmp_path, "title,note,note\nA,one,two\n")))
    assert made.extra == {"note": "one", "note 3": "two"}


@FUZZ
@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda t: t.encode("utf-8", "surrogatepass")))
def test_any_bytes(tmp_path: Path, data: bytes) -> None:
    for head in (b"", b"title,abstract\n", b'[{"title": "a"},', b"{\n"):
        only_records_or_errors(lambda d: csv(tmp_path, d).fetch(), head + data)
        only_records_or_errors(lambda d: jsonl(tmp_path, d).fetch(), head + data)


@FUZZ
@given(
    st.lists(
        st.dictionaries(st.sampled_from(sorted({a for al in aliases.TABLE.values() for a in al})), any_json, max_size=6)
    )
)
def test_any_values(tmp_path: Path, records: list[dict[str, Any]]) -> None:
    lines = "\n".join(json.dumps({"title": "T", **record}) for record in records)
    only_records_or_errors(lambda d: check_source(jsonl(tmp_path, d), least=0), lines.encode())
    only_records_or_errors(
        lambda d: check_source(jsonl(tmp_path, d), least=0), f"[{lines.replace(chr(10), ',')}]".encode()
    )


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("papers_conf/papers", 2_000),
        ("papers_conf/titles_only", 2_000),
        ("papers_arxiv_cs/papers", 2_000),
        ("hf_daily/daily", 2_000),
    ],
)
def test_real_tables(data_dir: Path, name: str, rows: int) -> None:
    source = tables.jsonl(str(data_dir / f"{name}.jsonl.gz"))
    made = list(islice(source.fetch(), rows))
    assert len({d.id for d in documents(made)}) == len(made) == rows
    if name != "papers_conf/titles_only":
        assert all(d.text and d.authors for d in documents(made))
    if name == "hf_daily/daily":
        assert all(d.listed and d.submitted and not d.id.startswith("daily:") for d in documents(made))
    if name == "papers_conf/papers":
        assert not any(d.id.startswith("papers:") for d in documents(made))


@pytest.mark.parametrize("chunk", [1, 7, 64, 2**20])
def test_where_the_chunks_end_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    records = [{"title": f"Paper {i}", "authors": [{"name": "Ünal"}], "x": [1.5e3, None, True]} for i in range(12)]
    text = json.dumps(records, ensure_ascii=False).replace('"x": [1500.0', '"x": [1500.0 1', 1).encode()
    monkeypatch.setattr(stream, "chunks", lambda _: (text[i : i + chunk] for i in range(0, len(text), chunk)))
    fetched = [json.loads(value)["title"] for value in stream.json_values(tmp_path) if isinstance(value, str)]
    assert fetched == [f"Paper {i}" for i in range(1, 12)]


def test_a_column_that_repeats_is_no_identifier(tmp_path: Path) -> None:
    rows = "\n".join(f"SLEEP,Owls of kind {n},{n}" for n in range(5))
    made = documents(check_source(csv(tmp_path, f"id,title,n\n{rows}\n"), least=5))
    assert len({each.id for each in made}) == 5
    assert {each.extra["id"] for each in made} == {"SLEEP"}
    rows = "\n".join(f"{n % 20},Owls of kind {n % 20},{n}" for n in range(40))  # every paper twice
    made = documents(check_source(csv(tmp_path, f"id,title,n\n{rows}\n"), least=40))
    assert {each.id for each in made} == {f"made:{n}" for n in range(20)}


def test_the_header_need_not_be_the_first_line(tmp_path: Path) -> None:
    for before in ("sep=;\n", "\n \n", "About the owls: 3 results; exported today\n", "title of the search; owls\n\n"):
        [made] = documents(check_source(csv(tmp_path, f"{before}Title;Authors\nOwls;Roe, Ada\n")))
        assert (made.title, made.authors) == ("Owls", ("Ada Roe",))
    [bad] = check_source(csv(tmp_path, "sep=;\n\nTitle;n\n;3\n"), least=0)
    assert isinstance(bad, BadRecord)
    assert bad.where == "made.csv:4"


def test_what_windows_wrote_is_read_and_said(tmp_path: Path) -> None:
    one, two = documents(check_source(csv(tmp_path, "title;n\nÜber Eulen – heute;1\nOwls;2\n".encode("cp1252"))))
    assert (one.title, one.extra["encoding"]) == ("Über Eulen – heute", "cp1252")
    assert "encoding" not in two.extra
