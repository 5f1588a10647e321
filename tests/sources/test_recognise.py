"""What a file is by its content, and which source somebody means."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.errors import NotFoundError, UsageError
from broadsheet.sources.recognise import Kind, full_name, hint, kind_of, kind_of_file
from fuzzing import mutated

FILES: dict[str, bytes] = {
    "bibtex": b"% my library\n\n@article{roe, title={Owls, at noon}, author={Roe, Ada}}\n",
    "ris": b"\nTY  - JOUR\nTI  - Owls\nER  - \n",
    "nbib": b"\nPMID- 31000001\nOWN - NLM\nTI  - Owls.\n",
    "csv": b"id,title,authors\n1,Owls,Ada Roe\n",
    "jsonl": b'{"title": "Owls"}\n{"title": "Mice"}\n',
    "arxiv": b'<?xml version="1.0"?>\n<feed xmlns="http://www.w3.org/2005/Atom"><link href="http://arxiv.org/api/query?x"/></feed>',
    "feed": b'<!-- made -->\n<rss version="2.0"><channel><title>Owls</title></channel></rss>',
    "zotero": b'<rdf:RDF xmlns:z="http://www.zotero.org/namespaces/export#"><bib:Book rdf:about="#item_1"/></rdf:RDF>',
    "acl": b'<?xml version="1.0"?><collection id="2024.owls"><volume id="1"><paper id="1"/></volume></collection>',
    "openalex": json.dumps(
        {
            "meta": {},
            "results": [
                {"id": "https://openalex.org/W1", "title": "Owls", "authorships": [], "primary_location": None}
            ],
        }
    ).encode(),
    "hf": json.dumps([{"title": "Owls", "paper": {"id": "2401.00777", "upvotes": 1}}]).encode(),
    "openreview": json.dumps(
        {"notes": [{"id": "a", "forum": "a", "content": {"title": {"value": "Owls"}}}]}, indent=1
    ).encode(),
    "page": b"new\nGet trending papers in your email inbox once a day!\nSubscribe\nOwls\n\nThey sleep.\n",
}


@pytest.mark.parametrize("scheme", FILES)
@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_the_content_tells(scheme: str, codec: str) -> None:
    kind = kind_of(FILES[scheme])
    assert kind is not None
    assert kind.scheme == scheme
    assert kind_of(FILES[scheme].decode().replace("\n", "\r\n").encode(codec), "x.txt") == kind


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"PT\tAU\tTI\tID\nJ\tRoe\tOwls\tX\n", "a table of Web of Science"),
        (b"sep=;\nKey;Item Type;Title;Author\n", "a table of Zotero"),
        (b'{"data":[{"paperId":"a","externalIds":{},"title":"Owls"},{"paperId":"', "JSON of Semantic Scholar"),
        (b"%PDF-1.7", "a PDF"),
        (b"", "an empty file"),
        (b" \n", "an empty file"),
        (b"<!DOCTYPE html>\n<html><body>", "a web page"),
        (b'<rdf:RDF xmlns:z="http://www.zotero.org/namespaces/export#"><bib:Book', "Zotero's RDF"),
        (b'<rdf:RDF xmlns="http://purl.org/rss/1.0/"><channel', "RSS or Atom"),
        (b"FN Clarivate\nVR 1.0\nPT J\nTI Owls\nER\nEF", "Web of Science's tagged format"),
    ],
)
def test_a_kind_has_a_name(data: bytes, name: str) -> None:
    kind = kind_of(data)
    assert kind is not None
    assert kind.name.startswith(name)


def test_the_ending_decides_where_the_content_does_not() -> None:
    assert kind_of(b"nothing here", "refs.bib") == Kind("bibtex", "BibTeX")
    assert kind_of(b"nothing here", "refs.txt") is None
    both = b"TY  - JOUR\nTI  - @article{\n@article{roe, title={Owls}}\nER  - \n"
    assert kind_of(both, "x.bib") == Kind("bibtex", "BibTeX")
    assert kind_of(both, "x.md") == Kind("ris", "RIS")
    assert kind_of(FILES["ris"], "refs.bib") == Kind("ris", "RIS")


@given(st.binary(max_size=500) | st.sampled_from(sorted(FILES.values())).flatmap(mutated))
def test_any_bytes_are_of_some_kind_or_none(data: bytes) -> None:
    for name in ("", "x.bib", "x.json", "x.csv.gz"):
        kind = kind_of(data, name)
        assert kind is None or kind.name


@pytest.mark.parametrize(
    "piece", [b"{", b"[", b'{"a":', b"<", b"<!--", b"<!", b"@", b"title,", b'"', b" ", b"\n", b"PT J "]
)
def test_no_beginning_takes_long(piece: bytes) -> None:
    data = piece * (2**18 // len(piece))
    kind = kind_of(data, "x.md")
    assert kind is None or kind.name


def test_what_somebody_types_is_a_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "refs.txt").write_bytes(FILES["bibtex"])
    (tmp_path / "odd.bin").write_bytes(b"\x00\x01 odd")
    assert full_name("refs.txt") == "bibtex:refs.txt"
    assert full_name(f"{tmp_path}/refs.txt") == f"bibtex:{tmp_path}/refs.txt"
    assert full_name("csv:refs.txt") == "csv:refs.txt"
    assert full_name("cs.IR") == "arxiv:cs.IR"
    assert full_name("2401.00777") == "arxiv:2401.00777"
    assert full_name("https://arxiv.org/abs/2401.00777v2") == "arxiv:2401.00777"
    assert full_name("https://arxiv.org/list/cs.IR/recent") == "arxiv:cs.IR"
    assert full_name("https://owls.example/feed") == "feed:https://owls.example/feed"
    assert full_name("nothing") == "nothing"
    assert full_name("https://owls.example/oai/request") == "oai:https://owls.example/oai/request"
    assert full_name("https://owls.example/oai2d?page=1") == "feed:https://owls.example/oai2d?page=1"
    assert full_name("https://[owls/oai") == "feed:https://[owls/oai"
    request = "https://owls.example/cgi?verb=ListRecords&metadataPrefix=oai_dc&set=theses:2026"
    assert full_name(request) == "oai:https://owls.example/cgi#theses:2026"
    for typed in ("10.1145/3366423", "https://doi.org/10.1145/3366423", "DOI: 10.1145/3366423"):
        assert full_name(typed) == "crossref:10.1145/3366423"
    assert full_name("10.48550/arXiv.2401.00777") == "arxiv:10.48550/arXiv.2401.00777"
    assert full_name("refs.txt", files=False) == "refs.txt"
    with pytest.raises(UsageError, match=r"'odd\.bin' cannot be read: its content is of no known kind"):
        full_name("odd.bin")
    with pytest.raises(NotFoundError, match=r"Did you mean refs.txt"):
        full_name("refs.bib")


def test_a_hint_names_the_reader(tmp_path: Path) -> None:
    path = tmp_path / "refs.txt"
    path.write_bytes(FILES["bibtex"])
    assert hint(f"ris:{path}") == f"It looks like BibTeX: use bibtex:{path}."
    assert hint(f"bibtex:{path}") == ""
    path.write_bytes(b"%PDF-1.7")
    assert hint(f"ris:{path}") == "It looks like a PDF."
    path.write_bytes(b"")
    assert hint(f"ris:{path}") == "The file is empty."
    assert hint("arxiv:cs.IR") == hint("ris:-") == hint("ris:") == ""
    assert kind_of_file(tmp_path) is None
