"""``broadsheet mcp`` as a client starts it: over standard streams that carry the protocol alone."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from mcp import Client

from asking_kit import MAIN, started, talked
from broadsheet.cli.app import run


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_the_official_client_asks(folder: Path, mode: str) -> None:
    async def talk(client: Client) -> tuple[Any, Any, Any]:
        listed = await client.list_tools()
        found = await client.call_tool("search_papers", {"query": "leaf outline", "limit": 1})
        wrong = await client.call_tool("get_paper", {"id": "2401.00002"})
        return listed, found, wrong

    listed, found, wrong = talked(started(folder), talk, mode=mode)
    assert "search_papers" in [tool.name for tool in listed.tools]
    assert found.structured_content["papers"][0]["id"] == "2401.00001"
    assert json.loads(found.content[0].text) == found.structured_content
    assert (wrong.is_error, "2401.00001" in wrong.content[0].text) == (True, True)


INFO = {"name": "test", "version": "1"}


def _line(number: int, method: str, **params: Any) -> str:
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params})


def test_standard_output_carries_the_protocol_alone(folder: Path) -> None:
    lines = [
        _line(1, "initialize", protocolVersion="2025-06-18", capabilities={}, clientInfo=INFO),
        json.dumps({"jsonrpc": "2.0", "method": "notifications/initialized"}),
        "this is no JSON",
        _line(2, "tools/call", name="search_papers", arguments={"query": "leaf"}),
        _line(3, "no/such/method"),
    ]
    with subprocess.Popen(
        [*MAIN, "mcp", "--data", str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write("\n".join(lines) + "\n")
        process.stdin.flush()
        answers = {}
        while not {1, 2, 3} <= answers.keys():
            answer = json.loads(process.stdout.readline())
            answers[answer.get("id")] = answer
        rest, _ = process.communicate(timeout=60)
    assert rest == ""
    assert process.returncode == 0
    assert answers[1]["result"]["serverInfo"]["name"] == "broadsheet"
    assert answers[2]["result"]["structuredContent"]["papers"]
    assert "error" in answers[3]


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_an_interrupt_ends_it_while_it_waits(folder: Path) -> None:
    command = [*MAIN, "mcp", "--data", str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(
            _line(1, "initialize", protocolVersion="2025-06-18", capabilities={}, clientInfo=INFO) + "\n"
        )
        process.stdin.flush()
        assert process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == -signal.SIGINT


def test_the_command_line_without_agents_does_not_load_their_protocol() -> None:
    code = (
        "import sys; from broadsheet.cli.app import run; run(['--help']); run(['mcp', '--help']);"
        "sys.exit(' '.join({'mcp', 'mcp_types', 'uvicorn'} & sys.modules.keys()) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_agents_load_no_encoder_before_they_ask(folder: Path) -> None:
    code = (
        "import sys; from broadsheet.cli.app import run; run(['mcp', '--data', sys.argv[1]]);"
        "sys.exit(' '.join({'openvino', 'fastapi', 'torch', 'rich'} & sys.modules.keys()) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=False, input=""
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--port", "9000"], 2, "--port is for --http"),
        (["--http", "--person", "ada@example.org"], 2, "--person is for the standard streams"),
        (["--person", "ada@example.org"], 3, "no one here has the address"),
        (["--person", "no address"], 2, "no address"),
    ],
)
def test_options_that_cannot_be_are_one_line(
    folder: Path, options: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["mcp", "--data", str(folder), *options]) == code
    out, err = capsys.readouterr()
    assert (out, err.count("\n"), said in err) == ("", 1, True)


def test_without_a_collection_it_says_how_to_make_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["mcp", "--data", str(tmp_path / "none")]) == 5
    assert "broadsheet up" in capsys.readouterr().err
