"""The words of the templates: names of browsers, and commands in messages."""

from __future__ import annotations

import pytest

from broadsheet.web import filters


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "Safari on iPhone"),
        ("curl/8", "curl/8"),
        ("", "Unnamed browser"),
    ],
)
def test_browsers_are_called_by_their_names(agent: str, words: str) -> None:
    assert filters.browser(agent) == words


def test_commands_in_messages_stand_out_and_nothing_else_does() -> None:
    assert filters.sentence("run `a <b>`") == "run <code>a &lt;b&gt;</code>."
    assert filters.coded("\u202e`x\ny` <i>") == "`x\ny` &lt;i&gt;"
