import gzip
from datetime import date

import pytest

from broadsheet.core.errors import NotFoundError, SourceError, UsageError
from broadsheet.core.types import BadRecord, Document
from broadsheet.sources import acl, arxiv, hf, openalex, openreview
from broadsheet.sources.files import made
from broadsheet.sources.payload import PayloadSource, from_files, is_file, parsed, shown_names, without_folders
from fakeclient import FakeClient

LIVE = [
    (hf, "daily"),
    (hf, "2026-01-05"),
    (arxiv, "cs.IR"),
    (arxiv, "2401.12345"),
    (openreview, "ICLR.cc/2026/Conference"),
    (acl, "2020.acl"),
    (openalex, "filter=type:article"),
]


@pytest.mark.parametrize(("module", "rest"), LIVE)
def test_without_network_a_live_source_is_one_clear_line(module, rest):
    with pytest.raises(SourceError, match="is unknown") as caught:
        list(module.named(rest, client=FakeClient({})).fetch())
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("module", "rest"), [(m, "nothing like it!") for m in (hf, arxiv, openreview, acl, openalex)])
def test_an_unknown_name_says_what_would_be_known(module, rest):
    with pytest.raises(UsageError, match="expected") as caught:
        module.named(rest)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("module", [hf, arxiv, openreview, acl, openalex])
def test_a_missing_file_and_one_that_is_none_of_it(module, tmp_path):
    ending = ".xml" if module in (arxiv, acl) else ".json"
    with pytest.raises(NotFoundError):
        list(module.named(str(tmp_path / f"none{ending}")).fetch())
    for number, data in enumerate([b"", b"<html><body>no", b'{"a": ', b"[" * 100_000, b"\xff\xfe\x00", b"null", b"3"]):
        file = tmp_path / f"{number}{ending}"
        file.write_bytes(data)
        with pytest.raises(SourceError) as caught:
            list(module.named(str(file)).fetch())
        assert "\n" not in str(caught.value)


def test_since_leaves_out_what_is_older_and_keeps_what_has_no_date():
    def read(since):
        yield Document(id="old", title="T", listed=date(2026, 1, 1))
        yield Document(id="new", title="T", listed=date(2026, 1, 5))
        yield Document(id="none", title="T")
        yield BadRecord("x", "y")

    got = list(PayloadSource("kind:x", read).fetch(date(2026, 1, 5)))
    assert [getattr(r, "id", "bad") for r in got] == ["new", "none", "bad"]
    assert got[0].source == "kind:x"


def test_endless_sources_end(monkeypatch):
    monkeypatch.setattr("broadsheet.sources.payload.MOST_RECORDS", 3)
    with pytest.raises(SourceError, match="more than 3 records"):
        list(PayloadSource("kind:x", lambda _: iter([BadRecord("a", "b")] * 4)).fetch())


def test_files_are_unpacked_and_one_broken_file_in_a_folder_is_a_bad_record(tmp_path):
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(b"one"))
    (tmp_path / "b.json").write_bytes(b"two")
    (tmp_path / "c.json.gz").write_bytes(gzip.compress(b"three" * 1000)[:-9])
    (tmp_path / "d.txt").write_bytes(b"four")

    def read(data, where):
        return [Document(id=where, title=data.decode())]

    got = list(from_files(tmp_path, read, ".json", ".json.gz"))
    assert [r.title for r in got[:2]] == ["one", "two"]
    assert got[2].title.startswith("threethree"), "what came before the break is kept"
    assert [r.where for r in got[3:]] == ["c.json.gz"]
    with pytest.raises(SourceError):
        list(from_files(tmp_path / "c.json.gz", read))
    with pytest.raises(SourceError, match=r"no file that ends in \.xml"):
        list(from_files(tmp_path, read, ".xml"))


def test_json_that_cannot_be_read_and_rows_that_cannot_be_kept():
    for data in (b"", b"\xff", b"[" * 200_000, b"1" * 5000):
        with pytest.raises(SourceError):
            parsed(data, "here")

    def make(row):
        raise ValueError("no\ntitle")

    assert made(make, {"a": "ü"}, "w") == BadRecord("w", "no title", '{"a": "ü"}')
    assert made(make, object(), "w").raw == "object"


@pytest.mark.parametrize(
    ("name", "shown", "file"),
    [
        ("jsonl:/srv/secret/papers.jsonl.gz", "jsonl:papers.jsonl.gz", True),
        ("hf:/srv/hf/2026-01-05.json.gz", "hf:2026-01-05.json.gz", True),
        ("bibtex:refs/mine.bib", "bibtex:mine.bib", True),
        ("arxiv:cs.IR", "arxiv:cs.IR", False),
        ("arxiv:hep-th/9901001", "arxiv:hep-th/9901001", False),
        ("feed:https://example.org/a/b.xml", "feed:https://example.org/a/b.xml", False),
        ("openreview:ICLR.cc/2026/Conference", "openreview:ICLR.cc/2026/Conference", False),
        ("oai:https://example.org/oai.xml#a:b", "oai:https://example.org/oai.xml#a:b", False),
        ("crossref:10.1145/3366423", "crossref:10.1145/3366423", False),
        ("library:thesis", "library:thesis", False),
    ],
)
def test_readers_learn_a_file_but_not_its_folders(name, shown, file):
    assert without_folders(name) == shown
    assert is_file(name) is file


def test_names_are_shown_short_where_one_alone_is_called_so() -> None:
    names = [
        "bibtex:/a/refs.bib",
        "csv:/a/x.csv",
        "csv:/b/x.csv",
        "csv:c/y.csv",
        "feed:https://a.example",
        "hf:daily",
    ]
    assert list(shown_names(names).values()) == [
        "bibtex:refs.bib", "csv:/a/x.csv", "csv:/b/x.csv", "csv:c/y.csv", "feed:https://a.example", "hf:daily",
    ]  # fmt: skip
