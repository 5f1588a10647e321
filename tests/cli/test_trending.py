"""The command trending: what trends with the parts of each score, as text and as JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broadsheet.cli import options
from broadsheet.cli import trending as commands
from cli_kit import Call, asked
from door_kit import usage

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def risen(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """The caller, once papers of the last days are in."""
    monkeypatch.setattr(options, "now", lambda: NOW)
    papers = [
        {"id": f"m{n}", "title": f"Paper {n}", "votes": votes, "listed": str(NOW.date() - timedelta(days=ago))}
        for n, (votes, ago) in enumerate([(3, 0), (9, 1), (None, 2), (99, 20)])
    ]
    (tmp_path / "days.jsonl").write_text("".join(json.dumps(paper) + "\n" for paper in papers))
    assert call("ingest", "jsonl:days.jsonl", "--sync")[0] == 0
    return call


def test_its_usage_stays() -> None:
    assert usage(commands.trending) == {"--days", "--learn", "--data", "--json", "-k", "--count", "--offset"}


def test_each_score_opens_to_its_terms(risen: Call) -> None:
    printed = asked(risen, "trending", "--days", "7")
    assert (printed["total"], printed["offset"], printed["more"]) == (3, 0, False)
    assert {item["document"]["id"] for item in printed["items"]} == {"days:m0", "days:m1", "days:m2"}, (
        "not what is too old"
    )
    scores = [item["score"] for item in printed["items"]]
    assert scores == sorted(scores, reverse=True)
    for item in printed["items"]:
        assert item["interest"] == pytest.approx(sum(term["worth"] for term in item["terms"]))
        assert all(term["name"] and term["why"] for term in item["terms"])
    assert printed["rule"]
    assert printed["origin"]


def test_a_part_of_the_list_says_where_it_goes_on(risen: Call) -> None:
    whole = [item["document"]["id"] for item in asked(risen, "trending")["items"]]
    part = asked(risen, "trending", "-k", "1", "--offset", "1")
    assert [item["document"]["id"] for item in part["items"]] == whole[1:2]
    assert part["more"] is True
    code, out, err = risen("trending", "-k", "1", "--offset", "1")
    assert (code, f"2. Paper {whole[1][-1]}" in out, "--offset 2" in err) == (0, True, True)


def test_too_many_days_are_refused_and_too_few_votes_teach_nothing(risen: Call) -> None:
    assert risen("trending", "--days", "32")[0] == 2
    code, _, err = risen("trending", "--learn")
    assert code != 0
    assert err.count("\n") == 1
