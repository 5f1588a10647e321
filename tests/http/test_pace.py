"""Pauses between requests to one host, across processes and restarts."""

from __future__ import annotations

import pytest

from badserver import answer
from broadsheet.http.pace import Pace
from http_kit import client


@pytest.mark.parametrize("shared", [True, False])
def test_one_request_every_three_seconds_to_arxiv_and_its_subdomains(clock, tmp_path, shared):
    folder = tmp_path if shared else None
    pace = Pace(folder, clock=clock, sleep=clock.sleep)
    for host in ("arxiv.org", "export.arxiv.org", "rss.arxiv.org"):
        with pace.turn(host):
            clock.now += 1
    with pace.turn("notarxiv.org"):
        pass
    assert clock.slept == [2.0, 2.0]


def test_the_pause_holds_across_processes_and_restarts(clock, tmp_path):
    with Pace(tmp_path, clock=clock, sleep=clock.sleep).turn("arxiv.org"):
        pass
    clock.now += 1
    with Pace(tmp_path, clock=clock, sleep=clock.sleep).turn("export.arxiv.org"):
        pass
    assert clock.slept == [2.0]
    clock.now = 5.0  # the machine started anew
    with Pace(tmp_path, clock=clock, sleep=clock.sleep).turn("arxiv.org"):
        pass
    assert clock.slept == [2.0, 3.0]


def test_attempts_take_their_turns_too(server, clock, tmp_path):
    server.on("/a", answer(503, Retry_After="1"), answer(200, b"ok"))
    asking = client(clock, folder=tmp_path, resolve=lambda h, p: ["127.0.0.1"])
    assert asking.get(server.url("/a", "export.arxiv.org")).body == b"ok"
    assert clock.slept == [1.0, 2.0]
