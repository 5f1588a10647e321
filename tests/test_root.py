"""The package root offers the verbs as functions, whatever modules of the same names have been imported."""

from __future__ import annotations

from importlib import import_module

import pytest

import broadsheet


@pytest.mark.parametrize("verb", ["open", "ingest", "sync", "search", "similar"])
def test_a_verb_stays_a_function(verb: str) -> None:
    home = broadsheet._HOMES[verb][0]
    first = getattr(broadsheet, verb)
    import_module(f"broadsheet.{home}")
    assert callable(first)
    assert getattr(broadsheet, verb) is first


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="it has"):
        _ = broadsheet.serch
