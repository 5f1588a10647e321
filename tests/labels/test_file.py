"""The file of a memory: read as people write it, edited a row at a time, refused with the line where it is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from broadsheet.core.errors import NotFoundError, UsageError
from broadsheet.labels import file as module
from broadsheet.labels.file import Example, MemoryFile

CSV = """label,text,description,who
billing,,"questions about invoices, and payments",
billing,"why was I
charged twice",,Ada
card,my card was swallowed,,
card,my card was swallowed,,Bo
account,,,
"""


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_a_table_is_read_with_descriptions_examples_and_names(tmp_path: Path) -> None:
    contents = MemoryFile.read(written(tmp_path / "m.csv", CSV)).contents()
    assert contents.labels == ("account", "billing", "card")
    assert contents.examples == (
        Example("billing", "why was I charged twice"),
        Example("card", "my card was swallowed"),
    )
    assert contents.repeated == 1
    assert contents.meaning("billing") == "questions about invoices, and payments"
    assert contents.meaning("account") == "account"


@pytest.mark.parametrize(
    ("name", "meaning"), [("cash_withdrawal", "cash withdrawal"), ("12", ""), ("C3", ""), ("été", "été")]
)
def test_a_name_with_a_word_describes_its_label(tmp_path: Path, name: str, meaning: str) -> None:
    contents = MemoryFile.read(written(tmp_path / "m.csv", f"label,text\n{name},a text\n")).contents()
    assert contents.meaning(name) == meaning


def test_the_order_of_rows_says_nothing(tmp_path: Path) -> None:
    head, *rows = "label,text\na,1 one\nb,2 two\na,3 three\n".splitlines()
    one = MemoryFile.read(written(tmp_path / "m.csv", "\n".join([head, *rows]))).contents()
    other = MemoryFile.read(written(tmp_path / "n.csv", "\n".join([head, *reversed(rows)]))).contents()
    assert one == other


def test_the_same_memory_as_tsv_and_as_json_lines(tmp_path: Path) -> None:
    lines = [{"label": "a", "text": "one\ttwo"}, {"label": "a", "description": "what"}, {"label": 7, "text": "x"}]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    read = MemoryFile.read(written(tmp_path / "m.jsonl", text)).contents()
    table = MemoryFile.read(written(tmp_path / "m.tsv", "label\ttext\tdescription\na\tone two\na\t\twhat\n7\tx\n"))
    assert read == table.contents()
    assert read.labels == ("7", "a")


def test_rows_are_added_and_removed_and_all_others_stay(tmp_path: Path) -> None:
    path = written(tmp_path / "m.csv", CSV)
    file = MemoryFile.read(path)
    assert file.add("account", "I cannot  log in")
    assert not file.add("account", "I cannot log in")
    assert file.remove("my card was swallowed", label="billing") == 0
    assert file.remove("my card was swallowed") == 2
    file.save()
    again = MemoryFile.read(path)
    assert again.contents().examples == (
        Example("account", "I cannot log in"),
        Example("billing", "why was I charged twice"),
    )
    assert again.contents().labels == ("account", "billing")
    assert "Ada" in path.read_text()
    assert again.forget("billing") == 2
    assert again.contents().labels == ("account",)
    assert again.forget("billing") == 0


def test_a_description_takes_the_place_of_one(tmp_path: Path) -> None:
    path = written(tmp_path / "m.csv", "label,text,description\na,one,what it is\n")
    file = MemoryFile.read(path)
    assert file.describe("a", "what it was")
    assert not file.describe("a", "what it was")
    file.save()
    assert MemoryFile.read(path).contents().descriptions == {"a": "what it was"}
    assert file.remove("one") == 1
    assert file.contents().labels == ("a",)


@pytest.mark.parametrize("name", ["m.csv", "m.tsv", "m.jsonl"])
def test_a_new_file_is_made_in_each_form(tmp_path: Path, name: str) -> None:
    file = MemoryFile.read(tmp_path / name, new=True)
    file.add("a", 'a "quoted", text')
    file.describe("b", "=not a formula")
    file.save()
    assert MemoryFile.read(tmp_path / name).contents() == file.contents()


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("m.txt", "", "expected .csv"),
        ("m.csv", "", "line 1"),
        ("m.csv", "name,text\na,b\n", "line 1: is 'name,text'"),
        ("m.csv", "label,text,text\na,b,c\n", "each once"),
        ("m.csv", "label\na\n", "line 1"),
        ("m.csv", "label,text\na,one\n,two\n", "line 3: the label is ''"),
        ("m.csv", "label,text\na,one,two\n", "line 2: has 3 cells"),
        ("m.csv", 'label,text\na,"one\n', "Is a quote missing"),
        ("m.csv", f"label,text\n{'a' * 201},one\n", "expected 1 to 200"),
        ("m.csv", "label,text,description\na,,one\na,,two\n", "two descriptions"),
        ("m.jsonl", '{"label": "a"}\nno\n', "line 2: is 'no'"),
        ("m.jsonl", '{"label": "a", "text": ["x"]}\n', "line 1: text is a list"),
        ("m.jsonl", '{"text": "x"}\n', "line 1: the label"),
        ("m.jsonl", "[" * 100_000, "line 1"),
    ],
)
def test_what_is_not_a_memory_is_refused_by_its_line(tmp_path: Path, name: str, text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        MemoryFile.read(written(tmp_path / name, text)).contents()


def test_bytes_that_are_not_text_and_files_beyond_the_bounds_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "m.csv"
    path.write_bytes(b"label,text\na,one\nb,\xff\n")
    with pytest.raises(UsageError, match="line 3: is not UTF-8"):
        MemoryFile.read(path)
    for name, most, words in (("MOST_BYTES", 5, "larger than 5"), ("MOST_ROWS", 1, "line 3: .* at most 1 rows"),
                              ("LONGEST_TEXT", 2, "expected 1 to 2")):  # fmt: skip
        with monkeypatch.context() as patched:
            patched.setattr(module, name, most)
            with pytest.raises(UsageError, match=words):
                MemoryFile.read(written(path, "label,text\na,one\nb,two\n"))
    monkeypatch.setattr(module, "MOST_LABELS", 1)
    with pytest.raises(UsageError, match="2 labels"):
        MemoryFile.read(path).contents()


def test_a_full_memory_takes_no_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = MemoryFile.read(written(tmp_path / "m.csv", "label,text\na,one\n"))
    monkeypatch.setattr(module, "MOST_ROWS", 1)
    with pytest.raises(UsageError, match="Remove some"):
        file.add("a", "two")
    for label, text in (("", "x"), ("a", " ")):
        with pytest.raises(UsageError, match="expected 1 to"):
            file.add(label, text)


def test_a_file_that_is_not_there_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="--add LABEL TEXT"):
        MemoryFile.read(tmp_path / "m.csv")
    (tmp_path / "d.csv").mkdir()
    with pytest.raises(NotFoundError, match="not a file"):
        MemoryFile.read(tmp_path / "d.csv", new=True)
