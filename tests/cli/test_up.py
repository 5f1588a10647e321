"""The command up, which does all it takes."""

from __future__ import annotations

import socket

from broadsheet.cli import up as commands
from cli_kit import Call, asked
from door_kit import usage


def test_up_once_fills_shows_and_can_be_repeated(call: Call) -> None:
    code, out, _ = call("up", "--once")
    assert (code, out.count("›")) == (0, 3)
    assert "289 papers" in out
    assert call("up", "--once")[1].endswith(out[out.index("289 papers can") :])
    assert call("shelf", "--remove")[0] == 0
    call("up", "--once")
    assert asked(call, "status")["collection"]["facts"]["papers"] == 0, "what was taken away stays away"


def test_a_port_in_use_is_one_line(call: Call) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for command in ("up", "serve"):
            call("up", "--once", "--no-shelf")
            code, _, err = call(command, "--port", port)
            assert (code, port in err, "--port" in err) == (2, True, True)


def test_its_usage_stays() -> None:
    assert usage(commands.up) == {"--data", "--host", "--no-shelf", "--once", "--open", "--port"}
