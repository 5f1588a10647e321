"""Log lines, one a record, without what must not be kept."""

from __future__ import annotations

import json
import logging
from io import StringIO

import pytest

from broadsheet.wiring import logs


def logged(message: str, *arguments: object, as_json: bool = False, debug: bool = False, fails: bool = False) -> str:
    lines, record = logs.Lines(as_json=as_json, debug=debug), None
    try:
        if fails:
            raise ValueError("no paper for reader@example.org")
    except ValueError as error:
        record = (type(error), error, error.__traceback__)
    made = logging.LogRecord("broadsheet.jobs", logging.WARNING, __file__, 1, message, arguments, record)
    return lines.format(made)


def test_a_line_of_text() -> None:
    line = logged("%s (%.1f s): %s", "fetch", 1.25, "3 new\nand more")
    assert line.endswith(" WARNING broadsheet.jobs: fetch (1.2 s): 3 new and more")
    assert line[:10].count("-") == 2


def test_a_line_of_json() -> None:
    line = json.loads(logged("%s: “%s”", "fetch", "well", as_json=True))
    assert {name: line[name] for name in ("level", "part", "said")} == {
        "level": "warning", "part": "broadsheet.jobs", "said": "fetch: “well”",
    }  # fmt: skip
    assert set(line) == {"time", "level", "part", "said"}


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        ("mail to Ada <ada.blum+x@mail.example.org>, refused", "mail to Ada <[address]>, refused"),
        ("https://example.org/feed?key=abc&q=my+question: 404", "https://example.org/feed?[query] 404"),
        ("GET /feeds/Zk3_9sdfk2-sdf98sdfkj23sdf failed", "GET /feeds/[secret] failed"),
        ("is it well? yes", "is it well? yes"),
        ("arxiv:cs.IR: 2401.00001 is there", "arxiv:cs.IR: 2401.00001 is there"),
        ("an extraordinarily-long-hyphenated-word stays", "an extraordinarily-long-hyphenated-word stays"),
    ],
)
def test_what_a_log_must_not_hold_is_taken_out(message: str, kept: str) -> None:
    assert logs.scrub(message) == kept


@pytest.mark.parametrize("as_json", [True, False])
def test_an_unforeseen_error_says_where_but_not_what_was_asked(as_json: bool) -> None:
    line = logged("failed", as_json=as_json, fails=True)
    assert "ValueError at " in line
    assert "test_logs.py:" in line
    assert "reader" not in line
    assert "\n" not in line
    assert "no paper for [address]" in logged("failed", as_json=as_json, fails=True, debug=True)


def test_ours_are_written_from_info_on_and_warnings_of_others_while_it_lasts() -> None:
    before, stream = logging.root.handlers[:], StringIO()
    with logs.logging_to(as_json=True, stream=stream):
        logging.getLogger("broadsheet.jobs").info("ours")
        logging.getLogger("somebody").info("theirs")
        logging.getLogger("somebody").warning("their warning")
    logging.getLogger("broadsheet.jobs").info("too late")
    assert [json.loads(line)["said"] for line in stream.getvalue().splitlines()] == ["ours", "their warning"]
    assert logging.root.handlers == before


def test_a_flood_of_one_kind_is_counted_and_not_written() -> None:
    stream = StringIO()
    flood, other = logging.getLogger("broadsheet.flood"), logging.getLogger("broadsheet.other")
    with logs.logging_to(as_json=False, stream=stream):
        for number in range(5_000):
            flood.warning("client %d sent 100%% nonsense", number)
        other.warning("something else")
    lines = stream.getvalue().splitlines()
    assert len(lines) == 31
    assert lines[-1].endswith("something else")


def test_the_next_window_says_how_many_lines_were_left_out() -> None:
    repeats = logs.Repeats(most=2, seconds=60)

    def record(created: float) -> logging.LogRecord:
        made = logging.LogRecord("broadsheet.x", logging.WARNING, __file__, 1, "%d%% full", (99,), None)
        made.created = created
        return made

    assert [repeats.filter(record(moment)) for moment in (0, 1, 2, 3, 59)] == [True, True, False, False, False]
    late = record(61)
    assert repeats.filter(late)
    assert late.getMessage() == "99% full (and 3 more lines like it before)"
    again = record(62)
    assert repeats.filter(again)
    assert again.getMessage() == "99% full"
    back = record(1)
    assert repeats.filter(back), "a clock that was set back does not silence the log"
