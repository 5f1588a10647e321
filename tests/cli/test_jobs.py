"""The commands fetch and jobs, as somebody types them."""

from __future__ import annotations

import json
import re
from pathlib import Path

from broadsheet.cli import jobs as commands
from broadsheet.locks import attempted
from cli_kit import Call
from door_kit import usage


def test_fetch_reads_and_syncs(followed: Call) -> None:
    code, out, err = followed("fetch")
    assert (code, err) == (0, "")
    assert "fetch: 1 new and 0 changed papers from 1 of 1 sources" in out
    assert "sync: 1 paper indexed, 1 encoded, 0 removed" in out
    assert "Bees" in followed("search", "bees")[1]


def test_fetch_without_sync_and_without_sources(followed: Call, home: Path) -> None:
    assert "sync:" not in followed("fetch", "--no-sync")[1]
    followed("sources", "remove", "jsonl:papers.jsonl")
    code, _, err = followed("fetch")
    assert code == 3
    assert "you follow no source: run `broadsheet sources add SOURCE` first" in err


def test_a_source_that_fails_gives_the_exit_code_and_the_rest_is_synced(followed: Call) -> None:
    followed("sources", "add", "jsonl:absent.jsonl")
    code, out, err = followed("fetch")
    assert code == 4
    assert err.count("\n") == 1
    assert "from 1 of 2 sources; failed: jsonl:absent.jsonl: File not found" in err
    assert "sync: 1 paper indexed" in out
    code, out, _ = followed("jobs", "--json")
    told = {each["job"]: each for each in json.loads(out)}
    assert "absent" in told["fetch"]["error"]
    assert told["sync"]["well"]
    assert told["trending"]["started"] is None
    assert "jobs" in followed("status")[1]


def test_a_second_fetch_says_that_the_first_is_at_it(followed: Call, home: Path) -> None:
    with attempted(home / "cache" / "jobs" / "fetch.lock") as ours:
        assert ours
        code, out, err = followed("fetch", "--no-sync")
    assert (code, out) == (0, "")
    assert "fetch: another process is running it; this run did nothing." in err
    assert followed("fetch")[0] == 0


def test_jobs(followed: Call) -> None:
    assert "nothing to learn before the first sync" in followed("jobs", "trending")[1]
    assert re.search(r"fetch +1 h +never", followed("jobs")[1])
    code, _, err = followed("jobs", "fetsh")
    assert code == 3
    assert "Did you mean fetch?" in err


def test_its_usage_stays() -> None:
    assert usage(commands.fetch) == {"--data", "--no-sync"}
    assert usage(commands.jobs) == {"--data", "--json", "JOB"}
