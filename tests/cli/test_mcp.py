"""The command mcp: what it refuses before it serves, and what it hands to the server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from broadsheet.cli import mcp as commands
from broadsheet.cli.app import run
from broadsheet.mcp.context import AgentSite
from cli_kit import Call
from door_kit import usage


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any, Any]]:
    """What would be served: the kind of server, the site, and the rest."""
    calls: list[tuple[str, Any, Any]] = []

    def server(name: str) -> Any:
        return lambda site, *more, **options: calls.append((name, site, more or options))

    monkeypatch.setattr(commands, "server", server)
    return calls


def test_its_usage_stays() -> None:
    assert usage(commands.mcp) == {"--http", "--port", "--person", "--allow-writes", "--data"}


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--http", "--person", "ada@example.org"], "--person"),
        (["--port", "8001"], "--port"),
        (["--port", "70000", "--http"], "--port"),
    ],
)
def test_options_that_do_not_go_together_are_named(
    call: Call, served: list[tuple[str, Any, Any]], options: list[str], named: str
) -> None:
    code, out, err = call("mcp", *options)
    assert (code, out, served) == (2, "", [])
    assert named in err


def test_without_a_collection_it_says_how_to_make_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["mcp", "--data", str(tmp_path / "absent")]) == 5
    assert "broadsheet up" in capsys.readouterr().err


def test_on_the_standard_streams_it_asks_for_one_person(filled: Call, served: list[tuple[str, Any, Any]]) -> None:
    assert filled("people", "add", "ada@example.org")[0] == 0
    assert filled("mcp", "--person", "ada@example.org")[0] == 0
    ((name, site, (caller,)),) = served
    assert name == "agents"
    assert isinstance(site, AgentSite)
    assert (site.writes, caller.person.address) == (False, "ada@example.org")
    assert filled("mcp", "--person", "bo@example.org")[0] != 0
    assert len(served) == 1


def test_over_http_it_takes_its_own_port_and_no_person(filled: Call, served: list[tuple[str, Any, Any]]) -> None:
    assert filled("mcp", "--http", "--allow-writes")[0] == 0
    assert filled("mcp", "--http", "--port", "0")[0] == 0
    (first, site, options), (_, _, free) = served
    assert (first, site.writes, options["port"], free["port"]) == ("agents over HTTP", True, 8001, 0)
    assert callable(options["ready"])
