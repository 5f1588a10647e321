"""BibTeX as people really keep it: one broken entry costs itself alone."""

from __future__ import annotations

import gzip
import json
import tarfile
from datetime import date
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.core.text import plain
from broadsheet.core.types import BadRecord, Document
from broadsheet.sources import bibtex
from broadsheet.testing import check_source
from fuzzing import only_records_or_errors


def source(folder: Path, text: str | bytes, name: str = "refs.bib") -> bibtex.FileSource:
    (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return bibtex.named(str(folder / name))


def one(folder: Path, text: str) -> Document:
    [document] = check_source(source(folder, text))
    assert isinstance(document, Document), document
    return document


def test_an_entry_with_everything(tmp_path: Path) -> None:
    made = one(
        tmp_path,
        r"""
        A comment without any mark.
        @comment{not me}
        @string{fl = "Flock " # "Letters"}
        @article{roe:sheep 2021,
          title = {Counting {Sheep} by Their $ k $-Shadows \& More},
          author = {Roe, Ada and Lee, Jr, Bo and {Flock and Sons, Inc.} AND Andr{\'e} von der M{\"u}hle and others},
          abstract = "We count {sheep} at 5\%.",
          journal = fl, year = 2021, month = mar, volume = 3,
          keywords = {wool; shadows}, doi = {https://doi.org/10.1000/Sheep\_1},
          eprint = {2101.00001v2}, archivePrefix = {arXiv}, primaryClass = {cs.CL},
          url = {\url{https://flock.example/a_b}},
        }""",
    )
    assert (made.id, made.aliases, made.version) == ("2101.00001", ("10.1000/sheep_1",), 2)
    assert made.title == r"Counting {Sheep} by Their $ k $-Shadows \& More"
    assert made.shown_title == "Counting Sheep by Their k-Shadows & More"
    assert made.authors == ("Ada Roe", "Bo Lee Jr", "Flock and Sons, Inc.", "André von der Mühle")
    assert made.shown_text == "We count sheep at 5%."
    assert (made.venue, made.year, made.keywords, made.categories) == (
        "Flock Letters", 2021, ("wool", "shadows"), ("cs.CL",),
    )  # fmt: skip
    assert made.links == {"abstract": "https://flock.example/a_b", "pdf": "https://arxiv.org/pdf/2101.00001"}
    assert made.extra["citation_key"] == "roe:sheep 2021"
    assert (made.extra["entry_type"], made.extra["month"], made.extra["volume"]) == ("article", "March", "3")


def test_keys_are_no_identifiers(tmp_path: Path) -> None:
    text = "title = {Sheep}, author = {Roe, Ada}}"
    first, second = one(tmp_path, "@misc{a, " + text), one(tmp_path, "@misc{b, " + text)
    assert first.id == second.id
    assert first.id.startswith("title:")


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ("eprint = {hep-th/9901001}, eprinttype = {arxiv}", "hep-th/9901001"),
        ("eprint = {2101.00001}", "2101.00001"),
        ("eprint = {1234567}, eprinttype = {pubmed}, doi = {10.1000/x}", "10.1000/x"),
        ("journal = {x}, url = {https://arxiv.org/abs/2101.00001v3}", "2101.00001"),
        ("doi = {10.48550/arXiv.2101.00001}", "2101.00001"),
    ],
)
def test_identity(tmp_path: Path, fields: str, name: str) -> None:
    assert one(tmp_path, "@misc{k, title = {Sheep}, " + fields + "}").id == name


def test_dates_of_biblatex(tmp_path: Path) -> None:
    made = one(tmp_path, "@online{k, title = {Sheep}, date = {2021-3-4}, urldate = {2022-01-01}}")
    assert made.submitted == date(2021, 3, 4)
    made = one(tmp_path, "@online{k, title = {Sheep}, date = {2021-03}}")
    assert (made.submitted, made.year, made.extra["date"]) == (None, 2021, "2021-03")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("H$_2$O and CO$_{2}$", "H2O and CO2"),
        (r"10$^{-3}$ of M$_\odot$ where $x_i$", "10^(-3) of M⊙ where x_i"),
    ],
)
def test_a_lowered_number_stays_in_its_word(typed: str, shown: str, tmp_path: Path) -> None:
    assert one(tmp_path, f"@misc{{k, title = {{{typed}}}}}").shown_title == shown


