"""The commands serve and run, until they are interrupted."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from broadsheet.cli import serve as commands
from cli_kit import Call, started
from door_kit import usage


def test_served_until_interrupted(filled: Call) -> None:
    with started("serve", "--port", "0") as process:
        assert process.stdout
        assert b"Broadsheet is at http://127.0.0.1:" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 0
    assert b"Traceback" not in err


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_run_serves_fetches_and_stops_in_order(followed: Call, home: Path) -> None:
    command = [sys.executable, "-c", "from broadsheet.cli import main; main()", "run"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stderr is not None
        said = process.stdout.readline()
        host, port = said.split("http://")[1].split(" ")[0].split(":")
        lines = []
        while "sync" not in {each.get("said", "").split(" ")[0] for each in lines}:
            lines.append(json.loads(process.stderr.readline()))  # every line of the log is JSON
        connection = http.client.HTTPConnection(host, int(port), timeout=60)
        connection.request("GET", "/metrics")
        assert b'broadsheet_job_failed{job="fetch"} 0' in connection.getresponse().read()
        connection.close()
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0
    lines += [json.loads(line) for line in err.splitlines()]
    assert [each for each in lines if each["level"] != "info"] == []
    assert any("1 new and 0 changed papers from 1 of 1 sources" in each["said"] for each in lines)
    assert "of" in followed("jobs")[1]
    assert followed("verify")[0] == 0


def test_its_usage_stays() -> None:
    assert usage(commands.serve) == {"--data", "--host", "--no-sync", "--port"}
    assert usage(commands.run) == {"--data", "--host", "--port"}
