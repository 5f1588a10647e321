"""The command encoders."""

from __future__ import annotations

from broadsheet import names
from broadsheet.cli import encoders as commands
from cli_kit import Call, asked
from door_kit import usage


def test_encoders_are_listed_with_what_hinders_them(call: Call) -> None:
    found = {each["name"]: each for each in asked(call, "encoders")}
    assert (found["hash"]["ready"], found["hash"]["dim"]) == (True, 256)
    assert "broadsheet distil" in found["static"]["why"]
    assert found["hash"]["kind"] == "encoder"
    scorers = {name for name, each in found.items() if each["kind"] == "scorer"}
    assert scorers == set(names.known(names.SCORERS))


def test_its_usage_stays() -> None:
    assert usage(commands.encoders) == {"--data", "--json"}
    assert usage(commands.distil) == {"--data", "--dim", "--encoder", "--json"}