def test_crossref_gives_what_is_missing(tmp_path: Path) -> None:
    text = (
        "@inproceedings{child, title = {Sheep}, crossref = {Parent}, publisher = {Own}}\n"
        "@proceedings{parent, title = {Proc. of Flocks}, year = 2020, publisher = {Other}}"
    )
    child = check_source(source(tmp_path, text))[0]
    assert isinstance(child, Document)
    assert (child.venue, child.year, child.extra["publisher"]) == ("Proc. of Flocks", 2020, "Own")


def entries(count: int) -> list[str]:
    return [f"@article{{k{i},\n  title = {{Sheep number {i}}},\n  year = {2000 + i % 20}\n}}" for i in range(count)]


def test_one_broken_entry_among_five_hundred(tmp_path: Path) -> None:
    broken = "@article{broken,\n  title = {Never closed,\n  year = 2000\n"
    fetched = list(source(tmp_path, "\n\n".join([*entries(250), broken, *entries(249)])).fetch())
    bad = [record for record in fetched if isinstance(record, BadRecord)]
    assert [(record.where, record.raw[:16]) for record in bad] == [("refs.bib:1251", "@article{broken,")]
    assert len(fetched) == 500


def test_every_way_to_break_an_entry_costs_that_entry(tmp_path: Path) -> None:
    for broken in (
        "@article{k250,\n  title = {Never closed,\n  year = 2000\n",
        "@article{k250,\n  title = {No comma}\n  year = {2000}\n}",
        '@article{k250,\n  title = "Open quote,\n  year = 2000\n}',
        "@article{k250,\n  title = {One brace} too many},\n  year = 2000\n}}",
        "@article{k250",
        "@article{k250, title = " + "{" * 3000 + "x" + "}" * 3000 + "}",
    ):
        fetched = list(source(tmp_path, "\n\n".join([*entries(9), broken, *entries(9)])).fetch())
        bad = [record for record in fetched if isinstance(record, BadRecord)]
        assert [record.where for record in bad] == ["refs.bib:46"]
        assert bad[0].raw.startswith("@article{k250")
        assert len(fetched) == 19


def test_an_at_sign_at_the_start_of_a_line_in_a_field(tmp_path: Path) -> None:
    made = one(tmp_path, "@misc{k,\n title = {Sheep},\n abstract = {Write to\n@roe{x} or\n@lee{y}.},\n year = 2020\n}")
    assert made.year == 2020


def test_undefined_strings_stand_for_themselves(tmp_path: Path) -> None:
    made = one(tmp_path, "@article{k, title = {Sheep}, journal = tods, month = xyz}")
    assert (made.venue, made.extra["month"]) == ("tods", "xyz")


def test_strange_keys_and_brackets(tmp_path: Path) -> None:
    text = "@article{, title = {A}}\n@article(k2, title = {B})\n@Article { müller 99 , title={C}}\n@book{k4,title={D},}"
    fetched = check_source(source(tmp_path, text), least=4)
    assert [record.title for record in fetched if isinstance(record, Document)] == ["A", "B", "C", "D"]


def test_invalid_utf8_costs_its_entry(tmp_path: Path) -> None:
    fetched = check_source(source(tmp_path, b"@misc{a, title={caf\x81}}\n@misc{b, title={B}}"))
    assert [type(record) for record in fetched] == [BadRecord, Document]
    assert "neither UTF-8 nor windows-1252" in fetched[0].reason  # type: ignore[union-attr]


def test_an_entry_in_the_encoding_of_windows_says_how_it_was_read(tmp_path: Path) -> None:
    fetched = check_source(source(tmp_path, b"@misc{a, title={caf\xe9}}\n@misc{b, title={\xc3\x9cber}}"))
    assert [record.title for record in fetched if isinstance(record, Document)] == ["café", "Über"]
    assert fetched[0].extra["encoding"] == "read as windows-1252, because it is not UTF-8"  # type: ignore[union-attr]
    assert "encoding" not in fetched[1].extra  # type: ignore[union-attr]


