"""An alert is read as it was typed, and what cannot be one says why."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.alerts.alert import Alert, ask_alert
from broadsheet.core.errors import BroadsheetError, UsageError


def test_a_query_is_read_as_it_was_typed() -> None:
    read = Alert.read('agents for labs, not about chemistry; but not "old" ones category:cs.CL', ["reviews"])
    assert read == Alert("agents for labs category:cs.CL", ("chemistry", '"old" ones', "reviews"), "good")
    assert Alert.read('knots author:"Ann Moor" excluding glue', minimum=" Strong ") == Alert(
        'knots author:"Ann Moor"', ("glue",), "strong"
    )
    assert Alert.read("learning without labels").without == (), "which is no exclusion"
    assert Alert.read("knots", minimum="0.45").minimum == 0.45


@pytest.mark.parametrize(
    ("text", "options", "says"),
    [
        ("  ", {}, "needs some words"),
        ("not about knots", {}, "needs some words"),
        ("knots", {"minimum": "gud"}, "Did you mean good"),
        ("knots", {"minimum": "0"}, "above 0"),
        ("knots", {"minimum": 1.5}, "above 0"),
        ("knots", {"minimum": float("nan")}, "above 0"),
        ("knots " * 400, {}, "2,000 characters"),
        ("knots", {"without": [str(i) for i in range(21)]}, "at most 20 exclusions"),
    ],
)
def test_what_cannot_be_a_query(text: str, options: dict[str, object], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        Alert.read(text, **options)


@given(st.text(max_size=200), st.lists(st.text(max_size=50), max_size=3), st.text(max_size=8))
def test_anything_typed_is_a_query_or_one_clear_error(text: str, without: list[str], minimum: str) -> None:
    try:
        query = Alert.read(text, without, minimum)
    except BroadsheetError:
        return
    assert query.text.strip()
    assert all(query.without)


def test_papers_that_are_followed_are_conditions() -> None:
    alert = Alert.read('like:2401.00001 agents, not about chemistry like:"a b"')
    assert alert.text == 'agents like:2401.00001 like:"a b"'
    assert alert.without == ("chemistry",)
    assert alert.papers == ("2401.00001", "a b")
    assert ask_alert(alert.text).words == "agents"
    assert Alert("agents").papers == ()
    assert ask_alert("unlike:x in:Saved").words == "unlike:x in:Saved", "only search knows these"
