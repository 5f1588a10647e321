"""The commands of encoders: list them, add a model from the hub, remove it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from badserver import BadServer, answer
from broadsheet import names
from broadsheet.cli import encoders as commands
from cli_kit import Call, asked
from door_kit import usage
from hub_kit import COMMIT, REPOSITORY, fetched, serve, stand_in
from tinybert import write_tiny

NAME = f"bert:{REPOSITORY}"


@pytest.fixture
def server(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[BadServer]:
    """A hub with a tiny model, for a Collection that may reach this machine."""
    write_tiny(tmp_path / "tiny")
    (home / "broadsheet.toml").write_text('encoder = "hash"\nallow_private = true\n')
    with BadServer() as running:
        stand_in(running, tmp_path, monkeypatch)
        serve(running, tmp_path / "tiny")
        yield running


def test_encoders_are_listed_with_what_hinders_them(call: Call) -> None:
    found = {each["name"]: each for each in asked(call, "encoders")}
    assert (found["hash"]["ready"], found["hash"]["dim"]) == (True, 256)
    assert "broadsheet distil" in found["static"]["why"]
    assert found["hash"]["kind"] == "encoder"
    assert {name for name, each in found.items() if each["kind"] == "scorer"} == set(names.known(names.SCORERS))
    assert asked(call, "encoders", "list") == list(found.values())


def test_an_added_model_says_what_it_is_and_how_it_is_measured(server: BadServer, call: Call) -> None:
    code, out, err = call("encoders", "add", REPOSITORY)
    assert code == 0
    for line in (f"Its name as an encoder: {NAME}", f"commit        {COMMIT}", "architecture  bert, 2 layers",
                 "dimensions    16", "longest text  12 tokens", "pooling       mean", "prompts       none",
                 "licence       mit", f"broadsheet evaluate sts scifact --encoder {NAME}",
                 f"broadsheet compare {NAME} minilm scifact stsb-en"):  # fmt: skip
        assert line in out
    assert f"Fetching {REPOSITORY}: 0.0 MB in 6 files from the hub." in err
    assert f'encoder = "{NAME}" in broadsheet.toml' in err


def test_an_added_model_is_listed_used_and_removed(server: BadServer, call: Call) -> None:
    told = asked(call, "encoders", "add", REPOSITORY, "--revision", COMMIT)
    assert (told["name"], told["commit"], told["layers"], told["dim"]) == (NAME, COMMIT, 2, 16)
    (row,) = [each for each in asked(call, "encoders") if each["name"] == NAME]
    assert (row["ready"], row["dim"], row["why"]) == (True, 16, "")
    assert call("similarity", "bees", "hives", "--encoder", NAME)[0] == 0
    code, out, _ = call("encoders", "remove", REPOSITORY)
    assert (code, out.startswith(f"Removed {REPOSITORY}")) == (0, True)
    assert NAME not in {each["name"] for each in asked(call, "encoders")}
    code, _, err = call("encoders", "remove", REPOSITORY)
    assert (code, err.count("\n"), "is not here" in err) == (2, 1, True)


def test_a_damaged_model_is_listed_with_the_way_out(server: BadServer, call: Call, home: Path) -> None:
    asked(call, "encoders", "add", REPOSITORY)
    (home / "models" / REPOSITORY / "config.json").write_text("{}")
    (row,) = [each for each in asked(call, "encoders") if each["name"] == NAME]
    assert not row["ready"]
    assert "its hash has changed" in row["why"]


def test_the_encoder_of_the_collection_is_not_removed(server: BadServer, call: Call, home: Path) -> None:
    asked(call, "encoders", "add", REPOSITORY)
    (home / "broadsheet.toml").write_text(f'encoder = "{NAME}"\n')
    code, _, err = call("encoders", "remove", REPOSITORY)
    assert (code, "is the encoder of this Collection" in err) == (2, True)


def test_a_sync_fetches_the_model_of_the_settings(server: BadServer, call: Call, home: Path) -> None:
    (home / "broadsheet.toml").write_text(f'encoder = "{NAME}"\nallow_private = true\n')
    assert call("ingest", "jsonl:papers.jsonl")[0] == 0
    assert fetched(server) == []
    assert asked(call, "sync")["encoded"] == 3
    assert "model.safetensors" in fetched(server)
    assert asked(call, "search", "bees")


def test_a_sync_without_the_hub_says_why_and_goes_on_with_words(server: BadServer, call: Call, home: Path) -> None:
    (home / "broadsheet.toml").write_text(f'encoder = "{NAME}"\nallow_private = true\n')
    assert call("ingest", "jsonl:papers.jsonl")[0] == 0
    server.on(f"/api/models/{REPOSITORY}/revision/main", answer(401, b"", X_Error_Code="GatedRepo"))
    code, _, err = call("sync")
    assert code == 6
    assert "set HF_TOKEN" in err
    assert "broadsheet encoders add someone/tiny" in err


def test_what_is_no_name_is_refused(server: BadServer, call: Call) -> None:
    code, _, err = call("encoders", "add", "minilm")
    assert (code, "expected ORG/NAME" in err) == (2, True)
    assert server.requests == []


def test_its_usage_stays() -> None:
    assert usage(commands.list_all) == {"--data", "--json"}
    assert usage(commands.add) == {"NAME", "--revision", "--data", "--json"}
    assert usage(commands.remove) == {"NAME", "--data"}
    assert usage(commands.distil) == {"--data", "--dim", "--encoder", "--json"}