def test_no_entries_at_all(tmp_path: Path) -> None:
    assert check_source(source(tmp_path, "% only a comment\n@preamble{x}"), least=0) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=120) | st.text(alphabet='@{}()",=# \n\\ab1$%', max_size=80).map(str.encode))
def test_any_bytes(tmp_path: Path, data: bytes) -> None:
    only_records_or_errors(lambda d: source(tmp_path, d).fetch(), data)
    only_records_or_errors(
        lambda d: source(tmp_path, d).fetch(), b"@misc{k, title = {" + data + b"}}\n@misc{l, title = {L}}"
    )


@pytest.mark.data
def test_a_real_library(data_dir: Path, tmp_path: Path) -> None:
    text = gzip.decompress((data_dir / "feeds" / "papers.bib.gz").read_bytes()).decode()
    head = text[: text.index("@", 40_000)]
    fetched = check_source(source(tmp_path, head), least=100)
    bad = [record for record in fetched if isinstance(record, BadRecord)]
    assert {record.reason for record in bad} <= {"no title"}
    assert len(bad) * 50 < len(fetched)
    assert not any(set("{}\\$") & set(record.shown_title) for record in fetched if isinstance(record, Document))


@pytest.mark.data
def test_titles_and_authors_as_their_publishers_list_them(data_dir: Path, tmp_path: Path) -> None:
    with gzip.open(data_dir / "feeds" / "bibtex_records.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in islice(file, 0, None, 12)]
    fetched = list(source(tmp_path, "\n\n".join(row["bibtex"] for row in rows)).fetch())
    assert len(fetched) == len(rows)
    pairs = [(row, record) for row, record in zip(rows, fetched, strict=True) if isinstance(record, Document)]
    assert len(pairs) >= 0.99 * len(rows)  # some abstracts were cut off before they were collected
    titles = sum(plain(row["title"]) == plain(made.shown_title) for row, made in pairs)
    surnames = sum(
        [plain(name).split()[-1:] for name in row["author"].split(";")]
        == [plain(name).split()[-1:] for name in made.authors]
        for row, made in pairs
    )
    assert titles >= 0.98 * len(pairs)
    assert surnames >= 0.95 * len(pairs)


@pytest.mark.data
def test_hard_cases_of_biber(data_dir: Path, tmp_path: Path) -> None:
    with tarfile.open(data_dir / "feeds" / "bib_biber_tests.tar.gz") as archive:
        archive.extractall(tmp_path, filter="data")
    files = sorted(tmp_path.rglob("*.bib"))
    read = 0
    for path in files:
        read += sum(isinstance(record, Document) for record in bibtex.named(str(path)).fetch())
    assert len(files) == 50
    assert read >= 450


def test_strings_made_of_strings_do_not_grow_without_end(tmp_path: Path) -> None:
    doubled = "".join(f"@string{{s{i + 1} = s{i} # s{i}}}\n" for i in range(40))
    text = f'@string{{s0 = "0123456789abcdef"}}\n{doubled}@article{{k, title = {{Tides}}, note = s40}}\n'
    [*refused, last] = source(tmp_path, text).fetch()
    assert isinstance(refused[0], BadRecord)
    assert "a string has 2,048 characters" in refused[0].reason
    assert isinstance(last, Document)
    assert last.title == "Tides"


def test_an_entry_does_not_grow_by_what_it_joins(tmp_path: Path) -> None:
    long = f'@string{{s = "{"x" * 1_000}"}}\n'
    [joined] = source(tmp_path, f"{long}@article{{k, title = {{Tides}}, note = {' # '.join(['s'] * 5_000)}}}").fetch()
    [told] = source(
        tmp_path, f"{long}@article{{k, title = {{Tides}}, {','.join(f'f{i}=s' for i in range(500))}}}"
    ).fetch()
    assert isinstance(joined, BadRecord)
    assert isinstance(told, BadRecord)
    assert "strings" in joined.reason
    assert "strings" in told.reason


def test_a_string_of_what_nobody_defined_is_its_name(tmp_path: Path) -> None:
    made = one(
        tmp_path, '@string{j = lost # " Letters"}\n@string{j = j # "!"}\n@article{k, title={T and U}, journal = j}'
    )
    assert made.venue == "lost Letters!"
