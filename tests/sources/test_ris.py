"""RIS and Web of Science exports, whole or broken."""

from __future__ import annotations

import tarfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.core.types import BadRecord, Document
from broadsheet.sources import ris, tables
from broadsheet.testing import check_source
from fuzzing import only_records_or_errors

RECORD = """TY  - JOUR
ID  - 17
TI  - Counting Sheep
AU  - Roe, Ada
AU  - Lee, Bo, Jr.
AB  - We count sheep
  over two lines.
PY  - 2021
DA  - 2021/03/04/
T2  - Flock Letters
DO  - 10.1000/Sheep
AN  - flockdb:99
UR  - file:///home/roe/sheep.pdf
UR  - https://flock.example/1
UR  - https://flock.example/2
L1  - https://flock.example/1.pdf
KW  - wool
KW  - shadows
N1  - a note
ER  - 
"""


def source(folder: Path, text: str | bytes, name: str = "refs.ris") -> ris.FileSource:
    (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return ris.named(str(folder / name))


def test_a_record_with_everything(tmp_path: Path) -> None:
    [made] = check_source(source(tmp_path, RECORD))
    assert isinstance(made, Document)
    assert (made.id, made.aliases) == ("10.1000/sheep", ("flockdb:99",))
    assert made.text == "We count sheep over two lines."
    assert made.authors == ("Ada Roe", "Bo Lee Jr.")
    assert (made.submitted, made.year, made.venue) == (date(2021, 3, 4), 2021, "Flock Letters")
    assert made.links == {"abstract": "https://flock.example/1", "pdf": "https://flock.example/1.pdf"}
    assert made.keywords == ("wool", "shadows")
    assert made.extra["N1"] == "a note"
    assert made.extra["ID"] == "17"
    assert made.extra["UR others"] == ["file:///home/roe/sheep.pdf", "https://flock.example/2"]


def test_older_tags_and_missing_blanks(tmp_path: Path) -> None:
    text = "1.\r\nTY - CONF\r\nT1 - Sheep\r\nA1 - Roe, Ada\r\n"
    text += "N2 - Text.\r\nY1 - 2014//\r\nJF - Flocks\r\nXX - odd\r\nER -\r\n"
    [made] = check_source(source(tmp_path, "\ufeff" + text))
    assert isinstance(made, Document)
    assert (made.title, made.text, made.authors, made.year, made.venue) == (
        "Sheep",
        "Text.",
        ("Ada Roe",),
        2014,
        "Flocks",
    )
    assert made.extra["XX"] == "odd"


def test_a_tag_that_the_parser_beneath_uses_itself(tmp_path: Path) -> None:
    own = "TY  - JOUR\n  first\nUK  - a\nTI  - Two\nXX  - odd\nUK  - b\n  more\nER  - \n"
    of_wos = "PT J\nTI Two\nUK a\n   b\nxx c\nPT j\nER\n"
    for text in (own, of_wos):
        before, made, after = check_source(source(tmp_path, RECORD + text + RECORD))
        assert isinstance(before, Document)
        assert before.title == after.title == "Counting Sheep"  # type: ignore[union-attr]
        assert isinstance(made, Document)
        assert made.title == "Two"
        assert made.extra["UK"] == ("first a b more" if text == own else "a b")


def test_every_tag_may_be_in_every_record(tmp_path: Path) -> None:
    tags = [a + b for a in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" for b in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"]
    for tag in tags:
        if tag not in ("ER", "TY"):
            lines = f"{tag}  - x\n  more\n{tag}  - y;z\n"
            before, after = source(tmp_path, f"TY  - JOUR\n{lines}TI  - T\n{lines}ER  - \n{RECORD}").fetch()
            assert isinstance(before, Document), (tag, before)
            assert isinstance(after, Document)


def test_broken_records_cost_themselves(tmp_path: Path) -> None:
    no_end = "TY  - JOUR\nTI  - Never ended\nAB  - cut o\n\n"
    no_title = "TY  - JOUR\nAB  - No title\nER  - \n"
    fetched = check_source(source(tmp_path, RECORD + no_end + no_title + RECORD + no_end))
    assert [type(record) for record in fetched] == [Document, BadRecord, BadRecord, Document, BadRecord]
    assert [record.reason[:27] for record in fetched if isinstance(record, BadRecord)] == [
        "the record has no ER line: ", "no title", "the record has no ER line: ",
    ]  # fmt: skip
    assert fetched[1].where == "refs.ris:21"  # type: ignore[union-attr]


def test_invalid_utf8_costs_its_record(tmp_path: Path) -> None:
    fetched = check_source(source(tmp_path, b"TY  - JOUR\nTI  - caf\x81\nER  - \n" + RECORD.encode()))
    assert [type(record) for record in fetched] == [BadRecord, Document]


def test_a_record_in_the_encoding_of_windows_says_how_it_was_read(tmp_path: Path) -> None:
    fetched = check_source(source(tmp_path, b"TY  - JOUR\nTI  - caf\xe9\nER  - \n" + RECORD.encode()))
    assert [record.title for record in fetched if isinstance(record, Document)] == ["café", "Counting Sheep"]
    assert [record.extra.get("encoding") for record in fetched if isinstance(record, Document)] == [
        "read as windows-1252, because it is not UTF-8", None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("tag", "kind"), [("JOUR", "article"), ("CPAPER", "inproceedings"), ("GEN", ""), ("THES", "thesis")]
)
def test_the_kind_and_the_print(tmp_path: Path, tag: str, kind: str) -> None:
    text = f"TY  - {tag}\nTI  - Sheep\nT2  - Flocks\nVL  - 3\nIS  - 2\nSP  - 1\nEP  - 9\n"
    text += "PB  - Wool Press\nA2  - Roe, Ada\nSN  - 1234-567X (print)\nSN  - 978-0-306-40615-7\n"
    text += "AN  - pmid:31000001\nER  - \n"
    [made] = check_source(source(tmp_path, text))
    assert isinstance(made, Document)
    assert made.kind == kind
    assert made.aliases == ("pmid:31000001",)
    house = "institution" if kind == "thesis" else "publisher"
    expected = {"volume": "3", "number": "2", "pages": "1--9", house: "Wool Press", "editor": ["Ada Roe"]}
    expected |= {"issn": ["1234-567X"], "isbn": ["978-0-306-40615-7"]}
    assert {key: made.extra[key] for key in expected} == expected


def test_a_file_of_pubmed_is_read_as_what_it_is(tmp_path: Path) -> None:
    [made] = check_source(source(tmp_path, "PMID- 7\nTI  - Sheep at\n      night\nFAU - Roe, Ada\nPT  - Review\n"))
    assert isinstance(made, Document)
    assert (made.id, made.title, made.kind) == ("pmid:7", "Sheep at night", "article")


def test_web_of_science(tmp_path: Path) -> None:
    text = (
        "FN Any\nVR 1.0\nPT J\nAU Roe, A\n   Lee, B\nAF Roe, Ada\n   Lee, Bo\nTI Counting\n   Sheep\nSO FLOCKS\n"
        "AB We count.\nPY 2004\nDA 2019-03-18\nDI 10.1000/x\nUT WOS:0001\nER\n\nEF"
    )
    [made] = check_source(source(tmp_path, text))
    assert isinstance(made, Document)
    assert (made.title, made.authors) == ("Counting Sheep", ("Ada Roe", "Bo Lee"))
    assert (made.id, made.aliases, made.year, made.submitted) == ("10.1000/x", ("WOS:0001",), 2004, None)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=120)
    | st.lists(st.sampled_from(["TI  - x", "AU  - ", "ER  - ", "TY  - JOUR", "PT J", "ER", "  y", "UR  - z", "\0"]))
)
def test_any_bytes(tmp_path: Path, data: bytes | list[str]) -> None:
    raw = data if isinstance(data, bytes) else "\n".join(data).encode()
    only_records_or_errors(lambda d: source(tmp_path, d).fetch(), raw)
    only_records_or_errors(lambda d: source(tmp_path, d).fetch(), b"TY  - JOUR\n" + raw + b"\nTI  - T\nER  - \n")


@pytest.mark.data
@pytest.mark.parametrize(("archive", "least"), [("ris_csv_asreview", 270), ("ris_rispy", 20)])
def test_real_exports(data_dir: Path, tmp_path: Path, archive: str, least: int) -> None:
    with tarfile.open(data_dir / "feeds" / f"{archive}.tar.gz") as packed:
        packed.extractall(tmp_path, filter="data")
    read = 0
    for path in sorted(p for p in tmp_path.rglob("*") if p.is_file()):
        named = tables.csv if path.suffix == ".csv" else ris.named
        fetched = check_source(named(str(path)), least=0)
        read += sum(isinstance(record, Document) for record in fetched)
        reasons = {record.reason for record in fetched if isinstance(record, BadRecord)}
        assert reasons <= {"no title"}, (path.name, reasons)
    assert read >= least
