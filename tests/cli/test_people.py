"""The commands about people: who may come in, as what, and the keys of programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from broadsheet.cli import people as commands
from broadsheet.cli.app import run
from broadsheet.collection import Collection, open_collection
from broadsheet.core.types import Document
from broadsheet.people import links, signin
from door_kit import usage
from site_kit import Given

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "c"
    folder.mkdir()
    (folder / "broadsheet.toml").write_text('encoder = "hash"\npeople = "closed"\naddress = "https://papers.example"\n')
    monkeypatch.setenv("BROADSHEET_COLLECTION", str(folder))
    monkeypatch.setenv("COLUMNS", "100")
    return folder


@pytest.fixture
def call(home: Path, capfd: pytest.CaptureFixture[str]) -> Call:
    def command(*arguments: str) -> tuple[int, str, str]:
        capfd.readouterr()
        code = run(("people", *arguments))
        return code, *capfd.readouterr()

    return command


def opened(home: Path) -> Collection:
    return open_collection(home)


def test_the_first_admin_signs_in_with_a_printed_link(call: Call, home: Path) -> None:
    code, _, note = call("add", " Ada@Example.org ", "--role", "admin")
    assert code == 0
    assert "people link ada@example.org" in " ".join(note.split())
    code, printed, _ = call("link", "ada@example.org")
    assert code == 0
    parts = urlsplit(printed.strip())
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "papers.example", "/sign-in/link")
    with opened(home) as collection:
        key = parse_qs(parts.query)["key"][0]
        entry = signin.enter(collection.store, key, access="closed", now=datetime.now(UTC))
        assert (entry.person.address, entry.person.role) == ("ada@example.org", "admin")


def test_roles_and_invitations(call: Call, home: Path) -> None:
    call("add", "ada@example.org", "--role", "admin")
    call("invite", "ben@example.org", "--role", "editor")
    told = json.loads(call("list", "--json")[1])
    assert [(each["address"], each["role"], each["joined"] is None) for each in told] == [
        ("ada@example.org", "admin", False), ("ben@example.org", "editor", True),
    ]  # fmt: skip
    assert "invited" in call("list")[1]
    assert "ben@example.org is invited as reader now." in call("role", "ben@example.org", "reader")[2]
    assert json.loads(call("list", "--json")[1])[1]["role"] == "reader"
    assert call("link", "ben@example.org")[0] == 0
    assert call("invite", "ada@example.org")[0] == 2
    assert "No admin is left" in call("role", "ada@example.org", "reader")[2]
    assert call("add", "ada@example.org", "--role", "admin")[0] == 0, "who is there gets the role"
    assert call("remove", "ben@example.org")[0] == 0
    with opened(home) as collection:
        assert [each.role for each in collection.store.people.all()] == ["admin"]
        assert collection.store.people.invitations() == []


def test_forgetting_somebody_needs_a_yes(call: Call, home: Path) -> None:
    call("add", "ada@example.org")
    with opened(home) as collection:
        from broadsheet.ingest import ingest

        now = datetime.now(UTC)
        ingest(collection, Given([Document(id="m1", title="Bees")]), now=now)
        collection.store.reactions.mark("votes", 1, [collection.store.papers.number("m1")], now=now)
    code, _, said = call("remove", "ada@example.org")
    assert code == 2
    assert "1 votes" in said
    assert call("remove", "ada@example.org", "--yes")[0] == 0
    with opened(home) as collection:
        assert collection.store.people.all() == []


def test_tokens_are_printed_once(call: Call, home: Path) -> None:
    call("add", "ada@example.org")
    code, printed, _ = call("tokens", "add", "my script", "--for", "ada@example.org", "--writes")
    assert code == 0
    assert printed.count("\n") == 1, "the token alone, so that it can be kept in a file"
    with opened(home) as collection:
        found = collection.store.people.token(links.digest(printed.strip()))
        assert found
        assert found[1] is True
    told = json.loads(call("tokens", "list", "--for", "ada@example.org", "--json")[1])
    assert [(each["name"], each["writes"]) for each in told] == [("my script", True)]
    assert call("tokens", "add", "x")[0] == 2, "whose?"
    for number, code in (("9", 3), (str(2**70), 3), ("1", 0), ("1", 3)):
        assert call("tokens", "remove", number, "--for", "ada@example.org")[0] == code


def test_the_single_reader_has_tokens_and_no_links(call: Call, home: Path) -> None:
    (home / "broadsheet.toml").write_text('encoder = "hash"\n')
    assert call("tokens", "add", "mine")[0] == 0
    assert "mine" in call("tokens", "list")[1]
    assert "the single reader" in call("list")[1]
    assert "No one signs in" in call("add", "ada@example.org", "--role", "admin")[2]
    code, printed, said = call("link", "ada@example.org")
    assert (code, printed) == (2, "")
    assert "no one signs in" in said


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("add", "nonsense"), 2), (("add", "a@example.org", "--role", "boss"), 2), (("link", "eve@example.org"), 3),
        (("role", "eve@example.org", "admin"), 3), (("remove", "eve@example.org", "--yes"), 3),
        (("role", "ada@example.org", "king"), 2), (("tokens", "list", "--for", "eve@example.org"), 3),
    ],
)  # fmt: skip
def test_mistakes_are_one_line(call: Call, arguments: tuple[str, ...], code: int) -> None:
    call("add", "ada@example.org")
    got, printed, said = call(*arguments)
    assert (got, printed) == (code, "")
    assert said.startswith("broadsheet: ")
    assert said.count("\n") == 1


def test_its_usage_stays() -> None:
    assert usage(commands.add) == {"--data", "--role", "ADDRESS"}
    assert usage(commands.invite) == {"--data", "--role", "ADDRESS"}
    assert usage(commands.link) == {"--data", "ADDRESS"}
    assert usage(commands.role) == {"--data", "ADDRESS", "ROLE"}
    assert usage(commands.list_all) == {"--data", "--json"}
    assert usage(commands.remove) == {"--data", "--yes", "ADDRESS"}
    assert usage(commands.add_token) == {"--data", "--for", "--writes", "NAME"}
    assert usage(commands.list_tokens) == {"--data", "--for", "--json"}
    assert usage(commands.remove_token) == {"--data", "--for", "NUMBER"}
