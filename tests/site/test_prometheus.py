"""What /metrics tells, to whom, and that it never tells what was asked."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.server import create_app
from broadsheet.site.prometheus import BUCKETS, Times, labels
from site_kit import NOW, made

LINE = re.compile(r'([a-z_]+)(\{(?:[a-z]+="(?:[^"\\\n]|\\["\\n])*",?)*\})? ([0-9.e+-]+|\+Inf)')
HERE = ("127.0.0.1", 5000)


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    with made(tmp_path_factory.mktemp("measures")) as opened:
        opened.store.journal.begin_job("fetch", now=NOW)
        opened.store.journal.end_job("fetch", "well", now=NOW, seconds=2.5)
        opened.store.journal.begin_job("sync", now=NOW)
        opened.store.journal.end_job("sync", "", error="no", now=NOW, seconds=1.0)
        yield opened


def client_of(
    collection: Collection, settings: Settings | None = None, *, host: str = "localhost", client: tuple[str, int] = HERE
) -> TestClient:
    app = create_app(collection, settings or Settings(), now=lambda: NOW)
    return TestClient(app, base_url=f"http://{host}", client=client, raise_server_exceptions=False)


def samples(text: str) -> dict[str, float]:
    """The samples of an exposition, each line held against the format."""
    found: dict[str, float] = {}
    families: dict[str, str] = {}
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert kind in ("counter", "gauge", "histogram")
            assert name not in families, "a family stands in one place"
            families[name] = kind
        elif not line.startswith("# HELP "):
            parts = LINE.fullmatch(line)
            assert parts, line
            assert re.sub("_(bucket|sum|count)$", "", parts[1]) in families or parts[1] in families
            assert parts[1] + (parts[2] or "") not in found
            found[parts[1] + (parts[2] or "")] = float(parts[3])
    assert text.endswith("\n")
    return found


def test_requests_are_counted_by_the_route_that_answered(collection: Collection) -> None:
    site = client_of(collection)
    secret = "a-private-question"
    for path in (f"/api/search?q={secret}", f"/api/search?q={secret}2", f"/papers/{secret}", f"/nowhere/{secret}"):
        site.get(path)
    site.head("/healthz")
    site.get("/static/broadsheet.css")
    site.request("BREW", "/healthz")
    answer = site.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert secret not in answer.text
    found = samples(answer.text)
    assert found['broadsheet_requests_total{method="GET",route="/api/search",status="200"}'] == 2
    assert found['broadsheet_requests_total{method="HEAD",route="/healthz",status="200"}'] == 1
    assert found['broadsheet_requests_total{method="GET",route="/static",status="200"}'] == 1
    assert found['broadsheet_requests_total{method="GET",route="none",status="404"}'] == 1
    assert found['broadsheet_requests_total{method="other",route="/healthz",status="405"}'] == 1
    assert found['broadsheet_request_seconds_count{route="/api/search"}'] == 2
    assert found['broadsheet_request_seconds_bucket{route="/api/search",le="+Inf"}'] == 2
    assert sum(found[name] for name in found if name.startswith("broadsheet_requests_total")) == 7


def test_how_the_collection_and_its_jobs_are(collection: Collection) -> None:
    found = samples(client_of(collection).get("/metrics").text)
    assert found["broadsheet_papers"] == collection.store.papers.count()
    assert found['broadsheet_papers_behind{part="space"}'] == 0
    assert found['broadsheet_job_last_success_timestamp_seconds{job="fetch"}'] == NOW.timestamp()
    assert found['broadsheet_job_last_duration_seconds{job="fetch"}'] == 2.5
    assert found['broadsheet_job_failed{job="sync"}'] == 1
    assert 'broadsheet_job_last_success_timestamp_seconds{job="sync"}' not in found


def test_it_answers_this_machine_alone(collection: Collection) -> None:
    public = Settings(people="closed", names=("papers.example.org", "localhost"), trusted_proxy="127.0.0.1")
    far = ("192.0.2.7", 5000)
    assert client_of(collection, public).get("/metrics").status_code == 200
    assert client_of(collection, public, client=far).get("/metrics").status_code == 404
    assert client_of(collection, public, host="papers.example.org").get("/metrics").status_code == 404, "a proxy's"
    told = client_of(collection, public).get("/metrics", headers={"x-forwarded-for": "192.0.2.7"})
    assert told.status_code == 404
    assert client_of(collection, replace(public, open_metrics=True), client=far).get("/metrics").status_code == 200


def test_requests_are_logged_only_when_asked_for(collection: Collection, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "broadsheet"):
        client_of(collection).get("/api/search?q=nobody-sees-this")
        assert caplog.text == ""
        client_of(collection, Settings(log_requests=True)).get("/api/search?q=nobody-sees-this")
    assert re.search(r"GET /api/search 200 \d+ ms", caplog.text)
    assert "nobody" not in caplog.text


def test_a_failure_that_nobody_foresaw_is_counted(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    site = client_of(collection)
    monkeypatch.setattr("broadsheet.site.context.Site.reach", lambda _: 1 / 0)
    assert site.get("/api/status").status_code == 500
    monkeypatch.undo()
    found = samples(site.get("/metrics").text)
    assert found['broadsheet_requests_total{method="GET",route="/api/status",status="500"}'] == 1


def test_buckets_are_cumulated_and_labels_escaped(tmp_path: Path) -> None:
    times = Times()
    for seconds in (0.001, 0.005, 0.02, 99.0):
        times.add(seconds)
    found = dict(times.samples("/"))
    assert found['_bucket{route="/",le="0.005"}'] == 2
    assert found['_bucket{route="/",le="0.025"}'] == 3
    assert found[f'_bucket{{route="/",le="{BUCKETS[-1]}"}}'] == 3
    assert found['_bucket{route="/",le="+Inf"}'] == found['_count{route="/"}'] == 4
    assert labels(job='a"b\\c\nd') == '{job="a\\"b\\\\c\\nd"}'
