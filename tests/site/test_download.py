"""Any list in any form: what it is called, where it is, and how it leads on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.requests import Request

from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.core.errors import NotFoundError
from broadsheet.exports.formats import FORMATS
from broadsheet.server import create_app
from broadsheet.site.context import Site
from broadsheet.site.download import form_of, list_response, media, with_own_days
from site_kit import NOW, PAPERS, made


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path / "c", PAPERS) as collection:
        yield collection


@pytest.fixture
def site(collection: Collection) -> Site:
    return Site(collection, Settings(), lambda: NOW)


@pytest.fixture
def asked(collection: Collection) -> Request:
    app = create_app(collection, Settings(), now=lambda: NOW)
    return Request({
        "type": "http", "method": "GET", "scheme": "http", "path": "/lists/7.bib", "query_string": b"limit=2&tag=a",
        "headers": [(b"host", b"localhost")], "server": ("localhost", 80), "app": app,
    })  # fmt: skip


def test_an_unknown_form_names_the_known_ones() -> None:
    with pytest.raises(NotFoundError, match=r".xml. is not a known format\. .*atom"):
        form_of("xml")
    assert {form_of(name) for name in FORMATS} == set(FORMATS.values())


def test_every_form_is_described() -> None:
    described = media()
    assert set(described) == {200, 304}
    assert set(described[200]["content"]) == {form.media.partition(";")[0] for form in FORMATS.values()}


@pytest.mark.parametrize(
    ("title", "file"),
    [
        ("Saved by Ada", "saved-by-ada.bib"),
        ("Käfer & Blätter: 2026", "kafer-blatter-2026.bib"),
        ("../../etc/passwd\r\nx: y", "etc-passwd-x-y.bib"),
        ("本", "papers.bib"),
        ("x" * 300, f"{'x' * 60}.bib"),
    ],
)
def test_a_file_is_called_after_its_list_in_plain_letters(site: Site, asked: Request, title: str, file: str) -> None:
    answer = list_response(asked, site, "bib", title=title, page="/lists/7", papers=with_own_days(PAPERS[:1]))
    assert answer.headers["content-disposition"] == f'attachment; filename="{file}"'


@pytest.mark.parametrize("form", [name for name, form in FORMATS.items() if form.feed])
def test_a_feed_is_read_where_it_is(site: Site, asked: Request, form: str) -> None:
    answer = list_response(asked, site, form, title="Saved", page="/lists/7", papers=with_own_days(PAPERS[:1]))
    assert "content-disposition" not in answer.headers
    assert answer.headers["content-type"] == FORMATS[form].media


def test_a_list_that_goes_on_leads_on(site: Site, asked: Request) -> None:
    answer = list_response(
        asked, site, "bib", title="Saved", page="/lists/7", papers=with_own_days(PAPERS[:2]), next_offset=2
    )
    assert answer.headers["link"] == '<http://localhost/lists/7.bib?limit=2&tag=a&offset=2>; rel="next"'
    whole = list_response(asked, site, "bib", title="Saved", page="/lists/7", papers=with_own_days(PAPERS[:2]))
    assert "link" not in whole.headers


def test_a_list_has_one_lasting_id_in_all_its_parts(site: Site, asked: Request) -> None:
    def id_at(query: bytes, name: str = "") -> str:
        request = Request({**asked.scope, "path": "/lists/7.atom", "query_string": query})
        body = list_response(request, site, "atom", title="Saved", page="/lists/7", papers=[], name=name).body
        found = re.search(rb"<id>([^<]+)</id>", bytes(body))
        assert found
        return found[1].decode()

    assert id_at(b"tag=a") == id_at(b"tag=a&offset=20&limit=5") != id_at(b"tag=b")
    assert "lists/7" in id_at(b"tag=a")
    assert "lists/7" not in id_at(b"tag=a", "saved"), "a secret address is not told"


def test_votes_of_readers_here_count(site: Site, asked: Request) -> None:
    store = site.collection.store
    ada = store.people.add("ada@example.org", "reader", now=NOW)
    store.reactions.mark("votes", ada.number, list(store.papers.numbers(["2401.00001"]).values()), now=NOW)
    answer = list_response(asked, site, "json", title="Saved", page="/lists/7", papers=with_own_days(PAPERS[:1]))
    assert b'"votes":13' in answer.body.replace(b" ", b"")
