"""Which sources an instance follows, asked for on the machine itself or from afar."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from broadsheet.collection import Collection
from broadsheet.core.errors import NotFoundError, UsageError
from broadsheet.sources import biorxiv, crossref, oai, pubmed
from broadsheet.upkeep import sources
from plugin_kit import plug_in
from site_kit import NOW, made


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path / "c", (), synced=False) as collection:
        yield collection


def _names(collection: Collection) -> list[str]:
    return [each.name for each in collection.store.journal.sources()]


def test_a_source_is_followed_once_and_no_longer(collection: Collection) -> None:
    assert sources.follow(collection.store, "arxiv:cs.IR", now=NOW)
    assert not sources.follow(collection.store, "arxiv:cs.IR", now=NOW)
    assert sources.follow(collection.store, "hf:daily", now=NOW, afar=True)
    assert _names(collection) == ["arxiv:cs.IR", "hf:daily"]
    with pytest.raises(NotFoundError, match="Did you mean hf:daily"):
        sources.unfollow(collection.store, "hf:dialy")
    sources.unfollow(collection.store, "hf:daily")
    assert _names(collection) == ["arxiv:cs.IR"]


@pytest.mark.parametrize("afar", [False, True])
def test_what_is_no_source_is_not_followed(collection: Collection, afar: bool) -> None:
    for name in ("", "arxiv", "nosuch:x", "arxiv:NOT.A.CATEGORY"):
        with pytest.raises(UsageError):
            sources.follow(collection.store, name, now=NOW, afar=afar)
    assert _names(collection) == []


@pytest.mark.parametrize(
    "kind", ["jsonl", "csv", "bibtex", "ris", "page", "arxiv", "hf", "feed", "openalex", "openreview", "acl"]
)
def test_files_are_followed_on_the_machine_alone(collection: Collection, tmp_path: Path, kind: str) -> None:
    (tmp_path / "saved.xml").write_text("<feed/>")
    name = f"{kind}:{tmp_path / 'saved.xml'}"
    with pytest.raises(UsageError, match="reads files of the server"):
        sources.follow(collection.store, name, now=NOW, afar=True)
    assert _names(collection) == []
    assert sources.follow(collection.store, name, now=NOW)


def test_a_file_that_is_not_there_is_refused_in_the_same_words(collection: Collection, tmp_path: Path) -> None:
    (tmp_path / "here.bib").write_text("")
    said = []
    for name in ("here", "gone"):
        with pytest.raises(UsageError) as caught:
            sources.follow(collection.store, f"bibtex:{tmp_path}/{name}.bib", now=NOW, afar=True)
        said.append(str(caught.value).replace(f"{name}.bib", "*"))
    assert said[0] == said[1]


def test_a_plug_in_is_followed_from_afar_as_on_the_machine(
    collection: Collection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    plug_in(monkeypatch)
    assert sources.follow(collection.store, "strange:tides", now=NOW, afar=True)
    assert sources.follow(collection.store, "strange:herbs", now=NOW)
    with pytest.raises(UsageError, match="reads files of the server"):
        sources.follow(collection.store, f"strange:{tmp_path}", now=NOW, afar=True)
    plug_in(monkeypatch, live=False)
    with pytest.raises(UsageError, match="reads files of the server"):
        sources.follow(collection.store, "strange:other", now=NOW, afar=True)
    assert _names(collection) == ["strange:herbs", "strange:tides"]


def test_a_file_is_followed_by_its_whole_path(
    collection: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "refs.bib").write_text("@article{roe, title={Owls}}")
    monkeypatch.chdir(tmp_path / "home")
    whole = f"bibtex:{tmp_path / 'home' / 'refs.bib'}"
    assert sources.follow(collection.store, "refs.bib", now=NOW) == whole
    assert not sources.follow(collection.store, "bibtex:refs.bib", now=NOW)
    assert not sources.follow(collection.store, whole, now=NOW)
    assert _names(collection) == [whole]
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NotFoundError, match=r"Did you mean bibtex:refs\.bib"):
        sources.unfollow(collection.store, "bibtex:ref.bib")
    sources.unfollow(collection.store, "bibtex:refs.bib")  # as it is shown
    assert _names(collection) == []


def test_what_an_older_version_follows_stays_until_it_is_added_again(
    collection: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "refs.bib").write_text("@article{roe, title={Owls}}")
    monkeypatch.chdir(tmp_path)
    collection.store.journal.add_source("bibtex:refs.bib", now=NOW)
    assert sources.follow(collection.store, "bibtex:refs.bib", now=NOW) == f"bibtex:{tmp_path / 'refs.bib'}"
    assert _names(collection) == [f"bibtex:{tmp_path / 'refs.bib'}"]
    collection.store.journal.add_source("csv:old.csv", now=NOW)
    sources.unfollow(collection.store, "csv:old.csv")
    sources.unfollow(collection.store, "refs.bib")
    assert _names(collection) == []


def test_standard_input_is_not_followed(collection: Collection) -> None:
    with pytest.raises(UsageError, match="standard input is read once"):
        sources.follow(collection.store, "jsonl:-", now=NOW)
    with pytest.raises(UsageError):
        sources.follow(collection.store, "-", now=NOW)


def test_from_afar_no_file_is_looked_at(
    collection: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "refs.bib").write_text("@article{roe, title={Owls}}")
    monkeypatch.chdir(tmp_path)
    messages = set()
    for name in ("refs.bib", "gone.bib"):
        with pytest.raises(UsageError) as caught:
            sources.follow(collection.store, name, now=NOW, afar=True)
        messages.add(str(caught.value).replace(name, "*"))
    assert len(messages) == 1
    assert sources.follow(collection.store, "cs.IR", now=NOW, afar=True) == "arxiv:cs.IR"


@pytest.mark.parametrize(
    ("name", "factory"),
    [
        ("oai:https://owls.example/oai#theses", oai.named),
        ("crossref:issn=1234-567X", crossref.named),
        ("crossref:10.1145/3366423", crossref.named),
        ("pubmed:owls[ti] AND sleep", pubmed.named),
        ("biorxiv:cell biology", biorxiv.biorxiv),
        ("medrxiv:all", biorxiv.medrxiv),
    ],
)
def test_services_on_the_net_are_followed_from_afar(
    collection: Collection, monkeypatch: pytest.MonkeyPatch, name: str, factory: Any
) -> None:
    monkeypatch.setattr(sources.names, "source", lambda given: factory(given.partition(":")[2]))
    assert sources.follow(collection.store, name, now=NOW, afar=True) == name
