"""Entries of BibTeX: parsed alone in one pass, completed by what they refer to."""

from __future__ import annotations

import time

import bibtexparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.types import BadRecord
from broadsheet.sources.entries import Entry, entries

PARENT = (
    "@collection{hand, title={Handbook of Ponds}, subtitle={Methods}, editor={Lee, Bo}, date={2019}, publisher={Reed}}"
)


def whole(text: str) -> list[Entry]:
    read = list(entries(text, "refs.bib"))
    assert not any(isinstance(entry, BadRecord) for entry in read), read
    return [entry for entry in read if not isinstance(entry, BadRecord)]


def by_key(text: str) -> dict[str, Entry]:
    return {entry["ID"]: entry for entry in whole(text)}


def test_xdata_completes_entries_and_is_not_one() -> None:
    text = """@xdata{press, publisher={Reed Press}, location={Pond}, xdata={more}}
    @xdata{more, date={2018-05}}
    @book{a, title={Reeds}, xdata={press}}
    @book{b, title={Ponds}, xdata={none, press}, publisher={Own}}"""
    read = by_key(text)
    assert list(read) == ["a", "b"]
    assert (read["a"]["publisher"], read["a"]["location"], read["a"]["date"]) == ("Reed Press", "Pond", "2018-05")
    assert (read["b"]["publisher"], read["b"]["location"]) == ("Own", "Pond")


def test_a_crossref_gives_the_title_of_the_book_and_what_is_missing() -> None:
    read = by_key(f"@incollection{{kid, title={{Fish}}, crossref={{HAND}}, publisher={{}}}}\n{PARENT}")
    kid = read["kid"]
    assert (kid["title"], kid["booktitle"], kid["booksubtitle"]) == ("Fish", "Handbook of Ponds", "Methods")
    assert (kid["editor"], kid["date"], kid["publisher"]) == ("Lee, Bo", "2019", "Reed")
    assert "booktitle" not in read["hand"]


def test_a_child_never_gets_what_identifies_its_parent() -> None:
    parent = "@proceedings{p, title={Pond Days}, doi={10.1234/p}, eprint={2401.00001}, url={https://doi.org/10.1234/p}}"
    kid = by_key(f"@inproceedings{{k, title={{Fish}}, crossref={{p}}}}\n{parent}")["k"]
    assert not {"doi", "eprint", "url"}.intersection(kid)


def test_a_crossref_of_an_article_and_of_a_volume() -> None:
    text = "@article{a, title={Fish}, crossref={p}}\n@periodical{p, title={Pond Letters}, volume={3}}\n"
    text += "@book{b, title={Volume Two}, crossref={m}}\n@mvbook{m, title={All Ponds}}"
    read = by_key(text)
    assert (read["a"]["journaltitle"], read["a"]["volume"]) == ("Pond Letters", "3")
    assert (read["b"]["title"], read["b"]["maintitle"]) == ("Volume Two", "All Ponds")


@pytest.mark.parametrize(
    "text",
    [
        "@xdata{a, xdata={b}}@misc{x, title={X}}",
        "@xdata{a, xdata={b}}\n@xdata{b, xdata={a}, note={n}}\n@misc{x, title={X}, xdata={a}}",
        "@book{x, title={X}, crossref={x}}",
        "@book{x, title={X}, crossref={y}}\n@book{y, title={Y}, crossref={x}}",
        "@book{x, title={X}, crossref={nothing}, xdata={, ,}}",
    ],
)
def test_cycles_and_missing_entries_do_no_harm(text: str) -> None:
    assert "x" in by_key(text.replace("@misc{x", "\n@misc{x"))


def test_many_entries_that_refer_to_one_another_take_no_time() -> None:
    chain = "".join(
        f"@xdata{{x{i}, note={{n}}, xdata={{{','.join(f'x{j}' for j in range(i + 1, i + 20))}}}}}\n" for i in range(900)
    )
    text = chain + "".join(f"@misc{{m{i}, title={{T}}, xdata={{x{i}}}}}\n" for i in range(900))
    begun = time.perf_counter()
    assert len(whole(text)) == 900
    assert time.perf_counter() - begun < 5


def test_twins_in_one_entry_and_order_of_fields() -> None:
    [entry] = whole("@misc{a, note={first}, title={T}, note={second},, }")
    assert (entry["note"], [key for key in entry if key.islower()]) == ("first", ["note", "title"])


def test_fields_that_are_commented_out() -> None:
    [entry] = whole("@misc{a, % of the pond\n  title = {100% Reeds},\n  % title = {Old},\n  year = 2020 }")
    assert (entry["title"], entry["year"]) == ("100% Reeds", "2020")


def test_an_entry_may_lack_its_key() -> None:
    assert [entry["title"] for entry in whole("@misc{title={T}}\n@misc{, title={U}}")] == ["T", "U"]


value = st.text(st.sampled_from('abc {}"#,=\\@é\n'), max_size=12).filter(
    lambda text: (
        text.count("{") == text.count("}") and all(text[:i].count("{") >= text[:i].count("}") for i in range(13))
    )
)


@given(
    st.lists(st.tuples(st.from_regex(r"[a-z]{1,6}", fullmatch=True), value), min_size=1, unique_by=lambda pair: pair[0])
)
def test_what_is_in_braces_is_the_value(pairs: list[tuple[str, str]]) -> None:
    [entry] = whole("@misc{key,\n" + ",\n".join(f"{name} = {{{text}}}" for name, text in pairs) + "\n}")
    for name, text in pairs:
        if text != "{}" and "\n" not in text:
            assert entry[name] == text


@given(st.text(alphabet='@{}()",=# \nab1', max_size=60))
def test_any_text_gives_entries_or_bad_records(text: str) -> None:
    for read in entries("@misc{k, title = {" + text + "}}\n@misc{l, title = {L}}", "refs.bib"):
        assert isinstance(read, BadRecord) or read["ENTRYTYPE"]


def test_what_is_read_is_what_another_parser_reads() -> None:
    text = '@string{pl = "Pond " # {Letters}}\n@article{a:1, title = {A {B} "c"},'
    text += 'journal = pl # ", B", year = 2001, month = feb}\n'
    text += '@Book(b_2, TITLE = "Say {"}hello{"}", note = {two\n  lines})'
    others = bibtexparser.loads(text, bibtexparser.bparser.BibTexParser(common_strings=True)).entries
    for entry, other in zip(whole(text), others, strict=True):
        assert {key: text for key, text in entry.items() if key != "LINE"} == other
