"""What ``--json`` prints: stable shapes, which are documented for every command that has the option."""

from __future__ import annotations

import json as standard
from datetime import UTC, date, datetime

from broadsheet.alerts.alert import Alert
from broadsheet.alerts.trial import Rate, Trial
from broadsheet.cli import json
from broadsheet.cli.commands import COMMANDS, Listed
from broadsheet.core.periods import period
from broadsheet.core.types import Document, Part, Result, Results, Run
from broadsheet.daily.day import Card, Feed

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
DAY = date(2026, 3, 2)
PAPER = Document(id="a:1", title="Kites", authors=("Ada Blum",), listed=DAY, source="jsonl:a")
TWIN = Document(id="a:2", title="Kites", source="csv:b")
RESULT = Result(document=PAPER, rank=1, score=0.5, strength="good", parts={"lexical": Part(1.5, 1, 0.5)})


def test_every_command_with_the_option_is_described_and_no_other() -> None:
    with_option = {
        name
        for name, row in COMMANDS.items()
        if any("--json" in each.opts for each in Listed(name, row).loaded().params)
    }
    assert with_option == set(json.PRINTED)


def test_a_paper_leaves_out_what_is_empty() -> None:
    assert json.document(PAPER) == {
        "id": "a:1", "title": "Kites", "authors": ["Ada Blum"], "listed": "2026-03-02", "source": "jsonl:a",
    }  # fmt: skip


def test_a_ranked_list() -> None:
    printed = json.results(Results(query="kites", mode="lexical", items=(RESULT,), offset=3, more=True, note="why"))
    assert list(printed) == [
        "query", "mode", "offset", "more", "note", "searched", "suggestion", "cutoff", "answerable", "missing",
        "topics", "relevant", "sort", "named", "facets", "items"
    ]  # fmt: skip
    (item,) = printed["items"]
    assert item == {
        "rank": 1, "score": 0.5, "strength": "good", "pinned": "", "passage": "", "matched": [],
        "parts": {"lexical": {"score": 1.5, "rank": 1, "contribution": 0.5}}, "relevance": None, "alike": [],
        "meanings": [], "same": [],
        "document": json.document(PAPER),
    }  # fmt: skip
    assert standard.loads(standard.dumps(printed)) == printed


def test_a_trial_rounds_what_it_counts_a_day() -> None:
    trial = Trial(
        alert=Alert.read("kites", ("ropes",), "good"),
        rate=Rate(minimum="good", days=3, papers=2, silent=1),
        stricter=None,
        looser=Rate(minimum=0.25, days=3, papers=3, silent=0),
        newest=Results(query="kites", mode="semantic", items=(RESULT,)),
        looked=9,
        first=DAY,
        last=DAY,
    )
    printed = json.trial(trial)
    assert (printed["query"], printed["without"], printed["stricter"]) == ("kites", ["ropes"], None)
    assert printed["rate"] == {"minimum": "good", "days": 3, "papers": 2, "silent": 1, "a_day": 0.667}
    assert printed["looser"]["minimum"] == 0.25
    assert (printed["before"], printed["shared"]) == (None, 0)
    assert (printed["first"], printed["last"], len(printed["newest"])) == ("2026-03-02", "2026-03-02", 1)


def test_a_run_that_was_killed_has_no_end() -> None:
    printed = json.run(Run(source="jsonl:a", started=NOW, new=2))
    assert printed == {
        "source": "jsonl:a", "started": NOW.isoformat(), "ended": None, "new": 2, "changed": 0, "same": 0, "bad": 0,
        "clashes": 0, "error": "",
    }  # fmt: skip


def test_a_day_has_each_work_once_with_its_other_papers() -> None:
    cards = (Card(document=PAPER, day=DAY, votes=3, others=(TWIN,)),)
    before = period("day", date(2026, 2, 27))
    day = Feed(period=period("day", DAY), cards=cards, total=2, offset=0, sort="votes", previous=before, next=None)
    printed = json.feed(day)
    assert (printed["period"], printed["previous"], printed["next"]) == ("2026-03-02", "2026-02-27", None)
    assert (printed["sort"], printed["total"], printed["offset"], printed["more"]) == ("votes", 2, 0, True)
    (item,) = printed["items"]
    assert (item["day"], item["votes"], [each["id"] for each in item["also"]]) == ("2026-03-02", 3, ["a:2"])
